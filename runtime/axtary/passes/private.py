"""Files with secrets: as ssh does, what others can read, or put another in place of, is not used."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from axtary.runtime.policyfile import UnreadableError


def check_private(path: Path, exposed: str) -> None:
    """The file and its folder are their owner's. `exposed`: what to do besides `chmod`. Raises UnreadableError."""
    try:
        file, folder = path.stat().st_mode, path.parent.stat().st_mode
    except OSError as error:
        raise UnreadableError(path, (error.strerror or str(error)).lower(), "check the path") from None
    if os.name == "posix" and stat.S_IMODE(file) & 0o077:
        raise UnreadableError(path, "others can read it", f"`chmod 600 {path}`, and {exposed}")
    if os.name == "posix" and stat.S_IMODE(folder) & 0o022:
        raise UnreadableError(path, "others can write to its folder", f"`chmod 700 {path.parent}`")

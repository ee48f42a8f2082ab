"""What the commands about bundles have in common."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

from axtary.cli.output import FINDINGS, INVALID, colour, fail, leave, print_json
from axtary.compiler.diagnostics import printable, quoted
from axtary.runtime.bundle.errors import BundleError
from axtary.runtime.bundle.keys import MAX_PEM
from axtary.runtime.policyfile import read_bytes

_FORMS = ("%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d")


def instant(text: str | None, as_json: bool) -> datetime | None:
    """An instant of the command line, or a day, which begins at midnight UTC. Leaves with 2 if it is neither."""
    for form in _FORMS if text is not None else ():
        try:
            return datetime.strptime(str(text), form).replace(tzinfo=UTC)
        except ValueError:
            continue
    if text is not None:
        fail(f"{quoted(text)} is no instant", "write it in UTC: `2026-12-31T00:00:00Z`, or `2026-12-31`", as_json)
    return None


def key_bytes(path: Path) -> bytes:
    """The content of a key file. Raises UnreadableError."""
    return read_bytes(path, MAX_PEM, "give a file with a key in PEM")


def refused(error: BundleError, as_json: bool) -> NoReturn:
    """Say why a bundle or a key is refused: exit 1 for a bundle, 2 for a key that cannot be used."""
    if as_json:
        print_json({"verified": False, "errors": [{"code": error.code, "message": error.message, "help": error.help}]})
    else:
        sys.stderr.write(f"{colour('refused', 'red', sys.stderr)}[{error.code}]: {printable(error.message)}\n")
        sys.stderr.write(f"  = help: {printable(error.help)}\n")
    leave(INVALID if error.code == "AX1109" else FINDINGS)

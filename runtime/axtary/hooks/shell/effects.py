"""What a command touches: files that it reads, writes or deletes, and hosts that it asks."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from typing import Literal

from axtary.hooks.paths import Unresolvable, resolved
from axtary.hooks.shell.words import Unread

Kind = Literal["read", "write", "delete", "fetch"]


@dataclass(frozen=True)
class Effect:
    """One thing that is touched. `target`: a physical path, or the URL of a `fetch`; `method`: that of a `fetch`."""

    kind: Kind
    target: str
    method: str = ""


@dataclass(frozen=True)
class Place:
    """Where a command runs, as the file system is now. `base` is a physical path; `home`: where curl is configured."""

    base: str
    home: str
    gnu: bool  # options mean what GNU's tools (and busybox's) take them for

    def file(self, path: str, *, link: bool = True) -> str:
        """The file that an operand names, if it is one that can be told for certain. Raises Unread.

        Not so are directories, devices, files with several names, and with `link=False` also links: the command would
        replace the link.
        """
        real = self.place(path)
        found = _seen(real)
        if found is not None and (not stat.S_ISREG(found.st_mode) or found.st_nlink != 1):
            raise Unread(f"`{path}` is no file, or one with several names")
        if not link and self.is_link(path):
            raise Unread(f"`{path}` is a link")
        return real

    def place(self, path: str) -> str:
        """The physical path of an operand. Raises Unread."""
        if path.endswith("/") or path == "-":
            raise Unread(f"`{path}` is no plain name of a file")
        try:
            return resolved(path, self.base)
        except Unresolvable as error:
            raise Unread(str(error)) from None

    def is_link(self, path: str) -> bool:
        """Is the last segment of the path a link, or is it `.` or `..`, which hide one?"""
        folder, _, name = path.rpartition("/")
        if name in (".", ".."):
            return True
        parent = self.place(folder) if folder else "/" if path.startswith("/") else self.base
        return os.path.islink(os.path.join(parent, name))  # noqa: PTH114, PTH118  # texts

    def is_folder(self, path: str) -> bool:
        """Is it a directory now?"""
        found = _seen(self.place(path.rstrip("/") or "/."))
        return found is not None and stat.S_ISDIR(found.st_mode)


def _seen(real: str) -> os.stat_result | None:
    try:
        return os.lstat(real)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:  # a file in place of a directory, a directory that is closed to us
        raise Unread(f"`{real}` cannot be looked at") from error

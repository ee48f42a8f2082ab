"""Files as actions name them: links resolved, relative to the workspace, `@home/…` or `@root/…` outside of it.

A path is walked as the kernel walks it: `a/../b` is what `..` of the place is that `a` leads to. What is below `/proc`
and `/dev` means another thing in each process, so nothing that leads there is resolved.
"""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from dataclasses import dataclass
from pathlib import Path

_MOST_LINKS = 40  # as Linux has it
_OTHER_IN_EACH_PROCESS = ("proc", "dev", "sys")
_OTHER_WAYS = (".vol", ".nofollow", ".resolve")  # of macOS: to any file, by its number or past links
_FORK = "..namedfork"  # below a file of macOS stands the file itself
_SCREENSHOT = re.compile(r"[ \u202f][AP]M\.png\Z")
HERE = "."  # the workspace itself: not canonical, so no rule grants it and every restriction on paths holds


class Unresolvable(Exception):
    """Nobody can say from outside which file this is; the message says why."""


@dataclass(frozen=True)
class Workspace:
    """What paths are relative to. Both are physical paths: without links, `.` and `..`."""

    root: str
    home: str

    @classmethod
    def of(cls, root: Path, home: Path | None = None) -> Workspace:
        """The workspace at `root`, of the user whose home it is (default: that of this process)."""
        return cls(os.path.realpath(root), os.path.realpath(home if home is not None else Path.home()))

    def canonical(self, path: str, base: str) -> str:
        """The file that `path` names from the directory `base`, as actions have it. Raises Unresolvable."""
        return self.named(resolved(path, base))

    def named(self, real: str) -> str:
        """A physical path as actions have it; `HERE` for the workspace itself."""
        inside = _below(real, self.root)
        if inside is not None:
            return f"@{inside}" if inside[:1] == "@" else inside or HERE
        at_home = _below(real, self.home)
        if at_home is not None:
            return f"@home/{at_home}".rstrip("/")
        return f"@root{real}".rstrip("/")

    def as_written(self, path: str, base: str) -> str:
        """`canonical`, or the path as it stands, in a form that no rule grants, if that cannot be told.

        Claude Code itself changes what begins with `~`, stands between blanks, or has another form of Unicode. It takes
        `a/../b` for `b` also where `a` is a link, and looks for a screenshot that is not there with another blank.
        """
        try:
            if path[:1] == "~" or path != path.strip().strip("\ufeff") or path != unicodedata.normalize("NFC", path):
                raise Unresolvable("another path may be meant")
            found = self.canonical(path, base)
            if ".." in path.split("/") and found != self.canonical(os.path.normpath(_joined(path, base)), "/"):
                raise Unresolvable("another path may be meant")
            if _SCREENSHOT.search(path) and not os.path.exists(_joined(path, base)):  # noqa: PTH110  # texts
                raise Unresolvable("another path may be meant")
            return found
        except Unresolvable:
            return f"@root/./{path.lstrip('/')}"


def resolved(path: str, base: str) -> str:
    """The physical path of `path` seen from the physical directory `base`; it need not exist. Raises Unresolvable."""
    if not path or "\0" in path:
        raise Unresolvable("no file has this name")
    left = _segments(_joined(path, base))
    found: list[str] = []
    links = 0
    while left:
        segment = left.pop()
        if segment == "..":
            del found[-1:]
            continue
        parent = "/" + "/".join(found)
        found.append(_true_name(parent, segment))
        if len(found) == 1 and found[0] in _OTHER_IN_EACH_PROCESS:
            raise Unresolvable(f"what is below /{found[0]} is another thing in each process")
        if segment == _FORK or (len(found) == 1 and found[0] in _OTHER_WAYS):
            raise Unresolvable("it is another way to a file that has a name")
        target = _link(os.path.join(parent, found[-1]))  # noqa: PTH118  # texts: a million of them a day
        if target is not None:
            links += 1
            if links > _MOST_LINKS:
                raise Unresolvable("its links form a circle")
            found = [] if target.startswith("/") else found[:-1]
            left += _segments(target)
    return "/" + "/".join(found)


def has_other_names(path: object, base: str) -> bool:
    """Is it a file with several names (hard links)?"""
    try:
        found = os.stat(os.path.join(base, path)) if isinstance(path, str) else None  # noqa: PTH116, PTH118  # texts
    except (OSError, ValueError):
        return False
    return found is not None and stat.S_ISREG(found.st_mode) and found.st_nlink > 1


def _joined(path: str, base: str) -> str:
    return path if path.startswith("/") else f"{base}/{path}"


def _segments(path: str) -> list[str]:
    return [segment for segment in reversed(path.split("/")) if segment not in ("", ".")]


def _link(path: str) -> str | None:
    try:
        return os.readlink(path)  # noqa: PTH115  # as above
    except OSError:  # no link, or not there
        return None
    except ValueError as error:
        raise Unresolvable("no file has this name") from error


def _below(path: str, folder: str) -> str | None:
    """The rest of `path` below `folder`, "" for the folder itself, None outside."""
    if path == folder:
        return ""
    prefix = folder.rstrip("/") + "/"
    return path[len(prefix) :] if path.startswith(prefix) else None


def _true_name(parent: str, name: str) -> str:
    """The name as the directory has it: where case or the form of Unicode is ignored, `.ENV` opens `.env`."""
    path = f"{parent.rstrip('/')}/{name}"
    try:
        seen = os.lstat(path)
        if name.isascii():
            other = os.lstat(f"{parent.rstrip('/')}/{name.swapcase()}")
            if name == name.swapcase() or (other.st_dev, other.st_ino) != (seen.st_dev, seen.st_ino):
                return name
        names = os.listdir(parent)  # noqa: PTH208  # texts
        if name in names:
            return name
        same = [each for each in names if _is(f"{parent.rstrip('/')}/{each}", seen)]
    except (OSError, ValueError):
        return name
    return min(same, default=name)


def _is(path: str, seen: os.stat_result) -> bool:
    try:
        found = os.lstat(path)
    except OSError:
        return False
    return (found.st_dev, found.st_ino) == (seen.st_dev, seen.st_ino)

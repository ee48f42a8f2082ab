"""What an action would change in files, line by line: from the old and new text of its payload, or from the file.

It is a help for the eye beside the exact payload, never in its place. The path is the agent's word: a file is read only
if it is in the workspace, and not one that its owner keeps for themselves.
"""

from __future__ import annotations

import difflib
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

MAX_LINES = 3000  # of both texts: a comparison can take the square of it
MAX_TEXT = 256 * 1024  # characters of both texts
MAX_CHANGES = 20
PRIVATE = (".axtary", ".git", ".ssh", ".gnupg", ".aws")  # folders of which nothing is shown

_PAIRS = (("old_string", "new_string"), ("old_content", "new_content"), ("old_text", "new_text"), ("old", "new"))
_CONTENT = ("content", "contents", "text")
_PATH = ("file_path", "path", "notebook_path", "file")


@dataclass(frozen=True)
class Line:
    """`text` is as it is in the file or payload: whoever shows it makes visible what is not seen."""

    kind: Literal["+", "-", " ", "@"]
    text: str


@dataclass(frozen=True)
class Change:
    """Of one file. `note` says why there are no lines, or what they are compared with."""

    path: str
    lines: tuple[Line, ...]
    note: str = ""


def changes(action: Mapping[str, Any], workspace: Path | None) -> list[Change]:
    """Nothing if the payload holds no text for a file. `workspace` is where files are; None: none is read."""
    payload = action.get("payload")
    if not isinstance(payload, Mapping):
        return []
    path = _path(payload, action)
    edits = payload.get("edits")
    parts = [payload, *(edits if isinstance(edits, list) else [])]
    found = [change for part in parts if isinstance(part, Mapping) for change in _replaced(part, path)]
    if not found and str(action.get("tool", "")).startswith("fs.") and path:
        found = list(_written(payload, path, workspace))
    return found[:MAX_CHANGES]


def _path(payload: Mapping[str, Any], action: Mapping[str, Any]) -> str:
    named = [payload.get(name) for name in _PATH]
    paths = action.get("paths")
    named += paths if isinstance(paths, list) and len(paths) == 1 else []
    return next((each for each in named if isinstance(each, str) and each), "")


def _replaced(part: Mapping[str, Any], path: str) -> Iterator[Change]:
    for old, new in _PAIRS:
        before, after = part.get(old), part.get(new)
        if isinstance(before, str) and isinstance(after, str):
            yield _compared(path, before, after, f"{old} and {new} of the payload")
            return


def _written(payload: Mapping[str, Any], path: str, workspace: Path | None) -> Iterator[Change]:
    content = next((payload[name] for name in _CONTENT if isinstance(payload.get(name), str)), None)
    if content is None:
        return
    before, note = _on_disk(path, workspace) if workspace is not None else (None, "the file is not looked at")
    yield _compared(path, before, content, note) if before is not None else Change(path, (), note)


def _compared(path: str, before: str, after: str, note: str) -> Change:
    if len(before) + len(after) > MAX_TEXT or before.count("\n") + after.count("\n") > MAX_LINES:
        return Change(path, (), "too long to be compared here: read the payload")
    if before == after:
        return Change(path, (), f"{note}: nothing changes")
    old, new = (text.split("\n") if text else [] for text in (before, after))
    found = list(difflib.unified_diff(old, new, lineterm="", n=3))[2:]
    return Change(path, tuple(map(_line, found)), note)


def _line(text: str) -> Line:
    if text[0] == "@":
        return Line("@", text)
    return Line(_KINDS[text[0]], text[1:])


_KINDS: Mapping[str, Literal["+", "-", " "]] = {"+": "+", "-": "-", " ": " "}


def _on_disk(path: str, workspace: Path) -> tuple[str | None, str]:
    """The text of a file now, or None and why not."""
    try:
        root = workspace.resolve()
        found = (root / path).resolve()
        parts = [part.casefold() for part in found.relative_to(root).parts]
        if any(part in PRIVATE or part.startswith(".env") for part in parts):
            return None, "the file may hold secrets, so it is not shown"
        return (_read(found), "the file as it is now") if found.exists() else ("", "there is no such file yet")
    except _PrivateError as error:
        return None, str(error)
    except (ValueError, RuntimeError):  # no path at all, a loop of links, outside, not UTF-8
        return None, "the file is outside the workspace or is no text, so it is not shown"
    except OSError:
        return None, "the file cannot be read"


class _PrivateError(Exception):
    """Why a file is not shown."""


def _read(path: Path) -> str:
    """Opened so that nothing waits: a pipe, or a link that was put there since, is no regular file."""
    with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW), "rb") as file:  # noqa: PTH123
        mode = os.fstat(file.fileno()).st_mode
        if not stat.S_ISREG(mode):
            raise _PrivateError("it is no regular file")
        if not mode & 0o044:
            raise _PrivateError("only its owner may read the file, so it is not shown")
        data = file.read(MAX_TEXT + 1)
    if len(data) > MAX_TEXT:
        raise _PrivateError("the file is too long to be compared here")
    return data.decode()

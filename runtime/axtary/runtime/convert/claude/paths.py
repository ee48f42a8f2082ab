"""Path patterns of Claude Code (as in .gitignore, from four roots) as path patterns of axtary.

A .gitignore pattern that matches a directory holds for all that is below it, which axtary says with a second pattern.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from axtary.runtime.convert.draft import exactly

_FOREIGN = {
    "?": "`?` stands for any one character",
    "[": "`[…]` is a class of characters",
    "\\": "a backslash escapes",
    "{": "braces are no alternatives in .gitignore, but read like some",
}
_HOLDS_WORKSPACES = frozenset({"Users", "home", "root", "private", "Volumes", "mnt", "media", "c", "C"})


@dataclass(frozen=True)
class PathPatterns:
    """What the pattern matches. `assumes`: below which folder neither the workspace nor, from the root, the home is."""

    patterns: tuple[str, ...]
    assumes: str = ""


class Unsaid(Exception):
    """The pattern cannot be said: why, and what to write."""

    def __init__(self, why: str, help_text: str) -> None:
        super().__init__(why)
        self.why, self.help = why, help_text


def translate(pattern: str) -> PathPatterns:
    """The pattern of a `Read(…)` or `Edit(…)` rule. Raises Unsaid."""
    _refuse_foreign(pattern)
    if pattern.startswith("//"):
        return _outside("@root", pattern[2:], "/")
    if pattern == "~" or pattern.startswith("~/"):
        return _outside("@home", pattern[2:], "~/")
    if pattern.startswith("~"):
        raise Unsaid("`~` is not followed by `/`", "write `~/…`")
    relative = pattern.removeprefix("./")
    if relative.lstrip("/").startswith("@"):
        raise Unsaid("a path that begins with `@` is written with one `@` more", "rename it, or name its folder")
    return PathPatterns(_ignored(relative, "" if relative.startswith("/") else "**/"))


def _refuse_foreign(pattern: str) -> None:
    for character, meaning in _FOREIGN.items():
        if character in pattern:
            raise Unsaid(f"{meaning}, and axtary's patterns have no such thing", "write the paths out, one rule each")
    if not pattern.strip("/ "):
        raise Unsaid("the pattern names no path", "write for example `src/**`")
    if pattern[0] in "!#":
        raise Unsaid(f"`{pattern[0]}` at the beginning has a meaning of its own in .gitignore", "name the paths")
    if pattern != pattern.strip():
        raise Unsaid("the pattern begins or ends with a space", "delete the space")


def _outside(root: str, rest: str, shown: str) -> PathPatterns:
    first = rest.partition("/")[0]
    if not first or "*" in first:
        why = f"`{shown}{first or '**'}` also holds the workspace, whose paths are written relative to it"
        raise Unsaid(why, f"name the folder: `{shown}.ssh/**`; for the workspace write `**`")
    if root == "@root" and first in _HOLDS_WORKSPACES:
        why = f"the home and the workspace lie below `/{first}`, and their paths are written another way"
        raise Unsaid(why, "write `~/…` for the home and `/…` for the workspace")
    return PathPatterns(tuple(f"{root}/{found}" for found in _ignored(rest, "")), f"{shown}{first}")


def _ignored(pattern: str, floats: str) -> tuple[str, ...]:
    """All that a .gitignore pattern matches below its root. `floats` goes before a pattern without an inner slash."""
    below = pattern.endswith("/")
    segments = re.sub(r"\*\*(/\*\*)+", "**", pattern.strip("/")).split("/")
    for segment in segments:
        if segment in ("", ".", ".."):
            why = f"a segment `{segment}` is in no canonical path"
            raise Unsaid(why, "write the path without it; outside the workspace use `~/…` or `//…`")
        if "**" in segment and segment != "**":
            raise Unsaid("`**` is not a whole segment", "write `*` in a segment, `**` as one")
    body = "/".join("*" if segment == "*" else _escaped(segment) for segment in segments)
    if len(segments) == 1 and segments[0] != "**":
        body = floats + body
    if segments[-1] == "**":
        return (body,)
    return (f"{body}/**",) if below else (body, f"{body}/**")


def _escaped(segment: str) -> str:
    return "*".join(exactly(part) for part in segment.split("*"))

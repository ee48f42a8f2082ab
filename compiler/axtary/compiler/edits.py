"""Edits: of a source text by lines and columns, of the content of a scalar by offsets. Knows no YAML."""

from __future__ import annotations

import re
from bisect import bisect_right, insort
from collections.abc import Iterable
from dataclasses import dataclass

from axtary.compiler.diagnostics import Edit, Fix
from axtary.compiler.ir import Span

LINE_END = re.compile(r"\r\n|\r|\n")  # as YAML has them; `str.splitlines` breaks at more characters


class Lines:
    """Where the lines of a text begin. Lines and columns count from 1, indices from 0, both in code points."""

    def __init__(self, text: str) -> None:
        self.starts = [0, *(match.end() for match in LINE_END.finditer(text))]

    def position(self, index: int) -> tuple[int, int]:
        """Line and column of an index."""
        line = bisect_right(self.starts, index)
        return line, index - self.starts[line - 1] + 1

    def index(self, line: int, column: int) -> int:
        """The index of a line and column: undoes `position`."""
        return self.starts[line - 1] + column - 1

    def extent(self, span: Span) -> tuple[int, int]:
        """The indices of a span, the second one exclusive."""
        return self.index(span.line, span.column), self.index(span.end_line, span.end_column)


def apply(text: str, edits: Iterable[Edit]) -> str:
    """The text with the edits made. They do not overlap and lie in the text."""
    lines = Lines(text)
    pieces: list[str] = []
    at = 0
    for (start, end), new in sorted((lines.extent(edit.span), edit.text) for edit in edits):
        pieces += [text[at:start], new]
        at = end
    return "".join([*pieces, text[at:]])


def compatible(fixes: Iterable[Fix]) -> list[Fix]:
    """The fixes of one file that can be made together: one that touches an earlier one's edits is left out."""
    taken: list[_Extent] = []  # sorted, and apart
    found = []
    for fix in fixes:
        extents = [((s.line, s.column), (s.end_line, s.end_column)) for s in (edit.span for edit in fix.edits)]
        if not any(_touches(taken, *extent) for extent in extents):
            found.append(fix)
            for extent in _apart(extents):
                insort(taken, extent)
    return found


_Position = tuple[int, int]
_Extent = tuple[_Position, _Position]


def _apart(extents: list[_Extent]) -> list[_Extent]:
    """Sorted, with those that touch made one."""
    found: list[_Extent] = []
    for start, end in sorted(extents):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _touches(taken: list[_Extent], start: _Position, end: _Position) -> bool:
    at = bisect_right(taken, (start, end))
    return (at > 0 and taken[at - 1][1] >= start) or (at < len(taken) and taken[at][0] <= end)


@dataclass(frozen=True, slots=True)
class Change:
    """`text` in place of content[start:end] of a scalar, whatever its quoting; start == end inserts."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Mend:
    """Changes of one scalar's content that mend it, in order and apart; `title` says in the imperative what they do."""

    title: str
    changes: tuple[Change, ...]

    def shifted(self, offset: int) -> Mend:
        """The same for a content in which this one begins at `offset`."""
        moved = (Change(c.start + offset, c.end + offset, c.text) for c in self.changes)
        return Mend(self.title, tuple(moved))

    def made(self, content: str) -> str:
        """The content with the changes made."""
        for change in reversed(self.changes):
            content = content[: change.start] + change.text + content[change.end :]
        return content


def replaced(content: str, new: str) -> Mend:
    """Writes `new` for the whole content."""
    return Mend(f"write `{new}`", (Change(0, len(content), new),))

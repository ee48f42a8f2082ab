"""Positions as editors count them. The compiler counts code points from 1, editors units of an encoding from 0."""

from __future__ import annotations

from bisect import bisect_right

from lsprotocol import types

from axtary.compiler.edits import Lines
from axtary.compiler.ir import Span

UTF8, UTF16, UTF32 = (kind.value for kind in types.PositionEncodingKind)


def units(text: str, encoding: str) -> int:
    """How long an editor takes the text for."""
    if encoding == UTF32 or text.isascii():
        return len(text)
    if encoding == UTF8:
        return len(text.encode("utf-8", "surrogatepass"))
    return len(text) + sum(char > "\uffff" for char in text)


class DocumentText:
    """A text with its lines. Positions that lie outside of it mean the nearest place in it."""

    def __init__(self, text: str, encoding: str) -> None:
        self.text = text
        self._encoding = UTF32 if text.isascii() else encoding  # where each character is one unit in any of them
        self._lines = Lines(text)

    def index(self, position: types.Position) -> int:
        """The code point index of a position. In the middle of a character: that character's."""
        if position.line >= len(self._lines.starts):
            return len(self.text)
        start, end = self._line(position.line)
        if self._encoding == UTF32:
            return min(start + position.character, end)
        left = position.character
        for at, char in enumerate(self.text[start:end]):
            left -= units(char, self._encoding)
            if left < 0:
                return start + at
        return end

    def position(self, index: int) -> types.Position:
        """The position of a code point index; one inside a line end is the end of the line."""
        number = bisect_right(self._lines.starts, min(index, len(self.text))) - 1
        start, end = self._line(number)
        length = min(index, end) - start
        if self._encoding != UTF32:
            length = units(self.text[start : start + length], self._encoding)
        return types.Position(number, length)

    def range(self, start: int, end: int) -> types.Range:
        return types.Range(self.position(start), self.position(max(start, end)))

    def extent(self, span: Span) -> tuple[int, int]:
        """The indices of a span of the compiler, which may end behind its line."""
        return self._place(span.line, span.column), self._place(span.end_line, span.end_column)

    def range_of(self, span: Span) -> types.Range:
        return self.range(*self.extent(span))

    def _place(self, line: int, column: int) -> int:
        if line > len(self._lines.starts):
            return len(self.text)
        start, end = self._line(line - 1)
        return min(start + column - 1, end)

    def _line(self, number: int) -> tuple[int, int]:
        """Where a line, counted from 0, begins and ends, its line end left out."""
        starts = self._lines.starts
        start = starts[number]
        if number + 1 == len(starts):
            return start, len(self.text)
        end = starts[number + 1]
        return start, end - (2 if self.text.endswith("\r\n", start, end) else 1)

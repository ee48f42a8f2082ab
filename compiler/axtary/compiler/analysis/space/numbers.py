"""The number line, cut where a policy looks: in each cell every number is as good as another.

Numbers are whole ten-thousandths, as everywhere in the IR; timestamps are nanoseconds.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from axtary.compiler.analysis.actions import number
from axtary.compiler.ir import INT_MAX, NUMBER_MAX, SCALE, Number, Type

RANGES: dict[Type, tuple[int, int]] = {
    Type.NUMBER: (-NUMBER_MAX - 1, NUMBER_MAX),
    Type.DECIMAL: (-NUMBER_MAX - 1, NUMBER_MAX),
    Type.INTEGER: (-INT_MAX * SCALE, INT_MAX * SCALE),
}
_LIMIT = INT_MAX * SCALE  # no JSON number is larger
_SEARCHED = 2 * SCALE  # so many neighbours are tried one by one, for fractions that a double may not hold


@dataclass(frozen=True, slots=True)
class Cell:
    """An interval of whole steps, both ends included."""

    start: int
    end: int

    @property
    def single(self) -> bool:
        """Does it hold one value only?"""
        return self.start == self.end


def cells(cuts: Iterable[int], start: int, end: int) -> list[Cell]:
    """The intervals between cuts; a cut is the first value of a cell."""
    inner = sorted({cut for cut in cuts if start < cut <= end})
    starts = [start, *inner]
    ends = [*(cut - 1 for cut in inner), end]
    return [Cell(first, last) for first, last in zip(starts, ends, strict=True)]


def find(listed: list[Cell], value: int) -> int:
    """The index of the cell that holds a value."""
    return bisect_right(listed, value, key=lambda cell: cell.start) - 1


def small_cells_split(listed: list[Cell], values: int, step: int) -> Iterator[int]:
    """Further cuts, so that a cell that holds few multiples of `step` holds at most one, and that alone."""
    for cell in listed:
        first = -(-cell.start // step)
        count = cell.end // step - first + 1
        if 0 < count <= values and not cell.single:
            for multiple in range(first, first + count):
                yield from (multiple * step, multiple * step + 1)


def integral(cell: Cell) -> Iterator[int]:
    """Whole numbers in the cell, the plainest first."""
    low, high = max(cell.start, -_LIMIT), min(cell.end, _LIMIT)
    first, last = -(-low // SCALE), high // SCALE
    if first > last:
        return
    near = min(max(1, first), last)
    tries = [near, near + 1, near - 1, near + 2, near - 2, near + 3, near - 3, first, last, first + 1, last - 1]
    yield from (each * SCALE for each in dict.fromkeys(tries) if first <= each <= last)


def fractional(cell: Cell) -> Iterator[int]:
    """Numbers in the cell that are not whole and that a JSON number can hold, the plainest first."""
    low, high = max(cell.start, RANGES[Type.NUMBER][0]), min(cell.end, RANGES[Type.NUMBER][1])
    return (each for each in _plain_fractions(low, high) if number(each) is not None)


def _plain_fractions(low: int, high: int) -> Iterator[int]:
    seen: set[int] = set()
    for step in (SCALE // 2, SCALE // 10, SCALE // 100, SCALE // 1000, 1):
        first = -(-low // step)
        near = min(max(1, first), high // step)
        for each in (near, near + 1, near - 1, near + 2, near - 2):
            value = each * step
            if low <= value <= high and value % SCALE and value not in seen:
                seen.add(value)
                yield value
    for value in (*range(low, min(high, low + _SEARCHED) + 1), *range(high, max(low, high - _SEARCHED) - 1, -1)):
        if value % SCALE and value not in seen:
            seen.add(value)
            yield value


def decimal_text(scaled: int) -> str:
    """The number as a decimal string."""
    return str(Number(scaled))

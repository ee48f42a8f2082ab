"""The column of a number: sorted breakpoints, and between two of them one mask.

Numbers of every type, timestamps and counts are whole (ten-thousandths, nanoseconds, elements), so each question is a
set of half-open intervals of integers, several questions of one row are their intersection, and a value is found by one
binary search. The masks are not all kept: each is made from the nearest of some checkpoints before it, by the rows that
begin or end in between.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from axtary.backends.native.budget import Budget, Cache
from axtary.backends.native.columns import NO_MASKS, NO_TEXTS, Entry, answering, is_positive
from axtary.backends.native.conditions import plain
from axtary.backends.native.masks import every_row, rows_mask
from axtary.compiler.ir import Compare, Count, OneOf

Interval = tuple[float, float]  # from, inclusive; to, exclusive: integers or infinities

_CHECKPOINTS = 256  # at most: they take that many bits for each row
_ALL: list[Interval] = [(-math.inf, math.inf)]


def _true(atom: OneOf | Compare | Count) -> list[Interval]:
    """Where the leaf is true."""
    if isinstance(atom, OneOf):
        points = sorted({int(plain(value)) for value in atom.values})
        return [(point, point + 1) for point in points]
    bound = int(plain(atom.value)) if isinstance(atom, Compare) else atom.n
    ranges: dict[str, Interval] = {
        "==": (bound, bound + 1),
        "<": (-math.inf, bound),
        "<=": (-math.inf, bound + 1),
        ">": (bound + 1, math.inf),
        ">=": (bound, math.inf),
    }
    return [ranges[atom.op]]


def _outside(intervals: Sequence[Interval]) -> list[Interval]:
    ends = [-math.inf, *(end for interval in intervals for end in interval), math.inf]
    return [(start, end) for start, end in zip(ends[::2], ends[1::2], strict=True) if start < end]


def _both(one: Sequence[Interval], two: Sequence[Interval]) -> list[Interval]:
    """The intersection of two sorted lists of intervals that do not overlap, in linear time."""
    found, i, j = list[Interval](), 0, 0
    while i < len(one) and j < len(two):
        start, end = max(one[i][0], two[j][0]), min(one[i][1], two[j][1])
        if start < end:
            found.append((start, end))
        if one[i][1] < two[j][1]:
            i += 1
        else:
            j += 1
    return found


class Numbers:
    """Intervals of each row, several questions for one row being their intersection."""

    def __init__(self, entries: Sequence[Entry], size: int, budget: Budget, read: Callable[[Any], int | None]) -> None:
        self._read, self._size, self._budget = read, size, budget
        self.undefined = answering(entries, size, lambda _: None)
        held: dict[int, list[Interval]] = {}
        for row, literal in entries:
            true = _true(literal.test)  # type: ignore[arg-type]  # of a column of numbers
            held[row] = _both(held.get(row, _ALL), true if is_positive(literal) else _outside(true))
        turns = sorted((int(at), row) for row, found in held.items() for at in _turns(found))
        from_start = rows_mask((row for row, found in held.items() if found[:1] and found[0][0] == -math.inf), size)
        without = rows_mask(held, size) ^ every_row(size)
        self.points = sorted({at for at, _ in turns})
        self._rows = array("L", (row for _, row in turns))
        self._ends = array("L", [0])  # of the rows that turn at each point
        for place, (at, _) in enumerate(turns, 1):
            if place == len(turns) or turns[place][0] != at:
                self._ends.append(place)
        self._step = max(8, -(-len(self.points) // _CHECKPOINTS))
        self._checkpoints = self._sweep(from_start | without)
        self._slots: Cache[int, int] = budget.cache()
        self.known, self.masks = NO_TEXTS, NO_MASKS

    def _sweep(self, mask: int) -> list[int]:
        """The mask before every `step`-th point."""
        found = [mask]
        for slot in range(self._step, len(self.points) + 1, self._step):
            found.append(self._turned(found[-1], slot - self._step, slot))
        return found

    def _turned(self, mask: int, start: int, end: int) -> int:
        """The mask that stands at the point `start`, carried on to the point `end`."""
        bits = bytearray(mask.to_bytes((self._size + 7) // 8, "little"))
        for row in self._rows[self._ends[start] : self._ends[end]]:
            bits[row >> 3] ^= 1 << (row & 7)
        return int.from_bytes(bits, "little")

    def mask(self, value: Any) -> int:
        number = self._read(value)
        if number is None:
            return self.undefined
        return self.between(bisect_right(self.points, number))

    def between(self, slot: int) -> int:
        """The mask from the point before `slot` up to the point there."""
        mask = self._slots.get(slot)
        if mask is None:
            checkpoint = slot // self._step
            mask = self._turned(self._checkpoints[checkpoint], checkpoint * self._step, slot)
            self._budget.remember(self._slots, slot, mask, self._size // 8)
        return mask


def _turns(intervals: Iterable[Interval]) -> list[float]:
    """Where a row begins or ends."""
    return [end for interval in intervals for end in interval if math.isfinite(end)]

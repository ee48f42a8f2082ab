"""Instants by what local time windows say of them, over all years that a timestamp may name.

Between two changes of a zone's offset the week repeats, so a stretch of a week or more shows every combination that its
offsets allow; shorter stretches are walked through. The changes themselves are read from the pinned zone data.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from importlib import resources
from itertools import pairwise

from axtary.compiler.analysis.space.numbers import Cell, find
from axtary.compiler.ir import Hours
from axtary.compiler.zones import zone

SECOND = 10**9
_WEEK = 7 * 86_400
_MONDAY = -3 * 86_400  # 1970-01-01 was a Thursday
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# RFC 3339 texts of the years 1678 to 2261, with offsets of up to a day
FIRST = int((datetime(1678, 1, 1, tzinfo=UTC) - timedelta(hours=23, minutes=59) - _EPOCH).total_seconds()) * SECOND
LAST = int((datetime(2262, 1, 1, tzinfo=UTC) + timedelta(hours=23, minutes=59) - _EPOCH).total_seconds()) * SECOND - 1
_WEDNESDAY = int((datetime(2026, 1, 7, 10, tzinfo=UTC) - _EPOCH).total_seconds())  # where readable instants begin
_STEP = 20 * 86_400  # behind the listed changes a yearly rule may hold, whose two seasons each last for months


@dataclass(frozen=True, slots=True)
class Moment:
    """Instants of one cell on which all windows agree. bits: bit h says whether hours h hold; samples: nanoseconds."""

    cell: int
    bits: int
    samples: tuple[int, ...]


def moments(hours: Sequence[Hours], cells: list[Cell]) -> list[Moment]:
    """Every combination of cell and windows that some instant shows, each with instants, readable ones first."""
    if not hours:
        return [Moment(index, 0, tuple(_samples(cell))) for index, cell in enumerate(cells)]
    found: dict[tuple[int, int], list[int]] = {}
    for instant in _readable(hours):
        index = find(cells, instant)
        if cells[index].start <= instant <= cells[index].end:
            found.setdefault((index, _bits_at(hours, instant)), []).append(instant)
    for key, instant in _all(hours, cells):
        found.setdefault(key, []).append(instant)
    return [Moment(cell, bits, tuple(dict.fromkeys(some[:8]))) for (cell, bits), some in found.items()]


def _readable(hours: Sequence[Hours]) -> Iterator[int]:
    """The hours of one week, ten in the morning first, and the edges of the windows in that week."""
    yield from ((_WEDNESDAY + hour * 3600) * SECOND for hour in range(168))
    start = _WEDNESDAY * SECOND
    offsets = {name: _offset(name, _WEDNESDAY) for name in _zones(hours)}
    yield from _walk(hours, offsets, start, start + _WEEK * SECOND)


def _zones(hours: Sequence[Hours]) -> list[str]:
    return sorted({window.zone for each in hours for window in each.windows})


def _samples(cell: Cell) -> Iterator[int]:
    """Instants of a cell: a readable one, and some around its ends."""
    near = min(max(_WEDNESDAY * SECOND, cell.start), cell.end)
    tries = [near, near + SECOND, near - SECOND, near + 1, near - 1, cell.start, cell.end, (cell.start + cell.end) // 2]
    yield from (each for each in dict.fromkeys(tries) if cell.start <= each <= cell.end)


def _bits_at(hours: Sequence[Hours], instant: int) -> int:
    second = instant // SECOND
    offsets = {name: _offset(name, second) for name in _zones(hours)}
    return _bits(hours, offsets, second)


def _bits(hours: Sequence[Hours], offsets: dict[str, int], second: int) -> int:
    bits = 0
    for index, each in enumerate(hours):
        for window in each.windows:
            local = second + offsets[window.zone] - _MONDAY
            day, minute = local // 86_400 % 7, local % 86_400 // 60
            if window.start < window.end:
                within = day in window.days and window.start <= minute < window.end
            else:
                within = (day in window.days and minute >= window.start) or (
                    (day - 1) % 7 in window.days and minute < window.end
                )
            if within:
                bits |= 1 << index
                break
    return bits


def _all(hours: Sequence[Hours], cells: list[Cell]) -> Iterator[tuple[tuple[int, int], int]]:
    """One instant at least for every combination that there is."""
    names = _zones(hours)
    seen: set[tuple[int, tuple[int, ...]]] = set()  # cell and offsets whose whole week was walked
    for start, end, offsets in sorted(_stretches(tuple(names)), key=lambda stretch: abs(stretch[0] - _WEDNESDAY)):
        local = dict(zip(names, offsets, strict=True))
        first, last = find(cells, start * SECOND), find(cells, end * SECOND - 1)
        for index in range(max(first, 0), last + 1):
            low, high = max(cells[index].start, start * SECOND), min(cells[index].end, end * SECOND - 1)
            if low > high or (index, offsets) in seen:
                continue
            if high - low >= _WEEK * SECOND:
                seen.add((index, offsets))
                high = low + _WEEK * SECOND
            for instant in _walk(hours, local, low, high):
                yield (index, _bits(hours, local, instant // SECOND)), instant


def _walk(hours: Sequence[Hours], offsets: dict[str, int], low: int, high: int) -> Iterator[int]:
    """The first instant, and each at which a window opens or closes. At most a week."""
    yield low
    for each in hours:
        for window in each.windows:
            for day in range(7):
                for minute in (window.start, window.end):
                    edge = _MONDAY + day * 86_400 + minute * 60 - offsets[window.zone]
                    weeks = -((edge * SECOND - low) // (_WEEK * SECOND))  # the first edge from `low` on
                    instant = (edge + weeks * _WEEK) * SECOND
                    if low <= instant <= high:
                        yield instant


@lru_cache(maxsize=256)
def _stretches(names: tuple[str, ...]) -> tuple[tuple[int, int, tuple[int, ...]], ...]:
    """(first second, first second behind, offsets) of all stretches in which no offset changes."""
    bounds = {FIRST // SECOND, LAST // SECOND + 1}
    for name in names:
        bounds.update(_changes(name))
    ordered = sorted(bound for bound in bounds if FIRST // SECOND <= bound <= LAST // SECOND + 1)
    starts = pairwise(ordered)
    return tuple((start, end, tuple(_offset(name, start) for name in names)) for start, end in starts)


@lru_cache(maxsize=256)
def _changes(name: str) -> tuple[int, ...]:
    """The seconds at which the offset of a zone changes."""
    data = resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).read_bytes()
    listed = _listed_changes(data)
    found = [*listed]
    if b"," not in data.rsplit(b"\n", 2)[1]:  # the last line has the rule, if there is one
        return listed
    at = max((*listed, FIRST // SECOND))
    while at < LAST // SECOND:
        after = min(at + _STEP, LAST // SECOND)
        if _offset(name, at) != _offset(name, after):
            low, high = at, after
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if _offset(name, middle) == _offset(name, low) else (low, middle)
            found.append(high)
        at = after
    return tuple(found)


def _listed_changes(data: bytes) -> tuple[int, ...]:
    """The changes that a zone's file lists one by one (RFC 9636, version 2 or later: 64-bit times)."""
    body = 44 + _block_size(data, 0, 4)
    (count,) = struct.unpack_from(">l", data, body + 32)
    return struct.unpack_from(f">{count}q", data, body + 44)


def _block_size(data: bytes, header: int, width: int) -> int:
    utc, standard, leap, times, types, chars = struct.unpack_from(">6l", data, header + 20)
    return int(times * (width + 1) + types * 6 + chars + leap * (width + 4) + standard + utc)


@lru_cache(maxsize=1 << 16)
def _offset(name: str, second: int) -> int:
    offset = (_EPOCH + timedelta(seconds=second)).astimezone(zone(name)).utcoffset()
    return 0 if offset is None else offset.days * 86_400 + offset.seconds

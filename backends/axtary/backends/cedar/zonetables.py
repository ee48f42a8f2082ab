"""The changes of a zone's offset as a table, for who computes local time without zone data of their own.

The table holds every change in the years that a timestamp may have: those that the zone data lists, then those that its
rule for all later years makes. These are found by asking for the offset in each week, which two changes in one week
would escape; so a rule is taken only if a month lies between its two changes of a year.
"""

from __future__ import annotations

import re
import struct
from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache

from axtary.backends.cedar.local_time import zone_bytes, zone_info
from axtary.backends.verdict import EngineError

FIRST, LAST = -9_214_732_800, 9_214_819_200  # 1677-12-30 and 2262-01-03: a day more than any timestamp, seconds

_DAY = 86_400
_WEEK = 7 * _DAY
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIXED = re.compile(r"(?:<[-+0-9A-Za-z]+>|[A-Za-z]{3,})[-+0-9:]+")
_TWICE_A_YEAR = re.compile(
    _FIXED.pattern + r"(?:<[-+0-9A-Za-z]+>|[A-Za-z]{3,})[-+0-9:]*"
    r",M(\d{1,2})\.\d\.\d(?:/[-+0-9:]+)?,M(\d{1,2})\.\d\.\d(?:/[-+0-9:]+)?"
)


@cache
def zone_table(name: str) -> tuple[tuple[int, int], ...]:
    """(from this second since 1970 on, the offset from UTC in seconds), ascending; the first is `FIRST`.

    Raises EngineError if there is no such zone, or if its rule for later years is of a kind that is not known here.
    """
    listed, rule = _tzif(name, zone_bytes(name))
    later = _changes_later(name, rule)
    table = [(FIRST, _offset(name, FIRST))]
    for start in _starts(name, [at for at in listed if FIRST < at < LAST], later):
        offset = _offset(name, start)
        if offset != table[-1][1]:
            table.append((start, offset))
    return tuple(table)


def _offset(name: str, second: int) -> int:
    offset = (_EPOCH + timedelta(seconds=second)).astimezone(zone_info(name)).utcoffset()
    if offset is None or offset.microseconds:
        raise EngineError(f"the zone `{name}` has no offset in whole seconds")
    return offset.days * _DAY + offset.seconds


def _starts(name: str, listed: list[int], later: bool) -> Iterator[int]:
    """Every second at which the offset may change: the listed ones, then what a look at each later week finds."""
    yield from listed
    if not later:
        return
    at = listed[-1] if listed else FIRST
    before = _offset(name, at)
    while at < LAST:
        following = min(at + _WEEK, LAST)
        after = _offset(name, following)
        if after != before:
            yield _change(name, at, following)
        at, before = following, after


def _change(name: str, low: int, high: int) -> int:
    """The first second of the new offset; the one at `low` is the old."""
    old = _offset(name, low)
    return low + bisect_right(range(low, high), 0, key=lambda second: int(_offset(name, second) != old))


def _changes_later(name: str, rule: str) -> bool:
    """Whether the rule for later years, a POSIX TZ string, changes the offset twice a year."""
    if _FIXED.fullmatch(rule):
        return False
    found = _TWICE_A_YEAR.fullmatch(rule)
    if found is None or not 2 <= abs(int(found[1]) - int(found[2])) <= 10:
        raise EngineError(f"the rule of the zone `{name}` for later years, `{rule}`, is not one that can be tabled")
    return True


def _tzif(name: str, data: bytes) -> tuple[list[int], str]:
    """The listed changes and the rule for later years, from the 64-bit part of a TZif file (RFC 8536)."""
    try:
        counts = _counts(data, 0)
        second = 44 + _size(counts, 4)
        counts = _counts(data, second)
        times = struct.unpack_from(f">{counts[3]}q", data, second + 44)
        rule = data[second + 44 + _size(counts, 8) :].strip(b"\n").decode("ascii")
    except (struct.error, ValueError) as error:
        raise EngineError(f"the data of the zone `{name}` cannot be read") from error
    return list(times), rule


def _counts(data: bytes, at: int) -> tuple[int, ...]:
    """UTC and standard marks, leap seconds, times, types, characters."""
    magic, version, *counts = struct.unpack_from(">4sc15x6l", data, at)
    if magic != b"TZif" or version < b"2" or counts[2]:
        raise ValueError("no TZif file of version 2, or one with leap seconds")
    return tuple(counts)


def _size(counts: tuple[int, ...], width: int) -> int:
    utc, standard, leap, times, types, characters = counts
    return times * (width + 1) + types * 6 + characters + leap * (width + 4) + standard + utc

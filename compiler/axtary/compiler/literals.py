"""Literals of the language: exact numbers and RFC 3339 timestamps.

Both raise ValueError whose text is a phrase for a diagnostic.
"""

from __future__ import annotations

import re
from datetime import date

from axtary.compiler.ir import INT_MAX, NUMBER_MAX, SCALE, Instant, Number, Type

_NUMBER = re.compile(r"(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?\Z")
_TIMESTAMP = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?"
    r"(?:Z|([+-])([0-9]{2}):([0-9]{2}))\Z"
)
FIRST_YEAR, LAST_YEAR = 1678, 2261  # what nanoseconds in a signed 64-bit integer can hold


def parse_number(text: str, kind: Type) -> Number:
    """A numeric literal as the type reads it: no `+`, exponent, leading zero or fifth fraction digit."""
    match = _NUMBER.match(text)
    if match is None:
        help_text = "write digits, one `.` and at most 4 fraction digits, no `+`, no leading zero, no exponent"
        raise ValueError(f"is not a number: {help_text}")
    sign, whole, fraction = match[1], match[2], match[3] or ""
    if kind is Type.INTEGER and fraction:
        raise ValueError("has a fraction, and the attribute is an integer: write a whole number, or declare `number`")
    if len(fraction) > 4:
        raise ValueError("has more than 4 fraction digits: write at most 4")
    if len(whole) > 20:
        raise ValueError("is too large: write at most 15 digits before the point")
    scaled = int(whole) * SCALE + int(fraction.ljust(4, "0"))
    scaled = -scaled if sign else scaled
    limit = INT_MAX * SCALE if kind is Type.INTEGER else NUMBER_MAX
    if not -limit - (kind is not Type.INTEGER) <= scaled <= limit:
        raise ValueError(f"is out of range: write at most {Number(limit)}")
    return Number(scaled)


def parse_timestamp(text: str) -> Instant:
    """RFC 3339 with capital T and Z, at most nanoseconds, no leap second, years 1678 to 2261."""
    match = _TIMESTAMP.match(text)
    if match is None:
        raise ValueError("is not a timestamp: write `2026-11-22T10:00:00Z` or with an offset such as `+01:00`")
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"is out of range: write a year from {FIRST_YEAR} to {LAST_YEAR}")
    offset = 0
    if match[8]:
        offset_hour, offset_minute = int(match[9]), int(match[10])
        if offset_hour > 23 or offset_minute > 59:
            raise ValueError("has an offset that does not exist: write one from `-23:59` to `+23:59`, or `Z`")
        offset = (offset_hour * 60 + offset_minute) * (60 if match[8] == "+" else -60)
    if hour > 23 or minute > 59 or second > 59:
        raise ValueError("is a time of day that does not exist: write one from `00:00:00` to `23:59:59`")
    try:
        days = date(year, month, day).toordinal() - date(1970, 1, 1).toordinal()
    except ValueError:
        raise ValueError("is a date that does not exist: write a date of the calendar") from None
    seconds = days * 86400 + hour * 3600 + minute * 60 + second - offset
    return Instant(seconds * 10**9 + int((match[7] or "").ljust(9, "0")))

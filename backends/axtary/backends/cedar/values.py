"""Typed reading of an action for Cedar's context, written apart from every other engine so that it can disagree.

Everything numeric becomes a whole number: an integer as it is, number and decimal as ten-thousandths, a timestamp as
nanoseconds since the epoch. None is "undefined".
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

from axtary.compiler.ir import INT_MAX, NUMBER_MAX, SCALE, Attribute, Type

_MISSING = object()
_DECIMAL = re.compile(r"(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?")
_WHOLE_DIGITS = 15  # of the greatest decimal; longer texts are not worth converting
_TIMESTAMP = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})"
    r"(?:\.([0-9]{1,9}))?(?:Z|([+-])([0-9]{2}):([0-9]{2}))"
)
_YEARS = range(1678, 2262)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Typed = str | bool | int | tuple[str, ...]


def present(action: Mapping[str, Any], path: tuple[str, ...]) -> bool:
    """Whether the key is there, whatever its value."""
    return _value(action, path) is not _MISSING


def text(action: Mapping[str, Any], path: tuple[str, ...]) -> str:
    """What `match` reads: the string at the path, or the empty string."""
    value = _value(action, path)
    return value if isinstance(value, str) else ""


def read(attribute: Attribute, action: Mapping[str, Any]) -> Typed | None:
    """The attribute by its type, or None if it is undefined."""
    value = _value(action, attribute.path)
    match attribute.type:
        case Type.STRING:
            return value if isinstance(value, str) else None
        case Type.PATH:
            return value if is_canonical(value) else None
        case Type.BOOLEAN:
            return value if isinstance(value, bool) else None
        case Type.INTEGER:
            return _integer(value)
        case Type.NUMBER:
            return _scaled(value)
        case Type.DECIMAL:
            return _decimal(value) if isinstance(value, str) else _scaled(value)
        case Type.TIMESTAMP:
            return timestamp(value)
        case Type.STRINGS | Type.PATHS:
            return _strings(value, canonical=attribute.type is Type.PATHS)


def _value(action: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    value: Any = action
    for key in path:
        if not isinstance(value, Mapping) or key not in value:
            return _MISSING
        value = value[key]
    return value


def is_canonical(value: Any) -> bool:
    """A relative path in canonical form: what a pattern decides on has one spelling only."""
    if not isinstance(value, str) or "\\" in value or "\0" in value:
        return False
    return not any(segment in ("", ".", "..") for segment in value.split("/"))


def _strings(value: Any, *, canonical: bool) -> tuple[str, ...] | None:
    """The list, or None if a single element is of another kind."""
    if not isinstance(value, list | tuple):
        return None
    accepted = all(is_canonical(item) if canonical else isinstance(item, str) for item in value)
    return tuple(value) if accepted else None


def _exact(value: Any) -> Fraction | None:
    """A JSON number by its shortest decimal form: 0.1 is one tenth, not the double beside it."""
    if isinstance(value, int) and not isinstance(value, bool):
        return Fraction(value)
    return Fraction(repr(value)) if isinstance(value, float) and math.isfinite(value) else None


def whole(value: Any) -> int | None:
    """A JSON number that is integral by its value."""
    exact = _exact(value)
    return exact.numerator if exact is not None and exact.denominator == 1 else None


def _integer(value: Any) -> int | None:
    number = whole(value)
    return number if number is not None and abs(number) <= INT_MAX else None


def _scaled(value: Any) -> int | None:
    exact = _exact(value)
    scaled = None if exact is None else exact * SCALE
    if scaled is None or scaled.denominator != 1:
        return None
    return _in_range(scaled.numerator)


def _in_range(scaled: int) -> int | None:
    return scaled if -NUMBER_MAX - 1 <= scaled <= NUMBER_MAX else None


def _decimal(value: str) -> int | None:
    found = _DECIMAL.fullmatch(value)
    if found is None or len(found[2]) > _WHOLE_DIGITS:
        return None
    fraction = (found[3] or "").rstrip("0")  # "1.50000" is 1.5
    if len(fraction) > 4:
        return None
    scaled = int(found[2]) * SCALE + int(fraction.ljust(4, "0"))
    return _in_range(-scaled if found[1] else scaled)


def timestamp(value: Any) -> int | None:
    """An RFC 3339 time as nanoseconds since the epoch."""
    found = _TIMESTAMP.fullmatch(value) if isinstance(value, str) else None
    if found is None or int(found[1]) not in _YEARS:
        return None
    offset_hours, offset_minutes = int(found[9] or 0), int(found[10] or 0)
    if offset_hours > 23 or offset_minutes > 59:
        return None
    try:
        local = datetime(*(int(found[n]) for n in range(1, 7)), tzinfo=UTC)  # type: ignore[misc, arg-type]
    except ValueError:  # no such day or hour
        return None
    offset = timedelta(hours=offset_hours, minutes=offset_minutes)
    since = local - _EPOCH + (offset if found[8] == "-" else -offset)
    return (since.days * 86_400 + since.seconds) * 10**9 + int((found[7] or "").ljust(9, "0"))

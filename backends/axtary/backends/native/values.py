"""Reading an action: which value stands at a path, and what it is under a type.

A typed value is a `str`, `bool` or `int`, or a list of `str`; `None` is undefined. Numbers of every type are whole
ten-thousandths and timestamps are nanoseconds, so every comparison is one of Python integers, hence exact.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from axtary.compiler.ir import INT_MAX, NUMBER_MAX, SCALE, Attribute, Type

MISSING: Final = object()
"""Stands for "no such key": null is a value of an action."""

Json = Any
Typed = Any  # str | bool | int | list[str] | None


class Frame:
    """One decision: the action, the facts, and the values read so far."""

    __slots__ = ("action", "facts", "seen")

    def __init__(self, action: Mapping[str, Json], facts: Mapping[str, Json]) -> None:
        self.action = action
        self.facts = facts
        self.seen: dict[object, Typed] = {}


Read = Callable[[Frame], Typed]


def lookup(action: Mapping[str, Json], path: tuple[str, ...]) -> Json:
    """The JSON value at a path, or `MISSING`; a step through anything but an object is missing."""
    value: Json = action.get(path[0], MISSING)
    for key in path[1:]:
        if not isinstance(value, dict):
            return MISSING
        value = value.get(key, MISSING)
    return value


class Reads:
    """The readers of one policy: each attribute is read at most once per decision, whoever asks."""

    def __init__(self) -> None:
        self._readers: dict[tuple[tuple[str, ...], Type], Read] = {}

    def of(self, attribute: Attribute) -> Read:
        """The reader of an attribute."""
        key = (attribute.path, attribute.type)
        if key not in self._readers:
            self._readers[key] = _reader(*key)
        return self._readers[key]


def _reader(path: tuple[str, ...], kind: Type) -> Read:
    slot, convert = object(), CONVERT[kind]

    def read(frame: Frame) -> Typed:
        value = frame.seen.get(slot, MISSING)
        if value is MISSING:
            value = frame.seen[slot] = convert(lookup(frame.action, path))
        return value

    return read


def _string(value: Json) -> str | None:
    return value if isinstance(value, str) else None


def _path(value: Json) -> str | None:
    return value if isinstance(value, str) and _canonical(value) else None


def _canonical(text: str) -> bool:
    if "\\" in text or "\0" in text:
        return False
    if text[:1] not in _ODD_START and "//" not in text and "/." not in text and text[-1] != "/":
        return True  # without a look at each segment
    return not any(segment in ("", ".", "..") for segment in text.split("/"))


_ODD_START = ("", ".", "/")


def _boolean(value: Json) -> bool | None:
    return value if isinstance(value, bool) else None


_EXACT = 10**11  # below it a number with four fraction digits has no more digits than every double keeps


def _number(value: Json) -> int | None:
    if value.__class__ is int:
        return _in_range(value * SCALE)
    if value.__class__ is float and -_EXACT < value < _EXACT:
        scaled = round(value * SCALE)
        return scaled if scaled / SCALE == value else None
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return _in_range(value * SCALE)
    # The shortest form of a double is the number that its author wrote. It has an exponent only below 0.0001 or
    # from 10^16 on, where no number has a value: so this text is a plain decimal, or undefined.
    return _decimal_text(repr(value)) if isinstance(value, float) else None


def _integer(value: Json) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, float) and not value.is_integer():
        return None
    return int(value) * SCALE if -INT_MAX <= value <= INT_MAX else None


def _decimal(value: Json) -> int | None:
    return _decimal_text(value) if isinstance(value, str) else _number(value)


_DECIMAL = re.compile(r"(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?")
_WHOLE_DIGITS = len(str(NUMBER_MAX // SCALE))


def _decimal_text(text: str) -> int | None:
    parts = _DECIMAL.fullmatch(text)
    if parts is None:
        return None
    sign, whole, fraction = parts[1], parts[2], (parts[3] or "").rstrip("0")
    if len(whole) > _WHOLE_DIGITS or len(fraction) > 4:
        return None
    return _in_range(int(sign + whole + fraction.ljust(4, "0")))


def _in_range(scaled: int) -> int | None:
    return scaled if -NUMBER_MAX - 1 <= scaled <= NUMBER_MAX else None


_TIMESTAMP = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?"
    r"(?:Z|([+-])([0-9]{2}):([0-9]{2}))"
)
_EPOCH = date(1970, 1, 1).toordinal()
_YEARS = range(1678, 2262)  # whole years whose nanoseconds fit a signed 64-bit integer


def _timestamp(value: Json) -> int | None:
    parts = _TIMESTAMP.fullmatch(value) if isinstance(value, str) else None
    if parts is None:
        return None
    year, month, day, hour, minute, second = map(int, parts.groups()[:6])
    ahead_hours, ahead_minutes = int(parts[9] or 0), int(parts[10] or 0)
    if year not in _YEARS or hour > 23 or minute > 59 or second > 59 or ahead_hours > 23 or ahead_minutes > 59:
        return None
    try:
        days = date(year, month, day).toordinal() - _EPOCH
    except ValueError:
        return None
    ahead = (ahead_hours * 60 + ahead_minutes) * (-1 if parts[8] == "-" else 1)
    seconds = ((days * 24 + hour) * 60 + minute - ahead) * 60 + second
    return seconds * 10**9 + int((parts[7] or "").ljust(9, "0"))


def _strings(value: Json) -> list[str] | None:
    return value if isinstance(value, list) and all(isinstance(item, str) for item in value) else None


def _paths(value: Json) -> list[str] | None:
    strings = _strings(value)
    return strings if strings is not None and all(map(_canonical, strings)) else None


CONVERT: Final[Mapping[Type, Callable[[Json], Typed]]] = {
    Type.STRING: _string,
    Type.PATH: _path,
    Type.BOOLEAN: _boolean,
    Type.NUMBER: _number,
    Type.INTEGER: _integer,
    Type.DECIMAL: _decimal,
    Type.TIMESTAMP: _timestamp,
    Type.STRINGS: _strings,
    Type.PATHS: _paths,
}

"""Strict JSON: bytes in, one JSON value out, or a refusal that says what and where. Nothing is rounded or repaired.

Stricter than RFC 8259 wherever two readers of one text could see two values: no byte order mark, no name twice in an
object, no NaN or Infinity, no half of a surrogate pair, no number that a double would round, no integral number beyond
+-(2^53-1), at most 64 nested containers and 1 MiB. Numbers go by value: `3.0` and `3e0` are the int 3, `-0` is 0.

The standard library's parser does the reading, with hooks that refuse. Only a refused text is read a second time, by
`locate`, to say where its problems are.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any

from axtary.compiler.ir import INT_MAX
from axtary.runtime.errors import DoorError
from axtary.runtime.locate import MAX_DEPTH, Finding, Origin, find_problems, too_deep, undecodable

MAX_BYTES = 1024 * 1024

_BOM = b"\xef\xbb\xbf"
_SURROGATE_ESCAPE = re.compile(rb"\\u[dD][89a-fA-F]")


class _Refused(Exception):
    """Leaves the standard parser from inside a hook; `finding` says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


def loads(data: bytes, *, source: str = "action", limit: int = MAX_BYTES) -> Any:
    """The JSON value of `data`, of at most `limit` bytes. Raises DoorError; `source` is the name that errors show."""
    return read(data, Origin(source), limit)


def read(data: bytes, origin: Origin, limit: int = MAX_BYTES, *, rounded: bool = False) -> Any:
    """As `loads`, for a text that stands at `origin` in a larger one.

    `rounded`: take every number, as the nearest double. For texts whose numbers decide nothing.
    """
    if len(data) > limit:
        finding = Finding("AX0808", f"{len(data)} bytes, the limit is {limit}", "send large content by reference")
        raise DoorError([finding.at("", 0, origin)], origin.source)
    if data[:3] == _BOM:
        finding = Finding("AX0801", "a byte order mark", "save the text as UTF-8 without a byte order mark")
        raise DoorError([finding.at("", 0, origin)], origin.source)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise DoorError([undecodable(data, error.start, origin)], origin.source) from None
    # Depth comes before the parser: its recursion in C must never meet hostile nesting.
    if data.count(b"[") + data.count(b"{") > MAX_DEPTH and too_deep(text) is not None:
        raise _refusal(text, origin, rounded)
    try:
        value = (_ROUNDED if rounded else _STRICT).decode(text)
    except (_Refused, json.JSONDecodeError):
        raise _refusal(text, origin, rounded) from None
    if _SURROGATE_ESCAPE.search(data) and not _is_unicode(value):
        raise _refusal(text, origin, rounded)
    return value


def _refusal(text: str, origin: Origin, rounded: bool) -> DoorError:
    problems = find_problems(text, origin, (lambda _: None) if rounded else check_number)
    fallback = Finding("AX0802", "not strict JSON", "write JSON as RFC 8259 has it").at(text, 0, origin)
    return DoorError(problems or [fallback], origin.source)


def _is_unicode(value: Any) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def check_number(literal: str) -> Finding | None:
    """What is wrong with a well-formed JSON number, or None."""
    hook = _fraction if set(literal) & set(".eE") else _integer
    try:
        hook(literal)
    except _Refused as refused:
        return refused.finding
    return None


# --- hooks of the standard parser -----------------------------------------------------------------------------------


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _Refused(Finding("AX0803", "a name stands twice", ""))
    return members


def _integer(literal: str) -> int:
    # JSON has no leading zeros, so 18 characters are out of range: no long conversion is ever begun.
    if len(literal) <= 17:
        number = int(literal)
        if -INT_MAX <= number <= INT_MAX:
            return number
    raise _Refused(_out_of_range(literal))


def _fraction(literal: str) -> int | float:
    """A literal with a fraction or an exponent. Refused unless its decimal value is just what the double prints."""
    number = float(literal)
    if abs(number) > INT_MAX:
        raise _Refused(_out_of_range(literal))
    if not number and not literal.lower().partition("e")[0].strip("-0."):
        return 0  # `0e99999999999999999999` is zero too, which Decimal does not take
    try:
        exact = Decimal(literal) == Decimal(repr(number))
    except InvalidOperation:  # an exponent of more than 18 digits
        exact = False
    if not exact:
        raise _Refused(_rounded(literal, number))
    return int(number) if number.is_integer() else number


def _constant(name: str) -> Any:
    raise _Refused(Finding("AX0802", f"`{name}` is not JSON", ""))


_STRICT = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_fraction, parse_constant=_constant
)
_ROUNDED = json.JSONDecoder(object_pairs_hook=_object, parse_int=float, parse_float=float, parse_constant=_constant)


def _out_of_range(literal: str) -> Finding:
    message = f"the number {Finding.quote(literal)} is beyond ±9007199254740991"
    return Finding("AX0804", message, 'write it as a string: "…"')


def _rounded(literal: str, number: float) -> Finding:
    message = f"the number {Finding.quote(literal)} would be rounded to {number!r}"
    return Finding("AX0805", message, f"write `{number!r}`, or keep every digit in a string")

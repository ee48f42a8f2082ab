"""A quick look at the bytes of a record, for whoever reads a million of them: `frame` says what `read` would.

Nearly all records are of a plain form: nothing in their texts is escaped. One regular expression for each kind takes
just these. The members stand in their order, each once, so what matches is its own RFC 8785 form; what a member may
have is in the pattern of its check. What does not match is no worse for it: `read` decides.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from operator import lt
from typing import Any, NamedTuple

from axtary.ledger import record
from axtary.ledger.record import MAX_CUT, MAX_LIST, MAX_RECORD, REQUIRED, SHAPES, Check, Words, is_time, read
from axtary.ledger.redact import MAX_VALUE

_WIDEST = 4  # bytes of a character in UTF-8
_MANY = 16  # containers in a value; what has more is left to `read`, which knows how deep is too deep
_KIND = '"kind":"'
_LAST = "version"
_SECOND = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{6}"
_EVERY = {
    "prev": '"(?P<prev>[0-9a-f]{64})"',
    "seq": "(?P<seq>0|[1-9][0-9]{0,14})",
    "time": f'"(?P<time>(?P<day>[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})T{_SECOND}Z)"',
    "version": "1",
}


class Frame(NamedTuple):
    """What each record has: its number, the hash before it in hex, its time."""

    seq: int
    prev: str
    time: str


def frame(raw: bytes) -> Frame:
    """The frame of a record. Raises LedgerError as `read` does: if and only if the bytes are no record."""
    found = _glance(raw) if len(raw) <= MAX_RECORD else None
    if found is not None:
        return found
    content = read(raw).content
    return Frame(content["seq"], content["prev"], content["time"])


def _glance(raw: bytes) -> Frame | None:
    """None: it is not known what this is."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return None
    # The kind only chooses the pattern: that of another kind does not match.
    start = text.find(_KIND) + len(_KIND)
    kind = text[start : text.find('"', start)]
    match = _compiled(kind).fullmatch(text) if kind in SHAPES else None
    if match is None:
        return None
    seq, prev, time, day, *values = match.group("seq", "prev", "time", "day", *_VALUES[kind])
    if not _is_day(day) or not all(value is None or _is_plain(value) for value in values):
        return None
    return Frame(int(seq), prev, time)


@lru_cache(4096)
def _is_day(day: str) -> bool:
    return is_time(f"{day}T00:00:00.000000Z")


# --- values ---------------------------------------------------------------------------------------------------------


def _is_plain(text: str) -> bool:
    """Is it the RFC 8785 form of a value? False for some that are.

    What is read and written again is the same only if names are sorted, once each, and nothing is spelled otherwise;
    in ASCII, names are sorted alike by characters and by UTF-16. Numbers that are not short and whole are left out.
    """
    if text in ("{}", "[]"):
        return True
    if _FLAT.fullmatch(text):
        names = _NAMES.findall(text)
        return len(text) * _WIDEST <= MAX_VALUE and all(map(lt, names, names[1:]))
    if len(text) > MAX_VALUE or not text.isascii() or text.count("[") + text.count("{") > _MANY:
        return False
    try:
        return _WRITTEN(_PLAIN.decode(text)) == text
    except ValueError:
        return False


def _short(literal: str) -> int:
    if len(literal) > 15:
        raise ValueError
    return int(literal)


def _other(_literal: str) -> Any:
    raise ValueError


_PLAIN = json.JSONDecoder(parse_int=_short, parse_float=_other, parse_constant=_other)
_WRITTEN = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


# --- patterns -------------------------------------------------------------------------------------------------------


def _list_of(item: str) -> str:
    return rf"\[(?:{item}(?:,{item}){{0,{MAX_LIST - 1}}}+)?+\]"


_TEXT = rf'"[^"\\\x00-\x1f]{{0,{MAX_CUT}}}+"'
_TAKEN: Mapping[Check, str] = {
    record.is_text: _TEXT,
    record.is_hash: '"sha256:[0-9a-f]{64}"',
    record.are_texts: _list_of(_TEXT),
    record.are_reasons: _list_of(rf'\{{"code":{_TEXT},"message":{_TEXT},"rule":{_TEXT}\}}'),
}
_NEVER = "(?!)"
_ITEM = r'(?:"[^"\\\x00-\x1f]*+"|0|-?[1-9][0-9]{0,14}+|true|false|null)'
_MEMBER = rf'"[ !#-\[\]-~]*+":{_ITEM}'
_FLAT = re.compile(rf"\{{(?:{_MEMBER}(?:,{_MEMBER})*+)?+\}}")
_NAMES = re.compile(rf'"([^"]*+)":{_ITEM}')


def _nested(depth: int) -> str:
    r"""Where a container ends that holds others up to this depth. What is in it is for `_is_plain` to look at."""
    inner = rf"|[\[{{]{_nested(depth - 1)}[\]}}]" if depth else ""
    return rf'(?:[^"\[\]{{}}]++|"(?:[^"\\]++|\\.)*+"{inner})*+'


_VALUE = rf'(?:[\[{{]{_nested(_MANY)}[\]}}]|"(?:[^"\\]++|\\.)*+"|[^"\[\]{{}},]++)'


def _pattern(kind: str) -> str:
    """Nothing is tried twice: so no record takes long."""
    members = {**SHAPES[kind], **dict.fromkeys(_EVERY), "kind": Words({kind})}
    needed = REQUIRED[kind] | _EVERY.keys() | {"kind"}
    parts = []
    for name, check in sorted(members.items(), key=lambda member: member[0]):
        taken = f"(?P<{name}>{_VALUE})" if check is record.is_value else _taken(name, check)
        # `version` is always there: members before it have a comma behind them, those after it one before them.
        part = f'"{name}":{taken}' + ("," if name < _LAST else "")
        part = f",{part}" if name > _LAST else part
        parts.append(part if name in needed else f"(?:{part})?+")
    return rf"\{{{''.join(parts)}\}}"


def _taken(name: str, check: Check | None) -> str:
    """What the check of a member takes, or less."""
    if check is None:
        return _EVERY[name]
    if isinstance(check, Words):
        return f'"(?:{"|".join(sorted(check))})"'
    return _TAKEN.get(check, _NEVER)


@cache
def _compiled(kind: str) -> re.Pattern[str]:
    return re.compile(_pattern(kind))


_VALUES = {kind: [name for name, check in SHAPES[kind].items() if check is record.is_value] for kind in SHAPES}

"""Counts over a ledger, in one pass and in memory that does not grow with it.

Decisions are counted by spans of time, all of one length, at most MAX_SPANS of them. Tools and rules are named by
others, so there may be any number: a `Tally` keeps so many names, and says by how much a count may be too low.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from axtary.ledger.errors import LedgerError
from axtary.ledger.export import Filter, Looked, begin_of, records
from axtary.ledger.record import read
from axtary.ledger.store import Rows

MAX_SPANS = 40
MAX_NAMES = 10_000
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_LENGTHS = (
    *(_MINUTE * n for n in (1, 5, 15)),
    *(_HOUR * n for n in (1, 6)),
    *(_DAY * n for n in (1, 7, 28, 364)),
)
_MONDAY = datetime(1970, 1, 5, tzinfo=UTC)  # so spans of weeks begin on Mondays


class Tally:
    """Counts names, at most `room` of them at a time (Misra and Gries, 1982).

    Where a name finds no room, one is taken from every count, and a name with nothing left goes. So a count is too low
    by at most `missing`, never too high; and every name with more than that is there.
    """

    def __init__(self, room: int = MAX_NAMES) -> None:
        self._room = room
        self._counts: dict[str, int] = {}
        self.missing = 0

    def add(self, name: str) -> None:
        """Count one more."""
        if name in self._counts or len(self._counts) < self._room:
            self._counts[name] = self._counts.get(name, 0) + 1
            return
        self.missing += 1
        self._counts = {each: count - 1 for each, count in self._counts.items() if count > 1}

    def top(self, count: int) -> list[tuple[str, int]]:
        """The most frequent names, each with its count; those of one count by name."""
        return sorted(self._counts.items(), key=lambda item: (-item[1], item[0]))[:count]


@dataclass(frozen=True)
class Scale:
    """Spans of one length, numbered from that which begins on a certain Monday. `count` is 0 where there is no time."""

    length: timedelta
    first: int
    count: int

    def number(self, time: datetime) -> int:
        """Which of them a time is in, from 0. Raises ValueError for a time that is in none."""
        number = (time - _MONDAY) // self.length - self.first
        if not 0 <= number < self.count:
            raise ValueError(f"{time} is in no span")
        return number

    def begin(self, number: int) -> datetime:
        """When one of them begins."""
        try:
            return _MONDAY + (self.first + number) * self.length
        except OverflowError:  # before there are years
            return datetime.min.replace(tzinfo=UTC)


def scale(first: datetime, last: datetime) -> Scale:
    """The shortest spans of which MAX_SPANS reach from the one time to the other."""
    if last < first:
        return Scale(_LENGTHS[0], 0, 0)
    years = (_LENGTHS[-1] * n for n in itertools.count(2))
    for length in itertools.chain(_LENGTHS, years):
        begin, end = (first - _MONDAY) // length, (last - _MONDAY) // length
        if end - begin < MAX_SPANS:
            return Scale(length, begin, end - begin + 1)
    raise AssertionError  # some length is long enough


@dataclass(frozen=True)
class Stats:
    """What was counted: `spans` has decisions by word, in the order of the scale."""

    records: int
    scale: Scale
    spans: tuple[Counter[str], ...]
    tools: Tally
    rules: Tally

    @property
    def decisions(self) -> Counter[str]:
        """All of them, by word."""
        return sum(self.spans, Counter())


def stats(rows: Rows, wanted: Filter, looked: Looked) -> Stats:
    """Count what is wanted. A rule counts once for a denial that rests on it. Raises LedgerError."""
    size, count = rows.head().size, 0
    over = _scale(rows, size, wanted)
    spans: tuple[Counter[str], ...] = tuple(Counter() for _ in range(over.count))
    tools, rules = Tally(), Tally()
    for record in records(rows, size, looked):
        content = record.content
        if not wanted.takes(content):
            continue
        count += 1
        if content["kind"] == "decision":
            spans[_span(over, content)][content["decision"]] += 1
        if content.get("decision") == "deny":
            tools.add(content["tool"])
            for name in dict.fromkeys(reason["rule"] or reason["code"] for reason in content["reasons"]):
                rules.add(name)
    return Stats(count, over, spans, tools, rules)


def _scale(rows: Rows, size: int, wanted: Filter) -> Scale:
    """Over the times that may be met: those of the first and last record, or nearer ones that are asked for."""
    if not size:
        return scale(_MONDAY, _MONDAY - _MINUTE)
    first, last = _time(rows, 0), _time(rows, size - 1)
    if wanted.since is not None:
        first = max(first, begin_of(wanted.since))
    if wanted.until is not None:
        last = min(last, begin_of(wanted.until) - datetime.resolution)
    return scale(first, last)


def _time(rows: Rows, seq: int) -> datetime:
    found = rows.records(seq, 1)
    if not found or found[0].seq != seq:
        raise LedgerError(f"record {seq} is missing: run `axtary ledger verify`")
    return datetime.fromisoformat(read(found[0].body).content["time"])


def _span(over: Scale, content: Mapping[str, Any]) -> int:
    try:
        return over.number(datetime.fromisoformat(content["time"]))
    except ValueError:
        raise LedgerError(f"record {content['seq']}: times go back: run `axtary ledger verify`") from None

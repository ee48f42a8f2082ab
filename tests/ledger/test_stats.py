"""Counts over a ledger: the same as counting by hand, whatever the times and however many names."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from axtary.ledger import Entry, LedgerError, entry, open_rows
from axtary.ledger.export import Filter
from axtary.ledger.stats import MAX_SPANS, Stats, Tally, scale, stats
from tests.laws import examples
from tests.ledger.entries import HASH, some
from tests.ledger.timed import ledger_at

law = settings(derandomize=True, deadline=None, max_examples=examples(100))
BEGIN = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
TIMES = st.datetimes(datetime(1970, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC))
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def unheard(_done: int, _whole: int) -> None:
    """Nobody wants to know."""


def counted(path: Path, entries: list[tuple[datetime, Entry]], wanted: Filter = Filter()) -> Stats:  # noqa: B008
    with closing(ledger_at(path, entries)) as rows:
        return stats(rows, wanted, unheard)


@law
@given(st.lists(st.sampled_from("aaaabbcdefghij"), max_size=80), st.integers(1, 12))
def test_a_tally_is_never_too_high_and_hardly_too_low(names: list[str], room: int) -> None:
    """Law: a count is at most the true one, too low by at most `missing`; with room for all names it is exact."""
    tally, true = Tally(room), Counter(names)
    for name in names:
        tally.add(name)
    found = dict(tally.top(100))
    assert len(found) <= room
    for name, count in true.items():
        assert count - tally.missing <= found.get(name, 0) <= count
    assert tally.missing <= len(names) // (room + 1)
    assert room < len(true) or (tally.missing == 0 and found == true)


def test_the_most_frequent_come_first_and_then_the_alphabet() -> None:
    tally = Tally()
    for name in "bbaccd":
        tally.add(name)
    assert tally.top(3) == [("b", 2), ("c", 2), ("a", 1)]


@law
@given(TIMES, TIMES, st.floats(0, 1))
@example(BEGIN, BEGIN, 0.0)
def test_spans_reach_from_the_first_to_the_last(one: datetime, two: datetime, between: float) -> None:
    """Law: at most so many spans cover all times, each time is in the one that begins at or before it."""
    first, last = min(one, two), max(one, two)
    found = scale(first, last)
    assert 1 <= found.count <= MAX_SPANS
    assert (found.number(first), found.number(last)) == (0, found.count - 1)
    time = first + (last - first) * between
    begin = found.begin(found.number(time))
    assert begin <= time < begin + found.length or begin == datetime.min.replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("over", "length"),
    [
        (timedelta(0), timedelta(minutes=1)),
        (timedelta(minutes=39), timedelta(minutes=1)),
        (timedelta(minutes=40), timedelta(minutes=5)),
        (timedelta(hours=5), timedelta(minutes=15)),
        (timedelta(hours=39), HOUR),
        (timedelta(hours=40), 6 * HOUR),
        (timedelta(days=30), DAY),
        (timedelta(days=200), 7 * DAY),
        (timedelta(days=1000), 28 * DAY),
        (timedelta(days=10_000), 364 * DAY),
        (timedelta(days=20_000), 728 * DAY),
    ],
)
def test_spans_are_as_short_as_they_can_be(over: timedelta, length: timedelta) -> None:
    assert scale(BEGIN, BEGIN + over).length == length


def test_spans_begin_where_people_look() -> None:
    late = datetime(2026, 11, 25, 17, 43, tzinfo=UTC)  # a Wednesday
    assert scale(late, late + 39 * HOUR).begin(0) == datetime(2026, 11, 25, 17, tzinfo=UTC)
    assert scale(late, late + 20 * DAY).begin(0) == datetime(2026, 11, 25, tzinfo=UTC)
    assert scale(late, late + 100 * DAY).begin(0) == datetime(2026, 11, 23, tzinfo=UTC)


def test_decisions_are_counted_where_they_are(tmp_path: Path) -> None:
    entries = [(BEGIN + timedelta(minutes=n), some(n)) for n in range(30)]
    entries.insert(10, (BEGIN + timedelta(minutes=9), entry("outcome", {"outcome": "failed", "action_hash": HASH})))
    found = counted(tmp_path / "l.db", entries)
    assert (found.records, found.decisions) == (31, Counter(allow=10, deny=10, step_up=10))
    assert [dict(span) for span in found.spans] == [{("allow", "deny", "step_up")[n % 3]: 1} for n in range(30)]
    assert found.tools.top(9) == [(f"tool.{n}", 2) for n in range(5)]
    assert found.rules.top(9) == [("r", 10)]


def test_only_what_is_asked_for(tmp_path: Path) -> None:
    entries = [(BEGIN + HOUR * n, some(n)) for n in range(300)]
    wanted = Filter(since="2026-11-26T09", until="2026-11-26T15")
    found = counted(tmp_path / "l.db", entries, wanted)
    assert (found.records, len(found.spans), found.scale.length) == (6, 24, timedelta(minutes=15))
    assert found.scale.begin(0) == BEGIN + DAY
    assert sum(found.decisions.values()) == 6
    assert found.scale.begin(found.scale.count - 1) < BEGIN + DAY + 6 * HOUR


@pytest.mark.parametrize(
    "wanted", [Filter(since="2027"), Filter(until="2020"), Filter(since="2026-12", until="2026-11")]
)
def test_no_records_no_spans(tmp_path: Path, wanted: Filter) -> None:
    found = counted(tmp_path / "l.db", [(BEGIN, some())], wanted)
    assert (found.records, found.spans, found.decisions) == (0, (), Counter())
    assert counted(tmp_path / "empty.db", []).records == 0


def test_a_rule_counts_once_for_a_denial_and_what_has_no_rule_by_its_code(tmp_path: Path) -> None:
    def reason(code: str, rule: str) -> dict[str, str]:
        return {"code": code, "rule": rule, "message": ""}

    reasons = [
        [reason("rule_denies", "r"), reason("rate", "r"), reason("budget", "s")],
        [reason("default_deny", "")],
        [reason("rule_denies", "r")],
    ]
    entries = [(BEGIN, some(1, reasons=each)) for each in reasons]
    entries.append((BEGIN, some(0, reasons=[reason("granted", "g")])))
    found = counted(tmp_path / "l.db", entries)
    assert found.rules.top(9) == [("r", 2), ("default_deny", 1), ("s", 1)]


def test_the_ledger_is_read_a_page_at_a_time(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    with closing(ledger_at(tmp_path / "l.db", [(BEGIN, some(n)) for n in range(2500)])) as rows:
        found = stats(rows, Filter(), lambda done, whole: told.append((done, whole)))
    assert found.records == 2500
    assert told == [(0, 2500), (1000, 2500), (2000, 2500)]


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        ("DELETE FROM record WHERE seq = 3", "record 3 is missing"),
        ("UPDATE record SET hash = x'00' WHERE seq = 2", "record 2 is not the one that was written"),
    ],
)
def test_a_ledger_that_is_not_sound(tmp_path: Path, harm: str, said: str) -> None:
    ledger_at(tmp_path / "l.db", [(BEGIN, some(n)) for n in range(4)]).close()
    with closing(sqlite3.connect(tmp_path / "l.db")) as other:
        other.execute(harm)
        other.commit()
    with closing(open_rows(tmp_path / "l.db")) as rows, pytest.raises(LedgerError, match=said):
        stats(rows, Filter(), unheard)


def test_times_that_go_back(tmp_path: Path) -> None:
    entries = [(BEGIN + HOUR, some()), (BEGIN, some()), (BEGIN + 2 * HOUR, some())]
    with pytest.raises(LedgerError, match="record 1: times go back: run `axtary ledger verify`"):
        counted(tmp_path / "l.db", entries)

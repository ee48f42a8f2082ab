"""Appending: in one order, durably before it is acknowledged, by threads and forks, and not at all if not well."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from axtary.ledger import Interval, Ledger, LedgerError, Rows, ledger_of, open_ledger, open_rows
from axtary.ledger.record import read
from axtary.ledger.schema import LEDGER
from axtary.ledger.verify import verify
from axtary.runtime.state import StateError, open_store
from axtary.runtime.state.sqlite import SqliteDatabase
from tests.ledger.entries import KEY, KEYS, ORIGIN, opened, some


def sound(where: str | Path) -> int:
    """The size of a ledger that verifies."""
    rows = open_rows(where)
    report = verify(rows, KEYS)
    rows.close()
    assert report.findings == []
    return report.size


def test_records_are_numbered_chained_and_found(where: str) -> None:
    with opened(where) as ledger:
        receipts = [ledger.append(some(n)) for n in range(5)]
    with opened(where) as ledger:
        receipts.append(ledger.append(some(5)))
        rows = ledger.rows.records(0, 10)
    assert [each.seq for each in receipts] == list(range(6))
    records = [read(row.body) for row in rows]
    assert [each.hash.hex() for each in records] == [each.hash for each in receipts]
    assert [each.content["prev"] for each in records] == ["0" * 64, *(each.hash for each in receipts[:-1])]
    assert [each.content["task"] for each in records] == [f"T-{n}" for n in range(6)]
    times = [each.content["time"] for each in records]
    assert times == sorted(times)
    assert sound(where) == 6


def test_times_never_go_back_though_the_clock_does(tmp_path: Path) -> None:
    clock = iter([5, 5, 9, 3, 9, 12, 12, 12]).__next__
    rows = Rows(SqliteDatabase(tmp_path / "ledger.db", "normal", clock, LEDGER))
    rows.begin(ORIGIN)
    with Ledger(rows) as ledger:
        for n in range(4):
            ledger.append(some(n))
        times = [json.loads(row.body)["time"][-8:-1] for row in rows.records(0, 9)]
    assert times == [".000009", ".000009", ".000009", ".000012"]


def test_threads_share_transactions_and_lose_nothing(where: str) -> None:
    with opened(where) as ledger:
        writes = count_writes(ledger)
        with ThreadPoolExecutor(8) as threads:
            receipts = list(threads.map(lambda n: ledger.append(some(n)), range(200)))
    assert sorted(each.seq for each in receipts) == list(range(200))
    assert len(writes) < 200
    assert sound(where) == 200


def count_writes(ledger: object) -> list[int]:
    """Grows with each transaction that writes."""
    rows = ledger.rows  # type: ignore[attr-defined]
    writes: list[int] = []
    original = rows.write

    def write():  # type: ignore[no-untyped-def]
        writes.append(1)
        return original()

    rows.write = write
    return writes


def test_a_batch_that_fails_fails_each_caller_and_leaves_nothing(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(where) as ledger:
        ledger.append(some())
        go = threading.Event()
        locked = ledger.rows.locked

        def slow(tx):  # type: ignore[no-untyped-def]
            go.wait(10)
            return locked(tx)

        monkeypatch.setattr(ledger.rows, "locked", slow)
        first = ledger.submit(some(1))
        rest = [ledger.submit(some(n)) for n in range(2, 7)]
        with monkeypatch.context() as broken:
            broken.setattr("axtary.ledger.ledger.save", fail)
            go.set()
            errors = [each.exception(10) for each in (first, *rest)]
        assert [str(error) for error in errors] == ["the disk is full"] * 6
        assert all(isinstance(error, LedgerError) for error in errors)
        assert len(set(map(id, errors))) == 6
        assert ledger.rows.head().size == 1
        assert ledger.append(some(7)).seq == 1
    assert sound(where) == 2


def fail(*_: object) -> None:
    raise LedgerError("the disk is full")


def test_a_record_that_cannot_be_written_fails_alone(where: str) -> None:
    changed = some()
    changed.members["fired"].append(object())
    with opened(where) as ledger:
        futures = [ledger.submit(each) for each in (some(), changed, some())]
        assert "canonical form" in str(futures[1].exception(10))
        assert [futures[0].result(10).seq, futures[2].result(10).seq] == [0, 1]
    assert sound(where) == 2


def test_a_cancelled_record_is_not_written(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(where) as ledger:
        go = threading.Event()
        locked = ledger.rows.locked
        monkeypatch.setattr(ledger.rows, "locked", lambda tx: (go.wait(10), locked(tx))[1])
        first = ledger.submit(some())
        while not first.running():
            time.sleep(0.001)
        second, third = ledger.submit(some(1)), ledger.submit(some(2))
        assert second.cancel()
        go.set()
        assert third.result(10).seq == 1
    assert sound(where) == 2


def test_both_sides_of_a_fork_append(where: str) -> None:
    with opened(where) as ledger:
        ledger.append(some(0))
        child = os.fork()
        if child == 0:
            try:
                os._exit(0 if ledger.append(some(1)).seq >= 1 else 2)
            finally:
                os._exit(3)
        ledger.append(some(2))
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert ledger.append(some(3)).seq == 3
    assert sound(where) == 4


def test_a_closed_ledger_takes_nothing(where: str) -> None:
    ledger = opened(where)
    waiting = [ledger.submit(some(n)) for n in range(20)]
    ledger.close()
    assert [each.result(0).seq for each in waiting] == list(range(20))
    with pytest.raises(LedgerError, match="closed"):
        ledger.append(some())


# --- checkpoints ----------------------------------------------------------------------------------------------------


def sizes(where: str) -> list[int]:
    rows = open_rows(where)
    found = [each.size for each in rows.checkpoints()]
    rows.close()
    return found


def test_checkpoints_are_signed_after_so_many_records_and_at_the_end(where: str) -> None:
    with opened(where, KEY, Interval(records=3, seconds=1e9)) as ledger:
        for n in range(7):
            ledger.append(some(n))
    assert sizes(where) == [3, 6, 7]
    with opened(where, KEY) as ledger:
        pass
    with opened(where) as ledger:
        ledger.append(some())
        with pytest.raises(LedgerError, match="no key"):
            ledger.checkpoint()
    assert sizes(where) == [3, 6, 7]
    assert sound(where) == 8


def test_a_checkpoint_is_signed_after_some_time_without_another_record(where: str) -> None:
    with opened(where, KEY, Interval(records=10**9, seconds=0.05)) as ledger:
        ledger.append(some())
        until = time.monotonic() + 20
        while not ledger.rows.checkpoints() and time.monotonic() < until:
            time.sleep(0.01)
        assert [each.size for each in ledger.rows.checkpoints()] == [1]


# --- places ---------------------------------------------------------------------------------------------------------


def test_a_checkpoint_that_cannot_be_signed_is_tried_again(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(where, KEY, Interval(records=10**9, seconds=0.02)) as ledger:
        sign, tried = ledger._sign, threading.Event()

        def flaky(key):  # type: ignore[no-untyped-def]
            if not tried.is_set():
                tried.set()
                raise RuntimeError
            sign(key)

        monkeypatch.setattr(ledger, "_sign", flaky)
        ledger.append(some())
        until = time.monotonic() + 20
        while not ledger.rows.checkpoints() and time.monotonic() < until:
            time.sleep(0.01)
        assert tried.is_set() and [each.size for each in ledger.rows.checkpoints()] == [1]
        assert ledger.append(some()).seq == 1


def test_without_a_thread_nothing_is_acknowledged(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(where) as ledger, monkeypatch.context() as broken:
        broken.setattr(threading.Thread, "start", no_thread)
        with pytest.raises(LedgerError, match="nothing can be written any more"):
            ledger.append(some())
        broken.undo()
        assert ledger.append(some(1)).seq == 0
        assert ledger.rows.head().size == 1


def no_thread(*_: object) -> None:
    raise RuntimeError("can't start new thread")


def test_where_the_ledger_of_a_policy_is(tmp_path: Path) -> None:
    policy = tmp_path / "axtary.yml"
    assert ledger_of(policy, {}) == tmp_path / ".axtary" / "ledger.db"
    assert ledger_of(policy, {"AXTARY_LEDGER": "l.db"}) == tmp_path / "l.db"
    assert ledger_of(policy, {"AXTARY_LEDGER": "postgresql://h/d"}) == "postgresql://h/d"


def test_state_and_ledger_never_share_a_file(tmp_path: Path) -> None:
    state, ledger = tmp_path / "state.db", tmp_path / "ledger.db"
    open_store(state).close()
    opened(ledger).close()
    with pytest.raises(LedgerError, match="kept for something else"):
        opened(state)
    with pytest.raises(StateError, match="kept for something else"):
        open_store(ledger)
    assert sqlite3.connect(state).execute("SELECT count(*) FROM sqlite_master WHERE name = 'record'").fetchone() == (0,)


def test_state_and_ledger_share_a_postgresql_database(where: str) -> None:
    if where.startswith("postgresql"):
        open_store(where).close()
        with opened(where) as ledger:
            ledger.append(some())
        open_store(where).close()
        assert sound(where) == 1


def test_the_origin_is_that_of_the_beginning(where: str) -> None:
    opened(where).close()
    with open_ledger(where, origin="example.com/another") as ledger:
        assert ledger.rows.head().origin == ORIGIN
    with pytest.raises(LedgerError, match="an origin is"):
        open_ledger(where, origin="two words")


def test_a_ledger_without_a_name_has_one_of_its_own(tmp_path: Path) -> None:
    names = set()
    for name in ("a", "b"):
        with open_ledger(tmp_path / name) as ledger:
            names.add(ledger.rows.head().origin)
    assert len(names) == 2 and all(name.startswith("axtary-ledger/") for name in names)


def test_a_database_that_cannot_be_written_raises(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("no database" * 100)
    for bad in (tmp_path / "text.db", tmp_path):
        with pytest.raises(LedgerError):
            open_ledger(bad)
    with pytest.raises(LedgerError):
        open_ledger("postgresql://nobody@/x?host=/nowhere")
    ledger = opened(tmp_path / "ledger.db")
    ledger.append(some())
    with SqliteDatabase(tmp_path / "other.db").write():
        (tmp_path / "other.db").replace(tmp_path / "ledger.db")
    with pytest.raises(LedgerError, match="replaced"):
        ledger.append(some())


def test_a_full_disk_acknowledges_nothing(tmp_path: Path) -> None:
    ledger = opened(tmp_path / "ledger.db")
    ledger.append(some())
    with ledger.rows.read() as tx:
        ((pages,),) = tx.rows("PRAGMA page_count")
        tx.rows(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(LedgerError, match="full"):
        for n in range(100):
            ledger.append(some(n, resource="x" * 1000))
    size = ledger.rows.head().size
    ledger.close()
    assert sound(tmp_path / "ledger.db") == size

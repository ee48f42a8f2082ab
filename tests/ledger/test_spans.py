"""Spans: what is found by looking at them, by one process or several, is what is found record by record."""

from __future__ import annotations

import hashlib
import json
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from axtary.ledger import Checkpoint, merkle, open_rows, spans, workers
from axtary.ledger.checkpoint import read_jws
from axtary.ledger.verify import Report, verify
from tests.laws import examples
from tests.ledger.conftest import Copy
from tests.ledger.entries import KEY, KEYS, SIZE, opened, some

law = settings(
    derandomize=True,
    deadline=None,
    max_examples=examples(60),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
Original = tuple[Path, Checkpoint]


def verified(path: Path, *expected: Checkpoint, span: int, looks: bool = True, processes: int = 1) -> Report:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(spans, "SPAN", span)
        patched.setattr(spans, "WORTH", 1)
        if not looks:
            patched.setattr(spans, "look", lambda _rows, _span: None)
        rows = open_rows(path)
        try:
            return verify(rows, KEYS, expected, processes=processes)
        finally:
            rows.close()


def each_look(path: Path, span: int) -> list[spans.Sound | None]:
    with pytest.MonkeyPatch.context() as patched, closing(open_rows(path)) as rows:
        patched.setattr(spans, "SPAN", span)
        return list(spans.looked(rows, spans.spans(rows.head().size, [7, 20]), 1))


@pytest.mark.parametrize("span", [1, 2, 8, 16, 32, 64])
def test_a_sound_ledger_is_joined_from_spans_that_are_sound(original: Original, span: int) -> None:
    assert None not in each_look(original[0], span)
    report = verified(original[0], original[1], span=span)
    assert report.findings == [] and report.anchored == SIZE
    assert report == verified(original[0], original[1], span=span, looks=False)
    assert verified(original[0], replace(original[1], head=bytes(32)), span=span).findings


def test_what_is_found_at_the_sizes_that_are_asked_for(original: Original) -> None:
    with closing(open_rows(original[0])) as rows:
        found = spans.look(rows, spans.Span(16, 32, [17, 23, 32]))
        assert found is not None
        edges = {size: merkle.Frontier(16, [nodes for _, nodes in spans_of(rows, 16)]) for size in found.sizes}
        for size, (nodes, head) in found.sizes.items():
            for level, node in nodes:
                list(edges[size].add(node, level))
            assert (edges[size].size, edges[size].root()) == (size, rows.root(size))
            assert head == rows.records(size - 1, 1)[0].hash
        assert list(found.sizes) == [17, 23, 32]


def spans_of(rows: Any, size: int) -> list[tuple[int, bytes]]:
    level = size.bit_length() - 1
    return [(level, rows.hashes(level, 0, 1)[0])]


STATEMENTS = [
    "UPDATE record SET hash = zeroblob(32) WHERE seq = ?",
    "UPDATE record SET body = zeroblob(9) WHERE seq = ?",
    "UPDATE record SET body = (SELECT body FROM record WHERE seq = 5) WHERE seq = ?",
    "UPDATE record SET (hash, body) = (SELECT hash, body FROM record WHERE seq = 5) WHERE seq = ?",
    "UPDATE record SET seq = seq + 1000 WHERE seq = ?",
    "DELETE FROM record WHERE seq = ?",
    "DELETE FROM record WHERE seq > ?",
    "UPDATE node SET hash = zeroblob(32) WHERE level = 0 AND position = ?",
    "UPDATE node SET hash = zeroblob(32) WHERE level = 2 AND position = ? / 4",
    "UPDATE node SET hash = zeroblob(32) WHERE level = 4 AND position = ? / 16",
    "UPDATE node SET hash = zeroblob(32) WHERE level = 5 AND ? > 0",
    "DELETE FROM node WHERE position = ?",
    "UPDATE head SET hash = zeroblob(32) WHERE ? > 20",
    "UPDATE checkpoint SET jws = (SELECT jws FROM checkpoint WHERE size = 40) WHERE ? > 20",
]


@law
@given(st.lists(st.tuples(st.sampled_from(STATEMENTS), st.integers(0, SIZE)), max_size=2), st.sampled_from([1, 4, 8]))
def test_the_report_is_that_of_a_look_at_each_record(
    original: Original, tmp_path: Path, changes: list[tuple[str, int]], span: int
) -> None:
    """Law: whatever is changed, spans are joined to the same report, finding by finding, as one by one."""
    path = tmp_path / "changed.db"
    path.write_bytes(original[0].read_bytes())
    with closing(sqlite3.connect(path)) as other:
        for statement, seq in changes:
            try:
                other.execute(statement, (seq,))
            except sqlite3.IntegrityError:
                continue
        other.commit()
    report = verified(path, original[1], span=span)
    assert report == verified(path, original[1], span=span, looks=False)


def test_spans_that_are_sound_alone_are_not_joined_if_they_do_not_go_on(tmp_path: Path) -> None:
    """A record written anew with its hash, leaf and nodes: only the chain to the next span does not fit."""
    path = tmp_path / "ledger.db"
    with opened(path) as ledger:
        for n in range(8):
            ledger.append(some(n))
    with closing(sqlite3.connect(path)) as other:
        bodies = [body for (body,) in other.execute("SELECT body FROM record ORDER BY seq")]
        bodies[3] = rfc8785.dumps(json.loads(bodies[3]) | {"tool": "harmless"})
        frontier = merkle.Frontier()
        for body in bodies:
            for level, position, node in frontier.add(merkle.leaf_hash(body)):
                other.execute("UPDATE node SET hash = ? WHERE level = ? AND position = ?", (node, level, position))
        row = (hashlib.sha256(bodies[3]).digest(), bodies[3])
        other.execute("UPDATE record SET hash = ?, body = ? WHERE seq = 3", row)
        other.execute("UPDATE head SET edge = ?", (b"".join(frontier.nodes),))
        other.commit()
    assert None not in each_look(path, 4)
    report = verified(path, span=4)
    assert [(each.seq, each.message) for each in report.findings] == [
        (4, "its `prev` is not the hash of record 3: one of the two was changed")
    ]


# --- processes ------------------------------------------------------------------------------------------------------


def test_processes_find_what_one_finds(where: str) -> None:
    with opened(where, KEY) as ledger:
        for n in range(50):
            ledger.append(some(n, task="é" * (n % 2)))
            if n % 7 == 3:
                ledger.checkpoint()
        kept = read_jws(ledger.rows.checkpoints()[0].jws, KEYS)
    alone = verified(where, kept, span=8)  # type: ignore[arg-type]
    assert alone.findings == [] and alone.checkpoints == 8
    assert verified(where, kept, span=8, processes=2) == alone  # type: ignore[arg-type]
    rows = open_rows(where)
    with rows.write() as tx:
        tx.run("UPDATE record SET hash = body WHERE seq = 20")
        tx.run("DELETE FROM record WHERE seq = 33")
    rows.close()
    found = verified(where, kept, span=8, processes=2)  # type: ignore[arg-type]
    assert found.first_bad == 20 and found == verified(where, kept, span=8)  # type: ignore[arg-type]


def test_processes_are_what_looks(copy: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    """This process looks at no span by itself."""
    monkeypatch.setattr(spans, "look", None)
    report = verified(copy(), span=8, processes=2)
    assert report.findings == [] and report.size == SIZE


@pytest.mark.parametrize("error", [OSError(12, "no memory"), EOFError(), RuntimeError("no thread")])
def test_without_processes_one_does_it_all(copy: Copy, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Whether there are none, or they end in the middle."""

    def none(*_: object) -> Iterator[spans.Sound | None]:
        raise error

    def some_(_ask: object, asked: list[spans.Span], _ahead: int) -> Iterator[spans.Sound | None]:
        with closing(open_rows(path)) as rows:
            yield spans.look(rows, asked[0])
        raise error

    path = copy()
    alone = verified(path, span=8)
    for name, broken in (("begun", none), ("_in_order", some_)):
        with monkeypatch.context() as patched:
            patched.setattr(spans, name, broken)
            assert verified(path, span=8, processes=2) == alone


@pytest.mark.parametrize("command", ["import sys; sys.exit(3)", "import os; os.write(1, bytes(99))", "print('!')"])
def test_processes_that_end_or_babble_are_done_without(
    copy: Copy, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    path = copy()
    monkeypatch.setattr(workers, "_COMMAND", command)
    assert verified(path, span=8, processes=2) == verified(path, span=8)


def test_a_process_that_is_killed_ends_the_asking(copy: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[_Known] = []

    class _Known(workers._Worker):
        def __init__(self, where: str | Path) -> None:
            super().__init__(where)
            made.append(self)

    monkeypatch.setattr(workers, "_Worker", _Known)
    with workers.begun(copy(), 1) as ask:
        assert ask(spans.Span(0, 8, [])).result() is not None
        made[0]._process.kill()
        with pytest.raises(workers.ENDED):
            ask(spans.Span(8, 16, [])).result()
    assert made[0]._process.returncode == -signal.SIGKILL


def test_a_process_without_the_ledger_finds_nothing_sound(tmp_path: Path) -> None:
    (tmp_path / "no.db").write_text("no ledger")
    with workers.begun(tmp_path / "no.db", 1) as ask:
        assert ask(spans.Span(0, 8, [])).result() is None


def test_a_ledger_that_is_small_is_not_worth_processes(copy: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spans, "begun", None)
    with closing(open_rows(copy())) as rows:
        assert verify(rows, KEYS, processes=2).findings == []

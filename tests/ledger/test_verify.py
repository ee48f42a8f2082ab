"""Verification: whatever is changed in a ledger is found, and named; a checkpoint outside shows what was rewritten."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import tempfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from axtary.ledger import Checkpoint, LedgerError, merkle, open_rows
from axtary.ledger.checkpoint import read_jws, sign_jws
from axtary.ledger.record import written
from axtary.ledger.verify import Report, verify
from axtary.passes.keys import PublicKey
from tests.ledger.conftest import Copy
from tests.ledger.entries import KEY, KEYS, OTHER, SIZE, opened, some

law = settings(derandomize=True, deadline=None, max_examples=25)
NUMBER = st.integers(0, SIZE - 1)
Original = tuple[Path, Checkpoint]


def verified(path: Path, *expected: Checkpoint, keys: dict[str, PublicKey] = KEYS) -> Report:
    rows = open_rows(path)
    try:
        return verify(rows, keys, expected)
    finally:
        rows.close()


def changed(original: Original, *statements: tuple[Any, ...], expected: bool = False) -> Report:
    """What is found in a copy after SQL was run on it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(shutil.copy(original[0], folder))
        with closing(sqlite3.connect(path)) as other:
            for statement, *values in statements:
                other.execute(statement, values)
            other.commit()
        return verified(path, *([original[1]] if expected else []))


def bodies(path: Path) -> list[bytes]:
    with closing(sqlite3.connect(path)) as other:
        return [body for (body,) in other.execute("SELECT body FROM record ORDER BY seq")]


def messages(report: Report, seq: int | None) -> str:
    return "; ".join(each.message for each in report.findings if each.seq == seq)


def test_a_ledger_that_is_sound(original: Original) -> None:
    report = verified(original[0], original[1])
    assert (report.findings, report.size, report.anchored, report.kid) == ([], SIZE, SIZE, KEY.kid)
    assert report.checkpoints == 2 and report.first_bad is None
    found = verified(original[0], keys={})
    assert (found.findings, found.anchored, found.kid) == ([], 0, None)


def test_what_comes_after_a_checkpoint_is_not_anchored(copy: Copy) -> None:
    path = copy()
    with opened(path) as ledger:
        ledger.append(some())
    report = verified(path)
    assert (report.findings, report.size, report.anchored) == ([], SIZE + 1, SIZE)


def test_pages_are_no_seams(copy: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    for page in (1, 7, 8, SIZE):
        monkeypatch.setattr("axtary.ledger.verify.PAGE", page)
        assert verified(copy()).findings == []


def test_a_ledger_may_be_written_meanwhile(copy: Copy) -> None:
    path = copy()
    with opened(path) as ledger:

        def step(_done: int, _all: int) -> None:
            ledger.append(some())

        report = verify(ledger.rows, KEYS, (), step)
        assert ledger.rows.head().size > SIZE
    assert (report.findings, report.size) == ([], SIZE)


def test_times_that_go_back_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("axtary.ledger.ledger.written", lambda what, seq, _at, prev: written(what, seq, 9 - seq, prev))
    with opened(tmp_path / "ledger.db", KEY) as ledger:
        for n in range(2):
            ledger.append(some(n))
    report = verified(tmp_path / "ledger.db")
    assert [(each.seq, each.message) for each in report.findings] == [
        (1, "its time is before that of the record before")
    ]


def test_a_checkpoint_says_the_last_hash_too(original: Original) -> None:
    report = verified(original[0], replace(original[1], head=bytes(32)))
    assert "the expected checkpoint has another root" in messages(report, None)


# --- by who can write rows, but not everything again ----------------------------------------------------------------


@law
@given(st.data())
def test_each_changed_byte_is_found_and_named(original: Original, data: st.DataObject) -> None:
    """Law: flip any bit of the bytes of record k, and k is the first bad record."""
    seq = data.draw(NUMBER)
    body = bytearray(bodies(original[0])[seq])
    body[data.draw(st.integers(0, len(body) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    report = changed(original, ("UPDATE record SET body = ? WHERE seq = ?", bytes(body), seq))
    assert report.first_bad == seq
    assert "the hash beside it is not that of its bytes" in messages(report, seq)
    assert "the tree has another hash of its bytes" in messages(report, seq)


@law
@given(NUMBER)
def test_an_edit_with_its_own_hashes_breaks_the_chain(original: Original, seq: int) -> None:
    """Law: write record k anew with its hash and leaf; the next record, the tree or the head does not fit."""
    content = json.loads(bodies(original[0])[seq]) | {"tool": "harmless"}
    body = rfc8785.dumps(content)
    report = changed(
        original,
        ("UPDATE record SET body = ?, hash = ? WHERE seq = ?", body, hashlib.sha256(body).digest(), seq),
        ("UPDATE node SET hash = ? WHERE level = 0 AND position = ?", merkle.leaf_hash(body), seq),
    )
    if seq + 1 < SIZE:
        assert "its `prev` is not the hash" in messages(report, seq + 1)
    assert report.first_bad is None or seq <= report.first_bad <= seq + 1
    assert "the head names another last record" in messages(report, None)
    assert f"the checkpoint of {SIZE} records has another root" in messages(report, None)


@law
@given(NUMBER)
def test_each_missing_record_is_named(original: Original, seq: int) -> None:
    """Law: delete record k, and nothing but k is named a bad record."""
    report = changed(original, ("DELETE FROM record WHERE seq = ?", seq))
    assert {each.seq for each in report.findings} == {seq, None}
    assert messages(report, seq) == "the record is missing"


@law
@given(NUMBER, NUMBER)
def test_a_record_in_two_places_is_named(original: Original, one: int, other: int) -> None:
    """Law: copy record j over record k, and k is the first bad record, unless it is chained from the one before."""
    if one == other:
        return
    copied = "UPDATE record SET (hash, body) = (SELECT hash, body FROM record WHERE seq = ?) WHERE seq = ?"
    report = changed(original, (copied, one, other))
    assert report.first_bad == other
    assert f"it is record {one}, in the place of another" in messages(report, other)


@law
@given(NUMBER, NUMBER)
def test_records_that_change_places_are_named(original: Original, one: int, other: int) -> None:
    """Law: swap records j < k, and j is the first bad record."""
    one, other = sorted((one, other))
    if one == other:
        return
    move = "UPDATE record SET seq = ? WHERE seq = ?"
    report = changed(original, (move, -1, one), (move, one, other), (move, other, -1))
    assert report.first_bad == one
    assert f"it is record {other}" in messages(report, one) and f"it is record {one}" in messages(report, other)


@law
@given(st.data())
def test_each_changed_node_is_found(original: Original, data: st.DataObject) -> None:
    """Law: change or delete any node of the tree, and the record that completes it is named."""
    level = data.draw(st.integers(0, 5))
    position = data.draw(st.integers(0, (SIZE >> level) - 1))
    where = "WHERE level = ? AND position = ?"
    completed_by = ((position + 1) << level) - 1
    for statement in ("UPDATE node SET hash = zeroblob(32)", "DELETE FROM node"):
        report = changed(original, (f"{statement} {where}", level, position))
        assert [each.seq for each in report.findings] == [completed_by]


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("UPDATE record SET hash = zeroblob(32) WHERE seq = 9", "the hash beside it"),
        ("UPDATE head SET hash = zeroblob(32)", "the head names another"),
        ("UPDATE head SET edge = zeroblob(64)", "the head names another"),
        ("UPDATE checkpoint SET size = 3 WHERE size = 20", "another size than its own"),
        ("UPDATE checkpoint SET jws = 'x'", "this is no checkpoint"),
        (
            "UPDATE checkpoint SET note = (SELECT note FROM checkpoint WHERE size = 40) WHERE size = 20",
            "something else",
        ),
        ("UPDATE checkpoint SET note = 'x'", "this is no checkpoint"),
        ("UPDATE head SET origin = 'example.com/other'", "is of another ledger"),
        ("INSERT INTO record SELECT 99, hash, body FROM record WHERE seq = 0", "beyond the head"),
        ("DELETE FROM record WHERE seq > 30; ", "the record is missing"),
    ],
)
def test_other_changes_are_found(original: Original, statement: str, why: str) -> None:
    assert why in "; ".join(each.message for each in changed(original, (statement,)).findings)


@pytest.mark.parametrize("statement", ["DELETE FROM head", "UPDATE head SET edge = zeroblob(31)"])
def test_a_ledger_without_a_sound_head_cannot_be_read(original: Original, statement: str) -> None:
    with pytest.raises(LedgerError, match="corrupt"):
        changed(original, (statement,))


# --- by who can write everything again ------------------------------------------------------------------------------


def rewritten(path: Path, size: int, *, signed: bool = False) -> Path:
    """Another ledger of the same name, written by the rules."""
    with opened(path, OTHER if signed else None) as ledger:
        for n in range(size):
            ledger.append(some(n, tool="harmless"))
    return path


def test_a_rewritten_ledger_is_found_by_a_checkpoint_outside(original: Original, tmp_path: Path) -> None:
    path = rewritten(tmp_path / "new.db", SIZE)
    without = verified(path)
    assert (without.findings, without.anchored) == ([], 0)
    report = verified(path, original[1])
    assert report.anchored == 0
    assert "the expected checkpoint has another root" in messages(report, None)


def test_checkpoints_of_another_key_vouch_for_nothing(tmp_path: Path) -> None:
    report = verified(rewritten(tmp_path / "new.db", 3, signed=True))
    assert "no key that is trusted has signed" in messages(report, None)
    assert report.anchored == 0


def cut(copy: Copy, size: int) -> Path:
    """The first records of the ledger, as if no others had ever been: with the head and the tree of then."""
    path = copy()
    frontier, last = merkle.Frontier(), b""
    for body in bodies(path)[:size]:
        for _ in frontier.add(merkle.leaf_hash(body)):
            pass
        last = body
    found = hashlib.sha256(last).digest() if last else bytes(32)
    with closing(sqlite3.connect(path)) as other:
        other.execute("DELETE FROM record WHERE seq >= ?", (size,))
        other.execute("DELETE FROM node WHERE ((position + 1) << level) > ?", (size,))
        other.execute("DELETE FROM checkpoint WHERE size > ?", (size,))
        edge = b"".join(frontier.nodes)
        other.execute("UPDATE head SET size = ?, hash = ?, edge = ?, signed_size = 0", (size, found, edge))
        other.commit()
    return path


@pytest.mark.parametrize("size", [0, 1, SIZE // 2 - 1])
def test_a_cut_tail_is_found_by_a_checkpoint_outside(original: Original, copy: Copy, size: int) -> None:
    path = cut(copy, size)
    assert verified(path).findings == []
    report = verified(path, original[1])
    said = f"the tail is cut: the expected checkpoint is of {SIZE // 2} records, and here are {size}"
    assert messages(report, None) == said


def test_a_checkpoint_of_another_ledger_is_no_cut_tail(copy: Copy) -> None:
    for size in (3, SIZE + 1):
        report = verified(copy(), Checkpoint("example.com/other", size, bytes(32)))
        assert messages(report, None) == "the expected checkpoint is of another ledger"


def test_a_tail_that_is_cut_by_hand_is_found_by_the_checkpoints_inside(copy: Copy) -> None:
    path = cut(copy, SIZE - 1)
    with closing(sqlite3.connect(path)) as other:
        other.execute("INSERT INTO checkpoint VALUES (?, ?, NULL)", (SIZE, sign_jws(kept(copy), KEY)))
        other.commit()
    assert "the tail is cut: the checkpoint of 40 records" in messages(verified(path), None)


def kept(copy: Copy) -> Checkpoint:
    return Checkpoint("example.com/ledger", SIZE, bytes(32), bytes(32), 0)


def test_a_fork_is_found_by_a_checkpoint_of_the_other_side(original: Original, copy: Copy) -> None:
    """Both go on from the same records, and both are sound."""
    path = cut(copy, SIZE // 2)
    with opened(path, KEY) as ledger:
        for n in range(SIZE):
            ledger.append(some(n, tool="harmless"))
    rows = open_rows(original[0])
    end = read_jws(rows.checkpoints()[-1].jws, KEYS)
    rows.close()
    fork = verified(path, original[1])
    assert (fork.findings, fork.anchored) == ([], SIZE // 2 + SIZE)
    report = verified(path, end)
    assert "the expected checkpoint has another root" in messages(report, None)

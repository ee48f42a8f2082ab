"""Exports: an outsider with a public key finds whatever was changed, added or left out, and is told where."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import joserfc.jwk
import joserfc.jws
import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from axtary.ledger import Checkpoint, LedgerError, open_rows
from axtary.ledger.checkpoint import sign_jws
from axtary.ledger.export import TYP, Filter, attest, attested, head_of, lines, record_line
from axtary.ledger.record import written
from axtary.ledger.verify_export import ExportReport, verify_export
from axtary.passes import jose
from tests.laws import examples
from tests.ledger.conftest import Copy
from tests.ledger.entries import KEY, KEYS, ORIGIN, OTHER, SIZE, opened, some

law = settings(derandomize=True, deadline=None, max_examples=examples(40))
Original = tuple[Path, Checkpoint]
ALL, SOME = Filter(), Filter(decision="deny", actor="agent:1")


def exported(path: Path, wanted: Filter = ALL, *, whole: bool = False) -> tuple[list[bytes], str]:
    """The lines, and an attestation of them."""
    rows = open_rows(path)
    head = head_of(rows, wanted, whole=whole)
    found = [line + b"\n" for line in lines(rows, head, wanted)]
    rows.close()
    digest = hashlib.sha256(b"".join(found)).hexdigest()
    return found, attest(attested(head, len(found) - 1, digest, 5), KEY)


def told(report: ExportReport) -> str:
    return "; ".join(each.message for each in report.findings)


@pytest.mark.parametrize("wanted", [ALL, SOME, Filter(tool="nobody"), Filter(since="1970", until="9999")])
def test_an_export_is_verified_with_the_key_alone(original: Original, wanted: Filter) -> None:
    found, attestation = exported(original[0], wanted)
    for token in (None, attestation):
        report = verify_export(found, KEYS, token)
        assert (report.findings, report.kid, report.count) == ([], KEY.kid, len(found) - 1)
    if wanted == ALL:
        assert (report.first, report.last) == (0, SIZE - 1)


def test_a_filter_takes_what_it_says(original: Original) -> None:
    records = [json.loads(line)["record"] for line in exported(original[0])[0][1:]]
    for wanted in (SOME, Filter(tool="tool.3"), Filter(kind="outcome"), Filter(since=records[7]["time"])):
        found = [json.loads(line)["record"] for line in exported(original[0], wanted)[0][1:]]
        assert found == [each for each in records if wanted.takes(each)]
    middle = records[7]["time"]
    assert sum(Filter(until=middle).takes(each) for each in records) == sum(r["time"] < middle for r in records)
    assert [SOME.takes(each) for each in records] == [
        each["decision"] == "deny" and each["agent"] == "agent:1" for each in records
    ]


def test_an_export_ends_with_the_newest_checkpoint(copy: Copy) -> None:
    path = copy()
    with opened(path) as ledger:
        ledger.append(some())
    assert len(exported(path)[0]) == SIZE + 1
    found, attestation = exported(path, whole=True)
    assert len(found) == SIZE + 2
    assert verify_export(found, KEYS, attestation).findings == []
    assert "nothing that is signed" in told(verify_export(found, KEYS))


def test_any_jose_library_checks_an_attestation(original: Original) -> None:
    found, attestation = exported(original[0])
    key = joserfc.jwk.OKPKey.import_key(dict(KEY.public.jwk))
    token = joserfc.jws.deserialize_compact(attestation, key, algorithms=["Ed25519"])
    claims = json.loads(token.payload)
    assert token.headers()["typ"] == TYP
    assert claims["sha256"] == hashlib.sha256(b"".join(found)).hexdigest() and claims["count"] == SIZE


# --- what was changed -----------------------------------------------------------------------------------------------


@law
@given(st.data())
def test_each_changed_byte_is_found_and_named(original: Original, data: st.DataObject) -> None:
    """Law: flip any bit of any line of a record, and that line is the first that is named, without an attestation."""
    wanted = data.draw(st.sampled_from([ALL, SOME]))
    found, _ = exported(original[0], wanted)
    number = data.draw(st.integers(1, len(found) - 1))
    line = bytearray(found[number])
    line[data.draw(st.integers(0, len(line) - 2))] ^= 1 << data.draw(st.integers(0, 7))
    report = verify_export([*found[:number], bytes(line), *found[number + 1 :]], KEYS)
    assert report.findings[0].line == number + 1


@law
@given(st.data())
def test_each_changed_byte_of_the_first_line_is_found(original: Original, data: st.DataObject) -> None:
    """Law: flip any bit of the first line, and something is found."""
    found, _ = exported(original[0], SOME)
    line = bytearray(found[0])
    line[data.draw(st.integers(0, len(line) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    assert verify_export([bytes(line), *found[1:]], KEYS).findings


CHANGES: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "one less": lambda found: [*found[:5], *found[6:]],
    "the last one less": lambda found: found[:-1],
    "one twice": lambda found: [*found[:5], found[4], *found[5:]],
    "two swapped": lambda found: [*found[:4], found[5], found[4], *found[6:]],
    "nothing but the first line": lambda found: found[:1],
    "a line of something else": lambda found: [*found, b"{}\n"],
    "no end of the last line": lambda found: [*found[:-1], found[-1][:-1]],
    "a line that is too long": lambda found: [*found, b" " * 2_000_000 + b"\n"],
}


NAMED: dict[str, tuple[int | None, str]] = {
    "one less": (6, "record 4 must stand here"),
    "the last one less": (None, "the ledger has 40 records, and here are 39"),
    "one twice": (6, "it comes after record 3"),
    "two swapped": (5, "record 3 must stand here"),
    "nothing but the first line": (None, "the ledger has 40 records, and here are 0"),
    "a line of something else": (42, "another form than that of a record"),
    "no end of the last line": (41, "not ended"),
    "a line that is too long": (42, "too long"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_was_left_out_or_moved_is_named(original: Original, name: str) -> None:
    found, attestation = exported(original[0])
    changed = CHANGES[name](found)
    for token in (None, attestation):
        first = verify_export(changed, KEYS, token).findings[0]
        assert first.line == NAMED[name][0] and NAMED[name][1] in first.message
    assert "another export" in told(verify_export(changed, KEYS, attestation))


def test_a_record_that_was_left_out_is_named_once(original: Original) -> None:
    found, _ = exported(original[0])
    report = verify_export([*found[:5], *found[6:]], KEYS)
    assert [(each.line, each.seq, each.message) for each in report.findings] == [
        (6, 5, "record 4 must stand here, without a proof"),
        (None, None, f"the ledger has {SIZE} records, and here are {SIZE - 1}"),
    ]


def test_an_edit_with_its_own_hash_breaks_the_chain(original: Original) -> None:
    found, _ = exported(original[0])
    body = rfc8785.dumps(json.loads(found[5])["record"] | {"tool": "harmless"})
    line = record_line(body, hashlib.sha256(body).digest(), None) + b"\n"
    report = verify_export([*found[:5], line, *found[6:]], KEYS)
    assert [(each.line, each.seq, each.message) for each in report.findings] == [
        (7, 5, "its `prev` is not the hash of the record before: one of the two was changed"),
        (None, None, "the records do not make the root that the first line names"),
    ]


def test_what_was_left_out_of_a_choice_is_found_by_its_attestation(original: Original) -> None:
    """Its checkpoint says only that what is there is in the ledger."""
    found, attestation = exported(original[0], SOME)
    assert verify_export(found[:-1], KEYS).findings == []
    assert "it has another count, sha256" in told(verify_export(found[:-1], KEYS, attestation))


def test_records_that_were_not_asked_for_are_found(original: Original) -> None:
    found, _ = exported(original[0], Filter(kind="decision"))
    first = rfc8785.dumps(json.loads(found[0]) | {"filter": {"tool": "tool.0"}}) + b"\n"
    assert "not one of those that were asked for" in told(verify_export([first, *found[1:]], KEYS))


def test_an_export_of_a_rewritten_ledger_is_found(original: Original, tmp_path: Path) -> None:
    """With the checkpoint of the true one put in front."""
    with opened(tmp_path / "new.db") as ledger:
        for n in range(SIZE):
            ledger.append(some(n, tool="harmless"))
    found, _ = exported(tmp_path / "new.db")
    true = json.loads(exported(original[0])[0][0])
    for first in (true, json.loads(found[0]) | {"checkpoint": true["checkpoint"]}):
        assert verify_export([rfc8785.dumps(first) + b"\n", *found[1:]], KEYS).findings
    unsigned = told(verify_export(found, KEYS))
    assert unsigned == "nothing that is signed says that this is the ledger: give its attestation"


def test_who_signed_counts(original: Original) -> None:
    found, attestation = exported(original[0])
    others = {OTHER.kid: OTHER.public}
    assert "no key that is trusted" in told(verify_export(found, others))
    assert "no key that is trusted" in told(verify_export(found, others, attestation))
    claims = dict(jose.parse(attestation, TYP).payload)
    for token, why in (
        (jose.sign(claims, TYP, OTHER, {"kid": KEY.kid}), "not genuine"),
        (jose.sign(claims, "other+jwt", KEY), "not genuine"),
        (jose.sign(claims | {"count": 3}, TYP, KEY), "another count"),
        (jose.sign(claims | {"extra": 3}, TYP, KEY), "other claims"),
        (jose.sign(claims | {"version": 2}, TYP, KEY), "other claims"),
        ("x", "not genuine"),
    ):
        assert why in told(verify_export(found, KEYS, token))


def first_line(**others: Any) -> bytes:
    claims: dict[str, Any] = {
        "checkpoint": None,
        "filter": {},
        "format": "axtary-ledger-export",
        "head": "00" * 32,
        "version": 1,
    }
    return rfc8785.dumps(claims | {"origin": ORIGIN, "root": hashlib.sha256().hexdigest(), "size": 0} | others) + b"\n"


def test_an_empty_ledger_is_exported(tmp_path: Path) -> None:
    opened(tmp_path / "empty.db").close()
    found, attestation = exported(tmp_path / "empty.db")
    assert found == [first_line()]
    assert verify_export(found, KEYS, attestation).findings == []


@pytest.mark.parametrize(
    "bad",
    [
        b"\n",
        b"[]\n",
        b"\xff\n",
        first_line(version=2),
        first_line(format="other"),
        first_line(size=-1),
        first_line(size="0"),
        first_line(root="0"),
        first_line(origin="two words"),
        first_line(origin=3),
        first_line(filter={"where": "x"}),
        first_line(filter={"tool": 3}),
        first_line(filter=[]),
        first_line(checkpoint=3),
        first_line(extra=3),
        b" " + first_line(),
    ],
)
def test_a_file_that_is_no_export(bad: bytes) -> None:
    report = verify_export([bad, b"{}\n"], KEYS)
    assert report.head is None and report.findings[0].message == "this is no export of a ledger"
    assert verify_export([], KEYS).findings


def test_a_checkpoint_of_another_size_is_found(original: Original) -> None:
    found, _ = exported(original[0])
    first = json.loads(found[0])
    other = sign_jws(original[1], KEY)
    report = verify_export([rfc8785.dumps(first | {"checkpoint": other}) + b"\n", *found[1:]], KEYS)
    assert told(report) == "the checkpoint is of another ledger, or of another size of it"


def test_the_last_hash_is_that_of_the_last_record(original: Original) -> None:
    found, _ = exported(original[0])
    first = json.loads(found[0]) | {"head": "00" * 32}
    signed = sign_jws(Checkpoint(ORIGIN, SIZE, bytes.fromhex(first["root"]), bytes(32), 5), KEY)
    report = verify_export([rfc8785.dumps(first | {"checkpoint": signed}) + b"\n", *found[1:]], KEYS)
    assert told(report) == "its hash is not that of the last record that the first line names"


def test_times_that_go_back_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("axtary.ledger.ledger.written", lambda what, seq, _at, prev: written(what, seq, 9 - seq, prev))
    with opened(tmp_path / "ledger.db", KEY) as ledger:
        for n in range(2):
            ledger.append(some(n))
    report = verify_export(exported(tmp_path / "ledger.db")[0], KEYS)
    assert [(each.line, each.message) for each in report.findings] == [
        (3, "its time is before that of the record before")
    ]


def test_a_ledger_that_is_not_sound_is_not_exported(copy: Copy) -> None:
    for statement, why in (
        ("UPDATE record SET body = zeroblob(9) WHERE seq = 7", "record 7: it is no strict JSON"),
        ("DELETE FROM record WHERE seq = 7", "record 7 is"),
        ("DELETE FROM record WHERE seq = 39", "record 39 is missing"),
        ("UPDATE record SET hash = zeroblob(32) WHERE seq = 7", "record 7 is not the one"),
        ("DELETE FROM node WHERE level = 3", "a node of its tree is missing"),
        ("UPDATE node SET hash = zeroblob(32) WHERE level = 5", "does not have the root"),
    ):
        path = copy()
        rows = open_rows(path)
        with rows.write() as tx:
            tx.run(statement)
        rows.close()
        with pytest.raises(LedgerError, match=why):
            exported(path)

"""`axtary ledger`, `axtary attest-ledger` and `axtary verify-export`."""

from __future__ import annotations

import json
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from tests.cli.command import COMMAND, assert_plain, assert_refused, batch, run
from tests.ledger.entries import HASH, OTHER, some

from axtary.ledger import Interval, entry, merkle, open_ledger
from axtary.ledger.checkpoint import sign_note
from axtary.passes.keys import generate

ESCAPE = "\x1b[31mT"
SIZE = 12


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A ledger with checkpoints of 5, 10 and 12 records; the first was kept, in both forms."""
    key = generate("Ed25519")
    (tmp_path / "key.json").write_text(json.dumps(key.secret()))
    (tmp_path / "key.json").chmod(0o600)
    (tmp_path / "keys.json").write_text(json.dumps({"keys": [dict(OTHER.public.jwk), dict(key.public.jwk)]}))
    (tmp_path / "other.json").write_text(json.dumps(dict(OTHER.public.jwk)))
    where = tmp_path / ".axtary" / "ledger.db"
    with open_ledger(where, key=key, interval=Interval(5, 1e9), durability="normal", origin="example.com/l") as ledger:
        for n in range(SIZE - 1):
            ledger.append(some(n, tool=ESCAPE))
        ledger.append(entry("outcome", {"outcome": "failed", "action_hash": HASH, "result": {"token": "hunter2"}}))
        first = ledger.rows.checkpoints()[0]
    (tmp_path / "first.jws").write_text(first.jws)
    (tmp_path / "first.note").write_text(str(first.note))
    return tmp_path


def change(folder: Path, statement: str) -> None:
    with closing(sqlite3.connect(folder / ".axtary" / "ledger.db")) as other:
        other.execute(statement)
        other.commit()


def test_show(folder: Path) -> None:
    ledger, record, missing = batch([["ledger", "show", *rest] for rest in (["--json"], ["11"], ["12"])], folder)
    assert (ledger.json()["size"], ledger.json()["origin"]) == (SIZE, "example.com/l")
    assert ledger.json()["checkpoint"]["size"] == SIZE
    assert 'result          {"token": "[removed]"}' in record.out and "hunter2" not in record.out
    assert_refused(missing)
    assert "there is no record 12" in missing.err
    assert_plain(run("ledger", "show", "0", cwd=folder).out)


def test_tail(folder: Path) -> None:
    text, lines, none = batch([["ledger", "tail", *rest] for rest in (["-n", "2"], ["--json"], ["-n", "0"])], folder)
    assert_plain(text.out)
    assert [line.split()[:1] for line in text.out.splitlines()] == [["10"], ["11"]]
    assert [json.loads(line)["seq"] for line in lines.out.splitlines()] == list(range(2, 12))
    assert (none.code, none.out) == (0, "")


def test_tail_follows(folder: Path) -> None:
    with subprocess.Popen(
        [*COMMAND, "ledger", "tail", "-n", "1", "--follow", "--json"], cwd=folder, stdout=subprocess.PIPE
    ) as following:
        assert following.stdout
        assert json.loads(following.stdout.readline())["seq"] == 11
        with open_ledger(folder / ".axtary" / "ledger.db") as ledger:
            ledger.append(some())
        assert json.loads(following.stdout.readline())["seq"] == 12
        following.kill()


def test_verify_of_a_sound_ledger(folder: Path) -> None:
    plain, keys, expected = batch(
        [
            ["ledger", "verify"],
            ["ledger", "verify", "--key", "keys.json", "--json"],
            ["ledger", "verify", "--key", "keys.json", "--expect", "first.jws", "--expect", "first.note"],
        ],
        folder,
    )
    assert plain.code == 0 and "signatures of checkpoints were NOT checked" in plain.out
    found = keys.json()
    assert (found["valid"], found["size"], found["anchored"], found["findings"]) == (True, SIZE, SIZE, [])
    assert expected.code == 0 and "records 0 to 11 anchored by a checkpoint" in expected.out


def test_verify_names_the_first_bad_record(folder: Path) -> None:
    change(
        folder, "UPDATE record SET body = CAST(replace(CAST(body AS TEXT), 'agent:2', 'agent:3') AS BLOB) WHERE seq = 6"
    )
    text, found = batch([["ledger", "verify", "--key", "keys.json", *rest] for rest in ([], ["--json"])], folder)
    assert text.code == found.code == 1
    assert "record 6: the hash beside it is not that of its bytes" in text.out
    assert "the first bad record is 6" in text.out
    assert "records 0 to 4 anchored" in text.out and "records 5 to 11 not anchored" in text.out
    assert (found.json()["first_bad"], found.json()["anchored"]) == (6, 5)


def test_verify_finds_a_ledger_that_was_begun_anew(folder: Path) -> None:
    (folder / ".axtary" / "ledger.db").unlink()
    with open_ledger(folder / ".axtary" / "ledger.db", origin="example.com/l") as ledger:
        ledger.append(some())
    ran = run("ledger", "verify", "--key", "keys.json", "--expect", "first.note", cwd=folder)
    assert ran.code == 1 and "the tail is cut: the expected checkpoint is of 5 records, and here are 1" in ran.out


def test_prove(folder: Path) -> None:
    inclusion, consistency = batch(
        [["ledger", "prove", "7"], ["ledger", "prove", "--from", "first.jws", "--key", "keys.json"]], folder
    )
    one, two = inclusion.json(), consistency.json()
    leaf = merkle.leaf_hash(rfc8785.dumps(one["record"]))
    assert merkle.is_included(leaf, one["index"], one["size"], bytes.fromhex(one["root"]), hashes(one))
    roots = bytes.fromhex(two["old_root"]), bytes.fromhex(two["root"])
    assert (two["old_size"], two["size"]) == (5, SIZE)
    assert merkle.is_consistent(5, SIZE, *roots, hashes(two))


def hashes(proof: dict[str, Any]) -> list[bytes]:
    return [bytes.fromhex(each) for each in proof["proof"]]


def test_nothing_is_proved_from_a_checkpoint_of_another_ledger(folder: Path) -> None:
    with open_ledger(folder / "other.db", origin="example.com/l") as ledger:
        for n in range(5):
            ledger.append(some(n))
        key = generate("Ed25519")
        note = sign_note(ledger.rows.head().checkpoint(), key)
    (folder / "other.note").write_text(str(note))
    (folder / "other.json").write_text(json.dumps(dict(key.public.jwk)))
    ran = run("ledger", "prove", "--from", "other.note", "--key", "other.json", cwd=folder)
    assert (ran.code, ran.out) == (1, "") and "does not go on from this checkpoint" in ran.err


def test_exports_are_verified_elsewhere(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    away = tmp_path_factory.mktemp("away")
    calls = [
        ["ledger", "export", "-o", str(away / "all.jsonl")],
        ["ledger", "export", "-o", str(away / "some.jsonl"), "--decision", "deny", "--actor", "agent:1", "--json"],
        ["attest-ledger", "-o", str(away / "signed.jsonl"), "--key", "key.json", "--since", "2020"],
    ]
    for ran in batch(calls, folder):
        assert ran.code == 0, ran
    (away / "keys.json").write_bytes((folder / "keys.json").read_bytes())
    key = ["--key", "keys.json"]
    found = batch(
        [
            ["verify-export", "all.jsonl", *key],
            ["verify-export", "some.jsonl", *key, "--json"],
            ["verify-export", "signed.jsonl", *key, "--attestation", "signed.jsonl.jws"],
        ],
        away,
    )
    assert [each.code for each in found] == [0, 0, 0]
    assert "valid: 12 records of example.com/l: all" in found[0].out
    assert (found[1].json()["count"], found[1].json()["filter"]) == (1, {"actor": "agent:1", "decision": "deny"})
    text = (away / "signed.jsonl").read_text()
    (away / "signed.jsonl").write_text(text.replace("agent:2", "agent:3", 1))
    bad = run("verify-export", "signed.jsonl", *key, "--attestation", "signed.jsonl.jws", cwd=away)
    assert bad.code == 1
    assert "line 4, record 2: its hash is not that of its bytes" in bad.out
    assert "the attestation is of another export" in bad.out


def test_inputs_that_are_refused(folder: Path) -> None:
    (folder / "no.json").write_text("{}")
    (folder / "bytes").write_bytes(b"\xff")
    (folder / "text.db").write_text("no database" * 99)
    calls = [
        ["ledger", "show", "--ledger", "missing.db"],
        ["ledger", "show", "--ledger", "text.db"],
        ["ledger", "verify", "--key", "missing.json"],
        ["ledger", "verify", "--key", "no.json"],
        ["ledger", "verify", "--key", "key.json"],
        ["ledger", "verify", "--expect", "first.jws"],
        ["ledger", "verify", "--key", "other.json", "--expect", "first.jws"],
        ["ledger", "verify", "--key", "keys.json", "--expect", "bytes"],
        ["ledger", "verify", "--key", "keys.json", "--expect", "no.json"],
        ["ledger", "prove"],
        ["ledger", "prove", "3", "--from", "first.jws"],
        ["ledger", "prove", "12"],
        ["ledger", "prove", "--from", "first.jws"],
        ["ledger", "export", "-o", "missing/x.jsonl"],
        ["attest-ledger", "-o", "x.jsonl", "--key", "keys.json"],
        ["verify-export", "first.jws"],
        ["verify-export", "missing.jsonl", "--key", "keys.json"],
    ]
    for call, ran in zip(calls, batch(calls, folder), strict=True):
        assert_refused(ran)
        assert "error: " in ran.err, call
    assert not (folder / "missing.db").exists() and not (folder / "x.jsonl").exists()
    shown = run("ledger", "show", "--ledger", "missing.db", "--json", cwd=folder)
    assert shown.code == 2 and shown.json()["errors"][0]["message"] == "missing.db: no ledger is there"


def test_the_ledger_is_where_the_policy_says(folder: Path) -> None:
    rules = "version: 1\npolicies: [{id: a, effect: allow, match: {tool: a}}]\n"
    (folder / "there.yml").write_text(rules + "ledger: {store: .axtary/ledger.db}\n")
    (folder / "moved.yml").write_text(rules + "ledger: {store: other.db}\n")
    (folder / "broken.yml").write_text("version: 7\n")
    names = ("there.yml", "moved.yml", "broken.yml")
    there, moved, broken = batch([["ledger", "show", "--policy", name] for name in names], folder)
    assert there.code == 0 and "example.com/l" in there.out
    assert_refused(moved)
    assert "other.db: no ledger is there" in moved.err
    assert_refused(broken)
    assert "broken.yml: it is no policy that can be read" in broken.err

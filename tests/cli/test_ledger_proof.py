"""`axtary ledger verify-proof`: what `prove` printed, checked where there is no ledger."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.command import assert_plain, assert_refused, batch, run
from tests.cli.test_ledger import folder

__all__ = ["folder"]


@pytest.fixture
def away(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two proofs, a checkpoint and public keys, and nothing else."""
    found = tmp_path_factory.mktemp("away")
    calls = [["ledger", "prove", "3"], ["ledger", "prove", "--from", "first.jws", "--key", "keys.json"]]
    for name, ran in zip(("record.json", "goes-on.json"), batch(calls, folder), strict=True):
        (found / name).write_text(ran.out)
    for name in ("keys.json", "other.json", "first.jws", "first.note"):
        (found / name).write_bytes((folder / name).read_bytes())
    return found


def test_proofs_are_verified_elsewhere(away: Path) -> None:
    key = ["--key", "keys.json"]
    calls = [
        ["record.json", *key],
        ["goes-on.json", *key, "--expect", "first.jws", "--expect", "first.note"],
        ["goes-on.json", *key, "--json"],
        ["record.json", *key, "--expect", "first.jws"],
        ["goes-on.json", "--key", "other.json"],
    ]
    ran = batch([["ledger", "verify-proof", *call] for call in calls], away)
    assert [each.code for each in ran] == [0, 0, 0, 1, 1]
    assert ran[0].out.startswith("valid: record 3 is in that of 12 records of example.com/l\nroot ")
    assert ran[1].out.startswith("valid: the ledger of 5 records goes on in that of 12 records of example.com/l\n")
    assert (ran[2].json()["valid"], ran[2].json()["old_size"]) == (True, 5)
    assert ran[3].out == (
        "invalid\nthe checkpoint of 5 records that is expected is not told of: the proof is about 12 records\n"
    )
    assert ran[4].out == "invalid\nno key that is trusted has signed the checkpoint\n"


def test_a_record_that_was_changed_is_named(away: Path) -> None:
    proof = json.loads((away / "record.json").read_text())
    proof["record"]["agent"] = "agent:\x1b[31m"
    (away / "record.json").write_text(json.dumps(proof))
    ran = run("ledger", "verify-proof", "record.json", "--key", "keys.json", cwd=away)
    assert ran.code == 1
    assert "`hash` is not that of the record\nthe proof does not lead from the record to the root" in ran.out
    assert_plain(ran.out)


def test_inputs_that_are_refused(away: Path) -> None:
    calls = [
        ["record.json"],
        ["missing.json", "--key", "keys.json"],
        ["keys.json", "--key", "keys.json"],
        ["record.json", "--key", "keys.json", "--expect", "keys.json"],
        ["record.json", "--key", "record.json"],
    ]
    for ran in batch([["ledger", "verify-proof", *call] for call in calls], away):
        assert_refused(ran)

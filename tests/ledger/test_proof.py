"""Proofs that are checked elsewhere: each member matters, and what is wrong is named."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from axtary.ledger import Checkpoint, LedgerError, merkle
from axtary.ledger.checkpoint import read_jws, unchecked_jws
from axtary.ledger.ledger import Ledger
from axtary.ledger.proof import ProofReport, verify_proof
from axtary.ledger.record import read
from tests.laws import examples
from tests.ledger.entries import KEY, KEYS, OTHER, opened, some

law = settings(derandomize=True, deadline=None, max_examples=examples(150))
SIZES = (5, 11)

Made = dict[str, Any]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Made, Made, list[Checkpoint]]:
    """An inclusion, a consistency, and the checkpoints of both sizes."""
    path = tmp_path_factory.mktemp("proofs") / "ledger.db"
    with opened(path, KEY) as ledger:
        for n in range(SIZES[1]):
            ledger.append(some(n))
            if n + 1 in SIZES:
                ledger.checkpoint()
        kept = [read_jws(each.jws, KEYS) for each in ledger.rows.checkpoints()]
        return included(ledger, 3), consistent(ledger, kept[0]), kept


def head(ledger: Ledger) -> Made:
    (*_, signed) = ledger.rows.checkpoints()
    found = unchecked_jws(signed.jws)
    said = {"origin": found.origin, "size": found.size, "root": found.root.hex(), "checkpoint": signed.jws}
    return {"format": "axtary-ledger-proof", "version": 1, **said}


def included(ledger: Ledger, seq: int) -> Made:
    (row,) = ledger.rows.records(seq, 1)
    proof = [each.hex() for each in ledger.rows.inclusion(seq, SIZES[1])]
    record = dict(read(row.body).content)
    return head(ledger) | {"index": seq, "hash": row.hash.hex(), "record": record, "proof": proof}


def consistent(ledger: Ledger, old: Checkpoint) -> Made:
    proof = [each.hex() for each in ledger.rows.consistency(old.size, SIZES[1])]
    return head(ledger) | {"old_size": old.size, "old_root": old.root.hex(), "proof": proof}


def verified(proof: Made, expected: list[Checkpoint] | None = None, keys: Any = KEYS) -> ProofReport:
    return verify_proof(json.dumps(proof).encode(), keys, expected or [])


def test_proofs_hold(made: tuple[Made, Made, list[Checkpoint]]) -> None:
    inclusion, consistency, kept = made
    found = verified(inclusion, [kept[1]])
    assert (found.findings, found.index, found.size, found.kid) == ([], 3, SIZES[1], KEY.kid)
    assert found.record is not None and found.record.content["tool"] == "tool.3"
    found = verified(consistency, kept)
    assert (found.findings, found.old_size, found.size) == ([], *SIZES)


def test_without_a_checkpoint_of_its_own_one_from_outside_must_vouch(made: tuple[Made, Made, list[Checkpoint]]) -> None:
    bare = made[0] | {"checkpoint": None}
    assert "nothing that is signed" in verified(bare).findings[0]
    found = verified(bare, [made[2][1]])
    assert (found.findings, found.kid) == ([], None)


def test_what_is_expected_must_be_told_of(made: tuple[Made, Made, list[Checkpoint]]) -> None:
    inclusion, consistency, (old, new) = made
    assert "the proof is about 11 records" in verified(inclusion, [old]).findings[0]
    for wrong, why in (
        (Checkpoint("example.com/x", old.size, old.root, None, None), "another ledger"),
        (Checkpoint(old.origin, old.size, new.root, None, None), "another root"),
        (Checkpoint(old.origin, new.size, old.root, None, None), "another root"),
        (Checkpoint(old.origin, 7, old.root, None, None), "about 5 and 11 records"),
    ):
        (finding,) = verified(consistency, [wrong]).findings
        assert why in finding


def test_another_signer_is_not_trusted(made: tuple[Made, Made, list[Checkpoint]]) -> None:
    for proof in made[:2]:
        assert "no key that is trusted" in verified(proof, keys={OTHER.kid: OTHER.public}).findings[0]


def test_a_ledger_goes_on_from_nothing(made: tuple[Made, Made, list[Checkpoint]]) -> None:
    empty = made[1] | {"old_size": 0, "old_root": merkle.Frontier().root().hex(), "proof": []}
    assert verified(empty).findings == []
    assert verified(empty | {"old_root": made[1]["root"]}).findings != []
    assert verified(empty | {"proof": made[1]["proof"]}).findings != []


def changed(value: Any, way: int) -> Any:
    """Another value of the same form."""
    if isinstance(value, bool) or value is None:
        return not value
    if isinstance(value, int):
        return value + (1, -1, 7)[way % 3] if value else value + 1
    if isinstance(value, str):
        at = way % max(len(value), 1)
        return value[:at] + ("1" if value[at : at + 1] == "0" else "0") + value[at + 1 :]
    if isinstance(value, list):
        return [value[:-1], value[1:], [*value, *value[:1]], value[::-1]][way % 4] if len(value) > 1 else [*value, "x"]
    name = sorted(value)[way % len(value)]
    return {**value, name: changed(value[name], way)}


@law
@given(st.data())
def test_every_change_is_found(data: st.DataObject) -> None:
    """Law: a proof with one member changed does not hold, unless it says the very same."""
    proof = copy.deepcopy(data.draw(st.sampled_from(PROOFS)))
    name = data.draw(st.sampled_from(sorted(proof)))
    other = {**proof, name: changed(proof[name], data.draw(st.integers(0, 10_000)))}
    try:
        found = verified(other)
    except LedgerError:
        return
    assert found.findings or other == proof, name


PROOFS: list[Made] = []


@pytest.fixture(autouse=True, scope="module")
def _proofs(made: tuple[Made, Made, list[Checkpoint]]) -> None:
    PROOFS[:] = made[:2]


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b"{", b"{}", b'{"format":"axtary-ledger-proof","format":"axtary-ledger-proof"}', b"\xff", b"[" * 500],
)
def test_what_is_no_proof_is_refused(data: bytes) -> None:
    with pytest.raises(LedgerError, match="this is no"):
        verify_proof(data, KEYS)


def test_members_of_another_form_are_refused(made: tuple[Made, Made, list[Checkpoint]]) -> None:
    wrong: list[Made] = [
        {"size": -1},
        {"size": True},
        {"root": "AB" * 32},
        {"proof": ["x"]},
        {"proof": ["00" * 32] * 200},
        {"index": 1.5},
        {"version": 2},
        {"version": True},
        {"format": "other"},
        {"record": []},
        {"checkpoint": 3},
        {"origin": "a b"},
        {"more": 1},
    ]
    for bad in wrong:
        with pytest.raises(LedgerError, match="this is no proof"):
            verified(made[0] | bad)
    strange = made[0] | {"record": {**made[0]["record"], "colour": "red"}}
    assert "the record is none" in verified(strange).findings[0]

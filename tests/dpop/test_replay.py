"""A proof is good once: for all processes that share the state, after restarts, and whatever the clocks say."""

from __future__ import annotations

import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import pytest

from axtary.passes import jose
from axtary.passes.base64url import encoded
from axtary.passes.dpop import WINDOW, Examiner, Request, Verifier, prove
from axtary.passes.errors import Reason, RefusedError
from axtary.runtime.state import Once
from axtary.runtime.state.postgres import PostgresDatabase
from axtary.runtime.state.sqlite import SqliteDatabase
from tests.dpop.making import (
    ED25519,
    NOW,
    P256,
    TOKEN,
    URI,
    Attempt,
    accepted,
    claims_of,
    forged,
    header_of,
    payload_of,
    with_payload,
)

N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # the order of P-256


class Clock:
    """Of the state, in seconds since 1970."""

    now: float = NOW

    def __call__(self) -> int:
        return int(self.now * 1_000_000)


def state(where: str, clock: Clock, room: int = 100) -> Once:
    database = PostgresDatabase if where.startswith("postgresql:") else SqliteDatabase
    return Once(database(where if database is PostgresDatabase else Path(where), "normal", clock), room)  # type: ignore[arg-type]


def outcome(once: Once, attempt: Attempt) -> Reason | None:
    """None: it is accepted."""
    try:
        Verifier(once, attempt.examiner).verify(attempt.request, claims_of(attempt.holder), attempt.token)
    except RefusedError as error:
        return error.reason
    return None


def test_a_proof_is_good_once_also_after_a_restart(where: str) -> None:
    once = state(where, Clock())
    assert outcome(once, Attempt()) is None
    assert outcome(once, Attempt()) is Reason.PROOF_REPLAYED
    once.close()
    assert outcome(state(where, Clock()), Attempt()) is Reason.PROOF_REPLAYED


def test_of_processes_that_use_it_at_once_one_is_first(where: str) -> None:
    proof = prove(P256, "POST", URI, TOKEN, now=time.time())
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        found = list(pool.map(accepted, [where] * 12, [proof] * 12))
    assert sorted(found) == ["accepted"] + ["proof_replayed"] * 11
    assert accepted(where, proof) == "proof_replayed"


def test_of_threads_that_use_it_at_once_one_is_first(where: str) -> None:
    once = state(where, Clock())
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: outcome(once, Attempt()), range(40)))
    assert found.count(None) == 1 and found.count(Reason.PROOF_REPLAYED) == 39


def test_an_id_is_used_for_all_passes_and_uris_of_a_key(where: str) -> None:
    once = state(where, Clock())
    assert outcome(once, Attempt()) is None
    elsewhere = Attempt(with_payload(token="other", htu="https://a.example/"), uri="https://a.example/", token="other")  # noqa: S106
    assert outcome(once, elsewhere) is Reason.PROOF_REPLAYED
    same_id = Attempt([forged(header_of(ED25519), payload_of(), ED25519)], holder=ED25519.kid)
    assert outcome(once, same_id) is None  # the id of somebody else


def test_the_other_signature_of_a_proof_is_a_replay(where: str) -> None:
    """Who sees (r, s) of ES256 can write (r, n - s), which fits as well: the token differs, the id does not."""
    once = state(where, Clock())
    head, body, signature = Attempt().proofs[0].split(".")
    s = N - int.from_bytes(jose.decoded(signature)[32:], "big")
    twin = f"{head}.{body}.{encoded(jose.decoded(signature)[:32] + s.to_bytes(32, 'big'))}"
    first = Attempt([f"{head}.{body}.{signature}"])
    assert first.examined() == replace(first, proofs=[twin]).examined()
    assert outcome(once, first) is None
    assert outcome(once, replace(first, proofs=[twin])) is Reason.PROOF_REPLAYED


def test_an_id_is_kept_as_long_as_its_proof_is_young_enough(where: str) -> None:
    clock = Clock()
    once = state(where, clock)
    early = Attempt(now=NOW - WINDOW)
    assert outcome(once, early) is None
    clock.now = NOW + WINDOW
    assert outcome(once, replace(early, now=clock.now)) is Reason.PROOF_REPLAYED
    clock.now = NOW + WINDOW + 0.001
    assert outcome(once, replace(early, now=clock.now)) is Reason.PROOF_TOO_OLD


@pytest.mark.parametrize("ahead", [61, 65, 66, 3600])
def test_a_clock_of_the_state_that_is_ahead_makes_no_replay(where: str, ahead: int) -> None:
    """The state forgets by its own clock. If that is far ahead of the verifier's, nothing is accepted at all."""
    clock = Clock()
    clock.now = NOW + ahead
    once = state(where, clock)
    found = [outcome(once, Attempt()) for _ in range(2)]
    assert found == [None if ahead < 65 else Reason.PROOF_REPLAYED, Reason.PROOF_REPLAYED]


def test_a_clock_of_the_verifier_that_is_set_back_makes_no_replay(where: str) -> None:
    clock = Clock()
    once = state(where, clock)
    assert outcome(once, Attempt()) is None
    clock.now = NOW + 3600
    later = Attempt(with_payload(jti="another-id-here-", iat=NOW + 3600), now=NOW + 3600)
    assert outcome(once, later) is None  # which sweeps the first id away
    assert outcome(once, Attempt()) is Reason.PROOF_REPLAYED


def test_a_full_state_accepts_nothing_more(where: str) -> None:
    once = state(where, Clock(), room=2)
    proofs = [Attempt(with_payload(jti=f"id-of-16-letters{n}")) for n in range(3)]
    assert [outcome(once, each) for each in proofs] == [None, None, Reason.PROOF_NOT_RECORDED]


def test_a_state_that_is_lost_accepts_nothing(tmp_path: Path) -> None:
    once = state(str(tmp_path / "state.db"), Clock())
    assert outcome(once, Attempt(with_payload(jti="first-of-them-all"))) is None
    (tmp_path / "state.db").rename(tmp_path / "elsewhere.db")
    (tmp_path / "state.db").write_bytes(b"no database" * 1000)
    assert outcome(once, Attempt()) is Reason.PROOF_NOT_RECORDED


def test_whoever_only_looks_uses_up_nothing(where: str) -> None:
    attempt = Attempt()
    assert attempt.examined() == attempt.examined()
    assert outcome(state(where, Clock()), attempt) is None


def test_the_clock_is_the_system_s(where: str) -> None:
    request = Request([prove(P256, "POST", URI, TOKEN)], "POST", URI)
    assert abs(Examiner().examine(request, claims_of(P256.kid), TOKEN).iat - time.time()) < 30

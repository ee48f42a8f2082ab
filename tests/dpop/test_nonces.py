"""Nonces: of one server, for a short time, with secrets that can be changed without a gap."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from axtary.passes.errors import Reason, RefusedError
from axtary.passes.nonces import LIFETIME, Nonces, new_secret
from tests.dpop.making import NOW, Attempt, with_payload
from tests.laws import examples

OLD, NEW = b"o" * 32, b"n" * 32
NONCES = Nonces("mcp.example", [NEW])


def refused_by(nonces: Nonces, nonce: str, now: float = NOW) -> Reason:
    with pytest.raises(RefusedError) as caught:
        nonces.check(nonce, now)
    return caught.value.reason


@pytest.mark.parametrize("age", [-5, 0, LIFETIME])
def test_a_nonce_is_good_for_its_lifetime_and_for_clocks_that_differ_a_little(age: int) -> None:
    NONCES.check(NONCES.new(NOW), NOW + age)


def test_nothing_else_is_good() -> None:
    nonce = NONCES.new(NOW)
    assert refused_by(NONCES, nonce, NOW + LIFETIME + 1) is Reason.NONCE_EXPIRED
    assert refused_by(NONCES, nonce, NOW - 6) is Reason.WRONG_NONCE
    assert refused_by(Nonces("other", [NEW]), nonce) is Reason.WRONG_NONCE
    assert refused_by(Nonces("mcp.example", [OLD]), nonce) is Reason.WRONG_NONCE
    for text in ("", "x", "é", nonce + "A", nonce[:-4], "A" * 11, "A" * 54, nonce + "="):
        assert refused_by(NONCES, text) is Reason.WRONG_NONCE


@given(st.integers(0, 53), st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"))
@settings(max_examples=examples(300), derandomize=True, deadline=None)
def test_a_nonce_with_another_character_is_wrong(at: int, character: str) -> None:
    """Law: for every nonce n and every n' that differs from n in one character, n' is not from here."""
    nonce = NONCES.new(NOW)
    assert len(nonce) == 54
    changed = nonce[:at] + character + nonce[at + 1 :]
    if changed != nonce:
        assert refused_by(NONCES, changed) is Reason.WRONG_NONCE


def test_a_secret_is_replaced_without_a_gap() -> None:
    before = Nonces("mcp.example", [OLD])
    during = Nonces("mcp.example", [NEW, OLD])
    during.check(before.new(NOW), NOW)
    NONCES.check(during.new(NOW), NOW)
    assert refused_by(NONCES, before.new(NOW)) is Reason.WRONG_NONCE


def test_a_new_one_is_offered_at_half_time() -> None:
    nonce = NONCES.new(NOW)
    assert NONCES.next(nonce, NOW + LIFETIME / 2 - 1) is None
    offered = NONCES.next(nonce, NOW + LIFETIME / 2)
    assert offered is not None
    NONCES.check(offered, NOW + LIFETIME * 3 / 2)
    proof = with_payload(nonce=NONCES.new(NOW - LIFETIME / 2))
    assert Attempt(proof, nonces=NONCES).examined().next_nonce == NONCES.new(NOW)
    assert Attempt(with_payload(nonce=NONCES.new(NOW)), nonces=NONCES).examined().next_nonce is None


def test_a_nonce_tells_when_it_was_made_and_no_more() -> None:
    assert NONCES.new(NOW) == NONCES.new(NOW + 0.9) != NONCES.new(NOW + 1)
    assert OLD.decode() not in repr(Nonces("a", [OLD]))


@pytest.mark.parametrize("secrets", [[], [b"short" * 6], [NEW, b""]])
def test_a_secret_that_can_be_guessed_is_refused(secrets: list[bytes]) -> None:
    with pytest.raises(RefusedError):
        Nonces("a", secrets)


def test_secrets_are_new_each_time() -> None:
    assert len({new_secret() for _ in range(20)}) == 20
    assert Nonces("a", [new_secret()]).new(NOW)

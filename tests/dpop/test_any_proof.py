"""Whatever a proof holds, it is good or refused with a reason; nothing else ever comes out."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from axtary.passes.dpop import TYP
from axtary.passes.errors import RefusedError
from tests.dpop.making import ED25519, NONCES, Attempt, forged, header_of, payload_of
from tests.laws import examples

ODD = st.sampled_from([None, True, 0, -1, 1.5, 2**53 - 1, 1e300, "", "x", "é", "\x00", [], [1], {}, {"a": 1}, "A" * 43])
HEADERS = st.dictionaries(st.sampled_from(["alg", "typ", "jwk", "kid", "crit"]), ODD, max_size=3)
MEMBERS = ["kty", "crv", "x", "y", "d", "k", "kid", "alg", "use", "key_ops"]
KEYS = st.dictionaries(st.sampled_from(MEMBERS), ODD, max_size=3)
CLAIMS = st.dictionaries(st.sampled_from(["jti", "htm", "htu", "iat", "ath", "nonce", "exp", "nbf"]), ODD, max_size=3)
GONE = st.sets(st.sampled_from(["alg", "typ", "jwk", "jti", "htm", "htu", "iat", "ath"]), max_size=2)


def outcome(attempt: Attempt) -> str:
    try:
        return attempt.examined().jkt
    except RefusedError as error:
        return error.reason.value


@given(HEADERS, KEYS, CLAIMS, GONE, st.booleans())
@settings(max_examples=examples(300), derandomize=True, deadline=None)
def test_any_members(
    header: dict[str, Any], key: dict[str, Any], claims: dict[str, Any], gone: set[str], nonces: bool
) -> None:
    """Law: for all headers and claims that the holder signs, examine accepts or raises RefusedError."""
    members = {**header_of(ED25519), "jwk": {**ED25519.public.jwk, **key}, **header}
    said = {**payload_of(), **claims}
    proof = forged(
        {name: value for name, value in members.items() if name not in gone},
        {name: value for name, value in said.items() if name not in gone},
        ED25519,
    )
    found = outcome(Attempt([proof], holder=ED25519.kid, nonces=NONCES if nonces else None))
    if found == ED25519.kid:
        assert members["typ"] == TYP and not gone and not nonces
        assert all(said[name] == payload_of()[name] for name in ("htm", "htu", "ath"))


@given(st.lists(st.text(max_size=40), max_size=3), st.text(max_size=10), st.text(max_size=20), st.text(max_size=10))
@settings(max_examples=examples(200), derandomize=True, deadline=None)
def test_any_text(proofs: list[str], method: str, uri: str, token: str) -> None:
    """Law: for all texts in place of proofs, of the method, the URI and the token, nothing is accepted."""
    assert outcome(Attempt(proofs, method, uri, token=token)).islower()
    assert outcome(Attempt(method=method, uri=uri, token=token)).islower()

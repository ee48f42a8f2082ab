"""The steps of RFC 9449 section 4.3: what is good passes, and each attack ends at the step that is there for it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from axtary.passes import jose
from axtary.passes.base64url import encoded
from axtary.passes.dpop import MAX_PROOF, TYP, Verifier, prove
from axtary.passes.errors import PHRASES, Reason, RefusedError
from axtary.passes.keys import PrivateKey, generate, public_key
from axtary.passes.nonces import Nonces
from axtary.passes.uris import synthetic
from axtary.runtime.state import Once
from axtary.runtime.state.sqlite import SqliteDatabase
from tests.dpop.making import (
    ED25519,
    NONCES,
    NOW,
    P256,
    TOKEN,
    URI,
    Attempt,
    claims_of,
    forged,
    header_of,
    payload_of,
    with_header,
    with_payload,
)
from tests.laws import examples

GOOD = Attempt()
HEAD, BODY, SIGNATURE = GOOD.proofs[0].split(".")
OTHER = generate()
P384 = {"kty": "EC", "crv": "P-384", "x": "A" * 64, "y": "A" * 64}
RSA = {"kty": "RSA", "n": "A" * 342, "e": "AQAB"}


def refused_by(attempt: Attempt) -> Reason:
    with pytest.raises(RefusedError) as caught:
        attempt.examined()
    return caught.value.reason


# --- what is good ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", [P256, ED25519], ids=lambda key: key.algorithm)
@pytest.mark.parametrize("target", [("GET", URI), ("DELETE", f"{URI}/1?x=1#y"), synthetic("mcp", "fs.read")])
def test_what_is_made_is_verified(key: PrivateKey, target: tuple[str, str]) -> None:
    proof = prove(key, *target, TOKEN, now=NOW)
    found = Attempt([proof], *target, holder=key.kid).examined()
    assert (found.jkt, found.iat, found.next_nonce) == (key.kid, NOW, None)


def test_a_proof_has_what_section_4_2_names_and_nothing_secret() -> None:
    proof = jose.parse(prove(P256, "GET", f"{URI}?q#f", TOKEN, "n0nce", NOW), TYP, ("jwk",))
    assert proof.header == header_of(P256)
    assert proof.payload == payload_of(htm="GET", nonce="n0nce", jti=proof.payload["jti"])
    assert len(jose.decoded(proof.payload["jti"])) * 8 >= 96
    assert jose.parse(prove(P256, "GET", URI), TYP, ("jwk",)).payload.keys() == {"jti", "htm", "htu", "iat"}


def test_no_two_proofs_share_an_id() -> None:
    ids = {jose.parse(prove(ED25519, "GET", URI, now=NOW), TYP, ("jwk",)).payload["jti"] for _ in range(50)}
    assert len(ids) == 50


@pytest.mark.parametrize("off", [-60, -59.5, 0, 60])
def test_the_window_is_as_wide_on_both_sides(off: float) -> None:
    assert replace(GOOD, now=NOW + off).examined().iat == NOW


@pytest.mark.parametrize(
    "changes",
    [
        {"iat": NOW + 0.25},
        {"more": {"of": "it"}},
        {"exp": NOW + 1, "nbf": NOW},
        {"htu": f"{URI}?x=1#y"},
        {"nonce": "x"},
    ],
    ids=str,
)
def test_what_the_rfc_allows_is_taken(changes: dict[str, Any]) -> None:
    assert replace(GOOD, proofs=with_payload(**changes)).examined().jkt == P256.kid


def test_the_longest_proof() -> None:
    room = MAX_PROOF - len(with_payload(more="")[0])
    longest = with_payload(more="x" * (room * 3 // 4))
    assert MAX_PROOF - 4 < len(longest[0]) <= MAX_PROOF
    assert replace(GOOD, proofs=longest).examined()
    assert refused_by(replace(GOOD, proofs=with_payload(more="x" * (room * 3 // 4 + 4)))) is Reason.PROOF_TOO_LONG


# --- what is not ----------------------------------------------------------------------------------------------------

M = Reason.PROOF_MALFORMED
HOSTILE: dict[str, tuple[Reason, dict[str, Any]]] = {
    # 1
    "no proof": (Reason.PROOF_MISSING, {"proofs": []}),
    "two fields": (Reason.MORE_THAN_ONE_PROOF, {"proofs": [*GOOD.proofs, *GOOD.proofs]}),
    "two in one field": (Reason.MORE_THAN_ONE_PROOF, {"proofs": [", ".join([*GOOD.proofs, *GOOD.proofs])]}),
    # 2
    "a megabyte": (Reason.PROOF_TOO_LONG, {"proofs": ["e" * 2**20]}),
    "nothing in the field": (M, {"proofs": [""]}),
    "no signature": (M, {"proofs": [f"{HEAD}.{BODY}."]}),
    "two parts": (M, {"proofs": [f"{HEAD}.{BODY}"]}),
    "four parts": (M, {"proofs": [f"{HEAD}.{BODY}.{SIGNATURE}.{SIGNATURE}"]}),
    "a space before it": (M, {"proofs": [f" {HEAD}.{BODY}.{SIGNATURE}"]}),
    "a line feed after it": (M, {"proofs": [f"{HEAD}.{BODY}.{SIGNATURE}\n"]}),
    "padding": (M, {"proofs": [f"{HEAD}.{BODY}.{SIGNATURE}=="]}),
    "digits that look like ASCII": (M, {"proofs": [f"{HEAD}.{BODY}.{SIGNATURE[:-1]}\uff21"]}),
    "no JSON": (M, {"proofs": [forged(header_of(P256), "{", P256)]}),
    "a list": (M, {"proofs": [forged(header_of(P256), "[]", P256)]}),
    "a claim twice": (
        M,
        {"proofs": [forged(header_of(P256), '{"htm": "POST", ' + json.dumps(payload_of())[1:], P256)]},
    ),
    "a time that is no number": (M, {"proofs": [forged(header_of(P256), '{"iat": NaN}', P256)]}),
    "a nested key of a thousand levels": (M, {"proofs": [forged('{"jwk":' + "[" * 1000, payload_of(), P256)]}),
    # 4
    "a pass in place of a proof": (Reason.PROOF_WRONG_TYP, {"proofs": with_header(typ="actionpass+jwt")}),
    "any token": (Reason.PROOF_WRONG_TYP, {"proofs": with_header(typ="JWT")}),
    "a type in capitals": (Reason.PROOF_WRONG_TYP, {"proofs": with_header(typ="DPOP+JWT")}),
    "no type": (Reason.PROOF_WRONG_TYP, {"proofs": with_header(typ=None)}),
    "no key": (Reason.PROOF_WRONG_HEADER, {"proofs": with_header(jwk=None)}),
    "no algorithm": (Reason.PROOF_WRONG_HEADER, {"proofs": with_header(alg=None)}),
    "a key by its name too": (Reason.PROOF_WRONG_HEADER, {"proofs": with_header(kid=P256.kid)}),
    "something critical": (Reason.PROOF_WRONG_HEADER, {"proofs": with_header(crit=["b64"], b64=False)}),
    "a key elsewhere": (Reason.PROOF_WRONG_HEADER, {"proofs": with_header(jku="https://evil.example/")}),
    # 5
    "alg none": (Reason.PROOF_WRONG_ALG, {"proofs": with_header(alg="none")}),
    "a MAC with the public key": (Reason.PROOF_WRONG_ALG, {"proofs": with_header(alg="HS256")}),
    "an algorithm that is not taken": (Reason.PROOF_WRONG_ALG, {"proofs": with_header(alg="RS256", jwk=RSA)}),
    "an old name": (Reason.PROOF_WRONG_ALG, {"proofs": with_header(ED25519, alg="EdDSA")}),
    "a list of algorithms": (Reason.PROOF_WRONG_HEADER, {"proofs": with_header(alg=["ES256"])}),
    "the algorithm of another key": (Reason.PROOF_WRONG_ALG, {"proofs": with_header(alg="Ed25519")}),
    "one that this server does not take": (
        Reason.PROOF_WRONG_ALG,
        {"proofs": with_header(ED25519), "holder": ED25519.kid, "algorithms": ["ES256"]},
    ),
    # 7
    "the private key": (Reason.KEY_IN_PROOF_IS_PRIVATE, {"proofs": with_header(jwk=P256.secret())}),
    "a secret": (Reason.KEY_IN_PROOF_IS_PRIVATE, {"proofs": with_header(jwk={"kty": "oct", "k": "AA"})}),
    "a key of RSA": (Reason.KEY_IN_PROOF_IS_UNUSABLE, {"proofs": with_header(jwk=RSA)}),
    "another curve": (Reason.KEY_IN_PROOF_IS_UNUSABLE, {"proofs": with_header(jwk=P384)}),
    "a point off the curve": (
        Reason.KEY_IN_PROOF_IS_UNUSABLE,
        {"proofs": with_header(jwk=dict(P256.public.jwk) | {"y": "A" * 43})},
    ),
    "a key that is a text": (Reason.KEY_IN_PROOF_IS_UNUSABLE, {"proofs": with_header(jwk="key")}),
    "a key with a name of its own": (
        Reason.KEY_IN_PROOF_IS_UNUSABLE,
        {"proofs": with_header(jwk=dict(P256.public.jwk) | {"kid": "mine"})},
    ),
    "a key with a certificate": (
        Reason.KEY_IN_PROOF_IS_UNUSABLE,
        {"proofs": with_header(jwk=dict(P256.public.jwk) | {"x5c": []})},
    ),
    "a key of small order": (
        Reason.KEY_IN_PROOF_IS_WEAK,
        {"proofs": with_header(ED25519, jwk={"kty": "OKP", "crv": "Ed25519", "x": "AQ" + "A" * 41})},
    ),
    # 6
    "a signature of another key": (
        Reason.PROOF_BAD_SIGNATURE,
        {"proofs": [forged(header_of(P256), payload_of(), OTHER)]},
    ),
    "a signature of zeros": (Reason.PROOF_BAD_SIGNATURE, {"proofs": [f"{HEAD}.{BODY}.{encoded(bytes(64))}"]}),
    "half a signature": (
        Reason.PROOF_BAD_SIGNATURE,
        {"proofs": [f"{HEAD}.{BODY}.{encoded(jose.decoded(SIGNATURE)[:32])}"]},
    ),
    "claims that were changed": (
        Reason.PROOF_BAD_SIGNATURE,
        {"proofs": [f"{HEAD}.{encoded(json.dumps(payload_of(htm='GET')).encode())}.{SIGNATURE}"], "method": "GET"},
    ),
    # 3
    **{
        f"no {name}": (Reason.PROOF_CLAIM_MISSING, {"proofs": with_payload(**{name: None})})
        for name in ("jti", "htm", "htu", "iat", "ath")
    },
    **{
        f"{name} is {value!r:.40}": (Reason.PROOF_CLAIM_ILL_TYPED, {"proofs": with_payload(**{name: value})})
        for name, value in [
            ("jti", 5),
            ("jti", "too-short-to-be"),
            ("jti", "with a space in it"),
            ("jti", "x" * 257),
            ("htm", ["POST"]),
            ("htu", {}),
            ("iat", str(NOW)),
            ("iat", True),
            ("iat", -1),
            ("iat", 2**41),
            ("ath", "A" * 42),
            ("ath", 0),
            ("nonce", 7),
            ("nonce", ""),
            ("nonce", 'a"b'),
            ("exp", "never"),
            ("nbf", False),
        ]
    },
    # 8
    "another method": (Reason.WRONG_METHOD, {"method": "DELETE"}),
    "the method in small letters": (Reason.WRONG_METHOD, {"proofs": with_payload(htm="post")}),
    "a method that HTTP has not": (Reason.METHOD_ILL_FORMED, {"method": "PO ST"}),
    "a call over HTTP": (Reason.METHOD_ILL_FORMED, {"method": "CALL", "proofs": with_payload(htm="CALL")}),
    # 9
    "another path": (Reason.WRONG_URI, {"uri": f"{URI}/admin"}),
    "another host": (Reason.WRONG_URI, {"uri": "https://other.example/tools"}),
    "another port": (Reason.WRONG_URI, {"uri": "https://mcp.example:8443/tools"}),
    "another scheme": (Reason.WRONG_URI, {"uri": "http://mcp.example/tools"}),
    "a host that begins alike": (Reason.WRONG_URI, {"proofs": with_payload(htu=f"{URI}.evil.example")}),
    "a call's URI for a request": (Reason.WRONG_URI, {"proofs": with_payload(htu="axtary://call/mcp.example/tools")}),
    "a request's URI for a call": (
        Reason.WRONG_URI,
        {"proofs": with_payload(htm="CALL"), "method": "CALL", "uri": "axtary://call/mcp.example/tools"},
    ),
    "a user name": (Reason.URI_ILL_FORMED, {"proofs": with_payload(htu="https://mcp.example@evil.example/tools")}),
    "a path alone": (Reason.URI_ILL_FORMED, {"proofs": with_payload(htu="/tools")}),
    "a request to no URI": (Reason.URI_ILL_FORMED, {"uri": "https://mcp.example\\tools"}),
    # 10
    "no nonce": (Reason.NONCE_MISSING, {"nonces": NONCES}),
    "a nonce of its own": (Reason.WRONG_NONCE, {"nonces": NONCES, "proofs": with_payload(nonce="n0nce")}),
    "a nonce of another server": (
        Reason.WRONG_NONCE,
        {"nonces": NONCES, "proofs": with_payload(nonce=Nonces("other", NONCES.secrets).new(NOW))},
    ),
    "an old nonce": (
        Reason.NONCE_EXPIRED,
        {"nonces": NONCES, "proofs": with_payload(nonce=NONCES.new(NOW - NONCES.lifetime - 1))},
    ),
    # 11
    "too old by a second": (Reason.PROOF_TOO_OLD, {"now": NOW + 61}),
    "from the future by a second": (Reason.PROOF_FROM_THE_FUTURE, {"now": NOW - 61}),
    "expired by itself": (Reason.PROOF_TOO_OLD, {"proofs": with_payload(exp=NOW)}),
    "not valid yet by itself": (Reason.PROOF_FROM_THE_FUTURE, {"proofs": with_payload(nbf=NOW + 1)}),
    # 12
    "for another pass": (Reason.WRONG_ATH, {"token": TOKEN + "x"}),
    "a pass that is not bound": (Reason.NOT_BOUND, {"holder": None}),
    "a stolen pass with a key of the thief's": (
        Reason.OTHER_HOLDER,
        {"proofs": [forged(header_of(OTHER), payload_of(), OTHER)]},
    ),
    "a pass of somebody else": (Reason.OTHER_HOLDER, {"holder": OTHER.kid}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_each_attack_ends_at_its_step(name: str) -> None:
    reason, changes = HOSTILE[name]
    assert refused_by(replace(GOOD, **changes)) is reason


def test_what_is_refused_uses_up_nothing(tmp_path: Path) -> None:
    once = Once(SqliteDatabase(tmp_path / "state.db", "normal", lambda: NOW * 1_000_000))
    for _, changes in HOSTILE.values():
        attempt = replace(GOOD, **changes)
        with pytest.raises(RefusedError):
            Verifier(once, attempt.examiner).verify(attempt.request, claims_of(attempt.holder), attempt.token)
    assert Verifier(once, GOOD.examiner).verify(GOOD.request, claims_of(P256.kid), TOKEN)  # most had the same id


def test_a_key_that_was_seen_is_no_better_for_it() -> None:
    """Keys are kept, so that they need not be read again: whatever came before, a proof is judged alike."""
    for _ in range(2):
        assert GOOD.examined().jkt == P256.kid
        assert refused_by(replace(GOOD, proofs=with_header(jwk=dict(P256.public.jwk) | {"y": "A" * 43}))) is (
            Reason.KEY_IN_PROOF_IS_UNUSABLE
        )
        ops = with_header(jwk=dict(P256.public.jwk) | {"key_ops": ["verify"]})
        assert replace(GOOD, proofs=ops).examined().jkt == P256.kid
        assert refused_by(replace(GOOD, proofs=with_header(jwk=dict(P256.public.jwk) | {"key_ops": ["sign", 1]}))) is (
            Reason.KEY_IN_PROOF_IS_UNUSABLE
        )


PROOF_REASONS = list(Reason)[
    list(Reason).index(Reason.PROOF_MISSING) : list(Reason).index(Reason.PROOF_NOT_RECORDED) + 1
]


def test_each_reason_has_an_attack() -> None:
    shown = {reason for reason, _ in HOSTILE.values()} | {Reason.PROOF_REPLAYED, Reason.PROOF_NOT_RECORDED}
    assert shown == set(PROOF_REASONS)
    assert PHRASES.keys() == set(Reason)


RFC_PROOF = (
    "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQy"
    "VVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiJl"
    "MWozVl9iS2ljOC1MQUVCIiwiaHRtIjoiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFtcGxlLm9yZy9wcm90ZWN0ZWRyZXNvdXJjZSIsImlh"
    "dCI6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNFc05yV0JiMHhXWG9hTnk1OUlpS0NBcWtzbVFFbyJ9.2oW9RP35yRqzhrtNP86L-Ey71EOp"
    "txRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLjA"
)
RFC = Attempt(
    [RFC_PROOF],
    "GET",
    "https://resource.example.org/protectedresource",
    holder="0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I",
    token="Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU",  # noqa: S106
    now=1562262618,
)


def test_the_request_of_section_7_1() -> None:
    found = RFC.examined()
    assert (found.jti, found.iat) == ("e1j3V_bKic8-LAEB", 1562262618)


@given(st.integers(0, len(RFC_PROOF) - 1), st.characters(min_codepoint=1, max_codepoint=0x17F), st.booleans())
@settings(max_examples=examples(400), derandomize=True, deadline=None)
def test_a_proof_with_another_character_is_refused(at: int, character: str, insert: bool) -> None:
    """Law: for every proof p and every p' that differs from p by one character, changed or put in, p' is refused."""
    changed = RFC_PROOF[:at] + character + RFC_PROOF[at + (not insert) :]
    if changed != RFC_PROOF:
        with pytest.raises(RefusedError):
            replace(RFC, proofs=[changed]).examined()


def test_the_proof_of_section_4_1() -> None:
    """It has no `ath`: it asks for a token, so it is good but for that."""
    proof = jose.parse(
        "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJo"
        "RjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJq"
        "dGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0Ijox"
        "NTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg",
        TYP,
        ("jwk",),
    )
    key = public_key(proof.header["jwk"])
    jose.check(proof, key)
    assert key.kid == RFC.holder  # which is the `jkt` in the token of section 6.1
    asked = replace(RFC, proofs=[proof.token], method="POST", uri="https://server.example.com/token", now=1562262616)
    assert refused_by(asked) is Reason.PROOF_CLAIM_MISSING

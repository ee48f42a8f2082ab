"""Sets of trusted keys: what is read, and what refuses the whole set."""

from __future__ import annotations

import json
from typing import Any

import pytest

from axtary.passes.errors import Reason, RefusedError
from axtary.passes.keyset import KeySet, TrustedKey, read_jwks
from tests.passes.making import ED25519, KEY

ENTRY = TrustedKey(KEY.public, "approval", 5, 9).to_json()


def entry(**dates: Any) -> dict[str, Any]:
    return ENTRY | {"axtary": {**ENTRY["axtary"], **dates}}


BAD_SETS: dict[str, tuple[str, Reason]] = {
    "no JSON": ("{", Reason.NOT_A_KEY_SET),
    "a name twice": ('{"keys": [], "keys": []}', Reason.NOT_A_KEY_SET),
    "one key": (json.dumps(ENTRY), Reason.NOT_A_KEY_SET),
    "a list": ("[]", Reason.NOT_A_KEY_SET),
    "keys that are none": ('{"keys": {}}', Reason.NOT_A_KEY_SET),
    "more than keys": ('{"keys": [], "issuer": "x"}', Reason.NOT_A_KEY_SET),
    "very many keys": (json.dumps({"keys": [1] * 1025}), Reason.NOT_A_KEY_SET),
    "a text": ('{"keys": ["x"]}', Reason.UNUSABLE_KEY),
    "a key twice": (json.dumps({"keys": [ENTRY, ENTRY]}), Reason.DUPLICATE_KEY),
    "a key for two purposes": (json.dumps({"keys": [ENTRY, entry(purpose="pass")]}), Reason.DUPLICATE_KEY),
    "a secret beside a key": (json.dumps({"keys": [ENTRY, {"kty": "oct", "k": "AAAA"}]}), Reason.PRIVATE_KEY),
    "a private key": (json.dumps({"keys": [ENTRY, ED25519.secret()]}), Reason.PRIVATE_KEY),
    "a key of another kind beside a good one": (
        json.dumps({"keys": [ENTRY, {"kty": "RSA", "n": "AQAB", "e": "AQAB"}]}),
        Reason.UNUSABLE_KEY,
    ),
    "another purpose": (json.dumps({"keys": [entry(purpose="all")]}), Reason.UNUSABLE_KEY),
    "a purpose of a list": (json.dumps({"keys": [entry(purpose=["pass"])]}), Reason.UNUSABLE_KEY),
    "a date of text": (json.dumps({"keys": [entry(created="5")]}), Reason.UNUSABLE_KEY),
    "a date of true": (json.dumps({"keys": [entry(retired=True)]}), Reason.UNUSABLE_KEY),
    "a date that is not known": (json.dumps({"keys": [entry(revoked=5)]}), Reason.UNUSABLE_KEY),
    "dates of a list": (json.dumps({"keys": [ENTRY | {"axtary": []}]}), Reason.UNUSABLE_KEY),
}


@pytest.mark.parametrize("name", BAD_SETS)
def test_a_set_that_cannot_be_trusted_is_refused_as_a_whole(name: str) -> None:
    text, reason = BAD_SETS[name]
    with pytest.raises(RefusedError) as refused:
        read_jwks(text.encode())
    assert refused.value.reason is reason


def test_a_set_comes_back_from_its_json() -> None:
    keys = KeySet([TrustedKey(KEY.public, "approval", 5, 9), TrustedKey(ED25519.public)])
    again = read_jwks(json.dumps(keys.to_json()).encode())
    assert list(again) == list(keys)
    assert read_jwks(json.dumps({"keys": [dict(KEY.public.jwk)]}).encode()).find(KEY.kid, "pass") == TrustedKey(
        KEY.public
    )


def test_a_key_is_found_by_kid_and_purpose() -> None:
    keys = KeySet([TrustedKey(KEY.public, "approval")])
    assert keys.find(KEY.kid, "approval").key == KEY.public
    for kid, purpose, reason in (
        (KEY.kid, "pass", Reason.WRONG_PURPOSE),
        (ED25519.kid, "approval", Reason.UNKNOWN_KEY),
        ("", "approval", Reason.UNKNOWN_KEY),
    ):
        with pytest.raises(RefusedError) as refused:
            keys.find(kid, purpose)
        assert refused.value.reason is reason


@pytest.mark.parametrize(("moment", "is_in_use"), [(4, False), (5, True), (9, True), (10, False)])
def test_a_key_is_in_use_from_the_first_day_to_the_last(moment: int, is_in_use: bool) -> None:
    assert TrustedKey(KEY.public, "pass", 5, 9).was_in_use(moment) is is_in_use

"""The published vectors say what the verifier says, and another implementation agrees."""

from __future__ import annotations

import json
from typing import Any

import pytest

from axtary.passes import revocations
from axtary.passes.errors import Reason, RefusedError
from axtary.passes.keys import ALGORITHMS, private_key, public_key
from axtary.passes.keyset import KeySet, TrustedKey, read_jwks
from axtary.passes.verify import Verifier
from tests import node
from tests.passes.make_vectors import FOLDER
from tests.passes.making import ACTION, KEYS, NOW, VERIFIER, payload

JWKS = json.loads((FOLDER / "jwks.json").read_bytes())
TRUSTED = read_jwks((FOLDER / "jwks.json").read_bytes())
CASES: list[dict[str, Any]] = json.loads((FOLDER / "cases.json").read_bytes())

# What a library for JOSE can see. It knows neither our reasons nor the rules that are stricter than those of JWT.
SEEN_BY_JOSE = {
    "wrong_typ", "unknown_key", "wrong_purpose", "wrong_alg", "bad_signature", "wrong_issuer", "wrong_audience",
    "expired", "not_yet_valid", "payload_mismatch", "action_mismatch",
}  # fmt: skip
# What it cannot see of those: names that contradict good hashes, and that `typ` is compared to the letter.
NOT_SEEN = ("than its hash", "typ in upper case", "typ with application/")


def verdict(case: dict[str, Any]) -> str:
    expected = case["expected"]
    listed = case["revocations"]
    verifier = Verifier(
        keys=TRUSTED, revocations=revocations.read(listed, TRUSTED, expected["issuer"]) if listed else None, **expected
    )
    try:
        verifier.verify(case["token"], case["action"], case["now"])
    except RefusedError as error:
        return error.reason.value
    return "valid"


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_vector(case: dict[str, Any]) -> None:
    assert verdict(case) == case["verdict"]


def test_the_vectors_are_many_and_of_every_kind() -> None:
    verdicts = [case["verdict"] for case in CASES]
    assert len(CASES) >= 120 and verdicts.count("valid") >= 8
    assert len({case["name"] for case in CASES}) == len(CASES)
    assert len({*verdicts} - {"valid"}) == 30  # the others need a store, a chain of passes, or other input


def test_the_private_keys_are_those_of_the_public_ones() -> None:
    secrets = json.loads((FOLDER / "private.json").read_bytes())["keys"]
    assert [private_key(jwk).public for jwk in secrets] == [each.key for each in TRUSTED]


# --- another implementation -----------------------------------------------------------------------------------------


def test_node_agrees_on_the_vectors() -> None:
    found = node.run("passes.mjs", {"cases": [case | {"jwks": JWKS} for case in CASES]})["cases"]
    seen = 0
    for case, theirs in zip(CASES, found, strict=True):
        if case["verdict"] == "valid":
            assert theirs == "valid", case["name"]
            seen += 1
        elif case["verdict"] in SEEN_BY_JOSE and not case["name"].endswith(NOT_SEEN):
            assert theirs != "valid", case["name"]
            seen += 1
    assert seen >= 40


def test_passes_of_node_are_good_here() -> None:
    claims = payload()
    asked = [{"algorithm": algorithm, "claims": claims} for algorithm in ALGORITHMS]
    made = node.run("passes.mjs", {"sign": asked})["made"]
    assert len(made) == 2
    for each in made:
        key = public_key(each["jwk"])
        assert key.kid == each["kid"]
        verifier = Verifier(keys=KeySet([TrustedKey(key)]))
        assert verifier.verify(each["token"], ACTION, NOW).to_json() == claims
        with pytest.raises(RefusedError) as refused:
            VERIFIER.verify(each["token"], ACTION, NOW)
        assert refused.value.reason is Reason.UNKNOWN_KEY


def test_node_agrees_on_thumbprints() -> None:
    keys = [each.key for each in KEYS]
    assert node.run("passes.mjs", {"thumbprints": [dict(key.jwk) for key in keys]})["thumbprints"] == [
        key.kid for key in keys
    ]

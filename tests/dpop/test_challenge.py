"""What a server answers: the words of RFC 9449 section 7.1, and nothing that a header could not carry."""

from __future__ import annotations

import re

import pytest

from axtary.passes.challenge import challenge, error_code
from axtary.passes.errors import PHRASES, Reason

# RFC 9110: tokens and quoted texts; RFC 6750 section 3: which characters a description may have.
FIELD = re.compile(r'DPoP (?:[a-z_]+="[\x20\x21\x23-\x5b\x5d-\x7e]*"(?:, |\Z))+')


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_can_be_said(reason: Reason) -> None:
    status, fields = challenge(reason)
    if status == 503:
        assert fields == {}
        return
    assert status == 401
    field = fields["WWW-Authenticate"]
    assert FIELD.fullmatch(field)
    assert f'error="{error_code(reason)}"' in field and PHRASES[reason] in field
    assert 'algs="ES256 Ed25519"' in field


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        (Reason.NONCE_MISSING, "use_dpop_nonce"),
        (Reason.WRONG_NONCE, "use_dpop_nonce"),
        (Reason.NONCE_EXPIRED, "use_dpop_nonce"),
        (Reason.PROOF_MISSING, "invalid_dpop_proof"),
        (Reason.PROOF_BAD_SIGNATURE, "invalid_dpop_proof"),
        (Reason.WRONG_URI, "invalid_dpop_proof"),
        (Reason.WRONG_ATH, "invalid_dpop_proof"),
        (Reason.PROOF_REPLAYED, "invalid_dpop_proof"),
        (Reason.OTHER_HOLDER, "invalid_token"),
        (Reason.NOT_BOUND, "invalid_token"),
        (Reason.BAD_SIGNATURE, "invalid_token"),
        (Reason.EXPIRED, "invalid_token"),
    ],
)
def test_the_error_says_whose_fault_it_is(reason: Reason, code: str) -> None:
    assert error_code(reason) == code


def test_only_what_is_about_the_pass_is_an_invalid_token() -> None:
    proofs = {each for each in Reason if "proof" in each or each.startswith(("wrong_uri", "wrong_method", "wrong_ath"))}
    assert {error_code(each) for each in proofs - {Reason.PROOF_NOT_RECORDED}} == {"invalid_dpop_proof"}


def test_a_request_without_a_pass_is_told_what_to_bring() -> None:
    assert challenge(None, algorithms=["ES256"]) == (
        401,
        {"WWW-Authenticate": 'DPoP algs="ES256"', "Cache-Control": "no-store"},
    )


def test_a_nonce_goes_along() -> None:
    assert challenge(Reason.NONCE_MISSING, "n0nce")[1]["DPoP-Nonce"] == "n0nce"
    assert challenge(Reason.NONCE_MISSING)[1].keys() == {"WWW-Authenticate", "Cache-Control"}


def test_what_nobody_knows_is_no_fault_of_the_caller() -> None:
    assert challenge(Reason.PROOF_NOT_RECORDED, "n0nce") == (503, {})
    assert challenge(Reason.USES_UNKNOWN)[0] == 503

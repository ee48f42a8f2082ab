"""What a server answers when it refuses (RFC 9449 section 7.1): which error, which algorithms, and a nonce to use."""

from __future__ import annotations

from collections.abc import Sequence

from axtary.passes.errors import PHRASES, Reason
from axtary.passes.keys import ALGORITHMS

UNAUTHORIZED, UNAVAILABLE = 401, 503

_UNKNOWN = {  # nobody knows, and the caller can do nothing about it
    Reason.PROOF_NOT_RECORDED,
    Reason.USES_UNKNOWN,
    Reason.REVOCATIONS_MISSING,
    Reason.REVOCATIONS_REFUSED,
    Reason.REVOCATIONS_EXPIRED,
    Reason.REVOCATIONS_STEPPED_BACK,
}
_NONCE = {Reason.NONCE_MISSING, Reason.WRONG_NONCE, Reason.NONCE_EXPIRED}
_PROOF = {
    Reason.PROOF_MISSING,
    Reason.MORE_THAN_ONE_PROOF,
    Reason.PROOF_TOO_LONG,
    Reason.PROOF_MALFORMED,
    Reason.PROOF_WRONG_TYP,
    Reason.PROOF_WRONG_HEADER,
    Reason.PROOF_WRONG_ALG,
    Reason.KEY_IN_PROOF_IS_PRIVATE,
    Reason.KEY_IN_PROOF_IS_UNUSABLE,
    Reason.KEY_IN_PROOF_IS_WEAK,
    Reason.PROOF_BAD_SIGNATURE,
    Reason.PROOF_CLAIM_MISSING,
    Reason.PROOF_CLAIM_ILL_TYPED,
    Reason.METHOD_ILL_FORMED,
    Reason.WRONG_METHOD,
    Reason.URI_ILL_FORMED,
    Reason.WRONG_URI,
    Reason.PROOF_TOO_OLD,
    Reason.PROOF_FROM_THE_FUTURE,
    Reason.WRONG_ATH,
    Reason.PROOF_REPLAYED,
}


def error_code(reason: Reason) -> str:
    """The OAuth error for a reason; what is not the proof's fault is the pass's."""
    if reason in _NONCE:
        return "use_dpop_nonce"
    return "invalid_dpop_proof" if reason in _PROOF else "invalid_token"


def challenge(
    reason: Reason | None, nonce: str | None = None, algorithms: Sequence[str] = ALGORITHMS
) -> tuple[int, dict[str, str]]:
    """Status and header fields of the answer. `reason` is None when the request came with no pass at all.

    The text is the phrase of the reason: nothing of the request, or of other requests, is in it.
    """
    if reason in _UNKNOWN:
        return UNAVAILABLE, {}
    parts = [f'algs="{" ".join(algorithms)}"']
    if reason is not None:
        parts = [f'error="{error_code(reason)}"', f'error_description="{PHRASES[reason]}"', *parts]
    fields = {"WWW-Authenticate": "DPoP " + ", ".join(parts), "Cache-Control": "no-store"}
    return UNAUTHORIZED, fields | ({"DPoP-Nonce": nonce} if nonce is not None else {})

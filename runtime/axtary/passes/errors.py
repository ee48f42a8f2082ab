"""Why evidence is refused: one exception, with a reason code for each cause."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """The reason codes, in the order of the steps that give them."""

    # the token (RFC 7515), before anything of it is believed
    TOO_LONG = "too_long"
    NOT_COMPACT = "not_compact"
    NOT_BASE64URL = "not_base64url"
    NOT_JSON = "not_json"
    WRONG_TYP = "wrong_typ"
    WRONG_HEADER = "wrong_header"
    # the key and the signature
    UNKNOWN_KEY = "unknown_key"
    UNUSABLE_KEY = "unusable_key"
    WEAK_KEY = "weak_key"
    PRIVATE_KEY = "private_key"
    WRONG_ALG = "wrong_alg"
    BAD_SIGNATURE = "bad_signature"
    # the claims (RFC 7519)
    CLAIM_MISSING = "claim_missing"
    CLAIM_UNKNOWN = "claim_unknown"
    CLAIM_ILL_TYPED = "claim_ill_typed"
    # approvals
    TOO_MANY_APPROVALS = "too_many_approvals"
    UNKNOWN_APPROVER = "unknown_approver"
    APPROVAL_AUDIENCE = "approval_audience"
    APPROVAL_TOO_EARLY = "approval_too_early"
    APPROVAL_TOO_LONG = "approval_too_long"
    APPROVAL_EXPIRED = "approval_expired"
    APPROVAL_OTHER_POLICY = "approval_other_policy"
    APPROVAL_OTHER_ACTION = "approval_other_action"
    APPROVAL_OTHER_PAYLOAD = "approval_other_payload"
    SELF_APPROVAL = "self_approval"
    APPROVAL_DENIED = "approval_denied"
    APPROVAL_USED = "approval_used"


PHRASES: dict[Reason, str] = {
    Reason.TOO_LONG: "the token is too long",
    Reason.NOT_COMPACT: "this is no JWS in compact form",
    Reason.NOT_BASE64URL: "a part is not base64url, or not the only spelling of its bytes",
    Reason.NOT_JSON: "a part is no strict JSON object",
    Reason.WRONG_TYP: "the token is of another type",
    Reason.WRONG_HEADER: "the header has other members than it must have",
    Reason.UNKNOWN_KEY: "no key that is trusted has signed this",
    Reason.UNUSABLE_KEY: "this is no public key for ES256 or Ed25519",
    Reason.WEAK_KEY: "the key is of small order: one signature would fit every message",
    Reason.PRIVATE_KEY: "a private key stands where a public one must be",
    Reason.WRONG_ALG: "the header names another algorithm than the key is for",
    Reason.BAD_SIGNATURE: "the signature does not fit",
    Reason.CLAIM_MISSING: "a claim is missing",
    Reason.CLAIM_UNKNOWN: "a claim is not known",
    Reason.CLAIM_ILL_TYPED: "a claim has not the form that it must have",
    Reason.TOO_MANY_APPROVALS: "more approvals are given than are looked at",
    Reason.UNKNOWN_APPROVER: "whoever signed this approval is no approver",
    Reason.APPROVAL_AUDIENCE: "the approval is for another installation",
    Reason.APPROVAL_TOO_EARLY: "the approval is dated in the future",
    Reason.APPROVAL_TOO_LONG: "the approval is good for longer than approvals may be",
    Reason.APPROVAL_EXPIRED: "the approval has expired",
    Reason.APPROVAL_OTHER_POLICY: "the approval was given under another policy",
    Reason.APPROVAL_OTHER_ACTION: "the approval is for another action",
    Reason.APPROVAL_OTHER_PAYLOAD: "the approval is for another payload",
    Reason.SELF_APPROVAL: "nobody approves what is their own",
    Reason.APPROVAL_DENIED: "an approver has denied this action",
    Reason.APPROVAL_USED: "the approval was used before",
}
"""What each reason says when nothing more is known."""


class RefusedError(Exception):
    """Evidence is refused: `reason`, and a phrase without secrets."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        self.reason = reason
        self.message = f"{PHRASES[reason]}: {detail}" if detail else PHRASES[reason]
        super().__init__(f"{reason.value}: {self.message}")

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
    # the pass: by whom, for whom, when, and for what
    WRONG_PURPOSE = "wrong_purpose"
    WRONG_ISSUER = "wrong_issuer"
    WRONG_AUDIENCE = "wrong_audience"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    ISSUED_IN_FUTURE = "issued_in_future"
    TTL_TOO_LONG = "ttl_too_long"
    KEY_NOT_VALID_THEN = "key_not_valid_then"
    CHAIN_MISSING = "chain_missing"
    GRANT_ONLY = "grant_only"
    PAYLOAD_MISMATCH = "payload_mismatch"
    ACTION_MISMATCH = "action_mismatch"
    POLICY_MISMATCH = "policy_mismatch"
    REVOCATIONS_MISSING = "revocations_missing"
    REVOCATIONS_REFUSED = "revocations_refused"
    REVOCATIONS_EXPIRED = "revocations_expired"
    REVOCATIONS_STEPPED_BACK = "revocations_stepped_back"
    REVOKED = "revoked"
    HOLDER_MISSING = "holder_missing"
    PROOF_MISSING = "proof_missing"
    REPLAYED = "replayed"
    USES_UNKNOWN = "uses_unknown"
    # making one
    NOT_ALLOWED = "not_allowed"
    NO_TIME_LEFT = "no_time_left"
    # sets of keys (RFC 7517)
    NOT_A_KEY_SET = "not_a_key_set"
    DUPLICATE_KEY = "duplicate_key"
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
    Reason.WRONG_PURPOSE: "the key that signed this is trusted for another purpose",
    Reason.WRONG_ISSUER: "it was issued by another",
    Reason.WRONG_AUDIENCE: "it is for another",
    Reason.EXPIRED: "it has expired",
    Reason.NOT_YET_VALID: "it is not valid yet",
    Reason.ISSUED_IN_FUTURE: "it was issued in the future: a clock is wrong",
    Reason.TTL_TOO_LONG: "it is valid for longer than is accepted",
    Reason.KEY_NOT_VALID_THEN: "its key was not in use when it was issued",
    Reason.CHAIN_MISSING: "it was delegated, and the chain to its root was not shown",
    Reason.GRANT_ONLY: "it is a grant, and no pass for one action",
    Reason.PAYLOAD_MISMATCH: "it is for another payload",
    Reason.ACTION_MISMATCH: "it is for another action",
    Reason.POLICY_MISMATCH: "it was issued under another policy",
    Reason.REVOCATIONS_MISSING: "there is no list of what is revoked, where there was one before",
    Reason.REVOCATIONS_REFUSED: "the list of what is revoked is itself refused",
    Reason.REVOCATIONS_EXPIRED: "the list of what is revoked is not valid now",
    Reason.REVOCATIONS_STEPPED_BACK: "the list of what is revoked is older than one that was accepted",
    Reason.REVOKED: "it is revoked",
    Reason.HOLDER_MISSING: "it is bound to no holder, and must be",
    Reason.PROOF_MISSING: "it is bound to a holder, who has not proved to be there",
    Reason.REPLAYED: "it was used before",
    Reason.USES_UNKNOWN: "nobody knows whether it was used before",
    Reason.NOT_ALLOWED: "only what is allowed gets a pass",
    Reason.NO_TIME_LEFT: "there is no time left in which it would be valid",
    Reason.NOT_A_KEY_SET: "this is no set of keys",
    Reason.DUPLICATE_KEY: "a key stands twice in the set",
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

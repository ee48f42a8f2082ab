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
    REPLAYED = "replayed"
    USES_UNKNOWN = "uses_unknown"
    # making one
    NOT_ALLOWED = "not_allowed"
    NO_TIME_LEFT = "no_time_left"
    # sets of keys (RFC 7517)
    NOT_A_KEY_SET = "not_a_key_set"
    DUPLICATE_KEY = "duplicate_key"
    # proofs of possession (RFC 9449)
    PROOF_MISSING = "proof_missing"
    MORE_THAN_ONE_PROOF = "more_than_one_proof"
    PROOF_TOO_LONG = "proof_too_long"
    PROOF_MALFORMED = "proof_malformed"
    PROOF_WRONG_TYP = "proof_wrong_typ"
    PROOF_WRONG_HEADER = "proof_wrong_header"
    PROOF_WRONG_ALG = "proof_wrong_alg"
    KEY_IN_PROOF_IS_PRIVATE = "key_in_proof_is_private"
    KEY_IN_PROOF_IS_UNUSABLE = "key_in_proof_is_unusable"
    KEY_IN_PROOF_IS_WEAK = "key_in_proof_is_weak"
    PROOF_BAD_SIGNATURE = "proof_bad_signature"
    PROOF_CLAIM_MISSING = "proof_claim_missing"
    PROOF_CLAIM_ILL_TYPED = "proof_claim_ill_typed"
    METHOD_ILL_FORMED = "method_ill_formed"
    WRONG_METHOD = "wrong_method"
    URI_ILL_FORMED = "uri_ill_formed"
    WRONG_URI = "wrong_uri"
    NONCE_MISSING = "nonce_missing"
    WRONG_NONCE = "wrong_nonce"
    NONCE_EXPIRED = "nonce_expired"
    PROOF_TOO_OLD = "proof_too_old"
    PROOF_FROM_THE_FUTURE = "proof_from_the_future"
    WRONG_ATH = "wrong_ath"
    NOT_BOUND = "not_bound"
    OTHER_HOLDER = "other_holder"
    PROOF_REPLAYED = "proof_replayed"
    PROOF_NOT_RECORDED = "proof_not_recorded"
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
    # what a grant is for
    SCOPE_ILL_FORMED = "scope_ill_formed"
    SCOPE_EMPTY = "scope_empty"
    TOO_COMPLEX = "too_complex"
    # the chain, from the root to the leaf
    CHAIN_TOO_LONG = "chain_too_long"
    CHAIN_BROKEN = "chain_broken"
    OTHER_ISSUER = "other_issuer"
    WRONG_PARENT = "wrong_parent"
    NOT_THE_HOLDER = "not_the_holder"
    OTHER_OWNER = "other_owner"
    OTHER_TENANT = "other_tenant"
    OTHER_TASK = "other_task"
    OTHER_AUDIENCE = "other_audience"
    OTHER_POLICY = "other_policy"
    OTHER_ACTION = "other_action"
    BEFORE_PARENT = "before_parent"
    OUTLIVES_PARENT = "outlives_parent"
    REPEATED_LINK = "repeated_link"
    NO_HOPS_LEFT = "no_hops_left"
    BROADER_TOOL = "broader_tool"
    BROADER_RESOURCE = "broader_resource"
    BROADER_PAYLOAD = "broader_payload"
    BROADER_BUDGET = "broader_budget"
    LINK_NOT_YET_VALID = "link_not_yet_valid"
    LINK_EXPIRED = "link_expired"
    LINK_REVOKED = "link_revoked"
    # what is done under it
    OUTSIDE_THE_GRANT = "outside_the_grant"
    COST_UNKNOWN = "cost_unknown"


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
    Reason.REPLAYED: "it was used before",
    Reason.USES_UNKNOWN: "nobody knows whether it was used before",
    Reason.NOT_ALLOWED: "only what is allowed gets a pass",
    Reason.NO_TIME_LEFT: "there is no time left in which it would be valid",
    Reason.NOT_A_KEY_SET: "this is no set of keys",
    Reason.DUPLICATE_KEY: "a key stands twice in the set",
    # proofs of possession (RFC 9449)
    Reason.PROOF_MISSING: "it is bound to a holder, who has not proved to be there",
    Reason.MORE_THAN_ONE_PROOF: "there is more than one proof",
    Reason.PROOF_TOO_LONG: "the proof is too long",
    Reason.PROOF_MALFORMED: "the proof is no well-formed token",
    Reason.PROOF_WRONG_TYP: "the proof is of another type than dpop+jwt",
    Reason.PROOF_WRONG_HEADER: "the header of the proof must have alg, typ and jwk, and nothing else",
    Reason.PROOF_WRONG_ALG: "the proof is not signed with an algorithm that is taken, or not that of its key",
    Reason.KEY_IN_PROOF_IS_PRIVATE: "the proof holds a private key: nobody else can be told from its holder now",
    Reason.KEY_IN_PROOF_IS_UNUSABLE: "the key in the proof is no public key for ES256 or Ed25519",
    Reason.KEY_IN_PROOF_IS_WEAK: "the key in the proof is of small order: one signature would fit every message",
    Reason.PROOF_BAD_SIGNATURE: "the signature of the proof does not fit",
    Reason.PROOF_CLAIM_MISSING: "a claim of the proof is missing",
    Reason.PROOF_CLAIM_ILL_TYPED: "a claim of the proof has not the form that it must have",
    Reason.METHOD_ILL_FORMED: "the method is not one that a proof can be for",
    Reason.WRONG_METHOD: "the proof is for another method",
    Reason.URI_ILL_FORMED: "the URI is not one that a proof can be for",
    Reason.WRONG_URI: "the proof is for another URI",
    Reason.NONCE_MISSING: "the proof has no nonce, and one is required",
    Reason.WRONG_NONCE: "the nonce of the proof is not from here",
    Reason.NONCE_EXPIRED: "the nonce of the proof has expired",
    Reason.PROOF_TOO_OLD: "the proof is too old",
    Reason.PROOF_FROM_THE_FUTURE: "the proof was made in the future",
    Reason.WRONG_ATH: "the proof is for another pass",
    Reason.NOT_BOUND: "the pass names no key that a proof could be of",
    Reason.OTHER_HOLDER: "the pass is bound to another key than that of the proof",
    Reason.PROOF_REPLAYED: "the proof was used before, or has expired by the clock of the state",
    Reason.PROOF_NOT_RECORDED: "nobody knows whether the proof was used before",
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
    Reason.SCOPE_ILL_FORMED: "the constraints have not the form that they must have",
    Reason.SCOPE_EMPTY: "no payload meets the constraints",
    Reason.TOO_COMPLEX: "the constraints are too complex to be compared",
    Reason.CHAIN_TOO_LONG: "the chain has too many links",
    Reason.CHAIN_BROKEN: "the tokens are no chain from a root to a leaf",
    Reason.OTHER_ISSUER: "the root was issued by another",
    Reason.WRONG_PARENT: "the pass names another parent than the one before it",
    Reason.NOT_THE_HOLDER: "who signed the pass does not hold its parent",
    Reason.OTHER_OWNER: "the pass is for another owner than its parent",
    Reason.OTHER_TENANT: "the pass is for another tenant than its parent",
    Reason.OTHER_TASK: "the pass is for another task than its parent",
    Reason.OTHER_AUDIENCE: "the pass is for another audience",
    Reason.OTHER_POLICY: "the pass is of another policy than its parent",
    Reason.OTHER_ACTION: "the pass is for another action than its parent",
    Reason.BEFORE_PARENT: "the pass begins before its parent",
    Reason.OUTLIVES_PARENT: "the pass ends after its parent",
    Reason.REPEATED_LINK: "a pass stands in the chain more than once",
    Reason.NO_HOPS_LEFT: "the parent may not be handed on so often",
    Reason.BROADER_TOOL: "the pass is for more tools than its parent",
    Reason.BROADER_RESOURCE: "the pass is for more resources than its parent",
    Reason.BROADER_PAYLOAD: "the pass is for more payloads than its parent",
    Reason.BROADER_BUDGET: "the pass has more to spend than its parent",
    Reason.LINK_NOT_YET_VALID: "a pass of the chain is not valid yet",
    Reason.LINK_EXPIRED: "a pass of the chain has expired",
    Reason.LINK_REVOKED: "a pass of the chain is revoked",
    Reason.OUTSIDE_THE_GRANT: "the action is not one that the pass is for",
    Reason.COST_UNKNOWN: "the pass has a budget, and what the action costs is not known",
}
"""What each reason says when nothing more is known."""


class RefusedError(Exception):
    """Evidence is refused: `reason`, and a phrase without secrets; `detail` is what it says of this case."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        self.reason, self.detail = reason, detail
        self.message = f"{PHRASES[reason]}: {detail}" if detail else PHRASES[reason]
        super().__init__(f"{reason.value}: {self.message}")

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

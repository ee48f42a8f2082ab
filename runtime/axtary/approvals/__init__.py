"""Approvals: artifacts that humans sign for exactly one action, and what they are worth.

    claims = new_claims(action, approver="user:ana@acme.com", policy_version=engine.policy_version)
    artifact = sign(claims, key)  # where the human is
    decision = approve_and_decide(engine, action, [artifact], compiled.approvers, once)  # where the action is

An approval is never a bearer grant: it says who agreed to which content, and the policy decides what that is worth.
"""

from axtary.approvals.artifact import MAX_REASON, MAX_TTL, TTL, TYP, Claims, named, new_claims, sign
from axtary.approvals.decide import approve_and_decide, consume
from axtary.approvals.verify import MAX_ARTIFACTS, Approval, Approved, Asked, check, verify

__all__ = [
    "MAX_ARTIFACTS",
    "MAX_REASON",
    "MAX_TTL",
    "TTL",
    "TYP",
    "Approval",
    "Approved",
    "Asked",
    "Claims",
    "approve_and_decide",
    "check",
    "consume",
    "named",
    "new_claims",
    "sign",
    "verify",
]

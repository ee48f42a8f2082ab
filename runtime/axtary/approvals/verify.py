"""What artifacts are worth for one action: `verify` gives the fact `approval`, or refuses all of them.

One artifact that is not in order refuses all that it came with: whoever brings it has something to explain. Each step
stops an attack, which docs/approvals.md tells under the same number.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from axtary.approvals.artifact import HEADER, MAX_TOKEN, MAX_TTL, TYP, Claims, read
from axtary.compiler.approvers import Approver, ApproverList, folded
from axtary.compiler.obligations import MAX_QUORUM
from axtary.passes import jose
from axtary.passes.errors import Reason, RefusedError
from axtary.passes.keys import public_key
from axtary.runtime.hashing import action_hash, payload_hash

MAX_ARTIFACTS = MAX_QUORUM  # of more, no rule has a use
SKEW = 60  # seconds that the clock of an approver may be ahead
_KEPT = 60 * 60  # seconds behind its end for which a use is remembered: the clock of a database may be ahead

SECOND = 1_000_000  # microseconds


@dataclass(frozen=True)
class Asked:
    """What an approval must be for. The actor is whom the runtime named, not the agent itself."""

    action_hash: str
    payload_hash: str
    policy_version: str
    agent: str
    owner: str

    @classmethod
    def of(cls, action: Mapping[str, Any], policy_version: str) -> Asked:
        """Of an action that came through the door."""
        actor = action.get("actor") or {}
        agent, owner = (actor.get(name) or "" for name in ("agent", "owner"))
        return cls(action_hash(action), payload_hash(action), policy_version, agent, owner)


@dataclass(frozen=True)
class Approval:
    """One artifact that is in order; the approver is the one of the configuration."""

    approver: Approver
    claims: Claims


@dataclass(frozen=True)
class Approved:
    """The artifacts that are in order, each approver once, in the order in which they were given."""

    approvals: tuple[Approval, ...]
    uses: Mapping[str, int]  # the ids that a use takes up -> until when to remember, in microseconds since 1970

    @property
    def facts(self) -> dict[str, Any] | None:
        """`facts.approval`; None if nobody approved."""
        people = [approval.approver for approval in self.approvals]
        return {"approvers": [{"id": each.id, "roles": list(each.roles)} for each in people]} if people else None


def verify(
    artifacts: Sequence[str], action: Mapping[str, Any], approvers: ApproverList, policy_version: str, now: float
) -> Approved:
    """Verify all artifacts for an action that came through the door, at `now`, in seconds since 1970.

    Nothing is used up: that is for `consume`, when the decision is made. Raises RefusedError.
    """
    # 1. No more than anybody needs.
    if len(artifacts) > MAX_ARTIFACTS:
        raise RefusedError(Reason.TOO_MANY_APPROVALS, f"at most {MAX_ARTIFACTS}")
    asked = Asked.of(action, policy_version)
    found = [check(artifact, asked, approvers, now) for artifact in artifacts]
    # 12. One no is a no.
    for approval in found:
        if approval.claims.decision == "deny":
            raise RefusedError(Reason.APPROVAL_DENIED, approval.approver.id)
    # 13. One person is one approver, however many artifacts they signed.
    people = {approval.approver.id: approval for approval in reversed(found)}
    uses = {each.claims.jti: remembered(each.claims) for each in found}
    return Approved(tuple(reversed(people.values())), dict(sorted(uses.items())))


def check(artifact: str, asked: Asked, approvers: ApproverList, now: float) -> Approval:
    """One artifact, also one that says no. Raises RefusedError."""
    # 2. One spelling, one meaning, of this type.
    jws = jose.parse(artifact, TYP, HEADER, MAX_TOKEN)
    # 3. A key that the configuration knows, and the very key: its thumbprint is worked out, not read.
    kid, key = jws.header["kid"], public_key(jws.header["jwk"])
    if kid != key.kid or key.kid not in _keys(approvers):
        raise RefusedError(Reason.UNKNOWN_KEY)
    # 4. That key signed, with its own algorithm.
    jose.check(jws, key)
    # 5. All claims are there, and no others.
    claims = read(jws.payload)
    # 6. The key is that of the approver, or of the service, which then says so.
    approver = _approver(claims, key.kid, approvers)
    # 7. For this installation.
    if claims.aud != approvers.audience:
        raise RefusedError(Reason.APPROVAL_AUDIENCE, f"it must be for {approvers.audience}")
    # 8. Given, not yet over, and never good for long.
    _check_times(claims, now)
    # 9. Under the policy in force: what was asked for then may mean something else now.
    _same(claims.policy_version, asked.policy_version, Reason.APPROVAL_OTHER_POLICY)
    # 10. For this action, to the byte.
    _same(claims.action_hash, asked.action_hash, Reason.APPROVAL_OTHER_ACTION)
    _same(claims.payload_hash, asked.payload_hash, Reason.APPROVAL_OTHER_PAYLOAD)
    # 11. Not by whoever wants it. They may say no.
    if claims.decision == "approve":
        _refuse_own(approver, claims.iss, asked)
    return Approval(approver, claims)


def remembered(claims: Claims) -> int:
    """Until when it is remembered that an artifact was used, in microseconds since 1970."""
    return (claims.exp + _KEPT) * SECOND


def _keys(approvers: ApproverList) -> set[str]:
    service = {approvers.service.key} if approvers.service is not None else set()
    return {each.key for each in approvers.people if each.key is not None} | service


def _approver(claims: Claims, kid: str, approvers: ApproverList) -> Approver:
    person = next((each for each in approvers.people if each.id == claims.sub), None)
    if person is None:
        raise RefusedError(Reason.UNKNOWN_APPROVER)
    service = approvers.service
    signed = service if claims.by is not None else person
    if signed is None or signed.key != kid or signed.id != claims.iss:
        raise RefusedError(Reason.UNKNOWN_APPROVER, "the key is not that of whom it names")
    return person


def _check_times(claims: Claims, now: float) -> None:
    if claims.exp - claims.iat > MAX_TTL:
        raise RefusedError(Reason.APPROVAL_TOO_LONG, f"at most {MAX_TTL} seconds")
    if claims.iat > now + SKEW:
        raise RefusedError(Reason.APPROVAL_TOO_EARLY)
    if claims.exp <= now:
        raise RefusedError(Reason.APPROVAL_EXPIRED)


def _same(said: str, asked: str, reason: Reason) -> None:
    if not hmac.compare_digest(said, asked):
        raise RefusedError(reason)


def _refuse_own(approver: Approver, signer: str, asked: Asked) -> None:
    """Who cannot be told from the approver is taken for them: spellings of one name, and an actor without a name."""
    agent, owner, own = folded(asked.agent), folded(asked.owner), folded(approver.id)
    if agent in ("", own, folded(signer)):
        why = "the approver is the agent" if agent else "the action does not say which agent it is of"
        raise RefusedError(Reason.SELF_APPROVAL, why)
    if not approver.may_approve_own and owner in ("", own):
        why = "the approver is the owner" if owner else "the action does not say who owns it"
        raise RefusedError(Reason.SELF_APPROVAL, why)

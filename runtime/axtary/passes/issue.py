"""Passes are made here, and only from a decision to allow: for exactly its action, and for no longer than anything
that it rests on.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from axtary.passes import jose
from axtary.passes.claims import TYP, Claims, read
from axtary.passes.errors import Reason, RefusedError
from axtary.passes.keys import PrivateKey
from axtary.runtime.decision import Decision

ISSUER = "axtary"
AUDIENCE = "axtary-proxy"
MAX_TTL = 300  # seconds
_SECOND = 1_000_000


@dataclass(frozen=True)
class Terms:
    """What an issuer writes into its passes."""

    issuer: str = ISSUER
    audience: str = AUDIENCE
    max_ttl: int = MAX_TTL


@dataclass(frozen=True)
class Approved:
    """The artifact that approved the action: its `sha256:` hash, and when it expires (seconds since 1970)."""

    hash: str
    expires: int


@dataclass(frozen=True)
class Issued:
    """A pass: the token, and what it says."""

    token: str
    claims: Claims


def issue(
    decision: Decision,
    key: PrivateKey,
    now: float,
    terms: Terms = Terms(),
    *,
    holder: str | None = None,
    approved: Approved | None = None,
) -> Issued:
    """A pass for the action of a decision; bound to the key with the thumbprint `holder`, if one is given (v1).

    `now` in seconds since 1970. Raises RefusedError NOT_ALLOWED, NO_TIME_LEFT, or what a claim is refused for.
    """
    if decision.decision != "allow":
        raise RefusedError(Reason.NOT_ALLOWED, f"the decision is {decision.decision}")
    if approved is None and decision.obligations.get("approvers"):  # it would outlive what it rests on
        raise RefusedError(Reason.NOT_ALLOWED, "it rests on an approval, and none is named")
    iat = int(now)
    exp = _expiry(decision, iat, terms.max_ttl, approved)
    if exp <= now:
        raise RefusedError(Reason.NO_TIME_LEFT)
    claims = Claims(
        **names(decision.action),
        iss=terms.issuer,
        aud=terms.audience,
        iat=iat,
        nbf=iat,
        exp=exp,
        jti=new_id(),
        payload_hash=decision.payload_hash,
        action_hash=decision.action_hash,
        policy_version=decision.policy_version,
        reservation=decision.reservation,
        approval=approved.hash if approved is not None else None,
        cnf=holder,
    )
    return Issued(sign(claims, key), claims)


def sign(claims: Claims, key: PrivateKey) -> str:
    """The token of claims, if a verifier would take their form. Raises RefusedError."""
    payload = claims.to_json()
    read(payload)
    token = jose.sign(payload, TYP, key)
    if len(token) > jose.MAX_TOKEN:
        raise RefusedError(Reason.TOO_LONG)
    return token


def new_id() -> str:
    """A `jti` that nobody can guess: 128 random bits."""
    return f"ap_{secrets.token_hex(16)}"


def names(action: Mapping[str, Any]) -> dict[str, Any]:
    """The claims that say who does what, of an action; absent text is empty, a claim's form allows it or not."""
    actor, intent = action.get("actor", {}), action.get("intent", {})
    return {
        "sub": actor.get("agent", ""),
        "owner": actor.get("owner", ""),
        "tenant": actor.get("tenant", ""),
        "task": intent.get("task", ""),
        "tool": action.get("tool", ""),
        "resource": action.get("resource", ""),
    }


def _expiry(decision: Decision, iat: int, max_ttl: int, approved: Approved | None) -> int:
    """The first of all instants at which something ends."""
    ends = [iat + max_ttl]
    if (ttl := decision.obligations.get("ttl_seconds")) is not None:
        ends.append(iat + ttl)
    if decision.expires is not None:  # the reservation: what is spent under the pass must still be held
        ends.append(decision.expires // _SECOND)
    if approved is not None:
        ends.append(approved.expires)
    return min(ends)

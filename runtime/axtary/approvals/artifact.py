"""The artifact: a JWS in which an approver, or a service for them, says yes or no to exactly one action.

Roles are not in it: what an approver may approve is for the configuration to say, when the artifact is verified.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

from axtary.compiler.approvers import AUDIENCE
from axtary.compiler.diagnostics import printable
from axtary.passes import forms, jose
from axtary.passes.errors import Reason, RefusedError
from axtary.passes.issue import Approved
from axtary.passes.keys import PrivateKey
from axtary.runtime.hashing import action_hash, payload_hash

TYP = "axtary-approval+jwt"
HEADER = ("kid", "jwk")  # the key itself is there, so that its thumbprint is all that a configuration needs
MAX_TOKEN = 8 * 1024  # characters
MAX_REASON = 500  # characters
TTL = 10 * 60  # seconds that an approval is good for if nobody says
MAX_TTL = 60 * 60
SERVICE = "service"

_ID = re.compile(r"apr_[0-9a-f]{32}\Z")


@dataclass(frozen=True, kw_only=True)
class Claims:
    """Times are whole seconds since 1970. What is None is not in the token."""

    iss: str  # who signed: the approver, or the service
    sub: str  # who approves
    aud: str
    iat: int
    exp: int
    jti: str
    action_hash: str
    payload_hash: str
    policy_version: str
    decision: Literal["approve", "deny"]
    reason: str  # for people; "" for none
    by: str | None = None  # "service" if it signed on the approver's behalf

    def to_json(self) -> dict[str, Any]:
        """The payload of the token."""
        found = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: value for name, value in found.items() if value is not None}


def new_claims(
    action: Mapping[str, Any],
    *,
    approver: str,
    policy_version: str,
    now: int,
    ttl: int = TTL,
    decision: Literal["approve", "deny"] = "approve",
    reason: str = "",
    audience: str = AUDIENCE,
    service: str | None = None,
) -> Claims:
    """What an approver says of an action that came through the door; `service` signs it for them if it is given.

    Raises RefusedError APPROVAL_TOO_LONG, CLAIM_ILL_TYPED.
    """
    if not 0 < ttl <= MAX_TTL:
        raise RefusedError(Reason.APPROVAL_TOO_LONG, f"1 to {MAX_TTL} seconds")
    claims = Claims(
        iss=service or approver,
        sub=approver,
        aud=audience,
        iat=now,
        exp=now + ttl,
        jti=f"apr_{secrets.token_hex(16)}",
        action_hash=action_hash(action),
        payload_hash=payload_hash(action),
        policy_version=policy_version,
        decision=decision,
        reason=reason,
        by=SERVICE if service else None,
    )
    return read(claims.to_json())


def sign(claims: Claims, key: PrivateKey) -> str:
    """The artifact."""
    return jose.sign(claims.to_json(), TYP, key, {"kid": key.kid, "jwk": dict(key.public.jwk)})


def named(artifacts: Collection[str]) -> Approved:
    """How a pass names the artifacts that its decision rests on, after `approve_and_decide` said allow with them.

    The hash is over the artifacts, sorted and joined by line ends.
    Raises RefusedError for what is no artifact; NOT_ALLOWED for none.
    """
    if not artifacts:
        raise RefusedError(Reason.NOT_ALLOWED, "there is no artifact")
    ends = [read(jose.parse(each, TYP, HEADER, MAX_TOKEN).payload).exp for each in artifacts]
    digest = hashlib.sha256("\n".join(sorted(artifacts)).encode("ascii")).hexdigest()
    return Approved(f"sha256:{digest}", min(ends))


def read(payload: Mapping[str, Any]) -> Claims:
    """The claims of an artifact's payload. Raises RefusedError CLAIM_MISSING, CLAIM_UNKNOWN, CLAIM_ILL_TYPED."""
    forms.hold(payload, _FORMS, _REQUIRED)
    if not payload["iat"] < payload["exp"]:
        raise RefusedError(Reason.CLAIM_ILL_TYPED, "exp is not after iat")
    return Claims(**payload)


def _reason(value: object) -> bool:
    return isinstance(value, str) and len(value) <= MAX_REASON and printable(value) == value


_FORMS: Mapping[str, forms.Form] = {
    **dict.fromkeys(("iss", "sub", "aud"), forms.name),
    **dict.fromkeys(("iat", "exp"), forms.time),
    **dict.fromkeys(("action_hash", "payload_hash", "policy_version"), forms.HASH),
    "jti": forms.like(_ID),
    "decision": lambda value: value in ("approve", "deny"),
    "reason": _reason,
    "by": lambda value: value == SERVICE,
}
_REQUIRED = _FORMS.keys() - {"by"}

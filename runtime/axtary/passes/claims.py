"""The claims of an ActionPass: which they are, and of what form. What they are worth is for others to check.

A pass is for one action (`tool`, `resource`, `payload_hash`, `action_hash`), or a grant for those within `constraints`.
A grant is there to be handed on; what is executed under it is decided like any other action. v1 names the holder's key
in `cnf`; a delegated pass names its parent by the SHA-256 of the parent's token.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from axtary.passes import forms
from axtary.passes.errors import Reason, RefusedError

TYP = "actionpass+jwt"
_THUMBPRINT = re.compile(r"[A-Za-z0-9_-]{43}\Z")
_ID = re.compile(r"ap_[0-9a-f]{32}\Z")
_RESERVATION = re.compile(r"rsv_[0-9a-f]{32}\Z")


@dataclass(frozen=True, kw_only=True)
class Claims:
    """Times are whole seconds since 1970. What is None is not in the token."""

    iss: str
    sub: str  # the agent
    aud: str
    iat: int
    nbf: int
    exp: int
    jti: str
    owner: str
    tenant: str
    task: str
    policy_version: str
    constraints: Mapping[str, Any] = field(default_factory=dict)
    tool: str | None = None
    resource: str | None = None
    payload_hash: str | None = None
    action_hash: str | None = None
    reservation: str | None = None
    approval: str | None = None  # `sha256:` of the artifact that approved it
    cnf: str | None = None  # the RFC 7638 thumbprint of the holder's key; `{"jkt": …}` in the token
    parent: str | None = None  # `sha256:` of the parent's token

    @property
    def is_grant(self) -> bool:
        """For actions within its constraints, and for no one in particular?"""
        return self.action_hash is None

    def to_json(self) -> dict[str, Any]:
        """The payload of the token."""
        found = {each.name: getattr(self, each.name) for each in fields(self)}
        present = {name: value for name, value in found.items() if value is not None}
        return present | ({"cnf": {"jkt": self.cnf}} if self.cnf is not None else {})


def read(payload: Mapping[str, Any]) -> Claims:
    """The claims of a token's payload. Raises RefusedError CLAIM_MISSING, CLAIM_UNKNOWN, CLAIM_ILL_TYPED."""
    forms.hold(payload, _FORMS, _REQUIRED)
    missing = _ACTION - payload.keys()
    if missing and missing != _ACTION:
        raise RefusedError(Reason.CLAIM_MISSING, min(missing))
    if not payload["nbf"] <= payload["exp"]:
        raise RefusedError(Reason.CLAIM_ILL_TYPED, "exp is before nbf")
    values = dict(payload)
    if "cnf" in values:
        values["cnf"] = values["cnf"]["jkt"]
    return Claims(**values)


def is_id(value: object) -> bool:
    """Has it the form of a `jti`?"""
    return forms.like(_ID)(value)


def is_thumbprint(value: object) -> bool:
    """Has it the form of an RFC 7638 thumbprint?"""
    return forms.like(_THUMBPRINT)(value)


def _holder(value: object) -> bool:
    return isinstance(value, dict) and value.keys() == {"jkt"} and is_thumbprint(value["jkt"])


_FORMS: Mapping[str, Callable[[object], bool]] = {
    **dict.fromkeys(("iss", "sub", "aud", "tool"), forms.name),
    **dict.fromkeys(("owner", "tenant", "task", "resource"), forms.text),
    **dict.fromkeys(("iat", "nbf", "exp"), forms.time),
    **dict.fromkeys(("policy_version", "payload_hash", "action_hash", "approval", "parent"), forms.HASH),
    "jti": is_id,
    "reservation": forms.like(_RESERVATION),
    "constraints": lambda value: type(value) is dict,
    "cnf": _holder,
}
_ACTION = {"tool", "resource", "payload_hash", "action_hash"}
_REQUIRED = _FORMS.keys() - _ACTION - {"reservation", "approval", "cnf", "parent"}

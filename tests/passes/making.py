"""Passes to test with, good ones and forged ones."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from axtary.passes import jose, revocations
from axtary.passes.base64url import encoded
from axtary.passes.claims import TYP
from axtary.passes.issue import issue
from axtary.passes.keys import PrivateKey, generate
from axtary.passes.keyset import KeySet, TrustedKey
from axtary.passes.revocations import Revocations
from axtary.passes.verify import Verifier
from axtary.runtime.decision import Decision

NOW = 1_790_000_000
KEY = generate()
OTHER = generate()
APPROVER = generate()
RETIRED = generate()
ED25519 = generate("Ed25519")
KEYS = KeySet(
    [
        TrustedKey(KEY.public, created=NOW - 1000),
        TrustedKey(ED25519.public, created=NOW - 1000),
        TrustedKey(APPROVER.public, "approval", NOW - 1000),
        TrustedKey(RETIRED.public, created=NOW - 1000, retired=NOW - 100),
    ]
)
VERIFIER = Verifier(keys=KEYS)
ACTION: dict[str, Any] = {
    "version": 1,
    "id": "act_1",
    "time": "2026-09-21T14:13:20Z",
    "actor": {"agent": "agent:codex", "owner": "user:ana", "tenant": "org:acme"},
    "intent": {"task": "AXT-1", "summary": "Read it"},
    "tool": "fs.read",
    "resource": "repo:acme/web",
    "payload": {"path": "src/a.py", "lines": 3},
    "context": {"trace_id": "t1"},
}
POLICY = "sha256:" + "5" * 64


def allowed(action: Mapping[str, Any] = ACTION, **changes: Any) -> Decision:
    return replace(Decision("allow", (), ("r",), {}, POLICY, action), **changes)


def good(key: PrivateKey = KEY, holder: str | None = None) -> str:
    """A pass for ACTION at NOW."""
    return issue(allowed(), key, NOW, holder=holder).token


def payload(**changes: Any) -> dict[str, Any]:
    """The claims of a pass for ACTION at NOW; what is changed to None is left out."""
    found = {**issue(allowed(), KEY, NOW).claims.to_json(), **changes}
    return {name: value for name, value in found.items() if value is not None}


def forged(key: PrivateKey = KEY, **changes: Any) -> str:
    """Other claims, under a good signature."""
    return jose.sign(payload(**changes), TYP, key)


def raw(header: str, body: str, key: PrivateKey = KEY) -> str:
    """Any two texts, under a good signature."""
    signed = f"{encoded(header.encode())}.{encoded(body.encode())}"
    return f"{signed}.{encoded(key.sign(signed.encode()))}"


def headed(**changes: Any) -> str:
    """A good pass with another header, under a good signature; what is changed to None is left out."""
    header = {"alg": "ES256", "typ": TYP, "kid": KEY.kid, **changes}
    return raw(json.dumps({name: value for name, value in header.items() if value is not None}), json.dumps(payload()))


def revocation_list(*jtis: str, iat: int = NOW) -> str:
    listed = Revocations("axtary", iat, iat + 100, iat, dict.fromkeys(jtis, NOW + 1000))
    return revocations.sign(listed, KEY)

"""People with keys, passes between them, and tokens that nobody should have signed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from axtary.passes import jose
from axtary.passes.chain import verify_chain
from axtary.passes.claims import TYP, Claims, read
from axtary.passes.delegation import delegate, grant
from axtary.passes.keys import PrivateKey, generate
from axtary.runtime.action import check_action

NOW = 1_790_000_000
OPERATOR, ANA, BOB, CAROL, EVE = (generate(each) for each in ("ES256", "Ed25519", "ES256", "Ed25519", "ES256"))
KEYS = {OPERATOR.kid: OPERATOR.public}
POLICY = "sha256:" + "0" * 64
CONSTRAINTS: dict[str, Any] = {
    "tools": ["github.*", "fs.read"],
    "resources": ["repo:acme/**"],
    "payload": [{"path": ["amount"], "op": "<=", "value": 100}, {"path": ["base"], "op": "!=", "value": "main"}],
    "budget": {"limit": "10.00", "unit": "USD"},
    "hops": 3,
}


def root(constraints: Mapping[str, Any] = CONSTRAINTS, *, holder: PrivateKey = ANA, ttl: int = 600) -> str:
    """A grant by the operator to agent:ana."""
    return grant(
        OPERATOR,
        issuer="https://axtary.example",
        audience="https://tools.example",
        agent="agent:ana",
        owner="user:o",
        tenant="org:acme",
        task="AXT-1",
        policy_version=POLICY,
        holder=holder.kid,
        constraints=constraints,
        now=NOW,
        ttl=ttl,
    )


def handed(
    chain: Sequence[str], giver: PrivateKey, taker: PrivateKey, constraints: Mapping[str, Any], **other: Any
) -> list[str]:
    """The chain, one link longer."""
    agent = {ANA.kid: "agent:ana", BOB.kid: "agent:bob", CAROL.kid: "agent:carol"}[taker.kid]
    token = delegate(chain, giver, agent=agent, holder=taker.kid, constraints=constraints, now=NOW, **other)
    return [*chain, token]


def narrow(hops: int, **other: Any) -> dict[str, Any]:
    """The constraints of the root, with so many hops, and with others where they are given."""
    return CONSTRAINTS | {"hops": hops} | other


def claims_of(token: str) -> Claims:
    """What a token says, whoever signed it."""
    header = "jwk" if "jwk" in jose.decoded(token.split(".")[0]).decode() else "kid"
    return read(jose.parse(token, TYP, (header,)).payload)


def forged(token: str, signer: PrivateKey, /, **changes: Any) -> str:
    """A child of the pass, signed though it should not be: a good one, with changes."""
    above = claims_of(token)
    hops = above.constraints.get("hops", 0)
    good = replace(
        above,
        iss=str(above.cnf),
        jti="ap_" + hashlib.sha256(token.encode()).hexdigest()[:32],
        cnf=BOB.kid,
        parent=named(token),
        constraints={**above.constraints, "hops": hops - 1},
    )
    made = replace(good, **changes)
    return jose.sign(made.to_json(), TYP, signer, {"jwk": dict(signer.public.jwk)})


def named(token: str) -> str:
    """By which a child names its parent."""
    return "sha256:" + hashlib.sha256(token.encode()).hexdigest()


def verified(chain: Sequence[str], now: int = NOW, revoked: Sequence[str] = (), **other: Any) -> tuple[Claims, ...]:
    """The claims of a chain that the operator's key begins."""
    return verify_chain(chain, KEYS, now, lambda jti: jti in revoked, **other)


def action(agent: str = "agent:ana", tool: str = "fs.read", resource: str = "repo:acme/x", **payload: Any) -> Any:
    """An action of the grant's owner, tenant and task."""
    return check_action(
        {
            "version": 1,
            "tool": tool,
            "resource": resource,
            "actor": {"agent": agent, "owner": "user:o", "tenant": "org:acme"},
            "intent": {"task": "AXT-1"},
            "payload": {"amount": 5, "base": "dev"} | payload,
        }
    )

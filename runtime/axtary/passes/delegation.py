"""Grants, and handing passes on: a chain of tokens, root first, that is one link longer.

Nothing is signed that `verify_chain` would refuse later.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from axtary.passes import jose
from axtary.passes.chain import Link, check_links, check_time, read_chain
from axtary.passes.claims import TYP, Claims, read
from axtary.passes.errors import Reason, RefusedError
from axtary.passes.keys import PrivateKey
from axtary.passes.narrowing import refuse_empty
from axtary.passes.scope import Scope
from axtary.runtime.hashing import action_hash, payload_hash

Json = Any


def grant(
    key: PrivateKey,
    *,
    issuer: str,
    audience: str,
    agent: str,
    owner: str,
    tenant: str,
    task: str,
    policy_version: str,
    holder: str,
    constraints: Mapping[str, Json],
    now: int,
    ttl: int,
) -> str:
    """A root: the agent may do what is within the constraints, and its holder may hand it on `hops` times.

    `holder`: the RFC 7638 thumbprint of the agent's key; `ttl` in seconds. Raises RefusedError.
    """
    claims = Claims(
        iss=issuer,
        sub=agent,
        aud=audience,
        iat=now,
        nbf=now,
        exp=now + ttl,
        jti=_new_id(),
        owner=owner,
        tenant=tenant,
        task=task,
        policy_version=policy_version,
        constraints=constraints,
        cnf=holder,
    )
    refuse_empty(Scope.read(dict(constraints)))
    token = jose.sign(_held(claims).to_json(), TYP, key)
    read_chain([token])
    return token


def delegate(
    tokens: Sequence[str],
    key: PrivateKey,
    *,
    agent: str,
    holder: str,
    constraints: Mapping[str, Json],
    now: int,
    ttl: int | None = None,
    action: Mapping[str, Json] | None = None,
) -> str:
    """The next token of a chain: its last pass, handed on by who holds its key to the holder of another.

    `constraints`: all of the child's, see `narrowed`. Without a `ttl`, in seconds, it ends with its parent. `action`:
    makes a pass for this one action of a grant. Raises RefusedError with what the child has beyond its parent.
    """
    leaf = read_chain(tokens)[-1]
    if leaf.claims.cnf != key.kid:
        raise RefusedError(Reason.NOT_THE_HOLDER, "the key is not the one that the last pass names")
    check_time(leaf, now, len(tokens))
    claims = _child(leaf, agent, holder, constraints, now, ttl, action)
    refuse_empty(Scope.read(dict(constraints)))
    token = jose.sign(_held(claims).to_json(), TYP, key, {"jwk": dict(key.public.jwk)})
    check_links(read_chain([*tokens, token]))
    return token


def narrowed(
    parent: Mapping[str, Json],
    *,
    tools: Sequence[str] = (),
    resources: Sequence[str] = (),
    payload: Sequence[Json] = (),
    budget: Sequence[Mapping[str, str]] = (),
    hops: int = 0,
) -> dict[str, Json]:
    """Constraints of a child: what is given instead of the parent's, conditions besides them, and the rest as it is."""
    found = {name: value for name, value in parent.items() if name != "hops"}
    if tools:
        found["tools"] = list(tools)
    if resources:
        found["resources"] = list(resources)
    if payload:
        found["payload"] = [*found.get("payload", ()), *payload]
    if budget:
        known = found.get("budget", [])
        kept = [each for each in (known if isinstance(known, list) else [known]) if each["unit"] not in _units(budget)]
        found["budget"] = [*kept, *budget]
    return found | ({"hops": hops} if hops else {})


def _units(budget: Sequence[Mapping[str, str]]) -> set[str]:
    return {each["unit"] for each in budget}


def _child(
    parent: Link,
    agent: str,
    holder: str,
    constraints: Mapping[str, Json],
    now: int,
    ttl: int | None,
    action: Mapping[str, Json] | None,
) -> Claims:
    above = parent.claims
    one = {name: getattr(above, name) for name in ("tool", "resource", "payload_hash", "action_hash")}
    if action is not None:
        one = {"tool": action["tool"], "resource": action.get("resource", "")}
        one |= {"payload_hash": payload_hash(action), "action_hash": action_hash(action)}
    return Claims(
        iss=str(above.cnf),
        sub=agent,
        aud=above.aud,
        iat=now,
        nbf=now,
        exp=above.exp if ttl is None else now + ttl,
        jti=_new_id(),
        owner=above.owner,
        tenant=above.tenant,
        task=above.task,
        policy_version=above.policy_version,
        constraints=constraints,
        reservation=above.reservation,
        approval=above.approval,
        cnf=holder,
        parent=parent.hash,
        **one,
    )


def _held(claims: Claims) -> Claims:
    """The claims, held to their forms. Raises RefusedError."""
    return read(claims.to_json())


def _new_id() -> str:
    return f"ap_{secrets.token_hex(16)}"

"""A chain of passes, verified from its root to its leaf: each link narrower than the one before, signed by its holder.

The steps, in this order, each with what it stops:

 1. Lengths: at most 8 tokens, each of at most 16 KiB. Stops a chain that is all work.
 2. Each token strictly; the first is a root (`kid` in its header), all others are delegated (`jwk`). Stops a chain
    whose head was cut off, two chains glued together, and every second reading of a token.
 3. The root is signed by a key that is trusted for passes. Stops a chain that somebody began for himself.
 Then link by link, so that nothing is asked of a pass before its parent has been verified:
 4. `parent` is the SHA-256 of the token before. Stops a link that was left out, put in, changed or moved.
 5. The key in the header is the one that the parent's `cnf` names, and `iss` says so too. Stops who saw a pass and
    does not hold it.
 6. The signature is that key's. Stops a forged link.
 7. Owner, tenant, task, audience and policy are the parent's; of a pass for one action, the action too. Stops a pass
    that is carried into another affair.
 8. Times lie within the parent's. Stops a pass that outlives the right that it comes from.
 9. No `jti` stands twice. Stops a cycle.
10. Fewer hops, no more to spend, and no tool, resource or payload beyond the parent: see `narrowing`. Stops a pass
    that grants more than its giver had.
And when all links hold:
11. Every link is valid now. Stops the use of a chain before or after its time.
12. No link is revoked. Stops the leaf of a pass that was taken back further up.

What comes out is a chain of claims. `admit` then asks the leaf for one action: by step 10, no link admits less.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from axtary.compiler.patterns import exactly
from axtary.passes import jose
from axtary.passes.claims import TYP, Claims, read
from axtary.passes.errors import Reason, RefusedError
from axtary.passes.jose import Jws
from axtary.passes.keys import PublicKey, public_key
from axtary.passes.narrowing import included
from axtary.passes.scope import MAX_HOPS, Scope
from axtary.runtime.hashing import action_hash, payload_hash

MAX_LENGTH = MAX_HOPS + 1
Revoked = Callable[[str], bool]

_SAME = {
    "owner": Reason.OTHER_OWNER,
    "tenant": Reason.OTHER_TENANT,
    "task": Reason.OTHER_TASK,
    "aud": Reason.OTHER_AUDIENCE,
    "policy_version": Reason.OTHER_POLICY,
}
_THE_ACTION = ("tool", "resource", "payload_hash", "action_hash", "reservation", "approval")


@dataclass(frozen=True)
class Link:
    """A pass of a chain: well-formed, and believed only as far as its chain was verified."""

    jws: Jws
    claims: Claims
    scope: Scope

    @property
    def hash(self) -> str:
        """By which a child names it."""
        return "sha256:" + hashlib.sha256(self.jws.token.encode("ascii")).hexdigest()


def verify_chain(
    tokens: Sequence[str],
    keys: Mapping[str, PublicKey],
    now: int,
    revoked: Revoked,
    *,
    issuer: str | None = None,
    audience: str | None = None,
    leeway: int = 0,
    max_length: int = MAX_LENGTH,
) -> tuple[Claims, ...]:
    """The claims, root first. `keys`: kid -> key that is trusted for passes. `now`: seconds since 1970.

    `issuer` is who is expected, `audience` who asks: None leaves that to the caller. `leeway`: seconds by which clocks
    may differ. Raises RefusedError.
    """
    links = read_chain(tokens, max_length)
    root = links[0]
    key = keys.get(root.jws.header["kid"]) if isinstance(root.jws.header["kid"], str) else None
    if key is None:
        raise RefusedError(Reason.UNKNOWN_KEY)
    jose.check(root.jws, key)  # 3
    if issuer is not None and root.claims.iss != issuer:
        raise RefusedError(Reason.OTHER_ISSUER)
    if audience is not None and root.claims.aud != audience:
        raise RefusedError(Reason.OTHER_AUDIENCE)
    check_links(links)
    for number, link in enumerate(links, 1):
        check_time(link, now, number, leeway)  # 11
    for number, link in enumerate(links, 1):
        if revoked(link.claims.jti):  # 12
            raise RefusedError(Reason.LINK_REVOKED, f"link {number}, {link.claims.jti}")
    return tuple(link.claims for link in links)


def read_chain(tokens: Sequence[str], max_length: int = MAX_LENGTH) -> tuple[Link, ...]:
    """The links of a chain (steps 1 and 2); nothing of them is believed yet. Raises RefusedError."""
    if not tokens:
        raise RefusedError(Reason.CHAIN_BROKEN, "there is no token")
    if len(tokens) > max_length:
        raise RefusedError(Reason.CHAIN_TOO_LONG, f"{len(tokens)}, at most {max_length}")
    return tuple(_link(token, number) for number, token in enumerate(tokens, 1))


def check_links(links: Sequence[Link]) -> None:
    """Each link is narrower than the one before, and handed on by its holder (steps 4 to 10). Raises RefusedError."""
    seen = {links[0].claims.jti}
    for number, (parent, child) in enumerate(pairwise(links), 2):
        try:
            _check_link(parent, child)
            if child.claims.jti in seen:  # 9
                raise RefusedError(Reason.REPEATED_LINK, child.claims.jti)
            seen.add(child.claims.jti)
            _check_scope(parent, child)  # 10
        except RefusedError as error:
            raise _at(number, error) from None


def check_time(link: Link, now: int, number: int, leeway: int = 0) -> None:
    """The pass is valid now. Raises RefusedError."""
    if now + leeway < link.claims.nbf:
        raise RefusedError(Reason.LINK_NOT_YET_VALID, f"link {number}")
    if now - leeway >= link.claims.exp:
        raise RefusedError(Reason.LINK_EXPIRED, f"link {number}")


def admit(chain: Sequence[Claims], action: Mapping[str, Any]) -> None:
    """The leaf of a verified chain is for this action, which came through the door.

    Raises RefusedError OUTSIDE_THE_GRANT with the first thing that is not as it must be.
    """
    leaf = chain[-1]
    # A pass for one action names whose action it is when it is made; handed on, it stays that agent's action.
    agent = next((each.sub for each in chain if not each.is_grant), leaf.sub)
    actor, intent = action.get("actor", {}), action.get("intent", {})
    wanted = {"agent": agent, "owner": leaf.owner, "tenant": leaf.tenant, "task": leaf.task}
    found = {**{name: actor.get(name, "") for name in ("agent", "owner", "tenant")}, "task": intent.get("task", "")}
    other = next((name for name in wanted if wanted[name] != found[name]), None)
    if other is not None:
        raise RefusedError(Reason.OUTSIDE_THE_GRANT, f"it is of another {other}")
    if not leaf.is_grant:
        _admit_exactly(leaf, action)
    why = Scope.read(dict(leaf.constraints)).admits(action)
    if why is not None:
        raise RefusedError(Reason.OUTSIDE_THE_GRANT, why)


def _admit_exactly(leaf: Claims, action: Mapping[str, Any]) -> None:
    """Tool and resource too: of a delegated pass, its maker was held to them and not to the hashes."""
    if leaf.tool != action.get("tool") or leaf.resource != action.get("resource", ""):
        raise RefusedError(Reason.OUTSIDE_THE_GRANT, "it is of another tool, or on another resource")
    if leaf.payload_hash != payload_hash(action) or leaf.action_hash != action_hash(action):
        raise RefusedError(Reason.OUTSIDE_THE_GRANT, "it is not the action whose hash the pass has")


def _link(token: str, number: int) -> Link:
    try:
        jws = jose.parse(token, TYP, ("kid",) if number == 1 else ("jwk",))
    except RefusedError as error:
        raise _at(number, _broken(token, number) if error.reason is Reason.WRONG_HEADER else error) from None
    try:
        claims = read(jws.payload)
        if (claims.parent is None) != (number == 1):
            raise RefusedError(Reason.CHAIN_BROKEN, "only a root names no parent")
        return Link(jws, claims, _scope(claims))
    except RefusedError as error:
        raise _at(number, error) from None


def _broken(token: str, number: int) -> RefusedError:
    """The header is not that of a link at this place; is it that of one at another?"""
    try:
        jose.parse(token, TYP, ("jwk",) if number == 1 else ("kid",))
    except RefusedError as error:
        return error
    why = "its root is cut off" if number == 1 else "a root stands behind another pass"
    return RefusedError(Reason.CHAIN_BROKEN, why)


def _scope(claims: Claims) -> Scope:
    """What a pass can be for: of one for an action, no other tool and resource, whatever its constraints say."""
    scope = Scope.read(dict(claims.constraints))
    if claims.tool is None or claims.resource is None:
        return scope
    return replace(scope, tools=(exactly(claims.tool),), resources=(exactly(claims.resource),))


def _check_link(parent: Link, child: Link) -> None:
    above, below = parent.claims, child.claims
    if below.parent != parent.hash:  # 4
        raise RefusedError(Reason.WRONG_PARENT)
    key = public_key(child.jws.header["jwk"])  # 5
    if above.cnf is None or key.kid != above.cnf or below.iss != above.cnf:
        raise RefusedError(Reason.NOT_THE_HOLDER)
    jose.check(child.jws, key)  # 6
    if below.cnf is None:
        raise RefusedError(Reason.CLAIM_MISSING, "cnf")
    for name, reason in _SAME.items():  # 7
        if getattr(above, name) != getattr(below, name):
            raise RefusedError(reason)
    _check_action(above, below)
    if below.nbf < above.nbf:  # 8
        raise RefusedError(Reason.BEFORE_PARENT)
    if below.exp > above.exp:
        raise RefusedError(Reason.OUTLIVES_PARENT)


def _check_action(above: Claims, below: Claims) -> None:
    """What is for one action stays for that; a reservation and an approval are that action's, and nobody's else."""
    names = _THE_ACTION[4:] if above.is_grant else _THE_ACTION
    for name in names:
        if getattr(above, name) != getattr(below, name):
            raise RefusedError(Reason.OTHER_ACTION, name)


def _check_scope(parent: Link, child: Link) -> None:
    excess = included(child.scope, parent.scope)
    if excess is not None:
        raise RefusedError(excess.dimension, excess.message)


def _at(number: int, error: RefusedError) -> RefusedError:
    """The same refusal, of this link."""
    return RefusedError(error.reason, f"link {number}" + (f": {error.detail}" if error.detail else ""))

"""Chains that hold, and for each way in which one must not hold, a chain that is refused for just that reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from axtary.passes import jose
from axtary.passes.base64url import encoded
from axtary.passes.chain import admit
from axtary.passes.claims import TYP
from axtary.passes.errors import Reason, RefusedError
from axtary.runtime.hashing import action_hash, payload_hash
from tests.passes.chains import (
    ANA,
    BOB,
    CAROL,
    CONSTRAINTS,
    EVE,
    KEYS,
    NOW,
    OPERATOR,
    action,
    claims_of,
    forged,
    handed,
    named,
    narrow,
    root,
    verified,
)

ROOT = root()
TWO = handed([ROOT], ANA, BOB, narrow(2))
THREE = handed(TWO, BOB, CAROL, narrow(1, tools=["github.pulls.*"]))
OTHER_ROOT = root()
OTHER_TWO = handed([OTHER_ROOT], ANA, BOB, narrow(2))
Chain = Sequence[str]


def child(**changes: Any) -> list[str]:
    """The root with a child that Ana signed, who should not have."""
    return [ROOT, forged(ROOT, ANA, **changes)]


def scoped(**constraints: Any) -> list[str]:
    return child(constraints={**CONSTRAINTS, "hops": 0, **constraints})


def less(name: str) -> list[str]:
    return child(constraints={key: value for key, value in CONSTRAINTS.items() if key not in (name, "hops")})


def cycle() -> list[str]:
    first = handed([ROOT], ANA, BOB, narrow(2))
    return [*first, forged(first[-1], BOB, jti=claims_of(ROOT).jti)]


def bent(token: str) -> str:
    """The same claims with one character of the signature changed, in the only spelling of other bytes."""
    head, body, signature = token.split(".")
    return f"{head}.{body}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"


def rewritten(token: str, signed_as: str) -> str:
    """The claims of one token below the signature of another."""
    return ".".join([*token.split(".")[:2], signed_as.split(".")[2]])


def as_root(claims: Any, key: Any = OPERATOR) -> str:
    return jose.sign(claims.to_json(), TYP, key)


def with_kid(token: str) -> str:
    return jose.sign(claims_of(token).to_json(), TYP, ANA, {"kid": ANA.kid})


def with_both(token: str) -> str:
    return jose.sign(claims_of(token).to_json(), TYP, ANA, {"kid": ANA.kid, "jwk": dict(ANA.public.jwk)})


def with_jwk(jwk: dict[str, Any]) -> list[str]:
    return [ROOT, jose.sign(claims_of(TWO[1]).to_json(), TYP, ANA, {"jwk": jwk})]


def pass_for_one(**changes: Any) -> tuple[str, Any]:
    """A pass of the operator for one action that Ana may hand on, and the action."""
    one = action()
    exact = {"tool": one["tool"], "resource": one["resource"]}
    exact |= {"payload_hash": payload_hash(one), "action_hash": action_hash(one)}
    return as_root(replace(claims_of(ROOT), constraints={"hops": 2}, **exact, **changes)), one


def other_action(**changes: Any) -> list[str]:
    token, _ = pass_for_one(reservation="rsv_" + "0" * 32)
    return [token, forged(token, ANA, **changes)]


H = "sha256:" + "1" * 64
REFUSED: dict[str, tuple[Chain, Reason]] = {
    # lengths and forms
    "no token": ([], Reason.CHAIN_BROKEN),
    "nine tokens": ([ROOT] * 9, Reason.CHAIN_TOO_LONG),
    "a token that is too long": ([ROOT, "a" * 20_000], Reason.TOO_LONG),
    "a token that is no token": ([ROOT, "a.b"], Reason.NOT_COMPACT),
    "a token of another type": (
        [ROOT, jose.sign({}, "dpop+jwt", ANA, {"jwk": dict(ANA.public.jwk)})],
        Reason.WRONG_TYP,
    ),
    # cut, put together, reordered
    "the root is cut off": (TWO[1:], Reason.CHAIN_BROKEN),
    "a middle link is cut out": ([THREE[0], THREE[2]], Reason.WRONG_PARENT),
    "links in another order": ([THREE[0], THREE[2], THREE[1]], Reason.WRONG_PARENT),
    "leaf first": (THREE[::-1], Reason.CHAIN_BROKEN),
    "two roots": ([ROOT, OTHER_ROOT], Reason.CHAIN_BROKEN),
    "a link of another chain": ([ROOT, OTHER_TWO[1]], Reason.WRONG_PARENT),
    "another root before the link": ([OTHER_ROOT, TWO[1]], Reason.WRONG_PARENT),
    "a link twice": ([*TWO, TWO[1]], Reason.WRONG_PARENT),
    "a root that names a parent": ([as_root(claims_of(TWO[1]))], Reason.CHAIN_BROKEN),
    "a child that names no parent": (child(parent=None), Reason.CHAIN_BROKEN),
    "a child that names another parent": (child(parent=H), Reason.WRONG_PARENT),
    "a child with the header of a root": ([ROOT, with_kid(TWO[1])], Reason.CHAIN_BROKEN),
    "a child with both headers": ([ROOT, with_both(TWO[1])], Reason.WRONG_HEADER),
    "the parent was signed anew": ([as_root(claims_of(ROOT)), TWO[1]], Reason.WRONG_PARENT),
    # keys and signatures
    "a root by nobody who is trusted": ([as_root(claims_of(ROOT), EVE)], Reason.UNKNOWN_KEY),
    "a root by the holder": ([as_root(claims_of(ROOT), ANA)], Reason.UNKNOWN_KEY),
    "a root under a trusted name by another": (
        [jose.sign(claims_of(ROOT).to_json(), TYP, EVE, {"kid": OPERATOR.kid})],
        Reason.BAD_SIGNATURE,
    ),
    "a root that was changed": ([rewritten(as_root(claims_of(ROOT), EVE), ROOT)], Reason.UNKNOWN_KEY),
    "a bent signature of the root": ([bent(ROOT)], Reason.BAD_SIGNATURE),
    "a bent signature of a child": ([ROOT, bent(TWO[1])], Reason.BAD_SIGNATURE),
    "a child under the signature of another": (
        [ROOT, rewritten(forged(ROOT, ANA, sub="agent:eve"), TWO[1])],
        Reason.BAD_SIGNATURE,
    ),
    "a child by who does not hold its parent": ([ROOT, forged(ROOT, EVE)], Reason.NOT_THE_HOLDER),
    "a child by the operator": ([ROOT, forged(ROOT, OPERATOR)], Reason.NOT_THE_HOLDER),
    "a child by the holder of its grandparent": ([*TWO, forged(TWO[1], ANA)], Reason.NOT_THE_HOLDER),
    "a child that says that another issued it": (child(iss="agent:ana"), Reason.NOT_THE_HOLDER),
    "a child that names no holder": (child(cnf=None), Reason.CLAIM_MISSING),
    "a private key in the header": (with_jwk(ANA.secret()), Reason.PRIVATE_KEY),
    "a key of small order in the header": (
        with_jwk({"kty": "OKP", "crv": "Ed25519", "x": encoded(b"\x01" + bytes(31))}),
        Reason.WEAK_KEY,
    ),
    "the algorithm of another key": (with_jwk(dict(BOB.public.jwk)), Reason.NOT_THE_HOLDER),
    # another affair
    "another owner": (child(owner="user:eve"), Reason.OTHER_OWNER),
    "another tenant": (child(tenant="org:eve"), Reason.OTHER_TENANT),
    "another task": (child(task="AXT-2"), Reason.OTHER_TASK),
    "another audience": (child(aud="https://eve.example"), Reason.OTHER_AUDIENCE),
    "another policy": (child(policy_version=H), Reason.OTHER_POLICY),
    "a reservation of its own": (child(reservation="rsv_" + "1" * 32), Reason.OTHER_ACTION),
    "an approval of its own": (child(approval=H), Reason.OTHER_ACTION),
    "another tool of a pass for one action": (other_action(tool="fs.write"), Reason.OTHER_ACTION),
    "another resource of a pass for one action": (other_action(resource="repo:eve"), Reason.OTHER_ACTION),
    "another payload of a pass for one action": (other_action(payload_hash=H), Reason.OTHER_ACTION),
    "another action of a pass for one action": (other_action(action_hash=H), Reason.OTHER_ACTION),
    "another reservation": (other_action(reservation="rsv_" + "1" * 32), Reason.OTHER_ACTION),
    "no reservation any more": (other_action(reservation=None), Reason.OTHER_ACTION),
    "a grant from a pass for one action": (
        other_action(tool=None, resource=None, payload_hash=None, action_hash=None),
        Reason.OTHER_ACTION,
    ),
    # times
    "begins before its parent": (child(nbf=NOW - 1), Reason.BEFORE_PARENT),
    "ends after its parent": (child(exp=NOW + 601), Reason.OUTLIVES_PARENT),
    # hops and cycles
    "as many hops as its parent": (child(constraints=CONSTRAINTS), Reason.NO_HOPS_LEFT),
    "more hops than its parent": (child(constraints=narrow(4)), Reason.NO_HOPS_LEFT),
    "a jti of its parent": ([*TWO, forged(TWO[1], BOB, jti=claims_of(TWO[1]).jti)], Reason.REPEATED_LINK),
    "a jti of its grandparent": (cycle(), Reason.REPEATED_LINK),
    # scope
    "more tools by a pattern": (scoped(tools=["github*"]), Reason.BROADER_TOOL),
    "more tools by a name": (scoped(tools=["github.x", "fs.write"]), Reason.BROADER_TOOL),
    "all tools": (less("tools"), Reason.BROADER_TOOL),
    "more resources": (scoped(resources=["repo:acme*/**"]), Reason.BROADER_RESOURCE),
    "more resources by one alternative": (scoped(resources=["repo:{acme,eve}/x"]), Reason.BROADER_RESOURCE),
    "all resources": (less("resources"), Reason.BROADER_RESOURCE),
    "a higher amount": (
        scoped(payload=[{"path": ["amount"], "op": "<=", "value": 100.0001}, CONSTRAINTS["payload"][1]]),
        Reason.BROADER_PAYLOAD,
    ),
    "one condition less": (scoped(payload=CONSTRAINTS["payload"][:1]), Reason.BROADER_PAYLOAD),
    "no conditions": (less("payload"), Reason.BROADER_PAYLOAD),
    "a condition on another value": (
        scoped(payload=[{"path": ["amounts"], "op": "<=", "value": 1}, CONSTRAINTS["payload"][1]]),
        Reason.BROADER_PAYLOAD,
    ),
    "more to spend": (scoped(budget={"limit": "10.0001", "unit": "USD"}), Reason.BROADER_BUDGET),
    "a budget in another unit only": (scoped(budget={"limit": "1", "unit": "EUR"}), Reason.BROADER_BUDGET),
    "no budget": (less("budget"), Reason.BROADER_BUDGET),
    "constraints with an unknown member": (scoped(tool=["fs.read"]), Reason.SCOPE_ILL_FORMED),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_chain_is_refused_for_its_reason(name: str) -> None:
    chain, reason = REFUSED[name]
    with pytest.raises(RefusedError) as refused:
        verified(chain)
    assert refused.value.reason is reason, refused.value


def test_chains_that_hold() -> None:
    assert [each.sub for each in verified(THREE)] == ["agent:ana", "agent:bob", "agent:carol"]
    assert [each.sub for each in verified([ROOT])] == ["agent:ana"]
    assert verified(THREE, audience="https://tools.example")[-1].jti == claims_of(THREE[2]).jti


def test_a_chain_may_have_eight_links_and_no_more() -> None:
    chain = [root({"hops": 7})]
    people = [ANA, BOB]
    for hops in range(6, -1, -1):
        chain = handed(chain, people[len(chain) % 2 - 1], people[len(chain) % 2], {"hops": hops} if hops else {})
    assert len(verified(chain)) == 8
    with pytest.raises(RefusedError) as refused:
        verified(chain, max_length=7)
    assert refused.value.reason is Reason.CHAIN_TOO_LONG


def test_a_pass_without_hops_is_not_handed_on() -> None:
    last = handed([ROOT], ANA, BOB, narrow(0))
    with pytest.raises(RefusedError) as refused:
        verified([*last, forged(last[-1], BOB, constraints=narrow(0))])
    assert refused.value.reason is Reason.NO_HOPS_LEFT


def test_a_pass_without_a_holder_is_not_handed_on() -> None:
    free = as_root(replace(claims_of(ROOT), cnf=None))
    assert verified([free])
    with pytest.raises(RefusedError) as refused:
        verified([free, forged(free, ANA)])
    assert refused.value.reason is Reason.NOT_THE_HOLDER


def test_the_refusal_says_which_link_and_what_is_beyond() -> None:
    chain = [*TWO, forged(TWO[1], BOB, cnf=CAROL.kid, constraints=narrow(1, resources=["repo:acme/**", "repo:eve/*"]))]
    with pytest.raises(RefusedError) as refused:
        verified(chain)
    assert refused.value.message == (
        "the pass is for more resources than its parent: link 3: the child admits `repo:eve/x`, the parent does not"
    )


@pytest.mark.parametrize("link", [0, 1, 2])
def test_a_revoked_link_revokes_all_below_it(link: int) -> None:
    with pytest.raises(RefusedError) as refused:
        verified(THREE, revoked=[claims_of(THREE[link]).jti])
    assert refused.value.reason is Reason.LINK_REVOKED
    assert f"link {link + 1}" in refused.value.message


def test_every_link_is_asked_for_once() -> None:
    asked: list[str] = []

    def revoked(jti: str) -> bool:
        asked.append(jti)
        return False

    from axtary.passes.chain import verify_chain

    verify_chain(THREE, KEYS, NOW, revoked)
    assert asked == [claims_of(token).jti for token in THREE]


@pytest.mark.parametrize(
    ("now", "reason"),
    [
        (NOW - 1, Reason.LINK_NOT_YET_VALID),
        (NOW, None),
        (NOW + 59, None),
        (NOW + 60, Reason.LINK_EXPIRED),
    ],
)
def test_a_chain_is_valid_while_its_shortest_link_is(now: int, reason: Reason | None) -> None:
    chain = handed(TWO, BOB, CAROL, narrow(1), ttl=60)
    if reason is None:
        assert verified(chain, now)
        return
    with pytest.raises(RefusedError) as refused:
        verified(chain, now)
    assert refused.value.reason is reason


@pytest.mark.parametrize(
    ("expected", "reason"),
    [
        ({"audience": "https://other.example"}, Reason.OTHER_AUDIENCE),
        ({"issuer": "https://other.example"}, Reason.OTHER_ISSUER),
        ({"issuer": ANA.kid}, Reason.OTHER_ISSUER),  # of the leaf, not of the root
    ],
)
def test_a_chain_for_another_or_by_another(expected: Any, reason: Reason) -> None:
    assert verified(TWO, audience="https://tools.example", issuer="https://axtary.example")
    with pytest.raises(RefusedError) as refused:
        verified(TWO, **expected)
    assert refused.value.reason is reason


def test_clocks_may_differ_by_the_leeway() -> None:
    for now, leeway in ((NOW - 5, 4), (NOW + 604, 4)):
        with pytest.raises(RefusedError):
            verified(TWO, now, leeway=leeway)
        assert verified(TWO, now, leeway=leeway + 1)


# --- what the leaf is for -------------------------------------------------------------------------------------------

OUTSIDE: dict[str, Callable[[], Any]] = {
    "of another tool": lambda: action("agent:carol", "github.issues.create"),
    "of a tool that only the root admits": lambda: action("agent:carol", "fs.read"),
    "on another resource": lambda: action("agent:carol", "github.pulls.create", "repo:eve/x"),
    "with too high an amount": lambda: action("agent:carol", "github.pulls.create", amount=100.5),
    "with an amount that is a text": lambda: action("agent:carol", "github.pulls.create", amount="5"),
    "with no amount": lambda: action("agent:carol", "github.pulls.create", amount=None),
    "with the branch that is left out": lambda: action("agent:carol", "github.pulls.create", base="main"),
    "with no branch": lambda: action("agent:carol", "github.pulls.create", base=None),
    "of another agent": lambda: action("agent:bob", "github.pulls.create"),
    "of another owner": lambda: _with("owner", "user:eve"),
    "of another tenant": lambda: _with("tenant", ""),
    "of another task": lambda: action("agent:carol", "github.pulls.create") | {"intent": {"task": "AXT-2"}},
    "of no task": lambda: {k: v for k, v in action("agent:carol", "github.pulls.create").items() if k != "intent"},
}


def _with(name: str, value: str) -> Any:
    found = action("agent:carol", "github.pulls.create")
    return found | {"actor": found["actor"] | {name: value}}


@pytest.mark.parametrize("name", OUTSIDE)
def test_an_action_outside_the_grant(name: str) -> None:
    with pytest.raises(RefusedError) as refused:
        admit(verified(THREE), OUTSIDE[name]())
    assert refused.value.reason is Reason.OUTSIDE_THE_GRANT


def test_an_action_within_the_grant() -> None:
    admit(verified(THREE), action("agent:carol", "github.pulls.create", amount=100))


def test_a_pass_for_one_action_is_handed_on_and_stays_for_that_action() -> None:
    token, one = pass_for_one()
    chain = handed([token], ANA, BOB, {"hops": 1})
    admit(verified(chain), one)
    for other in (action(amount=6), action(tool="fs.write"), action(agent="agent:bob"), one | {"paths": ["a"]}):
        with pytest.raises(RefusedError) as refused:
            admit(verified(chain), other)
        assert refused.value.reason is Reason.OUTSIDE_THE_GRANT


def test_a_grant_is_handed_on_for_one_action() -> None:
    one = action("agent:bob", "github.pulls.create")
    chain = handed([ROOT], ANA, BOB, narrow(1), action=one)
    admit(verified(chain), one)
    admit(verified(handed(chain, BOB, CAROL, narrow(0))), one)
    with pytest.raises(RefusedError):
        admit(verified(chain), action("agent:bob", "github.pulls.create", amount=6))


@pytest.mark.parametrize(
    ("one", "reason"),
    [
        (action("agent:bob", "payments.send"), Reason.BROADER_TOOL),
        (action("agent:bob", "fs.read", "repo:eve/x"), Reason.BROADER_RESOURCE),
    ],
)
def test_one_action_of_a_grant_is_within_it(one: Any, reason: Reason) -> None:
    with pytest.raises(RefusedError) as refused:
        handed([ROOT], ANA, BOB, narrow(0), action=one)
    assert refused.value.reason is reason


def test_a_hash_of_another_action_than_the_tool_says_is_of_no_use() -> None:
    """The maker of a link writes its hashes: they alone must not decide what the pass is for."""
    wanted = action("agent:bob", "payments.send", amount=1000)
    hashes = {"payload_hash": payload_hash(wanted), "action_hash": action_hash(wanted)}
    chain = [ROOT, forged(ROOT, ANA, sub="agent:bob", tool="fs.read", resource="repo:acme/x", **hashes)]
    claims = verified(chain)
    with pytest.raises(RefusedError) as refused:
        admit(claims, wanted)
    assert refused.value.reason is Reason.OUTSIDE_THE_GRANT
    costly = action("agent:bob", amount=1000)
    hashes = {"payload_hash": payload_hash(costly), "action_hash": action_hash(costly)}
    chain = [ROOT, forged(ROOT, ANA, sub="agent:bob", tool="fs.read", resource="repo:acme/x", **hashes)]
    with pytest.raises(RefusedError) as refused:
        admit(verified(chain), costly)
    assert "payload.amount <= 100" in refused.value.message


@pytest.mark.parametrize("part", ["tool", "resource", "payload_hash", "action_hash"])
def test_each_part_of_a_pass_for_one_action_counts(part: str) -> None:
    """All but one are those of the action, and the constraints admit it."""
    one = action("agent:bob", "github.x")
    parts = {"tool": "github.x", "resource": "repo:acme/x"}
    parts |= {"payload_hash": payload_hash(one), "action_hash": action_hash(one)}
    admit(verified([ROOT, forged(ROOT, ANA, sub="agent:bob", **parts)]), one)
    other = {"tool": "github.y", "resource": "repo:acme/y"}.get(part, H)
    with pytest.raises(RefusedError) as refused:
        admit(verified([ROOT, forged(ROOT, ANA, sub="agent:bob", **parts | {part: other})]), one)
    assert refused.value.reason is Reason.OUTSIDE_THE_GRANT


def test_the_parent_is_named_by_the_hash_of_its_token() -> None:
    assert claims_of(TWO[1]).parent == named(ROOT)

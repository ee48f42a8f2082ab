"""One law: no sequence of delegations ends in a pass for an action that its root, or a link between, is not for."""

from __future__ import annotations

from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from axtary.passes.chain import admit, verify_chain
from axtary.passes.errors import Reason, RefusedError
from axtary.passes.scope import Scope
from tests.laws import examples
from tests.passes.chains import ANA, BOB, CAROL, KEYS, NOW, action, claims_of, handed, root

LAW = settings(max_examples=examples(50), derandomize=True, deadline=None)
TOOLS = ["*", "fs.*", "fs.read", "fs.{read,write}", "github.*", "*.read", "f*", r"fs.\*", "@x", "*s*r*"]
RESOURCES = ["**", "repo:*", "repo:acme/*", "repo:acme/**", "repo:acme/**/x", "*", "repo:{acme,eve}/x", "**/x"]
CONDITIONS: list[dict[str, Any]] = [
    {"path": ["amount"], "op": "<=", "value": 5},
    {"path": ["amount"], "op": "<", "value": 5},
    {"path": ["amount"], "op": "in", "value": [1, 5]},
    {"path": ["amount"], "op": "!=", "value": 1},
    {"path": ["amount"], "op": "<=", "value": "9"},
    {"path": ["base"], "op": "!=", "value": "main"},
    {"path": ["base"], "op": "like", "value": "rel/*"},
    {"path": ["base"], "op": "matches", "value": ["rel/**", "/main"]},
    {"path": ["base"], "op": "in", "value": ["main", "rel/1"]},
]
ACTIONS = [
    action(f"agent:{agent}", tool, resource, amount=amount, base=base)
    for agent in ("ana", "bob", "carol")
    for tool in ("fs.read", "fs.write", "github.x", "fs.*")
    for resource in ("repo:acme/x", "repo:acme/a/x", "repo:eve/x", "")
    for amount, base in ((1, "main"), (5, "rel/1"), ("9", "rel/a/b"), (10, "../x"), (None, None), (4.5, "dev"))
]


def constraints(rng: Random, hops: int) -> dict[str, Any]:
    found: dict[str, Any] = {"hops": hops}
    if rng.random() < 0.7:
        found["tools"] = [text for text in rng.sample(TOOLS, rng.randint(1, 3)) if text != "@x"] or ["fs.read"]
    if rng.random() < 0.7:
        found["resources"] = rng.sample(RESOURCES, rng.randint(1, 2))
    found["payload"] = rng.sample(CONDITIONS, rng.randint(0, 3))
    return found


def admitted(chain: list[str]) -> list[bool]:
    claims = verify_chain(chain, KEYS, NOW, lambda _: False)
    return [_admits(claims, one) for one in ACTIONS]


def _admits(claims: Any, one: Any) -> bool:
    try:
        admit(claims, one)
    except RefusedError as refused:
        assert refused.reason is Reason.OUTSIDE_THE_GRANT
        return False
    return True


@LAW
@given(st.integers(0, 2**32))
def test_no_delegation_grants_more_than_its_root(seed: int) -> None:
    """If the leaf of a chain admits an action, then so does the scope of every link."""
    rng = Random(seed)
    try:
        chain = [root(constraints(rng, 5))]
    except RefusedError as refused:
        assert refused.reason in (Reason.SCOPE_EMPTY, Reason.SCOPE_ILL_FORMED)
        return
    people = [ANA, BOB, CAROL]
    for _ in range(12):
        if len(chain) == 4:
            break
        giver, taker = people[(len(chain) - 1) % 3], people[len(chain) % 3]
        left = claims_of(chain[-1]).constraints["hops"]
        wanted = constraints(rng, max(0, left - rng.choice([0, 1, 1, 1, 2])))
        if rng.random() < 0.5:  # much like the parent, so that chains grow
            wanted = {**claims_of(chain[-1]).constraints, **dict(rng.sample(sorted(wanted.items()), 1))}
            wanted["hops"] = max(0, left - 1)
        try:
            chain = handed(chain, giver, taker, wanted)
        except RefusedError:
            continue
    scopes = [Scope.read(dict(each.constraints)) for each in verify_chain(chain, KEYS, NOW, lambda _: False)]
    for one, leaf_admits in zip(ACTIONS, admitted(chain), strict=True):
        if leaf_admits:
            assert [scope.admits(one) for scope in scopes] == [None] * len(chain)


def test_the_law_sees_long_chains_that_admit_something() -> None:
    limits: dict[str, Any] = {"tools": ["fs.*"], "payload": CONDITIONS[:1]}
    chain = [root({"hops": 3})]
    chain = handed(chain, ANA, BOB, {"hops": 2, "tools": ["fs.*"]})
    chain = handed(chain, BOB, CAROL, limits | {"hops": 1, "resources": ["repo:acme/**"]})
    assert sum(admitted(chain)) == 3 * 2 * 3

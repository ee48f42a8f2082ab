"""What is signed, and what is not signed in the first place."""

from __future__ import annotations

from typing import Any

import pytest

from axtary.passes.delegation import delegate, narrowed
from axtary.passes.errors import Reason, RefusedError
from tests.passes.chains import ANA, BOB, CAROL, CONSTRAINTS, EVE, NOW, claims_of, handed, narrow, root, verified

ROOT = root()
NOTHING = [{"path": ["n"], "op": "<", "value": 1}, {"path": ["n"], "op": ">", "value": 1}]


def given(key: Any = ANA, **other: Any) -> str:
    """Handed on to Bob, as it should be but for what is said."""
    said: dict[str, Any] = {"agent": "agent:bob", "holder": BOB.kid, "constraints": narrow(1), "now": NOW} | other
    return delegate([ROOT], key, **said)


@pytest.mark.parametrize(
    ("call", "part"),
    [
        ({"key": EVE}, "not_the_holder: who signed the pass does not hold its parent: the key is not the one"),
        ({"now": NOW - 1}, "link_not_yet_valid"),
        ({"now": NOW + 600}, "link_expired"),
        ({"ttl": 601}, "outlives_parent"),
        ({"constraints": narrow(3)}, "no_hops_left"),
        ({"constraints": narrow(1, tools=["*"])}, "broader_tool"),
        ({"constraints": narrow(1, payload=[*CONSTRAINTS["payload"], *NOTHING])}, "scope_empty"),
        ({"constraints": narrow(1, payloads=[])}, "scope_ill_formed"),
        ({"agent": ""}, "claim_ill_typed"),
        ({"holder": "x"}, "claim_ill_typed"),
    ],
)
def test_what_would_not_hold_is_not_signed(call: dict[str, Any], part: str) -> None:
    with pytest.raises(RefusedError, match=f"^{part}"):
        given(**call)


def test_a_grant_that_admits_nothing_is_not_signed() -> None:
    with pytest.raises(RefusedError) as refused:
        root({"payload": NOTHING})
    assert refused.value.reason is Reason.SCOPE_EMPTY


def test_a_child_begins_when_it_is_made() -> None:
    later = claims_of(given(now=NOW + 100, ttl=50))
    assert (later.iat, later.nbf, later.exp) == (NOW + 100, NOW + 100, NOW + 150)
    assert claims_of(given(now=NOW + 100)).exp == NOW + 600


def test_each_link_has_an_id_of_its_own() -> None:
    chain = handed(handed([ROOT], ANA, BOB, narrow(2)), BOB, CAROL, narrow(1))
    assert len({claims.jti for claims in verified(chain)}) == 3


def test_what_is_not_said_stays_and_hops_do_not() -> None:
    assert narrowed(CONSTRAINTS) == {name: value for name, value in CONSTRAINTS.items() if name != "hops"}
    assert narrowed({}, hops=2) == {"hops": 2}


def test_patterns_take_the_place_of_others_and_conditions_are_added() -> None:
    found = narrowed(CONSTRAINTS, tools=["fs.read"], resources=["repo:x"], payload=[1])
    assert found["tools"] == ["fs.read"] and found["resources"] == ["repo:x"]
    assert found["payload"] == [*CONSTRAINTS["payload"], 1]


@pytest.mark.parametrize("known", [{"limit": "10", "unit": "USD"}, [{"limit": "10", "unit": "USD"}]])
def test_a_budget_takes_the_place_of_that_in_its_unit(known: Any) -> None:
    euros = {"limit": "1", "unit": "EUR"}
    dollars = {"limit": "2", "unit": "USD"}
    assert narrowed({"budget": known}, budget=[euros])["budget"] == [{"limit": "10", "unit": "USD"}, euros]
    assert narrowed({"budget": known}, budget=[dollars])["budget"] == [dollars]

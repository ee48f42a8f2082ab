"""Budgets along a chain: what is spent below a pass counts against it, in a real store."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from axtary.passes.errors import Reason, RefusedError
from axtary.passes.spending import spending
from axtary.runtime.state import About, Refused, Store, open_store
from tests.passes.chains import ANA, BOB, CAROL, NOW, claims_of, handed, root, verified

DOLLAR = 10_000


def budget(limit: str, hops: int, unit: str = "USD") -> dict[str, Any]:
    return {"budget": {"limit": limit, "unit": unit}, "hops": hops}


ROOT = root(budget("10.00", 2))
BOBS = handed([ROOT], ANA, BOB, budget("6.00", 1))
CAROLS = handed([ROOT], ANA, CAROL, budget("6.00", 1))


def spend(store: Store, chain: list[str], dollars: int) -> bool:
    reserved = store.reserve(spending(verified(chain), {"USD": dollars * DOLLAR}), About(), 60_000_000)
    if isinstance(reserved, Refused):
        return False
    assert reserved.id is not None
    store.commit(reserved.id, {})
    return True


def test_siblings_share_what_their_parent_has(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    assert spend(store, BOBS, 6)
    assert not spend(store, BOBS, 1)  # beyond his own
    assert not spend(store, CAROLS, 5)  # within her own, beyond the root's
    assert spend(store, CAROLS, 4)
    assert not spend(store, [ROOT], 1)
    store.close()


def test_what_is_refused_takes_from_no_meter(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    assert not spend(store, BOBS, 7)
    assert spend(store, CAROLS, 6)
    assert spend(store, BOBS, 4)
    store.close()


def test_each_link_has_a_meter_of_its_own_for_each_unit() -> None:
    both = [{"limit": "3", "unit": "USD"}, {"limit": "5", "unit": "EUR"}]
    chain = handed([ROOT], ANA, BOB, {"budget": both, "hops": 1})
    claims = spending(verified(chain), {"USD": 1, "EUR": 2})
    first, second = (claims_of(token).jti for token in chain)
    assert {(claim.key.subject, claim.key.unit): (claim.limit, claim.amount) for claim in claims} == {
        (first, "USD"): (10 * DOLLAR, 1),
        (second, "USD"): (3 * DOLLAR, 1),
        (second, "EUR"): (5 * DOLLAR, 2),
    }
    assert len({claim.key.rule for claim in claims}) == 3  # a reservation is committed by rule
    assert all(claim.window >= (claims_of(ROOT).exp - NOW) * 1_000_000 for claim in claims)


@pytest.mark.parametrize("costs", [{}, {"EUR": 1}, {"USD": -1}])
def test_a_cost_that_is_not_known_is_refused(costs: dict[str, int]) -> None:
    with pytest.raises(RefusedError) as refused:
        spending(verified(BOBS), costs)
    assert refused.value.reason is Reason.COST_UNKNOWN


def test_a_chain_without_budgets_claims_nothing() -> None:
    assert spending(verified([root({})]), {}) == ()

"""What an action under a chain claims of the chain's budgets.

Each link with a budget has a meter of its own, named by its `jti`. An action claims its cost of the meters of *all*
links, in one step of the store: so whatever is spent below a pass counts against it, children share what their parent
has, and siblings together never spend more than it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from axtary.passes.claims import Claims
from axtary.passes.errors import Reason, RefusedError
from axtary.passes.scope import Scope
from axtary.runtime.state import Claim, Key

PER = "pass"
_SECOND = 1_000_000  # microseconds
_MARGIN = 86_400  # seconds that a meter outlives its pass: for clocks that differ, and reservations that are open


def budgets(chain: Sequence[Claims]) -> Iterator[tuple[Claims, str, int]]:
    """Each budget of a verified chain, root first: the link that sets it, unit, limit in ten-thousandths."""
    for link in chain:
        for unit, limit in Scope.read(dict(link.constraints)).budget.items():
            yield link, unit, limit


def spending(chain: Sequence[Claims], costs: Mapping[str, int]) -> tuple[Claim, ...]:
    """A claim on the meter of each budget, sorted; to be reserved together, with those of the policy.

    `costs`: what the action costs, by unit, in ten-thousandths. Raises RefusedError COST_UNKNOWN.
    """
    return tuple(sorted((_claim(*each, costs) for each in budgets(chain)), key=lambda claim: claim.key))


def _claim(link: Claims, unit: str, limit: int, costs: Mapping[str, int]) -> Claim:
    if unit not in costs or costs[unit] < 0:
        raise RefusedError(Reason.COST_UNKNOWN, f"in {unit}")
    # The rule is distinct for each unit, since a reservation is committed by rule.
    key = Key("budget", f"{link.jti}/{unit}", PER, link.jti, unit)
    return Claim(key, limit, (link.exp - link.nbf + _MARGIN) * _SECOND, costs[unit])

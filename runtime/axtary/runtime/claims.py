"""What a permitted action costs: a claim on a meter for each rate and budget of the rules that fired."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from axtary.backends.native.values import CONVERT, lookup
from axtary.compiler.ir import Budget, Field, Number, Policy, Rate
from axtary.runtime.state import Claim, Key, StateError

SECOND = 1_000_000  # microseconds
_LONG = 200  # characters of a subject; a longer one is counted under its hash
_AMOUNT = re.compile(r"[0-9]{1,15}(\.[0-9]{1,4})?\Z")


def claims(policy: Policy, fired: Iterable[str], action: Mapping[str, Any]) -> tuple[Claim, ...]:
    """Sorted by meter. A budget whose cost is not known has none: it denies before anything is claimed."""
    return tuple(sorted(_claims(policy, fired, action), key=lambda claim: claim.key))


def rated(policy: Policy, fired: Iterable[str]) -> bool:
    """Has a rule that fired a rate?"""
    return any(isinstance(ob, Rate) for rule in fired for ob in policy.by_id[rule].obligations)


def units(policy: Policy, fired: Iterable[str]) -> dict[str, str]:
    """The unit of the budget of each rule that has one."""
    found = [policy.by_id[rule] for rule in fired if rule in policy.by_id]
    return {rule.id: ob.unit for rule in found for ob in rule.obligations if isinstance(ob, Budget)}


def is_amount(text: str) -> bool:
    """Is it a plain decimal of at most four fraction digits, and not negative?"""
    return _AMOUNT.match(text) is not None


def amount(text: str) -> int:
    """An amount in ten-thousandths. Raises StateError for what is no plain decimal of at most four fraction digits."""
    if not is_amount(text):
        raise StateError("an amount is a decimal number with at most four fraction digits, and not negative")
    return Number.of(text).scaled


def _claims(policy: Policy, fired: Iterable[str], action: Mapping[str, Any]) -> Iterator[Claim]:
    for rule in fired:
        for ob in policy.by_id[rule].obligations:
            if isinstance(ob, Rate):
                key = Key("rate", rule, ob.per, _subject(action, ob.per))
                yield Claim(key, ob.limit, ob.seconds * SECOND, 1)
            elif isinstance(ob, Budget) and (cost := _cost(ob, action)) is not None:
                key = Key("budget", rule, ob.per, _subject(action, ob.per), ob.unit)
                yield Claim(key, ob.limit.scaled, ob.seconds * SECOND, cost)


def _cost(budget: Budget, action: Mapping[str, Any]) -> int | None:
    if isinstance(budget.cost, Number):
        return budget.cost.scaled
    found: int | None = CONVERT[budget.cost.type](lookup(action, budget.cost.path))
    return found


def _subject(action: Mapping[str, Any], per: str) -> str:
    """Whose meter it is; "" for an action that does not say, so all of these share one."""
    found = lookup(action, Field(per).path)
    text = found if isinstance(found, str) else ""
    return text if len(text) <= _LONG else "sha256:" + hashlib.sha256(text.encode()).hexdigest()

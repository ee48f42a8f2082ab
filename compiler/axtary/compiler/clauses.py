"""The normal form that every backend lowers, and nothing else: the one place where must/may is worked out.

    a rule that cannot be evaluated never grants and always restricts

    definite(r) = match(r) and when(r) is true          possible(r) = match(r) and when(r) is not false
    fires(r)    = definite(r) for allow,  possible(r) for deny and step_up

Negation and three-valued logic end here: a predicate is a monotone and/or over literals, and a literal is
two-valued, because it says what an undefined leaf counts as.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Any

from axtary.compiler.ir import (
    And,
    Approvers,
    Atom,
    Attribute,
    Condition,
    Effect,
    Has,
    Hours,
    Match,
    Not,
    Obligation,
    Or,
    Policy,
    Rule,
    path_text,
)
from axtary.compiler.ir import BlockedPaths as _BlockedPaths
from axtary.compiler.ir import Budget as _Budget
from axtary.compiler.ir import Rate as _Rate


class Rail(Enum):
    """What is asked of a three-valued leaf: is it (not) definitely true, (not) definitely false?"""

    TRUE = "true"
    FALSE = "false"
    NOT_TRUE = "not_true"  # false or undefined
    NOT_FALSE = "not_false"  # true or undefined


Test = Match | Atom | Obligation


@dataclass(frozen=True, slots=True)
class Literal:
    """A two-valued question about one leaf. `Match` and `Has` are never undefined and appear on TRUE and FALSE only."""

    test: Test
    rail: Rail


@dataclass(frozen=True, slots=True)
class AllOf:
    """True if every item is; true when empty."""

    items: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """True if some item is. Never empty."""

    items: tuple[Predicate, ...]


Predicate = AllOf | AnyOf | Literal


class Reason(StrEnum):
    """Reason codes, the same in every engine."""

    RULE_DENIES = "rule_denies"
    BLOCKED_PATHS = "blocked_paths"
    HOURS = "hours"
    RATE = "rate"
    BUDGET = "budget"
    DEFAULT_DENY = "default_deny"
    APPROVAL_REQUIRED = "approval_required"
    GRANTED = "granted"


@dataclass(frozen=True, slots=True)
class Grant:
    """An allow or step_up rule that is definite. A step_up grant counts once its own approval is met."""

    rule: Rule
    definite: AllOf


@dataclass(frozen=True, slots=True)
class Hold:
    """A step_up rule that fires: nothing is allowed until `rule.approvers` is met."""

    rule: Rule
    possible: AllOf


@dataclass(frozen=True, slots=True)
class Restriction:
    """Denies with `reason`: a deny rule that fires (no obligation), or a fired rule whose obligation is not met."""

    rule: Rule
    reason: Reason
    fires: AllOf
    obligation: Obligation | None = None

    @property
    def predicate(self) -> AllOf:
        if self.obligation is None:
            return self.fires
        return AllOf((*self.fires.items, Literal(self.obligation, Rail.NOT_TRUE)))


@dataclass(frozen=True, slots=True)
class Clauses:
    """The normal form of a policy, each list in rule order (sorted by id)."""

    grants: tuple[Grant, ...]
    holds: tuple[Hold, ...]
    restrictions: tuple[Restriction, ...]

    @property
    def fires(self) -> dict[str, AllOf]:
        """rule id -> the predicate by which it fires, for every rule."""
        found = {grant.rule.id: grant.definite for grant in self.grants if grant.rule.effect is Effect.ALLOW}
        found |= {hold.rule.id: hold.possible for hold in self.holds}
        return found | {r.rule.id: r.fires for r in self.restrictions if r.reason is Reason.RULE_DENIES}


def clauses(policy: Policy) -> Clauses:
    """Lower the rules of a policy to grants, holds and restrictions."""
    grants: list[Grant] = []
    holds: list[Hold] = []
    restrictions: list[Restriction] = []
    for rule in policy.rules:
        definite, possible = _predicate(rule, Rail.TRUE), _predicate(rule, Rail.NOT_FALSE)
        if rule.effect is Effect.DENY:
            restrictions.append(Restriction(rule, Reason.RULE_DENIES, possible))
            continue
        grants.append(Grant(rule, definite))
        if rule.effect is Effect.STEP_UP:
            holds.append(Hold(rule, possible))
        fires = definite if rule.effect is Effect.ALLOW else possible
        restrictions += [Restriction(rule, _REASONS[type(ob)], fires, ob) for ob in rule.obligations]
    return Clauses(tuple(grants), tuple(holds), tuple(restrictions))


_REASONS: dict[type, Reason] = {
    _BlockedPaths: Reason.BLOCKED_PATHS,
    Hours: Reason.HOURS,
    _Rate: Reason.RATE,
    _Budget: Reason.BUDGET,
}


def _predicate(rule: Rule, rail: Rail) -> AllOf:
    scope: tuple[Predicate, ...] = tuple(Literal(match, Rail.TRUE) for match in rule.match)
    if rule.when is None:
        return AllOf(scope)
    when = ask(rule.when, rail)
    return AllOf(scope + (when.items if isinstance(when, AllOf) else (when,)))


FLIP = {
    Rail.TRUE: Rail.FALSE,
    Rail.FALSE: Rail.TRUE,
    Rail.NOT_TRUE: Rail.NOT_FALSE,
    Rail.NOT_FALSE: Rail.NOT_TRUE,
}
_DEFINED = {Rail.NOT_TRUE: Rail.FALSE, Rail.NOT_FALSE: Rail.TRUE}


def ask(condition: Condition, rail: Rail) -> Predicate:
    """The two-valued predicate for "`condition` is <rail>" (Kleene's logic pushed to the leaves)."""
    if isinstance(condition, Not):
        return ask(condition.item, FLIP[rail])
    if isinstance(condition, And | Or):
        positive = rail in (Rail.TRUE, Rail.NOT_FALSE)
        join = AllOf if isinstance(condition, And) == positive else AnyOf
        return join(tuple(ask(item, rail) for item in condition.items))
    return Literal(condition, _DEFINED.get(rail, rail) if isinstance(condition, Has) else rail)


Duties = Mapping[str, list[tuple[Reason, Obligation | Approvers]]]


def duties_of(policy: Policy) -> Duties:
    """Of each rule: its obligations and its approval, by reason code."""
    found: dict[str, list[tuple[Reason, Obligation | Approvers]]] = {rule.id: [] for rule in policy.rules}
    for restriction in clauses(policy).restrictions:
        if restriction.obligation is not None:
            found[restriction.rule.id].append((restriction.reason, restriction.obligation))
    for rule in policy.rules:
        if rule.approvers is not None:
            found[rule.id].append((Reason.APPROVAL_REQUIRED, rule.approvers))
    return found


def merged_obligations(fired: Iterable[Rule]) -> dict[str, Any]:
    """What the fired rules ask for together: the shortest ttl, every approver requirement, every rate and budget.

    Keys only where something is asked: `ttl_seconds`, `approvers`, `rates`, `budgets`; lists sorted by rule id.
    """
    rules = sorted(fired, key=lambda rule: rule.id)
    merged: dict[str, Any] = {}
    ttls = [rule.ttl for rule in rules if rule.ttl is not None]
    if ttls:
        merged["ttl_seconds"] = min(ttls)
    for key in ("approvers", "rates", "budgets"):
        found = [entry for rule in rules for kind, entry in obligation_entries(rule) if kind == key]
        if found:
            merged[key] = found
    return merged


def obligation_entries(rule: Rule) -> list[tuple[str, dict[str, Any]]]:
    """(key of `merged_obligations`, JSON entry) for each thing that the rule asks for besides its ttl."""
    found: list[tuple[str, dict[str, Any]]] = []
    if rule.approvers is not None:
        entry = {"rule": rule.id, "roles": list(rule.approvers.roles), "quorum": rule.approvers.quorum}
        found.append(("approvers", entry))
    for ob in rule.obligations:
        if isinstance(ob, _Rate):
            found.append(("rates", {"rule": rule.id, "limit": ob.limit, "window_seconds": ob.seconds, "per": ob.per}))
        elif isinstance(ob, _Budget):
            cost = {"attribute": path_text(ob.cost.path)} if isinstance(ob.cost, Attribute) else str(ob.cost)
            budget = {"limit": str(ob.limit), "unit": ob.unit, "per": ob.per, "window_seconds": ob.seconds}
            found.append(("budgets", {"rule": rule.id} | budget | {"cost": cost}))
    return found

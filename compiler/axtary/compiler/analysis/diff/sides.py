"""One policy in one space: when it restricts, grants and holds, and which rules are the reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from axtary.compiler.analysis.diff.result import Kind
from axtary.compiler.analysis.diff.rules import Parts
from axtary.compiler.analysis.space import Space
from axtary.compiler.clauses import Reason
from axtary.compiler.ir import Approvers

Holds = Callable[[int], bool]  # the truth of a formula at some choice


class Level(StrEnum):
    """A decision, with the two ways to be denied apart."""

    RESTRICTED = "restricted"
    NOTHING = "nothing grants"
    STEP_UP = "step_up"
    ALLOW = "allow"

    @property
    def decision(self) -> str:
        """`allow`, `deny` or `step_up`."""
        return "deny" if self in (Level.RESTRICTED, Level.NOTHING) else self.value


_KINDS = {
    Reason.RULE_DENIES: Kind.EFFECT,
    Reason.BLOCKED_PATHS: Kind.BLOCKED_PATHS,
    Reason.HOURS: Kind.HOURS,
    Reason.RATE: Kind.RATE,
    Reason.BUDGET: Kind.BUDGET,
}


@dataclass(frozen=True)
class Clause:
    """One thing that a rule does: `formula` says when. `held` is the formula of a hold without its approval."""

    rules: tuple[str, ...]  # more than one if they were merged
    kind: Kind
    formula: int
    held: int | None = None


@dataclass
class Side:
    """The clauses of a policy, by what they do, and the formula of each level."""

    restrictions: list[Clause] = field(default_factory=list)
    grants: list[Clause] = field(default_factory=list)
    holds: list[Clause] = field(default_factory=list)
    fires: dict[str, int] = field(default_factory=dict)
    levels: dict[Level, int] = field(default_factory=dict)
    parts: dict[str, Parts] = field(default_factory=dict)

    def clauses(self, level: Level) -> list[Clause]:
        """Those that decide at a level."""
        return {
            Level.RESTRICTED: self.restrictions,
            Level.NOTHING: [],
            Level.STEP_UP: self.holds,
            Level.ALLOW: self.grants,
        }[level]

    def deciding(self, level: Level, holds: Holds) -> tuple[str, ...]:
        """The rules that decide at a level, at some choice."""
        return tuple(sorted({rule for clause in self.clauses(level) if holds(clause.formula) for rule in clause.rules}))


def side(space: Space, rules: Mapping[str, Parts]) -> Side:
    """A policy in the space. `rules` are its rules by the ids by which they are reported."""
    found = Side(parts=dict(rules))
    graph = space.graph
    for rule_id, each in rules.items():
        own, names = each.rule.id, each.ids or (rule_id,)
        found.fires[rule_id] = space.formula(each.fires, own)
        for restriction in each.restrictions:
            formula = space.formula(restriction.predicate, own)
            found.restrictions.append(Clause(names, _KINDS[restriction.reason], formula))
        for grant in each.grants:
            found.grants.append(Clause(names, Kind.EFFECT, space.formula(grant.definite, own)))
        for hold in each.holds:
            possible = space.formula(hold.possible, own)
            formula = graph.all_of([possible, graph.opposite(space.approved(hold.rule.approvers or Approvers()))])
            found.holds.append(Clause(names, Kind.EFFECT, formula, possible))
    restricted, granted, held = (_any(space, each) for each in (found.restrictions, found.grants, found.holds))
    free = graph.all_of([graph.opposite(restricted), granted])
    found.levels = {
        Level.RESTRICTED: restricted,
        Level.NOTHING: graph.all_of([graph.opposite(restricted), graph.opposite(granted)]),
        Level.STEP_UP: graph.all_of([free, held]),
        Level.ALLOW: graph.all_of([free, graph.opposite(held)]),
    }
    return found


def _any(space: Space, clauses: Iterable[Clause]) -> int:
    return space.graph.any_of(clause.formula for clause in clauses)

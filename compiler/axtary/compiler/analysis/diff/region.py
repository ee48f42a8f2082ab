"""Two policies on one class of tools: every pair of decisions that differ, with the changed rules that cause it.

Decisions are ordered: restricted > step_up > allow > nothing grants. Where two policies decide differently, whatever
decides the higher of the two is a changed rule, because a rule that both have would decide on both sides. So each
changed rule is asked for, until none is left that causes this pair of decisions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from axtary.compiler.analysis.diff.result import Change, Direction, Kind
from axtary.compiler.analysis.diff.rules import Parts
from axtary.compiler.analysis.diff.sides import Clause, Holds, Level, Side, side
from axtary.compiler.analysis.diff.terms import Term, budget_terms, rate_terms, ttl_terms
from axtary.compiler.analysis.space import Limits, Space, Survey, Witnesses
from axtary.compiler.analysis.space.nodes import FALSE

# (level before, level after, side whose clauses are the cause); restricted and nothing are both a deny
_PAIRS: tuple[tuple[Level, Level, str], ...] = (
    (Level.NOTHING, Level.ALLOW, "new"),
    (Level.NOTHING, Level.STEP_UP, "new"),
    (Level.RESTRICTED, Level.ALLOW, "old"),
    (Level.RESTRICTED, Level.STEP_UP, "old"),
    (Level.STEP_UP, Level.ALLOW, "old"),
    (Level.ALLOW, Level.STEP_UP, "new"),
    (Level.ALLOW, Level.RESTRICTED, "new"),
    (Level.STEP_UP, Level.RESTRICTED, "new"),
    (Level.ALLOW, Level.NOTHING, "old"),
    (Level.STEP_UP, Level.NOTHING, "old"),
)
_RANK = {"deny": 0, "step_up": 1, "allow": 2}


@dataclass(frozen=True)
class Scene:
    """The rules to compare, by the ids by which they are reported, for the tool of this name."""

    tool: str
    old: Mapping[str, Parts]
    new: Mapping[str, Parts]


class Region:
    """The comparison on one class of tools. Raises Exhausted."""

    def __init__(self, scene: Scene, survey: Survey, limits: Limits) -> None:
        self._scene = scene
        self._space = space = Space(survey, limits)
        self._old, self._new = side(space, scene.old), side(space, scene.new)
        self._witnesses = Witnesses(space, scene.tool)

    @property
    def work(self) -> int:
        """The steps so far."""
        return self._witnesses.work

    def changes(self) -> Iterator[Change]:
        """All changes. Raises Exhausted where one is possible that could not be shown or refuted."""
        yield from self._decisions()
        yield from self._terms()

    # --- decisions --------------------------------------------------------------------------------------------------

    def _decisions(self) -> Iterator[Change]:
        old, new = self._old, self._new
        if old.levels == new.levels:
            return
        for before, after, cause in _PAIRS:
            base = self._space.graph.all_of([old.levels[before], new.levels[after]])
            if base == FALSE:
                continue
            higher = old.clauses(before) if cause == "old" else new.clauses(after)
            if Level.NOTHING in (before, after):
                higher = new.grants if cause == "new" else old.grants
            lower = new if cause == "old" else old
            changed = _changed(higher, self._counterpart(higher, lower, cause))
            for kind in Kind:
                clauses = [clause for clause in changed if clause.kind is kind]
                yield from self._caused(base, before, after, clauses, cause, kind)

    def _counterpart(self, higher: Sequence[Clause], lower: Side, cause: str) -> list[Clause]:
        own = self._old if cause == "old" else self._new
        for name in ("restrictions", "grants", "holds"):
            if getattr(own, name) is higher:
                found: list[Clause] = getattr(lower, name)
                return found
        raise AssertionError

    def _caused(
        self, base: int, before: Level, after: Level, clauses: list[Clause], cause: str, kind: Kind
    ) -> Iterator[Change]:
        for choice, true in self._witnesses.choices(base, {clause.formula: clause for clause in clauses}):
            holds = self._witnesses.holds(choice)
            old_rules = self._old.deciding(before, holds)
            new_rules = self._new.deciding(after, holds)
            rules = tuple(sorted({rule for clause in clauses if clause.formula in true for rule in clause.rules}))
            action, facts = self._witnesses.shown(choice)
            direction = Direction.MORE if _RANK[after.decision] > _RANK[before.decision] else Direction.LESS
            named = self._approver_kind(rules, cause) if {before, after} == {Level.ALLOW, Level.STEP_UP} else kind
            yield Change(
                old=before.decision,
                new=after.decision,
                kind=named,
                direction=direction,
                old_rules=old_rules,
                new_rules=new_rules,
                cause=rules,
                action=action,
                facts=facts,
                tools=(self._scene.tool,),
            )

    def _approver_kind(self, rules: Sequence[str], cause: str) -> Kind:
        """Are the rules on both sides, holding for the same actions, so that it is the approvers that changed?"""
        own, other = (self._old, self._new) if cause == "old" else (self._new, self._old)
        held = {rule: clause.held for clause in other.holds for rule in clause.rules}
        mine = {rule: clause.held for clause in own.holds for rule in clause.rules}
        return Kind.APPROVERS if all(held.get(rule) == mine[rule] for rule in rules) else Kind.EFFECT

    # --- what is obliged to -----------------------------------------------------------------------------------------

    def _terms(self) -> Iterator[Change]:
        """Where both permit alike: another ttl, other rates, other budgets."""
        graph, old, new = self._space.graph, self._old, self._new
        for make in (ttl_terms, rate_terms, budget_terms):
            for term in make(old, new, graph):
                for level in (Level.ALLOW, Level.STEP_UP):
                    base = graph.all_of([old.levels[level], new.levels[level], term.base])
                    yield from self._termed(base, level, term)

    def _termed(self, base: int, level: Level, term: Term) -> Iterator[Change]:
        choice = next((choice for choice, _ in self._witnesses.choices(base, dict.fromkeys(term.causes))), None)
        if choice is None:
            return
        holds = self._witnesses.holds(choice)
        action, facts = self._witnesses.shown(choice)
        old_terms, new_terms = term.shown(holds)
        cause = tuple(sorted({rule for rules in term.causes.values() for rule in rules}))
        old_rules, new_rules = (
            _firing(side, cause, holds) or side.deciding(level, holds) for side in (self._old, self._new)
        )
        yield Change(
            old=level.decision,
            new=level.decision,
            kind=term.kind,
            direction=term.direction(old_terms, new_terms),
            old_rules=old_rules,
            new_rules=new_rules,
            cause=cause,
            action=action,
            facts=facts,
            tools=(self._scene.tool,),
            old_terms=old_terms,
            new_terms=new_terms,
        )


def _firing(side: Side, rules: Sequence[str], holds: Holds) -> tuple[str, ...]:
    return tuple(rule for rule in rules if rule in side.fires and holds(side.fires[rule]))


def _changed(clauses: Sequence[Clause], other: Sequence[Clause]) -> list[Clause]:
    """Those that the other side does not have."""
    same = {clause.formula for clause in other}
    return [clause for clause in clauses if clause.formula not in same]

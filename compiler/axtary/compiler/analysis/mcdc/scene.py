"""The exact space of some rules for one tool, with one of them to ask about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

from axtary.compiler.analysis.mcdc.seen import Vector
from axtary.compiler.analysis.solve import Answer
from axtary.compiler.analysis.space import Limits, Space, Survey, Witnesses
from axtary.compiler.analysis.space.survey import Tools
from axtary.compiler.clauses import Clauses, Duties, Literal, Rail, Reason, clauses
from axtary.compiler.ir import And, Approvers, Condition, Effect, Field, Not, Or, Policy, Rule, atoms

Json = Any
_Rails = tuple[int, int]  # formulas: true, false
_SILENCED = 4  # rules that are kept from firing one by one, where not all of them can be


class Scene:
    """Rules for one tool. Raises Exhausted."""

    def __init__(self, rules: Sequence[Rule], names: Tools, duties: Duties, limits: Limits) -> None:
        self.rules, self._duties = tuple(rules), duties
        self._clauses: Clauses = clauses(Policy(self.rules))
        self._known: dict[str, list[_Rails]] = {}
        survey = Survey(tools=names)
        for rule in rules:
            for test in (*rule.match, *atoms(rule.when), *rule.obligations):
                survey.test(test, rule.id)
            if rule.approvers is not None:
                survey.approvers[rule.approvers] = None
        self._space = Space(survey, limits)
        self._witnesses = Witnesses(self._space, names.text.text)

    @property
    def work(self) -> int:
        """The steps so far."""
        return self._witnesses.work

    # --- formulas ---------------------------------------------------------------------------------------------------

    @cached_property
    def _fires(self) -> dict[str, int]:
        return {rule: self._space.formula(predicate, rule) for rule, predicate in self._clauses.fires.items()}

    def fires(self, rule: Rule) -> int:
        """The rule fires."""
        return self._fires[rule.id]

    def silent(self, rule: Rule) -> int:
        """The rule does not fire."""
        return self._space.graph.opposite(self._fires[rule.id])

    def matches(self, rule: Rule, but: Field | None = None) -> int:
        """Every field of the match holds; with `but`, all others hold and this one does not."""
        graph = self._space.graph
        return graph.all_of(
            self._asked(test, rule, Rail.TRUE) if test.field is not but else graph.opposite(self._asked(test, rule))
            for test in rule.match
        )

    def answers(self, rule: Rule, leaf: int, answer: Answer) -> int:
        """The leaf has this answer."""
        true, false = self._leaves(rule)[leaf]
        if answer is None:
            return self._space.graph.all_of([self._space.graph.opposite(true), self._space.graph.opposite(false)])
        return true if answer else false

    def vector(self, rule: Rule, vector: Vector) -> int:
        """All leaves have these answers."""
        return self._space.graph.all_of(self.answers(rule, index, answer) for index, answer in enumerate(vector))

    def decides(self, rule: Rule, leaf: int) -> int:
        """Another definite answer of this leaf alone would turn whether the rule fires."""
        graph = self._space.graph
        forced = [self._fires_with(rule, leaf, answer) for answer in (True, False)]
        either = (graph.all_of([one, graph.opposite(other)]) for one, other in (forced, forced[::-1]))
        return graph.any_of(either)

    def would_fire(self, rule: Rule) -> int:
        """The rule's condition is such that it fires if it matches."""
        return self._fires_with(rule, None, None)

    def definite(self, rule: Rule) -> int:
        """The rule's condition is true."""
        return self._kleene(rule.when, iter(self._leaves(rule)))[0] if rule.when is not None else self._all()

    def duty(self, rule: Rule, reason: Reason, met: bool) -> int:
        """Every obligation of this kind is met, or one is not."""
        graph = self._space.graph
        found = graph.all_of(
            self._space.approved(duty) if isinstance(duty, Approvers) else self._asked(duty, rule, Rail.TRUE)
            for kind, duty in self._duties[rule.id]
            if kind is reason
        )
        return found if met else graph.opposite(found)

    def all_of(self, formulas: Sequence[int]) -> int:
        """All of them."""
        return self._space.graph.all_of(formulas)

    def no(self, formula: int) -> int:
        """The opposite."""
        return self._space.graph.opposite(formula)

    def _all(self) -> int:
        return self._space.graph.all_of([])

    def _asked(self, test: Any, rule: Rule, rail: Rail = Rail.TRUE) -> int:
        return self._space.formula(Literal(test, rail), rule.id)

    def _leaves(self, rule: Rule) -> list[_Rails]:
        """Of each leaf, when it is true and when false; worked out once, to be copied before it is changed."""
        if rule.id not in self._known:
            self._known[rule.id] = [
                (self._asked(leaf, rule), self._asked(leaf, rule, Rail.FALSE)) for leaf in atoms(rule.when)
            ]
        return self._known[rule.id]

    def _fires_with(self, rule: Rule, leaf: int | None, answer: Answer) -> int:
        graph = self._space.graph
        if rule.when is None:
            return self._all()
        leaves = list(self._leaves(rule))
        if leaf is not None:
            yes, no = graph.all_of([]), graph.any_of([])
            leaves[leaf] = (yes, no) if answer else (no, yes)
        true, false = self._kleene(rule.when, iter(leaves))
        return true if rule.effect is Effect.ALLOW else graph.opposite(false)

    def _kleene(self, condition: Condition, leaves: Iterator[_Rails]) -> _Rails:
        """When a condition is true, and when false, its leaves being so."""
        if isinstance(condition, Not):
            true, false = self._kleene(condition.item, leaves)
            return false, true
        if isinstance(condition, And | Or):
            found = [self._kleene(item, leaves) for item in condition.items]
            graph = self._space.graph
            every, some = graph.all_of, graph.any_of
            if isinstance(condition, And):
                return every(true for true, _ in found), some(false for _, false in found)
            return some(true for true, _ in found), every(false for _, false in found)
        return next(leaves)

    # --- questions --------------------------------------------------------------------------------------------------

    def find(
        self, wanted: int, wishes: Sequence[int], silence: Sequence[Rule]
    ) -> tuple[dict[str, Json], dict[str, Json]] | None:
        """An action and facts for the formula, with as many of the wishes as can be; None: proved that there is none.

        silence: rules that are not to fire if that can be. Raises Exhausted.
        """
        graph = self._space.graph
        choice = self._witnesses.find(wanted)
        if choice is None:
            return None
        for wish in (graph.all_of(map(self.silent, silence)), *wishes):
            better = self._witnesses.find(graph.all_of([wanted, wish]))
            if better is not None:
                choice, wanted = better, graph.all_of([wanted, wish])
        holds = self._witnesses.holds(choice)
        for rule in [rule for rule in silence if holds(self.fires(rule))][:_SILENCED]:
            silenced = graph.all_of([wanted, self.silent(rule)])
            better = self._witnesses.find(silenced)
            if better is not None:
                choice, wanted = better, silenced
        return self._witnesses.shown(self._witnesses.smallest(choice, wanted))

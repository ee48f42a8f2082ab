"""A question on one class of tools: an action for each outcome, or none.

An outcome is a decision with the clauses that decide it: the grants, the unmet holds, or the restrictions that apply.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from axtary.compiler.analysis.diff.rules import Parts
from axtary.compiler.analysis.diff.sides import Level, side
from axtary.compiler.analysis.space import Choice, Exhausted, Limits, Space, Survey, Witnesses
from axtary.compiler.analysis.space.nodes import FALSE, TRUE
from axtary.compiler.ir import Effect
from axtary.compiler.questions import Question

MOST = 256  # outcomes of one class of tools

_LEVELS: dict[Effect, tuple[Level, ...]] = {
    Effect.ALLOW: (Level.ALLOW,),
    Effect.STEP_UP: (Level.STEP_UP,),
    Effect.DENY: (Level.RESTRICTED, Level.NOTHING),
}


@dataclass(frozen=True)
class Outcome:
    """A decision, the rules that decide it, and an action with facts that shows it."""

    decision: Effect
    rules: tuple[str, ...]
    action: dict[str, Any]
    facts: dict[str, Any]


class Region:
    """The rules for the tool of this name, with a question. Raises Exhausted."""

    def __init__(
        self, tool: str, rules: Mapping[str, Parts], question: Question, fits: Parts, survey: Survey, limits: Limits
    ) -> None:
        self._question = question
        self._space = Space(survey, limits)
        self._side = side(self._space, rules)
        self._fits = self._space.formula(fits.grants[0].definite, question.rule.id)
        self._witnesses = Witnesses(self._space, tool)

    def outcomes(self) -> Iterator[Outcome]:
        """Every outcome that a fitting action has, each once. Raises Exhausted where one may have been left out."""
        for decision in self._question.decisions:
            for level in _LEVELS[decision]:
                yield from self._at(decision, level)

    def fits_some(self) -> bool:
        """Does some action fit, whatever is decided? Raises Exhausted."""
        return self._first(TRUE) is not None

    @property
    def _facts(self) -> int:
        """The formula for facts that the question takes."""
        without = self._question.without
        graph = self._space.graph
        return graph.all_of([] if without is None else [graph.opposite(self._space.approved(without))])

    def _at(self, decision: Effect, level: Level) -> Iterator[Outcome]:
        graph = self._space.graph
        base = graph.all_of([self._side.levels[level], self._facts])
        clauses = list(dict.fromkeys(clause.formula for clause in self._side.clauses(level)))
        for _ in range(MOST):
            choice = self._first(base)
            if choice is None:
                return
            holds = self._witnesses.holds(choice)
            action, facts = self._witnesses.shown(choice)
            yield Outcome(decision, self._side.deciding(level, holds), action, facts)
            base = graph.all_of([base, graph.any_of(graph.opposite(c) if holds(c) else c for c in clauses)])
        if self._first(base) is not None:
            raise Exhausted(f"more than {MOST} outcomes")

    def _first(self, base: int) -> Choice | None:
        if base == FALSE:
            return None
        return next((choice for choice, _ in self._witnesses.choices(base, {self._fits: None})), None)

"""One question to one policy, over all actions and all facts: class of tools by class of tools.

Knows no engine: the actions that it shows are for its user to evaluate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from axtary.compiler.analysis.asking.region import Outcome, Region
from axtary.compiler.analysis.diff.result import Undecided
from axtary.compiler.analysis.diff.rules import Parts, fewer, parts
from axtary.compiler.analysis.diff.tools import ToolClass, apart, essence, tool_classes
from axtary.compiler.analysis.space import Exhausted, Limits, Survey
from axtary.compiler.ir import Effect, Policy
from axtary.compiler.questions import Question

Progress = Callable[[int, int], None]  # classes of tools done, of how many


@dataclass(frozen=True)
class Found:
    """An outcome, and the tools with which it shows: one for each class of them."""

    outcome: Outcome
    tools: tuple[str, ...]


class Inquiry:
    """Answers a question. What exceeds the limits is undecided, never a no."""

    def __init__(self, policy: Policy, question: Question, limits: Limits | None = None) -> None:
        self._question = question
        self._limits = limits or Limits()
        self._fits = parts(Policy((question.rule,)))[question.rule.id]
        self._rules = {rule: each for rule, each in parts(policy).items() if not apart(each, self._fits)}
        self.classes = 0  # of tools, looked at so far
        self.rules: set[str] = set()  # that were looked at
        self.fits = False  # may some action fit at all, as far as was looked? Else a no says nothing of the policy

    def answers(self, progress: Progress = lambda _done, _all: None) -> Iterator[Found | Undecided]:
        """Every outcome of every class of tools that fits; ask on only while more is wanted."""
        try:
            classes = list(tool_classes([*self._rules.values(), self._fits], [self._fits], self._limits))
        except Exhausted as limit:
            yield Undecided((), f"the tools of the rules: {limit}")
            return
        alike: dict[object, list[ToolClass]] = {}
        for each in classes:
            alike.setdefault(essence(each, [*self._about(each).values(), self._fits]), []).append(each)
        for done, some in enumerate(alike.values()):
            progress(done, len(alike))
            yield from self._class(some[0], tuple(each.name for each in some))

    def _class(self, tools: ToolClass, names: tuple[str, ...]) -> Iterator[Found | Undecided]:
        rules = self._about(tools)
        self.classes += len(names)
        self.rules |= rules.keys()
        shown = False
        try:
            region = self._region(tools, rules)
            for outcome in region.outcomes():
                self.fits = shown = True
                yield Found(outcome, names)
            self.fits = self.fits or region.fits_some()
        except Exhausted as limit:
            if shown:
                yield Undecided(names, f"there may be more outcomes: {limit}")
            else:
                yield from self._merged(tools, names, rules)

    def _merged(self, tools: ToolClass, names: tuple[str, ...], rules: dict[str, Parts]) -> Iterator[Found | Undecided]:
        """Once more, with fewer deny rules: then outcomes are not told apart by them."""
        merged, denied = fewer(rules), False
        self.fits = True  # not known
        try:
            for outcome in self._region(tools, merged).outcomes():
                denied = denied or (bool(outcome.rules) and outcome.decision is Effect.DENY)
                yield Found(outcome, names)
            if denied and len(merged) < len(rules):
                yield Undecided(names, "there may be more outcomes: deny rules were looked at together")
        except Exhausted as limit:
            yield Undecided(names, str(limit))

    def _region(self, tools: ToolClass, rules: dict[str, Parts]) -> Region:
        survey = Survey(tools=tools.names)
        for each in (*rules.values(), self._fits):
            for predicate in each.predicates:
                survey.predicate(predicate, each.rule.id)
            if each.rule.approvers is not None:
                survey.approvers[each.rule.approvers] = None
        if self._question.without is not None:
            survey.approvers[self._question.without] = None
        return Region(tools.name, rules, self._question, self._fits, survey, self._limits)

    def _about(self, tools: ToolClass) -> dict[str, Parts]:
        matching = {id(each) for each in tools.rules}
        return {rule: each for rule, each in self._rules.items() if id(each) in matching}

"""What one case shows of a policy, as a set of facts that can be counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from axtary.compiler.analysis.solve import Answer, Evaluate, fires, kleene
from axtary.compiler.analysis.tools import Tools
from axtary.compiler.clauses import Reason, duties_of
from axtary.compiler.ir import Field, Policy, Rule, atoms

Json = Any
Vector = tuple[Answer, ...]
_LOOK = 2  # steps for one rule


@dataclass(frozen=True, slots=True)
class Seen:
    """vectors: of each rule that matches, the answers of its leaves. fired: the rules that fire. duties: of those, what
    is met and violated. missed: rules that would fire but for this one field of their match."""

    vectors: Mapping[str, Vector]
    fired: frozenset[str]
    duties: frozenset[tuple[str, Reason, bool]]
    missed: frozenset[tuple[str, Field]]


class Observer:
    """Looks at cases. `evaluate(part, action, facts, rule)` answers a match, a condition, a duty."""

    def __init__(self, policy: Policy, evaluate: Evaluate) -> None:
        self._evaluate = evaluate
        self._ask: Any = evaluate
        self._tools = Tools(policy, evaluate)
        self._duties = duties_of(policy)
        self.work = 0  # steps so far
        self._leaves = [*dict.fromkeys(leaf for rule in policy.rules for leaf in atoms(rule.when))]
        number = {leaf: index for index, leaf in enumerate(self._leaves)}
        self._numbers = {rule.id: tuple(number[leaf] for leaf in atoms(rule.when)) for rule in policy.rules}
        self._firing: dict[tuple[str, Vector], bool] = {}

    def seen(self, action: Mapping[str, Json], facts: Mapping[str, Json]) -> Seen:
        """What a case shows of all rules for its tool."""
        vectors: dict[str, Vector] = {}
        fired: set[str] = set()
        duties: set[tuple[str, Reason, bool]] = set()
        missed: set[tuple[str, Field]] = set()
        known: dict[int, Answer] = {}
        rules = self._tools.rules(action["tool"])
        self.work += _LOOK * len(rules)
        for rule in rules:
            failing = [test.field for test in rule.match[1:] if not self._evaluate(test, action, {})]
            if len(failing) > 1:
                continue
            answers = self._answers(rule, action, known)
            would_fire = self._would_fire(rule, answers)
            if failing:
                missed |= {(rule.id, failing[0])} if would_fire else set()
                continue
            vectors[rule.id] = answers
            if would_fire:
                fired.add(rule.id)
                duties |= {(rule.id, reason, met) for reason, met in self._met(rule, action, facts)}
        return Seen(vectors, frozenset(fired), frozenset(duties), frozenset(missed))

    def _answers(self, rule: Rule, action: Mapping[str, Json], known: dict[int, Answer]) -> Vector:
        """Of the rule's leaves; many rules ask the same."""
        numbers = self._numbers[rule.id]
        for number in numbers:
            if number not in known:
                known[number] = self._evaluate(self._leaves[number], action, {})
        return tuple([known[number] for number in numbers])

    def _would_fire(self, rule: Rule, answers: Vector) -> bool:
        if (rule.id, answers) not in self._firing:
            self._firing[rule.id, answers] = fires_with(rule, answers)
        return self._firing[rule.id, answers]

    def _met(self, rule: Rule, action: Mapping[str, Json], facts: Mapping[str, Json]) -> list[tuple[Reason, bool]]:
        return [
            (reason, self._ask(duty, action, facts, rule.id) is True) for reason, duty in self._duties.get(rule.id, ())
        ]


def fires_with(rule: Rule, answers: Vector) -> bool:
    """Does a rule that matches fire where its leaves have these answers?"""
    return rule.when is None or fires(rule.effect, kleene(rule.when, answers))


def decides(rule: Rule, answers: Vector, leaf: int) -> bool:
    """Would the other definite answer of this leaf alone turn whether the rule fires?"""
    return len({fires_with(rule, swapped(answers, leaf, answer)) for answer in (True, False)}) == 2


def swapped(answers: Vector, leaf: int, answer: Answer) -> Vector:
    """The same answers with another one of a leaf."""
    return (*answers[:leaf], answer, *answers[leaf + 1 :])

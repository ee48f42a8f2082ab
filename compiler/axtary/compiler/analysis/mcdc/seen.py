"""What one case shows of a policy, as a set of facts that can be counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from axtary.compiler.analysis.solve import Answer, Evaluate, fires, kleene
from axtary.compiler.analysis.tools import Tools
from axtary.compiler.clauses import Reason, clauses
from axtary.compiler.ir import Approvers, Field, Obligation, Policy, Rule, atoms

Json = Any
Vector = tuple[Answer, ...]
Duties = Mapping[str, list[tuple[Reason, Obligation | Approvers]]]


@dataclass(frozen=True, slots=True)
class Seen:
    """vectors: of each rule that matches, the answers of its leaves. fired: the rules that fire. duties: of those, what
    is met and violated. missed: rules that would fire but for this one field of their match."""

    vectors: Mapping[str, Vector]
    fired: frozenset[str]
    duties: frozenset[tuple[str, Reason, bool]]
    missed: frozenset[tuple[str, Field]]


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


class Observer:
    """Looks at cases. `evaluate(part, action, facts, rule)` answers a match, a condition, a duty."""

    def __init__(self, policy: Policy, evaluate: Evaluate) -> None:
        self._evaluate = evaluate
        self._ask: Any = evaluate
        self._tools = Tools(policy, evaluate)
        self._duties = duties_of(policy)

    def seen(self, action: Mapping[str, Json], facts: Mapping[str, Json]) -> Seen:
        """What a case shows of all rules for its tool."""
        vectors: dict[str, Vector] = {}
        fired: set[str] = set()
        duties: set[tuple[str, Reason, bool]] = set()
        missed: set[tuple[str, Field]] = set()
        for rule in self._tools.rules(action["tool"]):
            failing = [test.field for test in rule.match[1:] if not self._evaluate(test, action, {})]
            if len(failing) > 1:
                continue
            answers = tuple(self._evaluate(leaf, action, {}) for leaf in atoms(rule.when))
            would_fire = fires_with(rule, answers)
            if failing:
                missed |= {(rule.id, failing[0])} if would_fire else set()
                continue
            vectors[rule.id] = answers
            if would_fire:
                fired.add(rule.id)
                duties |= {(rule.id, reason, met) for reason, met in self._met(rule, action, facts)}
        return Seen(vectors, frozenset(fired), frozenset(duties), frozenset(missed))

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

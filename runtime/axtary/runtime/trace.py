"""A decision step by step: every rule for the tool, each of its parts with its answer, and what follows from them.

Rules whose match fails are asked for nothing more, and rules that do not fire have no say by their obligations.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from axtary.backends import native
from axtary.compiler.analysis.solve import Answer, fires, kleene
from axtary.compiler.clauses import Reason
from axtary.compiler.ir import And, Condition, Effect, Not, Or, Policy, Rule, atoms
from axtary.compiler.text import condition_text
from axtary.runtime import parts
from axtary.runtime.parts import Part, Place

_RESTRICTIONS = frozenset(Reason) - {Reason.GRANTED, Reason.APPROVAL_REQUIRED, Reason.DEFAULT_DENY}


def trace(policy: Policy, action: Mapping[str, Any], facts: Mapping[str, Any], place: Place) -> dict[str, Any]:
    """`rules`, those for the tool by id, and `steps`, by which their contributions come to a decision."""
    tracer = _Tracer(action, facts, place)
    rules = [tracer.rule(rule) for rule in policy.rules if native.evaluate(rule.match[0], action, {})]
    return {"rules": rules, "steps": list(_steps(rules))}


def _steps(rules: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """The first step that has a decision is the last."""
    said = [{"code": code, "rule": rule["rule"]} for rule in rules for code in rule["contributes"]]
    restrictions = [each for each in said if each["code"] in _RESTRICTIONS]
    yield {"step": "restrictions", "found": restrictions, "decision": "deny" if restrictions else None}
    if restrictions:
        return
    grants = [each for each in said if each["code"] == Reason.GRANTED]
    yield {"step": "grants", "found": grants, "decision": None if grants else "deny"}
    if not grants:
        return
    holds = [each for each in said if each["code"] == Reason.APPROVAL_REQUIRED]
    yield {"step": "holds", "found": holds, "decision": "step_up" if holds else "allow"}


class _Tracer:
    """Traces the rules of one action."""

    def __init__(self, action: Mapping[str, Any], facts: Mapping[str, Any], place: Place) -> None:
        self._action, self._facts, self._place = action, facts, place

    def rule(self, rule: Rule) -> dict[str, Any]:
        """One rule: `match`, `when`, `obligations`, `approval`, whether it `fires`, and what it `contributes`."""
        match = [self._part(rule, test) for test in rule.match]
        is_matched = all(part["answer"] for part in match)
        leaves = [self._answer(rule, leaf) for leaf in atoms(rule.when)] if is_matched else []
        answer = (kleene(rule.when, leaves) if rule.when is not None else True) if is_matched else False
        is_fired = is_matched and fires(rule.effect, answer)
        obligations = [self._part(rule, each) for each in rule.obligations] if is_fired else []
        approval = self._part(rule, rule.approvers) if is_fired and rule.approvers is not None else None
        when = self._node(rule, rule.when, leaves) if is_matched and rule.when is not None else None
        head = {"rule": rule.id, "effect": rule.effect.value} | self._place(rule.span)
        body = {"match": match, "when": when, "obligations": obligations, "approval": approval, "fires": is_fired}
        says = list(_contributions(rule, answer, obligations, approval)) if is_fired else []
        return head | body | {"contributes": says}

    def _node(self, rule: Rule, condition: Condition, leaves: Sequence[Answer]) -> dict[str, Any]:
        """A condition; `leaves` are the answers of its leaves."""
        if not isinstance(condition, And | Or | Not):
            return self._part(rule, condition)
        items = []
        rest = list(leaves)
        for item in (condition.item,) if isinstance(condition, Not) else condition.items:
            count = sum(1 for _ in atoms(item))
            items.append(self._node(rule, item, rest[:count]))
            rest = rest[count:]
        return {
            "kind": type(condition).__name__.lower(),
            "text": condition_text(condition),
            **self._place(condition.span if condition.span.line else rule.span),
            "answer": kleene(condition, leaves),
            "items": items,
        }

    def _part(self, rule: Rule, part: Part) -> dict[str, Any]:
        return {
            "kind": parts.kind(part),
            "text": parts.text(rule, part),
            **self._place(part.span if part.span.line else rule.span),
            "answer": self._answer(rule, part),
            "seen": parts.seen(rule, part, self._action, self._facts),
        }

    def _answer(self, rule: Rule, part: Part) -> Answer:
        return native.evaluate(part, self._action, self._facts, rule.id)


def _contributions(
    rule: Rule, answer: Answer, obligations: Iterable[dict[str, Any]], approval: dict[str, Any] | None
) -> Iterable[str]:
    """The reason codes that a rule that fires brings."""
    if rule.effect is Effect.DENY:
        yield Reason.RULE_DENIES.value
    yield from (Reason(each["kind"]).value for each in obligations if not each["answer"])
    if approval is not None and not approval["answer"]:
        yield Reason.APPROVAL_REQUIRED.value
    if rule.effect is not Effect.DENY and answer is True:
        yield Reason.GRANTED.value

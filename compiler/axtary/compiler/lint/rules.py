"""Warnings about rules as a whole: one that repeats another, a budget that no call meets, a condition that decides
nothing. Only what is certain from the rule's own text is reported.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field

from axtary.compiler.diagnostics import Label, Reporter, quoted
from axtary.compiler.drafts import RuleDraft
from axtary.compiler.ir import (
    And,
    Budget,
    Compare,
    Condition,
    Instant,
    Not,
    Number,
    OneOf,
    Or,
    Policy,
    Rule,
    Value,
    path_text,
)


def check(policy: Policy, drafts: list[RuleDraft], report: Reporter) -> None:
    """Report every warning on rules."""
    order = sorted(drafts, key=lambda draft: not draft.span.file.startswith("preset:"))  # a preset is never at fault
    _repeated(policy, [draft.id.value for draft in order], report)
    for rule in policy.rules:
        for obligation in rule.obligations:
            if isinstance(obligation, Budget):
                _out_of_budget(obligation, report)
        for node in _logic(rule.when):
            _decides_nothing(node, report)


# --- rules that repeat each other -----------------------------------------------------------------------------------


def _repeated(policy: Policy, order: list[str], report: Reporter) -> None:
    """Two rules with the same effect, match, condition and obligations. In which order parts stand does not matter."""
    first: dict[Hashable, Rule] = {}
    rules = {rule.id: rule for rule in policy.rules}
    for rule_id in order:
        rule = rules[rule_id]
        match = frozenset((match.field, frozenset(match.patterns)) for match in rule.match)
        asks = (rule.obligations, rule.approvers, rule.ttl)
        other = first.setdefault((rule.effect, match, _shape(rule.when), asks), rule)
        if other is not rule:
            label = Label(other.span, f"{quoted(other.id)} says it already")
            message = f"the rule {quoted(rule.id)} repeats {quoted(other.id)}"
            report.warning("AX0709", rule.span, message, "delete one of the two, or write what differs", label)


def _shape(node: Condition | None) -> Hashable:
    """Equal for conditions that differ only in the order and repetition of `and` and `or`."""
    if isinstance(node, And | Or):
        return type(node), frozenset(_shape(item) for item in node.items)
    return (Not, _shape(node.item)) if isinstance(node, Not) else node


# --- budgets --------------------------------------------------------------------------------------------------------


def _out_of_budget(budget: Budget, report: Reporter) -> None:
    if isinstance(budget.cost, Number) and budget.cost > budget.limit:
        message = f"each call costs {budget.cost}, and the limit is {budget.limit}: the rule denies wherever it fires"
        report.warning("AX0719", budget.span, message, f"write a limit of {budget.cost} or more, or a smaller `cost`")


# --- conditions -----------------------------------------------------------------------------------------------------


@dataclass
class _Wanted:
    """What the items of one `and` ask of one attribute together. None: not limited."""

    values: frozenset[Value] | None = None
    excluded: set[Value] = field(default_factory=set)
    least: tuple[int, bool] | None = None  # the largest lower bound, and whether it is excluded itself
    most: tuple[int, bool] | None = None  # the smallest upper bound, negated, likewise

    def add(self, item: OneOf | Compare, denied: bool) -> None:
        """Take one test, or its negation."""
        if isinstance(item, Compare):
            self._bound(_NEGATED[item.op] if denied else item.op, _scaled(item.value))
        elif denied:
            self.excluded |= set(item.values)
        else:
            self.values = frozenset(item.values) if self.values is None else self.values & set(item.values)

    def _bound(self, op: str, value: int) -> None:
        strict = op in ("<", ">")
        if op in (">", ">="):
            self.least = max(self.least or (value, strict), (value, strict))
        else:
            self.most = max(self.most or (-value, strict), (-value, strict))

    @property
    def impossible(self) -> bool:
        if self.values is not None:
            return not any(value not in self.excluded and self._within(value) for value in self.values)
        if self.least is None or self.most is None:
            return False
        gap = -self.most[0] - self.least[0]
        return gap < 0 or (gap == 0 and (self.least[1] or self.most[1]))

    def _within(self, value: Value) -> bool:
        if not isinstance(value, Number | Instant):
            return True
        number = _scaled(value)
        above = self.least is None or (number, False) >= self.least
        below = self.most is None or (-number, False) >= self.most
        return above and below


_NEGATED = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}


def _scaled(value: Number | Instant) -> int:
    return value.scaled if isinstance(value, Number) else value.ns


def _logic(node: Condition | None) -> Iterator[And | Or]:
    if isinstance(node, And | Or):
        yield node
        for item in node.items:
            yield from _logic(item)
    elif isinstance(node, Not):
        yield from _logic(node.item)


def _decides_nothing(node: And | Or, report: Reporter) -> None:
    """`x == "a" and x == "b"` is never true; `x != "a" or x != "b"` is true whatever x is."""
    wanted: dict[tuple[str, ...], _Wanted] = {}
    for item in node.items:
        denied = isinstance(node, Or)  # an `or` holds always if the `and` of the negations holds never
        while isinstance(item, Not):
            item, denied = item.item, not denied
        if isinstance(item, OneOf | Compare):
            asked = wanted.setdefault(item.attribute.path, _Wanted())
            before = asked.impossible
            asked.add(item, denied)
            if asked.impossible and not before:
                _report(node, item, report)


def _report(node: And | Or, item: OneOf | Compare, report: Reporter) -> None:
    name = path_text(item.attribute.path)
    if isinstance(node, And):
        message = f"{quoted(name)} cannot be all of this at once, so the condition is never true"
        help_text = f"write `or`, or `{name} in […]`, for one of several values"
    else:
        message = f"whatever {quoted(name)} is, one side is true, so the condition excludes nothing"
        help_text = f"write `and`, or `not {name} in […]`, to exclude several values"
    if isinstance(item, Compare):
        help_text = f"check the signs and the limits, and whether `{'or' if isinstance(node, And) else 'and'}` is meant"
    report.warning("AX0720", item.span, message, help_text)

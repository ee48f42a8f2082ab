"""What is settled inside one rule: parts of its condition, limits that no value has, obligations that nothing meets."""

from __future__ import annotations

from collections.abc import Collection

from axtary.compiler.analysis.actions import number as json_number
from axtary.compiler.analysis.reach import unreachable
from axtary.compiler.diagnostics import Reporter, quoted
from axtary.compiler.ir import (
    And,
    Atom,
    BlockedPaths,
    Budget,
    Compare,
    Condition,
    Count,
    Has,
    Hours,
    Not,
    Number,
    Obligation,
    OneOf,
    Or,
    Policy,
    Rate,
    Rule,
    Span,
    Type,
    atoms,
    path_text,
)
from axtary.compiler.lint.exact.alone import Alone, Position

_NAMES = {BlockedPaths: "`blocked_paths`", Budget: "`budget`", Hours: "`hours`", Rate: "`rate`"}


def check(policy: Policy, rule: Rule, alone: Alone, told: Collection[Span], report: Reporter) -> bool:
    """Report what is settled. Returns whether that says all about the rule: it never fires, or it always denies.

    `told` are the places of conditions that were reported before. Raises Exhausted.
    """
    beyond = _beyond_limits(policy, rule, report)
    told = {*told, *(atom.span for atom in beyond)}
    if not alone.fires():
        if told.isdisjoint(atom.span for atom in atoms(rule.when)):
            message = f"the rule {quoted(rule.id)} never fires: no action is all that its `match` and `when` ask for"
            help_text = "look for two parts that exclude each other; if it is meant so, delete the rule"
            report.warning("AX0721", rule.span, message, help_text)
        return True
    if rule.when is not None:
        _Parts(rule, alone, told, report).settle(rule.when, ())
    return _unmet(rule, alone, report)


# --- limits ---------------------------------------------------------------------------------------------------------


def _beyond_limits(policy: Policy, rule: Rule, report: Reporter) -> list[Atom]:
    """Comparisons that have one answer by the type of what they read, reported."""
    found: list[Atom] = []
    for atom in atoms(rule.when):
        if not isinstance(atom, Compare | Count | OneOf):
            continue
        why = _no_value(atom) if isinstance(atom, OneOf) else None
        if isinstance(atom, Compare | Count):
            reasons = (unreachable(policy, rule, atom, answer) for answer in (True, False))
            why = next((reason for reason in reasons if reason is not None), None)
        if why is not None:
            message = f"{quoted(path_text(atom.attribute.path))} cannot have this limit: {why}"
            report.warning(
                "AX0726", atom.span, message, "check the limit and the sign; to ask for presence write `has`"
            )
            found.append(atom)
    return found


def _no_value(atom: OneOf) -> str | None:
    if atom.attribute.type is not Type.NUMBER:
        return None
    numbers = [value.scaled for value in atom.values if isinstance(value, Number)]
    return "no number makes it true" if all(json_number(each) is None for each in numbers) else None


# --- parts of conditions --------------------------------------------------------------------------------------------


class _Parts:
    """Finds the parts of a condition without which the rule is the same.

    Outer parts and later ones come first, and what was found counts as settled from then on: of two parts that imply
    each other only one is reported.
    """

    def __init__(self, rule: Rule, alone: Alone, told: Collection[Span], report: Reporter) -> None:
        self._rule, self._alone, self._told, self._report = rule, alone, told, report
        self._settled: dict[Position, bool] = {}

    def settle(self, part: Condition, at: Position) -> None:
        """Look at a part, and at those inside if it is not settled itself. The whole never is false: the rule fires."""
        for answer in (True, False) if at else (True,):
            alone, beside = {at: answer}, {**self._settled, at: answer}
            if self._alone.is_same({}, alone) and self._alone.is_same(self._settled, beside):
                if not (answer and all(isinstance(atom, Has) for atom in atoms(part))):  # `has` may stay: it is a guard
                    self._settled[at] = answer
                    self._tell(part, answer)
                return
        items = part.items if isinstance(part, And | Or) else (part.item,) if isinstance(part, Not) else ()
        for index in reversed(range(len(items))):
            self.settle(items[index], (*at, index))

    def _tell(self, part: Condition, answer: bool) -> None:
        if not {atom.span for atom in atoms(part)}.isdisjoint(self._told):
            return
        name = quoted(self._rule.id)
        if answer:
            message = f"this excludes nothing: {name} fires for the same actions without it"
        else:
            message = f"this is never true where the rest holds: {name} fires for the same actions without it"
        self._report.warning("AX0720", part.span, message, "delete it, or write what it was meant to ask")


# --- obligations ----------------------------------------------------------------------------------------------------


def _unmet(rule: Rule, alone: Alone, report: Reporter) -> bool:
    """Obligations that no action meets for which the rule fires: it denies all of them."""
    asked = [each for each in rule.obligations if not is_out_of_budget(each)]  # that is told already
    if not asked or alone.meets(asked):
        return len(asked) < len(rule.obligations)
    alone_unmet = [each for each in asked if not alone.meets([each])]
    unmet = alone_unmet[0] if alone_unmet else asked[0]
    if isinstance(unmet, Hours) and alone_unmet:
        message = f"{quoted(rule.id)} never fires in these hours, so it denies wherever it fires"
        report.warning("AX0725", unmet.span, message, "write hours that fit what `when` asks of `time`")
        return True
    names = " and ".join(_NAMES[type(each)] for each in (alone_unmet[:1] or asked))
    message = f"{names} of {quoted(rule.id)} cannot be met where the rule fires, so it denies everything"
    report.warning(
        "AX0724", unmet.span, message, "change `when` or the obligation; to forbid something write a deny rule"
    )
    return True


def is_out_of_budget(each: Obligation) -> bool:
    """Does each call cost more than the limit? That has a warning of its own."""
    return isinstance(each, Budget) and isinstance(each.cost, Number) and each.cost > each.limit

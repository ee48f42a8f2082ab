"""What case would show an outcome that no case has shown yet: one phrase each."""

from __future__ import annotations

from typing import assert_never

from axtary.compiler.ir import (
    Approvers,
    Atom,
    BlockedPaths,
    Budget,
    Compare,
    CompareAttributes,
    Count,
    Effect,
    Has,
    Hours,
    Like,
    Number,
    Obligation,
    OneOf,
    Quantified,
    Rate,
    Rule,
    attributes,
    path_text,
)


def fires_hint(rule: Rule) -> str:
    """For a rule that has not fired."""
    if rule.when is None:
        return "add a case whose action the rule matches"
    needed = "is true" if rule.effect is Effect.ALLOW else "is not false"
    return f"add a case whose action the rule matches and whose `when` {needed}"


def answer_hint(leaf: Atom, answer: str) -> str:
    """For a condition that has not had an answer; the rule's match must hold in the case."""
    where = "add a case that the rule matches "
    if answer == "undefined":
        paths = " or ".join(dict.fromkeys(f"`{path_text(attribute.path)}`" for attribute in attributes(leaf)))
        return f"{where}without {paths}, or with a value of another type"
    match leaf:
        case Has():
            verb = "with" if answer == "true" else "without"
            return f"{where}{verb} `{path_text(leaf.path)}`"
        case OneOf() | Compare() | CompareAttributes() | Like() | Quantified() | Count():
            return f"{where}and where it is {answer}"
        case _:
            assert_never(leaf)


def duty_hint(rule: Rule, duty: Obligation | Approvers, outcome: str) -> str:
    """For an obligation or an approval that was never met, or never violated; the rule must fire in the case."""
    where = "add a case in which the rule fires "
    met = outcome == "met"
    match duty:
        case BlockedPaths():
            return f"{where}and `paths` {'touches none' if met else 'touches one'} of the blocked paths"
        case Hours():
            return f"{where}with a `time` {'inside' if met else 'outside'} the hours"
        case Rate():
            return f"{where}with `facts: {{usage: {{{rule.id}: {duty.limit - met}}}}}`"
        case Budget(limit, unit, _, _, cost):
            name = str(cost) if isinstance(cost, Number) else path_text(cost.path)
            return f"{where}with `{name}` {'within' if met else 'above'} {limit} {unit}"
        case Approvers(roles, quorum):
            who = f"of {' or '.join(roles)}" if roles else "of anyone"
            return f"{where}{'with' if met else 'without'} the approval {who}" + (f" by {quorum}" if quorum > 1 else "")
        case _:
            assert_never(duty)

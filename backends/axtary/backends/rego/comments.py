"""What is said in comments: rules and obligations as the code below them has them."""

from __future__ import annotations

from axtary.compiler.ir import Attribute, Budget, Hours, Obligation, Rate, Rule, path_text
from axtary.compiler.text import condition_text, match_text, obligation_text


def rule_comment(rule: Rule) -> tuple[str, ...]:
    """Where a rule stands and what it says."""
    lines = [f"{rule.effect} {rule.id}" + (f" ({rule.span.file}:{rule.span.line})" if rule.span.line else "")]
    lines += rule.description.splitlines()
    lines.append("match " + ", ".join(match_text(match) for match in rule.match))
    if rule.when is not None:
        lines.append("when " + condition_text(rule.when, exact=True))
    return tuple(lines)


def obligation_comment(obligation: Obligation) -> str:
    """An obligation in one line, with seconds as the code counts them; its windows are in the code."""
    match obligation:
        case Hours(windows):
            return f"hours: {len(windows)} window" + ("s" if len(windows) > 1 else "")
        case Rate(limit, seconds, per):
            return f"rate: {limit} per {seconds} s per {per}"
        case Budget(limit, unit, per, seconds, cost):
            what = path_text(cost.path) if isinstance(cost, Attribute) else str(cost)
            return f"budget: {what} of {limit} {unit} per {seconds} s per {per}"
        case _:
            return obligation_text(obligation)

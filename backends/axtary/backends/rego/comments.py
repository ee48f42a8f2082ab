"""The comment above a rule's clauses."""

from __future__ import annotations

from axtary.compiler.ir import Rule
from axtary.compiler.text import condition_text, match_text


def rule_comment(rule: Rule) -> tuple[str, ...]:
    """Where a rule stands and what it says."""
    lines = [f"{rule.effect} {rule.id}" + (f" ({rule.span.file}:{rule.span.line})" if rule.span.line else "")]
    lines += rule.description.splitlines()
    lines.append("match " + ", ".join(match_text(match) for match in rule.match))
    if rule.when is not None:
        lines.append("when " + condition_text(rule.when))
    return tuple(lines)

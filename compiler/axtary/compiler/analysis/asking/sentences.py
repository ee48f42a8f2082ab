"""A decision in one plain sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from axtary.compiler.analysis.diff.result import Kind
from axtary.compiler.analysis.diff.sentences import DUTIES, listed, subject
from axtary.compiler.clauses import Reason

Json = Any


def decided(
    decision: str, reasons: Sequence[tuple[Reason, str]], action: Mapping[str, Json], facts: Mapping[str, Json]
) -> str:
    """What is decided, and by which rules. Texts of policy and action stand as they are."""
    return f"{subject(action)} {_how(decision, reasons, facts)}"


def _how(decision: str, reasons: Sequence[tuple[Reason, str]], facts: Mapping[str, Json]) -> str:
    rules = sorted({rule for _, rule in reasons if rule})
    if decision == "allow":
        return f"is allowed by {listed(rules)}" + (", once approved" if "approval" in facts else "")
    if decision == "step_up":
        return f"needs an approval for {listed(rules)}"
    if not rules:
        return "is denied because no rule grants it"
    return f"is denied by {listed([_cause(reason, rule) for reason, rule in reasons])}"


def _cause(reason: Reason, rule: str) -> str:
    return rule if reason is Reason.RULE_DENIES else f"{DUTIES[Kind(reason.value)]} of {rule}"

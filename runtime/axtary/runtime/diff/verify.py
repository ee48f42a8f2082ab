"""Every witness is decided by native, Cedar and Rego before anybody sees it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from axtary.compiler.analysis.diff import Change
from axtary.compiler.ir import Policy
from axtary.runtime.panel import Panel, refused, unlike


class Verifier:
    """The engines of two policies, ready for the witnesses of some changes. Raises EngineError, EngineMissing."""

    def __init__(self, old: Policy, new: Policy, changes: Sequence[Change]) -> None:
        tools = sorted({change.action["tool"] for change in changes})
        self._old, self._new = (Panel(policy, tools) for policy in (old, new))

    def confirmed(self, change: Change) -> Change | str:
        """The change with the rules that the engines name; or why the witness does not show what is claimed of it."""
        if (why := refused(change.action, "a change")) is not None:
            return why
        rules = []
        for panel, claimed in ((self._old, change.old), (self._new, change.new)):
            verdict = panel.verdict(change.action, change.facts, "a change")
            if isinstance(verdict, str):
                return verdict
            if (why := unlike(claimed, verdict)) is not None:
                return why
            rules.append(tuple(sorted({rule for _, rule in verdict.reasons if rule})))
        if change.old == change.new:
            return change
        cause = tuple(rule for rule in change.cause if rule in (*rules[0], *rules[1]))  # none: a hold hides the grant
        return replace(change, old_rules=rules[0], new_rules=rules[1], cause=cause or change.cause)

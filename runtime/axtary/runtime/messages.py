"""Reason codes in words, for people and for agents that are told why."""

from __future__ import annotations

import json
from typing import Any

from axtary.backends.verdict import Because
from axtary.compiler.clauses import Reason
from axtary.compiler.diagnostics import printable
from axtary.compiler.ir import Approvers, Policy, Rule


def message(because: Because, policy: Policy) -> str:
    """One phrase for a reason."""
    code, rule_id = because
    if code is Reason.DEFAULT_DENY:
        return "no allow or step_up rule grants this action"
    rule = policy.by_id[rule_id]
    return _PHRASES[code].format(rule=rule.id, approvers=approvers_text(rule))


_PHRASES = {
    Reason.RULE_DENIES: "the rule {rule} denies this action",
    Reason.BLOCKED_PATHS: "the action touches a path that {rule} blocks, or does not say which paths it touches",
    Reason.HOURS: "the action is outside the hours of {rule}, or has no time",
    Reason.RATE: "the rate of {rule} is used up, or its usage is not known",
    Reason.BUDGET: "the cost is above the budget of {rule}, or is not known",
    Reason.APPROVAL_REQUIRED: "the rule {rule} needs the approval of {approvers}",
    Reason.GRANTED: "the rule {rule} grants this action",
}


def approvers_text(rule: Rule) -> str:
    """Who must approve what a step_up rule holds."""
    needed = rule.approvers or Approvers()
    who = " or ".join(needed.roles) if needed.roles else "any approver"
    return who if needed.quorum == 1 else f"{needed.quorum} of {who}"


def shown(value: Any, limit: int = 60) -> str:
    """A JSON value in one line for people: printable, and cut to `limit` characters."""
    return cut(json.dumps(value, ensure_ascii=False), limit)


def cut(text: str, limit: int) -> str:
    """A text in one line for people: printable, and cut to `limit` characters."""
    words = printable(text[: limit + 1])
    return words if len(words) <= limit else words[: limit - 1] + "…"

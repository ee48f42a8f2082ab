"""Parts of a rule for reports: what kind each is, what the policy says there, where, and what stood in the action."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from axtary.compiler.analysis.actions import ABSENT, at
from axtary.compiler.analysis.candidates import reads
from axtary.compiler.ir import (
    Approvers,
    Atom,
    BlockedPaths,
    Budget,
    Hours,
    Match,
    Obligation,
    Rate,
    Rule,
    Span,
    path_text,
)
from axtary.compiler.text import condition_text, match_text, obligation_text
from axtary.runtime.messages import approvers_text

Part = Match | Atom | Obligation | Approvers
Place = Callable[[Span], dict[str, Any]]
"""Where a part stands: `{"file": …, "line": …}`."""

_KINDS: dict[type, str] = {
    Match: "match",
    BlockedPaths: "blocked_paths",
    Hours: "hours",
    Rate: "rate",
    Budget: "budget",
    Approvers: "approval",
}


def kind(part: Part) -> str:
    """`condition`, `blocked_paths`, `hours`, `rate`, `budget`, `approval` or `match`."""
    return _KINDS.get(type(part), "condition")


def text(rule: Rule, part: Part) -> str:
    """What the policy says, much as its author wrote it."""
    match part:
        case Match():
            return f"match.{match_text(part)}"
        case Approvers():
            return f"approvers: {approvers_text(rule)}"
        case BlockedPaths() | Hours() | Rate() | Budget():
            return obligation_text(part)
        case leaf:
            return condition_text(leaf)


def seen(rule: Rule, part: Part, action: Mapping[str, Any], facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each value that a part reads: `attribute`, `present` and, if present, `value`."""
    if isinstance(part, Approvers):
        return [_entry(("approval", "approvers"), facts, "facts")]
    if isinstance(part, Rate):
        return [_entry(("usage", rule.id), facts, "facts")]
    return [_entry(path, action) for path in reads(part)]


def _entry(path: tuple[str, ...], source: Mapping[str, Any], *prefix: str) -> dict[str, Any]:
    value = at(source, path)
    present = value is not ABSENT
    name = {"attribute": path_text((*prefix, *path)), "present": present}
    return name | ({"value": value} if present else {})

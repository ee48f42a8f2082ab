"""The toolkit's evaluator as its documentation has it: one flat list of rules, of which the first match decides."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

_TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda seen, value: bool(seen == value),
    "ne": lambda seen, value: bool(seen != value),
    "gt": lambda seen, value: bool(seen > value),
    "lt": lambda seen, value: bool(seen < value),
    "gte": lambda seen, value: bool(seen >= value),
    "lte": lambda seen, value: bool(seen <= value),
    "in": lambda seen, value: seen in value,
    "not_in": lambda seen, value: seen not in value,
    "contains": lambda seen, value: value in seen,
    "matches": lambda seen, value: re.search(str(value), str(seen)) is not None,
}
_OUTCOMES = {
    "allow": "allow",
    "audit": "allow",
    "deny": "deny",
    "block": "deny",
    "require_approval": "step_up",
}


def decide(document: dict[str, Any], context: dict[str, Any]) -> str:
    """The decision on one context; an error denies."""
    try:
        for rule in sorted(document["rules"], key=lambda rule: -rule.get("priority", 0)):
            if matches(rule["condition"], context):
                return _OUTCOMES[rule["action"]]
    except TypeError:
        return "deny"
    return _OUTCOMES[document.get("defaults", {}).get("action", "allow")]


def matches(condition: dict[str, Any], context: dict[str, Any]) -> bool:
    """A missing field never matches."""
    seen = context.get(condition["field"])
    return seen is not None and _TESTS[condition["operator"]](seen, condition["value"])


def action(context: dict[str, Any]) -> dict[str, Any]:
    """The context as the normalizer of docs/migration.md writes it."""
    rest = {name: value for name, value in context.items() if name not in ("tool_name", "agent_id")}
    found: dict[str, Any] = {"version": 1, "tool": context["tool_name"], "context": rest}
    return found | ({"actor": {"agent": context["agent_id"]}} if "agent_id" in context else {})

"""A change in one plain sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from axtary.compiler.analysis.diff.result import Change, Kind

Json = Any

DUTIES = {
    Kind.BLOCKED_PATHS: "the blocked paths",
    Kind.HOURS: "the hours",
    Kind.RATE: "the rate",
    Kind.BUDGET: "the budget",
}
_UNITS = ((86_400, "d"), (3600, "h"), (60, "m"), (1, "s"))


def sentence(change: Change) -> str:
    """What was decided, what is decided now, and by which rules. Texts of policy and action stand as they are."""
    what = subject(change.action)
    if change.old == change.new:
        return f"{what} {_PERMITTED[change.old]} as before, but {_terms(change)}"
    was = _decided(change.old, change.old_rules, change, "was")
    note = "; a rate is counted under the id of its rule" if _moved(change) else ""
    return f"{what} {was}, and {_decided(change.new, change.new_rules, change, 'is now')}{note}"


def _moved(change: Change) -> bool:
    """Is it a rate whose rule is not among those that decide on the other side? Perhaps it was only renamed."""
    return change.kind is Kind.RATE and not set(change.old_rules) & set(change.new_rules)


_PERMITTED = {"allow": "is allowed", "step_up": "needs an approval"}


def subject(action: Mapping[str, Json]) -> str:
    """What is called, and on what."""
    return f"{action['tool']} on {action['resource']}" if "resource" in action else str(action["tool"])


def _decided(decision: str, rules: Sequence[str], change: Change, verb: str) -> str:
    if decision == "allow":
        return f"{verb} allowed by {listed(rules)}"
    if decision == "step_up":
        if verb == "was":
            return f"needed an approval for {listed(rules)}"
        return f"now needs {'another' if change.kind is Kind.APPROVERS else 'an'} approval for {listed(rules)}"
    if not rules:
        return f"{verb} denied because no rule grants it"
    duty = DUTIES.get(change.kind)
    return f"{verb} denied by {duty} of {listed(rules)}" if duty else f"{verb} denied by {listed(rules)}"


def listed(rules: Sequence[str]) -> str:
    """`a, b and c`, of one or more."""
    *first, last = rules
    return f"{', '.join(first)} and {last}" if first else last


def _terms(change: Change) -> str:
    old, new = change.old_terms, change.new_terms
    if change.kind is Kind.TTL:
        if old is None or new is None:
            return (
                f"with a ttl of {duration(new)}, which it had not"
                if old is None
                else f"without the ttl of {duration(old)}"
            )
        return f"its ttl is {duration(new)} instead of {duration(old)}"
    name = f"{DUTIES[change.kind]} of {listed(change.cause)}"
    if old is None:
        return f"{name} now counts: {_entries(new)}"
    if new is None:
        return f"{name} does not count any more: {_entries(old)}"
    return f"{name} is {_entries(new)} instead of {_entries(old)}"


def _entries(entries: Sequence[dict[str, Json]]) -> str:
    return " and ".join(map(_entry, entries))


def _entry(entry: dict[str, Json]) -> str:
    window = f"per {duration(entry['window_seconds'])} per {entry['per']}"
    if "unit" not in entry:
        return f"{entry['limit']} {window}"
    cost = entry["cost"]
    spent = cost["attribute"] if isinstance(cost, dict) else cost
    return f"{entry['limit']} {entry['unit']} {window}, at a cost of {spent}"


def duration(seconds: int) -> str:
    """As an author writes it: `5m`, `1h30m`."""
    found = ""
    for size, unit in _UNITS:
        count, seconds = divmod(seconds, size)
        found += f"{count}{unit}" if count else ""
    return found

"""An action and its facts to a Cedar request.

Every value in the context is of one known type: an attribute stands in the record of the type by which a rule reads
it, and only if it is defined there, so Cedar never compares values of two types.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from axtary.backends.cedar.derived import evaluate
from axtary.backends.cedar.lower import Lowering, Reads
from axtary.backends.cedar.schema import PRINCIPAL, RESOURCE
from axtary.backends.cedar.tree import decimal_text
from axtary.backends.cedar.values import Typed, present, read, text, whole
from axtary.compiler.ir import NUMBER_MAX, Approvers, Field, Type

_DECIMALS = frozenset({Type.NUMBER, Type.DECIMAL})


def request(lowering: Lowering, action: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[str, Any]:
    """The request, as cedarpy takes it."""
    fields = {field.value: text(action, field.path) for field in Field}
    tool = fields[Field.TOOL]
    return {
        "principal": {"type": PRINCIPAL, "id": fields[Field.ACTOR]},
        "action": {"type": "Action", "id": tool if tool in lowering.tools else lowering.other},
        "resource": {"type": RESOURCE, "id": fields[Field.RESOURCE]},
        "context": fields | context(lowering.reads, action, facts),
    }


def context(reads: Reads, action: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[str, Any]:
    """All of the context but the fields of `match`."""
    records: dict[str, Any] = {kind.value: {} for kind in Type}
    for (kind, key), attribute in reads.attributes.items():
        value = read(attribute, action)
        if value is not None:
            records[kind.value][key] = _encoded(kind, value)
    approvers = _approvers(facts)
    derived = {name: evaluate(hoisted.test, action) for name, hoisted in reads.derived.items()}
    return records | {
        "present": [key for key, path in reads.present.items() if present(action, path)],
        "usage": _usage(reads, facts),
        "approved": [rule for rule, wanted in reads.approvals.items() if _is_met(wanted, approvers)],
        "derived": {name: value for name, value in derived.items() if value is not None},
    }


def _encoded(kind: Type, value: Typed) -> Any:
    if kind in _DECIMALS and isinstance(value, int):
        return {"__extn": {"fn": "decimal", "arg": decimal_text(value)}}
    return list(value) if isinstance(value, tuple) else value


def _usage(reads: Reads, facts: Mapping[str, Any]) -> dict[str, int]:
    found = facts.get("usage")
    counters = found if isinstance(found, Mapping) else {}
    usage = {rule: whole(counters.get(rule)) for rule in reads.usage}
    return {rule: count for rule, count in usage.items() if count is not None and 0 <= count <= NUMBER_MAX}


Approver = tuple[str, frozenset[str]]


def _approvers(facts: Mapping[str, Any]) -> list[Approver]:
    """Who approved, with their roles; nobody if a single entry is ill-typed."""
    approval = facts.get("approval")
    listed = approval.get("approvers") if isinstance(approval, Mapping) else None
    found = [_approver(entry) for entry in listed] if isinstance(listed, list | tuple) else []
    known = [approver for approver in found if approver is not None]
    return known if len(known) == len(found) else []


def _approver(entry: Any) -> Approver | None:
    if not isinstance(entry, Mapping):
        return None
    name, roles = entry.get("id"), entry.get("roles")
    if not isinstance(name, str) or not isinstance(roles, list | tuple):
        return None
    return (name, frozenset(roles)) if all(isinstance(role, str) for role in roles) else None


def _is_met(wanted: Approvers, approvers: list[Approver]) -> bool:
    able = {name for name, roles in approvers if not wanted.roles or not roles.isdisjoint(wanted.roles)}
    return len(able) >= wanted.quorum

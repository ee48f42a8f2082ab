"""The files with which a fleet runs a policy in a Cedar engine of its own."""

from __future__ import annotations

import json
from typing import Any

from axtary.backends.cedar import est
from axtary.backends.cedar.derived import Hoisted
from axtary.backends.cedar.local_time import zone_data_version
from axtary.backends.cedar.lower import Lowering, lower
from axtary.backends.cedar.schema import CEDAR_TYPES, PRINCIPAL, RESOURCE, schema
from axtary.backends.cedar.text import program
from axtary.backends.cedar.words import words
from axtary.compiler.ir import NOWHERE, Field, Policy, path_text, to_json

# How a value is read by its type: what it must be, or else the attribute is undefined.
READING = {
    "string": "JSON strings",
    "path": (
        "JSON strings that are canonical paths: not empty, no backslash, no NUL, "
        "no segment between slashes that is empty, . or .."
    ),
    "boolean": "JSON booleans",
    "number": (
        "JSON numbers with at most 4 fraction digits, by their shortest decimal form, that fit a Cedar decimal; "
        "never a boolean"
    ),
    "integer": "JSON numbers that are integral by value, from -(2^53-1) to 2^53-1; never a boolean",
    "decimal": "as number, or a JSON string -?(0|[1-9][0-9]*)(.[0-9]+)? of such a value",
    "timestamp": (
        "RFC 3339 strings YYYY-MM-DDTHH:MM:SS[.fraction of 1 to 9 digits](Z or +HH:MM or -HH:MM) "
        "of the years 1678 to 2261, as nanoseconds since 1970-01-01T00:00:00Z"
    ),
    "strings": "JSON arrays of strings only",
    "paths": "JSON arrays of canonical paths only",
}

_RULES = (
    "Validate every request against the schema, and deny if Cedar reports an error: Cedar skips a policy that errors.",
    "Allow only on Cedar's Allow. On Deny, the `reason` annotations of the determining policies say why; if all are "
    "`approval_required`, an approval can lift them; the request is then decided anew.",
    "An attribute that is missing, null or not of its record's type is left out of that record.",
    "Never fill the context from what the caller claims: usage, approved and derived are the runtime's.",
)


def export(policy: Policy) -> dict[str, str]:
    """File name -> content. Needs no Cedar engine; raises EngineError for what Cedar cannot say."""
    lowering = lower(policy)
    statements = [clause.statement for clause in lowering.clauses]
    head = f"// Made by axtary from the policy {policy.policy_version}.\n"
    return {
        "policy.cedar": f"{head}// report.json says what a request must hold.\n\n{program(statements)}",
        "policy.cedar.json": est.program(statements),
        "schema.cedarschema": head + schema(lowering),
        "report.json": _json(_report(policy, lowering)),
    }


def hoisted(policy: Policy) -> list[dict[str, Any]]:
    """What `report.json` says of each boolean that a service computes, by name. Raises EngineError."""
    return [_derived(item) for _, item in sorted(lower(policy).reads.derived.items())]


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _report(policy: Policy, lowering: Lowering) -> dict[str, Any]:
    return {
        "policy_version": policy.policy_version,
        "tzdata": zone_data_version() if lowering.reads_local_time else "",
        "rules": list(_RULES),
        "request": _request(lowering),
        "context": _context(lowering),
        "derived": [_derived(item) for _, item in sorted(lowering.reads.derived.items())],
    }


def _request(lowering: Lowering) -> dict[str, Any]:
    return {
        "principal": f"{PRINCIPAL}::<actor.agent>",
        "action": "Action::<tool> if `named_tools` has the tool, else Action::<other>",
        "named_tools": sorted(lowering.tools),
        "other": lowering.other,
        "resource": f"{RESOURCE}::<resource>",
    }


def _context(lowering: Lowering) -> dict[str, Any]:
    reads = lowering.reads
    fields = {field.value: f"{path_text(field.path)}, or the empty string" for field in Field}
    attributes = [
        {"record": kind.value, "key": key, "path": list(attribute.path), "cedar_type": CEDAR_TYPES[kind]}
        for (kind, key), attribute in sorted(reads.attributes.items())
    ]
    kinds = {entry["record"] for entry in attributes}
    approvals = {
        rule: {"roles": list(wanted.roles), "quorum": wanted.quorum} for rule, wanted in sorted(reads.approvals.items())
    }
    return {
        "fields": fields,
        "attributes": attributes,
        "reading": {kind: text for kind, text in READING.items() if kind in kinds},
        "present": {key: list(path) for key, path in sorted(reads.present.items())},
        "usage": sorted(reads.usage),
        "approved": approvals,
    }


def _derived(item: Hoisted) -> dict[str, Any]:
    span = item.test.span
    return {
        "name": item.name,
        "rule": item.rule,
        "meaning": words(item.test),
        "source": f"{span.file}:{span.line}" if span != NOWHERE else "",
        "test": to_json(item.test, spans=False),
    }

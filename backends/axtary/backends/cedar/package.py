"""The files for a team that runs a policy in a Cedar engine of its own, without axtary.

Unlike `export`, whose files are for reading beside axtary, everything is in a namespace (Amazon Verified Permissions
takes no schema without one), the schema has both of its forms, and helpers that compute the request come with it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any

from axtary.backends.cedar import est
from axtary.backends.cedar.hoisting import hoisted_json
from axtary.backends.cedar.lower import Lowering, lower
from axtary.backends.cedar.schema import ACTION, PRINCIPAL, RESOURCE, SETS, qualified, records, schema, schema_json
from axtary.backends.cedar.text import RESERVED, program, quote
from axtary.backends.cedar.tree import Statement
from axtary.backends.verdict import EngineError
from axtary.compiler.ir import Field, Policy

NAMESPACE = "Axtary"
HELPERS = ("axtary_cedar.py", "axtary_cedar.ts")

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_MAX_NAME = 100
_SAMPLES: dict[str, Any] = {
    "String": "",
    "Bool": False,
    "Long": 0,
    "decimal": {"__extn": {"fn": "decimal", "arg": "0.0"}},
    "Set<String>": [],
}


@dataclass(frozen=True)
class Package:
    """A policy for Cedar, and what its files are made from.

    statements: with the rule of each, in the order of `policies.cedar`. files: file name -> text.
    """

    lowering: Lowering
    statements: tuple[tuple[str, Statement], ...]
    files: dict[str, str]


def is_namespace(name: str) -> bool:
    """Whether Cedar takes the name as a namespace of one part."""
    return bool(_NAME.fullmatch(name)) and len(name) <= _MAX_NAME and name not in RESERVED | {"__cedar"}


def package(policy: Policy, namespace: str = NAMESPACE) -> Package:
    """The files. Needs no Cedar engine. Raises EngineError for what Cedar, or the table of a zone, cannot say."""
    if not is_namespace(namespace):
        raise EngineError(f"`{namespace[:_MAX_NAME]}` is no name of a Cedar namespace")
    lowering = lower(policy)
    action_type = qualified(ACTION, namespace)
    statements = tuple((c.rule, replace(c.statement, action_type=action_type)) for c in lowering.clauses)
    policies = [statement for _, statement in statements]
    head = f"// Made by axtary from the policy {policy.policy_version}.\n"
    texts = {
        "policies.cedar": f"{head}// hoisted.json says what a request must hold.\n\n{program(policies)}",
        "policies.json": est.program(policies),
        "schema.cedarschema": head + schema(lowering, namespace),
        "schema.cedarschema.json": json.dumps(schema_json(lowering, namespace)) + "\n",
        "entities.json": _json(_entities(namespace)),
        "request.json": _json(_request(lowering, namespace)),
        "hoisted.json": _hoisted(hoisted_json(policy, lowering, namespace)),
    }
    return Package(lowering, statements, texts | {name: helper(name) for name in HELPERS})


def helper(name: str) -> str:
    """The text of a helper; the same for every policy."""
    return files("axtary.backends.cedar").joinpath("helpers", name).read_text(encoding="utf-8")


def _entities(namespace: str) -> list[dict[str, Any]]:
    """The policies read no attribute and no parent of an entity: all that they read is in the context."""
    found = {PRINCIPAL: "<actor.agent>", RESOURCE: "<resource>"}
    uids = [{"type": qualified(kind, namespace), "id": name} for kind, name in found.items()]
    return [{"uid": uid, "attrs": {}, "parents": []} for uid in uids]


def _request(lowering: Lowering, namespace: str) -> dict[str, Any]:
    """A request in the form of the `cedar` command, with every optional attribute there, at a value of its type."""
    context: dict[str, Any] = {field.value: f"<{'.'.join(field.path)}>" for field in Field}
    context |= {name: [] for name in SETS}
    context |= {name: dict.fromkeys(keys, _SAMPLES[kind]) for name, kind, keys in records(lowering.reads)}
    return {
        "principal": f'{qualified(PRINCIPAL, namespace)}::"<actor.agent>"',
        "action": f"{qualified(ACTION, namespace)}::{quote(min(lowering.tools, default=lowering.other))}",
        "resource": f'{qualified(RESOURCE, namespace)}::"<resource>"',
        "context": context,
    }


def _json(value: Any) -> str:
    """In ASCII: what does not print would hide in a review."""
    return json.dumps(value, indent=2) + "\n"


def _hoisted(value: dict[str, Any]) -> str:
    """Laid out for reading, but a table of a zone on one line: it has hundreds of entries."""
    zones = value.pop("zones")
    lines = [f"    {json.dumps(name)}: {json.dumps(table, separators=(',', ':'))}" for name, table in zones.items()]
    body = ",\n".join(lines)
    return _json(value)[:-3] + ',\n  "zones": ' + (f"{{\n{body}\n  }}" if lines else "{}") + "\n}\n"

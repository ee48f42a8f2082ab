"""The Cedar schema of a policy: entity types, the shape of the context, one action for each tool in a scope.

Two forms of one schema: the text for people, and JSON for services that take nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from axtary.backends.cedar.lower import Lowering, Reads
from axtary.backends.cedar.text import quote
from axtary.compiler.ir import Field, Type

PRINCIPAL, RESOURCE, ACTION = "Agent", "Resource", "Action"
SETS = ("approved", "present")  # members of the context that are sets of strings

CEDAR_TYPES = {
    Type.STRING: "String",
    Type.PATH: "String",
    Type.BOOLEAN: "Bool",
    Type.NUMBER: "decimal",
    Type.INTEGER: "Long",
    Type.DECIMAL: "decimal",
    Type.TIMESTAMP: "Long",
    Type.STRINGS: "Set<String>",
    Type.PATHS: "Set<String>",
}

_JSON_TYPES: dict[str, dict[str, Any]] = {
    "String": {"type": "String"},
    "Bool": {"type": "Boolean"},
    "Long": {"type": "Long"},
    "decimal": {"type": "Extension", "name": "decimal"},
    "Set<String>": {"type": "Set", "element": {"type": "String"}},
}


def qualified(name: str, namespace: str) -> str:
    """A name of the schema as policies and requests write it; the namespace may be empty."""
    return f"{namespace}::{name}" if namespace else name


def records(reads: Reads) -> Iterator[tuple[str, str, list[str]]]:
    """The records of the context: name, Cedar type of the members, their names; each member is optional."""
    for kind in Type:
        yield kind.value, CEDAR_TYPES[kind], sorted(key for of, key in reads.attributes if of is kind)
    yield "usage", "Long", sorted(reads.usage)
    yield "derived", "Bool", sorted(reads.derived)


def actions(lowering: Lowering) -> list[str]:
    """The actions by name, the one for all other tools last."""
    return [*sorted(lowering.tools), lowering.other]


def schema(lowering: Lowering, namespace: str = "") -> str:
    """The schema text. Every policy of the lowering validates against it in strict mode."""
    members = [f"  {quote(field.value)}: String," for field in Field]
    members += [f"  {quote(name)}: Set<String>," for name in SETS]
    for record in records(lowering.reads):
        members += _record(*record)
    names = ",\n  ".join(map(quote, actions(lowering)))
    applies = f"{{ principal: {PRINCIPAL}, resource: {RESOURCE}, context: Call }}"
    lines = [
        f"entity {PRINCIPAL};",
        f"entity {RESOURCE};",
        "",
        "type Call = {",
        *members,
        "};",
        "",
        f"action\n  {names}\n  appliesTo {applies};",
    ]
    return "\n".join([f"namespace {namespace} {{", *lines, "}", ""] if namespace else [*lines, ""])


def _record(name: str, kind: str, keys: Iterable[str]) -> list[str]:
    members = [f"    {quote(key)}?: {kind}," for key in keys]
    return [f"  {quote(name)}: {{", *members, "  },"] if members else [f"  {quote(name)}: {{}},"]


def schema_json(lowering: Lowering, namespace: str = "") -> dict[str, Any]:
    """The schema in Cedar's JSON form; the same schema as the text."""
    call = {field.value: _JSON_TYPES["String"] for field in Field} | dict.fromkeys(SETS, _JSON_TYPES["Set<String>"])
    call |= {
        name: _json_record({key: _JSON_TYPES[kind] | {"required": False} for key in keys})
        for name, kind, keys in records(lowering.reads)
    }
    applies = {"principalTypes": [PRINCIPAL], "resourceTypes": [RESOURCE], "context": {"type": "Call"}}
    return {
        namespace: {
            "commonTypes": {"Call": _json_record(call)},
            "entityTypes": {PRINCIPAL: {}, RESOURCE: {}},
            "actions": {name: {"appliesTo": applies} for name in actions(lowering)},
        }
    }


def _json_record(members: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Record", "attributes": members}

"""The Cedar schema of a policy: entity types, the shape of the context, one action for each tool in a scope."""

from __future__ import annotations

from collections.abc import Iterable

from axtary.backends.cedar.lower import Lowering
from axtary.backends.cedar.text import quote
from axtary.compiler.ir import Field, Type

PRINCIPAL, RESOURCE = "Agent", "Resource"

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


def schema(lowering: Lowering) -> str:
    """The schema text. Every policy of the lowering validates against it in strict mode."""
    reads = lowering.reads
    members = [f"  {quote(field.value)}: String," for field in Field]
    members += ['  "approved": Set<String>,', '  "present": Set<String>,']
    for kind in Type:
        keys = sorted(key for of, key in reads.attributes if of is kind)
        members += _record(kind.value, CEDAR_TYPES[kind], keys)
    members += _record("usage", "Long", sorted(reads.usage))
    members += _record("derived", "Bool", sorted(reads.derived))
    actions = ",\n  ".join(quote(name) for name in (*sorted(lowering.tools), lowering.other))
    applies = f"{{ principal: {PRINCIPAL}, resource: {RESOURCE}, context: Call }}"
    return "\n".join(
        [
            f"entity {PRINCIPAL};",
            f"entity {RESOURCE};",
            "",
            "type Call = {",
            *members,
            "};",
            "",
            f"action\n  {actions}\n  appliesTo {applies};",
            "",
        ]
    )


def _record(name: str, kind: str, keys: Iterable[str]) -> list[str]:
    members = [f"    {quote(key)}?: {kind}," for key in keys]
    return [f"  {quote(name)}: {{", *members, "  },"] if members else [f"  {quote(name)}: {{}},"]

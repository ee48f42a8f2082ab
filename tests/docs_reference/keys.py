"""The keys of the JSON Schemas, a row for each: where it stands, the key, what it takes, what it is for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from axtary.grammars import schema

Json = Any
NAMES = {
    "text": "text",
    "texts": "text or list",
    "item": "text",
    "patterns": "pattern or list",
    "fields": "field to type",
    "type": "type",
    "window": "window",
    "duration": "duration",
    "amount": "amount",
    "part": "action",
}
"""What a definition of a schema is called in the tables; other definitions are looked into."""


def rows(name: str) -> list[tuple[str, str, str, str]]:
    """Of each key: the place of its object, the key (with `*` if required), what it takes, its description."""
    document = json.loads(schema(name))
    return list(_object(document, document.get("$defs", {}), ""))


def _object(node: Json, defs: Mapping[str, Json], place: str) -> Iterator[tuple[str, str, str, str]]:
    inner: list[tuple[Json, str]] = []
    for key, value in node.get("properties", {}).items():
        found = _resolved(value, defs)
        mark = " *" if key in node.get("required", ()) else ""
        yield place or "top", f"{key}{mark}", _takes(value, defs), found.get("description", "")
        inner += [(each, f"{place}.{key}{suffix}".lstrip(".")) for each, suffix in _inner(found, defs)]
    for each, at in inner:
        yield from _object(each, defs, at)


def _inner(node: Json, defs: Mapping[str, Json]) -> Iterator[tuple[Json, str]]:
    """The objects with keys of their own in a value, and what stands behind the key of each."""
    if "properties" in node:
        yield node, ""
    for each in node.get("anyOf", ()):
        if each.get("$ref", "").rpartition("/")[2] not in NAMES:
            yield from _inner(_resolved(each, defs), defs)
    for member, suffix in (("items", "[]"), ("additionalProperties", ".NAME")):
        value = node.get(member)
        if isinstance(value, dict) and value.get("$ref", "").rpartition("/")[2] not in NAMES:
            yield from ((each, suffix + deeper) for each, deeper in _inner(_resolved(value, defs), defs))


def _resolved(node: Json, defs: Mapping[str, Json]) -> Json:
    """A node with what its reference says; its own words go first."""
    reference = node.get("$ref", "").rpartition("/")[2]
    return {**_resolved(defs[reference], defs), **node} if reference else node


def _takes(node: Json, defs: Mapping[str, Json]) -> str:
    """What a value is, in a few words."""
    reference = node.get("$ref", "").rpartition("/")[2]
    if reference in NAMES:
        return NAMES[reference]
    node = _resolved(node, defs)
    if "const" in node or "enum" in node:
        return _choice(node.get("enum", [node.get("const")]))
    if "anyOf" in node:
        return " or ".join(dict.fromkeys(_takes(each, defs) for each in node["anyOf"]))
    if node.get("type") == "array":
        return f"list of {_takes(node['items'], defs)}" if "items" in node else "list"
    return _types(node.get("type", "any"))


def _choice(values: list[Json]) -> str:
    """`true`, `"true"` and the like are one choice: scalars are text."""
    said = dict.fromkeys(value if isinstance(value, str) else json.dumps(value) for value in values)
    return ", ".join(f"`{value}`" for value in said)


def _types(types: str | list[str]) -> str:
    """The types of JSON Schema, as an author thinks of them."""
    listed = [types] if isinstance(types, str) else types
    if "integer" in listed:
        return "whole number"
    if "string" in listed:
        return "text"
    return " or ".join({"object": "mapping", "array": "list"}.get(each, each) for each in listed)

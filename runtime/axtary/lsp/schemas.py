"""What the JSON Schemas say about a place in a file: its meaning, the keys and the values that it may have."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from axtary.grammars import schema

Json = dict[str, Any]
Step = str | int | None


@cache
def load(name: str) -> Json:
    """One of the schemas of axtary."""
    found: Json = json.loads(schema(name))
    return found


class Schema:
    """Answers for places, given by keys and list indexes."""

    def __init__(self, name: str) -> None:
        self._root = load(name)

    def description(self, steps: Sequence[Step]) -> str:
        """What stands at a place, in Markdown; "" if the schema has no words for it."""
        for node in self._at(steps):
            for each in self._alternatives(node):
                if "description" in each:
                    return str(each["description"])
        return ""

    def keys(self, steps: Sequence[Step]) -> dict[str, str]:
        """The keys of a mapping at a place, each with what it is."""
        found: dict[str, str] = {}
        for node in self._at(steps):
            for each in self._alternatives(node):
                for key in each.get("properties", {}):
                    found.setdefault(key, self.description((*steps, key)))
        return found

    def values(self, steps: Sequence[Step]) -> list[str]:
        """The words of which one must stand at a place, or in a list there."""
        found: dict[str, None] = {}
        for node in self._at(steps):
            for each in self._alternatives(node):
                listed = each.get("items")
                inner = self._alternatives(listed) if isinstance(listed, dict) else ()
                for word in (word for one in (each, *inner) for word in one.get("enum", ())):
                    found[word if isinstance(word, str) else json.dumps(word)] = None
        return list(found)

    def _at(self, steps: Sequence[Step]) -> list[Json]:
        nodes = [self._root]
        for step in steps:
            nodes = [inner for node in nodes for each in self._alternatives(node) for inner in _step(each, step)]
        return nodes

    def _alternatives(self, node: Json) -> Iterator[Json]:
        """The node, and what it refers to or chooses from."""
        yield node
        if "$ref" in node:
            target: Any = self._root
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            yield from self._alternatives(target)
        for each in node.get("anyOf", ()):
            yield from self._alternatives(each)


def _step(node: Json, step: Step) -> Iterator[Json]:
    if isinstance(step, str):
        inner = node.get("properties", {}).get(step, node.get("additionalProperties"))
        if isinstance(inner, dict):
            yield inner
    elif isinstance(step, int):
        prefix = node.get("prefixItems", [])
        inner = prefix[step] if step < len(prefix) else node.get("items")
        if isinstance(inner, dict):
            yield inner

"""Which texts of a file name groups and rules: where they are declared, and where they are used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from axtary.compiler.ir import Field
from axtary.compiler.source import Mapping, Node, Sequence, Text


class Kind(Enum):
    """What a name is the name of."""

    GROUP = "group"
    RULE = "rule"


@dataclass(frozen=True, slots=True)
class Name:
    """A text that names something. `whole` is what is declared by it; None where the name is used."""

    kind: Kind
    name: str
    text: Text
    whole: Node | None = None


FIELDS = tuple(field.value for field in Field)


def items(node: Node | None) -> tuple[Node, ...]:
    """The items of a list; what is no list is one item, as in `tool: x`."""
    return () if node is None else node.items if isinstance(node, Sequence) else (node,)


def get(node: Node | None, key: str) -> Node | None:
    """The value of a key, None if the node is no mapping or has no such key."""
    return node.get(key) if isinstance(node, Mapping) else None


def entries(node: Node | None) -> tuple[tuple[Text, Node], ...]:
    return node.entries if isinstance(node, Mapping) else ()


def of_policy(tree: Node) -> Iterator[Name]:
    """Groups and rules in a policy file."""
    for key, members in entries(get(tree, "groups")):
        yield Name(Kind.GROUP, key.value, key, members)
        yield from _groups(members)
    for rule in items(get(tree, "policies")):
        rule_id = get(rule, "id")
        if isinstance(rule_id, Text):
            yield Name(Kind.RULE, rule_id.value, rule_id, rule)
        yield from _matched(get(rule, "match"))
    for invariant in items(get(tree, "invariants")):
        yield from _matched(get(invariant, "never"))


def _matched(fields: Node | None) -> Iterator[Name]:
    for field in FIELDS:
        yield from _groups(get(fields, field))


def _groups(node: Node | None) -> Iterator[Name]:
    for item in items(node):
        if isinstance(item, Text) and item.value.startswith("@"):
            yield Name(Kind.GROUP, item.value[1:], item)


def of_tests(tree: Node) -> Iterator[Name]:
    """Rules in a test file: what fires, reasons, usage, and obligations by rule."""
    yield from _usage(get(tree, "facts"))
    for case in items(get(tree, "cases")):
        yield from _usage(get(case, "facts"))
        expected = get(case, "expect")
        for key in ("fired", "not_fired"):
            yield from _rules(items(get(expected, key)))
        for reason in items(get(expected, "reasons")):
            yield from _rules(items(reason)[1:])
        for _, listed in entries(get(expected, "obligations")):
            yield from _rules(rule for item in items(listed) if (rule := get(item, "rule")) is not None)


def _usage(facts: Node | None) -> Iterator[Name]:
    yield from _rules(key for key, _ in entries(get(facts, "usage")))


def _rules(nodes: Iterator[Node] | tuple[Node, ...]) -> Iterator[Name]:
    for node in nodes:
        if isinstance(node, Text):
            yield Name(Kind.RULE, node.value, node)

"""What a formatted file is compared by: the tree as another reader sees it, and the comments, found another way."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator
from typing import Any

import yaml

from axtary.compiler.source import Mapping, Node, Text, read
from axtary.compiler.syntax import SyntaxProblem, parse_condition


def tree(text: str) -> Any:
    """A file's tree: keys in any order, conditions by their syntax, a value left out told from an empty text."""
    _, node = read("axtary.yml", text.encode(), lambda _: None)
    assert node is not None
    return _plain(node)


def _plain(node: Node) -> Any:
    if isinstance(node, Text):
        return node.value, bool(node.value or node.style)
    if isinstance(node, Mapping):
        return {key.value: _value(key.value, value) for key, value in node.entries}
    return [_plain(item) for item in node.items]


def _value(key: str, node: Node) -> Any:
    return condition(node.value) if key == "when" and isinstance(node, Text) and node.value else _plain(node)


def condition(text: str) -> Any:
    """The syntax tree without places; the text itself if it does not parse."""
    try:
        return _without_places(parse_condition(text))
    except SyntaxProblem:
        return text


def _without_places(node: Any) -> Any:
    if isinstance(node, tuple):
        return [_without_places(item) for item in node]
    if not dataclasses.is_dataclass(node):
        return node
    members = {f.name: getattr(node, f.name) for f in dataclasses.fields(node) if f.name not in ("start", "end")}
    return type(node).__name__, {name: _without_places(value) for name, value in members.items()}


def comments(text: str) -> Counter[str]:
    """Each comment, with how often it stands there: what begins with `#` between two tokens of the scanner."""
    found: Counter[str] = Counter()
    at = 0
    for token in yaml.scan(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
        start, end = token.start_mark.index, token.end_mark.index
        found.update(_between(text, at, start))
        if isinstance(token, yaml.ScalarToken) and token.style in ("|", ">"):
            header = text[start:end].splitlines()[0]
            found.update(_between(text, start, start + len(header)))
        at = max(at, end)
    found.update(_between(text, at, len(text)))
    return found


def _between(text: str, start: int, end: int) -> Iterator[str]:
    for line in text[start:end].splitlines():
        if "#" in line:
            yield line[line.index("#") :].rstrip()

"""Which value of the YAML a place in a file belongs to: `policies[2].obligations.rate`."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from axtary.compiler.ir import Span
from axtary.compiler.source import Mapping, Node, Sequence, Text
from axtary.compiler.steps import Steps, steps_text


@dataclass(frozen=True, slots=True)
class Place:
    """The innermost node that holds a span; `parent` is None for the document, `is_key` true for a key itself."""

    steps: Steps
    node: Node
    parent: Node | None = None
    is_key: bool = False


class Places:
    """The located trees of all files."""

    def __init__(self) -> None:
        self._trees: dict[str, Node] = {}

    def add(self, name: str, tree: Node) -> None:
        self._trees[name] = tree

    def path(self, span: Span) -> str:
        """The path in text; "" for what concerns the whole file, or a file that is no YAML."""
        place = self.find(span)
        return steps_text(place.steps) if place is not None else ""

    def find(self, span: Span) -> Place | None:
        """The place of a span, or None if it concerns the whole file."""
        tree = self._trees.get(span.file)
        if tree is None or (span.end_line, span.end_column) == (1, 1):
            return None
        place = Place((), tree)
        while (inner := _inner(place, span)) is not None:
            place = inner
        return place


_Position = tuple[int, int]


def _inner(place: Place, span: Span) -> Place | None:
    """The child that holds the span; found by halving, because a file may have many values and many findings."""
    node = place.node
    if isinstance(node, Sequence):
        index = bisect_right(node.items, _start(span), key=_begins) - 1
        if index >= 0 and _holds(node.items[index], span):
            return Place((*place.steps, index), node.items[index], node)
    elif isinstance(node, Mapping):
        for entries in (node.entries, node.repeated):
            index = bisect_right(entries, _start(span), key=lambda entry: _begins(entry[0])) - 1
            key, value = entries[index] if index >= 0 else (None, None)
            if key is not None and _end(span) <= _ends(key):
                return Place((*place.steps, key.value), key, node, is_key=True)
            if key is not None and value is not None and _start(span) >= _begins(value) and _holds(value, span):
                return Place((*place.steps, key.value), value, node)
    return None


def _holds(node: Node, span: Span) -> bool:
    """Of a span that begins at or behind the node's begin. What is missing in a text is shown behind its end."""
    return _start(span) <= _ends(node) if isinstance(node, Text) else _end(span) <= _ends(node)


def _start(span: Span) -> _Position:
    return span.line, span.column


def _end(span: Span) -> _Position:
    return span.end_line, span.end_column


def _begins(node: Node) -> _Position:
    return _start(node.span)


def _ends(node: Node) -> _Position:
    return _end(node.span)

"""Located tree -> JSON text that knows where each part of it was written.

The text goes through the door for recorded actions, so a test cannot hold what no action could; what the door finds
is shown at its place in the YAML. A plain scalar that is a JSON token (`3`, `-1.5`, `true`, `null`) is that value,
and every other scalar is a string: `no`, `012`, `1:30`, `.5`, `~`, and whatever is in quotes.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from dataclasses import dataclass

from axtary.compiler.diagnostics import Reporter, quoted
from axtary.compiler.ir import Span
from axtary.compiler.source import Mapping, Node, Sequence, Text

_TOKEN = re.compile(r"(?:true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)\Z")


@dataclass(frozen=True, slots=True)
class JsonText:
    """One JSON value on one line. `starts[i]` is where in `text` the node `nodes[i]` begins, ascending."""

    text: str
    starts: tuple[int, ...]
    nodes: tuple[Node, ...]

    def span_at(self, index: int) -> Span:
        """Where in the YAML the character at `index` comes from."""
        return self.nodes[max(0, bisect_right(self.starts, index) - 1)].span


def json_text(node: Node) -> JsonText:
    """The JSON text of a tree."""
    writer = _Writer()
    writer.write(node)
    return JsonText("".join(writer.parts), tuple(writer.starts), tuple(writer.nodes))


class _Writer:
    def __init__(self) -> None:
        self.parts: list[str] = []
        self.starts: list[int] = []
        self.nodes: list[Node] = []
        self._length = 0

    def write(self, node: Node) -> None:
        self.starts.append(self._length)
        self.nodes.append(node)
        if isinstance(node, Text):
            self._put(node.value if is_token(node) else _string(node.value))
        elif isinstance(node, Sequence):
            self._put("[")
            for index, item in enumerate(node.items):
                self._put(", " if index else "")
                self.write(item)
            self._put("]")
        else:
            self._mapping(node)

    def _mapping(self, node: Mapping) -> None:
        self._put("{")
        for index, (key, value) in enumerate(node.entries):
            self._put(", " if index else "")
            self.starts.append(self._length)
            self.nodes.append(key)
            self._put(_string(key.value) + ": ")
            self.write(value)
        self._put("}")

    def _put(self, text: str) -> None:
        self.parts.append(text)
        self._length += len(text)


def is_token(text: Text) -> bool:
    """Is the scalar a JSON number, boolean or null, rather than a string?"""
    return not text.style and _TOKEN.match(text.value) is not None


def _string(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def check_values(node: Node, report: Reporter, what: str) -> bool:
    """Report each member of a JSON value that has no value at all; whether there was none."""
    if isinstance(node, Text):
        empty = not node.value and not node.style
        if empty:
            help_text = 'write `null` for a JSON null, `""` for the empty text'
            report.error("AX0203", node.span, f"{what} has no value", help_text)
        return not empty
    if isinstance(node, Sequence):
        found = [check_values(item, report, f"an item of {what}") for item in node.items]
    else:
        found = [check_values(value, report, quoted(key.value)) for key, value in node.entries]
    return all(found)

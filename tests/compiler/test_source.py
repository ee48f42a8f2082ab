"""Places: the text under a span is the text that was written, however the scalar was quoted."""

from __future__ import annotations

import pytest

from axtary.compiler.diagnostics import Diagnostic
from axtary.compiler.source import Mapping, Text, read

WRITTEN = [
    "when: aa BB cc",
    'when: "aa BB cc"',
    "when: 'it''s BB'",
    'when: "\\u00e9 \\n BB"',
    "when: |\n  aa\n  BB cc\n",
    "when: >-\n  aa\n  BB\n  cc\n",
    "when: aa\n  BB\n  cc\n",
    'when: "aa\n  BB"\n',
    "é😀: x\nwhen: 😀 BB\n",
]


@pytest.mark.parametrize("text", WRITTEN)
def test_the_span_of_a_part_covers_what_was_written(text: str) -> None:
    found: list[Diagnostic] = []
    source, tree = read("x.yml", text.encode(), found.append)
    assert not found
    assert isinstance(tree, Mapping)
    scalar = tree.get("when")
    assert isinstance(scalar, Text)
    start = scalar.value.index("BB")
    span = scalar.part(start, start + 2)
    line = source.text.splitlines()[span.line - 1]
    assert line[span.column - 1 : span.end_column - 1] == "BB"


def test_scalars_are_text() -> None:
    _, tree = read("x.yml", b"a: no\nb: 012\nc: 1:30\nd: null\n", lambda _: None)
    assert isinstance(tree, Mapping)
    assert [value.value for _, value in tree.entries if isinstance(value, Text)] == ["no", "012", "1:30", "null"]

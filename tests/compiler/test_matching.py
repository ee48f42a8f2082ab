"""Which declared tools a rule can match."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.laws import examples

from axtary.compiler.matching import covered, covers
from axtary.compiler.patterns import Dialect, parse

texts = st.text(alphabet="ab*", min_size=1, max_size=4)
names = st.text(alphabet="ab", min_size=1, max_size=4)


@settings(derandomize=True, max_examples=examples(300), deadline=None)
@given(st.lists(texts, min_size=1, max_size=3), st.lists(names, max_size=5, unique=True))
def test_covered_tools_are_those_that_a_pattern_matches(written: list[str], tools: list[str]) -> None:
    """covered(patterns, tools) == [t in tools: some pattern covers t], in the order of the tools."""
    patterns = tuple(pattern for text in written for pattern in parse(text, Dialect.NAME))
    expected = [tool for tool in tools if any(covers(pattern, tool) for pattern in patterns)]
    assert covered(patterns, dict.fromkeys(tools)) == expected

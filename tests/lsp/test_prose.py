"""Whatever a policy says is code in a hover."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from tests.laws import examples

from axtary.compiler.diagnostics import printable
from axtary.lsp.prose import Prose

TEXTS = st.text(max_size=40) | st.text(alphabet="`[]()<>!\\\\*_ \nhttp:/.&#|-a", max_size=40)


@settings(derandomize=True, deadline=None, max_examples=examples(500))
@given(TEXTS)
def test_policy_text_is_one_piece_of_code(text: str) -> None:
    """markdown(code(t)) has, between axtary's own words, one code span with the words of t; no link, image or HTML."""
    prose = Prose(markdown=True)
    prose.line(f"before {prose.code(text)} behind")
    (inline,) = [token for token in MarkdownIt().parse(prose.content().value) if token.type == "inline"]
    children = inline.children or []
    assert [token.type for token in children] == ["text", "code_inline", "text"]
    assert children[1].content.strip() == printable(" ".join(text.split())).strip()


def test_long_text_is_cut_and_plain_text_has_no_signs() -> None:
    prose = Prose(markdown=False)
    prose.line(prose.code("a" * 1000))
    prose.list(["b"])
    assert prose.content().value == "a" * 199 + "…\n\n- b"

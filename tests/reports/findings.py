"""Diagnostics for the tests of the renderers: one with everything, and any at all."""

from __future__ import annotations

import unicodedata

from hypothesis import strategies as st

from axtary.compiler import CompileError, Diagnostic, compile_policy
from axtary.compiler.diagnostics import CODES, Edit, Fix, Label, Severity
from axtary.compiler.ir import Span

BROKEN = """\
version: 1
tools: {pay: {payload: {amount: decimal}}}
policies:
  - id: big
    effect: alow
    match: {tool: pay}
    when: payload.amount = 3 and payload.amount == "x"
"""


def found_in(text: str, name: str = "axtary.yml") -> tuple[list[Diagnostic], dict[str, str]]:
    """The findings on a policy, and its sources."""
    try:
        compiled = compile_policy(name, text.encode())
    except CompileError as error:
        return list(error.diagnostics), error.sources
    return list(compiled.warnings), compiled.sources


def is_obeyed(text: str) -> bool:
    """Has the text a character that a terminal obeys, or that is none?"""
    return any(unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") for char in text)


# Text that a format could take for its own signs: ends of lines, escapes, brackets, control characters, surrogates.
HOSTILE = st.text(
    st.one_of(
        st.sampled_from("%\r\n:,<>&\"']\\[{}()#\x00\x1b\x85\u2028\ufffe\ud800 \t`*|"),
        st.characters(max_codepoint=0x2FF),
        st.characters(),
    ),
    max_size=40,
)
_NAMES = HOSTILE.map(lambda text: text.replace("\x00", "") or "axtary.yml")
_SPANS = st.builds(
    lambda file, line, column, lines, columns: Span(file, line, column, line + lines, column + columns),
    _NAMES,
    st.integers(1, 9),
    st.integers(1, 300),
    st.integers(0, 2),
    st.integers(0, 300),
)
_LABELS = st.lists(st.builds(Label, _SPANS, HOSTILE), max_size=2).map(tuple)


@st.composite
def diagnostics(draw: st.DrawFn) -> Diagnostic:
    """Any diagnostic, its texts as a hostile policy would have them. Its fix, if it has one, inserts text."""
    span = draw(_SPANS)
    fix = Fix(draw(HOSTILE), (Edit(Span(span.file, 1, 1, 1, 1), draw(HOSTILE)),)) if draw(st.booleans()) else None
    code, severity = draw(st.sampled_from(sorted(CODES))), draw(st.sampled_from(Severity))
    return Diagnostic(code, severity, draw(HOSTILE), span, draw(HOSTILE), draw(_LABELS), fix, draw(HOSTILE))

"""Questions in words: what is read is what was written, and what is wrong is shown at its column."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.laws import examples

from axtary.compiler import CompileError, compile_policy
from axtary.compiler.ir import Approvers, Effect, Field
from axtary.compiler.questions import QuestionTexts, compile_question
from axtary.compiler.questions.question import Question

POLICY = b"""\
version: 1
groups: {coders: ["agent:a", "agent:b*"]}
tools:
  pay: {payload: {amount: integer}}
  refund: {payload: {amount: decimal}}
policies:
  - {id: r, effect: allow, match: {tool: t, actor: "@coders"}, when: payload.n < 5}
"""
VOCABULARY = compile_policy("axtary.yml", POLICY).vocabulary


def question(sentence: str = "", **parts: object) -> Question:
    return compile_question(VOCABULARY, QuestionTexts(sentence, **parts))  # type: ignore[arg-type]


def complaint(sentence: str = "", **parts: object) -> tuple[str, str, str]:
    """Code, message, and the text under the caret, of the only finding."""
    with pytest.raises(CompileError) as caught:
        question(sentence, **parts)
    (found,) = caught.value.diagnostics
    text = caught.value.sources[found.span.file]
    return found.code, found.message, text[found.span.column - 1 : found.span.end_column - 1]


WORDS = st.one_of(
    st.sampled_from(["anyone", "anything", "call", "on", "or", "when", "fs.{read,write}", "a b", "@coders", 'say "x"']),
    st.text(st.characters(codec="ascii", exclude_characters="*{}\\@\x7f", min_codepoint=33), min_size=1, max_size=8),
)
PATTERNS = st.lists(WORDS, max_size=3, unique=True)


@settings(derandomize=True, deadline=None, max_examples=examples(200))
@given(
    actor=PATTERNS,
    tool=PATTERNS,
    resource=PATTERNS.map(lambda words: [word for word in words if word[0] != "@"]),
    when=st.sampled_from([None, "payload.n < 5", 'payload.s == "when\\n  or"\n  and has paths', "not has payload.x"]),
    decisions=st.lists(st.sampled_from(list(Effect)), max_size=3),
    unapproved=st.booleans(),
    roles=st.lists(WORDS, max_size=2),
)
def test_a_question_asked_with_its_sentence_is_the_same(
    actor: list[str],
    tool: list[str],
    resource: list[str],
    when: str | None,
    decisions: list[Effect],
    unapproved: bool,
    roles: list[str],
) -> None:
    """question(question(parts).sentence) == question(parts)"""
    asked = question(
        actor=actor,
        tool=[word for word in tool if word[0] != "@"],
        resource=resource,
        when=when,
        decisions=decisions,
        unapproved=unapproved,
        unapproved_by=roles,
    )
    again = question(asked.sentence)
    assert again == asked
    assert again.sentence == asked.sentence


def test_the_parts_of_a_sentence() -> None:
    sentence = (
        "can @coders or x call fs.* on r/** and be stepped  up or allowed without approval by a or b when has paths"
    )
    asked = question(sentence)
    patterns = {match.field: [pattern.text for pattern in match.patterns] for match in asked.rule.match}
    assert patterns == {
        Field.TOOL: ["fs.*"],
        Field.RESOURCE: ["r/**"],
        Field.ACTOR: ["agent:a", "agent:b*", "x"],
    }
    assert asked.decisions == (Effect.ALLOW, Effect.STEP_UP)
    assert asked.without == Approvers(("a", "b"))
    assert asked.rule.when is not None


def test_what_is_left_out_asks_for_nothing() -> None:
    asked = question("can anyone call anything")
    assert (asked.decisions, asked.without, asked.rule.when) == ((Effect.ALLOW,), None, None)
    assert [match.field for match in asked.rule.match] == [Field.TOOL]
    assert asked.rule == question(tool=["*"]).rule


def test_an_approval_of_anybody_is_wider_than_one_by_a_role() -> None:
    assert question(unapproved=True, unapproved_by=["a"]).without == Approvers()


@pytest.mark.parametrize(
    ("sentence", "message", "under"),
    [
        ("could x call t", "`could` stands where `can` is expected", "could"),
        ("can", "the question ends where `anyone` or a pattern is expected", ""),
        ("can x cal t", "`cal` stands where `call` or `or` is expected", "cal"),
        ("can x call t to r", "`to` stands where `on`, `and be`, `or`, `without` or `when` is expected", "to"),
        ("can x call t and be blocked", "`blocked` stands where `allowed`, `denied` or `stepped up`", "blocked"),
        ("can x call t and be allowed twice", "`twice` stands where `or`, `without` or `when` is expected", "twice"),
        ("can x call t without", "the question ends where `approval` is expected", ""),
        ("can x call t when", "the question ends where a condition is expected", ""),
        ('can x call "t', "the string is never closed", '"t'),
        (r'can x call "\q"', r'`"\q"` is not a JSON string', r'"\q"'),
    ],
)
def test_a_wrong_sentence_is_shown_at_its_column(sentence: str, message: str, under: str) -> None:
    code, said, marked = complaint(sentence)
    assert (code, marked) == ("AX0001", under)
    assert said.startswith(message)


@pytest.mark.parametrize(
    ("sentence", "code", "under"),
    [
        ("can @codrs call t", "AX0404", "@codrs"),
        ("can x call fs.{a", "AX0402", "{a"),
        ('can x call "a{b"', "AX0402", "{b"),
        ("can x call t when payload.n = 5", "AX0301", "payload.n = 5"),
        ('can x call t when payload.n == "5"', "AX0501", 'payload.n == "5"'),
        ("can x call t when payload.new == payload.other", "AX0502", "payload.new"),
        ("can x call t when nothing", "AX0304", "nothing"),
        ("can x call pay when payload.amount < 0.5", "AX0303", "0.5"),
        ("can x call t\u202e", "AX0103", "\u202e"),
    ],
)
def test_patterns_and_conditions_are_those_of_rules(sentence: str, code: str, under: str) -> None:
    found, _, marked = complaint(sentence)
    assert (found, marked) == (code, under)


def test_tools_whose_types_differ_cannot_be_asked_together() -> None:
    assert complaint("can anyone call anything when payload.amount < 5")[0] == "AX0501"
    assert question("can anyone call refund when payload.amount < 0.5")


def test_an_option_is_marked_in_its_own_text() -> None:
    with pytest.raises(CompileError) as caught:
        question(tool=["fs.read", "fs.{"], when="payload.n <")
    places = [(found.span.file, found.span.column) for found in caught.value.diagnostics]
    assert places == [("--tool 2", 4), ("--when", 12)]


def test_a_part_is_named_once() -> None:
    code, message, _ = complaint("can x call t", tool=["u"])
    assert (code, message) == ("AX0001", "the question and `--tool` both say it")
    assert question("can x call t", resource=["r"]) == question("can x call t on r")


def test_a_question_types_nothing_for_the_next() -> None:
    """Each question is read in the words of the policy alone."""
    assert question('can x call t when payload.fresh == "a"')
    assert question("can x call t when payload.fresh == 1")

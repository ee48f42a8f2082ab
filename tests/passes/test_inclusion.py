"""Is one scope within another? Against trying, on examples that are easy to get wrong, and on hostile ones."""

from __future__ import annotations

import string
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from axtary.compiler.analysis.inclusion import Exhausted, text_outside
from axtary.compiler.analysis.space.automaton import Automaton
from axtary.compiler.ir import Pattern
from axtary.compiler.patterns import Dialect, parse
from axtary.passes.errors import Reason, RefusedError
from axtary.passes.narrowing import included, refuse_empty
from axtary.passes.scope import Scope
from tests.laws import examples
from tests.passes import law

LAW = settings(max_examples=examples(250), derandomize=True, deadline=None)


@LAW
@given(st.integers(0, 2**32))
def test_what_is_shown_is_outside_and_what_is_not_shown_is_not_there(seed: int) -> None:
    """`text_outside` and `action_outside` answer as trying all short texts and many payloads does."""
    wrong, _ = law.check_seed(seed, length=3)
    assert wrong is None


def test_the_law_sees_every_kind_of_answer() -> None:
    assert {law.check_seed(seed, length=1)[1] for seed in range(60)} >= {"included", "beyond"}


def patterns(texts: list[str], dialect: Dialect) -> list[Pattern]:
    return [pattern for text in texts for pattern in parse(text, dialect)]


NAME, RESOURCE = Dialect.NAME, Dialect.RESOURCE


@pytest.mark.parametrize(
    ("dialect", "some", "others"),
    [
        (NAME, ["*"], ["**"]),
        (NAME, ["a.b"], ["a.*"]),
        (NAME, ["a.*.b"], ["a.*"]),
        (NAME, ["a*", "b*"], ["{b,a}*"]),
        (NAME, ["*a*b*"], ["*a*"]),
        (NAME, [r"a\*"], ["a*"]),
        (NAME, ["a/*"], ["a*"]),
        (RESOURCE, ["*"], ["**"]),
        (RESOURCE, ["**"], ["*", "*/**"]),  # only together
        (RESOURCE, ["a/*/b"], ["a/**"]),
        (RESOURCE, ["a/b"], ["a/**/b"]),
        (RESOURCE, ["a/**/b"], ["a/b", "a/**/*"]),
        (RESOURCE, ["**/a"], ["a", "*/a", "*/**/a"]),
        (RESOURCE, ["{a,b}/*"], ["a/*", "b/*"]),
    ],
)
def test_patterns_that_are_within_others(dialect: Dialect, some: list[str], others: list[str]) -> None:
    assert text_outside(patterns(some, dialect), patterns(others, dialect)) is None


@pytest.mark.parametrize(
    ("dialect", "some", "others", "text"),
    [
        (NAME, ["*"], ["a*"], "x"),
        (NAME, ["a*"], [r"a\*"], "ax"),
        (NAME, ["a*"], ["a*b", "ab*"], "ax"),
        (RESOURCE, ["a/**"], ["a/*"], "a/x/y"),
        (RESOURCE, ["**"], ["*", "*/*"], "//"),
        (RESOURCE, ["a/**/b"], ["a/b"], "a/x/b"),
        (RESOURCE, ["a/**"], ["a/**/b"], "a/x"),
        (RESOURCE, ["a**"], ["a/**"], "ax"),
        (NAME, ["ab*"], ["{aa,abc}*"], "abx"),
    ],
)
def test_patterns_that_are_not(dialect: Dialect, some: list[str], others: list[str], text: str) -> None:
    assert text_outside(patterns(some, dialect), patterns(others, dialect)) == text


def test_the_empty_text_counts_where_there_can_be_one() -> None:
    some, others = patterns(["*"], NAME), patterns(["x*"], NAME)
    assert text_outside(some, others) == ""
    found = text_outside(some, others, empty=False)
    assert found and not found.startswith("x")


L = string.ascii_letters
HOSTILE: list[tuple[Dialect, list[str], list[str]]] = [
    (NAME, ["*"], ["x", "x/y", *(f"*{L[i]}*{L[i + 1]}*" for i in range(40))]),
    (NAME, ["*"], ["x", "x/y", *(f"*{L[i] * 20}*{L[i + 1] * 20}*" for i in range(40))]),
    (NAME, ["*"], ["x", "x/y", *(f"*{'a' * i}b*{'b' * i}a*" for i in range(1, 44))]),
    (NAME, [f"{'*ab' * 20}{x}" for x in L[:20]], [f"{'*ba' * 20}{x}" for x in L[:20]]),
    (NAME, ["*" + "ab" * 1000], ["*" + "a" * 2000]),
    (RESOURCE, ["**"], ["*", "x/y", *(f"**/{L[i]}/**/{L[i + 1]}/*" for i in range(40))]),
    (RESOURCE, ["a**b" * 60], ["**ab**" * 60]),
]


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_hostile_patterns_are_bounded(number: int) -> None:
    """They are decided within the limits, rightly, or given up; nothing is searched beyond."""
    dialect, some, others = HOSTILE[number]
    one, other = patterns(some, dialect), patterns(others, dialect)
    try:
        assert law.check_patterns(one, other, empty=True, length=1) is None
    except Exhausted:
        groups = [frozenset(one), frozenset(other)]
        with pytest.raises(Exhausted):
            Automaton(groups, limit=5_000, work=100_000, focus=1)


@pytest.mark.parametrize(("work", "enough"), [(45, False), (46, True)])
def test_an_automaton_does_no_more_work_than_it_may(work: int, enough: bool) -> None:
    groups = [frozenset(patterns(["*ab*", "*ba*"], NAME))]
    assert Automaton(groups, limit=100).work == 46
    if enough:
        Automaton(groups, limit=100, work=work)
        return
    with pytest.raises(Exhausted):
        Automaton(groups, limit=100, work=work)


def test_what_is_too_complex_is_refused() -> None:
    child, parent = Scope.read({"tools": HOSTILE[0][1]}), Scope.read({"tools": HOSTILE[0][2], "hops": 1})
    with pytest.raises(RefusedError) as refused:
        included(child, parent)
    assert refused.value.reason is Reason.TOO_COMPLEX


# --- whole scopes ---------------------------------------------------------------------------------------------------


def scope(*conditions: tuple[str, str, Any], **other: Any) -> Scope:
    listed = [{"path": path.split("."), "op": op, "value": value} for path, op, value in conditions]
    return Scope.read({"payload": listed, **other})


@pytest.mark.parametrize(
    ("child", "parent"),
    [
        ([("n", "<", 5)], [("n", "<=", 5)]),
        ([("n", "in", [1, 2.5])], [("n", ">", 0.9999), ("n", "<", 3)]),
        ([("n", "==", 5)], [("n", "<=", "5")]),  # a number is a decimal too
        ([("n", ">", 1), ("n", "<", 2)], [("n", "!=", 3)]),
        ([("s", "in", ["a", "b"])], [("s", "like", "{a,b,c}")]),
        ([("s", "like", "rel/*")], [("s", "!=", "main")]),
        ([("s", "matches", "src/*.py")], [("s", "matches", "src/**")]),
        ([("s", "matches", "src/**")], [("s", "like", "*")]),  # a path is a text
        ([("b", "==", True)], [("b", "!=", False)]),
        ([("s", "in", ["1234.5", "8.00"])], [("s", ">", "7")]),
        ([("s", "==", "2031-05-05T05:05:05Z")], [("s", ">", "2026-01-01T00:00:00Z")]),
        ([("b", "!=", False)], [("b", "==", True)]),
        ([("t", ">", "2026-01-01T01:00:00+01:00")], [("t", ">=", "2026-01-01T00:00:00Z")]),
        ([("n", ">", 1.9999), ("n", "<", 2.0001)], [("n", "==", 2)]),  # four fraction digits
        ([("a.b", "==", 1), ("c", "==", 1)], [("a.b", "<", 2)]),
    ],
)
def test_payloads_that_are_within_others(child: Any, parent: Any) -> None:
    assert included(scope(*child), scope(*parent, hops=1)) is None


@pytest.mark.parametrize(
    ("child", "parent", "witness"),
    [
        ([("n", "<=", 5)], [("n", "<", 5)], '{"n": 5}'),
        ([("n", "<=", 500)], [("n", "<=", 100)], '{"n": 101}'),
        ([("n", "<", "5")], [("n", "<", 5)], '{"n": "1"}'),  # a decimal may be a text, which is no number
        ([("n", "!=", 3)], [("n", "<", 9)], '{"n": 9}'),
        ([("s", "like", "*")], [("s", "matches", "**")], '{"s": ""}'),
        ([("s", "like", "a*")], [("s", "in", ["a", "ab"])], '{"s": "ax"}'),
        ([("s", "!=", "")], [("s", "like", "{x,y}*")], '{"s": "z"}'),
        ([], [("s", "!=", "main")], "{}"),  # what is not there is undefined, and meets nothing
        ([], [("b", "!=", True)], "{}"),
        ([("s", "==", "1")], [("s", "<=", 5)], '{"s": "1"}'),
        ([("a", "==", "x")], [("a.b", "==", "x")], '{"a": "x"}'),
        ([("s", "in", ["5", "", "a"]), ("s", "like", "5")], [("s", "<", "0"), ("s", "==", 0.25)], '{"s": "5"}'),
        ([("s", "==", "2031-05-05T05:05:05Z")], [("s", "<", "2026-01-01T00:00:00Z")], '{"s": "2031-05-05T05:05:05Z"}'),
        ([("s", "==", "1234.5")], [("s", "<", "7")], '{"s": "1234.5"}'),
    ],
)
def test_payloads_that_are_not(child: Any, parent: Any, witness: str) -> None:
    excess = included(scope(*child), scope(*parent, hops=1))
    assert excess is not None
    assert (excess.dimension, excess.witness) == (Reason.BROADER_PAYLOAD, witness)


def test_a_scope_that_admits_no_payload_is_refused() -> None:
    refuse_empty(scope(("n", ">", 1), ("n", "<=", 1.0001), ("m", "==", True)))
    for conditions in (
        [("m", "==", True), ("n", ">", 1), ("n", "<", 1.0001)],
        [("s", "like", "a*"), ("s", "like", "b*")],
        [("a", "==", "x"), ("a.b", "==", "x")],
        [("s", "==", "a/../b"), ("s", "matches", "**")],
    ):
        with pytest.raises(RefusedError) as refused:
            refuse_empty(scope(*conditions))
        assert refused.value.reason is Reason.SCOPE_EMPTY


def test_a_tool_has_a_name_and_a_resource_may_be_absent() -> None:
    for member, is_empty in (("tools", False), ("resources", True)):
        excess = included(Scope.read({member: ["*"]}), Scope.read({member: ["x*"], "hops": 1}))
        assert excess is not None and (excess.witness == "") == is_empty

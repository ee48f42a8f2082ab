"""The law: the printed text, parsed by Cedar, is the printed JSON; and a quoted string comes back as it was."""

from __future__ import annotations

import json
from typing import Any

import cedarpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.backends.cedar_random import HOSTILE, Maker
from tests.laws import examples

from axtary.backends.cedar import est, text
from axtary.backends.cedar.lower import lower
from axtary.backends.cedar.tree import (
    AndAlso,
    Call,
    Const,
    Context,
    Decimal,
    Expr,
    Get,
    HasKey,
    Negate,
    OrElse,
    Relate,
    Resembles,
    SetOf,
    Statement,
    both,
    either,
)

STRINGS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(HOSTILE)
LONGS = st.integers(-(2**63), 2**63 - 1)
CONSTANTS = st.builds(Const, st.booleans() | LONGS | STRINGS) | st.builds(Decimal, LONGS)
PATTERNS = st.lists(STRINGS.filter(bool) | st.none(), max_size=4).map(tuple)


def _inner(children: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    items = st.lists(children, min_size=2, max_size=4).map(tuple)
    return st.one_of(
        st.builds(Get, children, STRINGS),
        st.builds(HasKey, children, STRINGS),
        st.builds(Negate, children),
        st.builds(AndAlso, items),
        st.builds(OrElse, items),
        st.builds(Relate, st.sampled_from(["==", "<", "<=", ">", ">="]), children, children),
        st.builds(Call, children, st.sampled_from(["contains", "containsAny", "lessThan"]), children),
        st.builds(Call, children, st.just("isEmpty")),
        st.builds(Resembles, children, PATTERNS),
    )


SETS = st.builds(SetOf, st.lists(CONSTANTS, min_size=1, max_size=3).map(tuple))
EXPRESSIONS = st.recursive(CONSTANTS | SETS | st.just(Context()), _inner, max_leaves=12)


def _parsed(source: str) -> list[Any]:
    """Cedar's JSON form of a text, in the order of the text."""
    found = json.loads(cedarpy.policies_to_json_str(source))["staticPolicies"]
    return [found[f"policy{n}"] for n in range(len(found))]


@given(EXPRESSIONS)
@settings(max_examples=examples(200), deadline=None)
def test_text_and_json_are_one_expression(node: Expr) -> None:
    policy = Statement("p", "permit", (), Relate("==", node, Const(1)), (("id", "p"),))
    assert _parsed(text.statement(policy)) == [est.statement(policy)]


@given(STRINGS)
@settings(max_examples=examples(200), deadline=None)
def test_a_quoted_string_comes_back(value: str) -> None:
    policy = Statement("p", "forbid", (value, "b"), HasKey(Context(), value), (("id", value),))
    [found] = _parsed(text.statement(policy))
    assert found["annotations"] == {"id": value}
    assert found["action"]["entities"][0]["id"] == value
    assert found["conditions"][0]["body"]["has"]["attr"] == value


@pytest.mark.parametrize("seed", range(2000, 2020))
def test_a_policy_is_the_same_as_text_and_as_json(seed: int) -> None:
    statements = [clause.statement for clause in lower(Maker(seed).policy()).clauses]
    printed = json.loads(est.program(statements))["staticPolicies"]
    assert list(printed) == [statement.id for statement in statements]
    assert _parsed(text.program(statements)) == list(printed.values())


def test_a_text_hides_nothing() -> None:
    assert text.quote('a"b\\c\n\0\u202e\U0001f600é') == '"a\\"b\\\\c\\u{a}\\u{0}\\u{202e}\U0001f600é"'


def _depth(node: Any) -> int:
    if isinstance(node, dict):
        return 1 + max((_depth(item) for item in node.values()), default=0)
    return max((_depth(item) for item in node), default=0) if isinstance(node, list) else 0


@pytest.mark.parametrize("join", [both, either])
def test_a_long_chain_is_a_shallow_tree(join: Any) -> None:
    items = [Relate("==", Get(Context(), "tool"), Const(f"t{n}")) for n in range(5000)]
    assert _depth(est.expression(join(items))) < 100


@pytest.mark.parametrize(("join", "answer"), [(both, False), (either, True)])
def test_a_long_chain_is_evaluated_to_its_end(join: Any, answer: bool) -> None:
    """A flat chain of so many reads meets Cedar's recursion limit and the policy is skipped."""
    names = [f"t{n}" for n in range(5000)]
    items = [Relate("==", Get(Context(), "tool"), Const(name)) for name in names]
    policies = cedarpy.PolicySet.from_json_str(est.program([Statement("p", "permit", (), join(items), ())]))
    uid = {"type": "A", "id": ""}
    request = {
        "principal": uid,
        "action": {"type": "Action", "id": "x"},
        "resource": uid,
        "context": {"tool": names[-1]},
    }
    result = cedarpy.is_authorized(request, policies, "[]")
    assert result.diagnostics.errors == []
    assert result.allowed is answer


def test_chains_know_their_neutral_items() -> None:
    item = Relate("==", Get(Context(), "tool"), Const("t"))
    assert both([]) == Const(True)
    assert either([]) == Const(False)
    assert both([item, Const(True)]) == item
    assert both([item, Const(False)]) == Const(False)
    assert either([item, Const(False)]) == item
    assert either([item, Const(True)]) == Const(True)
    assert both([both([item, item]), item]) == AndAlso((item, item, item))

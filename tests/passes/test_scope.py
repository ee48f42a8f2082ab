"""Constraints are read strictly, and ask of an action what the language asks."""

from __future__ import annotations

from typing import Any

import pytest

from axtary.compiler import compile_text
from axtary.passes.errors import Reason, RefusedError
from axtary.passes.scope import MAX_CONDITIONS, MAX_PATTERNS, MAX_VALUES, Scope
from tests import reference
from tests.passes import law
from tests.passes.chains import action


def condition(**changes: Any) -> dict[str, Any]:
    return {"payload": [{"path": ["n"], "op": "<=", "value": 5} | changes]}


ILL_FORMED: dict[str, tuple[Any, str]] = {
    "no object": ([], "they are no object"),
    "an unknown member": ({"tool": ["a"]}, "`tool` is not known"),
    "tools that are a text": ({"tools": "a"}, "write a list"),
    "no tools": ({"tools": []}, "at least one"),
    "a tool that is a number": ({"tools": [1]}, "1 is no text"),
    "an empty pattern": ({"tools": [""]}, "matches nothing useful"),
    "a backslash before a letter": ({"tools": ["a\\b"]}, "tools:"),
    "nested braces": ({"resources": ["{a,{b,c}}"]}, "resources:"),
    "a group of tools": ({"tools": ["@coders"]}, "knows no groups"),
    "a group of resources": ({"resources": ["@x/*"]}, "knows no groups"),
    "conditions that are no list": ({"payload": {}}, "write a list of conditions"),
    "a condition that is a text": ({"payload": ["n <= 5"]}, "write a condition as"),
    "a condition with a member too many": (condition(not_=True), "write a condition as"),
    "a condition without a value": ({"payload": [{"path": ["n"], "op": "=="}]}, "write a condition as"),
    "a path that is a text": (condition(path="n"), "write a path"),
    "an empty path": (condition(path=[]), "write a path"),
    "an index": (condition(path=["n", 0]), "write a path"),
    "an unknown operator": (condition(op="=>"), "is no operator"),
    "an operator that is a list": (condition(op=["<"]), "is no operator"),
    "an order on booleans": (condition(value=True), "true is no number"),
    "an order on words": (condition(value="many"), "is not a number"),
    "an order on a time that is none": (condition(value="2026-13-01T00:00:00Z"), "does not exist"),
    "five fraction digits": (condition(value=0.00001), "is not a number"),
    "five plain fraction digits": (condition(value=1.12345), "more than 4"),
    "null": (condition(op="==", value=None), "values are texts"),
    "an empty list": (condition(op="in", value=[]), "at least one value"),
    "no list": (condition(op="in", value=5), "at least one value"),
    "a mixed list": (condition(op="in", value=[1, "a"]), "of one kind"),
    "a mixed list of what Python takes for one": (condition(op="in", value=[1, True]), "of one kind"),
    "a number for a pattern": (condition(op="like", value=1), "1 is no text"),
    "an impossible path": (condition(op="matches", value="a//b"), "which no path has"),
    "one value of two types": (
        {"payload": [*condition()["payload"], *condition(op="==", value="a")["payload"]]},
        "`payload.n` is read as a number and as a text",
    ),
    "a budget that is a number": ({"budget": {"limit": 10, "unit": "USD"}}, "budget: write"),
    "a negative budget": ({"budget": {"limit": "-1", "unit": "USD"}}, "not negative"),
    "a budget of a word": ({"budget": {"limit": "ten", "unit": "USD"}}, "decimal number"),
    "a budget without a unit": ({"budget": {"limit": "1", "unit": " "}}, "is no unit"),
    "a budget twice": ({"budget": [{"limit": "1", "unit": "USD"}, {"limit": "2", "unit": "USD"}]}, "stands twice"),
    "no budgets": ({"budget": []}, "write one"),
    "negative hops": ({"hops": -1}, "from 0 to 7"),
    "too many hops": ({"hops": 8}, "from 0 to 7"),
    "hops that are true": ({"hops": True}, "from 0 to 7"),
}


@pytest.mark.parametrize("name", ILL_FORMED)
def test_constraints_that_are_ill_formed(name: str) -> None:
    constraints, part = ILL_FORMED[name]
    with pytest.raises(RefusedError) as refused:
        Scope.read(constraints)
    assert refused.value.reason is Reason.SCOPE_ILL_FORMED
    assert part in refused.value.message


@pytest.mark.parametrize(
    "constraints",
    [
        {"tools": [f"t{n}" for n in range(MAX_PATTERNS + 1)]},
        {"tools": ["{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}x{a,b}"]},
        {"resources": ["a" * 4096, "b"]},
        {"payload": condition()["payload"] * (MAX_CONDITIONS + 1)},
        condition(op="in", value=list(range(MAX_VALUES + 1))),
        condition(op="==", value="a" * 5000),
        condition(path=["n"] * 17),
        {"payload": [{"path": [str(n)], "op": "==", "value": "a" * 200} for n in range(20)]},
        condition(op="like", value=["a" * 4000, "b" * 400]),
    ],
)
def test_constraints_that_are_too_large(constraints: Any) -> None:
    with pytest.raises(RefusedError) as refused:
        Scope.read(constraints)
    assert refused.value.reason is Reason.TOO_COMPLEX


def test_what_is_absent_restricts_nothing_but_hops() -> None:
    scope = Scope.read({})
    assert scope.admits({"version": 1, "tool": "any.thing"}) is None
    assert scope.hops == 0


def test_control_characters_of_constraints_do_not_pass_through() -> None:
    with pytest.raises(RefusedError) as refused:
        Scope.read({"\x1b[31m": 1})
    assert "\x1b" not in refused.value.message


CASES = [
    {"path": ["a"], "op": op, "value": value}
    for op, value in [
        *((op, value) for op in ("==", "!=") for value in ("a", "5", "", 5, 0, True, False)),
        *((op, value) for op in ("<", "<=", ">", ">=") for value in (5, 4.9999, -1, 0)),
        ("in", ["a", "b"]),
        ("in", [0, 5]),
        ("in", [True]),
        *(("like", value) for value in ("a*", "*", "{a,b}", "*/*", ["5", "x*"])),
        *(("matches", value) for value in ("a", "**", "a/", "/a", ["**/b", "c"])),
    ]
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['op']} {case['value']}")
def test_a_condition_is_that_of_the_language(case: Any) -> None:
    """A scope admits a payload if and only if an allow rule with the condition grants it."""
    value = case["value"]
    shown = f"[{', '.join(map(_literal, value))}]" if isinstance(value, list) else _literal(value)
    policy = compile_text(
        "version: 1\npolicies:\n"
        f"  - {{id: one, effect: allow, match: {{tool: t}}, when: 'payload.a {case['op']} {shown}'}}\n"
    )
    scope = Scope.read({"tools": ["t"], "payload": [case]})
    for payload in law.payloads():
        asked = {"version": 1, "tool": "t", "payload": payload}
        granted = reference.decide(policy, asked, {}).decision == "allow"
        assert (scope.admits(asked) is None) == granted, payload


def _literal(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool | int | float) else f'"{value}"'


@pytest.mark.parametrize(
    ("value", "bound", "holds"),
    [
        ("9.99", "10.00", True),
        ("10", "10.00", True),
        ("10.0001", "10.00", False),
        (10, "10.00", True),
        (10.5, "10.00", False),
        ("1e1", "10.00", False),
        ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", True),
        ("2026-01-01T00:00:00.1Z", "2026-01-01T00:00:00Z", False),
        ("soon", "2026-01-01T00:00:00Z", False),
    ],
)
def test_a_bound_that_is_a_text_reads_decimals_or_times(value: Any, bound: str, holds: bool) -> None:
    scope = Scope.read(condition(value=bound))
    assert (scope.admits(action(n=value)) is None) == holds


@pytest.mark.parametrize(
    ("constraints", "why"),
    [
        ({"tools": ["fs.*"]}, "the tool `github.x` is not among its tools"),
        ({"resources": ["repo:acme/*"]}, "the resource `repo:acme/a/b` is not among its resources"),
        (condition(op="!=", value="x"), 'it does not meet `payload.n != "x"`'),
        (condition(path=["a b", "c"]), 'it does not meet `payload["a b"].c <= 5`'),
    ],
)
def test_why_an_action_is_not_admitted(constraints: Any, why: str) -> None:
    assert Scope.read(constraints).admits(action(tool="github.x", resource="repo:acme/a/b")) == why

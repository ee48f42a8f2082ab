"""Policies of the Agent Governance Toolkit, converted, decide as its evaluator does, or restrict more."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.convert.agt_model import action, decide
from tests.convert.claude_model import STRENGTH
from tests.laws import examples

from axtary.backends import native
from axtary.runtime.convert import Conversion, ConversionError, convert
from axtary.runtime.convert.agt.conditions import Unsaid, regular


def converted(document: dict[str, Any], *, partial: bool = False) -> Conversion:
    return convert([("governance.yaml", json.dumps(document, indent=1).encode())], "agt", partial)


def rule(name: str, field: str, operator: str, value: Any, act: str = "deny", priority: int = 0) -> dict[str, Any]:
    condition = {"field": field, "operator": operator, "value": value}
    return {"name": name, "condition": condition, "action": act, "priority": priority}


EXAMPLE = """\
version: "1.0"
name: example
rules:
  - name: research
    condition: {field: tool_name, operator: in, value: [search, read]}
    action: allow
    priority: 50
  - name: no-code
    condition:
      field: tool_name
      operator: eq
      value: execute_code
    action: deny
    priority: 100
    message: "Code execution is not permitted"
  - name: budget
    condition: {field: token_count, operator: gt, value: 4096}
    action: block
  - name: humans
    condition: {field: agent_id, operator: ne, value: admin}
    action: require_approval
    priority: -1
defaults: {action: allow, max_tokens: 4096}
"""


@pytest.mark.parametrize(
    ("context", "expected"),
    [
        ({"tool_name": "search", "token_count": 9999}, "allow"),  # the first match decides
        ({"tool_name": "execute_code"}, "deny"),
        ({"tool_name": "mail", "token_count": 4097, "agent_id": "a"}, "deny"),
        ({"tool_name": "mail", "token_count": 4096, "agent_id": "a"}, "step_up"),
        ({"tool_name": "mail", "agent_id": "admin"}, "allow"),
        ({"tool_name": "mail"}, "allow"),
        ({"tool_name": "mail", "token_count": "many"}, "deny"),  # an error there, undefined here
    ],
)
def test_a_context_is_decided_as_the_rules_say(context: dict[str, Any], expected: str) -> None:
    found = convert([("governance.yaml", EXAMPLE.encode())])
    assert found.format == "agt"
    assert native.compile(found.compiled.policy).decide(action(context), {}).decision == expected


def test_a_default_that_allows_is_told() -> None:
    found = converted({"rules": [rule("a", "tool_name", "eq", "x")]})
    assert "what no rule matches is allowed" in found.notes[0].message
    assert [each["id"] for each in found.to_json()["rules"]] == ["a", "default"]
    assert str(found.sources["a"]) == "governance.yaml:4:4"


@pytest.mark.parametrize(
    ("document", "code", "message"),
    [
        ({"rules": [rule("a", "x", "gt", "9", "allow")]}, "AX1303", "only numbers are ordered"),
        ({"rules": [rule("a", "x", "gt", "9")]}, "AX1304", "only numbers are ordered"),
        ({"rules": [rule("a", "x", "eq", 0.12345)]}, "AX1304", "at most four fraction digits"),
        ({"rules": [rule("a", "x", "eq", None)]}, "AX1304", "equal to null"),
        ({"rules": [rule("a", "x", "in", "abc")]}, "AX1304", "parts of a text match"),
        ({"rules": [rule("a", "x", "in", ["a", 1])]}, "AX1304", "values of several types"),
        ({"rules": [rule("a", "x", "in", [])]}, "AX1304", "an empty list"),
        ({"rules": [rule("a", "x", "eq", ["a"])]}, "AX1304", "a list is compared"),
        ({"rules": [rule("a", "x", "contains", 5)]}, "AX1304", "only a text can be searched"),
        ({"rules": [rule("a", "x", "matches", "[ab]")]}, "AX1304", "of regular expressions only texts"),
        ({"rules": [rule("a", "trace_id", "eq", "x")]}, "AX1304", "outside what policies can read"),
        ({"rules": [rule("a", "x", "like", "x")]}, "AX1302", "operator `like` is not known"),
        ({"rules": [rule("a", "x", "eq", "x", "warn")]}, "AX1302", "action `warn` is not known"),
        ({"rules": [rule("a", "x", "eq", {"a": "b"})]}, "AX1302", "a value is a text"),
        ({"rules": [rule("a", "x", "eq", "x") | {"override": True}]}, "AX1302", "parent folder"),
        ({"rules": [rule("a", "x", "eq", "x") | {"priority": "high"}]}, "AX1302", "no whole number"),
        ({"rules": [rule("a", "x", "eq", "x") | {"unless": "y"}]}, "AX1304", "`unless` is not known"),
        ({"rules": [{"name": "a", "action": "deny"}]}, "AX1302", "`condition` is missing"),
        ({"rules": [], "scope": "src/**"}, "AX1304", "ties the document to folders"),
        ({"rules": [], "tool_allowlist": ["x"]}, "AX1304", "`tool_allowlist` is not known"),
        ({"rules": {}}, "AX1302", "`rules` is no list"),
        ([], "AX1302", "is a mapping"),
    ],
)
def test_what_cannot_be_kept_is_refused(document: Any, code: str, message: str) -> None:
    with pytest.raises(ConversionError) as caught:
        converted(document)
    (finding,) = caught.value.findings
    assert (finding.code, message in finding.message, bool(finding.help)) == (code, True, True), finding
    if code != "AX1303":
        with pytest.raises(ConversionError):
            converted(document, partial=True)
    else:
        assert [left.code for left in converted(document, partial=True).left_out] == ["AX1303"]


@pytest.mark.parametrize(
    "text",
    [
        "rules:\n  - &a {name: x}\n",
        "rules: [*a]\n",
        "rules:\n\t- x\n",
        "rules: [{name: x, name: y}]\n",
        "a: \x00\n",
    ],
)
def test_what_is_no_strict_yaml_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(ConversionError) as caught:
        convert([("a.yaml", text.encode())], "agt")
    assert all(found.code.startswith("AX01") and found.place.line for found in caught.value.findings)


def test_a_date_is_no_text() -> None:
    text = "rules: [{name: a, action: deny, condition: {field: x, operator: eq, value: 2026-01-01}}]"
    with pytest.raises(ConversionError, match="a YAML timestamp cannot be compared"):
        convert([("a.yaml", text.encode())], "agt")


EXPRESSIONS = [
    "^exec_.*",
    "^a$",
    "a|b",
    "^(a|b)$",
    "a\\.b",
    "^a|b$",
    ".*x.*",
    "x.*",
    "^$|a",
    "a\\|b",
    "^.*$",
    "a.b",
    "a+",
]
EXPRESSIONS += [
    "^.*x",
    "x.*$",
    "^a.*b$",
    "(?i)a",
    "\\d",
    "a\\",
    "^",
    "$",
    "a$b",
    "^ab\\$$",
    "(a|b)c",
    "^(?:a|b)$",
    "^(ab)",
    ".*",
    "a*",
]


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_an_expression_that_is_kept_matches_the_same_texts(expression: str) -> None:
    """For every text of a pool: some pattern of regular(e) matches it if and only if e is found in it."""
    texts = [
        "",
        "a",
        "b",
        "ab",
        "ba",
        "a.b",
        "axb",
        "exec_",
        "exec_x",
        "xexec_",
        "a\n",
        "\na",
        "b\n",
        "x\ny",
        "a|b",
        "ab$",
    ]
    try:
        patterns = regular(expression)
    except Unsaid:
        return
    document = {"rules": [rule("r", "f", "matches", expression)], "defaults": {"action": "allow"}}
    engine = native.compile(converted(document).compiled.policy)
    for text in texts:
        ours = engine.decide(action({"tool_name": "t", "f": text}), {}).decision
        assert (ours == "deny") == (re.search(expression, text) is not None), (text, patterns)


def test_most_of_the_expressions_above_are_kept() -> None:
    kept = []
    for expression in EXPRESSIONS:
        try:
            kept.append(regular(expression) and expression)
        except Unsaid:
            continue
    assert len(kept) >= 13 and "^exec_.*" in kept and "a+" not in kept


VALUES: dict[str, list[Any]] = {
    "tool_name": ["read", "write", "exec_a"],
    "agent_id": ["ana", "bot", "x*"],
    "n": [0, 1, 2.5, -3],
    "s": ["a", "ab", "b c", "*"],
    "flag": [True, False],
}
TEXTS = ["tool_name", "agent_id", "s"]
CONDITIONS = st.one_of(
    st.sampled_from([*TEXTS, "n", "flag"]).flatmap(
        lambda field: st.builds(
            lambda op, value: (field, op, value), st.sampled_from(["eq", "ne"]), st.sampled_from(VALUES[field])
        )
    ),
    st.sampled_from([*TEXTS, "n"]).flatmap(
        lambda field: st.builds(
            lambda op, value: (field, op, value),
            st.sampled_from(["in", "not_in"]),
            st.lists(st.sampled_from(VALUES[field]), min_size=1, max_size=2),
        )
    ),
    st.tuples(st.just("n"), st.sampled_from(["gt", "lt", "gte", "lte"]), st.sampled_from(VALUES["n"])),
    st.tuples(st.sampled_from(TEXTS), st.just("contains"), st.sampled_from(["a", "*", "b"])),
    st.tuples(st.sampled_from(TEXTS), st.just("matches"), st.sampled_from(["^a", "b$", "^exec_.*", "read|write"])),
)
ACTIONS = st.sampled_from(["allow", "audit", "deny", "block", "require_approval"])
DOCUMENTS = st.builds(
    lambda rules, default: {
        "rules": [
            rule(f"r{n}", field, op, value, act, priority)
            for n, ((field, op, value), act, priority) in enumerate(rules)
        ],
        "defaults": {"action": default},
    },
    st.lists(st.tuples(CONDITIONS, ACTIONS, st.integers(0, 2)), max_size=6),
    st.sampled_from(["allow", "deny", "require_approval"]),
)
TYPED = st.fixed_dictionaries(
    {"tool_name": st.sampled_from(VALUES["tool_name"])},
    optional={name: st.sampled_from(values) for name, values in VALUES.items() if name != "tool_name"},
)
ANYTHING = st.sampled_from([None, "a", 1, 2.5, True, [], ["a"], {"a": 1}])
UNTYPED = st.fixed_dictionaries(
    {"tool_name": st.sampled_from(VALUES["tool_name"])},
    optional={"agent_id": st.sampled_from(VALUES["agent_id"]), "n": ANYTHING, "s": ANYTHING, "flag": ANYTHING},
)


@settings(max_examples=examples(100), deadline=None, derandomize=True)
@given(DOCUMENTS, st.lists(TYPED, min_size=10, max_size=20), st.lists(UNTYPED, min_size=10, max_size=20))
def test_converted_rules_decide_as_the_evaluator(
    document: dict[str, Any], typed: list[dict[str, Any]], untyped: list[dict[str, Any]]
) -> None:
    """axtary(convert(d), c) = evaluator(d, c) for contexts with values of the types that d compares them with, and is
    never weaker for others."""
    engine = native.compile(converted(document).compiled.policy)
    for context in typed:
        assert engine.decide(action(context), {}).decision == decide(document, context), context
    for context in untyped:
        ours, theirs = engine.decide(action(context), {}).decision, decide(document, context)
        assert STRENGTH[ours] >= STRENGTH[theirs], (context, ours, theirs)

"""Warnings: what they are silent about, and that they are right. What they say is held by golden/mistakes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import golden_files
from tests.laws import examples

from axtary.backends import native
from axtary.compiler import compile_policy
from axtary.grammars import presets
from axtary.runtime.action import check_action

TOOL = "github.pull_requests.create"
TOOLS = {TOOL: {"payload": {"base": "string", "title": "string", "input": {"title": "string"}}}}
BUDGET = {"limit": "5", "unit": "USD", "per": "task", "window": "1d"}


def rule(rule_id: str = "it", **parts: Any) -> dict[str, Any]:
    return {"id": rule_id, "effect": "allow", "match": {"tool": TOOL}} | parts


def warnings(*rules: dict[str, Any], **more: Any) -> list[str]:
    """The codes of the warnings on a policy of these rules."""
    return codes(json.dumps({"version": "1", "policies": rules} | more))


def codes(text: str) -> list[str]:
    return [found.code for found in compile_policy("axtary.yml", text.encode()).warnings]


# --- no false alarms ------------------------------------------------------------------------------------------------

# Golden policies are written to be right; these are about what the warning says.
EXPECTED = {
    "a_condition_and_its_negation_are_undefined_together": {"AX0720"},
    "a_decimal_is_ordered_against_a_number": {"AX0706"},
    "an_integer_is_ordered_against_a_number": {"AX0706"},
    "an_undeclared_attribute_beside_a_boolean_is_a_boolean": {"AX0706"},
    "budget_whose_constant_cost_is_too_high": {"AX0719"},
    "name_signs_of_regular_expressions_are_literal": {"AX0712"},
    "path_question_marks_and_brackets_are_literal": {"AX0712"},
    "paths_are_canonical_for_like_and_in_too": {"AX0714"},
    "policy_key_deny_path_prefixes_are_plain_text": {"AX0715"},
    "roles_and_units_with_odd_characters": {"AX0713"},
}


def test_golden_policies_have_no_warnings_but_those_that_they_are_about() -> None:
    found = {
        name: {w.code for w in golden_files.compiled(name).warnings if w.code > "AX0704"}
        for name in golden_files.behaviours()
    }
    assert {name: some for name, some in found.items() if some} == EXPECTED


@pytest.mark.parametrize("preset", presets())
def test_presets_have_no_warnings(preset: str) -> None:
    assert codes(f"version: 1\npreset: {preset}\n") == []


@pytest.mark.parametrize(
    "tool",
    [TOOL, "github.*", "github.pull_requests.{create,merge}", "github.pull_requests.update", "jira.issues.create"],
)
def test_a_tool_that_is_another_one(tool: str) -> None:
    assert warnings(rule(match={"tool": tool}), tools=TOOLS) == []


def test_a_tool_is_never_misspelt_where_none_is_declared() -> None:
    assert warnings(rule(match={"tool": "github.pull_request.create"}), rule("two")) == []


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ('payload.base == "main"', []),
        ('payload.input.title == "a"', []),
        ('has payload.extra and payload.extra == "a"', []),
        ("has payload.extra", []),
        ("has payload.input", []),
        ("not has payload", []),
        ('context.bse == "a"', []),
        ('payload.extra == "a"', ["AX0706"]),
        ('has payload and payload.extra == "a"', ["AX0706"]),
        ('has payload.input and payload.input.extra == "a"', ["AX0706"]),
        ('has payload.base and payload.extra == "a"', ["AX0706"]),
        ("has payload.input.titel", ["AX0706"]),
    ],
)
def test_a_field_may_be_undeclared_behind_has(condition: str, expected: list[str]) -> None:
    assert warnings(rule(when=condition), tools=TOOLS) == expected
    assert warnings(rule(when=condition, effect="deny"), tools=TOOLS) == expected


@pytest.mark.parametrize("tool", ["github.*", [TOOL, "jira.issues.create"], [TOOL, "bare"]])
def test_a_field_is_only_missing_where_every_tool_is_declared(tool: str | list[str]) -> None:
    tools = TOOLS | {"bare": {"payload": {}}}
    assert warnings(rule(match={"tool": tool}, when='payload.extra == "a"'), tools=tools) == []


def test_a_field_of_one_of_the_tools_is_declared() -> None:
    tools = TOOLS | {"pay": {"payload": {"amount": "decimal"}}}
    assert warnings(rule(match={"tool": [TOOL, "pay"]}, when="payload.amount <= 3"), tools=tools) == []


def step_up(rule_id: str, *roles: str) -> dict[str, Any]:
    return rule(rule_id, effect="step_up", match={"tool": rule_id}, obligations={"approvers": list(roles)})


def test_roles() -> None:
    assert warnings(step_up("a", "team-a", "tier1"), step_up("b", "team-b", "tier2")) == []
    assert warnings(step_up("a", "security"), step_up("b", "securty")) == ["AX0707"]
    assert warnings(step_up("a", "security"), step_up("b", "securty"), step_up("c", "securty")) == ["AX0707"]
    twice = [step_up("a", "security"), step_up("b", "security"), step_up("c", "securty"), step_up("d", "securty")]
    assert warnings(*twice) == []  # each stands twice: two roles


def test_the_rarer_of_two_names_is_the_wrong_one() -> None:
    text = json.dumps({"version": "1", "policies": [step_up("a", "securty"), step_up("b", "security", "x-security")]})
    (found,) = compile_policy("axtary.yml", text.replace("x-security", "security").encode()).warnings
    assert "the role `securty` stands only here" in found.message


def budget(rule_id: str, **parts: str) -> dict[str, Any]:
    return rule(rule_id, match={"tool": rule_id}, obligations={"budget": BUDGET | parts})


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        ("USD", "USd", ["AX0708"]),
        ("USd", "USD", ["AX0708"]),
        ("token", "tokens", ["AX0708"]),
        ("AUD", "AED", []),
        ("USD", "EUR", []),
        ("kB", "MB", []),
    ],
)
def test_units(one: str, two: str, expected: list[str]) -> None:
    assert warnings(budget("a", unit=one), budget("b", unit=two)) == expected


def test_a_currency_is_never_the_wrong_one() -> None:
    text = json.dumps({"version": "1", "policies": [budget("a", unit="USd"), budget("b", unit="USD")]})
    (found,) = compile_policy("axtary.yml", text.encode()).warnings
    assert "the unit `USd` is not `USD`" in found.message


def test_what_a_repeated_rule_must_share() -> None:
    first = rule("a", when='payload.base == "main" and payload.draft == true', obligations={"ttl": "5m"})
    assert warnings(first, first | {"id": "b"}) == ["AX0709"]
    assert warnings(first, first | {"id": "b", "description": "another text"}) == ["AX0709"]
    assert warnings(first, first | {"id": "b", "when": 'payload.draft == true and payload.base == "main"'}) == [
        "AX0709"
    ]
    for part in (
        {"when": 'payload.base == "main" or payload.draft == true'},
        {"match": {"tool": TOOL, "owner": "ana"}},
        {"effect": "step_up"},
        {"obligations": {"ttl": "6m"}},
    ):
        assert warnings(first, first | {"id": "b"} | part) == [], part


def test_two_rates_of_one_call_are_two_rules() -> None:
    hour, day = ({"rate": f"{n} per {window} per actor"} for n, window in ((20, "1h"), (100, "1d")))
    assert warnings(rule("a", obligations=hour), rule("b", obligations=day)) == []


def test_a_rule_of_a_preset_is_not_at_fault() -> None:
    mine = rule("mine", effect="step_up", match={"tool": "mcp.*"}, obligations={"ttl": "5m"})
    text = json.dumps({"version": "1", "preset": "coding-agent", "policies": [mine]})
    (found,) = compile_policy("axtary.yml", text.encode()).warnings
    assert (found.code, found.span.file) == ("AX0709", "axtary.yml")


def test_a_group_inside_of_groups_that_nothing_uses_is_unused_too() -> None:
    groups = {"inner": ["agent:*"], "middle": ["@inner"], "outer": ["@middle"]}
    match = {"tool": TOOL, "actor": "@outer"}
    assert warnings(rule(match=match), groups=groups) == []
    assert warnings(rule(match=match | {"actor": "@middle"}), groups=groups) == ["AX0710"]
    assert warnings(rule(), groups=groups) == ["AX0710"] * 3


def test_groups_of_a_library_may_be_unused() -> None:
    library = b'version: 1\ngroups: {coders: ["agent:*"], others: ["@coders"]}\n'
    policy = b"version: 1\ninclude: groups.yml\npolicies: [{id: it, effect: allow, match: {tool: pay}}]\n"
    assert compile_policy("axtary.yml", policy, lambda _: library).warnings == ()
    assert compile_policy("groups.yml", library).warnings == ()
    with_a_rule = library + b"policies: [{id: it, effect: allow, match: {tool: pay}}]\n"
    assert [w.code for w in compile_policy("axtary.yml", with_a_rule).warnings] == ["AX0710", "AX0710"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("when: payload.x == 1 # only small ones", []),
        ("when: payload.x == 1 #small", ["AX0711"]),
        ("when: payload.x == 1 # and payload.y == 2", ["AX0711"]),
        ('when: "payload.x == 1" #small', []),
        ("effect: allow #small", []),
    ],
)
def test_comments(line: str, expected: list[str]) -> None:
    effect = "" if line.startswith("effect") else "    effect: allow\n"
    assert codes(f"version: 1\npolicies:\n  - id: it\n{effect}    match: {{tool: pay}}\n    {line}\n") == expected


@pytest.mark.parametrize(
    "condition",
    [
        'payload.text like "*?*"',
        'payload.text like "*50%*"',
        'payload.command like "curl *|sh"',
        'payload.text like "a, b"',
        'payload.text like " *"',
        'payload.text == "*"',
        'payload.text like "release/\\\\*"',
        'payload.path matches "docs/[id].md"',
        'any paths matches "/etc-files/**"',
        'any paths like "src/*"',
        'payload.id == "007"',
        'payload.id == "12345678901234567890"',
        'actor.owner == "12"',
        'payload.owner == "ana"',
    ],
)
def test_texts_that_mean_what_they_say(condition: str) -> None:
    assert warnings(rule(when=condition)) == []


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ('payload.branch == "a/*/b"', "AX0715"),
        ('"*.md" != payload.name', "AX0715"),
        ('none payload.labels in ["team-*"]', "AX0715"),
        ('payload.text like ".*wip.*"', "AX0712"),
        ('payload.text like "[0-9]*"', "AX0712"),
        ('payload.text like "%wip%"', "AX0712"),
        ('payload.path matches "a?.md"', "AX0702 AX0712"),
        ('any paths matches "/home/ana/.ssh/**"', "AX0714"),
        ('any paths like "../*"', "AX0714"),
        ('any paths in ["a/../b"]', "AX0714"),
        ('payload.id in ["1", "-2.5"]', "AX0717"),
        ('payload.payload.x == "a"', "AX0716"),
        ('payload.intent.task == "a"', "AX0716"),
    ],
)
def test_texts_that_do_not(condition: str, expected: str) -> None:
    assert sorted(warnings(rule(when=condition))) == expected.split()


@pytest.mark.parametrize(
    ("match", "expected"),
    [
        ({"tool": "fs.read|fs.write"}, ["AX0712"]),
        ({"tool": "pay?"}, ["AX0712"]),
        ({"tool": "a,b"}, ["AX0713"]),
        ({"tool": "pay", "owner": "Ando, Ana"}, ["AX0713"]),
        ({"tool": "pay", "owner": "a,b"}, []),
        ({"tool": "pay", "resource": "https://x/?q=*"}, []),
        ({"tool": "pay", "resource": " repo:acme"}, ["AX0718"]),
        ({"tool": "{a,b}"}, []),
    ],
)
def test_patterns_in_match(match: dict[str, str], expected: list[str]) -> None:
    assert warnings(rule(match=match)) == expected


def test_a_declaration_answers_what_is_asked() -> None:
    for condition in ('payload.tool == "x"', 'payload.id == "12"', 'payload.draft == "true"'):
        fields = {"tool": "string", "id": "string", "draft": "string"}
        assert warnings(rule(when=condition), tools={TOOL: {"payload": fields}}) == []
        assert len(warnings(rule(when=condition))) == 1


@pytest.mark.parametrize(("cost", "expected"), [("5", []), ("5.0001", ["AX0719"]), ("0", [])])
def test_a_cost_may_be_the_whole_limit(cost: str, expected: list[str]) -> None:
    assert warnings(budget("a", cost=cost)) == expected


# --- a condition that is never true, or always ----------------------------------------------------------------------

tests = st.one_of(
    st.tuples(st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), st.integers(0, 3)).map(
        lambda t: f"payload.n {t[0]} {t[1]}"
    ),
    st.lists(st.integers(0, 3), min_size=1, max_size=2, unique=True).map(lambda values: f"payload.n in {values}"),
)
parts = st.tuples(st.sampled_from(["", "not "]), tests).map("".join)


@settings(derandomize=True, max_examples=examples(150), deadline=None)
@given(st.lists(parts, min_size=2, max_size=3), st.sampled_from([" and ", " or "]))
def test_what_is_said_to_decide_nothing_decides_nothing(items: list[str], join: str) -> None:
    """AX0720 on an `and`: no number makes it true. On an `or`: every number does. Not on what some numbers do."""
    text = json.dumps({"version": "1", "policies": [rule(when=join.join(items), match={"tool": "t"})]})
    compiled = compile_policy("axtary.yml", text.encode())
    engine = native.compile(compiled.policy)
    numbers = [step / 2 for step in range(-1, 8)]
    fired = {
        bool(engine.decide(check_action({"version": 1, "tool": "t", "payload": {"n": n}}), {}).fired) for n in numbers
    }
    if [w.code for w in compiled.warnings]:
        assert fired == {join == " or "}
    elif len(items) == 2 and "!=" not in text and "not" not in text:
        assert True in fired  # two plain tests that exclude each other are always found
        assert join == " and " or False in fired

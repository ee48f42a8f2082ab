"""The decision table: which rules stand under which tools."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests import generate, reference
from tests.generate_policies import ACTORS, TOOLS
from tests.laws import examples

from axtary.compiler import compile_text
from axtary.compiler.ir import Effect, Pattern, Wildcard
from axtary.compiler.text import pattern_text
from axtary.runtime.table import Filters, Row, obligation_texts, rule_json, table, who_texts

ALL = settings(derandomize=True, deadline=None, max_examples=examples(60), suppress_health_check=list(HealthCheck))
DECLARED = ("fs.read", "svc.unused")
POLICY = compile_text("""\
version: 1
tools:
  fs.read: {payload: {path: string}}
  svc.unused: {payload: {x: string}}
policies:
  - {id: b-allow, effect: allow, match: {tool: [fs.read, "github.*"], actor: "agent:codex-*"}}
  - {id: a-allow, effect: allow, match: {tool: "github.issues.*"}}
  - {id: all, effect: step_up, match: {tool: "*", owner: "user:*"}, obligations: {ttl: 90m}}
  - {id: never, effect: deny, match: {tool: "{fs,db}.write"}, when: payload.x == 1}
  - {id: closes, effect: deny, match: {tool: "*.close"}}
""")
NARROW = compile_text(
    "version: 1\npolicies:\n  - {id: never, effect: deny, match: {tool: fs.write}}\n"
    "  - {id: reads, effect: allow, match: {tool: fs.read, actor: me}}\n"
)


def shown(rows: list[Row]) -> dict[str, list[str]]:
    return {row.tool: [concern.rule.id for concern in row.concerns] for row in rows}


def test_names_and_patterns_each_with_the_rules_that_cover_them() -> None:
    rows = table(POLICY, DECLARED)
    assert shown(rows) == {
        "db.write": ["never", "all"],
        "fs.read": ["all", "b-allow"],
        "fs.write": ["never", "all"],
        "svc.unused": ["all"],
        "*": ["all"],
        "*.close": ["closes", "all"],
        "github.*": ["all", "b-allow"],
        "github.issues.*": ["all", "a-allow", "b-allow"],
    }
    assert [row.tool for row in rows if row.is_pattern] == ["*", "*.close", "github.*", "github.issues.*"]
    assert [row.tool for row in rows if row.declared] == ["fs.read", "svc.unused"]


def test_a_rule_is_there_by_its_name_before_its_pattern() -> None:
    policy = compile_text('version: 1\npolicies:\n  - {id: r, effect: allow, match: {tool: ["fs.*", fs.read]}}\n')
    rows = table(policy, ())
    assert [(row.tool, [c.pattern for c in row.concerns]) for row in rows] == [
        ("fs.read", ["fs.read"]),
        ("fs.*", ["fs.*"]),
    ]


def test_one_tool_is_one_row_that_need_not_be_named() -> None:
    assert shown(table(POLICY, DECLARED, Filters(tool="github.issues.close"))) == {
        "github.issues.close": ["closes", "all", "a-allow", "b-allow"]
    }
    (row,) = table(NARROW, (), Filters(tool="fs.delete"))
    assert (row.concerns, row.denied, row.is_pattern) == ((), True, False)


def test_denied_is_what_no_allow_or_step_up_rule_concerns() -> None:
    assert {row.tool: row.denied for row in table(NARROW, ("svc",))} == {
        "fs.read": False,
        "fs.write": True,
        "svc": True,
    }
    assert {row.tool: row.denied for row in table(NARROW, (), Filters(actor="you"))} == {
        "fs.read": True,
        "fs.write": True,
    }
    assert not any(row.denied for row in table(POLICY, DECLARED))


def test_an_effect_leaves_out_rows_without_it_but_not_the_tool_that_is_asked_for() -> None:
    assert shown(table(POLICY, DECLARED, Filters(effect=Effect.DENY))) == {
        "db.write": ["never"],
        "fs.write": ["never"],
        "*.close": ["closes"],
    }
    (row,) = table(NARROW, (), Filters(tool="fs.read", effect=Effect.DENY))
    assert (row.concerns, row.denied) == ((), False)


@pytest.mark.parametrize(("actor", "found"), [("agent:codex-1", True), ("agent:codex", False), ("", False)])
def test_an_agent_is_matched_by_the_rules_patterns(actor: str, found: bool) -> None:
    (row,) = table(POLICY, (), Filters(tool="fs.read", actor=actor))
    assert ("b-allow" in [concern.rule.id for concern in row.concerns]) is found


def test_what_a_rule_says() -> None:
    rule = POLICY.by_id["all"]
    assert who_texts(rule) == ['owner: "user:*"']
    assert obligation_texts(rule) == ["approvers: any approver", "ttl: 1h30m"]
    assert rule_json(POLICY.by_id["never"]) == {
        "rule": "never",
        "effect": "deny",
        "description": "",
        "match": {"tool": ["fs.write", "db.write"]},
        "when": "payload.x == 1",
        "obligations": [],
        "file": "axtary.yml",
        "line": 9,
    }


@ALL
@given(st.integers(0, 10**6), st.sampled_from([*TOOLS, "", "fs", "fs.readx"]), st.sampled_from([None, *ACTORS]))
def test_a_tools_rules_are_those_that_can_match_its_calls(seed: int, tool: str, actor: str | None) -> None:
    """r stands under t for a  <=>  r.match.tool matches t and r.match.actor matches a"""
    policy = generate.compile_draft(generate.draft(seed))
    (row,) = table(policy, (), Filters(tool=tool, actor=actor))
    asked = {"tool": tool} | ({"actor": actor} if actor is not None else {})
    wanted = {
        rule.id
        for rule in policy.rules
        if all(
            any(reference.matches(pattern, asked[match.field.value]) for pattern in match.patterns)
            for match in rule.match
            if match.field.value in asked
        )
    }
    assert {concern.rule.id for concern in row.concerns} == wanted


@ALL
@given(st.integers(0, 10**6), st.randoms(use_true_random=False))
def test_a_patterns_rules_match_whatever_it_matches(seed: int, rng: Random) -> None:
    """r stands under p, and p matches t  =>  r matches t;  r names p  =>  r stands under p"""
    policy = generate.compile_draft(generate.draft(seed))
    named = {pattern_text(pattern): pattern for rule in policy.rules for pattern in rule.match[0].patterns}
    for row in table(policy, ()):
        if row.is_pattern:
            pattern = named[row.tool]
            under = {concern.rule.id for concern in row.concerns}
            assert {rule.id for rule in policy.rules if pattern in rule.match[0].patterns} <= under
            for rule in (concern.rule for concern in row.concerns):
                text = _sample(pattern, rng)
                assert any(reference.matches(p, text) for p in rule.match[0].patterns), (rule.id, text)


def _sample(pattern: Pattern, rng: Random) -> str:
    return "".join(rng.choice(["", "a", "./", "fs."]) if isinstance(t, Wildcard) else t for t in pattern.tokens)

"""The policy version: the same for what decides alike by its text, another for what can decide otherwise."""

from __future__ import annotations

import pytest

from axtary.compiler import compile_text

BASE = """\
version: 1
groups:
  coders: ["agent:a*", "agent:b"]
policies:
  - id: one
    effect: allow
    match: {tool: t, resource: "r/*", actor: "@coders"}
    when: payload.n <= 12 and payload.base == "main"
    obligations: {rate: 5 per 1h per actor, ttl: 5m}
  - id: two
    effect: step_up
    match: {tool: t}
    obligations: {approvers: {roles: [lead], quorum: 2}}
"""
HEAD, FIRST, SECOND = BASE.partition("  - id: one")[0], BASE[BASE.index("  - id: one") : BASE.index("  - id: two")], ""
SECOND = BASE[BASE.index("  - id: two") :]

SAME = {
    "order of rules": HEAD + SECOND + FIRST,
    "comments and blank lines": BASE.replace("policies:", "# rules\n\npolicies:   # here"),
    "quotes": BASE.replace("tool: t}", "tool: 't'}").replace("effect: allow", 'effect: "allow"'),
    "order of keys": BASE.replace("rate: 5 per 1h per actor, ttl: 5m", "ttl: 5m, rate: 5 per 60m per actor"),
    "a group written out": BASE.replace('"@coders"', '["agent:a*", "agent:b"]'),
    "descriptions": BASE.replace("effect: allow", "effect: allow\n    description: x"),
    "white space in a condition": BASE.replace(
        "when: payload.n <= 12 and", "when: >-\n      (payload.n<=12)\n      and"
    ),
    "a literal by its value": BASE.replace("<= 12", "<= 12.00"),
}
OTHER = {
    "effect": BASE.replace("effect: allow", "effect: step_up"),
    "id": BASE.replace("id: one", "id: uno"),
    "pattern": BASE.replace("r/*", "r/**"),
    "field": BASE.replace("actor:", "owner:"),
    "group member": BASE.replace("agent:b", "agent:c"),
    "literal": BASE.replace("12", "12.0001"),
    "operator": BASE.replace("<=", "<"),
    "logic": BASE.replace(" and ", " or "),
    "rate": BASE.replace("5 per", "6 per"),
    "ttl": BASE.replace("5m", "6m"),
    "quorum": BASE.replace("quorum: 2", "quorum: 1"),
    "role": BASE.replace("lead", "boss"),
    "a type": BASE.replace("policies:", "tools: {t: {payload: {n: integer}}}\npolicies:"),
    "a rule less": HEAD + FIRST,
}


@pytest.mark.parametrize("change", SAME)
def test_same(change: str) -> None:
    assert SAME[change] != BASE
    assert compile_text(SAME[change]).policy_version == compile_text(BASE).policy_version


@pytest.mark.parametrize("change", OTHER)
def test_other(change: str) -> None:
    assert OTHER[change] != BASE
    assert compile_text(OTHER[change]).policy_version != compile_text(BASE).policy_version

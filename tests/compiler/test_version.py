"""The policy version: the same for what decides alike by its text, another for what can decide otherwise."""

from __future__ import annotations

import hashlib

import pytest
import rfc8785
from tests.golden_files import behaviours, compiled

from axtary.compiler import compile_text
from axtary.compiler.ir import to_json

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
    "a declaration that is complete": BASE.replace(
        "policies:", "tools: {t: {complete: true, payload: {n: number, base: string}}}\npolicies:"
    ),
    "a field of any type": BASE.replace("policies:", "tools: {t: {payload: {n: any}}}\npolicies:"),
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


@pytest.mark.parametrize("name", behaviours())
def test_it_is_the_hash_of_the_canonical_form(name: str) -> None:
    """Law: policy_version is SHA-256 over RFC 8785, written by another library than ours is."""
    policy = compiled(name).policy
    canonical = rfc8785.dumps(to_json(policy, spans=False))
    assert policy.policy_version == "sha256:" + hashlib.sha256(canonical).hexdigest()


def test_text_beyond_ascii_and_control_characters_are_canonical_too() -> None:
    """Law: as above, where the escapes and the order of JSON could differ."""
    odd = r'"\u0001\u007f\u2028\ud83d\ude00\\ \/ é\t"'
    policy = compile_text(BASE.replace('payload.base == "main"', f"payload.base == {odd}".replace("'", "''")))
    canonical = rfc8785.dumps(to_json(policy, spans=False))
    assert policy.policy_version == "sha256:" + hashlib.sha256(canonical).hexdigest()

"""The trace of a decision: it says what the reference evaluator says, part by part."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from tests import generate, reference

from axtary.compiler import compile_text, ir
from axtary.compiler.clauses import Reason
from axtary.compiler.ir import Policy, Rule
from axtary.runtime.trace import trace

Json = Any


def traced(policy: Policy, action: Json, facts: Json) -> dict[str, Json]:
    return trace(policy, action, facts, lambda span: {"file": span.file, "line": span.line})


@pytest.mark.parametrize("seed", range(7000, 7040))
def test_a_trace_says_what_the_reference_says(seed: int) -> None:
    """Law: rules, answers, obligations, contributions and the decision are those of the reference evaluator."""
    policy = generate.compile_draft(generate.draft(seed))
    for action, facts in generate.cases(Random(seed), policy, 10):
        found = traced(policy, action, facts)
        verdict = reference.decide(policy, action, facts)
        assert found["steps"][-1]["decision"] == verdict.decision
        assert [rule["rule"] for rule in found["rules"] if rule["fires"]] == list(verdict.fired)
        reasons = {(each["code"], each["rule"]) for each in found["steps"][-1]["found"]}
        if verdict.decision == "allow":
            reasons = {(each["code"], each["rule"]) for each in found["steps"][1]["found"]}
        assert reasons == {(code.value, rule) for code, rule in verdict.reasons if code is not Reason.DEFAULT_DENY}
        for rule in found["rules"]:
            _check_rule(policy.by_id[rule["rule"]], rule, action, facts)


def _check_rule(rule: Rule, said: dict[str, Json], action: Json, facts: Json) -> None:
    assert all(part["answer"] for part in said["match"]) is reference._matches(rule, action)
    if said["when"] is not None:
        assert said["when"]["answer"] is reference._when(rule, action)
        leaves = list(ir.atoms(rule.when))
        assert [node["answer"] for node in _leaves(said["when"])] == [reference.truth(a, action) for a in leaves]
    if said["fires"]:
        met = [reference._met(obligation, rule, action, facts) for obligation in rule.obligations]
        assert [part["answer"] for part in said["obligations"]] == met
        approval = said["approval"] and said["approval"]["answer"]
        assert approval is (reference._approved(rule, facts) if rule.approvers is not None else None)
    else:
        assert (said["obligations"], said["approval"], said["contributes"]) == ([], None, [])


def _leaves(node: dict[str, Json]) -> Iterator[dict[str, Json]]:
    if "items" not in node:
        yield node
    for item in node.get("items", ()):
        yield from _leaves(item)


POLICY = """\
version: 1
policies:
  - id: small
    effect: allow
    match: {tool: "pay.*", resource: "shop:*"}
    when: payload.n <= 20 and (payload.m == 1 or payload.s != "x")
    obligations:
      rate: 5 per 1h per actor
  - id: held
    effect: step_up
    match: {tool: pay.send}
    when: payload.q > 1
    obligations: {approvers: [finance]}
  - {id: other, effect: deny, match: {tool: fs.read}}
"""


def test_a_trace_in_full() -> None:
    action = {"version": 1, "tool": "pay.send", "resource": "shop:a", "payload": {"n": 3, "s": "y"}}
    found = traced(compile_text(POLICY), action, {"usage": {"small": 5}})
    held, small = found["rules"]
    assert (held["rule"], held["effect"], held["line"], held["fires"]) == ("held", "step_up", 9, True)
    assert held["when"]["answer"] is None
    assert held["when"]["seen"] == [{"attribute": "payload.q", "present": False}]
    assert (held["approval"]["answer"], held["approval"]["text"]) == (False, "approvers: finance")
    assert held["contributes"] == ["approval_required"]
    assert [(part["text"], part["answer"], part["line"]) for part in small["match"]] == [
        ('match.tool: "pay.*"', True, 5),
        ('match.resource: "shop:*"', True, 5),
    ]
    tree = small["when"]
    assert (tree["kind"], tree["answer"], tree["line"]) == ("and", True, 6)
    assert tree["text"] == 'payload.n <= 20 and (payload.m == 1 or payload.s != "x")'
    number, either = tree["items"]
    assert number["seen"] == [{"attribute": "payload.n", "present": True, "value": 3}]
    assert (either["kind"], either["answer"]) == ("or", True)
    one, differs = either["items"]
    assert (one["kind"], one["answer"]) == ("condition", None)
    assert (differs["kind"], differs["text"], differs["answer"]) == ("not", 'payload.s != "x"', True)
    assert [(item["text"], item["answer"]) for item in differs["items"]] == [('payload.s == "x"', False)]
    (rate,) = small["obligations"]
    assert (rate["kind"], rate["answer"], rate["line"]) == ("rate", False, 8)
    assert rate["seen"] == [{"attribute": "facts.usage.small", "present": True, "value": 5}]
    assert small["contributes"] == ["rate", "granted"]
    assert found["steps"] == [
        {"step": "restrictions", "found": [{"code": "rate", "rule": "small"}], "decision": "deny"},
    ]


def test_steps_end_with_the_decision() -> None:
    policy = compile_text(POLICY)
    action = {"version": 1, "tool": "pay.send", "resource": "shop:a", "payload": {"n": 3, "s": "y", "q": 1}}
    usage = {"usage": {"small": 4}}
    granted = {"step": "grants", "found": [{"code": "granted", "rule": "small"}], "decision": None}
    none: dict[str, Json] = {"step": "restrictions", "found": [], "decision": None}
    assert traced(policy, action, usage)["steps"] == [
        none,
        granted,
        {"step": "holds", "found": [], "decision": "allow"},
    ]
    action["payload"] = {"n": 3, "s": "y"}
    hold = {"step": "holds", "found": [{"code": "approval_required", "rule": "held"}], "decision": "step_up"}
    assert traced(policy, action, usage)["steps"] == [none, granted, hold]
    nothing = {"step": "grants", "found": [], "decision": "deny"}
    assert traced(policy, {"version": 1, "tool": "x"}, {}) == {"rules": [], "steps": [none, nothing]}

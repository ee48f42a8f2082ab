"""The Cedar engine: obligations, approvals, the default, and that it fails closed."""

from __future__ import annotations

import json
import re
from typing import Any

import cedarpy
import pytest
from tests.backends.cedar_random import Maker
from tests.reference import decide

from axtary.backends.cedar import CedarEngine, compile, export
from axtary.backends.cedar.lower import MAX_NESTING, lower
from axtary.backends.cedar.request import request
from axtary.backends.verdict import EngineError
from axtary.compiler.ir import (
    And,
    Approvers,
    Attribute,
    BlockedPaths,
    Budget,
    Condition,
    Effect,
    Field,
    Has,
    Hours,
    Match,
    Not,
    Number,
    Obligation,
    OneOf,
    Or,
    Pattern,
    Policy,
    Quantified,
    Rate,
    Rule,
    Type,
    Wildcard,
    Window,
)

ANY, STAR, SEGMENTS = Wildcard.ANY, Wildcard.STAR, Wildcard.SEGMENTS
TOOL = Match(Field.TOOL, (Pattern(("t",)),))
READY = OneOf(Attribute("payload", ("ready",), Type.BOOLEAN), (True,))
DAY = Window((0, 1, 2, 3, 4), 8 * 60, 19 * 60, "Europe/Berlin")
NIGHT = Window((4,), 22 * 60, 6 * 60, "America/New_York")  # from Friday into Saturday


def only(obligation: Obligation) -> CedarEngine:
    return compile(Policy((Rule("r", Effect.ALLOW, (TOOL,), None, (obligation,)),)))


def reasons(engine: CedarEngine, facts: Any = None, **action: Any) -> list[tuple[str, str]]:
    verdict = engine.decide({"tool": "t"} | action, facts or {})
    return [(code.value, rule) for code, rule in verdict.reasons]


MET = [("granted", "r")]


@pytest.mark.parametrize(
    ("window", "time", "open_"),
    [
        (DAY, "2026-11-23T07:00:00Z", True),
        (DAY, "2026-11-23T06:59:59.999999999Z", False),
        (DAY, "2026-11-23T17:59:59Z", True),
        (DAY, "2026-11-23T18:00:00Z", False),
        (DAY, "2026-11-22T12:00:00Z", False),
        (DAY, "2026-07-06T06:00:00Z", True),  # summer time
        (NIGHT, "2026-11-21T03:00:00Z", True),  # Friday 22:00
        (NIGHT, "2026-11-21T10:59:00Z", True),  # Saturday 05:59
        (NIGHT, "2026-11-21T11:00:00Z", False),
        (NIGHT, "2026-11-22T03:00:00Z", False),  # Saturday 22:00
        (Window((6,), 23 * 60, 1440, "UTC"), "2026-11-22T23:59:59Z", True),
        (Window((6,), 23 * 60, 1440, "UTC"), "2026-11-23T00:00:00Z", False),
        (DAY, "2026-11-23 12:00:00Z", False),
        (DAY, None, False),
    ],
)
def test_hours(window: Window, time: Any, open_: bool) -> None:
    assert reasons(only(Hours((window,))), time=time) == (MET if open_ else [("hours", "r")])


@pytest.mark.parametrize("blocked", [Pattern((SEGMENTS, ".env", STAR)), Pattern((".env",))])
def test_blocked_paths(blocked: Pattern) -> None:
    engine = only(BlockedPaths((blocked,)))
    assert reasons(engine, paths=[]) == MET
    assert reasons(engine, paths=["a", "env"]) == MET
    for paths in ([".env"], ["a", ".env"], ["a", "/b"], ["a", 1], None, "a", [".."]):
        assert reasons(engine, paths=paths) == [("blocked_paths", "r")]
    assert reasons(engine) == [("blocked_paths", "r")]


@pytest.mark.parametrize(("usage", "met"), [(0, True), (1, True), (1.0, True), (2, False), (-1, False)])
def test_rate(usage: Any, met: bool) -> None:
    assert reasons(only(Rate(2, 60, "actor")), {"usage": {"r": usage}}) == (MET if met else [("rate", "r")])


@pytest.mark.parametrize(
    "facts",
    [{}, {"usage": None}, {"usage": []}, *({"usage": {"r": v}} for v in (None, True, "0", 0.5, 2**70, 2**5000, [0]))],
)
def test_a_counter_that_is_missing_or_ill_typed_is_not_met(facts: Any) -> None:
    assert reasons(only(Rate(2, 60, "actor")), facts) == [("rate", "r")]


@pytest.mark.parametrize(
    ("kind", "cost", "met"),
    [
        (Type.DECIMAL, "1.5", True),
        (Type.DECIMAL, 0, True),
        (Type.DECIMAL, "1.5001", False),
        (Type.DECIMAL, "-0.0001", False),
        (Type.DECIMAL, "x", False),
        (Type.INTEGER, 1, True),
        (Type.INTEGER, 2, False),
        (Type.INTEGER, -1, False),
        (Type.NUMBER, 1.5, True),
        (Type.NUMBER, "1.5", False),
        (Type.NUMBER, None, False),
    ],
)
def test_budget(kind: Type, cost: Any, met: bool) -> None:
    engine = only(Budget(Number(15_000), "USD", "task", 60, Attribute("payload", ("cost",), kind)))
    assert reasons(engine, payload={"cost": cost}) == (MET if met else [("budget", "r")])


@pytest.mark.parametrize(("cost", "met"), [(0, True), (15_000, True), (15_001, False), (-1, False)])
def test_budget_of_a_constant(cost: int, met: bool) -> None:
    engine = only(Budget(Number(15_000), "USD", "task", 60, Number(cost)))
    assert reasons(engine) == (MET if met else [("budget", "r")])


def test_two_obligations_of_one_kind_both_count() -> None:
    obligations = (BlockedPaths((Pattern((SEGMENTS, "a", STAR)),)), BlockedPaths((Pattern((SEGMENTS, "b", STAR)),)))
    engine = compile(Policy((Rule("r", Effect.ALLOW, (TOOL,), None, obligations),)))
    assert reasons(engine, paths=["c"]) == MET
    for name in ("a", "b"):
        assert reasons(engine, paths=[name]) == [("blocked_paths", "r")]


def approvers(*entries: tuple[str, list[str]]) -> dict[str, Any]:
    return {"approval": {"approvers": [{"id": who, "roles": roles} for who, roles in entries]}}


def holding(wanted: Approvers) -> CedarEngine:
    return compile(Policy((Rule("r", Effect.STEP_UP, (TOOL,), None, (), wanted),)))


@pytest.mark.parametrize(
    ("wanted", "facts", "met"),
    [
        (Approvers(), {}, False),
        (Approvers(), approvers(("ana", [])), True),
        (Approvers(("lead",)), approvers(("ana", [])), False),
        (Approvers(("lead", "sec")), approvers(("ana", ["sec"])), True),
        (Approvers(("lead",), 2), approvers(("ana", ["lead"]), ("ana", ["lead"])), False),
        (Approvers(("lead",), 2), approvers(("ana", ["lead"]), ("bo", ["lead"])), True),
        (Approvers(("lead",)), approvers(("ana", []), ("ana", ["lead"])), True),
        (Approvers(), {"approval": {"approvers": [{"id": "ana", "roles": []}, {"id": "bo"}]}}, False),
        (Approvers(), {"approval": {"approvers": [{"id": "ana", "roles": []}, None]}}, False),
        (Approvers(), {"approval": {"approvers": [{"id": 1, "roles": []}]}}, False),
        (Approvers(), {"approval": {"approvers": [{"id": "ana", "roles": [1]}]}}, False),
        (Approvers(), {"approval": {"approvers": {"id": "ana", "roles": []}}}, False),
        (Approvers(), {"approval": "ana"}, False),
    ],
)
def test_approvals(wanted: Approvers, facts: Any, met: bool) -> None:
    assert reasons(holding(wanted), facts) == (MET if met else [("approval_required", "r")])


def test_a_hold_without_a_grant_is_a_deny() -> None:
    """A merely possible step_up rule holds, but grants nothing that an approval could release."""
    engine = compile(Policy((Rule("r", Effect.STEP_UP, (TOOL,), READY, (), Approvers()),)))
    for facts in ({}, approvers(("ana", []))):
        verdict = engine.decide({"tool": "t"}, facts)
        assert (verdict.decision, verdict.fired) == ("deny", ("r",))
        assert reasons(engine, facts) == [("default_deny", "")]
    assert engine.decide({"tool": "t", "payload": {"ready": True}}, {}).decision == "step_up"


def test_an_approval_lifts_the_hold_of_a_possible_rule_only_for_a_grant_beside_it() -> None:
    rules = (Rule("a", Effect.ALLOW, (TOOL,)), Rule("b", Effect.STEP_UP, (TOOL,), READY, (), Approvers()))
    engine = compile(Policy(rules))
    assert reasons(engine) == [("approval_required", "b")]
    assert reasons(engine, approvers(("ana", []))) == [("granted", "a")]


def test_fired_lists_rules_that_decide_nothing() -> None:
    rules = (
        Rule("a", Effect.ALLOW, (TOOL,), None, (Rate(1, 60, "tool"),), None, 60),
        Rule("d", Effect.DENY, (TOOL,)),
        Rule("s", Effect.STEP_UP, (TOOL,), None, (), Approvers(("lead",)), 30),
    )
    verdict = compile(Policy(rules)).decide({"tool": "t"}, approvers(("ana", ["lead"])))
    assert verdict.fired == ("a", "d", "s")
    assert [code.value for code, _ in verdict.reasons] == ["rate", "rule_denies"]
    assert verdict.obligations["ttl_seconds"] == 30


def test_a_tool_called_like_the_reserved_action() -> None:
    rules = (
        Rule("named", Effect.ALLOW, (Match(Field.TOOL, (Pattern(("other tool",)),)),)),
        Rule("wrapped", Effect.ALLOW, (Match(Field.TOOL, (Pattern(("(other tool)",)),)),)),
    )
    policy = Policy(rules)
    assert lower(policy).other == "((other tool))"
    engine = compile(policy)
    fired = {
        tool: engine.decide({"tool": tool}, {}).fired for tool in ("other tool", "(other tool)", "((other tool))", "x")
    }
    assert fired == {"other tool": ("named",), "(other tool)": ("wrapped",), "((other tool))": (), "x": ()}


def test_exact_names_and_patterns_of_tools() -> None:
    mixed = Match(Field.TOOL, (Pattern(("a.b",)), Pattern(("c.", ANY))))
    engine = compile(Policy((Rule("m", Effect.ALLOW, (mixed,)), Rule("n", Effect.ALLOW, (TOOL,)))))
    fired = {tool: engine.decide({"tool": tool}, {}).fired for tool in ("a.b", "c.d", "t", "a.bc")}
    assert fired == {"a.b": ("m",), "c.d": ("m",), "t": ("n",), "a.bc": ()}


def test_what_cedar_cannot_read_is_an_engine_error() -> None:
    engine = compile(
        Policy((Rule("r", Effect.ALLOW, (TOOL,), OneOf(Attribute("payload", ("a",), Type.STRING), ("x",))),))
    )
    for action in ({"tool": "t", "actor": {"agent": "\ud800"}}, {"tool": "t", "payload": {"a": "\ud800"}}):
        with pytest.raises(EngineError):
            engine.decide(action, {})


@pytest.mark.parametrize("zone", ["Nowhere/Land", "../../etc/passwd", "", "zones"])
def test_an_unknown_zone_is_refused_when_the_policy_is_compiled(zone: str) -> None:
    with pytest.raises(EngineError):
        only(Hours((Window((0,), 0, 60, zone),)))


def nested(levels: int) -> Condition:
    """Wide and deep at once: each level a chain of nine, with the next level at its deepest place."""
    condition: Condition = READY
    for level in range(levels):
        others = tuple(Has("payload", (f"{level}.{n}",)) for n in range(8))
        condition = And((condition, *map(Not, others))) if level % 2 else Or((condition, *others))
    return condition


def test_deep_and_wide_conditions_are_evaluated() -> None:
    policy = Policy((Rule("r", Effect.ALLOW, (TOOL,), nested(MAX_NESTING)),))
    engine = compile(policy)
    assert reasons(engine, payload={"ready": True}) == MET
    assert reasons(engine, payload={"ready": False}) == [("default_deny", "")]
    assert (
        cedarpy.validate_policies(*(export(policy)[name] for name in ("policy.cedar", "schema.cedarschema"))).errors
        == []
    )


@pytest.mark.parametrize("levels", [MAX_NESTING + 1, 5000])
def test_a_deeper_condition_is_refused(levels: int) -> None:
    with pytest.raises(EngineError, match="nested deeper"):
        export(Policy((Rule("r", Effect.ALLOW, (TOOL,), nested(levels)),)))


def test_versions() -> None:
    engine = only(Hours((DAY,)))
    assert re.fullmatch(r"cedar [0-9.]+ \(cedarpy [0-9.]+\)", engine.version)
    assert engine.tzdata
    assert only(Rate(1, 1, "actor")).tzdata == ""


@pytest.mark.parametrize("seed", range(3000, 3040))
def test_plain_cedar_allows_only_what_axtary_allows(seed: int) -> None:
    """The exported text alone, in an engine that knows no step_up; each request passes the exported schema."""
    make = Maker(seed)
    policy = make.policy()
    files, lowering = export(policy), lower(policy)
    policies = cedarpy.PolicySet.from_str(files["policy.cedar"])
    schema = cedarpy.Schema.from_str(files["schema.cedarschema"])
    for _ in range(15):
        action, facts = make.action(policy), make.facts(policy)
        answer = cedarpy.is_authorized(request(lowering, action, facts), policies, "[]", schema)
        assert answer.diagnostics.errors == []
        assert answer.allowed is (decide(policy, action, facts).decision == "allow"), json.dumps([action, facts])


def test_a_caller_who_leaves_out_derived_facts_gains_nothing() -> None:
    """In a Cedar engine of another's, an empty record lifts no restriction and gives no grant."""
    hidden = Quantified(Attribute("paths", (), Type.PATHS), "any", patterns=(Pattern((SEGMENTS, ".env", STAR)),))
    folder = Match(Field.RESOURCE, (Pattern((SEGMENTS, "prod", STAR)),))
    rules = (
        Rule("a", Effect.ALLOW, (TOOL,), None, (Hours((DAY,)), BlockedPaths((Pattern((SEGMENTS, "k", STAR)),)))),
        Rule("d", Effect.DENY, (TOOL, folder)),
        Rule("e", Effect.DENY, (TOOL,), hidden),
    )
    lowering = lower(Policy(rules))
    asked = request(lowering, {"tool": "t", "time": "2026-11-23T12:00:00Z", "paths": [], "resource": "dev"}, {})
    policies = cedarpy.PolicySet.from_json_str(export(Policy(rules))["policy.cedar.json"])
    assert cedarpy.is_authorized(asked, policies, "[]").allowed
    for name in lowering.reads.derived:
        less = {key: value for key, value in asked["context"]["derived"].items() if key != name}
        context = asked["context"] | {"derived": less}
        assert not cedarpy.is_authorized(asked | {"context": context}, policies, "[]").allowed, name


@pytest.mark.parametrize("effect", [Effect.DENY, Effect.ALLOW])
def test_policies_and_witnesses_that_contradict_each_other_are_an_engine_error(effect: Effect) -> None:
    """The witnesses of another policy stand for a Cedar that answers one question in two ways."""
    anything = Match(Field.TOOL, (Pattern((ANY,)),))
    engine = compile(Policy((Rule("r", effect, (anything,)),)))
    other = compile(
        Policy((Rule("r", effect, (anything,), READY if effect is Effect.ALLOW else Has("payload", ("x",))),))
    )
    assert engine.decide({"tool": "t"}, {}).fired == ("r",)
    engine._slice(None).witnesses = other._slice(None).witnesses
    with pytest.raises(EngineError, match="contradicts itself"):
        engine.decide({"tool": "t"}, {})

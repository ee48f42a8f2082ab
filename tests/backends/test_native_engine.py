"""The native engine: verdicts, explanations, what coverage asks of it, and how it fails."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import pytest

from axtary.backends import native
from axtary.backends.verdict import EngineError
from axtary.compiler import compile_text
from axtary.compiler.clauses import Reason
from axtary.compiler.ir import (
    NOWHERE,
    Attribute,
    Compare,
    Effect,
    Field,
    Hours,
    Match,
    Number,
    Pattern,
    Policy,
    Rate,
    Rule,
    Type,
    Window,
)

POLICY = compile_text("""
version: 1
policies:
  - id: a-small
    effect: allow
    match: {tool: pr.create, resource: "repo:acme/*", actor: "agent:*"}
    when: payload.base == "main" and payload.files <= 12 and not payload.draft == true
    obligations:
      rate: 2 per 1h per actor
      hours: Mon-Fri 08:00-19:00 Europe/Berlin
      blocked_paths: [".env*"]
      budget: {limit: "5.00", unit: USD, per: task, window: 1d, cost: payload.cost}
  - id: b-prod
    effect: step_up
    match: {tool: "pr.*", resource: "repo:acme/prod-*"}
    when: not payload.safe == true
    obligations: {approvers: {roles: [security], quorum: 2}}
  - id: c-never
    effect: deny
    match: {tool: "*"}
    when: any paths matches ["secrets/"]
""")

ACTION: dict[str, Any] = {
    "version": 1,
    "time": "2026-11-23T10:00:00Z",
    "tool": "pr.create",
    "resource": "repo:acme/web",
    "actor": {"agent": "agent:a"},
    "payload": {"base": "main", "files": 12, "draft": False, "cost": 5},
    "paths": ["src/a"],
}
FACTS: dict[str, Any] = {"usage": {"a-small": 1}}
APPROVED = [{"id": "u1", "roles": ["security"]}, {"id": "u2", "roles": ["x", "security"]}]

ENGINE = native.compile(POLICY)


def edited(**changes: Any) -> dict[str, Any]:
    return ACTION | changes | {"payload": ACTION["payload"] | changes.get("payload", {})}


def decide(action: Mapping[str, Any], facts: Mapping[str, Any] = FACTS) -> tuple[str, list[tuple[str, str]]]:
    verdict = ENGINE.decide(action, facts)
    return verdict.decision, [(reason.value, rule) for reason, rule in verdict.reasons]


def test_name_and_version() -> None:
    assert ENGINE.name == "native"
    assert ENGINE.version.startswith("axtary ")


def test_an_allow_rule_grants() -> None:
    assert decide(ACTION) == ("allow", [("granted", "a-small")])
    assert ENGINE.decide(ACTION, FACTS).fired == ("a-small",)


@pytest.mark.parametrize(
    ("action", "facts", "reason"),
    [
        (ACTION, {"usage": {"a-small": 2}}, "rate"),
        (ACTION, {"usage": {"a-small": -1}}, "rate"),
        (ACTION, {"usage": {"a-small": True}}, "rate"),
        (ACTION, {"usage": {"a-small": 0.5}}, "rate"),
        (ACTION, {"usage": [1]}, "rate"),
        (ACTION, {}, "rate"),
        (edited(time="2026-11-23T06:59:59.9Z"), FACTS, "hours"),
        (edited(time="2026-11-23T18:00:00Z"), FACTS, "hours"),
        (edited(time="2026-11-22T10:00:00Z"), FACTS, "hours"),
        (edited(time="10:00"), FACTS, "hours"),
        (edited(paths=["src/.env.local"]), FACTS, "blocked_paths"),
        (edited(payload={"cost": 5.0001}), FACTS, "budget"),
        (edited(payload={"cost": -0.0001}), FACTS, "budget"),
        (edited(payload={"cost": "5"}), FACTS, "budget"),
    ],
)
def test_a_violated_obligation_denies(action: dict[str, Any], facts: dict[str, Any], reason: str) -> None:
    assert decide(action, facts) == ("deny", [(reason, "a-small")])


@pytest.mark.parametrize("time", ["2026-11-23T07:00:00Z", "2026-11-23T17:59:59.999Z", "2026-07-01T06:00:00Z"])
def test_hours_go_by_the_zones_clock(time: str) -> None:
    assert decide(edited(time=time))[0] == "allow"


def test_a_window_over_midnight_belongs_to_the_day_on_which_it_starts() -> None:
    hours = Hours((Window((4,), 22 * 60, 6 * 60, "UTC"),))  # Friday night

    def met(time: str) -> bool | None:
        return native.evaluate(hours, {"time": time}, {})

    friday = [met(f"2026-11-27T{clock}:00Z") for clock in ("05:59", "21:59", "22:00", "23:59")]
    saturday = [met(f"2026-11-28T{clock}:00Z") for clock in ("00:00", "05:59", "06:00", "22:00")]
    assert (friday, saturday) == ([False, False, True, True], [True, True, False, False])


def test_both_hours_of_an_autumn_night_are_told_apart() -> None:
    hours = Hours((Window((6,), 150, 180, "Europe/Berlin"),))  # 02:30 to 03:00, which comes twice on 2026-10-25
    times = ["2026-10-25T00:29:59Z", "2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z", "2026-10-25T01:30:00Z"]
    assert [native.evaluate(hours, {"time": time}, {}) for time in times] == [False, True, False, True]


@pytest.mark.parametrize(
    ("approvers", "decision"),
    [
        ([], "step_up"),
        (APPROVED[:1], "step_up"),
        ([APPROVED[0], APPROVED[0]], "step_up"),
        (APPROVED, "allow"),
        ([*APPROVED, {"id": "u3", "roles": "security"}], "step_up"),
        ([*APPROVED, {"roles": []}], "step_up"),
        ([*APPROVED, "u3"], "step_up"),
        ([{"id": "u1", "roles": []}, *APPROVED], "allow"),
        ({"0": APPROVED}, "step_up"),
    ],
)
def test_a_step_up_rule_holds_until_it_is_approved(approvers: Any, decision: str) -> None:
    action = edited(resource="repo:acme/prod-1", payload={"safe": False})
    verdict = decide(action, FACTS | {"approval": {"approvers": approvers}})
    granted = [("granted", "a-small"), ("granted", "b-prod")]
    assert verdict == (decision, granted if decision == "allow" else [("approval_required", "b-prod")])


def test_a_step_up_rule_that_is_only_possible_holds_but_does_not_grant() -> None:
    action = edited(tool="pr.merge", resource="repo:acme/prod-1")
    assert decide(action) == ("deny", [("default_deny", "")])
    assert decide(action, {"approval": {"approvers": APPROVED}}) == ("deny", [("default_deny", "")])
    assert ENGINE.decide(action, {}).fired == ("b-prod",)


def test_a_deny_rule_that_cannot_be_evaluated_denies() -> None:
    assert decide(edited(paths="src")) == ("deny", [("blocked_paths", "a-small"), ("rule_denies", "c-never")])


def test_explain_names_the_first_condition_that_stopped_a_rule() -> None:
    stops = ENGINE.explain(edited(payload={"files": 13, "base": "dev"}), FACTS)
    assert [(stop.rule, stop.values) for stop in stops] == [
        ("a-small", {"payload.base": "dev"}),
        ("c-never", {"paths": ["src/a"]}),
    ]
    assert all(stop.node.span != NOWHERE for stop in stops)


def test_explain_shows_a_missing_value_and_what_not_applies_to() -> None:
    payload = {key: value for key, value in ACTION["payload"].items() if key != "draft"}
    stop = ENGINE.explain(ACTION | {"payload": payload}, FACTS)[0]
    assert stop.values == {"payload.draft": "missing"}
    assert [str(entry) for entry in stop.seen] == ["payload.draft is missing"]


def test_explain_names_a_match_but_not_rules_for_another_tool_or_resource() -> None:
    stops = ENGINE.explain(edited(actor={}, resource="repo:acme/prod-1", payload={"safe": True}), FACTS)
    assert [(stop.rule, stop.values) for stop in stops] == [
        ("a-small", {"actor.agent": "missing"}),
        ("b-prod", {"payload.safe": True}),
        ("c-never", {"paths": ["src/a"]}),
    ]
    assert {stop.rule for stop in ENGINE.explain(edited(tool="fs.read"), FACTS)} == {"c-never"}


def test_conditions_answer_for_the_rules_that_match() -> None:
    found = list(ENGINE.conditions(edited(payload={"files": "12"}, resource="repo:acme/prod-1")))
    assert found == [
        *[("a-small", 0, True), ("a-small", 1, None), ("a-small", 2, False)],
        *[("b-prod", 0, None), ("c-never", 0, False)],
    ]


def test_obligations_answer_for_the_rules_that_fire() -> None:
    action = edited(resource="repo:acme/prod-1", paths=[".env"])
    assert set(ENGINE.obligations(action, FACTS)) == {
        ("a-small", Reason.BLOCKED_PATHS, False),
        ("a-small", Reason.HOURS, True),
        ("a-small", Reason.RATE, True),
        ("a-small", Reason.BUDGET, True),
        ("b-prod", Reason.APPROVAL_REQUIRED, False),
    }


def test_a_rate_finds_its_usage_by_the_rule() -> None:
    rate = Rate(2, 60, "actor")
    assert native.evaluate(rate, {}, {"usage": {"r": 1}}, "r") is True
    assert native.evaluate(rate, {}, {"usage": {"r": 1}}) is False


def rule(rule_id: str, *match: Match, when: Any = None) -> Rule:
    return Rule(rule_id, Effect.ALLOW, match, when)


def test_what_no_front_end_writes_is_refused_by_the_engines_own_error() -> None:
    tool, actor = Match(Field.TOOL, (Pattern(("t",)),)), Match(Field.ACTOR, (Pattern(("a",)),))
    with pytest.raises(EngineError, match="begin with its tool"):
        native.compile(Policy((rule("r", actor, tool),)))
    with pytest.raises(EngineError, match="no such time zone"):
        native.evaluate(Hours((Window((0,), 0, 60, "../../etc/localtime"),)), {"time": "2026-01-05T00:00:00Z"}, {})
    mistyped = Compare(Attribute("payload", ("s",), Type.STRING), "<", Number(1))
    engine = native.compile(Policy((rule("r", tool, when=mistyped),)))
    with pytest.raises(EngineError):
        engine.decide({"tool": "t", "payload": {"s": "x"}}, {})
    with pytest.raises(EngineError):
        list(engine.conditions({"tool": "t", "payload": {"s": "x"}}))


def test_an_empty_policy_denies() -> None:
    assert native.compile(Policy(())).decide(ACTION, {}).reasons == ((Reason.DEFAULT_DENY, ""),)


def test_threads_share_an_engine() -> None:
    actions = [edited(tool=f"pr.{n}", payload={"files": n}) for n in range(200)]
    actions += [edited(payload={"files": n}) for n in range(30)]
    expected = [ENGINE.decide(action, FACTS) for action in actions]
    fresh, wrong = native.compile(POLICY), list[int]()

    def work() -> None:
        wrong.extend(i for i, action in enumerate(actions) if fresh.decide(action, FACTS) != expected[i])

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []

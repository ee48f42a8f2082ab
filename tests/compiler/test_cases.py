"""Generated cases: what they reach, that an action may be so, that they come out alike each time."""

from __future__ import annotations

import time
from importlib import resources

import pytest
from tests import generate as random_policies

from axtary.backends import native
from axtary.compiler import compile_text
from axtary.compiler.analysis.cases import MIXTURE, Case, generate
from axtary.compiler.analysis.coverage import Coverage, unreachable
from axtary.compiler.clauses import Reason
from axtary.compiler.ir import Policy, atoms
from axtary.runtime.action import check_action
from axtary.runtime.facts import check_facts


def policy_of(*rules: str) -> Policy:
    return compile_text("version: 1\npolicies:\n" + "".join(f"  - {rule}\n" for rule in rules))


def cases_of(policy: Policy, seed: int = 1, limit: int | None = None, mixtures: int = 0) -> list[Case]:
    return list(generate(policy, native.evaluate, seed, limit, mixtures))


def coverage_of(policy: Policy) -> Coverage:
    engine, coverage = native.compile(policy), Coverage(policy)
    for case in cases_of(policy):
        verdict = engine.decide(case.action, case.facts)
        duties = engine.obligations(case.action, case.facts)
        coverage.add(engine.conditions(case.action), verdict.fired, verdict.reasons, duties)
    return coverage


def left(policy: Policy) -> list[str]:
    """What was neither seen nor proved impossible."""
    return [f"{m.rule} {m.what} {m.condition}" for m in coverage_of(policy).missing() if m.why is None]


OPERATORS = [
    'payload.s == "a"',
    'payload.s != "a"',
    'payload.s in ["a", "b", ""]',
    "payload.b == true",
    "payload.n <= 12",
    "payload.n > 0.0001 and payload.n < 0.0003",
    "payload.n >= 10 and payload.n <= 10 and not payload.n == 11",
    "payload.deep.er.key == 3",
    'payload["odd key"] == "x"',
    'time < "2026-01-01T00:00:00.000000001Z"',
    'payload.s like "a*b" and not payload.s like "*cc*" and payload.s like "*d*"',
    'payload.p matches ["src/**", "!x"] and not payload.p matches "*.lock"',
    'any paths matches "infra/" and any paths matches "*.tf" and any paths matches "*.md" and count(paths) == 4',
    'all paths matches "src/**" and none paths matches [".env*", "*.pem"]',
    'any actor.roles in ["dev", "ops"] and actor.roles contains "lead"',
    "count(payload.labels) >= 2 and count(payload.labels) < 5",
    "count(payload.labels) <= 0",
    "has payload.a.b and not has payload.c",
    "payload.author != actor.owner",
    "payload.limit >= payload.used and payload.limit <= 10",
    "payload.a == 1 and (payload.b == 2 or payload.c == 3) or not (payload.d == 4 and payload.e == 5)",
    'actor.agent like "agent:*" and actor.agent != "agent:x"',
    'intent.summary like "*fix*" or context.source == "proxy"',
]


@pytest.mark.parametrize("effect", ["allow", "deny", "step_up"])
@pytest.mark.parametrize("when", OPERATORS)
def test_each_condition_is_seen_with_every_answer_and_decides(when: str, effect: str) -> None:
    policy = policy_of(f"{{id: r, effect: {effect}, match: {{tool: t}}, when: '{when}'}}")
    assert left(policy) == []


def test_rules_that_overlap_each_decide_alone() -> None:
    assert (
        left(
            policy_of(
                '{id: a, effect: allow, match: {tool: "fs.*"}, when: payload.n <= 3}',
                '{id: b, effect: allow, match: {tool: "*"}, when: payload.n <= 5 and payload.s == "x"}',
                '{id: c, effect: deny, match: {tool: "*", resource: "repo:*"}, when: any paths matches "secrets/"}',
                '{id: d, effect: step_up, match: {tool: fs.write, actor: "agent:*"}, when: not payload.safe == true}',
                "{id: e, effect: deny, match: {tool: fs.write}, when: payload.n < 0}",
            )
        )
        == []
    )


OBLIGATIONS = """{
  hours: ["Mon-Fri 08:00-19:00 Europe/Berlin", "Sat 22:00-02:00 America/New_York"], rate: 20 per 1h per actor,
  blocked_paths: ["infra/**", ".env*"],
  budget: {limit: "50.00", unit: USD, per: task, window: 1d, cost: payload.cost}}"""


def test_each_obligation_is_seen_met_and_violated() -> None:
    when = """'any paths matches "src/**"'"""
    policy = policy_of(
        f"{{id: a, effect: allow, match: {{tool: t}}, when: {when}, obligations: {OBLIGATIONS}}}",
        "{id: s, effect: step_up, match: {tool: t}, obligations: {approvers: {roles: [sec, ops], quorum: 2}}}",
    )
    assert left(policy) == []
    notes = [case.note for case in cases_of(policy)]
    for wanted in (
        "one person many times",
        "one short of the quorum",
        "usage 20",
        "usage 19",
        "usage -1",
        "usage True",
    ):
        assert any(wanted in note for note in notes), wanted


def test_hours_are_tried_on_both_sides_of_each_edge_and_on_days_of_clock_change() -> None:
    policy = policy_of(
        "{id: a, effect: allow, match: {tool: t}, obligations: {hours: Mon-Sun 02:30-19:00 Europe/Berlin}}"
    )
    times = {case.action.get("time") for case in cases_of(policy)}
    winter = {"2026-01-05T01:29:59Z", "2026-01-05T01:30:00Z", "2026-01-05T17:59:59Z", "2026-01-05T18:00:00Z"}
    changes = {"2026-03-29T00:59:00Z", "2026-03-29T01:00:00Z", "2026-10-25T00:30:00Z", "2026-10-25T18:00:00Z"}
    assert times >= winter | changes


def values_at(policy: Policy, key: str) -> list[object]:
    return [case.action["payload"][key] for case in cases_of(policy) if key in case.action.get("payload", {})]


def test_a_boundary_is_tried_on_both_sides_and_in_wrong_types() -> None:
    policy = policy_of("{id: a, effect: allow, match: {tool: t}, when: payload.n <= 12.5}")
    texts = {repr(value) for value in values_at(policy, "n")}
    assert texts >= {"12.5", "12.4999", "12.5001", "'12.5'", "True", "0", "None", "[]", "{}", "1e-05"}


def test_every_case_may_come_through_the_door_and_none_comes_twice() -> None:
    policy = compile_text(resources.files("axtary.grammars").joinpath("presets/coding-agent.yml").read_text("utf-8"))
    cases = cases_of(policy)
    for case in cases:
        check_action(case.action)
        check_facts(case.facts)
    assert len({repr((case.action, case.facts)) for case in cases}) == len(cases)


def test_the_same_seed_gives_the_same_cases() -> None:
    policy = random_policies.compile_draft(random_policies.draft(3))
    assert cases_of(policy, 7, mixtures=50) == cases_of(policy, 7, mixtures=50)
    assert cases_of(policy, 7, mixtures=50) != cases_of(policy, 8, mixtures=50)


def test_mixtures_come_behind_the_systematic_cases() -> None:
    policy = policy_of("{id: a, effect: allow, match: {tool: t}, when: payload.n <= 3 and payload.m <= 4}")
    systematic, mixed = cases_of(policy), cases_of(policy, mixtures=300)
    assert mixed[: len(systematic)] == systematic
    assert [case.note for case in mixed[len(systematic) :]] == [MIXTURE] * 300
    assert cases_of(policy, limit=5, mixtures=300) == systematic[:5]


def test_an_empty_policy_has_one_case() -> None:
    assert len(cases_of(Policy(()), mixtures=300)) == 1


@pytest.mark.parametrize("seed", range(20, 28))
def test_what_is_called_unreachable_is_never_seen(seed: int) -> None:
    policy = random_policies.compile_draft(random_policies.draft(seed))
    for (rule_id, index), answers in coverage_of(policy).answers.items():
        rule = policy.by_id[rule_id]
        leaf = list(atoms(rule.when))[index]
        assert [unreachable(policy, rule, leaf, answer) for answer in answers] == [None] * len(answers), leaf


UNREACHABLE = [
    ("t", "has payload.a", None, "never undefined"),
    ("t", "has tool", False, "always has a tool"),
    ("t", 'tool == "t"', False, "own match"),
    ("t", 'tool == "u"', True, "own match"),
    ("t", 'tool == "u"', None, "always has a tool"),
    ("fs.*", 'tool like "fs.r*"', None, "always has a tool"),
    ("fs.*", 'tool like "f*"', False, "own match"),
    ("t", 'payload.s like "*"', False, "no value"),
    ("t", "payload.b in [true, false]", False, "true or false"),
    ("t", "count(paths) >= 0", False, "no list"),
    ("t", "payload.n >= -922337203685477.5808", False, "no number"),
]


@pytest.mark.parametrize(("tool", "when", "answer", "why"), UNREACHABLE)
def test_what_cannot_be_has_a_reason(tool: str, when: str, answer: bool | None, why: str) -> None:
    policy = policy_of(f"{{id: r, effect: allow, match: {{tool: \"{tool}\"}}, when: '{when}'}}")
    rule = policy.rules[0]
    (leaf,) = atoms(rule.when)
    assert why in (unreachable(policy, rule, leaf, answer) or "nothing said")


def test_coverage_names_what_is_missing() -> None:
    policy = policy_of(
        "{id: r, effect: allow, match: {tool: t}, when: payload.n <= 3, obligations: {rate: 2 per 1h per actor}}"
    )
    coverage = Coverage(policy)
    coverage.add([("r", 0, True)], ["r"], [(Reason.RATE, "r")], [("r", Reason.RATE, False)])
    assert [(m.what, m.condition, m.obligation) for m in coverage.missing()] == [
        ("false", 0, None),
        ("undefined", 0, None),
        ("met", None, Reason.RATE),
    ]
    counts = coverage.counts()
    assert (counts["answers"], counts["answers_seen"], counts["obligations_seen"]) == (3, 1, 1)


def test_a_thousand_rules_take_seconds() -> None:
    effects = ("allow", "deny", "step_up")
    rules = (
        f'{{id: r{n}, effect: {effects[n % 3]}, match: {{tool: svc{n % 40}.op, resource: "repo:{n % 7}/*"}}, '
        f'when: payload.n <= {n} and payload.s{n % 5} == "{n}"}}'
        for n in range(1000)
    )
    policy = policy_of(*rules)
    start = time.process_time()
    assert len(cases_of(policy, 1, 5_000)) == 5_000
    assert time.process_time() - start < 30

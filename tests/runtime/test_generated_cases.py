"""`policy test --generate` on random policies: what is generated passes, is complete, and nothing of it is too much."""

from __future__ import annotations

from functools import cache
from random import Random
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests import generate as policies
from tests import reference

from axtary.backends import native
from axtary.compiler import compile_text
from axtary.compiler.analysis.coverage import Coverage
from axtary.compiler.analysis.mcdc import Generated, Observer, generate
from axtary.compiler.ir import Has, Policy, atoms
from axtary.compiler.testfiles import suite_text
from axtary.runtime.testing import coverage_report
from axtary.runtime.testing.files import Ready, read_cases
from axtary.runtime.testing.generate import Missing, missing_cases
from axtary.runtime.testing.naming import distinct
from axtary.runtime.testing.run import Runner

SEEDS = st.sampled_from(range(10))  # few, so that the laws share what is generated
LAW = settings(max_examples=10, derandomize=True, deadline=None)


@cache
def _policy(seed: int) -> Policy:
    return policies.compile_draft(policies.draft(seed))


@cache
def _missing(seed: int) -> Missing:
    return missing_cases(_policy(seed), [])


def _ready(seed: int) -> list[Ready]:
    cases = list(distinct(_missing(seed).cases))
    return read_cases("it.test.yml", suite_text(cases), _policy(seed)) if cases else []


def _vector(policy: Policy, rule_id: str, action: Any) -> tuple[bool | None, ...] | None:
    """The answers of a rule's leaves, if the rule matches."""
    rule = policy.by_id[rule_id]
    if not reference._matches(rule, action):
        return None
    return tuple(reference.truth(leaf, action) for leaf in atoms(rule.when))


@LAW
@given(SEEDS)
def test_what_is_written_passes(seed: int) -> None:
    """Law: each case, written and read again, says what the reference decides, and passes."""
    policy = _policy(seed)
    runner = Runner(policy, ["native"])
    for case, ready in zip(_missing(seed).cases, _ready(seed), strict=True):
        assert (ready.action, ready.facts) == (dict(case.action), dict(case.facts))
        verdict = reference.decide(policy, ready.action, ready.facts)
        reasons = [[code.value, rule] if rule else [code.value] for code, rule in verdict.reasons]
        assert case.expect == {"decision": verdict.decision, "fired": list(verdict.fired), "reasons": reasons}
        assert runner.run(ready).passed


@LAW
@given(SEEDS)
def test_all_is_covered_or_listed(seed: int) -> None:
    """Law: an outcome that the coverage report misses is listed as one that is not shown, with the reason."""
    policy = _policy(seed)
    coverage = Coverage(policy)
    runner = Runner(policy, ["native"], coverage)
    for ready in _ready(seed):
        runner.run(ready)
    listed = {(each.rule, each.span, each.what.rsplit(" ", 1)[-1]) for each in _missing(seed).uncovered}
    for rule in coverage_report(policy, coverage).rules:
        for item in rule.items:
            for outcome in item.outcomes:
                if outcome.state == "missing":
                    place = item.span if item.kind == "condition" else rule.rule.span
                    assert (rule.rule.id, place, outcome.outcome) in listed, (rule.rule.id, item.text, outcome)


@LAW
@given(SEEDS)
def test_each_condition_decides_alone(seed: int) -> None:
    """Law: for each leaf there are two cases in which only its answer differs, and with it whether the rule fires; else
    two in which it decides; else the leaf is listed. Answers are the reference's."""
    policy = _policy(seed)
    fired = [(ready.action, reference.decide(policy, ready.action, ready.facts).fired) for ready in _ready(seed)]
    listed = {(each.rule, each.span) for each in _missing(seed).uncovered if "decides alone" in each.what}
    for rule in policy.rules:
        seen = [(v, rule.id in ids) for action, ids in fired if (v := _vector(policy, rule.id, action)) is not None]
        for index, leaf in enumerate(atoms(rule.when)):
            pairs = [
                (one, other)
                for one, fires in seen
                for other, fires_too in seen
                if one[index] is True and other[index] is False and fires != fires_too
            ]
            assert pairs or (rule.id, leaf.span) in listed, (rule.id, leaf)
            answers = {vector[index] for vector, _ in seen}
            missing = ({True, False} if isinstance(leaf, Has) else {True, False, None}) - answers
            places = [each for each in _missing(seed).uncovered if (each.rule, each.span) == (rule.id, leaf.span)]
            assert len(places) >= len(missing)


@LAW
@example(102)  # another case has the same answer, in a vector that was not counted on
@given(SEEDS)
def test_nothing_is_missing_afterwards_and_nothing_is_too_much(seed: int) -> None:
    """Law: with all generated cases none is missing; without one of them, something is."""
    policy, ready = _policy(seed), _ready(seed)
    assert missing_cases(policy, ready).cases == []
    for index in Random(seed).sample(range(len(ready)), min(4, len(ready))):
        assert missing_cases(policy, ready[:index] + ready[index + 1 :]).cases, ready[index].case.name.value


@LAW
@given(SEEDS)
def test_what_is_proved_does_not_happen(seed: int) -> None:
    """Law: no random action gives a condition an answer, or a duty an outcome, that is said to be unreachable."""
    policy = _policy(seed)
    found: Generated = generate(policy, native.evaluate)
    proved = [each.goal for each in found.open if each.proved]
    observer = Observer(policy, native.evaluate)
    for action, facts in policies.cases(Random(seed), policy, 60) if proved else ():
        seen = observer.seen(action, facts)
        for goal in proved:
            vector = _vector(policy, goal.rule.id, action)
            if goal.kind == "answer" and vector is not None:
                assert vector[goal.leaf or 0] is not goal.answer, (goal, action)
            if goal.kind == "duty":
                assert (goal.rule.id, goal.reason, goal.met) not in seen.duties, (goal, action, facts)
            if goal.kind in ("fires", "idle"):
                fires = goal.rule.id in reference.decide(policy, action, facts).fired
                assert fires is (goal.kind == "idle"), (goal, action)


SMALL = """\
version: 1
policies:
  - id: small-prs
    effect: allow
    match: {tool: pr, resource: "repo:acme/*"}
    when: payload.base == "main" and payload.n <= 12
    obligations: {rate: 20 per 1h per actor}
"""


def test_a_conjunction_takes_one_case_more_than_it_has_answers() -> None:
    """Both true; each false and each undefined; another resource; the rate violated. Facts and values say so."""
    found = missing_cases(compile_text(SMALL), [])
    assert [case.name for case in found.cases] == [
        "small-prs fires: allow",
        'small-prs does not fire if payload.base == "main" is false: deny',
        "small-prs does not fire if payload.n <= 12 is false: deny",
        'small-prs does not fire if payload.base == "main" is undefined: deny',
        "small-prs does not fire if payload.n <= 12 is undefined: deny",
        "small-prs does not fire for another resource: deny",
        "small-prs fires with its rate violated: deny",
    ]
    assert [case.facts["usage"]["small-prs"] for case in found.cases] == [0] * 6 + [20]
    assert found.cases[1].action["payload"] == {"base": "other", "n": 1}
    assert found.cases[5].action["resource"] == "other"
    assert found.uncovered == []


def test_only_the_other_half_of_a_pair_is_added() -> None:
    """A case that exists is built upon, with its own values for the other conditions."""
    policy = compile_text(SMALL)
    text = """\
version: 1
cases:
  - name: one
    action: {tool: pr, resource: "repo:acme/a", payload: {base: dev, n: 3}}
    expect: deny
"""
    names = [case.name for case in missing_cases(policy, read_cases("it.test.yml", text, policy)).cases]
    assert len(names) == 6
    assert 'small-prs does not fire if payload.base == "main" is false: deny' not in names


def test_what_cannot_be_shown_has_a_reason() -> None:
    policy = compile_text(
        "version: 1\npolicies:\n  - id: a\n    effect: deny\n    match: {tool: '*'}\n"
        "    when: resource == resource and payload.n < 3 and payload.n < 3\n"
    )
    found = missing_cases(policy, [])
    told = {(each.what, each.why, each.proved) for each in found.uncovered}
    assert ("`resource == resource` false", "an attribute equals itself", True) in told
    assert ("`payload.n < 3` decides alone", "no action and no facts do it: proved", True) in told
    always = compile_text("version: 1\npolicies:\n  - id: a\n    effect: deny\n    match: {tool: '*'}\n")
    assert [(each.what, each.proved) for each in missing_cases(always, []).uncovered] == [("does not fire", True)]


def test_rules_of_presets_are_left_alone() -> None:
    policy = compile_text("version: 1\npreset: coding-agent\npolicies: []\n")
    assert missing_cases(policy, []) == Missing()


def test_after_the_last_step_the_rest_is_not_decided() -> None:
    """A limit of work leaves goals open, says so, and claims no proof; the cases before it are as they always are."""
    policy = compile_text(SMALL)
    every, none = generate(policy, native.evaluate), generate(policy, native.evaluate, steps=-1)
    assert [each.goal.kind for each in none.open] == [
        "fires",
        *["decides"] * 2,
        *["answer"] * 6,
        "field",
        *["duty"] * 2,
    ]
    assert {(each.why, each.proved) for each in none.open} == {
        ("the goals before it took all the steps that there are", False)
    }
    some = generate(policy, native.evaluate, steps=100)
    assert 0 < len(some.cases) < len(every.cases)
    assert {each.goal for each in some.open} < {each.goal for each in none.open}
    assert generate(policy, native.evaluate, steps=100) == some

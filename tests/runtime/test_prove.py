"""Proofs: every golden policy and preset, what the certificate says, and what happens when an engine is wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests import golden_files

from axtary.backends.native import NativeEngine
from axtary.backends.verdict import EngineError, Verdict
from axtary.compiler import compile_policy, compile_text
from axtary.compiler.ir import Policy
from axtary.grammars import preset, presets
from axtary.runtime.prove import Outcome, prove, zones
from axtary.runtime.prove.compare import compare, smallest

OUTCOMES = ("true", "false", "undefined")


def assert_proved(outcome: Outcome) -> None:
    """Real OPA answered, nobody disagreed, and each condition was seen with each of its answers or cannot have it."""
    certificate = outcome.certificate
    assert outcome.disagreement is None, certificate.smallest
    assert certificate.result == "equivalent"
    assert certificate.engines["rego"].startswith("opa ")
    assert [gap for gap in certificate.coverage.missed if gap.outcome in OUTCOMES] == []
    assert all(gap.why for gap in (*certificate.coverage.unreachable, *certificate.coverage.missed))


# A policy that is a preset and nothing else is proved once, below.
BEHAVIOURS = [name for name in golden_files.behaviours() if not name.startswith("preset_coding_agent_")]


@pytest.mark.parametrize(
    "behaviour", BEHAVIOURS[::16]
)  # every engine decides all of their cases in tests/test_golden.py
def test_golden_policies_are_proved(behaviour: str) -> None:
    recorded = [(case.action, case.facts) for case in golden_files.cases(behaviour)]
    outcome = prove(golden_files.compiled(behaviour).policy, random_cases=20, recorded=recorded)
    assert_proved(outcome)
    assert outcome.certificate.cases.recorded == len(recorded)


@pytest.mark.parametrize("name", presets())
def test_every_preset_is_proved(name: str) -> None:
    outcome = prove(compile_policy(f"preset:{name}", preset(name)).policy)
    assert_proved(outcome)
    assert outcome.certificate.coverage.missed == []
    assert outcome.certificate.cases.random == 1000


POLICY = """
version: 1
policies:
  - id: small
    effect: allow
    match: {tool: t, resource: "repo:acme/*"}
    when: payload.n <= 12 and payload.base == "main"
    obligations: {rate: 5 per 1h per actor}
  - id: held
    effect: step_up
    match: {tool: t}
    when: payload.base == "prod"
    obligations: {approvers: [security], ttl: 2m}
"""


def test_the_certificate_is_the_same_for_the_same_seed() -> None:
    policy = compile_text(POLICY)
    one, two = (prove(policy, seed=7, random_cases=100).certificate for _ in range(2))
    assert one.text() == two.text()
    assert one.text() != prove(policy, seed=8, random_cases=100).certificate.text()


class _Wrong:
    """The native engine, wrong at one boundary."""

    name = "wrong"
    version = "wrong 1"

    def __init__(self, policy: Policy) -> None:
        self._right = NativeEngine(policy)

    def decide(self, action: Any, facts: Any) -> Verdict:
        verdict = self._right.decide(action, facts)
        at_boundary = action.get("payload", {}).get("n") == 12
        return replace(verdict, decision="deny") if verdict.decision == "allow" and at_boundary else verdict


def test_a_wrong_engine_is_found_and_its_action_made_small(monkeypatch: pytest.MonkeyPatch) -> None:
    policy = compile_text(POLICY)
    monkeypatch.setattr("axtary.runtime.prove.run.compile_engine", lambda _name, policy: _Wrong(policy))
    monkeypatch.setattr("axtary.runtime.prove.run.NAMES", ("native", "wrong"))
    outcome = prove(policy, random_cases=0)
    assert outcome.certificate.result == "disagreement"
    assert outcome.certificate.disagreements > 0
    found = outcome.disagreement
    assert found is not None
    assert found.action == {
        "version": 1,
        "tool": "t",
        "resource": "repo:acme/",
        "payload": {"base": "main", "n": 12},
    }
    assert set(found.facts) == {"usage"}
    assert outcome.certificate.smallest == found.to_json()


class _Broken:
    name = "broken"
    version = "broken 1"

    def decide(self, _action: Any, _facts: Any) -> Verdict:
        raise EngineError("out of order")


def test_an_engine_that_fails_does_not_agree() -> None:
    engine = NativeEngine(compile_text(POLICY))
    action = {"version": 1, "tool": "t"}
    verdict, differs = compare([engine, _Broken()], action, {})
    assert verdict is None
    assert differs is not None
    assert differs.to_json()["engines"]["broken"] == {"error": "out of order"}
    assert smallest([engine, _Broken()], differs, lambda action: "tool" in action).action == {"tool": "t"}


def test_zones_of_the_policy_have_one_clock_in_every_engine() -> None:
    text = POLICY.replace("rate: 5 per 1h per actor", "hours: Mon-Fri 08:00-19:00 Europe/Berlin")
    policy = compile_text(text)
    assert zones.zones_of(policy) == ("Europe/Berlin",)
    assert prove(policy, random_cases=0).certificate.zones == {"Europe/Berlin": zones.check("Europe/Berlin")}
    assert zones.check("Europe/Berlin") != zones.check("Europe/London")


def test_another_clock_is_an_error_that_names_the_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    class Late(NativeEngine):
        name = "late"
        version = "late 1"

        def decide(self, action: Any, facts: Any) -> Verdict:
            return super().decide({**action, "time": action["time"].replace(":00Z", ":00+01:00")}, facts)

    def engine(name: str, policy: Policy) -> NativeEngine:
        return NativeEngine(policy) if name == "native" else Late(policy)

    monkeypatch.setattr("axtary.runtime.prove.zones.compile_engine", engine)
    with pytest.raises(zones.ZoneError, match=r"Europe/Paris differ between axtary .* and late 1: at 20"):
        zones.check("Europe/Paris")

"""Every behaviour in golden/, by the reference evaluator and by each engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import cedarpy
import pytest

from axtary.backends import cedar, native, rego
from axtary.backends.cedar.lower import lower
from axtary.backends.cedar.request import request
from axtary.backends.rego.evaluators import EVALUATORS
from axtary.backends.verdict import Engine, Verdict
from axtary.compiler.ir import Policy
from tests import golden_files, reference

BEHAVIOURS = golden_files.behaviours()
STORED = [path.parent.name for path in sorted(golden_files.GOLDEN.glob("*/policy.rego"))]
OPA = ("opa-library", "opa-executable")


class Reference:
    """The reference evaluator, behind the protocol of an engine."""

    name = "reference"
    version = "reference"

    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    def decide(self, action: Mapping[str, Any], facts: Mapping[str, Any]) -> Verdict:
        return reference.decide(self._policy, action, facts)


def opa(policy: Policy) -> Engine:
    """The Rego backend on Open Policy Agent itself: another implementation of Rego would prove less."""
    installed = [name for name in OPA if name in rego.available()]
    if not installed:
        pytest.fail("no Open Policy Agent: " + ", or ".join(EVALUATORS[name].install for name in OPA))
    engine = rego.compile(policy, installed[0])
    assert engine.version.startswith("opa ")
    return engine


ENGINES: dict[str, Callable[[Policy], Engine]] = {
    "reference": Reference,
    "native": native.compile,
    "cedar": cedar.compile,
    "rego": opa,
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("behaviour", BEHAVIOURS)
def test_behaviour(behaviour: str, engine: str) -> None:
    policy = golden_files.compiled(behaviour).policy
    decider = ENGINES[engine](policy)
    wrong = []
    for case in golden_files.cases(behaviour):
        verdict = decider.decide(case.action, case.facts)
        expected = (case.decision, case.fired, case.reasons)
        if (verdict.decision, verdict.fired, verdict.reasons) != expected:
            wrong.append(f"{case.name}: {expected} was expected, {verdict} came")
        obligations = case.obligations
        if obligations is None:
            obligations = reference.decide(policy, case.action, case.facts).obligations
        if verdict.obligations != obligations:
            wrong.append(f"{case.name}: {obligations} was expected, {verdict.obligations} came")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
def test_no_file_is_unknown(behaviour: str) -> None:
    assert golden_files.unknown_files(behaviour) == []


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
def test_generated_files(behaviour: str, request: pytest.FixtureRequest) -> None:
    folder = golden_files.GOLDEN / behaviour
    for name, text in golden_files.generated(behaviour).items():
        if request.config.getoption("--update-golden"):
            (folder / name).write_text(text, encoding="utf-8")
        assert (folder / name).read_text(encoding="utf-8") == text, f"{name}: review, then run with --update-golden"


def test_prelude(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--update-golden"):
        golden_files.PRELUDE.write_text(golden_files.prelude(), encoding="utf-8")
    assert golden_files.PRELUDE.read_text(encoding="utf-8") == golden_files.prelude()


@pytest.mark.parametrize("behaviour", STORED)
def test_stored_rego_decides(behaviour: str) -> None:
    """The stored files are a module as they stand: this policy's rules, then the prelude."""
    stored = (golden_files.GOLDEN / behaviour / "policy.rego").read_text(encoding="utf-8")
    installed = next(name for name in OPA if name in rego.available())
    evaluator = EVALUATORS[installed](stored + golden_files.PRELUDE.read_text(encoding="utf-8"))
    for case in golden_files.cases(behaviour):
        answer = evaluator.evaluate({"action": case.action, "facts": case.facts})
        assert answer["decision"] == case.decision, case.name


@cache
def _cedar_text(behaviour: str) -> tuple[str, cedarpy.PolicySet, cedarpy.Schema]:
    policy = golden_files.stable(golden_files.compiled(behaviour).policy)
    exported = cedar.export(policy)
    text, schema = exported["policy.cedar"], exported["schema.cedarschema"]
    return text, cedarpy.PolicySet.from_str(text), cedarpy.Schema.from_str(schema)


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
def test_cedar_validates(behaviour: str) -> None:
    text, _, schema = _cedar_text(behaviour)
    result = cedarpy.validate_policies(text, schema)
    assert result.validation_passed, result.errors


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
def test_plain_cedar_allows_only_what_axtary_allows(behaviour: str) -> None:
    """With the exported text and schema alone, and no knowledge of step_up, Allow means allow."""
    _, policies, schema = _cedar_text(behaviour)
    lowering = lower(golden_files.compiled(behaviour).policy)
    for case in golden_files.cases(behaviour):
        answer = cedarpy.is_authorized(request(lowering, case.action, case.facts), policies, [], schema)
        assert answer.diagnostics.errors == [], case.name
        assert (answer.decision is cedarpy.Decision.Allow) == (case.decision == "allow"), case.name

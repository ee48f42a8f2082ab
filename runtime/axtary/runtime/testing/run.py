"""Runs cases on engines: what came, and how it differs from what was expected."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from axtary.backends.verdict import EngineError, Verdict
from axtary.compiler.analysis.coverage import Coverage
from axtary.compiler.ir import Policy
from axtary.compiler.testfiles import Expectation
from axtary.runtime.simulate import prepare
from axtary.runtime.testing.files import Ready

Pairs = list[list[str]]  # of reason code and rule id


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an engine made of a case: a verdict, or `failed` with the reason why there is none."""

    engine: str
    verdict: Verdict | None
    failed: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as expected. `what` is `decision`, `fired`, `not_fired`, `reasons`, `obligations`, `engine`
    (it failed) or `engines` (they disagree); the other two are JSON values."""

    what: str
    engine: str
    expected: Any
    got: Any


@dataclass(frozen=True, slots=True)
class Result:
    """One case run. `why` is the result of `simulate`, for a case that failed."""

    ready: Ready
    outcomes: tuple[Outcome, ...]
    differences: tuple[Difference, ...]
    why: dict[str, Any] | None
    seconds: float

    @property
    def passed(self) -> bool:
        return not self.differences

    def to_json(self) -> dict[str, Any]:
        """The entry of `policy test --json`."""
        verdict = self.outcomes[0].verdict
        case = self.ready.case
        return {
            "file": self.ready.file,
            "line": case.span.line,
            "name": case.name.value,
            "passed": self.passed,
            "decision": verdict.decision if verdict is not None else "deny",
            "fired": list(verdict.fired) if verdict is not None else [],
            "reasons": _pairs(verdict) if verdict is not None else [],
            "differences": [
                {"what": d.what, "engine": d.engine, "expected": d.expected, "got": d.got} for d in self.differences
            ],
        }


class Runner:
    """A policy on engines, ready for cases; with `coverage`, what they show of it is collected."""

    def __init__(self, policy: Policy, engines: Sequence[str], coverage: Coverage | None = None) -> None:
        self._simulation = prepare(policy, engines)
        self._coverage = coverage
        self.versions = {engine.name: engine.version for engine in self._simulation.engines}

    def run(self, ready: Ready) -> Result:
        """Decide one case on every engine. An engine that fails is a case that fails."""
        begin = time.perf_counter()
        outcomes = tuple(self._ask(engine, ready) for engine in self._simulation.engines)
        seconds = time.perf_counter() - begin
        expected = ready.case.expected
        found = [d for outcome in outcomes for d in differences(expected, outcome)]
        verdicts = [outcome.verdict for outcome in outcomes]
        if any(verdict != verdicts[0] for verdict in verdicts) and None not in verdicts:
            said = [[outcome.engine, outcome.verdict.decision] for outcome in outcomes if outcome.verdict is not None]
            found.append(Difference("engines", "", "one verdict", said))
        if self._coverage is not None and verdicts[0] is not None:
            self._cover(self._coverage, ready, verdicts[0])
        why = self._simulation.run(ready.action, ready.facts) if found else None
        return Result(ready, outcomes, tuple(found), why, seconds)

    def _ask(self, engine: Any, ready: Ready) -> Outcome:
        try:
            return Outcome(engine.name, engine.decide(ready.action, ready.facts))
        except EngineError as error:
            return Outcome(engine.name, None, str(error))

    def _cover(self, coverage: Coverage, ready: Ready, verdict: Verdict) -> None:
        explainer = self._simulation.explainer
        conditions = explainer.conditions(ready.action)
        coverage.add(conditions, verdict.fired, verdict.reasons, explainer.obligations(ready.action, ready.facts))


def _pairs(verdict: Verdict) -> Pairs:
    return [[code.value, rule] for code, rule in verdict.reasons]


def differences(expected: Expectation, outcome: Outcome) -> list[Difference]:
    """How a verdict differs from what was expected of it; lists are compared without their order."""
    name, verdict = outcome.engine, outcome.verdict
    if verdict is None:
        return [Difference("engine", name, "a verdict", outcome.failed)]
    found: list[Difference] = []
    if expected.decision is not None and expected.decision != verdict.decision:
        found.append(Difference("decision", name, expected.decision, verdict.decision))
    if expected.fired is not None and {rule.value for rule in expected.fired} != set(verdict.fired):
        wanted = sorted({rule.value for rule in expected.fired})
        found.append(Difference("fired", name, wanted, list(verdict.fired)))
    still = [rule.value for rule in expected.not_fired if rule.value in verdict.fired]
    if still:
        found.append(Difference("not_fired", name, sorted(rule.value for rule in expected.not_fired), still))
    if expected.reasons is not None:
        reasons = sorted({(code.value, rule.value if rule is not None else "") for code, rule in expected.reasons})
        if [list(pair) for pair in reasons] != _pairs(verdict):
            found.append(Difference("reasons", name, [list(pair) for pair in reasons], _pairs(verdict)))
    if expected.obligations is not None:
        got = {key: verdict.obligations.get(key) for key in expected.obligations}
        if got != expected.obligations:
            found.append(Difference("obligations", name, dict(expected.obligations), got))
    return found

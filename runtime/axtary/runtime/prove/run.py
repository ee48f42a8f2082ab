"""The check itself: every engine decides every case, and what the cases show of the policy is counted."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from axtary.backends import native
from axtary.backends.verdict import Verdict
from axtary.compiler.analysis.cases import MIXTURE, generate
from axtary.compiler.analysis.coverage import Coverage
from axtary.compiler.ir import Atom, Policy, atoms
from axtary.compiler.text import condition_text
from axtary.compiler.zones import tzdata_version
from axtary.runtime.action import check_action
from axtary.runtime.artifacts import artifacts
from axtary.runtime.engines import NAMES, compile_engine
from axtary.runtime.errors import DoorError
from axtary.runtime.prove import zones
from axtary.runtime.prove.certificate import Cases, Certificate, Gap
from axtary.runtime.prove.certificate import Coverage as CoverageReport
from axtary.runtime.prove.compare import Disagreement, compare, smallest

Json = Any
Recorded = Iterable[tuple[Mapping[str, Json], Mapping[str, Json]]]
Progress = Callable[[str, int], None]  # phase, cases done


@dataclass
class Outcome:
    """What came of a run."""

    certificate: Certificate
    disagreement: Disagreement | None


@dataclass
class _Count:
    cases: dict[str, int] = field(default_factory=lambda: {"generated": 0, "random": 0, "recorded": 0})
    decisions: dict[str, int] = field(default_factory=lambda: {"allow": 0, "deny": 0, "step_up": 0})
    disagreements: int = 0


def prove(
    policy: Policy,
    seed: int = 0,
    random_cases: int = 1000,
    recorded: Recorded = (),
    progress: Progress = lambda _phase, _done: None,
) -> Outcome:
    """Compare the engines on generated, random and recorded cases.

    Raises EngineError (EngineMissing says what to install) and zones.ZoneError. A disagreement is no exception: it is
    in the outcome, made as small as possible.
    """
    explainer = native.compile(policy)
    engines = [explainer if name == "native" else compile_engine(name, policy) for name in NAMES]
    clocks = {name: zones.check(name) for name in zones.zones_of(policy)}
    coverage, count = Coverage(policy), _Count()
    first: Disagreement | None = None
    for kind, action, facts in _cases(policy, seed, random_cases, recorded):
        verdict, differs = compare(engines, action, facts)
        count.cases[kind] += 1
        progress(kind, sum(count.cases.values()))
        if differs is not None:
            count.disagreements += 1
            first = first or differs
        if verdict is not None:
            count.decisions[verdict.decision] += 1
            _cover(coverage, explainer, verdict, action, facts)
    if first is not None:
        first = smallest(engines, first, _admitted)
    certificate = Certificate(
        result="equivalent" if first is None else "disagreement",
        policy_version=policy.policy_version,
        artifacts=_hashes(policy),
        engines={engine.name: engine.version for engine in engines},
        tzdata=tzdata_version(),
        zones=clocks,
        seed=seed,
        cases=Cases(**count.cases),
        decisions=count.decisions,
        disagreements=count.disagreements,
        smallest=first.to_json() if first is not None else None,
        coverage=_report(policy, coverage),
    )
    return Outcome(certificate, first)


def _cases(
    policy: Policy, seed: int, random_cases: int, recorded: Recorded
) -> Iterator[tuple[str, Mapping[str, Json], Mapping[str, Json]]]:
    for case in generate(policy, native.evaluate, seed, mixtures=random_cases):
        yield ("random" if case.note == MIXTURE else "generated"), case.action, case.facts
    for action, facts in recorded:
        yield "recorded", action, facts


def _admitted(action: dict[str, Json]) -> bool:
    try:
        check_action(action)
    except DoorError:
        return False
    return True


def _cover(
    coverage: Coverage,
    explainer: native.NativeEngine,
    verdict: Verdict,
    action: Mapping[str, Json],
    facts: Mapping[str, Json],
) -> None:
    conditions, obligations = explainer.conditions(action), explainer.obligations(action, facts)
    coverage.add(conditions, verdict.fired, verdict.reasons, obligations)


def _hashes(policy: Policy) -> dict[str, str]:
    return {name: f"sha256:{hashlib.sha256(text.encode()).hexdigest()}" for name, text in artifacts(policy).items()}


_NOT_SHOWN = {"alone": "in every case that was found, another rule gives the same verdict"}


def _report(policy: Policy, coverage: Coverage) -> CoverageReport:
    counts = coverage.counts()
    leaves: dict[str, tuple[Atom, ...]] = {rule.id: tuple(atoms(rule.when)) for rule in policy.rules}
    unreachable: list[Gap] = []
    missed: list[Gap] = []
    for gap in coverage.missing():
        if gap.condition is not None:
            what = condition_text(leaves[gap.rule][gap.condition])
        else:
            what = gap.obligation.value if gap.obligation is not None else "rule"
        known = gap.why is not None
        why = gap.why or _NOT_SHOWN.get(gap.what, "no case was found that shows it")
        (unreachable if known else missed).append(Gap(rule=gap.rule, what=what, outcome=gap.what, why=why))
    return CoverageReport(
        rules=counts["rules"],
        rules_fired=counts["rules_fired"],
        rules_decisive=counts["rules_alone"],
        conditions=counts["conditions"],
        outcomes=counts["answers"],
        outcomes_seen=counts["answers_seen"],
        unreachable=unreachable,
        missed=missed,
    )

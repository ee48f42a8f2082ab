"""More tests for a policy: the cases that are missing, those that kill its mutants, and the file that holds them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from axtary.compiler.ir import Policy
from axtary.compiler.testfiles import NewCase, suite_text
from axtary.runtime.testing.files import Ready, read_cases
from axtary.runtime.testing.generate import Missing, missing_cases
from axtary.runtime.testing.mutation import Mutation, MutationReport, Tried
from axtary.runtime.testing.naming import distinct
from axtary.runtime.testing.run import Result, Runner

Json = Any
Progress = Callable[[str, int, int], None]  # phase, done, of how many

NAME = "generated.test.yml"  # of the file in places, as long as it has no other


@dataclass
class Extension:
    """What was found. cases: those to write; refuted: those that an engine decides otherwise, of which none is written.

    `mutation` counts the cases that are to be written as tests, if cases were generated.
    """

    missing: Missing | None = None
    mutation: MutationReport | None = None
    cases: list[NewCase] = field(default_factory=list)
    refuted: list[Result] = field(default_factory=list)

    def to_json(self) -> dict[str, Json]:
        """The members that this adds to `policy test --json`."""
        found: dict[str, Json] = {}
        if self.missing is not None:
            found["generated"] = self.missing.to_json() | {"cases": [case.to_json() for case in self.cases]}
        if self.mutation is not None:
            found["mutation"] = self.mutation.to_json()
        return found


def extend(
    policy: Policy,
    known: Sequence[Ready],
    runner: Runner,
    *,
    generate: bool,
    mutate: bool,
    progress: Progress = lambda _phase, _done, _all: None,
) -> Extension:
    """Look for missing cases, try mutants, or both: then the cases that kill survivors are among those to write."""
    found = Extension()
    if generate:
        found.missing = missing_cases(policy, known, lambda done, all_: progress("generating", done, all_))
        found.cases = list(distinct(found.missing.cases))
    if mutate:
        added = read_cases(NAME, suite_text(found.cases), policy) if found.cases else []
        mutation = Mutation(policy, [*known, *added])
        found.mutation = mutation.run(lambda done, all_: progress("mutating", done, all_))
    offers = _offers(found.mutation.tried if found.mutation is not None else (), found.cases)
    if generate and found.mutation is not None:
        found.cases += offers
    found.refuted = _refuted(policy, runner, found.cases if generate else offers)
    if generate and found.mutation is not None and offers:
        found.mutation = _killed(policy, found.mutation, found.cases)
    return found


def _offers(tried: Iterable[Tried], named: Iterable[NewCase]) -> list[NewCase]:
    """The cases that are offered, each once, with names of their own."""
    offers = {id(each.offer): each.offer for each in tried if each.offer is not None}
    return list(distinct(offers.values(), [case.name for case in named]))


def _refuted(policy: Policy, runner: Runner, cases: Sequence[NewCase]) -> list[Result]:
    """The cases, written and read again, that do not pass: there should be none."""
    if not cases:
        return []
    results = [runner.run(ready) for ready in read_cases(NAME, suite_text(cases), policy)]
    return [result for result in results if not result.passed]


def _killed(policy: Policy, report: MutationReport, cases: Sequence[NewCase]) -> MutationReport:
    """The report as it is once the cases are written."""
    texts = {
        _content(each): ready for each, ready in zip(cases, read_cases(NAME, suite_text(cases), policy), strict=True)
    }
    tried = (
        replace(each, state="killed", by=texts[_content(each.offer)], offer=None) if each.offer is not None else each
        for each in report.tried
    )
    return MutationReport(tuple(tried))


def _content(case: NewCase) -> str:
    return repr((case.action, case.facts, case.expect))

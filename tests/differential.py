"""Engines against the reference: the comparison, and the shrinking of what it finds."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from random import Random
from typing import Any

from axtary.backends import cedar, native, rego
from axtary.backends.verdict import Engine, Verdict
from axtary.compiler import CompileError
from axtary.compiler.ir import Policy
from axtary.runtime.action import check_action
from axtary.runtime.errors import DoorError
from axtary.runtime.facts import check_facts
from tests import edges, generate, reference

Case = tuple[dict[str, Any], dict[str, Any]]  # action, facts

ENGINES: dict[str, Callable[[Policy], Engine]] = {
    "native": native.compile,
    "cedar": cedar.compile,
    "rego": rego.compile,  # in the preferred implementation on this machine: Open Policy Agent, if it is there
    "regorus": partial(rego.compile, engine="regorus"),
}
THREE = ("native", "cedar", "rego")
SHRINK_SECONDS = 20.0


@dataclass(frozen=True)
class Disagreement:
    """An engine that answers otherwise than the reference. `found` is its verdict, or the text of what it raised."""

    engine: str
    draft: generate.Draft
    action: dict[str, Any]
    facts: dict[str, Any]
    expected: Verdict
    found: Verdict | str

    def __str__(self) -> str:
        show = partial(json.dumps, ensure_ascii=False)
        return (
            f"{self.engine} disagrees with the reference\n{generate.policy_text(self.draft)}"
            f"action: {show(self.action)}\nfacts: {show(self.facts)}\n"
            f"reference: {self.expected}\n{self.engine}: {self.found}"
        )


@dataclass
class Outcome:
    """What a run has seen."""

    comparisons: int = 0
    seen: Counter[str] = field(default_factory=Counter)
    disagreements: list[Disagreement] = field(default_factory=list)
    shrunk: list[Disagreement] = field(default_factory=list)

    def __str__(self) -> str:
        seen = ", ".join(f"{name} {number}" for name, number in sorted(self.seen.items()))
        counts = f"{self.comparisons} comparisons, {len(self.disagreements)} disagreements"
        return "\n".join([counts, seen, *map(str, self.shrunk)])

    def add(self, other: Outcome) -> None:
        self.comparisons += other.comparisons
        self.seen += other.seen
        self.disagreements += other.disagreements


def compare_seed(seed: int, engines: tuple[str, ...] = THREE, count: int = 40) -> Outcome:
    """The policy of a seed and `count` actions, in each engine."""
    return compare(generate.draft(seed), engines, partial(generate.cases, Random(f"actions {seed}"), count=count))


def compare_edges(engines: tuple[str, ...] = THREE) -> Outcome:
    """The cases chosen by hand, in each engine."""
    total = Outcome()
    for draft, cases in edges.edges():
        total.add(compare(draft, engines, lambda policy, cases=cases: cases))  # type: ignore[misc]
    return total


def compare(draft: generate.Draft, engines: tuple[str, ...], cases: Callable[[Policy], Iterable[Case]]) -> Outcome:
    """One policy and its cases, in each engine; the first disagreement of each engine is kept."""
    policy = generate.compile_draft(draft)
    made = {name: ENGINES[name](policy) for name in engines}
    outcome, wrong = Outcome(), dict[str, Disagreement]()
    for action, facts in cases(policy):
        expected = reference.decide(policy, action, facts)
        outcome.seen.update([expected.decision, *(reason.value for reason, _ in expected.reasons)])
        for name, engine in made.items():
            found = _answer(engine, action, facts)
            if found != expected:
                wrong.setdefault(name, Disagreement(name, draft, action, facts, expected, found))
            outcome.comparisons += 1
    outcome.disagreements += wrong.values()
    return outcome


def disagreement(engine: str, draft: generate.Draft, action: Any, facts: Any) -> Disagreement | None:
    """One engine on one case that may be anything; None if the case is none, or all is well."""
    try:
        policy = generate.compile_draft(draft)
        check_action(action)
        check_facts(facts)
    except (CompileError, DoorError, TypeError, ValueError, KeyError, AttributeError):
        return None  # shrunk too far
    expected = reference.decide(policy, action, facts)
    found = _answer(ENGINES[engine](policy), action, facts)
    return None if found == expected else Disagreement(engine, draft, action, facts, expected, found)


def _answer(engine: Engine, action: dict[str, Any], facts: dict[str, Any]) -> Verdict | str:
    try:
        return engine.decide(action, facts)
    except Exception as error:  # whatever it raises, it is no verdict
        return f"{type(error).__name__}: {error}"


def shrink(found: Disagreement) -> Disagreement:
    """The smallest case that still shows a disagreement of this engine, as far as the time allows."""
    deadline = time.monotonic() + SHRINK_SECONDS
    smaller: Disagreement | None = found
    while smaller is not None and time.monotonic() < deadline:
        found = smaller
        tries = (disagreement(found.engine, c.draft, c.action, c.facts) for c in _smaller_cases(found))
        smaller = next((one for one in tries if one is not None or time.monotonic() > deadline), None)
    return found


def _smaller_cases(case: Disagreement) -> Iterator[Disagreement]:
    yield from (replace(case, draft=draft) for draft in reductions(case.draft))
    yield from (replace(case, action=action) for action in reductions(case.action))
    yield from (replace(case, facts=facts) for facts in reductions(case.facts))


def reductions(value: Any) -> Iterator[Any]:
    """The value with one part left out, or a condition replaced by one of its own, the large steps first."""
    if isinstance(value, dict):
        if len(value) == 1 and value.keys() <= {"and", "or", "not"}:
            (inner,) = value.values()
            yield from inner if isinstance(inner, list) else [inner]
        for key in value:
            yield {other: item for other, item in value.items() if other != key}
        for key, item in value.items():
            yield from (value | {key: smaller} for smaller in reductions(item))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield value[:index] + value[index + 1 :]
            yield from ([*value[:index], smaller, *value[index + 1 :]] for smaller in reductions(item))

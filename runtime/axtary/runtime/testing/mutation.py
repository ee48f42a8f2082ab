"""The mutation score: which small mistakes in the policy the cases would notice.

A mutant is killed if a case fails on it. One that no case fails on is compared with the policy: either it is proved to
decide alike with the same obligations, so that no test needs to notice it, or an action shows the difference, and that
action is offered as a case. Whatever is offered was decided on both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from axtary.backends import native
from axtary.backends.native import NativeEngine
from axtary.backends.verdict import EngineError, Verdict
from axtary.compiler.analysis.diff import Change, some_changes
from axtary.compiler.analysis.mutation import Mutant, Neighbours, mutants
from axtary.compiler.analysis.space import Limits
from axtary.compiler.diagnostics import printable
from axtary.compiler.ir import Policy, Rule
from axtary.compiler.testfiles import NewCase
from axtary.runtime.action import check_action
from axtary.runtime.errors import DoorError
from axtary.runtime.testing.files import Ready
from axtary.runtime.testing.naming import expectation, shortened
from axtary.runtime.testing.run import Outcome, differences

Json = Any
State = Literal["killed", "survived", "equivalent", "undecided"]
_STATES: tuple[State, ...] = ("killed", "survived", "equivalent", "undecided")
Progress = Callable[[int, int], None]  # mutants done, of how many

_NOT_SHOWN = "the action that was to show the difference does not: a bug, please report it"
_TOO_MUCH = "the mutants before it took all the steps that there are"
_STEPS = 5_000_000  # of all comparisons, of making engines and of trying cases on them
_RULE, _CASE, _DIFF = 5, 2, 500  # steps: for a rule of an engine, for a case, for a comparison beside its work
_LIMITS = Limits(states=10_000, classes=2_000, clauses=200_000, conflicts=2_000)


@dataclass(frozen=True)
class Tried:
    """What became of a mutant. by: the case that fails on it; why: it is undecided; offer: a case that would fail."""

    mutant: Mutant
    state: State
    by: Ready | None = None
    why: str = ""
    offer: NewCase | None = None

    def to_json(self) -> dict[str, Json]:
        """The entry of `mutants`."""
        mutant, by = self.mutant, self.by
        return {
            "rule": mutant.rule.id,
            "kind": mutant.kind,
            "what": mutant.what,
            "file": mutant.span.file,
            "line": mutant.span.line,
            "column": mutant.span.column,
            "state": self.state,
            "killed_by": {"file": by.file, "line": by.case.span.line, "name": by.case.name.value} if by else None,
            "why": self.why or None,
            "case": self.offer.to_json() if self.offer is not None else None,
        }


@dataclass(frozen=True)
class MutationReport:
    """All mutants of a policy, in the order of its source."""

    tried: tuple[Tried, ...]

    def in_state(self, state: State) -> list[Tried]:
        """The mutants in a state."""
        return [each for each in self.tried if each.state == state]

    @property
    def killed(self) -> int:
        return len(self.in_state("killed"))

    @property
    def counted(self) -> int:
        """All but the equivalent ones: those that a case could kill, as far as is known."""
        return len(self.tried) - len(self.in_state("equivalent"))

    @property
    def percent(self) -> float:
        """The score, cut to one decimal: 100 means all. Nothing to kill is 100."""
        return 1000 * self.killed // self.counted / 10 if self.counted else 100.0

    def reaches(self, percent: float) -> bool:
        """Are so many of them killed? Exactly, without rounding."""
        return 100 * self.killed >= percent * self.counted

    def to_json(self) -> dict[str, Json]:
        """The member `mutation` of `policy test --json`."""
        counts: dict[str, Json] = {state: len(self.in_state(state)) for state in _STATES}
        return {"percent": self.percent} | counts | {"mutants": [each.to_json() for each in self.tried]}


@dataclass
class _Ground:
    """The rules that can have a say where a mutant has one, on the native engine, and the cases for such tools."""

    policy: Policy
    engine: NativeEngine
    cases: list[Ready]
    offers: list[NewCase] = field(default_factory=list)


@dataclass
class Mutation:
    """Tries the mutants of one policy on cases."""

    policy: Policy
    cases: Sequence[Ready]
    steps: int = _STEPS  # that are left; then mutants stay undecided
    _grounds: dict[tuple[object, ...], _Ground] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._neighbours = Neighbours(self.policy)
        self._engine = native.compile(self.policy)
        self._mutants = list(mutants(self.policy))

    def run(self, progress: Progress = lambda _done, _all: None) -> MutationReport:
        """Every mutant, one after another."""
        found = []
        for done, mutant in enumerate(self._mutants):
            progress(done, len(self._mutants))
            found.append(self._tried(mutant))
        return MutationReport(tuple(found))

    def _tried(self, mutant: Mutant) -> Tried:
        if self.steps < 0:
            return Tried(mutant, "undecided", why=_TOO_MUCH)
        ground = self._ground(mutant)
        engine = self._mutated(mutant, ground)
        killer = self._killer(engine, ground.cases)
        if killer is not None:
            return Tried(mutant, "killed", by=killer)
        offer = next((each for each in ground.offers if _contradicts(each, engine)), None)
        if offer is not None:
            return Tried(mutant, "survived", offer=offer)
        found = some_changes(ground.policy, mutant.of(ground.policy), _LIMITS)
        self.steps -= _DIFF + found.work
        offer = self._plainest(mutant, engine, found.changes)
        if offer is not None:
            ground.offers.append(offer)
            return Tried(mutant, "survived", offer=offer)
        if found.changes:
            return Tried(mutant, "undecided", why=_NOT_SHOWN)
        if found.undecided:
            return Tried(mutant, "undecided", why="; ".join(each.why for each in found.undecided))
        return Tried(mutant, "equivalent")

    def _mutated(self, mutant: Mutant, ground: _Ground) -> NativeEngine:
        self.steps -= _RULE * len(ground.policy.rules)
        return native.compile(mutant.of(ground.policy), ground.engine)

    def _killer(self, engine: NativeEngine, cases: Iterable[Ready]) -> Ready | None:
        for ready in cases:
            self.steps -= _CASE
            if _fails(engine, ready):
                return ready
        return None

    def _ground(self, mutant: Mutant) -> _Ground:
        forms = [rule for rule in (mutant.rule, mutant.changed) if rule is not None]
        key = tuple(dict.fromkeys(rule.match[0] for rule in forms))
        if key not in self._grounds:
            policy = self._neighbours.of(forms)
            near = [ready for ready in self.cases if _is_about(forms, ready.action)]
            self._grounds[key] = _Ground(policy, native.compile(policy), near)
        return self._grounds[key]

    def _plainest(self, mutant: Mutant, engine: NativeEngine, changes: Iterable[Change]) -> NewCase | None:
        """Of the cases that the changes give, the first in which the fewest rules fire."""
        offers = [each for change in changes if (each := self._offer(mutant, engine, change)) is not None]
        return min(offers, key=lambda each: each[0], default=(0, None))[1]

    def _offer(self, mutant: Mutant, engine: NativeEngine, change: Change) -> tuple[int, NewCase] | None:
        """The case of a change, and how many rules fire; None if the engine does not see the change."""
        try:
            check_action(change.action)
        except DoorError:
            return None
        verdict, other = (each.decide(change.action, change.facts) for each in (self._engine, engine))
        case = NewCase(_name(mutant, verdict), change.action, change.facts, expectation(verdict, other))
        fired = len({*verdict.fired, *other.fired})
        return (fired, case) if _contradicts(case, engine) else None


def _fails(engine: NativeEngine, ready: Ready) -> bool:
    try:
        outcome = Outcome(engine.name, engine.decide(ready.action, ready.facts))
    except EngineError as error:
        outcome = Outcome(engine.name, None, str(error))
    return bool(differences(ready.case.expected, outcome))


def _is_about(rules: Iterable[Rule], action: Mapping[str, Json]) -> bool:
    return any(native.evaluate(rule.match[0], action, {}) for rule in rules)


def _contradicts(case: NewCase, engine: NativeEngine) -> bool:
    """Does the engine decide otherwise, or oblige to something else, than the case expects? What fires does not count:
    two policies may decide alike by other rules."""
    verdict = engine.decide(case.action, case.facts)
    obligations = case.expect.get("obligations", {})
    return verdict.decision != case.expect["decision"] or any(
        verdict.obligations.get(key) != value for key, value in obligations.items()
    )


def _name(mutant: Mutant, verdict: Verdict) -> str:
    """A sentence that is true of the policy and not of the mutant."""
    rule, before, after = mutant.rule.id, shortened(mutant.before), mutant.after
    if mutant.changed is None:
        return f"{rule} has a say: {verdict.decision}"
    other = f", not {shortened(after)}" if after is not None else ""
    return printable(f"{rule} has {before}{other}: {verdict.decision}")

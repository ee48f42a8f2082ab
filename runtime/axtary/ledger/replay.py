"""Recorded decisions, made again by a policy: what would have come of them?

A record that keeps everything is decided by the engine. Of any other it is worked out what can come of it, whatever the
part was that is not in the record: one decision, or it is *indeterminate*. What no policy decides is taken from the
record: a decision that the state made (an exhausted budget, a store that could not be reached) is not made again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from axtary.backends import native
from axtary.compiler.analysis.partial import Asked, Partial, Truth, reads
from axtary.compiler.clauses import Reason, obligation_entries
from axtary.compiler.ir import Policy, Rate
from axtary.ledger.recall import FACTS, Path, Recalled, recall
from axtary.ledger.record import Record
from axtary.runtime.decision import BUDGET_EXHAUSTED, LOST_RACE

Grounds = tuple[tuple[str, str], ...]
"""Codes with rules ("" for none), sorted."""

_POLICY = frozenset(reason.value for reason in Reason)
_SPENT = frozenset({BUDGET_EXHAUSTED, LOST_RACE})  # the state answered, and an allow was turned
STATE: Path = ("state",)
BUDGETS: Path = ("state", "budgets")


@dataclass(frozen=True)
class Again:
    """One decision, then and now. `now` is None if it is indeterminate: `missing` are the paths that it depends on.

    `was` and `because` are the grounds then and now: those that are sure.
    """

    seq: int
    then: str
    was: Grounds
    now: str | None
    because: Grounds = ()
    missing: frozenset[Path] = frozenset()
    whole: bool = False  # was everything known?

    @property
    def changed(self) -> bool:
        """Is it surely another decision?"""
        return self.now is not None and self.now != self.then


@dataclass(frozen=True)
class _Now:
    """What the policy says: all decisions that it can come to."""

    decisions: frozenset[str]
    because: Grounds
    missing: frozenset[Path]
    whole: bool
    budgets: tuple[dict[str, Any], ...]  # that may have to be paid


class Replay:
    """A policy, to decide recorded decisions again. Raises EngineError."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._engine = native.compile(policy)
        self._partial = Partial(policy)

    def again(self, record: Record) -> Again:
        """Decide a record of the kind `decision` again."""
        content = record.content
        then = content["decision"]
        was = tuple(sorted((each["code"], each["rule"]) for each in content["reasons"]))
        recalled = recall(record, self._policy)
        now = self._now(recalled)
        codes = {code for code, _ in was}
        if codes <= _POLICY:
            return self._compared(record.seq, then, was, now, recalled)
        if recalled.same or now.decisions == {"deny"}:
            return Again(record.seq, then, was, then if recalled.same else "deny", was, whole=now.whole)
        if codes <= _POLICY | _SPENT and now.decisions == {"step_up"}:
            return Again(record.seq, then, was, "step_up", now.because, whole=now.whole)
        return Again(record.seq, then, was, None, missing=now.missing | {STATE}, whole=now.whole)

    def _compared(self, seq: int, then: str, was: Grounds, now: _Now, recalled: Recalled) -> Again:
        if len(now.decisions) > 1:
            return Again(seq, then, was, None, missing=now.missing, whole=now.whole)
        decision = next(iter(now.decisions))
        paid = then == "allow" and recalled.budgets_as(now.budgets)
        if decision == "allow" and now.budgets and not paid:
            return Again(seq, then, was, None, missing=frozenset({BUDGETS}), whole=now.whole)
        return Again(seq, then, was, decision, now.because, whole=now.whole)

    def _now(self, recalled: Recalled) -> _Now:
        if not recalled.unknown and recalled.facts is not None:
            verdict = self._engine.decide(recalled.action, recalled.facts)
            if recalled.is_whole(self._policy, verdict.fired):
                because = tuple(sorted((code.value, rule) for code, rule in verdict.reasons))
                budgets = tuple(verdict.obligations.get("budgets", ()))
                return _Now(frozenset({verdict.decision}), because, frozenset(), True, budgets)
        tool = recalled.action.get("tool")
        is_known = isinstance(tool, str) and recalled.knows(("tool",))
        outlook = self._partial.outlook(tool if is_known else None, _Known(recalled, self._policy))
        budgets = tuple(self._budgets(outlook.firing))
        return _Now(outlook.decisions, outlook.reasons, outlook.asked, False, budgets)

    def _budgets(self, rules: frozenset[str]) -> Iterator[dict[str, Any]]:
        for rule in sorted(rules):
            entries = obligation_entries(self._policy.by_id[rule])
            yield from (entry for kind, entry in entries if kind == "budgets")


class _Known:
    """The answers of a record that keeps a part."""

    def __init__(self, recalled: Recalled, policy: Policy) -> None:
        self._recalled, self._policy = recalled, policy
        self._facts = recalled.facts or {}
        self._answers: dict[tuple[int, str], Truth] = {}  # tests are alive as long as the policy is

    def __call__(self, test: Asked, rule: str) -> Truth:
        key = id(test), rule
        if key not in self._answers:
            self._answers[key] = self._answer(test, rule)
        return self._answers[key]

    def _answer(self, test: Asked, rule: str) -> Truth:
        if not all(self._knows(path, test, rule) for path in reads(test, rule)):
            return Truth.UNKNOWN
        return _TRUTHS[native.evaluate(test, self._recalled.action, self._facts, rule)]

    def _knows(self, path: Path, test: Asked, rule: str) -> bool:
        if path[:1] != FACTS:
            return self._recalled.knows(path)
        if isinstance(test, Rate):
            return self._recalled.counts(self._policy.by_id[rule])
        return self._recalled.facts is not None


_TRUTHS = {True: Truth.TRUE, False: Truth.FALSE, None: Truth.UNDEFINED}

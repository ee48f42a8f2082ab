"""What a change of a policy would have meant for recorded actions, and which of its witnesses never happened yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from axtary.backends import native
from axtary.backends.verdict import Verdict
from axtary.compiler.analysis.diff import Change, Difference, Kind, Undecided
from axtary.runtime.diff.report import Progress, Report
from axtary.runtime.replay import Recorded, replay

Json = Any
_OBLIGATIONS = {Kind.TTL: "ttl_seconds", Kind.RATE: "rates", Kind.BUDGET: "budgets"}


@dataclass(frozen=True)
class History:
    """The actions of a file, decided by both policies.

    transitions: (decision before, after) -> the numbers of the actions, from 1, where the two differ. happened: for
    each change of the report how many actions show it.
    """

    name: str
    actions: int
    transitions: Mapping[tuple[str, str], Sequence[int]]
    happened: Sequence[int]

    def to_json(self) -> dict[str, Json]:
        """All but `happened`, which stands with the changes."""
        found = [
            {"from": old, "to": new, "count": len(numbers), "first": numbers[0]}
            for (old, new), numbers in sorted(self.transitions.items())
        ]
        changed = sum(map(len, self.transitions.values()))
        return {"name": self.name, "actions": self.actions, "changed": changed, "transitions": found}


def history(
    report: Report,
    name: str,
    recorded: Recorded,
    facts: Mapping[str, Json],
    progress: Progress = lambda _phase, _done, _all: None,
) -> tuple[Report, History]:
    """Decide all actions by both policies, with the same facts, on the native engine.

    The report comes back, with a doubt if an action changes in a way that no change of it shows. Raises EngineError.
    """
    old, new = (native.compile(side.policy) for side in (report.old, report.new))
    before, after = (
        replay(engine, recorded, facts, lambda done, all_: progress("replaying", done, all_)).decisions
        for engine in (old, new)
    )
    changes = report.difference.changes
    about_terms = any(change.old == change.new for change in changes)
    transitions: dict[tuple[str, str], list[int]] = {}
    happened = [0] * len(changes)
    for number, pair in enumerate(zip(before, after, strict=True), 1):
        if pair[0] != pair[1]:
            transitions.setdefault(pair, []).append(number)
        elif not about_terms or pair[0] == "deny":
            continue
        action = recorded.actions[number - 1]
        shown = (old.decide(action, facts), new.decide(action, facts))
        for index, change in enumerate(changes):
            happened[index] += _shows(change, *shown)
    found = History(name, len(recorded.actions), transitions, happened)
    return _doubted(report, found), found


def _shows(change: Change, old: Verdict, new: Verdict) -> bool:
    """Is the change what comes of an action? The rules that changed must be among those that decide, or that oblige."""
    if (old.decision, new.decision) != (change.old, change.new):
        return False
    if change.old != change.new:
        return bool({*change.cause} & {*old.fired, *new.fired, *(rule for _, rule in (*old.reasons, *new.reasons))})
    key = _OBLIGATIONS[change.kind]
    return old.obligations.get(key) != new.obligations.get(key) and bool({*old.fired, *new.fired} & {*change.cause})


def _doubted(report: Report, found: History) -> Report:
    doubts = list(_unexplained(report, found))
    if not doubts:
        return report
    difference = report.difference
    return replace(report, difference=Difference(difference.changes, [*difference.undecided, *doubts]))


def _unexplained(report: Report, found: History) -> Iterator[Undecided]:
    shown = {(change.old, change.new) for change in report.difference.changes}
    if report.difference.undecided:
        return
    for old, new in found.transitions.keys() - shown:
        number = found.transitions[old, new][0]
        why = (
            f"action {number} of {found.name} goes from {old} to {new}, and no change shows it: a bug, please report it"
        )
        yield Undecided((), why)

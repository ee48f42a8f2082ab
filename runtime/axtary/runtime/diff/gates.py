"""Gates for CI: what a change of a policy must not bring. What is undecided does not pass."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from axtary.compiler.analysis.diff import Change, Difference
from axtary.runtime.diff.report import Progress, Report, Side, compare

Json = Any


def _grants(change: Change) -> bool:
    return change.old == "deny" and change.new != "deny"


def _drops_approval(change: Change) -> bool:
    return change.old == "step_up" and change.new == "allow"


def _allows(change: Change) -> bool:
    return change.old != "allow" and change.new == "allow"


_FORBIDDEN: dict[str, Callable[[Change], bool]] = {
    "no-new-access": _grants,
    "no-less-approval": _drops_approval,
    "within": _allows,
}


@dataclass(frozen=True)
class Gate:
    """A gate's name, and the report with only those changes that it forbids."""

    name: str
    report: Report

    @property
    def passed(self) -> bool:
        """Is there no forbidden change, and nothing open in which there could be one?"""
        return not self.report.difference.changes and not self.report.difference.undecided

    def to_json(self) -> dict[str, Json]:
        """The gate's result."""
        found = self.report.to_json()
        return {
            "gate": self.name,
            "passed": self.passed,
            "against": self.report.old.name,
            "violations": found["changes"],
            "undecided": found["undecided"],
        }


def gate(name: str, report: Report) -> Gate:
    """`no-new-access` or `no-less-approval`, on a report that was made already."""
    forbidden = _FORBIDDEN[name]
    found = report.difference
    kept = [change for change in found.changes if change.old != change.new and forbidden(change)]
    return Gate(name, replace(report, difference=Difference(kept, found.undecided)))


def within(envelope: Side, new: Side, progress: Progress = lambda _phase, _done, _all: None) -> Gate:
    """Does the new policy allow nothing that the envelope does not?"""
    return gate("within", compare(envelope, new, progress))

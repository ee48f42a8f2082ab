"""Missing cases, found, named and written; each was decided before anybody sees it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from axtary.backends import native
from axtary.compiler.analysis.mcdc import Found, Goal, Open, generate
from axtary.compiler.analysis.mcdc.generate import Progress
from axtary.compiler.clauses import Reason
from axtary.compiler.diagnostics import printable
from axtary.compiler.ir import Policy, Span, atoms
from axtary.compiler.testfiles import NewCase
from axtary.compiler.text import condition_text
from axtary.runtime.testing.files import Ready
from axtary.runtime.testing.naming import expectation, shortened

Json = Any

_ANSWERS: Final = {True: "true", False: "false", None: "undefined"}
_DUTIES: Final = {
    Reason.BLOCKED_PATHS: "blocked paths",
    Reason.HOURS: "hours",
    Reason.RATE: "rate",
    Reason.BUDGET: "budget",
    Reason.APPROVAL_REQUIRED: "approval",
}


@dataclass(frozen=True)
class Uncovered:
    """What no case shows: which part of a rule, how, and why not. proved: no case can."""

    rule: str
    what: str
    span: Span
    why: str
    proved: bool

    def to_json(self) -> dict[str, Json]:
        """An entry of `unreachable` or `undecided`."""
        place = {"file": self.span.file, "line": self.span.line, "column": self.span.column}
        return {"rule": self.rule, "what": self.what, **place, "why": self.why}


@dataclass
class Missing:
    """The cases that are missing, and what stays open."""

    cases: list[NewCase] = field(default_factory=list)
    uncovered: list[Uncovered] = field(default_factory=list)

    def to_json(self) -> dict[str, Json]:
        """The member `generated` of `policy test --json`."""
        return {
            "cases": [case.to_json() for case in self.cases],
            "unreachable": [each.to_json() for each in self.uncovered if each.proved],
            "undecided": [each.to_json() for each in self.uncovered if not each.proved],
        }


def missing_cases(policy: Policy, known: Iterable[Ready], progress: Progress = lambda _done, _all: None) -> Missing:
    """The cases that complete the known ones, each with what the policy decides."""
    engine = native.compile(policy)
    pairs = [(ready.action, ready.facts) for ready in known]
    found = generate(policy, native.evaluate, pairs, progress)
    return Missing([_case(engine, each) for each in found.cases], [_uncovered(each) for each in found.open])


def _case(engine: native.NativeEngine, found: Found) -> NewCase:
    verdict = engine.decide(found.action, found.facts)
    name = f"{_sentence(found)}: {verdict.decision}"
    return NewCase(printable(name), found.action, found.facts, expectation(verdict))


def _sentence(found: Found) -> str:
    goal, rule = found.goal, found.goal.rule.id
    fires = "fires" if rule in found.seen.fired else "does not fire"
    match goal.kind:
        case "fires":
            return f"{rule} fires"
        case "idle":
            return f"{rule} does not fire for another tool"
        case "field":
            return f"{rule} does not fire for another {goal.field}"
        case "duty":
            return f"{rule} fires with its {_duty(goal)} {_met(goal)}"
        case _:
            return f"{rule} {fires} if {_leaf(goal)} is {_ANSWERS[found.answer]}"


def _duty(goal: Goal) -> str:
    return _DUTIES[goal.reason] if goal.reason is not None else ""


def _met(goal: Goal) -> str:
    return "met" if goal.met else "violated"


def _leaf(goal: Goal) -> str:
    return shortened(condition_text(tuple(atoms(goal.rule.when))[goal.leaf or 0]))


def _uncovered(each: Open) -> Uncovered:
    goal, rule = each.goal, each.goal.rule
    leaf = tuple(atoms(rule.when))[goal.leaf] if goal.leaf is not None else None
    span = leaf.span if leaf is not None and leaf.span.line else rule.span
    match goal.kind:
        case "fires":
            what = "fires"
        case "idle":
            what = "does not fire"
        case "field":
            what = f"does not fire for another {goal.field}"
        case "duty":
            what = f"{_duty(goal)} {_met(goal)}"
        case "decides":
            what = f"`{_leaf(goal)}` decides alone"
        case _:
            what = f"`{_leaf(goal)}` {_ANSWERS[goal.answer]}"
    return Uncovered(rule.id, what, span, each.why, each.proved)

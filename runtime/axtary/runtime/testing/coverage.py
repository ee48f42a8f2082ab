"""What cases show of a policy, rule by rule, in a form to print.

The outcomes of a rule are: it fires; each of its conditions true, false and undefined (`has` is never undefined); each
of its obligations, and its approval, met and violated. A condition counts where the rule's match holds, an obligation
where the rule fires. What cannot happen is left out, with the reason; the percentage is shown of reachable outcomes.
Rules of built-in presets are listed and not counted: axtary's own tests cover them.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from axtary.compiler.analysis.coverage import Coverage, Missing
from axtary.compiler.clauses import Reason, duties_of
from axtary.compiler.ir import Approvers, Atom, Obligation, Policy, Rule, Span, atoms, attributes
from axtary.compiler.text import approvers_text, condition_text, obligation_text
from axtary.runtime.testing.hints import answer_hint, duty_hint, fires_hint

COVERAGE_VERSION = 1
State = Literal["shown", "missing", "unreachable"]


@dataclass(frozen=True, slots=True)
class Shown:
    """One outcome: `why` says that it cannot happen, `hint` what case would show it."""

    outcome: str
    state: State
    why: str | None = None
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """A part of a rule that has outcomes. `kind` is `rule`, `condition` or the reason code of an obligation."""

    kind: str
    text: str
    span: Span
    outcomes: tuple[Shown, ...]

    def named(self, state: State) -> list[str]:
        """The outcomes in a state."""
        return [outcome.outcome for outcome in self.outcomes if outcome.state == state]


class _Counted(ABC):
    """What has outcomes, counted."""

    @property
    @abstractmethod
    def outcomes(self) -> list[Shown]:
        """All of them."""

    @property
    def shown(self) -> int:
        return sum(outcome.state == "shown" for outcome in self.outcomes)

    @property
    def reachable(self) -> int:
        return sum(outcome.state != "unreachable" for outcome in self.outcomes)

    @property
    def percent(self) -> float:
        """Of the reachable outcomes, cut to one decimal: 100 means all of them. Nothing to show is 100."""
        return math.floor(1000 * self.shown / self.reachable) / 10 if self.reachable else 100.0


@dataclass(frozen=True)
class RuleCoverage(_Counted):
    """One rule; `items[0]` is the rule itself. `alone`: in some case it was the only ground of the verdict."""

    rule: Rule
    items: tuple[Item, ...]
    alone: bool

    @property
    def preset(self) -> bool:
        return self.rule.span.file.startswith("preset:")

    @property
    def outcomes(self) -> list[Shown]:
        return [outcome for item in self.items for outcome in item.outcomes]

    @property
    def conditions(self) -> list[Item]:
        """The leaves of its `when`, in source order."""
        return [item for item in self.items if item.kind == "condition"]

    @property
    def duties(self) -> list[Item]:
        """Its obligations, and its approval."""
        return [item for item in self.items if item.kind not in ("rule", "condition")]


@dataclass(frozen=True)
class CoverageReport(_Counted):
    """All rules, in the order of their files and lines; the figures are those of the policy's own rules."""

    policy_version: str
    rules: tuple[RuleCoverage, ...]

    @property
    def own(self) -> list[RuleCoverage]:
        return [rule for rule in self.rules if not rule.preset]

    @property
    def outcomes(self) -> list[Shown]:
        return [outcome for rule in self.own for outcome in rule.outcomes]

    def reaches(self, percent: float) -> bool:
        """Is so much of it shown? Exactly, without rounding."""
        return 100 * self.shown >= percent * self.reachable

    def to_json(self) -> dict[str, Any]:
        """The document of `--coverage-json`; its form has the number `coverage_version`."""
        return {
            "coverage_version": COVERAGE_VERSION,
            "policy_version": self.policy_version,
            **_figures(self),
            "rules": [_rule_json(rule) for rule in self.rules],
        }


def coverage_report(policy: Policy, coverage: Coverage) -> CoverageReport:
    """What was collected, as a report."""
    missing: dict[str, list[Missing]] = {}
    for gap in coverage.missing():
        missing.setdefault(gap.rule, []).append(gap)
    duties = duties_of(policy)
    rules = [
        RuleCoverage(rule, tuple(_items(rule, duties[rule.id], missing.get(rule.id, ()))), rule.id in coverage.alone)
        for rule in policy.rules
    ]
    rules.sort(key=lambda each: (each.preset, each.rule.span.file, each.rule.span.line, each.rule.span.column))
    return CoverageReport(policy.policy_version, tuple(rules))


def _items(
    rule: Rule, duties: Iterable[tuple[Reason, Obligation | Approvers]], missing: Iterable[Missing]
) -> Iterator[Item]:
    gaps = {(gap.condition, gap.obligation, gap.what): gap for gap in missing}
    fires = gaps.get((None, None, "fires"))
    yield Item("rule", rule.id, rule.span, (_shown("fires", fires, fires_hint(rule)),))
    for index, leaf in enumerate(atoms(rule.when)):
        outcomes = ("true", "false", "undefined") if attributes(leaf) else ("true", "false")
        found = (_shown(name, gaps.get((index, None, name)), answer_hint(leaf, name)) for name in outcomes)
        yield Item("condition", condition_text(leaf), _span(leaf, rule), tuple(found))
    for reason, duty in duties:
        found = (_shown(name, gaps.get((None, reason, name)), duty_hint(rule, duty, name)) for name in _MET)
        yield Item(reason.value, _duty_text(duty), _span(duty, rule), tuple(found))


_MET = ("met", "violated")


def _shown(name: str, gap: Missing | None, hint: str) -> Shown:
    if gap is None:
        return Shown(name, "shown")
    return Shown(name, "unreachable", why=gap.why) if gap.why is not None else Shown(name, "missing", hint=hint)


def _span(node: Atom | Obligation | Approvers, rule: Rule) -> Span:
    return node.span if node.span.line else rule.span  # what stands for a default was written nowhere


def _duty_text(duty: Obligation | Approvers) -> str:
    return approvers_text(duty) if isinstance(duty, Approvers) else obligation_text(duty)


def _figures(counted: _Counted) -> dict[str, Any]:
    return {"shown": counted.shown, "reachable": counted.reachable, "percent": counted.percent}


def _rule_json(found: RuleCoverage) -> dict[str, Any]:
    rule = found.rule
    return {
        "rule": rule.id,
        "effect": rule.effect.value,
        "preset": found.preset,
        **_figures(found),
        "alone": found.alone,
        "items": [_item_json(item) for item in found.items],
    }


def _item_json(item: Item) -> dict[str, Any]:
    span = item.span
    return {
        "kind": item.kind,
        "text": item.text,
        "file": span.file,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
        "outcomes": [{"outcome": o.outcome, "state": o.state, "why": o.why, "hint": o.hint} for o in item.outcomes],
    }

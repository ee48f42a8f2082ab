"""Rules that decide nothing: others overrule them, or do the same already; and step_ups that no approval lifts.

Every claim is about all actions and all facts: it is proved for each class of tools that the rule matches. What is
claimed of several rules holds of each of them, and of all of them taken out together.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

from axtary.compiler.analysis.diff.rules import Parts, reads_tool
from axtary.compiler.analysis.diff.tools import ToolClass, tool_classes
from axtary.compiler.analysis.space import Exhausted, Limits
from axtary.compiler.ir import CompareAttributes, Effect
from axtary.compiler.lint.exact.together import Together

LIMITS = Limits(states=10_000, classes=2_000, clauses=400_000, conflicts=2_000)
_CONFLICTS = 20_000  # of all searches
_FAILURES = 10  # classes of tools that are too much work, after which no further one is looked at
_TOO_MUCH = "the rules about so many tools take too many steps to compare"
Progress = Callable[[int, int], None]  # classes of tools done, of how many


@dataclass
class Findings:
    """Rule -> the rules that are the reason, sorted. undecided: rule -> which limit was reached."""

    overruled: dict[str, list[str]] = field(default_factory=dict)
    unneeded: dict[str, list[str]] = field(default_factory=dict)
    unliftable: dict[str, list[str]] = field(default_factory=dict)
    undecided: dict[str, str] = field(default_factory=dict)
    idle: set[str] = field(default_factory=set)  # taken out alone, each changes nothing


class Needed:
    """Asks for each class of tools; a rule that is needed in one is needed."""

    def __init__(self, rules: Mapping[str, Parts], spared: Collection[str], limits: Limits = LIMITS) -> None:
        """`rules` in the order in which they are written. Of two that do the same, one that is spared stays, else the
        first one."""
        self._rules = rules
        self._limits = limits
        self._spared = spared
        self._regions: list[Together] = []
        self._idle = set(rules)
        self._unliftable = {rule for rule, each in rules.items() if each.rule.effect is Effect.STEP_UP}
        self._found = Findings()
        self._conflicts = _CONFLICTS

    def run(self, progress: Progress) -> Findings:
        """All findings."""
        everything = list(self._rules.values())
        try:
            classes = list(tool_classes(everything, everything, self._limits))
        except Exhausted as limit:
            self._open(self._rules, f"the tools of the rules: {limit}")
            return self._found
        alike = list({_essence(each): each for each in reversed(classes)}.values())[::-1]
        failures = 0
        for done, tools in enumerate(alike):
            progress(done, len(alike))
            try:
                if failures >= _FAILURES or self._conflicts < 0:
                    raise Exhausted(_TOO_MUCH)
                self._look(tools)
            except Exhausted as limit:
                failures += 1
                self._open((each.rule.id for each in tools.rules), str(limit))
        self._conclude()
        return self._found

    def _open(self, rules: Iterable[str], why: str) -> None:
        for rule in rules:
            self._found.undecided.setdefault(rule, why)

    # --- each rule in the whole policy ------------------------------------------------------------------------------

    def _look(self, tools: ToolClass) -> None:
        region = Together(tools, self._limits)
        try:
            for rule in region.voices:
                if rule in self._unliftable and region.possible(region.approvable(rule), ()):
                    self._unliftable.discard(rule)
                    self._idle -= set(region.seen_needed())
                if rule in self._idle:
                    self._ask(region, rule)
        finally:
            self._conflicts -= region.work
        if self._idle & region.voices.keys() or self._unliftable & region.voices.keys():
            self._regions.append(region)

    def _ask(self, region: Together, rule: str) -> None:
        for is_on, question in region.needed(rule):
            if region.possible(question, () if is_on else (rule,)):
                self._idle -= {rule, *region.seen_needed()}
                return

    # --- what to say ------------------------------------------------------------------------------------------------

    def _conclude(self) -> None:
        found = self._found
        decided = {rule for rule in self._rules if rule not in found.undecided}
        for rule in sorted(found.undecided):  # only what nothing has settled yet stays open
            if rule not in self._idle and rule not in self._unliftable:
                del found.undecided[rule]
        found.idle = self._idle & decided
        for rule in self._rules:
            if rule in self._unliftable & decided:
                found.unliftable[rule] = self._reasons(rule, lambda region, rule=rule: [region.approvable(rule)], ())  # type: ignore[misc]
        out: set[str] = set()
        for rule in reversed(list(self._rules)):
            if rule in found.idle and rule not in self._spared and rule not in found.unliftable:
                self._judge(rule, out)

    def _judge(self, rule: str, out: set[str]) -> None:
        """Is the rule idle also in the policy without those that were reported? And for which reason?"""
        regions = [region for region in self._regions if rule in region.voices]
        off = {*out, rule}
        try:
            for region in regions:
                for is_on, question in region.needed(rule):
                    if region.possible(question, out if is_on else off):
                        return
            is_overruled = not any(region.possible(region.overruled(rule), off) for region in regions)
            is_deny = self._rules[rule].rule.effect is Effect.DENY
            if is_deny and not is_overruled:
                return  # it guards what nothing allows: a second lock
            if is_overruled:
                reasons = self._reasons(rule, lambda region: [region.overruled(rule)], off)
            else:
                reasons = self._reasons(rule, lambda region: [each for _, each in region.needed(rule)], off)
        except Exhausted as limit:
            self._open([rule], str(limit))
            return
        out.add(rule)
        (self._found.overruled if is_overruled and not is_deny else self._found.unneeded)[rule] = reasons

    def _reasons(self, rule: str, questions: Callable[[Together], list[list[int]]], off: Collection[str]) -> list[str]:
        found: set[str] = set()
        for region in self._regions:
            if rule in region.voices:
                found |= set(region.reasons(questions(region), off))
        return sorted(found - {rule})


def _essence(tools: ToolClass) -> object:
    """All that the questions can depend on: the rules, and what their conditions find in the tool's name."""
    asked = [test for each in tools.rules for test in each.tests if reads_tool(test)]
    if any(isinstance(test, CompareAttributes) for test in asked):
        return tools.name
    return tuple(each.rule.id for each in tools.rules), tuple(tools.names.answer(test) for test in asked)

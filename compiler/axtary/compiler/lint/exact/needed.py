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
_STEPS = 11_000_000  # of all searches and of making what is searched
_MAKING = 30  # steps for each clause
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
        self._reasons: dict[str, set[str]] = {}  # of what is idle, in the whole policy
        self._found = Findings()
        self._steps = _STEPS

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
                if failures >= _FAILURES or self._steps < 0:
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
        if not any(each.rule.id in self._idle or each.rule.id in self._unliftable for each in tools.rules):
            return
        region = Together(tools, self._limits)
        self._steps -= _MAKING * region.size
        self._regions.append(region)
        left = list(region.voices)
        try:
            while left:
                self._ask(region, left[0])
                left.pop(0)
        except Exhausted as limit:
            self._open(left, str(limit))
        if not (self._idle | self._unliftable) & region.voices.keys():
            self._regions.pop()

    def _ask(self, region: Together, rule: str) -> None:
        if rule in self._unliftable and self._reason(region, rule, region.approvable(rule), ()) is None:
            self._unliftable.discard(rule)
            self._idle -= set(region.seen_needed())
        if rule not in self._idle:
            return
        reasons = self._without(region, rule, {rule}, set())
        if reasons is None:
            self._idle -= {rule, *region.seen_needed()}
        else:
            self._reasons.setdefault(rule, set()).update(reasons)

    def _without(self, region: Together, rule: str, off: Collection[str], out: Collection[str]) -> set[str] | None:
        """The rules because of which nothing changes without the rule; None if something does."""
        found: set[str] = set()
        for is_on, question in region.needed(rule):
            reasons = self._reason(region, rule, question, out if is_on else off)
            if reasons is None:
                return None
            found |= reasons
        return found

    def _reason(self, region: Together, rule: str, question: list[int], off: Collection[str]) -> set[str] | None:
        if self._steps < 0:
            raise Exhausted(_TOO_MUCH)
        before = region.work
        try:
            return region.reasons(rule, question, off)
        finally:
            self._steps -= region.work - before

    # --- what to say ------------------------------------------------------------------------------------------------

    def _conclude(self) -> None:
        found = self._found
        for rule in list(found.undecided):  # what something has settled is not open
            if rule not in self._idle and rule not in self._unliftable:
                del found.undecided[rule]
        found.idle = {rule for rule in self._idle if rule not in found.undecided}
        self._steps = max(self._steps, _STEPS // 8)  # what is found is to be told
        out: set[str] = set()
        for rule in reversed(list(self._rules)):
            if rule in self._spared or rule in found.undecided:
                continue
            try:
                if rule in self._unliftable:
                    found.unliftable[rule] = self._everywhere(rule, lambda region: region.approvable(rule), ()) or []  # noqa: B023
                elif rule in self._idle:
                    self._judge(rule, out)
            except Exhausted as limit:
                self._open([rule], str(limit))

    def _judge(self, rule: str, out: set[str]) -> None:
        """Is the rule idle also in the policy without those that were reported? And for which reason?"""
        off = {*out, rule}
        reasons = self._reasons.get(rule, set())
        if reasons & out:
            again = [self._without(region, rule, off, out) for region in self._about(rule)]
            if None in again:
                return
            reasons = {each for some in again for each in some or ()}
        overruling = self._everywhere(rule, lambda region: region.overruled(rule), off)
        is_deny = self._rules[rule].rule.effect is Effect.DENY
        if is_deny and overruling is None:
            return  # it guards what nothing allows: a second lock
        out.add(rule)
        if overruling is not None and not is_deny:
            self._found.overruled[rule] = overruling
        else:
            self._found.unneeded[rule] = overruling if overruling is not None else sorted(reasons - {rule})

    def _about(self, rule: str) -> list[Together]:
        return [region for region in self._regions if rule in region.voices]

    def _everywhere(
        self, rule: str, question: Callable[[Together], list[int]], off: Collection[str]
    ) -> list[str] | None:
        """The rules because of which the question has no answer for any tool, sorted; None if it has one."""
        found: set[str] = set()
        for region in self._about(rule):
            reasons = self._reason(region, rule, question(region), off)
            if reasons is None:
                return None
            found |= reasons
        return sorted(found - {rule})


def _essence(tools: ToolClass) -> object:
    """All that the questions can depend on: the rules, and what their conditions find in the tool's name."""
    asked = [test for each in tools.rules for test in each.tests if reads_tool(test)]
    if any(isinstance(test, CompareAttributes) for test in asked):
        return tools.name
    return tuple(each.rule.id for each in tools.rules), tuple(tools.names.answer(test) for test in asked)

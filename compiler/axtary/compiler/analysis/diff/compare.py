"""The semantic diff: what two policies decide differently, over all actions and all facts.

Knows no engine: the actions that it shows are for its user to evaluate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from axtary.compiler.analysis.diff.region import Region, Scene
from axtary.compiler.analysis.diff.result import Change, Difference, Undecided
from axtary.compiler.analysis.diff.rules import Parts, Rules, fewer, side_by_side
from axtary.compiler.analysis.diff.tools import ToolClass, apart, essence, tool_classes
from axtary.compiler.analysis.space import Exhausted, Limits, Survey
from axtary.compiler.ir import Policy

_PAIRS = 200_000  # of rules that are looked at for whether they can match together
Progress = Callable[[int, int], None]  # classes of tools done, of how many


def diff(
    old: Policy, new: Policy, limits: Limits | None = None, progress: Progress = lambda _done, _all: None
) -> Difference:
    """Every change from one policy to the other. Work that exceeds the limits is in `undecided`, never left out."""
    rules = side_by_side(old, new)
    comparison = _Comparison(rules, limits or Limits())
    return comparison.run(progress)


def some_changes(old: Policy, new: Policy, limits: Limits) -> Difference:
    """As `diff`, up to the first class of tools that has a change; classes about which few rules are come first."""
    return _Comparison(side_by_side(old, new), limits).run(some=True)


class _Comparison:
    def __init__(self, rules: Rules, limits: Limits) -> None:
        self._limits = limits
        self._rules = rules
        # A common rule is taken from the old side on both, so that it is one formula.
        self._old = dict(rules.old)
        self._new = {new: rules.old[old] for old, new in rules.common.items()}
        self._new |= {rule: rules.new[rule] for rule in rules.changed_new}
        self._changed = [rules.old[rule] for rule in rules.changed_old] + [
            rules.new[rule] for rule in rules.changed_new
        ]
        self._found: dict[object, Change] = {}
        self._undecided: dict[str, list[str]] = {}
        self._work = 0

    def run(self, progress: Progress = lambda _done, _all: None, *, some: bool = False) -> Difference:
        common = [self._rules.old[rule] for rule in self._rules.common]
        try:
            classes = list(tool_classes([*common, *self._changed], self._changed, self._limits))
        except Exhausted as limit:
            return Difference(undecided=[Undecided((), f"the tools of the rules: {limit}")])
        if some:
            classes.sort(key=lambda each: len(each.rules))
        alike: dict[object, list[ToolClass]] = {}
        for each in classes:
            old, new = self._about(each)
            alike.setdefault(essence(each, [*old.values(), *new.values()]), []).append(each)
        for done, same in enumerate(alike.values()):
            progress(done, len(alike))
            self._compare(same[0], tuple(each.name for each in same))
            if some and self._found:
                break
        changes = sorted(self._found.values(), key=_order)
        undecided = [Undecided(tuple(tools), why) for why, tools in sorted(self._undecided.items())]
        return Difference(changes, undecided, self._work)

    def _compare(self, tools: ToolClass, names: tuple[str, ...]) -> None:
        old, new = self._about(tools)
        try:
            changes = list(self._region(tools, old, new))
        except Exhausted:
            changes = self._merged(tools, names, old, new)
        for change in changes:
            self._add(replace(change, tools=names))

    def _merged(
        self, tools: ToolClass, names: tuple[str, ...], old: dict[str, Parts], new: dict[str, Parts]
    ) -> list[Change]:
        """Once more, with fewer deny rules; then a change names all rules that were merged."""
        common = fewer({rule: each for rule, each in old.items() if rule in self._rules.common})
        mine = common | fewer({rule: each for rule, each in old.items() if rule not in self._rules.common})
        changed = {
            rule: each for rule, each in new.items() if rule in self._rules.new and each is self._rules.new[rule]
        }
        same = {self._rules.common[rule]: each for rule, each in common.items()}
        try:
            return list(self._region(tools, mine, same | fewer(changed)))
        except Exhausted as limit:
            self._undecided.setdefault(str(limit), []).extend(names)
            return []

    def _region(self, tools: ToolClass, old: dict[str, Parts], new: dict[str, Parts]) -> Iterator[Change]:
        survey = Survey(tools=tools.names)
        for each in {id(each): each for each in (*old.values(), *new.values())}.values():
            for predicate in each.predicates:
                survey.predicate(predicate, each.rule.id)
            if each.rule.approvers is not None:
                survey.approvers[each.rule.approvers] = None
        region = Region(Scene(tools.name, old, new), survey, self._limits)
        try:
            yield from region.changes()
        finally:
            self._work += region.work

    def _about(self, tools: ToolClass) -> tuple[dict[str, Parts], dict[str, Parts]]:
        """The rules for these tools that can match where a changed one does."""
        matching = {id(each) for each in tools.rules}
        changed = [each for each in self._changed if id(each) in matching]
        near = matching
        if len(changed) * len(matching) <= _PAIRS:
            near = {id(each) for each in tools.rules if not all(apart(each, other) for other in changed)}
        old, new = ({r: p for r, p in side.items() if id(p) in near} for side in (self._old, self._new))
        return old, new

    def _add(self, change: Change) -> None:
        """One change for each cause, whatever the tools."""
        terms = repr((change.old_terms, change.new_terms))
        key = (change.old, change.new, change.kind, change.direction, change.cause, terms)
        known = self._found.get(key)
        self._found[key] = change if known is None else replace(known, tools=(*known.tools, *change.tools))


def _order(change: Change) -> tuple[object, ...]:
    ranks = {"allow": 0, "step_up": 1, "deny": 2}
    return (
        change.direction is not change.direction.MORE,
        change.old == change.new,
        ranks[change.new],
        ranks[change.old],
        change.kind,
        change.cause,
        repr((change.old_terms, change.new_terms)),
    )

"""What can a policy decide of an action of which only a part is known?

First each predicate is evaluated with a third value for "not known". That settles most actions: what no rule reads
that can still fire does not matter. Where it leaves more than one decision, the rest is searched exactly: is there an
action, alike in all that is known, that comes to this decision? Sound either way: a decision that is left out is
impossible. One that is not may be, where a limit was reached or a known attribute is compared with one that is not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from axtary.compiler.analysis.diff.rules import Parts, parts
from axtary.compiler.analysis.diff.sides import side
from axtary.compiler.analysis.space import Exhausted, Limits, Search, Space, Survey
from axtary.compiler.clauses import AllOf, Literal, Predicate, Rail, Test
from axtary.compiler.ir import (
    Approvers,
    Attribute,
    BlockedPaths,
    Budget,
    Effect,
    Field,
    Has,
    Hours,
    Match,
    Policy,
    Rate,
    attributes,
)

Path = tuple[str, ...]
Asked = Test | Approvers


class Truth(Enum):
    """What is known of the answer to a test."""

    TRUE = "true"
    FALSE = "false"
    UNDEFINED = "undefined"
    UNKNOWN = "unknown"


Known = Callable[[Asked, str], Truth]
"""The answer to a test, or to whether an approval is there, of the rule with this id."""

_LIMITS = Limits(states=5_000, classes=1_000, clauses=100_000, conflicts=2_000)
_REMEMBERED = 4096  # searches, and tools: records are alike

_HOLDS: Mapping[Rail, frozenset[Truth]] = {
    Rail.TRUE: frozenset({Truth.TRUE}),
    Rail.FALSE: frozenset({Truth.FALSE}),
    Rail.NOT_TRUE: frozenset({Truth.FALSE, Truth.UNDEFINED}),
    Rail.NOT_FALSE: frozenset({Truth.TRUE, Truth.UNDEFINED}),
}
Maybe = bool | None  # None: not known


@dataclass(frozen=True)
class Outlook:
    """What can come of it.

    decisions: `allow`, `deny`, `step_up`. reasons: the grounds (code, rule) that are sure to be there with the only
    decision; nothing if there are several. firing: the rules that may fire. asked: paths that are not known, and that
    the rules read whose part is not settled; only if there are several decisions.
    """

    decisions: frozenset[str]
    reasons: tuple[tuple[str, str], ...] = ()
    firing: frozenset[str] = frozenset()
    asked: frozenset[Path] = frozenset()


def reads(test: Asked, rule: str) -> tuple[Path, ...]:
    """The paths that a test of a rule reads: of the action, or of `facts`."""
    match test:
        case Match():
            return (test.field.path,)
        case Has():
            return (test.path,)
        case BlockedPaths():
            return (("paths",),)
        case Hours():
            return (("time",),)
        case Rate():
            return (("facts", "usage", rule),)
        case Budget():
            return () if not isinstance(test.cost, Attribute) else (test.cost.path,)
        case Approvers():
            return (("facts", "approval"),)
        case _:
            return tuple(attribute.path for attribute in attributes(test))


class Partial:
    """A policy, to be asked about actions that are known in part."""

    def __init__(self, policy: Policy, limits: Limits = _LIMITS) -> None:
        self._rules = parts(policy)
        self._limits = limits
        self._tools: dict[str, list[Parts]] = {}
        self._searched: dict[object, frozenset[str]] = {}

    def outlook(self, tool: str | None, known: Known) -> Outlook:
        """What can come of an action on this tool (None: not known), of which `known` tells what is known."""
        views = [view for each in self._about(tool, known) if (view := _view(each, known)).fires is not False]
        found = _decisions(views)
        firing = frozenset(view.rule for view in views)
        if len(found) > 1:
            found &= self._exact(views, known)
        if len(found) == 1:
            return Outlook(found, _reasons(views, next(iter(found))), firing)
        return Outlook(found, (), firing, frozenset(_asked(views, known)))

    def _about(self, tool: str | None, known: Known) -> Iterable[Parts]:
        """The rules that can be about the tool."""
        if tool is None:
            return self._rules.values()
        if tool not in self._tools:
            _bounded(self._tools)
            rules = [each for each in self._rules.values() if known(each.rule.match[0], each.rule.id) is Truth.TRUE]
            self._tools[tool] = rules
        return self._tools[tool]

    def _exact(self, views: list[_View], known: Known) -> frozenset[str]:
        rules = tuple(view.rule for view in views)
        asked = dict.fromkeys(key for view in views for key in _tests(self._rules[view.rule]))
        answers = tuple((test, rule, known(test, rule)) for test, rule in asked)
        if any(isinstance(t, Match) and t.field is Field.TOOL and a is Truth.UNKNOWN for t, _, a in answers):
            return _ALL  # a space is about one tool
        key = rules, tuple(answer for _, _, answer in answers)
        if key not in self._searched:
            _bounded(self._searched)
            self._searched[key] = self._search(rules, answers)
        return self._searched[key]

    def _search(self, rules: tuple[str, ...], answers: tuple[tuple[Asked, str, Truth], ...]) -> frozenset[str]:
        survey = Survey()
        for rule in rules:
            for predicate in self._rules[rule].predicates:
                survey.predicate(predicate, rule)
        for test, _rule, _answer in answers:
            if isinstance(test, Approvers):
                survey.approvers[test] = None
        try:
            space = Space(survey, self._limits)
            levels = side(space, {rule: self._rules[rule] for rule in rules}).levels
            given = space.graph.all_of(_pins(space, answers))
            search = Search(space)
            return frozenset(
                level.decision
                for level, formula in levels.items()
                if search.find([space.graph.all_of([given, formula])], sure=False) is not None
            )
        except Exhausted:
            return _ALL


_ALL = frozenset({"allow", "deny", "step_up"})


def _bounded(remembered: dict[Any, Any]) -> None:
    if len(remembered) >= _REMEMBERED:
        remembered.clear()


def _pins(space: Space, answers: Iterable[tuple[Asked, str, Truth]]) -> list[int]:
    """The formulas for what is known."""
    found = []
    for test, rule, answer in answers:
        if answer is Truth.UNKNOWN or (isinstance(test, Match) and test.field is Field.TOOL):
            continue
        if isinstance(test, Approvers):
            approved = space.approved(test)
            found.append(approved if answer is Truth.TRUE else space.graph.opposite(approved))
        else:
            rails = [rail for rail, truths in _HOLDS.items() if answer in truths]
            found += [space.formula(Literal(test, rail), rule) for rail in rails]
    return found


# --- with a third value ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _View:
    """One rule: does it fire, grant, hold, and deny for which reasons? None: not known."""

    rule: str
    fires: Maybe
    grants: Maybe
    holds: Maybe
    restricts: tuple[tuple[str, Maybe], ...]
    parts: Parts


def _view(each: Parts, known: Known) -> _View:
    rule = each.rule.id
    fires = _value(each.fires, rule, known)
    grants = _value(each.grants[0].definite, rule, known) if each.grants else False
    holds: Maybe = False
    if each.holds and each.rule.approvers is not None:
        held, approved = fires, known(each.rule.approvers, rule)
        holds = _both([held, None if approved is Truth.UNKNOWN else approved is not Truth.TRUE])
    restricts = tuple((r.reason.value, _value(r.predicate, rule, known)) for r in each.restrictions)
    return _View(rule, fires, grants, holds, restricts, each)


def _value(what: Predicate, rule: str, known: Known) -> Maybe:
    if isinstance(what, Literal):
        answer = known(what.test, rule)
        return None if answer is Truth.UNKNOWN else answer in _HOLDS[what.rail]
    items = (_value(item, rule, known) for item in what.items)
    return _both(items) if isinstance(what, AllOf) else _either(items)


def _both(items: Iterable[Maybe]) -> Maybe:
    found: Maybe = True
    for item in items:
        if item is False:
            return False
        found = None if item is None else found
    return found


def _either(items: Iterable[Maybe]) -> Maybe:
    found: Maybe = False
    for item in items:
        if item is True:
            return True
        found = None if item is None else found
    return found


def _decisions(views: list[_View]) -> frozenset[str]:
    restricted = _either(value for view in views for _, value in view.restricts)
    granted = _either(view.grants for view in views)
    held = _either(view.holds for view in views)
    if restricted is True or granted is False:
        return frozenset({"deny"})
    found = {"deny"} if restricted is None or granted is None else set()
    found |= {"step_up"} if held is not False else set()
    found |= {"allow"} if held is not True else set()
    return frozenset(found)


def _reasons(views: list[_View], decision: str) -> tuple[tuple[str, str], ...]:
    if decision == "deny":
        sure = [(code, view.rule) for view in views for code, value in view.restricts if value is True]
        may = any(value is not False for view in views for _, value in view.restricts)
        return tuple(sorted(sure if may else [("default_deny", "")]))
    if decision == "step_up":
        return tuple(sorted(("approval_required", view.rule) for view in views if view.holds is True))
    return tuple(sorted(("granted", view.rule) for view in views if view.grants is True))


def _asked(views: list[_View], known: Known) -> Iterable[Path]:
    for view in views:
        unsettled = None in (view.fires, view.grants, view.holds, *(value for _, value in view.restricts))
        for test, rule in _tests(view.parts) if unsettled else ():
            if known(test, rule) is Truth.UNKNOWN:
                yield from reads(test, rule)


def _tests(each: Parts) -> Iterable[tuple[Asked, str]]:
    yield from ((test, each.rule.id) for test in each.tests)
    if each.rule.effect is Effect.STEP_UP and each.rule.approvers is not None:
        yield each.rule.approvers, each.rule.id

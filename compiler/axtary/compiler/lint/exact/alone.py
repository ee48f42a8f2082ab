"""One rule by itself, over all actions that its match lets through: what is settled there whatever the action is.

A claim is only ever that some formula is fulfilled by no action, which the space proves. Where a proof would take too
much work there is no claim, and Exhausted says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from axtary.compiler.analysis.diff.rules import Parts, reads_tool
from axtary.compiler.analysis.diff.tools import tool_classes
from axtary.compiler.analysis.space import Limits, Search, Space, Survey
from axtary.compiler.analysis.space.nodes import FALSE, TRUE
from axtary.compiler.analysis.space.survey import PATHS, TIME
from axtary.compiler.clauses import FLIP, Literal, Rail, Test, ask
from axtary.compiler.ir import (
    SCALE,
    And,
    Atom,
    Attribute,
    BlockedPaths,
    Budget,
    Compare,
    Condition,
    Count,
    Effect,
    Has,
    Hours,
    Like,
    Match,
    Not,
    Number,
    Obligation,
    OneOf,
    Or,
    Quantified,
    Rate,
    Rule,
    Type,
    Value,
    atoms,
    attributes,
)

LIMITS = Limits(states=4_000, classes=800, clauses=40_000, conflicts=400)
Position = tuple[int, ...]  # of a part of a condition: which item of the whole, which item of that, and so on
Fixed = Mapping[Position, bool]

RAILS = {Effect.ALLOW: (Rail.TRUE,), Effect.DENY: (Rail.NOT_FALSE,), Effect.STEP_UP: (Rail.NOT_FALSE, Rail.TRUE)}
"""What is asked of the condition of a rule; first of all, what makes it fire."""


@dataclass
class _World:
    """A space, and a search in it once one is needed."""

    space: Space
    search: Search | None = None

    def is_possible(self, formulas: Iterable[int]) -> bool:
        joined = self.space.graph.all_of(formulas)
        if joined in (TRUE, FALSE):
            return joined == TRUE
        if self.search is None:
            self.search = Search(self.space)
        return self.search.possible([self.search.literal(joined)])


class _AsWritten(Parts):
    """The rule with the tests that stand in it: those of its normal form are merged where they can be."""

    @cached_property
    def tests(self) -> tuple[Test, ...]:
        return tuple(dict.fromkeys(_tests(self.rule)))


@dataclass
class Alone:
    """A rule in spaces of its own: one, or one for each class of tools if its condition reads the tool's name."""

    rule: Rule
    _worlds: list[_World] = field(default_factory=list)

    @classmethod
    def of(cls, each: Parts) -> Alone:
        """Raises Exhausted."""
        rule, written = each.rule, _AsWritten(each.rule)
        asked = any(reads_tool(test) for test in written.tests)
        names = [tools.names for tools in tool_classes([written], [written], LIMITS)] if asked else [None]
        found = cls(rule)
        for tools in names:
            survey = Survey(tools=tools)
            for test in _tests(rule):
                survey.test(test, rule.id)
            found._worlds.append(_World(Space(survey, LIMITS)))
        return found

    def fires(self) -> bool:
        """Is there an action for which the rule fires?"""
        return any(world.is_possible([self._formula(world, RAILS[self.rule.effect][0], {})]) for world in self._worlds)

    def meets(self, obligations: Iterable[Obligation]) -> bool:
        """Is there an action for which the rule fires and all of these obligations are met?"""
        wanted = [Literal(each, Rail.TRUE) for each in obligations]
        rail = RAILS[self.rule.effect][0]
        return any(
            world.is_possible(
                [self._formula(world, rail, {}), *(world.space.formula(each, self.rule.id) for each in wanted)]
            )
            for world in self._worlds
        )

    def is_same(self, one: Fixed, other: Fixed) -> bool:
        """Does the rule fire, and grant, for the same actions if these parts of its condition have these answers?"""
        rails = RAILS[self.rule.effect]
        return all(self._is_same(world, rail, one, other) for world in self._worlds for rail in rails)

    def _is_same(self, world: _World, rail: Rail, one: Fixed, other: Fixed) -> bool:
        first, second = self._formula(world, rail, one), self._formula(world, rail, other)
        opposite = world.space.graph.opposite
        return first == second or not (
            world.is_possible([first, opposite(second)]) or world.is_possible([second, opposite(first)])
        )

    def _formula(self, world: _World, rail: Rail, fixed: Fixed) -> int:
        """Where the rule matches and its condition is as the rail says."""
        scope = [world.space.formula(Literal(match, Rail.TRUE), self.rule.id) for match in self.rule.match]
        if self.rule.when is not None:
            scope.append(self._part(world.space, self.rule.when, rail, fixed, ()))
        return world.space.graph.all_of(scope)

    def _part(self, space: Space, part: Condition, rail: Rail, fixed: Fixed, at: Position) -> int:
        if at in fixed:
            return TRUE if fixed[at] == (rail in _POSITIVE) else FALSE
        if isinstance(part, Not):
            return self._part(space, part.item, FLIP[rail], fixed, (*at, 0))
        if isinstance(part, And | Or):
            items = [self._part(space, item, rail, fixed, (*at, n)) for n, item in enumerate(part.items)]
            both = isinstance(part, And) == (rail in _POSITIVE)
            return space.graph.all_of(items) if both else space.graph.any_of(items)
        return space.formula(ask(part, rail), self.rule.id)


_POSITIVE = (Rail.TRUE, Rail.NOT_FALSE)


def _tests(rule: Rule) -> Iterator[Test]:
    yield from rule.match
    yield from atoms(rule.when)
    yield from rule.obligations


# --- rules about which nothing can be claimed -----------------------------------------------------------------------

_FAR = 10**6 * SCALE  # numbers nearer to zero than this are in the range of every type


def is_plain(rule: Rule) -> bool:
    """Does each test of the rule read something of its own, of which it asks nothing special?

    Then no test settles another one or itself, and there is nothing to be found. Cheap, and true of most rules.
    """
    read = sorted(path for test in _tests(rule) for path in _paths(test))
    apart = all(later[: len(earlier)] != earlier for earlier, later in pairwise(read))
    return apart and not any(_is_special(atom) for atom in atoms(rule.when))


def _paths(test: Test) -> Iterator[tuple[str, ...]]:
    match test:
        case Match():
            yield test.field.path
        case Has():
            yield test.path
        case BlockedPaths():
            yield PATHS.path
        case Hours():
            yield TIME.path
        case Rate():
            return
        case Budget():
            if isinstance(test.cost, Attribute):
                yield test.cost.path
        case _:
            yield from (attribute.path for attribute in attributes(test))


def _is_special(atom: Atom) -> bool:
    """May one test alone be settled by the type of what it reads?"""
    match atom:
        case OneOf(attribute, values):
            return (attribute.type is Type.BOOLEAN and len(set(values)) > 1) or any(map(_is_far, values))
        case Compare(value=value):
            return _is_far(value)
        case Like(patterns=patterns) | Quantified(values=(), patterns=patterns):
            return any(not any(isinstance(token, str) for token in pattern.tokens) for pattern in patterns)
        case Quantified(attribute):
            return attribute.type is Type.PATHS
        case Count(n=n):
            return not 0 < n < 1_000
        case _:
            return False


def _is_far(value: Value) -> bool:
    return isinstance(value, Number) and abs(value.scaled) > _FAR


__all__ = ["LIMITS", "Alone", "Position", "is_plain"]

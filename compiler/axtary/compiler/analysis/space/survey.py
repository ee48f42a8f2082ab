"""What a set of predicates asks of an action and of the facts: by attribute, before any class is made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import assert_never

from axtary.compiler.analysis.space.automaton import Group
from axtary.compiler.analysis.space.texts import TextClass
from axtary.compiler.clauses import Literal, Predicate, Test
from axtary.compiler.ir import (
    NUMERIC,
    Approvers,
    Attribute,
    BlockedPaths,
    Budget,
    Compare,
    CompareAttributes,
    Count,
    Field,
    Has,
    Hours,
    Instant,
    Like,
    Match,
    Number,
    OneOf,
    Pattern,
    Quantified,
    Rate,
    Type,
    Value,
)

Path = tuple[str, ...]
PATHS = Attribute("paths", (), Type.PATHS)
TIME = Attribute("time", (), Type.TIMESTAMP)
TOOL: Path = ("tool",)
TEXTS = frozenset({Type.STRING, Type.PATH})
LISTS = frozenset({Type.STRINGS, Type.PATHS})


@dataclass(frozen=True)
class Tools:
    """The tools that an action may name here: one class of them, so that most questions about the name are settled."""

    groups: tuple[Group, ...]
    text: TextClass

    def answer(self, test: Test) -> tuple[bool, bool] | None:
        """(is it true, is it false) for a test of the tool's name alone; None for any other test."""
        if isinstance(test, Has):
            return (True, False) if test.path == TOOL else None
        if not isinstance(test, OneOf | Like) or test.attribute.path != TOOL:
            return None
        if test.attribute.type is Type.PATH and not self.text.path:
            return False, False
        matched = self.text.matches(self.groups.index(group_of(test)))
        return matched, not matched

    def contain(self, groups: tuple[Group, ...], text: TextClass) -> bool:
        """Are the texts of a class, made with these and other groups, names of such tools?"""
        ours = (text.matches(groups.index(group)) for group in self.groups)
        return text.path == self.text.path and all(
            found == self.text.matches(index) for index, found in enumerate(ours)
        )


@dataclass
class Uses:
    """How one path is read."""

    types: set[Type] = field(default_factory=set)
    matched: bool = False  # by a match, to which an absent value is the empty text
    groups: dict[Group, None] = field(default_factory=dict)
    element_groups: dict[Group, None] = field(default_factory=dict)
    numbers: set[int] = field(default_factory=set)  # cuts of the number line
    instants: set[int] = field(default_factory=set)
    sizes: set[int] = field(default_factory=set)  # cuts of the length of a list


@dataclass
class Survey:
    """All that is asked. A rate is asked of the usage of its rule."""

    tools: Tools | None = None
    paths: dict[Path, Uses] = field(default_factory=dict)
    hours: dict[Hours, None] = field(default_factory=dict)
    rates: dict[str, set[int]] = field(default_factory=dict)
    approvers: dict[Approvers, None] = field(default_factory=dict)
    comparisons: dict[CompareAttributes, None] = field(default_factory=dict)

    def predicate(self, what: Predicate, rule: str) -> None:
        """Note what a predicate of a rule reads."""
        if isinstance(what, Literal):
            self.test(what.test, rule)
        else:
            for item in what.items:
                self.predicate(item, rule)

    def test(self, test: Test, rule: str) -> None:
        """Note what one test of a rule reads. The tool of a match is settled before: it is no test here."""
        if self.tools is not None and self.tools.answer(test) is not None:
            return
        match test:
            case Match():
                if test.field is not Field.TOOL:
                    uses = self._at(test.field.path)
                    uses.matched = True
                    uses.groups[group_of(test)] = None
            case Has():
                self._at(test.path)
            case OneOf() | Compare() | Like() | Quantified() | Count():
                self._atom(test)
            case CompareAttributes(left, _, right):
                self._read(left)
                self._read(right)
                self.comparisons[test] = None
            case BlockedPaths():
                self._read(PATHS).element_groups[group_of(test)] = None
            case Hours():
                self._read(TIME)
                self.hours[test] = None
            case Rate():
                self.rates.setdefault(rule, set()).add(test.limit)
            case Budget(limit=limit, cost=cost):
                if isinstance(cost, Attribute):
                    self._read(cost).numbers |= {0, limit.scaled + 1}
            case _:
                assert_never(test)

    def _atom(self, atom: OneOf | Compare | Like | Quantified | Count) -> None:
        uses = self._read(atom.attribute)
        match atom:
            case OneOf(attribute, values):
                if attribute.type in TEXTS:
                    uses.groups[group_of(atom)] = None
                elif attribute.type is not Type.BOOLEAN:
                    self._cut(uses, attribute, [cut for v in values for cut in (plain(v), plain(v) + 1)])
            case Compare(attribute, op, value):
                self._cut(uses, attribute, [plain(value) + (op in ("<=", ">"))])
            case Like():
                uses.groups[group_of(atom)] = None
            case Quantified():
                uses.element_groups[group_of(atom)] = None
            case Count(n=n):
                uses.sizes |= {n, n + 1}
            case _:
                assert_never(atom)

    def _cut(self, uses: Uses, attribute: Attribute, cuts: Iterable[int]) -> None:
        (uses.numbers if attribute.type in NUMERIC else uses.instants).update(cuts)

    def _read(self, attribute: Attribute) -> Uses:
        uses = self._at(attribute.path)
        uses.types.add(attribute.type)
        if attribute.path == TOOL and self.tools is not None:
            uses.types.add(Type.PATH)
            uses.groups |= dict.fromkeys(self.tools.groups)
        return uses

    def _at(self, path: Path) -> Uses:
        return self.paths.setdefault(path, Uses())


def plain(value: Value) -> int:
    """A number in ten-thousandths, a timestamp in nanoseconds."""
    match value:
        case Number(scaled):
            return scaled
        case Instant(ns):
            return ns
    raise TypeError(f"{value!r} has no place on a line")


def group_of(test: Match | OneOf | Like | Quantified | BlockedPaths) -> Group:
    """The texts that a test asks for, as patterns."""
    match test:
        case OneOf(values=values) | Quantified(values=values) if values:
            return frozenset(exact(value) for value in values if isinstance(value, str))
        case Match(patterns=patterns) | Like(patterns=patterns) | BlockedPaths(patterns=patterns):
            return frozenset(patterns)
        case Quantified(patterns=patterns):
            return frozenset(patterns)
        case _:
            return frozenset()


def exact(text: str) -> Pattern:
    """The pattern of one text."""
    return Pattern((text,) if text else ())

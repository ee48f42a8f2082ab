"""Values worth trying for some tests, such as a rule's: what its matches, conditions and obligations are about.

Each attribute path gets a pool, filled by everything that the tests ask of the path, so that two conditions on one
attribute can be met together. What a value does to a condition is for its user to look up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, combinations
from typing import assert_never

from axtary.compiler.analysis import languages, texts, times
from axtary.compiler.analysis.actions import ABSENT, Action, Edit, Edits, Json, Path, admitted, at, number
from axtary.compiler.ir import (
    INT_MAX,
    SCALE,
    Atom,
    Attribute,
    BlockedPaths,
    Budget,
    Compare,
    CompareAttributes,
    Count,
    Has,
    Hours,
    Instant,
    Like,
    Match,
    Number,
    OneOf,
    Quantified,
    Rate,
    Type,
    Value,
)

Test = Match | Atom | BlockedPaths | Hours | Rate | Budget

_VALUES = 16  # of a long list of literals, so many are tried
_LONGEST = 4096  # elements of a list that is to be counted
_MANY = 64  # and of one whose elements matter too
_ELEMENTS = 6  # elements that are combined into lists
_APPENDED = 16  # elements that are tried at the end of a list

_PATHS = Attribute("paths", (), Type.PATHS)
_TIME = Attribute("time", (), Type.TIMESTAMP)

WRONG: tuple[Json, ...] = (
    *(ABSENT, None, True, False, 0, 1, -1, 0.5, "", "x", "1", "true"),
    *([], ["x"], ["x", 1], [None], {}, {"x": 1}),
)
"""A value of each JSON type, and those that a lax reader takes for another."""

PROBES: dict[Type, tuple[Json, ...]] = {
    Type.STRING: ("x", "y", "x\n", "é", "e\u0301", "\U0001f600"),
    Type.PATH: ("a/b", "x", "/a", "a/", "a//b", "a/../b", "./a", "a\\b", "a\0b", "@home/x", "@root/x"),
    Type.BOOLEAN: (True, False),
    Type.NUMBER: (1, 0, -1, 1.5, 0.0001, 0.00001, 922337203685477, 922337203685478),
    Type.INTEGER: (1, 0, -1, 1.5, INT_MAX, -INT_MAX),
    Type.DECIMAL: (1, 0, -1, 1.5, "1.50000", "1.00001", "01", "+1", "1.", ".5", "1e2", "-0", "\u0661", "9" * 400),
    Type.TIMESTAMP: (
        *("2026-01-05T10:00:00Z", "2026-01-05t10:00:00z", "2026-01-05T10:00:60Z", "2026-02-30T10:00:00Z"),
        *("2026-01-05 10:00:00Z", "2026-01-05T10:00:00", "1677-12-31T23:59:59Z", "2262-01-01T00:00:00Z"),
        *("2026-01-05T10:00:00+24:00", "2026-01-05T10:00:00.1234567890Z", "\u0662026-01-05T10:00:00Z"),
    ),
    Type.STRINGS: (["x"], [], ["x", "x"], ["x", None]),
    Type.PATHS: (["a/b"], [], ["a/b", "a//b"], ["/a"], ["a/b", 1], ["a\\b"], ["../a"], [""]),
}
"""Values of a type, and some that just miss it."""


def own_values(test: Test) -> list[Json]:
    """Values at and around what a test compares its attribute with; [] for a test of two attributes or of none."""
    match test:
        case Match(patterns=patterns) | Like(patterns=patterns):
            return [*texts.own(patterns)]
        case OneOf(attribute=attribute, values=values):
            return _unique(value for literal in values[:_VALUES] for value in around(literal, attribute.type))
        case Compare(attribute=attribute, value=bound):
            return around(bound, attribute.type)
        case Quantified(values=values, patterns=patterns):
            return lists(texts.own(patterns or tuple(map(texts.literal, values))))
        case BlockedPaths(patterns=patterns):
            return lists(["a/b", *texts.paths_first(texts.own(patterns))])
        case Count(n=n):
            return [["x"] * size for size in (n - 1, n, n + 1) if 0 <= size <= _LONGEST]
        case Hours():
            return _unique(value for _, value in times.edges(test))
        case Budget(limit=limit, cost=Attribute(type=kind)):
            return _unique(value for bound in (limit, Number(0)) for value in around(bound, kind))
        case CompareAttributes() | Has() | Budget() | Rate():
            return []
        case _:
            assert_never(test)


def around(literal: Value, kind: Type) -> list[Json]:
    """A literal of a type, and its neighbours."""
    if isinstance(literal, bool):
        return [literal, not literal, int(literal), str(literal).lower()]
    if isinstance(literal, Instant):
        shifted = (Instant(literal.ns + step) for step in (0, -1, 1))
        return [times.timestamp_text(instant) for instant in shifted]
    if isinstance(literal, Number):
        step = SCALE if kind is Type.INTEGER else 1
        scaled = [literal.scaled + delta for delta in (0, -step, step)]
        plain = [value for each in scaled if (value := number(each)) is not None]
        return plain + [str(Number(each)) for each in scaled]
    return [literal, *texts.near(literal)]


def lists(elements: Sequence[str]) -> list[Json]:
    """Lists of the elements: each alone, some together, and none; then lists that are not all strings."""
    pairs = [list(pair) for pair in combinations(elements[:_ELEMENTS], 2)]
    some = [elements[0]] if elements else []
    return [*([element] for element in elements), [], *pairs, [*some, 1], [*some, None], [*some, *some]]


def _unique(values: Iterable[Json]) -> list[Json]:
    """By JSON form: 1, true and "1" are three values."""
    return list({repr(value): value for value in values}.values())


def tested(test: Test) -> Attribute | Path | None:
    """The one attribute, or the path, that a test is about."""
    match test:
        case Match():
            return test.field.path
        case Has():
            return test.path
        case BlockedPaths():
            return _PATHS
        case Hours():
            return _TIME
        case Budget(cost=Attribute() as cost):
            return cost
        case CompareAttributes() | Rate() | Budget():
            return None
        case _:
            return test.attribute


def path_of(where: Attribute | Path) -> Path:
    """The path of what `tested` gives."""
    return where.path if isinstance(where, Attribute) else where


def reads(test: Test) -> tuple[Path, ...]:
    """The paths of the action that a test reads."""
    if isinstance(test, CompareAttributes):
        return test.left.path, test.right.path
    where = tested(test)
    return () if where is None else (path_of(where),)


def touched(test: Test, edits: Edits) -> bool:
    """Can the edits change what the test answers?"""
    return any(path[: len(edit.path)] == edit.path[: len(path)] for path in reads(test) for edit in edits)


class Candidates:
    """The values to try for tests that are to be met together, such as those of one rule.

    `work` bounds the search for texts that several patterns match; `is_known` turns false where it was given up.
    """

    def __init__(self, tests: Iterable[Test], work: int | None = None) -> None:
        self._work = work
        self.is_known = True
        self._tests: dict[Path, list[Test]] = {}
        for test in tests:
            where = tested(test)
            if where is not None:
                self._tests.setdefault(path_of(where), []).append(test)
        self._pools: dict[Path, list[Json]] = {}
        self._trials: dict[Test, tuple[Edits, ...]] = {}

    def pool(self, path: Path) -> list[Json]:
        """All that the tests have to do with at a path; values that serve several tests first."""
        if path not in self._pools:
            tests = self._tests.get(path, [])
            values = [*self._joint(tests), *(value for test in tests for value in own_values(test))]
            self._pools[path] = _unique(values)
        return self._pools[path]

    def trials(self, test: Test, action: Action) -> Iterator[Edits]:
        """Edits that may bring a test to any of its answers, the likely ones first."""
        if isinstance(test, CompareAttributes):
            return self._both(test, action)
        if test not in self._trials:
            self._trials[test] = tuple(self._single(test))
        return chain(self._longer(test, action), self._trials[test])

    def _longer(self, test: Test, action: Action) -> Iterator[Edits]:
        """For a list: one element more, or less, so that what other conditions ask of the list can stay."""
        if not isinstance(test, Quantified | BlockedPaths):
            return
        path = _PATHS.path if isinstance(test, BlockedPaths) else test.attribute.path
        there = at(action, path)
        if isinstance(there, list) and len(there) < _MANY:
            single = [value[0] for value in self.pool(path) if isinstance(value, list) and len(value) == 1]
            yield from _edits(path, ([*there, element] for element in single[:_APPENDED]))
            yield from _edits(path, (there[:i] + there[i + 1 :] for i in range(min(len(there), _ELEMENTS))))

    def _single(self, test: Test) -> Iterator[Edits]:
        where = tested(test)
        if where is None:
            return
        path = path_of(where)
        kind = where.type if isinstance(where, Attribute) else Type.STRING
        yield from _edits(path, (*own_values(test), *self.pool(path), *PROBES[kind], *WRONG))
        yield from broken_steps(path)

    def _both(self, test: CompareAttributes, action: Action) -> Iterator[Edits]:
        left, right = test.left, test.right
        for one, other in ((left, right), (right, left)):
            for value in _beside(at(action, other.path), other.type, one.type):
                yield from _edits(one.path, (value,))
        for first in (*self.pool(left.path), *self.pool(right.path), *PROBES[left.type], *PROBES[right.type]):
            for second in _beside(first, left.type, right.type):
                both = (Edit(left.path, first), Edit(right.path, second))
                if all(map(admitted, both)):
                    yield both
        for attribute in (left, right):
            yield from _edits(attribute.path, WRONG)
            yield from broken_steps(attribute.path)

    def _joint(self, tests: Sequence[Test]) -> list[Json]:
        """Values for the texts, or the lists of texts, that several tests read at one path."""
        plain = [_group(test) for test in tests if isinstance(test, Match | Like | OneOf)]
        listed = [_group(test) for test in tests if isinstance(test, Quantified | BlockedPaths)]
        counts = [test.n for test in tests if isinstance(test, Count)]
        found: list[Json] = []
        if len(plain) > 1:
            paths = any(isinstance(test, Like) and test.attribute.type is Type.PATH for test in tests)
            groups = [group for group in plain if group]
            found += self._texts(groups, "path" if paths else "any")
            found += self._texts(groups, "no path") if paths else []
        if listed:
            elements = texts.paths_first(self._texts(listed, "path" if _reads_paths(tests) else "any"))
            found += lists(elements)
            found += [
                [first, *[last] * (size - 1)]
                for n in counts
                for size in (n - 1, n, n + 1)
                if 0 < size <= _MANY
                for first in elements[:_ELEMENTS]
                for last in elements[:_ELEMENTS]
            ]
        return found

    def _texts(self, groups: Sequence[texts.Group], form: languages.Form) -> list[str]:
        found, is_known = texts.joint(groups, form, self._work)
        self.is_known = self.is_known and is_known
        return found


def _beside(value: Json, kind: Type, other: Type) -> list[Json]:
    """Values of the other type that equal this one, or lie beside it; as it is if nothing is known of it."""
    if isinstance(value, bool) or value is None or isinstance(value, list | dict):
        return [value, not value] if isinstance(value, bool) else []
    if isinstance(value, int | float):
        step = SCALE if Type.INTEGER in (kind, other) else 1
        scaled = round(value * SCALE)
        return [found for delta in (0, step, -step) if (found := number(scaled + delta)) is not None]
    if isinstance(value, str) and kind is Type.TIMESTAMP:
        return [value, value.replace("Z", ".000000001Z"), value.replace("2026", "2025"), value.replace("Z", "+01:00")]
    return [value, f"{value}x", value[:-1]] if isinstance(value, str) else []


def _edits(path: Path, values: Iterable[Json]) -> Iterator[Edits]:
    for value in _unique(values):
        edit = Edit(path, value)
        if admitted(edit):
            yield (edit,)


def broken_steps(path: Path) -> Iterator[Edits]:
    """The path ends too early: a step missing, or no object."""
    for length in range(1, len(path)):
        yield from _edits(path[:length], (ABSENT, {}, None, "x", 1, [], ["x"], [{path[length]: "x"}]))


def _reads_paths(tests: Sequence[Test]) -> bool:
    wheres = [tested(test) for test in tests]
    return any(isinstance(where, Attribute) and where.type is Type.PATHS for where in wheres)


def _group(test: Match | Like | OneOf | Quantified | BlockedPaths) -> texts.Group:
    if isinstance(test, Match | Like | BlockedPaths):
        return test.patterns
    literals = tuple(texts.literal(value) for value in test.values if isinstance(value, str))
    return literals or (test.patterns if isinstance(test, Quantified) else ())

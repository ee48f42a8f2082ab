"""A space as clauses, and the questions that are asked of it.

Each variable is one choice among its classes. What links variables are facts about JSON and about order: a value below
a path needs an object there, elements need a list, comparisons are consistent with each other and with the classes.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import permutations

from axtary.compiler.analysis.space.limits import Exhausted
from axtary.compiler.analysis.space.nodes import FALSE, TRUE, In, Join, Occurs
from axtary.compiler.analysis.space.sat import Solver
from axtary.compiler.analysis.space.space import Space
from axtary.compiler.analysis.space.survey import Path
from axtary.compiler.analysis.space.variables import Class, Kind, Role, Variable, mask_of

_NEAR = 32  # masks that are looked at for one to build on


@dataclass
class Choice:
    """One class for each variable, and for each list the classes of its elements."""

    classes: list[int]
    elements: dict[int, int] = field(default_factory=dict)

    def copy(self) -> Choice:
        return Choice(list(self.classes), dict(self.elements))


class Search:
    """Answers questions about one space; what is learned from one serves the next."""

    def __init__(self, space: Space) -> None:
        self.space = space
        self._solver = Solver()
        self._true = self._solver.variable()
        self._solver.add([self._true])
        self._classes = [self._choices(variable) for variable in space.variables]
        self._elements = {i: [self._solver.variable() for _ in v.elements] for i, v in enumerate(space.variables)}
        self._masks: dict[tuple[int, int], int] = {}
        self._known: dict[int, list[tuple[int, int]]] = {}  # masks that have a literal, with their sizes, sorted
        self._literals: dict[int, int] = {TRUE: self._true, FALSE: -self._true}
        self._sure: int | None = None
        self._order()
        self._link_parents()
        self._link_lists()
        self._link_relations()

    # --- questions --------------------------------------------------------------------------------------------------

    def find(self, formulas: Iterable[int], *, sure: bool = True) -> Choice | None:
        """The first choice, in the order of preference, that fulfils all formulas; None if there is none.

        With `sure` only classes count that are known to have values. Raises Exhausted.
        """
        wanted = [self.literal(formula) for formula in formulas]
        if sure:
            wanted.append(self._sure_literal())
        if not self._solver.solve(wanted, self.space.limits.conflicts):
            return None
        chosen = [self._chosen(literals) for literals in self._classes]
        elements = {
            index: mask_of(self._solver.holds(literal) for literal in literals)
            for index, literals in self._elements.items()
            if literals
        }
        return Choice(chosen, elements)

    def switch(self) -> int:
        """A literal of its own, to be assumed, true or false, in each question that reads it."""
        return self._solver.variable()

    def any_of(self, literals: Iterable[int]) -> int:
        """The literal that is true just where one of these is. Raises Exhausted."""
        return self._any([literal for literal in dict.fromkeys(literals) if literal != -self._true])

    def all_of(self, literals: Iterable[int]) -> int:
        """The literal that is true just where all of these are. Raises Exhausted."""
        return -self.any_of(-literal for literal in literals)

    def possible(self, assumed: Sequence[int], base: tuple[int, ...] = ()) -> bool:
        """Is there a choice at which these literals are true? Classes count of which no value is known. See `holds`
        of what was found, else `core`. Questions one after another with the same `base` take less. Raises Exhausted.
        """
        return self._solver.solve(assumed, self.space.limits.conflicts, base)

    def holds(self, literal: int) -> bool:
        """The truth of a literal at the choice that was found."""
        return self._solver.holds(literal)

    @property
    def core(self) -> tuple[int, ...]:
        """Of the literals that were assumed, some that cannot be true together."""
        return self._solver.core

    @property
    def size(self) -> int:
        """The number of clauses."""
        return self._solver.clauses

    @property
    def work(self) -> int:
        """The steps that the questions took so far."""
        return self._solver.steps

    def exclude(self, choice: Choice, variables: Sequence[int]) -> None:
        """Never answer again with just these classes of these variables."""
        self._solver.add([-self._classes[v][choice.classes[v]] for v in variables])

    @property
    def has_unsure(self) -> bool:
        """Is there a class of which it is not known whether it has values?"""
        return any(variable.unsure for variable in self.space.variables)

    def _sure_literal(self) -> int:
        if self._sure is None:
            unsure = [(i, v.unsure) for i, v in enumerate(self.space.variables) if v.unsure]
            self._sure = -self._any([self._mask(index, mask) for index, mask in unsure])
        return self._sure

    def _chosen(self, literals: Sequence[int]) -> int:
        return next(index for index, literal in enumerate(literals) if self._solver.holds(literal))

    # --- variables --------------------------------------------------------------------------------------------------

    def _choices(self, variable: Variable) -> list[int]:
        """A literal for each class; just one of them is true."""
        solver, count = self._solver, len(variable.classes)
        if count == 0:  # an action has some value there, so this is no proof of anything
            raise Exhausted("the values of an attribute are not known")
        if count == 1:
            return [self._true]
        if count == 2:
            first = solver.variable()
            return [first, -first]
        literals = [solver.variable() for _ in range(count)]
        solver.add(literals)
        before = literals[0]  # true if one of the classes so far is chosen
        for literal in literals[1:]:
            solver.add([-before, -literal])
            if literal != literals[-1]:
                up_to = solver.variable()
                solver.add([-before, up_to])
                solver.add([-literal, up_to])
                solver.add([before, literal, -up_to])
                before = up_to
        return literals

    def _order(self) -> None:
        """Preferred classes first; lists with few elements, and those from preferred classes."""
        for index in range(len(self.space.variables)):
            self._solver.order += self._classes[index]
            self._solver.order += [-literal for literal in reversed(self._elements[index])]

    # --- formulas ---------------------------------------------------------------------------------------------------

    def literal(self, formula: int) -> int:
        """The literal that is true just where the formula is."""
        waiting = [formula]
        while waiting:  # no recursion: a formula may be deep
            item = waiting[-1]
            if item in self._literals:
                waiting.pop()
                continue
            node = self.space.graph.nodes[item]
            missing = [each for each in node.items if each not in self._literals] if isinstance(node, Join) else []
            if missing:
                waiting += missing
                continue
            self._literals[item] = self._encoded(node)
            self._literals[self.space.graph.opposite(item)] = -self._literals[item]
            waiting.pop()
        return self._literals[formula]

    def _encoded(self, node: object) -> int:
        match node:
            case In(variable, mask):
                return self._mask(variable, mask)
            case Occurs(variable, mask, some):
                found = self._any([self._elements[variable][index] for index in _bits(mask)])
                return found if some else -found
            case Join(both, items):
                literals = [self._literals[item] for item in items]
                return -self._any([-literal for literal in literals]) if both else self._any(literals)
        raise AssertionError(node)

    def _mask(self, variable: int, mask: int) -> int:
        if (variable, mask) not in self._masks:
            rest = self.space.variables[variable].full & ~mask
            if mask.bit_count() <= rest.bit_count():
                found = self._union(variable, mask)
            else:
                found = -self._union(variable, rest)
            self._masks[variable, mask], self._masks[variable, rest] = found, -found
        return self._masks[variable, mask]

    def _union(self, variable: int, mask: int) -> int:
        """The classes of a mask, by one that is a part of it and what that lacks: thresholds build on each other."""
        known = self._known.setdefault(variable, [])
        at = bisect_left(known, (mask.bit_count(), mask))
        near = (part for _, part in reversed(known[max(0, at - _NEAR) : at]) if not part & ~mask)
        part = next(near, 0)
        insort(known, (mask.bit_count(), mask))
        literals = [self._masks[variable, part]] if part else []
        return self._any([*literals, *(self._classes[variable][index] for index in _bits(mask & ~part))])

    def _any(self, literals: Sequence[int]) -> int:
        if not literals:
            return -self._true
        if len(literals) == 1:
            return literals[0]
        if self._solver.clauses > self.space.limits.clauses:
            raise Exhausted(f"the formula has more than {self.space.limits.clauses} clauses")
        found = self._solver.variable()
        for literal in literals:
            self._solver.add([-literal, found])
        self._solver.add([-found, *literals])
        return found

    # --- links ------------------------------------------------------------------------------------------------------

    def _kinds(self, index: int, *kinds: Kind) -> int:
        return self._mask(index, self.space.variables[index].mask(*kinds))

    def _link_parents(self) -> None:
        """What is there lies in an object."""
        for child, parent in self.space.parents.items():
            self._solver.add([self._kinds(child, Kind.MISSING), self._kinds(parent, Kind.OBJECT)])

    def _link_lists(self) -> None:
        """Elements are elements of a list that is not empty, and no more classes of them occur than it has elements."""
        for index, literals in self._elements.items():
            variable = self.space.variables[index]
            if variable.role is not Role.PATH or not variable.mask(Kind.LIST):
                continue
            listed = self._kinds(index, Kind.LIST)
            for literal in literals:
                self._solver.add([-literal, listed])
            self._solver.add([-listed, *literals])
            needed = 2 * len(variable.element_groups) + 1  # a witness for each `any` and against each `all`
            for at, each in enumerate(variable.classes):
                if each.kind is Kind.LIST and each.sizes[1] < min(len(literals), needed):
                    self._at_most(each.sizes[1], literals, self._classes[index][at])

    def _at_most(self, most: int, literals: Sequence[int], if_true: int) -> None:
        """A counter: row n is true where more than n of the literals so far are."""
        rows: list[int] = []
        for literal in literals:
            longer: list[int] = []
            for n in range(min(len(rows) + 1, most + 1)):
                row = self._solver.variable()
                if n < len(rows):
                    self._solver.add([-rows[n], row])
                before = rows[n - 1] if n else self._true
                self._solver.add([-before, -literal, row])
                # determined: true for no other cause
                self._solver.add([-row, *([rows[n]] if n < len(rows) else []), literal])
                self._solver.add([-row, *([rows[n]] if n < len(rows) else []), before])
                longer.append(row)
            rows = longer
        if len(rows) > most:
            self._solver.add([-if_true, -rows[most]])

    def _link_relations(self) -> None:
        for line, paths in self.space.components:
            places = {path: self._places(line, path) for path in paths}
            singles = self._singles(line, paths)
            for one, other in permutations(paths, 2):
                self._link_pair(line, (one, other), (places[one], places[other]), singles)
            for three in permutations(paths, 3):
                self._link_triple(line, three)

    def _places(self, line: str, path: Path) -> dict[object, int]:
        """For each place on the line: the mask of the path's classes that lie there."""
        found: dict[object, int] = {}
        for index, each in enumerate(self.space.variables[self.space.path(path)].classes):
            place = place_of(line, each)
            if place is not None:
                found[place] = found.get(place, 0) | 1 << index
        return found

    def _singles(self, line: str, paths: Sequence[Path]) -> set[object]:
        """Places that have one value only."""
        if line == "truth":
            return {True, False}
        if line == "text":
            variables = [self.space.variables[self.space.path(path)] for path in paths]
            each = {c for variable in variables for c in variable.classes}
            return {place_of(line, c) for c in each if c.text is not None and c.text.complete}
        return {index for index, cell in enumerate(self.space.lines[line, paths[0]]) if cell.single}

    def _link_pair(
        self,
        line: str,
        pair: tuple[Path, Path],
        places: tuple[dict[object, int], dict[object, int]],
        single: set[object],
    ) -> None:
        first, second = (self.space.path(path) for path in pair)
        equal = self.literal(self.space.relation(line, *pair, "="))
        ordered = line in ("number", "time")
        defined = [self._mask(v, mask_of_all(p)) for v, p in zip((first, second), places, strict=True)]
        for place, mask in places[0].items():
            here, there = (
                self._mask(first, mask),
                self._mask(second, places[1].get(place, 0)) if place in places[1] else None,
            )
            if place in single and there is not None:
                self._solver.add([-here, -there, equal])
            if not ordered:
                same = [there] if there is not None else []
                self._solver.add([-equal, -defined[1], -here, *same])
        if ordered:
            self._link_order(line, pair, places)

    def _link_order(
        self, line: str, pair: tuple[Path, Path], places: tuple[dict[object, int], dict[object, int]]
    ) -> None:
        """In a lower place is less; and a whole number is none that is not."""
        first, second = (self.space.path(path) for path in pair)
        less = self.literal(self.space.relation(line, *pair, "<"))
        low = high = 0
        for place in range(len(self.space.lines[line, pair[0]])):
            low |= places[0].get(place, 0)
            high = sum(mask for other, mask in places[1].items() if isinstance(other, int) and other > place)
            if place in places[0] and high:
                self._solver.add([-self._mask(first, places[0][place]), -self._mask(second, high), less])
        equal = self.literal(self.space.relation(line, *pair, "="))
        whole = [mask_of(each.whole is True for each in self.space.variables[v].classes) for v in (first, second)]
        parts = [mask_of(each.whole is False for each in self.space.variables[v].classes) for v in (first, second)]
        if whole[0] and parts[1]:
            self._solver.add([-self._mask(first, whole[0]), -self._mask(second, parts[1]), -equal])

    def _link_triple(self, line: str, paths: tuple[Path, ...]) -> None:
        """Equality and order are transitive."""
        one, two, three = paths
        steps = (("=", "=", "="), ("<", "<", "<"), ("<", "=", "<"), ("=", "<", "<"))
        for first, second, both in steps if line in ("number", "time") else steps[:1]:
            clause = [-self.literal(self.space.relation(line, one, two, first))]
            clause.append(-self.literal(self.space.relation(line, two, three, second)))
            self._solver.add([*clause, self.literal(self.space.relation(line, one, three, both))])


def place_of(line: str, each: Class) -> object:
    """Where on a line the values of a class lie; None if they are not defined there."""
    if line == "number":
        return each.cell
    if line == "time":
        return each.moment.cell if each.moment is not None else None
    if line == "truth":
        return each.truth
    if each.text is None:
        return None
    return each.text.bits, each.text.path, each.text.text if each.text.complete else None


def mask_of_all(places: dict[object, int]) -> int:
    """The union of the masks."""
    found = 0
    for mask in places.values():
        found |= mask
    return found


def _bits(mask: int) -> Iterable[int]:
    index = 0
    while mask:
        shift = (mask & -mask).bit_length() - 1
        index += shift
        yield index
        mask >>= shift + 1
        index += 1

"""The finite space of a set of predicates: its variables, and each predicate as a formula over their classes.

Exact in one direction by construction: every action with its facts lies in one class of each variable, and every test
sees nothing but the class. So a formula that no choice of classes fulfils is fulfilled by no action. The other
direction holds for all classes that are `sure`; whatever is shown to a user is an action, and was evaluated.
"""

from __future__ import annotations

import operator
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from itertools import accumulate, combinations
from typing import assert_never

from axtary.compiler.analysis.space import texts
from axtary.compiler.analysis.space.automaton import Group
from axtary.compiler.analysis.space.limits import Exhausted, Limits
from axtary.compiler.analysis.space.making import Lines, number_cells, path_classes
from axtary.compiler.analysis.space.moments import FIRST, LAST
from axtary.compiler.analysis.space.nodes import FALSE, TRUE, Graph
from axtary.compiler.analysis.space.numbers import Cell, cells
from axtary.compiler.analysis.space.people import approvals
from axtary.compiler.analysis.space.survey import LISTS, PATHS, TEXTS, TIME, TOOL, Path, Survey, Uses, group_of, plain
from axtary.compiler.analysis.space.variables import Class, Kind, Role, Variable, mask_of
from axtary.compiler.clauses import AllOf, Literal, Predicate, Rail, Test
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
    Like,
    Match,
    Number,
    OneOf,
    Quantified,
    Rate,
    Type,
    path_text,
)

_ORDERED = ("=", "<", ">")
_EQUAL = ("=", "!=")
_HOLDS = {"==": "=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_OPS: dict[str, Callable[[int, int], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
}


def line_of(kind: Type) -> str:
    """The name of the line on which values of a type are compared."""
    if kind in NUMERIC:
        return "number"
    return {Type.TIMESTAMP: "time", Type.BOOLEAN: "truth"}.get(kind, "text")


class Space:
    """Classes for everything that the surveyed predicates ask. Raises Exhausted.

    The tool of a match counts as matching: whoever builds a space settles first which rules are about the tool.
    """

    def __init__(self, survey: Survey, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self.variables: list[Variable] = []
        self.graph = Graph(lambda variable: self.variables[variable].full)
        self.parents: dict[int, int] = {}  # of a path that is read, the nearest one above it that is read too
        self.lines: dict[tuple[str, Path], tuple[Cell, ...]] = {}
        self.components: list[tuple[str, tuple[Path, ...]]] = []
        self._survey = survey
        self._paths: dict[Path, int] = {}
        self._usages: dict[str, int] = {}
        self._relations: dict[tuple[str, Path, Path], int] = {}
        self._approval = -1
        self._hours = tuple(survey.hours)
        self._required = tuple(survey.approvers)
        self._literals: dict[tuple[Test, Rail, str], int] = {}
        self._prefixes: dict[tuple[Path, Type], list[int]] = {}
        self._make_paths()
        self._make_facts()
        self._make_relations()

    # --- variables ------------------------------------------------------------------------------------------------

    def _add(self, variable: Variable) -> int:
        self.variables.append(variable)
        if len(variable.classes) > self.limits.classes:
            raise Exhausted(f"its values fall into more than {self.limits.classes} classes")
        return len(self.variables) - 1

    def _make_paths(self) -> None:
        members = self._components()
        for path in sorted(self._survey.paths, key=_rank):
            uses = self._survey.paths[path]
            children = any(other[: len(path)] == path and other != path for other in self._survey.paths)
            try:
                self._paths[path] = self._add(self._path(path, uses, members, children))
            except Exhausted as limit:
                raise Exhausted(f"{path_text(path)}: {limit}") from None
        for path, index in self._paths.items():
            above = (path[:length] for length in range(len(path) - 1, 0, -1))
            parent = next((self._paths[each] for each in above if each in self._paths), None)
            if parent is not None:
                self.parents[index] = parent

    def _components(self) -> dict[tuple[str, Path], tuple[Path, ...]]:
        """For each line and path: all paths that are compared with it, directly or through others."""
        groups: dict[tuple[str, Path], set[Path]] = {}
        for each in self._survey.comparisons:
            line = line_of(each.left.type)
            one = groups.setdefault((line, each.left.path), {each.left.path})
            other = groups.setdefault((line, each.right.path), {each.right.path})
            if one is not other:
                one |= other
                for path in other:
                    groups[line, path] = one
        found = {key: tuple(sorted(paths)) for key, paths in groups.items()}
        self.components = sorted({(line, paths) for (line, _), paths in found.items()})
        for _, paths in self.components:
            if len(paths) > self.limits.compared:
                names = ", ".join(map(path_text, paths))
                raise Exhausted(f"more than {self.limits.compared} attributes are compared with each other: {names}")
        return found

    def _path(
        self, path: Path, uses: Uses, members: dict[tuple[str, Path], tuple[Path, ...]], children: bool
    ) -> Variable:
        numeric, timed, texted = (self._shared(line, path, members) for line in ("number", "time", "text"))
        compared = len(members.get(("number", path), (path,)))
        number_line = number_cells(
            {kind for each in numeric for kind in each.types},
            {cut for each in numeric for cut in each.numbers},
            compared,
        )
        time_line: tuple[Cell, ...] = ()
        if Type.TIMESTAMP in uses.types:
            time_line = tuple(cells({cut for each in timed for cut in each.instants}, FIRST, LAST))
        groups = tuple(dict.fromkeys(group for each in texted for group in each.groups))
        lines = Lines(
            number=number_line if uses.types & NUMERIC else (),
            time=time_line,
            groups=groups,
            paths=any(Type.PATH in each.types for each in texted),
            distinct=len(members[("text", path)]) if ("text", path) in members else 1,
            hours=self._hours if path == TIME.path else (),
        )
        self.lines["number", path], self.lines["time", path] = lines.number, lines.time
        element_groups = tuple(uses.element_groups)
        elements: tuple[texts.TextClass, ...] = ()
        if uses.types & LISTS:
            only = Type.STRINGS not in uses.types
            asked = texts.Asked(element_groups, paths=Type.PATHS in uses.types, only_paths=only)
            elements = texts.classes(asked, self.limits)
        found = tuple(path_classes(path, uses, lines, children, self.limits))
        tools = self._survey.tools
        if path == TOOL and tools is not None:
            found = tuple(each for each in found if each.text is not None and tools.contain(groups, each.text))
        return Variable(Role.PATH, path, found, groups, elements, element_groups)

    def _shared(self, line: str, path: Path, members: dict[tuple[str, Path], tuple[Path, ...]]) -> list[Uses]:
        return [self._survey.paths[each] for each in members.get((line, path), (path,))]

    def _make_facts(self) -> None:
        for rule in sorted(self._survey.rates):
            limits = sorted(self._survey.rates[rule])
            values = [0, *limits[:-1]]
            classes = [Class(Kind.VALUE, (value,), cell=value) for value in values]
            unmet = [Class(Kind.VALUE, (limits[-1],), cell=limits[-1]), Class(Kind.MISSING)]
            self._usages[rule] = self._add(Variable(Role.USAGE, rule, (*classes, *unmet)))
        if self._required:
            found = approvals(self._required)
            classes = [Class(Kind.VALUE, (each.roles,), cell=each.bits) for each in found]
            self._approval = self._add(Variable(Role.APPROVAL, None, tuple(classes)))

    def _make_relations(self) -> None:
        for line, paths in self.components:
            names = _ORDERED if line in ("number", "time") else _EQUAL
            for one, other in combinations(paths, 2):
                classes = tuple(Class(Kind.VALUE, (name,)) for name in names)
                self._relations[line, one, other] = self._add(Variable(Role.RELATION, (line, one, other), classes))

    def path(self, path: Path) -> int:
        """The variable of a path."""
        return self._paths[path]

    def relation(self, line: str, one: Path, other: Path, holds: str) -> int:
        """The formula for `one <holds> other`, where both are defined; `holds` is a set of `<`, `=`, `>`."""
        if one == other:
            return TRUE if "=" in holds else FALSE
        wanted = holds
        if (line, one, other) not in self._relations:
            one, other, wanted = other, one, wanted.translate(str.maketrans("<>", "><"))
        variable = self._relations[line, one, other]
        names = [each.values[0] for each in self.variables[variable].classes]
        return self.graph.is_in(variable, mask_of(name in wanted for name in names))

    # --- formulas ---------------------------------------------------------------------------------------------------

    def formula(self, what: Predicate, rule: str) -> int:
        """A predicate of the normal form."""
        if isinstance(what, Literal):
            key = (what.test, what.rail, rule if isinstance(what.test, Rate) else "")
            if key not in self._literals:
                self._literals[key] = self._literal(*key)
            return self._literals[key]
        items = [self.formula(item, rule) for item in what.items]
        return self.graph.all_of(items) if isinstance(what, AllOf) else self.graph.any_of(items)

    def _literal(self, test: Test, rail: Rail, rule: str) -> int:
        true, false = self._rails(test, rule)
        match rail:
            case Rail.TRUE:
                return true
            case Rail.FALSE:
                return false
            case Rail.NOT_TRUE:
                return self.graph.opposite(true)
            case Rail.NOT_FALSE:
                return self.graph.opposite(false)
            case _:
                assert_never(rail)

    def _rails(self, test: Test, rule: str) -> tuple[int, int]:
        """When is the test true, and when false? Else it is undefined."""
        settled = self._survey.tools.answer(test) if self._survey.tools is not None else None
        if settled is not None:
            return tuple(TRUE if each else FALSE for each in settled)  # type: ignore[return-value]
        match test:
            case Match():
                true = TRUE if test.field is Field.TOOL else self._match(test)
            case Has():
                variable = self._paths[test.path]
                true = self.graph.is_in(variable, ~self.variables[variable].mask(Kind.MISSING))
            case BlockedPaths():
                defined, some = self._elements(PATHS, group_of(test))
                true = self.graph.all_of([defined, self.graph.opposite(some)])
            case Hours():
                index = self._hours.index(test)
                true = self._classes(TIME.path, lambda each: each.moment is not None and each.moment.bits >> index & 1)
            case Rate():
                variable = self._usages[rule]
                usages = self.variables[variable].classes
                met = mask_of(each.cell is not None and each.cell < test.limit for each in usages)
                true = self.graph.is_in(variable, met)
            case Budget():
                true = self._budget(test)
            case _:
                return self._atom(test)
        return true, self.graph.opposite(true)

    def _match(self, test: Match) -> int:
        variable = self._paths[test.field.path]
        mask = self.variables[variable].matched[group_of(test)]
        if any(_matches_empty(pattern.tokens) for pattern in test.patterns):
            mask |= self.variables[variable].mask(Kind.MISSING)
        return self.graph.is_in(variable, mask)

    def _budget(self, test: Budget) -> int:
        if isinstance(test.cost, Number):
            return TRUE if 0 <= test.cost.scaled <= test.limit.scaled else FALSE
        line, kind, limit = self.lines["number", test.cost.path], test.cost.type, test.limit.scaled
        return self._classes(
            test.cost.path,
            lambda each: kind in each.reads and each.cell is not None and 0 <= line[each.cell].start <= limit,
        )

    def approved(self, required: Approvers) -> int:
        """The formula for "the approval meets this requirement"."""
        index = self._required.index(required)
        classes = self.variables[self._approval].classes
        return self.graph.is_in(self._approval, mask_of((each.cell or 0) >> index & 1 for each in classes))

    def _atom(self, atom: OneOf | Compare | CompareAttributes | Like | Quantified | Count) -> tuple[int, int]:
        graph = self.graph
        if isinstance(atom, CompareAttributes):
            holds = self.relation(line_of(atom.left.type), atom.left.path, atom.right.path, _HOLDS[atom.op])
            both = [self._defined(atom.left), self._defined(atom.right)]
            return graph.all_of([*both, holds]), graph.all_of([*both, graph.opposite(holds)])
        if isinstance(atom, Quantified):
            return self._quantified(atom)
        defined = self._defined(atom.attribute)
        true = graph.all_of([defined, self._true(atom)])
        return true, graph.all_of([defined, graph.opposite(true)])

    def _defined(self, attribute: Attribute) -> int:
        variable = self._paths[attribute.path]
        defined = self.graph.is_in(variable, self.variables[variable].reading(attribute.type))
        if attribute.type is not Type.PATHS:
            return defined
        return self.graph.all_of([defined, self.graph.occurs(variable, self.variables[variable].no_paths, False)])

    def _true(self, atom: OneOf | Compare | Like | Count) -> int:
        """Where the attribute is defined: when is the atom true?"""
        path, kind = atom.attribute.path, atom.attribute.type
        if isinstance(atom, Count):
            holds = _OPS[atom.op]
            return self._classes(path, lambda each: kind in each.reads and holds(each.sizes[0], atom.n))
        if isinstance(atom, Like) or (isinstance(atom, OneOf) and kind in TEXTS):
            variable = self._paths[path]
            return self.graph.is_in(variable, self.variables[variable].matched[group_of(atom)])
        if kind is Type.BOOLEAN and isinstance(atom, OneOf):
            return self._classes(path, lambda each: each.truth is not None and each.truth in atom.values)
        return self.graph.is_in(self._paths[path], self._on_line(path, kind, atom))

    def _on_line(self, path: Path, kind: Type, atom: OneOf | Compare) -> int:
        """The classes whose numbers, or instants, are among the values of the atom."""
        line = self.lines[line_of(kind), path]
        below = self._below(path, kind)
        if isinstance(atom, Compare):
            split = bisect_left if atom.op in ("<", ">=") else bisect_right
            lower = below[split(line, plain(atom.value), key=lambda cell: cell.start)]
            return lower if atom.op in ("<", "<=") else below[-1] & ~lower
        places = [bisect_left(line, plain(value), key=lambda cell: cell.start) for value in atom.values]
        starts = {plain(value) for value in atom.values}
        mask = 0
        for place in places:
            if place < len(line) and line[place].start in starts:
                mask |= below[place + 1] & ~below[place]
        return mask

    def _below(self, path: Path, kind: Type) -> list[int]:
        """At n: the classes whose values of this type lie in the first n cells."""
        if (path, kind) not in self._prefixes:
            found = [0] * (len(self.lines[line_of(kind), path]) + 1)
            for index, each in enumerate(self.variables[self._paths[path]].classes):
                place = each.cell if kind in NUMERIC else each.moment.cell if each.moment is not None else None
                if kind in each.reads and place is not None:
                    found[place + 1] |= 1 << index
            self._prefixes[path, kind] = list(accumulate(found, operator.or_))
        return self._prefixes[path, kind]

    def _quantified(self, atom: Quantified) -> tuple[int, int]:
        graph, variable = self.graph, self._paths[atom.attribute.path]
        defined, some = self._elements(atom.attribute, group_of(atom))
        if atom.quantifier == "any":
            return graph.all_of([defined, some]), graph.all_of([defined, graph.opposite(some)])
        listed = self.variables[variable]
        others = (1 << len(listed.elements)) - 1 & ~listed.element_matched[group_of(atom)]
        holds = graph.all_of([graph.is_in(variable, listed.mask(Kind.LIST)), graph.occurs(variable, others, False)])
        return graph.all_of([defined, holds]), graph.all_of([defined, graph.opposite(holds)])

    def _elements(self, attribute: Attribute, group: Group) -> tuple[int, int]:
        """When is the list defined, and when does an element match the group?"""
        variable = self._paths[attribute.path]
        mask = self.variables[variable].element_matched[group]
        return self._defined(attribute), self.graph.occurs(variable, mask)

    def _classes(self, path: Path, holds: Callable[[Class], object]) -> int:
        variable = self._paths[path]
        return self.graph.is_in(variable, mask_of(holds(each) for each in self.variables[variable].classes))


def _rank(path: Path) -> tuple[object, ...]:
    """Paths in the order in which a reader wants them settled: who and what first, then the payload."""
    first = (("resource",), ("actor", "agent"), ("actor", "tenant"), ("actor", "owner"), ("intent", "task"))
    roots = ("tool", "resource", "actor", "intent", "payload", "context", "paths", "time")
    return first.index(path) if path in first else len(first), roots.index(path[0]), path


def _matches_empty(tokens: Iterable[object]) -> bool:
    return not any(isinstance(token, str) and token for token in tokens)

"""The decision table: which rows concern an action, found by what rules name exactly, and decided together.

Rules that name their tools are kept by tool. The others, whose tool is a pattern, are one part of their own in which
the tool is a column; where only a few of them match a tool that is named, they stand with the rules of that tool, too.
What is large is divided further: rules that name their resource, else their actor, are found by it.

Each rule stands in at most as many parts as it names tools, resources and actors, and the rules with a pattern for a
tool in at most `_SHARED` or twice as many again, so the whole is linear in the policy.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from axtary.backends.native.budget import Budget, Cache
from axtary.backends.native.conditions import field_text
from axtary.backends.native.making import make_classifiers
from axtary.backends.native.outcomes import Found, Outcome, Part
from axtary.backends.native.patternindex import PatternIndex
from axtary.backends.native.places import sources
from axtary.backends.native.plans import make_part
from axtary.backends.native.rows import Lowered
from axtary.backends.native.values import lookup
from axtary.compiler.ir import Field, Match, Pattern

_NAMED = 64  # tools: a rule that names more is kept with those that have patterns
_SHARED = 64  # rules
_MANY = 1024  # tools: the parts of so many are cells
_LARGE = 256  # rules: a part of more is divided
_SPREAD = 4  # resources or actors: a rule that names more is not divided by them
_REMEMBERED = 64  # rules that fire: an outcome of more is made anew each time


Cells = tuple[tuple[str, ...], Mapping[str, Part]]  # a field's path, and the part of each text that rules name


@dataclass(frozen=True, slots=True)
class Place:
    """The parts that may concern the actions of a tool: always, and by the text of a field."""

    always: tuple[Part, ...] = ()
    cells: tuple[Cells, ...] = ()

    def __add__(self, other: Place) -> Place:
        return Place(self.always + other.always, self.cells + other.cells)


class Table:
    """All rules of a policy, ready to find those that an action makes true."""

    def __init__(self, rules: Sequence[Lowered], budget: Budget, previous: Table | None = None) -> None:
        """Parts of `previous` whose rules are all the same (identical objects) are taken over."""
        self._budget = budget
        self._texts = make_classifiers(
            ((lowered.tool_question, *row.literals) for lowered in rules for row in lowered.rows), budget
        )
        self._outcomes: Cache[Found, Outcome] = budget.cache()
        self._parts: dict[tuple[bool, bool, tuple[Lowered, ...]], Part] = {}
        self._previous = previous._parts if previous is not None else {}
        self._named: dict[str, list[Lowered]] = {}
        others: dict[Pattern | str, list[Lowered]] = {}
        for lowered in rules:
            texts = _exact(lowered.tool, _NAMED)
            for text in texts or ():
                self._named.setdefault(text, []).append(lowered)
            for source in sources(lowered.tool) if texts is None else ():
                others.setdefault(source, []).append(lowered)
        self._others = list(others.values())
        self._patterns = PatternIndex(list(others))
        self._shared = self._divide(_sorted(others.values()), own_tool=True)
        self._places = {tool: self._place(tool, named) for tool, named in self._named.items()}
        self._previous = {}

    def outcome(self, action: Mapping[str, Any]) -> Outcome:
        """What the rules say that an action makes true."""
        found = self.found(action)
        if not found:
            return _NOTHING
        outcome = self._outcomes.get(found)
        if outcome is None:
            outcome = Outcome(found)
            if len(outcome.fired) <= _REMEMBERED:
                self._budget.remember(self._outcomes, found, outcome, 1000 + 200 * len(outcome.fired))
        return outcome

    def found(self, action: Mapping[str, Any]) -> Found:
        """The rows that hold, by part."""
        place = self._places.get(field_text(action.get("tool")), self._shared)
        found: Found = ()
        for part in place.always:
            mask = part.left(action)
            if mask:
                found += ((part, mask),)
        for path, cells in place.cells:
            cell = cells.get(field_text(lookup(action, path)))
            if cell is not None and (mask := cell.left(action)):
                found += ((cell, mask),)
        return found

    def place(self, tool: str) -> Place:
        """Where the rules for a tool are."""
        return self._places.get(tool, self._shared)

    def matching(self, tool: str) -> list[Lowered]:
        """The rules whose tool matches, by id."""
        return _sorted([self._named.get(tool, []), *(self._others[number] for number in self._patterns.find(tool))])

    # --- making ---

    def _place(self, tool: str, named: list[Lowered]) -> Place:
        others = [self._others[number] for number in self._patterns.find(tool)]
        if sum(map(len, others)) <= max(_SHARED, len(named)):
            return self._divide(_sorted([named, *others]), own_tool=False)
        return self._divide(named, own_tool=False) + self._shared

    def _divide(self, rules: list[Lowered], *, own_tool: bool) -> Place:
        cells: list[Cells] = []
        for field in (Field.RESOURCE, Field.ACTOR):
            if len(rules) > _LARGE:
                found, rules = _split(rules, field)
                parts = {text: self._part(cell, own_tool, True) for text, cell in found.items()}
                cells += [(field.path, parts)] if parts else []
        return Place((self._part(rules, own_tool, len(self._named) > _MANY),) if rules else (), tuple(cells))

    def _part(self, rules: list[Lowered], own_tool: bool, cell: bool) -> Part:
        key = own_tool, cell, tuple(rules)
        part = self._previous.get(key)
        if part is None:
            part = make_part(rules, self._texts, self._budget, own_tool=own_tool, cell=cell)
        self._parts[key] = part
        return part


_NOTHING = Outcome(())


def _exact(test: Match | None, limit: int) -> list[str] | None:
    """The texts that a match names; None if there are more, or other ones."""
    found = () if test is None else dict.fromkeys(sources(test))
    texts = [source for source in found if isinstance(source, str)]
    return texts if 0 < len(texts) == len(found) <= limit else None


def _split(rules: list[Lowered], field: Field) -> tuple[dict[str, list[Lowered]], list[Lowered]]:
    """The rules by the texts that they name for a field, and the rules that do not."""
    cells: dict[str, list[Lowered]] = {}
    rest: list[Lowered] = []
    for lowered in rules:
        test = next((test for test in lowered.rule.match if test.field is field), None)
        texts = _exact(test, _SPREAD)
        for text in texts or ():
            cells.setdefault(text, []).append(lowered)
        if texts is None:
            rest.append(lowered)
    return cells, rest


def _sorted(lists: Iterable[list[Lowered]]) -> list[Lowered]:
    """The rules of all lists, each once, by id."""
    return sorted(dict.fromkeys(lowered for rules in lists for lowered in rules), key=lambda lowered: lowered.rule.id)

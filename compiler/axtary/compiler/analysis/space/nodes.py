"""And/or formulas over classes, each kept once: two formulas that merge to the same sets are the same number.

A leaf says in which classes of one variable the action lies, so negation, De Morgan, bounds written in another way and
lists of alternatives disappear here, without a search.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import assert_never

TRUE, FALSE = 0, 1


@dataclass(frozen=True, slots=True)
class In:
    """The variable's class is one of those in the mask."""

    variable: int
    mask: int


@dataclass(frozen=True, slots=True)
class Occurs:
    """Some element of the list lies in a class of the mask; with `some` False: none does."""

    variable: int
    mask: int
    some: bool


@dataclass(frozen=True, slots=True)
class Join:
    """All of the items, or any of them."""

    all: bool
    items: tuple[int, ...]


Node = In | Occurs | Join | bool


class Graph:
    """The formulas of one space. `full(variable)` is the mask of all its classes."""

    def __init__(self, full: Callable[[int], int]) -> None:
        self._full = full
        self.nodes: list[Node] = [True, False]
        self._ids: dict[Node, int] = {}
        self._opposites: dict[int, int] = {TRUE: FALSE, FALSE: TRUE}

    def is_in(self, variable: int, mask: int) -> int:
        """The leaf for a set of classes."""
        mask &= self._full(variable)
        if mask == self._full(variable):
            return TRUE
        return self._id(In(variable, mask)) if mask else FALSE

    def occurs(self, variable: int, mask: int, some: bool = True) -> int:
        """The leaf for a set of element classes."""
        return self._id(Occurs(variable, mask, some)) if mask else (FALSE if some else TRUE)

    def all_of(self, items: Iterable[int]) -> int:
        """The conjunction."""
        return self._join(items, True)

    def any_of(self, items: Iterable[int]) -> int:
        """The disjunction."""
        return self._join(items, False)

    def _join(self, items: Iterable[int], both: bool) -> int:
        neutral, decisive = (TRUE, FALSE) if both else (FALSE, TRUE)
        masks: dict[int, int] = {}
        elements: dict[int, int] = {}  # of the leaves that merge: none of (in all), some of (in any)
        rest: dict[int, None] = {}
        waiting = list(items)
        while waiting:
            item = waiting.pop()
            node = self.nodes[item]
            if item == decisive:
                return decisive
            if isinstance(node, Join) and node.all is both:
                waiting += node.items
            elif isinstance(node, In):
                known = masks.get(node.variable)
                masks[node.variable] = node.mask if known is None else known & node.mask if both else known | node.mask
            elif isinstance(node, Occurs) and node.some is not both:
                elements[node.variable] = elements.get(node.variable, 0) | node.mask
            elif item != neutral:
                rest[item] = None
        merged = [self.is_in(variable, mask) for variable, mask in masks.items()]
        merged += [self.occurs(variable, mask, not both) for variable, mask in elements.items()]
        if decisive in merged:
            return decisive
        kept = sorted({item for item in (*merged, *rest) if item != neutral})
        if any(self._opposites.get(item) in kept for item in kept if item in self._opposites):
            return decisive
        if len(kept) < 2:
            return kept[0] if kept else neutral
        return self._id(Join(both, tuple(kept)))

    def opposite(self, item: int) -> int:
        """The negation."""
        if item not in self._opposites:
            found = self._negated(self.nodes[item])
            self._opposites[item], self._opposites[found] = found, item
        return self._opposites[item]

    def _negated(self, node: Node) -> int:
        match node:
            case bool():
                return FALSE if node else TRUE
            case In(variable, mask):
                return self.is_in(variable, self._full(variable) & ~mask)
            case Occurs(variable, mask, some):
                return self.occurs(variable, mask, not some)
            case Join(both, items):
                return self._join([self.opposite(item) for item in items], not both)
            case _:
                assert_never(node)

    def _id(self, node: Node) -> int:
        if node not in self._ids:
            self._ids[node] = len(self.nodes)
            self.nodes.append(node)
        return self._ids[node]

    def evaluate(self, item: int, chosen: Callable[[int], int], elements: Callable[[int], int]) -> bool:
        """The truth of a formula where `chosen(variable)` is a class index and `elements(variable)` a mask."""
        known: dict[int, bool] = {}

        def truth(item: int) -> bool:
            if item not in known:
                known[item] = holds(self.nodes[item])
            return known[item]

        def holds(node: Node) -> bool:
            match node:
                case bool():
                    return node
                case In(variable, mask):
                    return bool(mask >> chosen(variable) & 1)
                case Occurs(variable, mask, some):
                    return bool(mask & elements(variable)) is some
                case Join(both, items):
                    return all(map(truth, items)) if both else any(map(truth, items))
                case _:
                    assert_never(node)

        return truth(item)

    def needs(self, item: int) -> dict[int, int]:
        """Variable -> classes outside of which the formula is false; only what its outer joins say."""
        node = self.nodes[item]
        if isinstance(node, In):
            return {node.variable: node.mask}
        if not isinstance(node, Join):
            return {}
        parts = [self.needs(each) for each in node.items]
        if node.all:
            return _meet(parts)
        shared = set(parts[0]).intersection(*parts[1:])
        return {v: reduce(or_, (part[v] for part in parts)) for v in sorted(shared)}

    def within(self, item: int, allowed: Mapping[int, int]) -> int:
        """A formula that says the same where each of the variables lies in the classes that are allowed to it."""
        known: dict[int, int] = {}
        waiting = [item]
        while waiting:
            at = waiting[-1]
            node = self.nodes[at]
            if isinstance(node, Join) and at not in known:
                missing = [each for each in node.items if each not in known]
                if missing:
                    waiting += missing
                    continue
                known[at] = self._join((known[each] for each in node.items), node.all)
            elif isinstance(node, In) and node.variable in allowed:
                inside = node.mask & allowed[node.variable]
                known[at] = TRUE if inside == allowed[node.variable] else self.is_in(node.variable, inside)
            else:
                known.setdefault(at, at)
            waiting.pop()
        return known[item]


def _meet(parts: Iterable[Mapping[int, int]]) -> dict[int, int]:
    found: dict[int, int] = {}
    for part in parts:
        for variable, mask in part.items():
            found[variable] = found.get(variable, mask) & mask
    return found

"""What permitted actions are obliged to, where it is no part of the decision: ttl, rates and budgets.

Rates and budgets are counted under the id of their rule, so one that moves to another id is another one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from axtary.compiler.analysis.diff.result import Direction, Kind
from axtary.compiler.analysis.diff.sides import Holds, Side
from axtary.compiler.analysis.space.nodes import Graph
from axtary.compiler.clauses import obligation_entries

Json = Any


@dataclass(frozen=True)
class Term:
    """One question: where `base` holds the obligation differs. causes: formula -> the rules behind it."""

    kind: Kind
    base: int
    causes: Mapping[int, tuple[str, ...]]
    shown: Callable[[Holds], tuple[Json, Json]]  # what each side obliges to, at a choice
    direction: Callable[[Json, Json], Direction]


def ttl_terms(old: Side, new: Side, graph: Graph) -> Iterator[Term]:
    """Some ttl of one side, or a shorter one, is not there on the other side."""
    before, after = _ttls(old), _ttls(new)

    def shown(holds: Holds) -> tuple[Json, Json]:
        return _shortest(old, holds), _shortest(new, holds)

    for own, other, mine in ((before, after, old), (after, before, new)):
        for ttl in sorted({value for value, _ in own}):
            here = graph.any_of(formula for value, formula in own if value <= ttl)
            there = graph.any_of(formula for value, formula in other if value <= ttl)
            base = graph.all_of([here, graph.opposite(there)])
            rules = tuple(rule for rule, each in mine.parts.items() if each.rule.ttl == ttl)
            yield Term(Kind.TTL, base, {here: rules}, shown, _ttl_direction)


def _ttls(side: Side) -> list[tuple[int, int]]:
    return [(p.rule.ttl, side.fires[rule]) for rule, p in side.parts.items() if p.rule.ttl is not None]


def _shortest(side: Side, holds: Holds) -> int | None:
    return min((ttl for ttl, formula in _ttls(side) if holds(formula)), default=None)


def _ttl_direction(old: int | None, new: int | None) -> Direction:
    if old is None or (new is not None and new < old):
        return Direction.LESS
    return Direction.MORE


def rate_terms(old: Side, new: Side, graph: Graph) -> Iterator[Term]:
    """A rate that is asked on one side only, or with other numbers."""
    return _entry_terms(old, new, graph, Kind.RATE, "rates")


def budget_terms(old: Side, new: Side, graph: Graph) -> Iterator[Term]:
    """A budget that is asked on one side only, or with other numbers."""
    return _entry_terms(old, new, graph, Kind.BUDGET, "budgets")


def _entry_terms(old: Side, new: Side, graph: Graph, kind: Kind, key: str) -> Iterator[Term]:
    entries = [_entries(old, key), _entries(new, key)]
    for rule in sorted({*entries[0], *entries[1]}):
        mine = [each.get(rule) for each in entries]
        formulas = [
            side.fires[rule] if own is not None else graph.any_of([])
            for side, own in zip((old, new), mine, strict=True)
        ]
        if mine[0] == mine[1]:
            apart = [
                graph.all_of([formulas[0], graph.opposite(formulas[1])]),
                graph.all_of([formulas[1], graph.opposite(formulas[0])]),
            ]
        else:
            apart = [graph.any_of(formulas)]

        def shown(holds: Holds, mine: Any = mine, formulas: Any = formulas) -> tuple[Json, Json]:
            first, second = (own if holds(f) else None for own, f in zip(mine, formulas, strict=True))
            return first, second

        for base in apart:
            yield Term(kind, base, {base: (rule,)}, shown, _entry_direction)


def _entries(side: Side, key: str) -> dict[str, list[dict[str, Json]]]:
    found: dict[str, list[dict[str, Json]]] = {}
    for rule, each in side.parts.items():
        own = [entry for kind, entry in obligation_entries(each.rule) if kind == key]
        if own:
            found[rule] = own
    return found


def _entry_direction(old: Json, new: Json) -> Direction:
    if old is None or new is None:
        return Direction.LESS if old is None else Direction.MORE
    if len(old) != len(new):
        return Direction.OTHER
    signs = {_compared(one, other) for one, other in zip(old, new, strict=True)} - {None}
    return signs.pop() or Direction.OTHER if len(signs) == 1 else Direction.OTHER


def _compared(old: Mapping[str, Json], new: Mapping[str, Json]) -> Direction | None:
    """A higher limit or a shorter window permits more; anything else that differs is something else."""
    differing = {key for key in {*old, *new} if old.get(key) != new.get(key)}
    if not differing:
        return None
    if not differing <= {"limit", "window_seconds"}:
        return Direction.OTHER
    looser = {key: (float(new[key]) > float(old[key])) is (key == "limit") for key in differing}
    if len(set(looser.values())) > 1:
        return Direction.OTHER
    return Direction.MORE if looser.popitem()[1] else Direction.LESS

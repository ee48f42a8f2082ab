"""The columns of a plan, from the questions of its rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from axtary.backends.native.budget import Budget
from axtary.backends.native.columns import Answers, Column, Entry, Texts
from axtary.backends.native.conditions import COMPARE, asked
from axtary.backends.native.lists import Lists
from axtary.backends.native.masks import rows_mask
from axtary.backends.native.numbers import Numbers
from axtary.backends.native.places import Kind, Place
from axtary.backends.native.values import CONVERT, MISSING, lookup
from axtary.compiler.clauses import Literal
from axtary.compiler.ir import Type

_ONE_EACH = (Kind.FIELD, Kind.TEXT, Kind.LIST)  # their columns take one question of each row
_STAGES = {Kind.FIELD: 0, Kind.PAIR: 2, Kind.COUNT: 2, Kind.LIST: 3}  # all others 1: what is cheap is asked first


class Placed(NamedTuple):
    """A column, where it reads, and the rows that have a question for it."""

    place: Place
    need: int
    column: Column


def make_columns(rows: Sequence[Sequence[tuple[Place, Literal]]], budget: Budget) -> list[Placed]:
    """The columns in the order in which they are asked; those of one object of the action stand together."""
    entries: dict[Place, list[Entry]] = {}
    for number, questions in enumerate(rows):
        for place, literal in questions:
            entries.setdefault(place, []).append((number, literal))
    made = [
        Placed(place, rows_mask((number for number, _ in layer), len(rows)), _column(place, layer, len(rows), budget))
        for place, found in entries.items()
        for layer in (_layers(found) if place.kind in _ONE_EACH else [found])
    ]
    return sorted(made, key=_order)


def _order(placed: Placed) -> tuple[Any, ...]:
    place = placed.place
    parent, key = place.path[:-1], place.path[-1]
    return _STAGES.get(place.kind, 1), parent, -placed.need.bit_count(), key, place.kind.value, str(place)


def _layers(entries: Sequence[Entry]) -> list[list[Entry]]:
    """The first question of each row, the second of each row that has two, and so on."""
    layers: list[list[Entry]] = []
    seen: dict[int, int] = {}
    for number, literal in entries:
        depth = seen[number] = seen.get(number, -1) + 1
        if depth == len(layers):
            layers.append([])
        layers[depth].append((number, literal))
    return layers


def _column(place: Place, entries: Sequence[Entry], size: int, budget: Budget) -> Column:
    kind = place.kind
    if kind in (Kind.FIELD, Kind.TEXT):
        return Texts(entries, size, budget, place.type)
    if kind is Kind.BOOLEAN:
        return Answers(entries, size, CONVERT[Type.BOOLEAN], (True, False, None), _asked_of)
    if kind is Kind.PRESENCE:
        return Answers(entries, size, lambda value: value is not MISSING, (True, False), lambda _, found: found)
    if kind is Kind.PAIR:
        return Answers(entries, size, _difference(place), (-1, 0, 1, None), _compared)
    convert = CONVERT[place.type or Type.STRING]
    if kind is Kind.LIST:
        return Lists(entries, size, budget, place.type or Type.STRINGS)
    if kind is Kind.COUNT:
        return Numbers(entries, size, budget, lambda value: None if (v := convert(value)) is None else len(v))
    return Numbers(entries, size, budget, convert)


def _asked_of(literal: Literal, value: Any) -> bool | None:
    return None if value is None else asked(literal.test)(value)  # type: ignore[arg-type]  # a leaf on one attribute


def _compared(literal: Literal, difference: Any) -> bool | None:
    return None if difference is None else COMPARE[literal.test.op](difference, 0)  # type: ignore[union-attr]


def _difference(place: Place) -> Any:
    """Reads both attributes of the action itself: -1, 0 or 1 as the left one is less, equal or more."""
    left, right = (place.path, CONVERT[place.type]), (place.other.path, CONVERT[place.other.type])  # type: ignore

    def read(action: Any) -> int | None:
        one, two = left[1](lookup(action, left[0])), right[1](lookup(action, right[0]))
        return None if one is None or two is None else (one > two) - (one < two)

    return read

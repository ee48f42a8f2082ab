"""The columns of a plan, from the questions of its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from axtary.backends.native.budget import Budget
from axtary.backends.native.classes import Classifier
from axtary.backends.native.columns import Answers, Column, Entry, Texts
from axtary.backends.native.conditions import COMPARE, asked, field_text
from axtary.backends.native.lists import Lists
from axtary.backends.native.masks import rows_mask
from axtary.backends.native.numbers import Numbers
from axtary.backends.native.places import Kind, Place, sources
from axtary.backends.native.values import CONVERT, MISSING, lookup
from axtary.compiler.clauses import Literal
from axtary.compiler.ir import Pattern, Type

_ELEMENT = {Type.STRINGS: Type.STRING, Type.PATHS: Type.PATH}
_ONE_EACH = (Kind.FIELD, Kind.TEXT, Kind.LIST)  # their columns take one question of each row
_STAGES = {Kind.FIELD: 0, Kind.PAIR: 2, Kind.COUNT: 2, Kind.LIST: 3}  # all others 1: what is cheap is asked first


Question = tuple[Place, Literal]
Classifiers = Mapping[Place, Classifier]


class Placed(NamedTuple):
    """A column, where it reads, and the rows that have a question for it."""

    place: Place
    need: int
    column: Column


def make_classifiers(rows: Iterable[Iterable[Question]], budget: Budget) -> Classifiers:
    """For each place where some of all rows of a policy read text."""
    found: dict[Place, dict[Pattern | str, None]] = {}
    for questions in rows:
        for place, literal in questions:
            if place.kind in _ONE_EACH:
                found.setdefault(place, {}).update(dict.fromkeys(sources(literal.test)))  # type: ignore[arg-type]
    return {place: Classifier(texts, _reader(place), budget) for place, texts in found.items()}


def _reader(place: Place) -> Callable[[Any], str | None]:
    if place.kind is Kind.FIELD:
        return field_text
    return CONVERT[_ELEMENT.get(place.type or Type.STRING, place.type or Type.STRING)]


def make_columns(rows: Sequence[Sequence[Question]], texts: Classifiers, budget: Budget) -> list[Placed]:
    """The columns in the order in which they are asked; those of one object of the action stand together."""
    entries: dict[Place, list[Entry]] = {}
    for number, questions in enumerate(rows):
        for place, literal in questions:
            entries.setdefault(place, []).append((number, literal))
    made = [
        _placed(place, layer, len(rows), texts, budget)
        for place, found in entries.items()
        for layer in (_layers(found) if place.kind in _ONE_EACH else [found])
    ]
    return sorted(made, key=_order)


def _placed(place: Place, entries: Sequence[Entry], size: int, texts: Classifiers, budget: Budget) -> Placed:
    need = rows_mask((number for number, _ in entries), size)
    if place.kind is Kind.LIST:
        return Placed(place, need, Lists(entries, size, texts[place], budget))
    if place.kind in _ONE_EACH:
        return Placed(place, need, Texts(entries, size, texts[place], budget))
    return Placed(place, need, _column(place, entries, size, budget))


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
    if kind is Kind.BOOLEAN:
        return Answers(entries, size, CONVERT[Type.BOOLEAN], (True, False, None), _asked_of)
    if kind is Kind.PRESENCE:
        return Answers(entries, size, lambda value: value is not MISSING, (True, False), lambda _, found: found)
    if kind is Kind.PAIR:
        return Answers(entries, size, _difference(place), (-1, 0, 1, None), _compared)
    convert = CONVERT[place.type or Type.STRING]
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

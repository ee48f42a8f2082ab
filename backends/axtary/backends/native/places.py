"""Where a question of the normal form reads: the questions of one place make one column."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from axtary.compiler.clauses import Literal
from axtary.compiler.ir import (
    NUMERIC,
    Attribute,
    Compare,
    CompareAttributes,
    Count,
    Has,
    Instant,
    Like,
    Match,
    Number,
    OneOf,
    Pattern,
    Quantified,
    Type,
)

_TEXTS, _LISTS = (Type.STRING, Type.PATH), (Type.STRINGS, Type.PATHS)


class Kind(Enum):
    """What kind of column a place has, in the order in which a plan asks them: the cheap and the telling ones first."""

    FIELD = 0  # of `match`
    BOOLEAN = 1
    TEXT = 2
    NUMBER = 3  # also timestamps
    PRESENCE = 4
    PAIR = 5  # attribute against attribute
    COUNT = 6
    LIST = 7


class Place(NamedTuple):
    """`kind` first, so that places sort in the order of kinds."""

    kind: Kind
    path: tuple[str, ...]
    type: Type | None = None
    other: Attribute | None = None  # of a pair


def place(literal: Literal) -> Place | None:
    """The place of a question; None for one that fits no column, such as one that no front end writes."""
    match literal.test:
        case Match(field=field):
            return Place(Kind.FIELD, field.path)
        case Has() as has:
            return Place(Kind.PRESENCE, has.path)
        case CompareAttributes(left=left, right=right):
            return Place(Kind.PAIR, left.path, left.type, right)
        case OneOf(attribute=Attribute(type=Type.BOOLEAN) as attribute, values=values) if _all(values, bool):
            return Place(Kind.BOOLEAN, attribute.path)
        case OneOf(attribute=attribute, values=values) if attribute.type in _TEXTS and _all(values, str):
            return Place(Kind.TEXT, attribute.path, attribute.type)
        case OneOf(attribute=attribute, values=values) if _all(values, _literal_of(attribute.type)):
            return Place(Kind.NUMBER, attribute.path, attribute.type)
        case Compare(attribute=attribute, value=value) if isinstance(value, _literal_of(attribute.type)):
            return Place(Kind.NUMBER, attribute.path, attribute.type)
        case Like(attribute=attribute) if attribute.type in _TEXTS:
            return Place(Kind.TEXT, attribute.path, attribute.type)
        case Count(attribute=attribute) if attribute.type in _LISTS:
            return Place(Kind.COUNT, attribute.path, attribute.type)
        case Quantified(attribute=attribute) if attribute.type in _LISTS:
            return Place(Kind.LIST, attribute.path, attribute.type)
    return None


def _all(values: tuple[object, ...], kind: type | tuple[type, ...]) -> bool:
    return all(isinstance(value, kind) for value in values)


def _literal_of(kind: Type) -> type | tuple[type, ...]:
    if kind in NUMERIC:
        return Number
    return Instant if kind is Type.TIMESTAMP else ()


def sources(test: Match | Like | OneOf | Quantified) -> tuple[Pattern | str, ...]:
    """The patterns and texts of which one must match, each text as a string."""
    if isinstance(test, OneOf):
        return tuple(str(value) for value in test.values)
    texts = test.values if isinstance(test, Quantified) else ()
    return texts + tuple(pattern if pattern.literal is None else pattern.literal for pattern in test.patterns)

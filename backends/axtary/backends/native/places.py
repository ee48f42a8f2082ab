"""Where a question of the normal form reads: the questions of one place make one column."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from axtary.compiler.clauses import Literal
from axtary.compiler.ir import (
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


_COMPARED: dict[Type, tuple[Kind, type]] = {  # the column of a type, and how the policy writes its values
    Type.STRING: (Kind.TEXT, str),
    Type.PATH: (Kind.TEXT, str),
    Type.BOOLEAN: (Kind.BOOLEAN, bool),
    Type.NUMBER: (Kind.NUMBER, Number),
    Type.INTEGER: (Kind.NUMBER, Number),
    Type.DECIMAL: (Kind.NUMBER, Number),
    Type.TIMESTAMP: (Kind.NUMBER, Instant),
}
_LISTS = (Type.STRINGS, Type.PATHS)


def place(literal: Literal) -> Place | None:
    """The place of a question; None for one that fits no column, such as one that no front end writes."""
    match literal.test:
        case Match(field=field):
            return Place(Kind.FIELD, field.path)
        case OneOf(attribute=attribute, values=values):
            return _compared(attribute, values)
        case Compare(attribute=attribute, value=value):
            found = _compared(attribute, (value,))
            return found if found is not None and found.kind is Kind.NUMBER else None
        case Like(attribute=attribute):
            return _compared(attribute, ("",))
        case Quantified(attribute=attribute) if attribute.type in _LISTS:
            return Place(Kind.LIST, attribute.path, attribute.type)
        case Count(attribute=attribute) if attribute.type in _LISTS:
            return Place(Kind.COUNT, attribute.path, attribute.type)
        case Has() as has:
            return Place(Kind.PRESENCE, has.path)
        case CompareAttributes(left=left, right=right):
            return Place(Kind.PAIR, left.path, left.type, right)
    return None


def _compared(attribute: Attribute, values: tuple[object, ...]) -> Place | None:
    kind, literal = _COMPARED.get(attribute.type, (None, str))
    if kind is None or not all(isinstance(value, literal) for value in values):
        return None
    return Place(kind, attribute.path, attribute.type)


def sources(test: Match | Like | OneOf | Quantified) -> tuple[Pattern | str, ...]:
    """The patterns and texts of which one must match, each text as a string."""
    if isinstance(test, OneOf):
        return tuple(str(value) for value in test.values)
    texts = test.values if isinstance(test, Quantified) else ()
    return texts + tuple(pattern if pattern.literal is None else pattern.literal for pattern in test.patterns)

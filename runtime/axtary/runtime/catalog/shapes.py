"""What a JSON Schema says of a value, as far as the policy language can say it; and how two of that are combined.

A shape is what *must* hold of a value that the schema takes. So `all_of` may keep the better known side, and `any_of`
keeps only what all alternatives share.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import reduce


class Kind(StrEnum):
    """The type of a value. The value of a scalar or a list is the name of the type in a policy."""

    STRING = "string"
    BOOLEAN = "boolean"
    NUMBER = "number"
    INTEGER = "integer"
    TIMESTAMP = "timestamp"
    STRINGS = "[string]"
    OBJECT = "object"
    UNSAID = "unsaid"  # the schema does not restrict the type
    OTHER = "other"  # the schema restricts it, to what the language has no type for
    NULL = "null"
    NEVER = "never"  # no value is right


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something cannot be said, and where in the source."""

    text: str
    pointer: str


@dataclass(frozen=True, slots=True)
class Shape:
    """`fields` are those of an object; `more` says why it may have others, and `closed` that it has none: a schema can
    be silent on both. `why` is of UNSAID and OTHER.
    """

    kind: Kind
    pointer: str
    nullable: bool = False
    fields: Mapping[str, Shape] = field(default_factory=dict)
    more: tuple[Reason, ...] = ()
    closed: bool = False
    why: Reason | None = None


def unsaid(pointer: str) -> Shape:
    """Of a schema that says nothing about the type."""
    return Shape(Kind.UNSAID, pointer, True, why=Reason("its schema gives no type", pointer))


def other(text: str, pointer: str) -> Shape:
    """Of what the language has no type for."""
    return Shape(Kind.OTHER, pointer, why=Reason(text, pointer))


_NARROWER = {
    frozenset({Kind.INTEGER, Kind.NUMBER}): (Kind.INTEGER, Kind.NUMBER),
    frozenset({Kind.TIMESTAMP, Kind.STRING}): (Kind.TIMESTAMP, Kind.STRING),
}  # two kinds -> the narrower and the wider one


def all_of(shapes: Iterable[Shape], pointer: str) -> Shape:
    """Of a value for which all of that holds."""
    return reduce(lambda one, two: _both(one, two, pointer), shapes, unsaid(pointer))


def _both(one: Shape, two: Shape, pointer: str) -> Shape:
    nullable = one.nullable and two.nullable
    if Kind.NEVER in (one.kind, two.kind):
        return Shape(Kind.NEVER, pointer)
    if one.kind is Kind.UNSAID or two.kind is Kind.UNSAID:
        known, rest = (two, one) if one.kind is Kind.UNSAID else (one, two)
        return replace(known, nullable=nullable, more=known.more + rest.more)
    if Kind.OTHER in (one.kind, two.kind):
        known, rest = (two, one) if one.kind is Kind.OTHER else (one, two)
        return replace(known, nullable=nullable, more=_more(known, rest))
    if one.kind is two.kind:
        if one.kind is not Kind.OBJECT:
            return replace(one, nullable=nullable)
        fields = dict(one.fields)
        for name, shape in two.fields.items():
            fields[name] = _both(fields[name], shape, shape.pointer) if name in fields else shape
        return Shape(Kind.OBJECT, one.pointer, nullable, fields, one.more + two.more, one.closed or two.closed)
    pair = _NARROWER.get(frozenset({one.kind, two.kind}))
    if pair is not None:
        return Shape(pair[0], one.pointer, nullable)
    return other(f"it must be both {one.kind.value} and {two.kind.value}", pointer)


def _more(known: Shape, rest: Shape) -> tuple[Reason, ...]:
    """An object about which something else is said may have fields there."""
    if known.kind is Kind.OBJECT and rest.why is not None:
        return (*known.more, rest.why)
    return known.more


def any_of(shapes: Iterable[Shape], pointer: str) -> Shape:
    """Of a value for which one of that holds, or several.

    The fields of an object are those of all alternatives: each of them names all fields that it may have.
    """
    possible = [shape for shape in shapes if shape.kind is not Kind.NEVER]
    if not possible:
        return Shape(Kind.NEVER, pointer)
    return reduce(lambda one, two: _either(one, two, pointer), possible)


def _either(one: Shape, two: Shape, pointer: str) -> Shape:
    if Kind.NEVER in (one.kind, two.kind):  # of fields: `any_of` leaves such alternatives out
        return two if one.kind is Kind.NEVER else one
    nullable = one.nullable or two.nullable or Kind.NULL in (one.kind, two.kind)
    for kind in (Kind.UNSAID, Kind.OTHER):
        found = next((shape for shape in (one, two) if shape.kind is kind), None)
        if found is not None:
            return replace(found, nullable=nullable)
    if Kind.NULL in (one.kind, two.kind):
        return replace(two if one.kind is Kind.NULL else one, nullable=one.kind is not two.kind)
    if one.kind is two.kind:
        if one.kind is not Kind.OBJECT:
            return replace(one, nullable=nullable)
        fields = {name: _in_one(shape, two) for name, shape in one.fields.items() if name not in two.fields}
        for name, shape in two.fields.items():
            known = one.fields.get(name)
            fields[name] = _either(known, shape, shape.pointer) if known is not None else _in_one(shape, one)
        return Shape(Kind.OBJECT, one.pointer, nullable, fields, one.more + two.more, one.closed and two.closed)
    pair = _NARROWER.get(frozenset({one.kind, two.kind}))
    if pair is not None:
        return Shape(pair[1], one.pointer, nullable)
    kinds = " or ".join(sorted((one.kind.value, two.kind.value)))
    return replace(other(f"it may be {kinds}", pointer), nullable=nullable)


def _in_one(shape: Shape, without: Shape) -> Shape:
    """A field that only one alternative names: the other one lets it be anything, unless it has no such field."""
    return shape if without.closed else sometimes(shape)


def sometimes(shape: Shape) -> Shape:
    """A field that has its type in some cases only."""
    return other("it has a type in some cases only", shape.pointer) if shape.kind is not Kind.NEVER else shape

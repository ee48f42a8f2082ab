"""A tool as a catalog has it, before it is declared."""

from __future__ import annotations

from dataclasses import dataclass

from axtary.runtime.catalog.shapes import Kind, Reason, Shape


@dataclass(frozen=True, slots=True)
class Found:
    """`payload`: the shape of what the tool is called with; `more`: why there may be other fields in it."""

    name: str
    source: str
    pointer: str
    payload: Shape
    schemas: int = 0  # that were read for it


def with_any_fields(reason: str, pointer: str) -> Shape:
    """The payload of a tool of which nothing more is known."""
    return Shape(Kind.OBJECT, pointer, more=(Reason(reason, pointer),))


def as_payload(shape: Shape) -> Shape:
    """A shape as that of a payload, which is an object."""
    if shape.kind is Kind.OBJECT:
        return shape
    if shape.why is None:
        return with_any_fields("its payload is not an object", shape.pointer)
    return with_any_fields(f"which fields it has is not known: {shape.why.text}", shape.why.pointer)

"""JSON Schema -> shape: one pass over the keywords that tell types and fields, with references inside the document.

The walk is capped in depth and in the number of schemas: a short text can stand for a tree without end.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from axtary.compiler.diagnostics import quoted
from axtary.runtime.catalog.notes import step
from axtary.runtime.catalog.shapes import Kind, Reason, Shape, all_of, any_of, other, sometimes, unsaid

MAX_LEVELS = 40  # of schemas in schemas, references followed
MAX_SCHEMAS = 5_000  # of one tool
MAX_REFERENCE = 1_000  # characters
_VALUES = 10  # values of `enum` that are as much work as a schema

_SCALARS = {
    "string": Kind.STRING,
    "boolean": Kind.BOOLEAN,
    "number": Kind.NUMBER,
    "integer": Kind.INTEGER,
    "null": Kind.NULL,
}
_ITEMS = {
    Kind.UNSAID: "values of any type",
    Kind.OTHER: "values without a type here",
    Kind.NEVER: "nothing",
    Kind.STRINGS: "lists",
}
_OTHERS = ("additionalProperties", "unevaluatedProperties")
_OF_OBJECTS = ("properties", "patternProperties", *_OTHERS)
_OF_LISTS = ("items", "prefixItems", "contains")


class TooManyError(Exception):
    """A tool has more than MAX_SCHEMAS schemas."""


class UnfollowedError(Exception):
    """A reference that leads nowhere, out of the document, or in a circle: the text says which."""


@dataclass(frozen=True)
class References:
    """Follows `$ref` inside a document. `base`: the JSON Pointer of `root` in the source."""

    root: Any
    base: str = ""

    def follow(self, reference: Any) -> tuple[Any, str]:
        """What `$ref: reference` stands for, and its place in the source. Raises UnfollowedError."""
        if not isinstance(reference, str) or not reference.startswith("#") or len(reference) > MAX_REFERENCE:
            raise UnfollowedError(f"its reference {quoted(str(reference))} leads out of the document")
        found, pointer = self.root, self.base
        if reference not in ("#", "#/") and not reference.startswith("#/"):
            raise UnfollowedError(f"its reference {quoted(reference)} names an anchor; only `#/…` is followed")
        for part in unquote(reference[1:]).split("/")[1:] if reference != "#" else ():
            key = part.replace("~1", "/").replace("~0", "~")
            found = _member(found, key)
            if found is _NOTHING:
                raise UnfollowedError(f"its reference {quoted(reference)} leads nowhere")
            pointer = step(pointer, key)
        return found, pointer

    def resolve(self, value: Any, pointer: str) -> tuple[Any, str]:
        """An object that is no schema (a parameter, say), references followed. Raises UnfollowedError."""
        for _ in range(MAX_LEVELS):
            if not isinstance(value, dict) or "$ref" not in value:
                return value, pointer
            value, pointer = self.follow(value["$ref"])
        raise UnfollowedError("its references lead in a circle")


_NOTHING = object()


def _member(value: Any, key: str) -> Any:
    if isinstance(value, dict):
        return value.get(key, _NOTHING)
    if isinstance(value, list) and key.isascii() and key.isdigit() and len(key) < 9 and int(key) < len(value):
        return value[int(key)]
    return _NOTHING


class Walk:
    """Reads the schemas of one tool. `siblings`: keywords beside `$ref` count too (not so in OpenAPI 3.0)."""

    def __init__(self, references: References, *, siblings: bool = True) -> None:
        self._references = references
        self._siblings = siblings
        self._open: list[str] = []  # the references that are being followed
        self._levels = 0
        self.schemas = 0

    def shape(self, schema: Any, pointer: str) -> Shape:
        """What a schema says. Raises TooManyError."""
        self._spend(1)
        if self._levels >= MAX_LEVELS:
            return other(f"its schema nests more than {MAX_LEVELS} levels deep", pointer)
        if schema is True or schema is False:
            return unsaid(pointer) if schema else Shape(Kind.NEVER, pointer)
        if not isinstance(schema, dict):
            return other("its schema is neither an object nor a boolean", pointer)
        with self._deeper():
            found = all_of(self._parts(schema, pointer), pointer)
            return self._nullable(found) if schema.get("nullable") is True else found

    def _spend(self, work: int) -> None:
        self.schemas += work
        if self.schemas > MAX_SCHEMAS:
            raise TooManyError

    @contextmanager
    def _deeper(self) -> Iterator[None]:
        self._levels += 1
        yield
        self._levels -= 1

    @staticmethod
    def _nullable(shape: Shape) -> Shape:
        return any_of([shape, Shape(Kind.NULL, shape.pointer)], shape.pointer)

    def _parts(self, schema: dict[str, Any], pointer: str) -> Iterator[Shape]:
        """What the keywords say, each for itself: all of it holds."""
        if "$ref" in schema:
            yield self._referenced(schema["$ref"], pointer)
            if not self._siblings:
                return
        if self._levels > 1 and isinstance(schema.get("$id"), str) and not schema["$id"].startswith("#"):
            yield other("its schema has an `$id` of its own, from which references would start", pointer)
            return
        for word in ("$dynamicRef", "$recursiveRef"):
            if word in schema:
                yield other(f"`{word}` is not followed", step(pointer, word))
        yield self._typed(schema, pointer)
        if "enum" in schema or "const" in schema:
            values = schema["enum"] if isinstance(schema.get("enum"), list) else []
            values = [schema["const"]] if "const" in schema else values
            self._spend(len(values) // _VALUES)
            yield any_of((_of_value(value, pointer) for value in values), pointer)
        for word, combine in (("allOf", all_of), ("anyOf", any_of), ("oneOf", any_of)):
            if isinstance(schema.get(word), list) and schema[word]:
                here = step(pointer, word)
                yield combine((self.shape(each, step(here, i)) for i, each in enumerate(schema[word])), here)

    def _referenced(self, reference: Any, pointer: str) -> Shape:
        at = step(pointer, "$ref")
        try:
            target, place = self._references.follow(reference)
        except UnfollowedError as error:
            return other(str(error), at)
        if place in self._open:
            return other(f"it contains itself, by the reference {quoted(str(reference))}", at)
        self._open.append(place)
        found = self.shape(target, place)
        self._open.pop()
        return found

    # --- the type ---

    def _typed(self, schema: dict[str, Any], pointer: str) -> Shape:
        named = schema.get("type")
        if named is None:
            if any(word in schema for word in (*_OF_OBJECTS, "then", "else", "dependentSchemas")):
                return self._object(schema, pointer) if _names_fields(schema) else unsaid(pointer)
            return self._list(schema, pointer) if any(word in schema for word in _OF_LISTS) else unsaid(pointer)
        names = named[: len(_SCALARS) + 2] if isinstance(named, list) else [named]
        return any_of((self._of_type(name, schema, pointer) for name in names), pointer)

    def _of_type(self, name: Any, schema: dict[str, Any], pointer: str) -> Shape:
        if name == "object":
            return self._object(schema, pointer)
        if name == "array":
            return self._list(schema, pointer)
        if name == "string" and schema.get("format") == "date-time":
            return Shape(Kind.TIMESTAMP, pointer)
        if isinstance(name, str) and name in _SCALARS:
            return Shape(_SCALARS[name], pointer)
        return other(f"its type is {quoted(str(name))}, which JSON Schema does not have", step(pointer, "type"))

    def _list(self, schema: dict[str, Any], pointer: str) -> Shape:
        items = schema.get("items")
        if "prefixItems" in schema or isinstance(items, list):
            return other("it is a list with a type for each place", pointer)
        item = self.shape(items if "items" in schema else True, step(pointer, "items"))
        if item.kind in (Kind.STRING, Kind.TIMESTAMP) and not item.nullable:
            return Shape(Kind.STRINGS, pointer)
        what = _ITEMS.get(item.kind, f"{item.kind.value}s")
        what += " or null" if item.nullable and item.kind is not Kind.UNSAID else ""
        return other(f"it is a list of {what}; the only list type is `[string]`", pointer)

    # --- objects ---

    def _object(self, schema: dict[str, Any], pointer: str) -> Shape:
        fields, here = {}, step(pointer, "properties")
        listed = schema.get("properties")
        for name, inner in listed.items() if isinstance(listed, dict) else ():
            fields[name] = self.shape(inner, step(here, name))
        more = list(_more(schema, pointer))
        for part, place in _conditional(schema, pointer):
            found = self.shape(part, place)
            more += found.more
            for name, shape in found.fields.items():
                fields.setdefault(name, sometimes(shape))
        closed = any(schema.get(word) is False for word in _OTHERS)
        return Shape(Kind.OBJECT, pointer, False, fields, tuple(more), closed)


def _names_fields(schema: dict[str, Any]) -> bool:
    """Does a schema without a type speak of fields, other than to require or to forbid some?"""
    return any(schema.get(word) not in (None, False, {}) for word in (*_OF_OBJECTS, "then", "else", "dependentSchemas"))


def _more(schema: dict[str, Any], pointer: str) -> Iterator[Reason]:
    """Why an object may have fields that the schema does not name. Silence is no reason: see docs/tools.md."""
    for word in _OTHERS:
        if word in schema and schema[word] is not False:
            yield Reason(f"`{word}` lets it have other fields", step(pointer, word))
    if schema.get("patternProperties"):
        yield Reason("`patternProperties` gives it fields by patterns of names", step(pointer, "patternProperties"))


def _conditional(schema: dict[str, Any], pointer: str) -> Iterator[tuple[Any, str]]:
    """The schemas that hold of an object in some cases: they may name more fields."""
    for word in ("then", "else"):
        if word in schema:
            yield schema[word], step(pointer, word)
    for word in ("dependentSchemas", "dependencies"):
        listed = schema.get(word)
        for name, inner in listed.items() if isinstance(listed, dict) else ():
            if isinstance(inner, dict):
                yield inner, step(step(pointer, word), name)


def _of_value(value: Any, pointer: str) -> Shape:
    """Of one value of `enum` or `const`."""
    if isinstance(value, bool):
        return Shape(Kind.BOOLEAN, pointer)
    if value is None:
        return Shape(Kind.NULL, pointer)
    if isinstance(value, int | float):
        return Shape(Kind.INTEGER if float(value).is_integer() else Kind.NUMBER, pointer)
    if isinstance(value, str):
        return Shape(Kind.STRING, pointer)
    return other("it is one of several lists or objects", pointer)

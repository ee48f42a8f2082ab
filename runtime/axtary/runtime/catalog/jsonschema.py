"""Plain JSON Schemas: a file is a tool, and the schema that of its payload."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from axtary.runtime.catalog.found import Found, as_payload, with_any_fields
from axtary.runtime.catalog.notes import Note, refuse
from axtary.runtime.catalog.schemas import MAX_SCHEMAS, References, TooManyError, Walk

_WORDS = {"$schema", "$id", "$ref", "$defs", "type", "properties", "allOf", "anyOf", "oneOf", "required", "enum"}
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./:-]*")
_ENDINGS = re.compile(r"(\.schema)?\.(json|ya?ml)\Z")


def is_schema(value: Any) -> bool:
    """Has an object a keyword of JSON Schema?"""
    return isinstance(value, dict) and not _WORDS.isdisjoint(value)


def tools(value: Any, source: str, notes: list[Note]) -> Iterator[Found]:
    """The one tool of a schema. Raises DoorError."""
    if not isinstance(value, dict):
        refuse("AX1202", "a JSON Schema of a tool is an object", "write `type: object` and `properties`", source)
    walk = Walk(References(value))
    try:
        payload = as_payload(walk.shape(value, ""))
    except TooManyError:
        payload = with_any_fields(f"its schema stands for more than {MAX_SCHEMAS:,} schemas", "")
    yield Found(_name(value, source), source, "", payload, walk.schemas)


def _name(schema: dict[str, Any], source: str) -> str:
    """`title` if it is a name and no phrase, else the last step of `$id`, else the name of the file."""
    title = schema.get("title")
    if isinstance(title, str) and _NAME.fullmatch(title):
        return title
    identity = schema.get("$id")
    if isinstance(identity, str):
        last = unquote(posixpath.basename(identity.partition("#")[0].partition("?")[0].rstrip("/")))
        if _NAME.fullmatch(name := _ENDINGS.sub("", last)):
            return name
    return _ENDINGS.sub("", posixpath.basename(source.replace("\\", "/")))

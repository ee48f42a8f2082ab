"""The forms of catalogs: which one a value has, and the tools in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Any

from axtary.runtime.catalog import jsonschema, mcp, openapi
from axtary.runtime.catalog.found import Found
from axtary.runtime.catalog.notes import Note, refuse


class Form(StrEnum):
    """What a catalog is written in."""

    mcp = "mcp"
    openapi = "openapi"
    json_schema = "json-schema"


_READERS: dict[Form, Callable[[Any, str, list[Note]], Iterator[Found]]] = {
    Form.mcp: mcp.tools,
    Form.openapi: openapi.tools,
    Form.json_schema: jsonschema.tools,
}
_HELP = "give an answer to `tools/list` of MCP, an OpenAPI document or a JSON Schema"


def tools_of(value: Any, form: Form | None, source: str, notes: list[Note]) -> Iterator[Found]:
    """The tools of a catalog, in its order; what is left out goes to `notes`. Raises DoorError if it is none."""
    return _READERS[form or _detected(value, source)](value, source, notes)


def _detected(value: Any, source: str) -> Form:
    if isinstance(value, dict) and ("openapi" in value or "swagger" in value):
        return Form.openapi
    if mcp.is_catalog(value):
        return Form.mcp
    if not jsonschema.is_schema(value):
        refuse("AX1202", "this is no tool catalog", _HELP, source)
    return Form.json_schema

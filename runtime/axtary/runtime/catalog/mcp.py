"""MCP: what a server answers to `tools/list`. Names and `inputSchema` are read, nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from axtary.compiler.diagnostics import quoted
from axtary.runtime.catalog.found import Found, as_payload, with_any_fields
from axtary.runtime.catalog.notes import Note, refuse, step
from axtary.runtime.catalog.schemas import MAX_SCHEMAS, References, TooManyError, Walk

_HELP = "give the answer of an MCP server to `tools/list`, its `result`, or the list of tools"


def is_catalog(value: Any) -> bool:
    """Does a value look like an answer to `tools/list`, also like one that is an error?"""
    if isinstance(value, dict):
        inner = value.get("result")
        return "jsonrpc" in value or "tools" in value or (isinstance(inner, dict) and "tools" in inner)
    return isinstance(value, list)


def tools(value: Any, source: str, notes: list[Note]) -> Iterator[Found]:
    """The tools of a JSON-RPC response, of its result, or of a list. Raises DoorError."""
    pointer = ""
    if isinstance(value, dict) and "tools" not in value:
        if "error" in value:
            refuse("AX1202", "the server answered with an error", "ask it again for `tools/list`", source, "/error")
        value, pointer = value.get("result"), "/result"
    if isinstance(value, dict):
        if isinstance(value.get("nextCursor"), str):
            message = "the list goes on behind `nextCursor`: import its next page too"
            notes.append(Note("AX1207", message, source, step(pointer, "nextCursor")))
        value, pointer = value.get("tools"), step(pointer, "tools")
    if not isinstance(value, list):
        refuse("AX1202", "there is no list of tools", _HELP, source, pointer)
    for index, tool in enumerate(value):
        at = step(pointer, index)
        if isinstance(tool, dict) and isinstance(tool.get("name"), str):
            yield _tool(tool, source, at)
        else:
            what = "the tool has no `name`" if isinstance(tool, dict) else "it is no object"
            notes.append(Note("AX1204", what, source, at))


def _tool(tool: dict[str, Any], source: str, pointer: str) -> Found:
    name: str = tool["name"]
    at = step(pointer, "inputSchema")
    if "inputSchema" not in tool:
        return Found(name, source, pointer, with_any_fields(f"it has no {quoted('inputSchema')}", pointer))
    walk = Walk(References(tool["inputSchema"], at))
    try:
        payload = as_payload(walk.shape(tool["inputSchema"], at))
    except TooManyError:
        payload = with_any_fields(f"its schema stands for more than {MAX_SCHEMAS:,} schemas", at)
    return Found(name, source, pointer, payload, walk.schemas)

"""Laws of the import, on random catalogs."""

from __future__ import annotations

import json
from itertools import product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from tests.catalogs.generate import FIXED_NAMES, ODD_NAMES, junk, of_tools

from axtary.compiler import CompileError, compile_policy
from axtary.compiler.format import format_policy
from axtary.runtime.catalog import Imported, Source, import_tools
from axtary.runtime.errors import DoorError


def law(examples: int) -> settings:
    return settings(derandomize=True, max_examples=examples, deadline=None)


def imported(*tools: tuple[str, Any], file: str = "tools.json") -> Imported:
    listed = [{"name": name, "inputSchema": schema} for name, schema in tools]
    return import_tools([Source(file, json.dumps(listed).encode())])


def is_policy(text: str) -> bool:
    return compile_policy("t.yml", text.encode()).warnings == () and format_policy("t.yml", text.encode()) == text


@law(80)
@given(tools=st.lists(st.tuples(ODD_NAMES, of_tools(ODD_NAMES)), max_size=3, unique_by=lambda tool: tool[0]))
def test_what_is_imported_is_a_policy_in_canonical_layout(tools: list[tuple[str, Any]]) -> None:
    """Each import compiles without a finding, formats to itself, and nothing in it needs a terminal to be careful."""
    try:
        found = imported(*tools)
    except DoorError as error:
        assert [problem.code for problem in error.problems] == ["AX1202"]  # no tool that can be declared
        return
    assert is_policy(found.text)
    assert all(line.isprintable() for line in found.text.split("\n"))


@law(50)
@given(tools=st.lists(st.tuples(FIXED_NAMES, of_tools()), min_size=1, max_size=3, unique_by=lambda tool: tool[0]))
def test_order_and_notation_mean_nothing(tools: list[tuple[str, Any]]) -> None:
    """The tools in another order, or as YAML, are declared alike."""
    found = imported(*tools)
    assert imported(*reversed(tools)).text == found.text
    assert imported(*tools, file="tools.yaml").text == found.text


def accepts(kind: Any, value: Any) -> bool:
    """Does a declaration take a value that is not null? The format of a timestamp is not looked at."""
    if isinstance(kind, dict):
        return isinstance(value, dict)
    if kind == "[string]":
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    if kind in ("number", "integer"):
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return is_number and (kind == "number" or float(value).is_integer())
    return isinstance(value, {"string": str, "timestamp": str, "boolean": bool, "any": object}[kind])


def check(payload: dict[str, Any], declared: dict[str, Any], nullable: bool) -> None:
    for name, value in payload.items():
        kind = declared.get(name, "any")
        if value is None:
            assert nullable or kind == "any"
            continue
        assert accepts(kind, value), (name, kind, value)
        if isinstance(kind, dict):
            check(value, kind, nullable)


_VALUES: list[list[Any]] = [[], ["x"], [1], [1.5], [None]]  # absent, or a value
CALLS = [
    {name: value[0] for name, value in zip("abc", values, strict=True) if value}
    for values in product(_VALUES, repeat=3)
]
CALLS += [{"a": {"a": "x", "b": 1}}, {"a": ["x"]}, {"b": [None]}, {"a": True, "c": {"b": 1.5}}]


@law(300)
@given(schema=of_tools())
def test_types_are_exact(schema: Any) -> None:
    """What the schema takes, the declared types take too; null only where a note says so."""
    found = imported(("t", schema))
    for payload in filter(Draft202012Validator(schema).is_valid, CALLS):
        check(payload, found.tools[0].payload, "AX1208" in {note.code for note in found.notes})


@law(300)
@given(schema=of_tools())
def test_a_complete_tool_has_no_other_fields(schema: Any) -> None:
    """What the schema takes, closed to fields that it does not speak of, has fields that a complete tool declares."""
    (tool,) = imported(("t", schema)).tools
    closed = Draft202012Validator(schema | {"unevaluatedProperties": False})
    for payload in filter(closed.is_valid, CALLS if tool.complete else ()):
        assert payload.keys() <= tool.payload.keys()


@law(200)
@given(value=junk(), file=st.sampled_from(["x.json", "x.yaml", "x"]))
def test_any_json_is_imported_or_refused(value: Any, file: str) -> None:
    """Only the project's own exceptions, and what comes out is a policy."""
    try:
        found = import_tools([Source(file, json.dumps(value).encode())])
    except (DoorError, CompileError):
        return
    assert is_policy(found.text)


@law(150)
@given(inner=junk(), where=st.sampled_from(["mcp", "openapi", "schema", "path", "body", "parameter"]))
def test_any_json_in_a_place_of_a_catalog_is_imported_or_refused(inner: Any, where: str) -> None:
    """As above, where the value stands in a catalog that is right around it."""
    operation: dict[str, Any] = {"operationId": "o"}
    if where == "body":
        operation["requestBody"] = inner
    if where == "parameter":
        operation["parameters"] = [{"name": "p", "in": "query", "schema": inner}, inner]
    paths = {"/a": inner if where == "path" else {"get": operation}, "/b": {"get": {"operationId": "p"}}}
    catalog: Any = {"openapi": "3.1.0", "paths": inner if where == "openapi" else paths}
    if where == "mcp":
        catalog = [{"name": "t", "inputSchema": inner}, inner, {"name": "u", "inputSchema": {"properties": inner}}]
    if where == "schema":
        catalog = {"type": "object", "properties": {"a": inner}, "allOf": [inner], "$defs": inner}
    try:
        found = import_tools([Source("x.json", json.dumps(catalog).encode())])
    except DoorError:
        return
    assert is_policy(found.text)

"""Catalogs that want to hurt: trees without end, sizes, names, and text for terminals."""

from __future__ import annotations

import json
from typing import Any

import pytest

from axtary.compiler import compile_policy
from axtary.runtime.catalog import Imported, Source, declare, import_tools
from axtary.runtime.catalog.schemas import MAX_LEVELS, MAX_SCHEMAS
from axtary.runtime.errors import DoorError


def imported(*schemas: Any) -> Imported:
    tools = [{"name": f"t{number}", "inputSchema": schema} for number, schema in enumerate(schemas)]
    return import_tools([Source("x.json", json.dumps(tools).encode())])


def doubling(word: str) -> dict[str, Any]:
    """A schema of thirty levels, each of which has the next one twice."""
    definitions: dict[str, Any] = {"d30": {"type": "string"}}
    for level in range(30):
        pair = [{"$ref": f"#/$defs/d{level + 1}"}] * 2
        inner = (
            {"type": "object", "properties": dict(zip("ab", pair, strict=True))} if word == "fields" else {word: pair}
        )
        definitions[f"d{level}"] = inner
    return {"type": "object", "properties": {"x": {"$ref": "#/$defs/d0"}}, "$defs": definitions}


@pytest.mark.parametrize("word", ["fields", "allOf", "anyOf", "oneOf"])
def test_a_tree_that_doubles_at_each_level(word: str) -> None:
    found = imported(doubling(word))
    assert [note.code for note in found.notes] == ["AX1206"]
    assert f"{MAX_SCHEMAS:,}" in found.notes[0].message
    assert found.text == "version: 1\n\ntools:\n  t0: {}\n"


def test_a_tool_that_is_too_much_does_not_hide_the_others() -> None:
    found = imported(doubling("allOf"), {"properties": {"a": {"type": "string"}}})
    assert [(tool.name, tool.complete) for tool in found.tools] == [("t0", False), ("t1", True)]


def test_many_tools_that_are_too_much_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(declare, "MAX_SCHEMAS", 3 * MAX_SCHEMAS)
    assert len(imported(*[doubling("fields")] * 2).tools) == 2
    with pytest.raises(DoorError) as caught:
        imported(*[doubling("fields")] * 3)
    assert [problem.code for problem in caught.value.problems] == ["AX1201"]


@pytest.mark.parametrize("names", [1, 1000])
def test_references_in_a_row(names: int) -> None:
    """A chain to its end where that is near; else the field has no type."""
    chain: dict[str, Any] = {f"d{n}": {"$ref": f"#/$defs/d{n + 1}"} for n in range(names)}
    chain[f"d{names}"] = {"type": "string"}
    found = imported({"properties": {"x": {"$ref": "#/$defs/d0"}}, "$defs": chain})
    assert found.tools[0].payload == {"x": "string" if names < MAX_LEVELS else "any"}


def test_openapi_references_in_a_circle() -> None:
    circle = {"$ref": "#/components/parameters/p"}
    operation = {"operationId": "o", "parameters": [circle], "requestBody": {"$ref": "#/components/requestBodies/b"}}
    bodies = {"b": {"$ref": "#/components/requestBodies/b"}}
    document = {
        "openapi": "3.0.0",
        "paths": {"/a": {"get": operation}, "/b": {"$ref": "#/paths/~1b"}},
        "components": {"parameters": {"p": circle}, "requestBodies": bodies},
    }
    found = import_tools([Source("x.json", json.dumps(document).encode())])
    assert [note.code for note in found.notes] == ["AX1204", "AX1206", "AX1206"]
    assert all("circle" in note.message for note in found.notes)


def test_a_long_list_of_values_is_as_much_work_as_schemas() -> None:
    values = {"enum": [f"v{n}" for n in range(10_000)]}
    fields = {f"f{n}": {"$ref": "#/$defs/v"} for n in range(6)}
    assert imported({"properties": {"a": {"$ref": "#/$defs/v"}}, "$defs": {"v": values}}).tools[0].complete
    assert not imported({"properties": fields, "$defs": {"v": values}}).tools[0].complete


def test_more_fields_than_a_policy_may_have(monkeypatch: pytest.MonkeyPatch) -> None:
    tools = [{"properties": {f"f{n}": {"type": "string"} for n in range(50)}}] * 2
    monkeypatch.setattr(declare, "MAX_FIELDS", 100)
    assert len(imported(*tools).tools) == 2
    monkeypatch.setattr(declare, "MAX_FIELDS", 99)
    with pytest.raises(DoorError) as caught:
        imported(*tools)
    assert [problem.code for problem in caught.value.problems] == ["AX1201"]


def test_declarations_that_a_policy_file_cannot_hold() -> None:
    """Fewer fields than the limit, with names that are long when they are escaped."""
    with pytest.raises(DoorError) as caught:
        imported({"properties": {"\x01" * 250 + str(n): {"type": "string"} for n in range(2_900)}})
    assert "policy" in caught.value.problems[0].message


NAMES = [
    "\x1b[2J",
    "\u202ex",
    "a\nb: {}",
    '"',
    "'",
    "a: b",
    "- a",
    "{}",
    "[string]",
    "? x",
    "# x",
    "no",
    "~",
    "<<",
    "\u00a0",
    "x" * 256,
]
NAMES += ["\U000e0001" * 200]  # escaped, more than YAML reads ahead for a colon


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_odd_names_of_tools_and_fields(name: str) -> None:
    """A policy with this tool and this field, and nothing that a terminal would obey."""
    tool = {"name": name, "inputSchema": {"properties": {name: {"properties": {name: {"type": "string"}}}}}}
    found = import_tools([Source("x.json", json.dumps([tool]).encode())])
    compiled = compile_policy("t.yml", found.text.encode())
    assert compiled.tools == (name,)
    assert compiled.vocabulary.declarations.tools[name].keys() == {("payload", name, name)}
    assert all(line.isprintable() for line in found.text.split("\n"))


@pytest.mark.parametrize("name", ["", "*", "fs.*", "@coders", "x" * 257])
def test_names_that_no_policy_can_declare(name: str) -> None:
    tools = [{"name": name, "inputSchema": {}}, {"name": "ping", "inputSchema": {}}]
    found = import_tools([Source("x.json", json.dumps(tools).encode())])
    assert [tool.name for tool in found.tools] == ["ping"]
    assert [(note.code, note.pointer) for note in found.notes if not note.tool] == [("AX1204", "/0")]


def test_numbers_that_a_double_would_round_are_taken() -> None:
    """They stand as limits in real schemas, and decide nothing."""
    text = '[{"name": "t", "inputSchema": {"properties": {"n": {"type": "integer", "maximum": %s}}}}]'
    for number in ("9223372036854775807", "0.1000000000000000055", "1e400", "9" * 5000, "-0"):
        assert import_tools([Source("x.json", (text % number).encode())]).tools[0].payload == {"n": "integer"}

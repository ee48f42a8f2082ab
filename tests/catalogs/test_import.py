"""Catalogs as servers and services have them, imported: the declarations by hand, and what is said of the rest."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from axtary.compiler import CompileError, compile_policy
from axtary.runtime.catalog import Form, Imported, Source, import_tools
from axtary.runtime.errors import DoorError

DATA = Path(__file__).parent / "data"
REAL = {  # file -> the prefix, and the notes: code, tool, the end of the pointer, a part of the message
    "github.mcp.json": (
        "mcp.github.",
        [
            ("AX1208", "mcp.github.list_issues", "/properties/after", "`payload.after`, `payload.labels`"),
            ("AX1205", "mcp.github.push_files", "/properties/files", "a list of objects"),
            ("AX1205", "mcp.github.run_workflow", "/inputs/additionalProperties", "`additionalProperties`"),
            ("AX1205", "mcp.github.run_workflow", "/workflow_id/oneOf", "integer or string"),
        ],
    ),
    "filesystem.mcp.json": ("fs.", [("AX1205", "fs.edit_file", "/3/inputSchema/properties/edits", "list of objects")]),
    "payments-3.0.yaml": (
        "pay.",
        [
            ("AX1204", "", "/paths/~1payments~1{payment_id}/put", "`operationId`"),
            ("AX1205", "pay.createPayment", "/Party/properties/agent/$ref", "contains itself"),
            ("AX1205", "pay.noteOnPayment", "/properties/payment_id", "two values"),
            ("AX1206", "pay.noteOnPayment", "/schema/additionalProperties", "other fields"),
            ("AX1208", "pay.noteOnPayment", "/properties/note", "`payload.note`"),
            ("AX1206", "pay.uploadReceipt", "/requestBody/content", "not JSON"),
        ],
    ),
    "payments-3.1.json": (
        "",
        [
            ("AX1206", "createBatch", "/application~1json/schema", "list of objects"),
            ("AX1205", "createRefund", "/oneOf/0/properties/last4", "in some cases only"),
            ("AX1205", "createRefund", "/oneOf/1/properties/iban", "in some cases only"),
            ("AX1205", "createRefund", "/properties/target/$ref", "leads out of the document"),
            ("AX1208", "createRefund", "/properties/amount", "`payload.amount`"),
        ],
    ),
    "send_invoice.schema.json": (
        "",
        [
            ("AX1205", "send-invoice", "/properties/lines", "list of lists"),
            ("AX1205", "send-invoice", "/then/properties/approver", "in some cases only"),
        ],
    ),
}


def real(file: str) -> Imported:
    return import_tools([Source(file, (DATA / file).read_bytes())], prefix=REAL[file][0])


@pytest.mark.parametrize("file", REAL)
def test_a_real_catalog(file: str) -> None:
    expected = DATA / f"{file.partition('.mcp')[0].removesuffix('.yaml').removesuffix('.json')}.tools.yml"
    name = expected.with_name(expected.name.replace(".schema.tools", ".tools"))
    imported = real(file)
    assert imported.text == name.read_text(encoding="utf-8")
    assert compile_policy("tools.yml", imported.text.encode()).warnings == ()


@pytest.mark.parametrize("file", REAL)
def test_what_is_said_of_the_rest(file: str) -> None:
    notes = real(file).notes
    assert len(notes) == len(REAL[file][1])
    for note, (code, tool, pointer, words) in zip(notes, REAL[file][1], strict=True):
        assert (note.code, note.tool, note.source) == (code, tool, file)
        assert note.pointer.endswith(pointer)
        assert words in note.message


def test_no_description_gets_out() -> None:
    imported = real("github.mcp.json")
    assert "Ignore" not in imported.text + str(imported.notes)
    assert not {"\x1b", "\u202e"} & {*imported.text}


# --- one schema -----------------------------------------------------------------------------------------------------


def mcp(schema: Any, name: str = "t") -> Source:
    return Source("tools.json", json.dumps([{"name": name, "inputSchema": schema}]).encode())


def payload(schema: Any, **more: Any) -> Any:
    """How one field of the schema is declared; None if it is not."""
    inner = {"type": "object", "properties": {"x": schema}} | more
    (tool,) = import_tools([mcp(inner)]).tools
    return tool.payload.get("x")


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string"}, "string"),
        ({"type": "string", "format": "date-time"}, "timestamp"),
        ({"type": "string", "format": "date"}, "string"),
        ({"type": "integer", "format": "int64"}, "integer"),
        ({"type": "number"}, "number"),
        ({"type": "boolean"}, "boolean"),
        ({"type": "null"}, "any"),
        ({"type": "float"}, "any"),
        ({"type": ["string", "null"]}, "string"),
        ({"type": ["string", "integer"]}, "any"),
        ({"type": ["integer", "number"]}, "number"),
        ({"type": ["number", "integer", "null"]}, "number"),
        ({}, "any"),
        (True, "any"),
        (False, None),
        ("string", "any"),
        ({"type": "array", "items": {"type": "string"}}, "[string]"),
        ({"items": {"type": "string"}}, "[string]"),
        ({"type": "array", "items": {"enum": ["a", "b"]}}, "[string]"),
        ({"type": "array", "items": {"type": ["string", "null"]}}, "any"),
        ({"type": "array", "items": {"type": "integer"}}, "any"),
        ({"type": "array"}, "any"),
        ({"type": "array", "prefixItems": [{"type": "string"}], "items": {"type": "string"}}, "any"),
        ({"type": "array", "items": [{"type": "string"}]}, "any"),
        ({"enum": ["a", "b"]}, "string"),
        ({"enum": ["a", None]}, "string"),
        ({"enum": [1, 2.0]}, "integer"),
        ({"enum": [1, 2.5]}, "number"),
        ({"enum": [True]}, "boolean"),
        ({"enum": ["a", 1]}, "any"),
        ({"enum": [["a"]]}, "any"),
        ({"enum": []}, None),
        ({"const": "a"}, "string"),
        ({"type": "string", "enum": ["a"]}, "string"),
        ({"type": "number", "enum": [1, 2]}, "integer"),
        ({"type": "string", "enum": [1]}, "any"),
        ({"type": "object"}, "any"),
        ({"type": "object", "additionalProperties": {"type": "string"}}, "any"),
        ({"type": "object", "properties": {"y": {"type": "string"}}}, {"y": "string"}),
        ({"properties": {"y": {"properties": {"z": {"type": "integer"}}}}}, {"y": {"z": "integer"}}),
        ({"required": ["y"]}, "any"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "string"),
        ({"anyOf": [{"type": "null"}, {"type": "integer"}, {"type": "number"}]}, "number"),
        ({"anyOf": [{"type": "string"}, {"type": "string", "format": "date-time"}]}, "string"),
        ({"oneOf": [{"type": "string"}, {"type": "boolean"}]}, "any"),
        ({"oneOf": [{"type": "string"}, {}]}, "any"),
        ({"oneOf": [{"type": "string"}, False]}, "string"),
        ({"type": "string", "anyOf": [{"minLength": 1}, {"pattern": "x"}]}, "string"),
        ({"type": "string", "oneOf": [{"type": "string"}, {"type": "integer"}]}, "string"),
        ({"oneOf": [{"properties": {"a": {"type": "string"}}}, {"properties": {"b": {"type": "integer"}}}]},
         {"a": "any", "b": "any"}),
        ({"oneOf": [{"properties": {"a": {"type": "string"}}, "additionalProperties": False},
                    {"properties": {"b": {"type": "integer"}}, "additionalProperties": False}]},
         {"a": "string", "b": "integer"}),
        ({"oneOf": [{"properties": {"a": {"type": "string"}}, "additionalProperties": False},
                    {"properties": {"b": {"type": "integer"}}}]},
         {"a": "any", "b": "integer"}),
        ({"oneOf": [{"properties": {"a": {"type": "string"}}, "additionalProperties": False},
                    {"properties": {"b": {"type": "integer"}}},
                    {"properties": {"c": {"type": "string"}}, "additionalProperties": False}]},
         {"a": "any", "b": "integer", "c": "any"}),
        ({"oneOf": [{"allOf": [{"type": "object", "additionalProperties": False}, {"type": "object"}]},
                    {"properties": {"b": {"type": "integer"}}}]},
         {"b": "integer"}),
        ({"anyOf": [{"properties": {"a": {"type": "string"}, "b": False}}, {"properties": {"a": {"enum": ["x"]}}}]},
         {"a": "string"}),
        ({"anyOf": [{"properties": {"a": False}}, {"properties": {"a": {"type": "string"}}}]}, {"a": "string"}),
        ({"properties": {"a": {"type": "string"}}, "then": {"properties": {"a": {}, "b": {"type": "string"}}}},
         {"a": "string", "b": "any"}),
        ({"oneOf": [{"properties": {"a": {"type": "string"}}}, {"properties": {"a": {"type": "integer"}}}]},
         {"a": "any"}),
        ({"allOf": [{"type": "number"}, {"type": "integer"}]}, "integer"),
        ({"allOf": [{"type": "string"}, {"type": "integer"}]}, "any"),
        ({"allOf": [{"type": "string"}, {"format": "date-time"}]}, "string"),
        ({"allOf": [{"properties": {"a": {"type": "string"}}}, {"properties": {"b": {"type": "string"}}}]},
         {"a": "string", "b": "string"}),
        ({"allOf": [{"properties": {"a": {"type": "number"}}}, {"properties": {"a": {"type": "integer"}}}]},
         {"a": "integer"}),
        ({"type": "string", "not": {"type": "integer"}}, "string"),
        ({"$ref": "#/$defs/word"}, "string"),
        ({"$ref": "#/$defs/a~1b%25"}, "boolean"),
        ({"$ref": "#/$defs/word", "type": "integer"}, "any"),
        ({"$ref": "#/$defs/list/0"}, "integer"),
        ({"$ref": "#word"}, "any"),
        ({"$ref": "#/$defs/nothing"}, "any"),
        ({"$ref": "other.json"}, "any"),
        ({"$ref": "https://example.com/x"}, "any"),
        ({"$ref": 3}, "any"),
        ({"$ref": "#/$defs/circle"}, "any"),
        ({"$ref": "#"}, {"x": "any"}),
        ({"$dynamicRef": "#word"}, "any"),
        ({"$id": "https://example.com/inner", "$ref": "#/$defs/word"}, "string"),
        ({"$id": "https://example.com/inner", "type": "object", "properties": {"y": {"$ref": "#/$defs/word"}}}, "any"),
    ],
    ids=json.dumps,
)  # fmt: skip
def test_the_type_of_a_field(schema: Any, expected: Any) -> None:
    definitions = {
        "word": {"type": "string"},
        "a/b%": {"type": "boolean"},
        "list": [{"type": "integer"}],
        "circle": {"$ref": "#/$defs/circle"},
    }
    found = payload(schema, **{"$defs": definitions})
    assert found == expected


@pytest.mark.parametrize(
    ("schema", "complete"),
    [
        ({"type": "object"}, True),
        ({"type": "object", "additionalProperties": False}, True),
        ({"type": "object", "additionalProperties": True}, False),
        ({"type": "object", "additionalProperties": {}}, False),
        ({"type": "object", "additionalProperties": {"type": "string"}}, False),
        ({"type": "object", "unevaluatedProperties": True}, False),
        ({"type": "object", "patternProperties": {"^x-": {}}}, False),
        ({"type": "object", "patternProperties": {}}, True),
        ({"type": "object", "properties": {"x": {"type": "array"}}}, True),  # `any` stands for it
        ({"type": "object", "properties": {"x": {"properties": {"y": {}}, "additionalProperties": True}}}, False),
        ({"type": "object", "properties": {"x": {"additionalProperties": True}}}, True),  # below `any` all is open
        ({"type": "object", "anyOf": [{"required": ["a"]}, {"required": ["b"]}]}, True),
        ({"type": "object", "anyOf": [{"properties": {"a": {}}}, {"additionalProperties": True}]}, False),
        ({"type": "object", "allOf": [{"$ref": "https://example.com/x"}]}, False),
        ({"type": "object", "then": {"properties": {"y": {}}}}, True),
        ({"type": "object", "dependentSchemas": {"a": {"properties": {"b": {}}, "additionalProperties": {}}}}, False),
        ({"type": "object", "properties": {"x" * 257: {}}}, False),
        ({"type": "string"}, False),
        ({"type": ["object", "string"]}, False),
        ({}, False),
        (True, False),
        ([], False),
    ],
    ids=json.dumps,
)
def test_which_tools_are_complete(schema: Any, complete: bool) -> None:
    imported = import_tools([mcp(schema)])
    assert imported.tools[0].complete is complete
    assert ("AX1206" in {note.code for note in imported.notes}) is not complete


def test_open_declares_no_tool_to_be_complete() -> None:
    imported = import_tools([mcp({"properties": {"a": {"type": "string"}}})], close=False)
    assert imported.text == "version: 1\n\ntools:\n  t: {payload: {a: string}}\n"


def test_a_tree_that_is_deeper_than_the_language_goes() -> None:
    schema: Any = {"type": "string"}
    for _ in range(18):
        schema = {"properties": {"a": schema}}
    imported = import_tools([mcp(schema)])
    assert [note.code for note in imported.notes] == ["AX1205"]
    assert compile_policy("t.yml", imported.text.encode()).tools == ("t",)


# --- forms ----------------------------------------------------------------------------------------------------------

TOOL = {"name": "ping", "inputSchema": {"type": "object"}}


@pytest.mark.parametrize(
    "catalog", [[TOOL], {"tools": [TOOL]}, {"jsonrpc": "2.0", "id": 1, "result": {"tools": [TOOL]}}]
)
def test_mcp_in_three_wrappings(catalog: Any) -> None:
    assert [tool.name for tool in import_tools([Source("x", json.dumps(catalog).encode())]).tools] == ["ping"]


@pytest.mark.parametrize(
    ("schema", "file", "name"),
    [
        ({"title": "pay.send", "$id": "x"}, "a.json", "pay.send"),
        ({"title": "Send it", "$id": "https://x.example/pay-it.schema.json#"}, "a.json", "pay-it"),
        ({"title": "Send it"}, "dir/send.schema.json", "send"),
        ({"$id": "https://x.example/"}, "send.yml", "x.example"),
        ({}, "send.json", "send"),
    ],
)
def test_the_name_of_a_schema(schema: dict[str, Any], file: str, name: str) -> None:
    source = Source(file, json.dumps(schema | {"type": "object"}).encode())
    assert [tool.name for tool in import_tools([source]).tools] == [name]


@pytest.mark.parametrize(("version", "expected"), [("3.0.3", "string"), ("3.1.0", "any")])
def test_words_beside_a_reference_count_in_openapi_3_1_only(version: str, expected: str) -> None:
    schema = {"$ref": "#/components/schemas/s", "type": "integer"}
    operation = {"operationId": "o", "parameters": [{"name": "x", "in": "query", "schema": schema}]}
    document = {
        "openapi": version,
        "paths": {"/": {"get": operation}},
        "components": {"schemas": {"s": {"type": "string"}}},
    }
    found = import_tools([Source("x.json", json.dumps(document).encode())])
    assert [tool.payload for tool in found.tools] == [{"x": expected}]


def test_a_form_can_be_forced() -> None:
    """A schema with a property `tools` beside, say, looks like an answer of a server."""
    source = Source("x.json", json.dumps({"tools": [], "type": "object", "properties": {"a": {}}}).encode())
    with pytest.raises(DoorError):
        import_tools([source])
    assert [tool.payload for tool in import_tools([source], Form.json_schema).tools] == [{"a": "any"}]


def test_several_catalogs_are_one() -> None:
    """A tool that all declare alike counts once; one page is as good as two."""
    first, second = mcp({"type": "object"}, "b"), mcp({"type": "object"}, "a")
    imported = import_tools([first, second, first])
    assert [tool.name for tool in imported.tools] == ["a", "b"]
    assert imported == import_tools([second, first])


@pytest.mark.parametrize("text", ["a: *b\nb: &b {}", "a: !!python/object:os.system x", "- [", "a: 1\na: 2"])
def test_yaml_is_that_of_policies(text: str) -> None:
    with pytest.raises(CompileError):
        import_tools([Source("x.yml", text.encode())])


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("x.json", b'{"tools": [], "tools": []}', "AX0803"),
        ("x.json", b"[NaN]", "AX0802"),
        ("x.json", b"[" * 100_000, "AX0807"),
        ("x.json", b'["\\ud800"]', "AX0806"),
        ("x.json", b"\xff", "AX0801"),
        ("x.json", b"", "AX1202"),
        ("x.json", b"[]", "AX1202"),
        ("x.json", b"7", "AX1202"),
        ("x.json", b'{"swagger": "2.0"}', "AX1202"),
        ("x.json", b'{"openapi": "3.2.0", "paths": {}}', "AX1202"),
        ("x.json", b'{"openapi": "3.0.0", "paths": []}', "AX1202"),
        ("x.json", b'{"jsonrpc": "2.0", "error": {"code": -32601, "message": "\\u001b[2J"}}', "AX1202"),
        ("x.json", b" " * (16 * 2**20 + 1), "AX1201"),
        ("x.yaml", b" " * (4 * 2**20 + 1), "AX1201"),
        ("x.json", json.dumps([TOOL | {"name": f"t{n}"} for n in range(5001)]).encode(), "AX1201"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_is_refused(name: str, data: bytes, code: str) -> None:
    with pytest.raises(DoorError) as caught:
        import_tools([Source(name, data)])
    assert [problem.code for problem in caught.value.problems] == [code]

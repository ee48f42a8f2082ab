"""`complete: true` and `any`: which fields a rule may read, and that neither changes a decision."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.laws import examples

from axtary.compiler import CompileError, Diagnostic, compile_policy, compile_text
from axtary.compiler.questions import QuestionTexts, compile_question

PAYLOAD = {"base": "string", "head": {"ref": "string"}, "files": "any"}
CLOSED = {"complete": "true", "payload": PAYLOAD}
OPEN = {"payload": PAYLOAD}


def text(tools: dict[str, Any], when: str, match: Any = "t", effect: str = "allow") -> str:
    rule = {"id": "r", "effect": effect, "match": {"tool": match}, "when": when}
    return json.dumps({"version": "1", "tools": tools, "policies": [rule]})


def found(policy: str, included: str = "") -> list[Diagnostic]:
    """Errors and warnings."""
    try:
        return list(compile_policy("axtary.yml", policy.encode(), lambda _: included.encode()).warnings)
    except CompileError as error:
        return list(error.diagnostics)


def codes(policy: str) -> list[str]:
    return [each.code for each in found(policy)]


# --- where it is an error -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tools", "match", "expected"),
    [
        ({"t": CLOSED}, "t", "AX0505"),
        ({"t": {"complete": "true"}}, "t", "AX0505"),
        ({"t": CLOSED, "u": CLOSED}, ["t", "u"], "AX0505"),
        ({"t": CLOSED, "u": OPEN}, ["t", "u"], "AX0706"),
        ({"t": {"complete": "false", "payload": PAYLOAD}}, "t", "AX0706"),
        ({"t": CLOSED}, ["t", "u"], None),
        ({"t": CLOSED}, "t*", None),
        ({"t": CLOSED, "u": {}}, ["t", "u"], None),
        ({"t": CLOSED, "u": {"complete": "true", "payload": {"bsae": "string"}}}, ["t", "u"], None),
    ],
)
def test_it_takes_complete_declarations_of_all_tools(tools: dict[str, Any], match: Any, expected: str | None) -> None:
    assert codes(text(tools, 'payload.bsae == "main"', match)) == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ('payload.base == "x"', []),
        ("has payload.head", []),
        ("has payload.head.ref", []),
        ("has payload.files and payload.files.first.name == 1", []),
        ("count(payload.files) < 3", []),
        ("has payload", []),
        ('payload.head == "x"', ["AX0505"]),
        ("has payload.head.rev", ["AX0505"]),
        ("has payload.base.x", ["AX0505"]),
        ("has payload.x and payload.x == 1", ["AX0505", "AX0505"]),
        ("payload.x == payload.y", ["AX0505", "AX0505"]),  # and not that their types are unknown
        ("not (payload.x == 1 or payload.base == 1)", ["AX0505", "AX0503"]),
        ('context.x == "y"', []),
    ],
)
def test_which_fields_there_are(when: str, expected: list[str]) -> None:
    assert codes(text({"t": CLOSED}, when)) == expected


def test_a_refused_field_types_nothing_elsewhere() -> None:
    """Only the one error: the use as a number does not clash with the use as a string in a rule for another tool."""
    policy = json.loads(text({"t": CLOSED}, "payload.x == 1"))
    policy["policies"].append({"id": "s", "effect": "allow", "match": {"tool": "u"}, "when": 'payload.x == "a"'})
    assert codes(json.dumps(policy)) == ["AX0505"]


def test_labels_show_the_field_that_is_meant_and_who_says_that_there_are_no_others() -> None:
    (error,) = found(text({"t": CLOSED}, 'payload.bases == "main"'))
    assert [label.text for label in error.labels] == ["declared here", "declared to be complete here"]
    assert error.fix is not None
    assert error.fix.title == "write `payload.base`"


def test_declarations_are_merged_over_files() -> None:
    """A field that one's own file adds is there; who includes a complete declaration has a complete one."""
    policy = json.loads(text({"t": {"payload": {"size": "integer"}}}, "payload.size < 3"))
    policy["include"] = "tools.yml"
    included = json.dumps({"version": "1", "tools": {"t": CLOSED}})
    assert found(json.dumps(policy), included) == []
    policy["policies"][0]["when"] = "payload.sise < 3"
    assert [each.code for each in found(json.dumps(policy), included)] == ["AX0505"]


def test_questions_are_held_to_it_too() -> None:
    compiled = compile_policy("axtary.yml", text({"t": CLOSED}, 'payload.base == "x"').encode())
    with pytest.raises(CompileError) as caught:
        compile_question(compiled.vocabulary, QuestionTexts(tool=["t"], when='payload.bsae == "x"'))
    assert [each.code for each in caught.value.diagnostics] == ["AX0505"]


def test_a_deny_fires_where_a_complete_tool_without_fields_is_named() -> None:
    tools = {"t": OPEN, "u": {"complete": "true"}}
    (warning,) = found(text(tools, 'payload.base == "x"', ["t", "u"], "deny"))
    assert (warning.code, "`u`" in warning.message) == ("AX0703", True)


# --- any ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", [("any", "string"), ("string", "any")])
def test_any_gives_way_to_a_type(order: tuple[str, str]) -> None:
    first, second = order
    included = json.dumps({"version": "1", "tools": {"t": {"payload": {"x": second}}}})
    policy = json.loads(text({"t": {"payload": {"x": first}}}, "payload.x == 1"))
    policy["include"] = "tools.yml"
    assert [each.code for each in found(json.dumps(policy), included)] == ["AX0503"]


def test_two_types_beside_any_are_still_two() -> None:
    included = json.dumps({"version": "1", "tools": {"t": {"payload": {"x": "string"}}}})
    policy = {"version": "1", "include": "tools.yml", "tools": {"t": {"payload": {"x": "integer"}}}}
    assert [each.code for each in found(json.dumps(policy), included)] == ["AX0209"]


def test_no_misspelling_is_told_below_any() -> None:
    """Neither that the field is unknown, nor that a deny fires where it is missing."""
    for effect in ("allow", "deny"):
        assert codes(text({"t": OPEN}, "payload.files.first == 1", effect=effect)) == []


# --- the law --------------------------------------------------------------------------------------------------------

_FIELDS = st.dictionaries(st.sampled_from("abc"), st.sampled_from(["any", "string", "integer"]), max_size=3)


@settings(derandomize=True, max_examples=examples(150), deadline=None)
@given(fields=_FIELDS, read=st.sampled_from("abc"), literal=st.sampled_from(['"x"', "1"]))
def test_complete_changes_no_decision(fields: dict[str, str], read: str, literal: str) -> None:
    """A policy that compiles with complete declarations is, without the word, the same policy."""
    tools = {"t": {"complete": "true", "payload": fields}}
    when = f"payload.{read} == {literal}"
    try:
        closed = compile_text(text(tools, when))
    except CompileError as error:
        assert (read not in fields) == any(each.code == "AX0505" for each in error.diagnostics)
        return
    assert read in fields
    assert closed == compile_text(text({"t": {"payload": fields}}, when))


@settings(derandomize=True, max_examples=examples(100), deadline=None)
@given(fields=_FIELDS, read=st.sampled_from("abc"), literal=st.sampled_from(['"x"', "1"]))
def test_any_is_as_if_it_were_not_declared(fields: dict[str, str], read: str, literal: str) -> None:
    """A policy means the same without its fields of type `any`."""
    typed = {name: kind for name, kind in fields.items() if kind != "any"}
    when = f"payload.{read} == {literal}"
    results: list[Any] = []
    for payload in (fields, typed):
        try:
            results.append(compile_text(text({"t": {"payload": payload}}, when)))
        except CompileError as error:
            results.append([each.code for each in error.diagnostics])
    assert results[0] == results[1]

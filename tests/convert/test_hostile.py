"""Whatever comes in, a converter gives a policy or reasons; and what it gives is a policy."""

from __future__ import annotations

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.convert.test_agt import EXAMPLE as AGT
from tests.convert.test_cedar import EXAMPLE as CEDAR
from tests.convert.test_claude import EXAMPLE as CLAUDE
from tests.convert.test_preset import KEYS
from tests.laws import examples

from axtary.compiler import compile_text
from axtary.compiler.format import format_policy
from axtary.runtime.convert import FORMATS, ConversionError, convert

GOOD = {
    "claude-code": json.dumps({"permissions": CLAUDE}),
    "agt": AGT,
    "cedar": CEDAR,
    "rego": "package a\n",
    "axtary-preset": f"version: 1\n{KEYS}",
}
STRANGE = [
    "\x00",
    "\u202e",
    "\ud7ff",
    "\ue000",
    "\U0010ffff",
    '"',
    "'",
    "\\",
    "*",
    "@",
    "{",
    "}",
    "[",
    "(",
    ")",
    ";",
    "\n",
    "\r",
    "\t",
    "#",
    "&",
    "!",
]
TEXTS = st.text(st.sampled_from(["a", "B", ".", "/", "*", "-", *STRANGE]), max_size=12)


def checked(name: str, data: bytes, form: str | None, partial: bool) -> None:
    try:
        found = convert([(name, data)], form, partial)
    except ConversionError as error:
        assert error.findings and all(each.code and each.message for each in error.findings)
        return
    assert compile_text(found.text) == found.compiled.policy or form == "axtary-preset"
    assert format_policy("axtary.yml", found.text.encode()) == found.text


@settings(max_examples=examples(150), deadline=None, derandomize=True)
@given(st.binary(max_size=60), st.sampled_from([None, *FORMATS]), st.booleans())
def test_any_bytes_are_refused_or_converted(data: bytes, form: str | None, partial: bool) -> None:
    """convert(bytes) is a policy or a ConversionError."""
    checked("policy.json", data, form, partial)


@pytest.mark.parametrize("form", FORMATS)
def test_damaged_sources_are_refused_or_converted(form: str) -> None:
    """convert(damaged source) is a policy or a ConversionError."""
    chance = random.Random(form)
    for _ in range(60):
        text = list(GOOD[form])
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(text))
            text[at : at + chance.randint(0, 3)] = [chance.choice(STRANGE)]
        checked("p", "".join(text).encode("utf-8", "replace"), form, chance.random() < 0.5)


@settings(max_examples=examples(120), deadline=None, derandomize=True)
@given(TEXTS, st.sampled_from(["allow", "ask", "deny"]), st.sampled_from(["Bash", "Read", "Edit", "WebFetch", "X"]))
def test_any_specifier_is_refused_or_quoted(specifier: str, effect: str, tool: str) -> None:
    """A rule with any specifier is refused, or stays one rule of a policy."""
    text = json.dumps({"permissions": {effect: [f"{tool}({specifier})", f"mcp__{specifier}", specifier]}})
    checked("s.json", text.encode(), "claude-code", True)


@settings(max_examples=examples(100), deadline=None, derandomize=True)
@given(TEXTS, TEXTS, st.sampled_from(["eq", "in", "contains", "matches"]))
def test_any_field_and_value_is_refused_or_quoted(field: str, value: str, operator: str) -> None:
    """A condition on any field and value is refused, or is one condition of a policy."""
    given_value = [value] if operator == "in" else value
    condition = {"field": field, "operator": operator, "value": given_value}
    document = {"rules": [{"name": value, "message": field, "action": "allow", "condition": condition}]}
    checked("a.json", json.dumps(document).encode(), "agt", True)


@settings(max_examples=examples(100), deadline=None, derandomize=True)
@given(TEXTS, TEXTS)
def test_any_cedar_text_is_refused_or_quoted(key: str, value: str) -> None:
    """An attribute of any name and value is refused, or is one condition of a policy."""
    shown = [json.dumps(text, ensure_ascii=False).replace("\\u", "\\u{").replace("\\b", "") for text in (key, value)]
    text = (
        f"@id({shown[1]}) permit (principal == Agent::{shown[1]}, action == Action::{shown[0]}, resource) when "
        f"{{ context.string has {shown[0]} && context.string[{shown[0]}] == {shown[1]} }};"
    )
    checked("p.cedar", text.encode(), "cedar", True)


LARGE = {
    "claude-code": '{"permissions": {"deny": [' + ",\n".join(['"Bash(a *)"'] * 15_000) + "]}}",
    "agt": "rules:\n"
    + "".join(
        f"- {{name: a, action: {action}, condition: {{field: f, operator: eq, value: {n}}}}}\n"
        for n in range(5_000)
        for action in ("allow", "deny")
    ),
    "cedar": "permit (principal, action, resource);\n" * 11_000,
}


@pytest.mark.parametrize("form", LARGE)
def test_what_is_large_is_refused_soon(form: str) -> None:
    """Rules by the thousand take no more than their own time: each is far below what a file may hold."""
    with pytest.raises(ConversionError) as caught:
        convert([("p", LARGE[form].encode())], form)
    assert {each.code for each in caught.value.findings} == {"AX1306"}

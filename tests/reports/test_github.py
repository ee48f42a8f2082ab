"""Workflow commands: one line for one finding, whatever the policy says."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.laws import examples
from tests.reports.findings import BROKEN, diagnostics, found_in, is_obeyed

from axtary.compiler import Diagnostic
from axtary.compiler.diagnostics import printable
from axtary.compiler.reports.github import render


def unescaped(text: str) -> str:
    """As the runner of the workflow reads data and properties."""
    for sign, escape in ((",", "%2C"), (":", "%3A"), ("\n", "%0A"), ("\r", "%0D"), ("%", "%25")):
        text = text.replace(escape, sign)
    return text


def test_an_annotation_has_place_title_and_help() -> None:
    lines = render(found_in(BROKEN)[0]).splitlines()
    assert lines[0] == (
        "::error file=axtary.yml,line=5,col=13,endLine=5,endColumn=17,title=AX0204 policies[0].effect"
        "::`alow` is not an effect%0Adid you mean `allow`? write one of: allow, deny, step_up"
    )
    assert lines[2].endswith("%0Adeclared as decimal here: axtary.yml:2:33")
    assert len(lines) == 3


def test_a_finding_in_a_preset_is_not_put_on_a_file() -> None:
    twice = "version: 1\npreset: coding-agent\ntools: {fs.read: {payload: {x: string}}}\npolicies:\n"
    rule = '  - {id: files.read, effect: deny, match: {tool: "x"}}\n'
    found = found_in(twice + rule)[0]
    assert [d.span.file for d in found] == ["preset:coding-agent"]
    command = render(found)
    assert command.startswith("::error title=AX0206 policies[")
    assert f"%0Apreset:coding-agent:{found[0].span.line}:" in command


def test_nothing_found_prints_nothing() -> None:
    assert render([]) == ""


@settings(derandomize=True, max_examples=examples(300))
@given(st.lists(diagnostics(), max_size=3))
def test_no_text_begins_a_command_or_a_property(found: list[Diagnostic]) -> None:
    """lines == findings; and what the runner reads of each is what was to be said."""
    text = render(found)
    lines = text.split("\n")[:-1]
    assert not any(map(is_obeyed, lines))
    assert len(lines) == len(found)
    for line, diagnostic in zip(lines, found, strict=True):
        match = re.fullmatch(r"::(error|warning) ((?:\w+=[^:,]*,?)*)::(.*)", line)
        assert match is not None and match[1] == diagnostic.severity
        properties = dict(part.split("=", 1) for part in match[2].split(","))
        assert properties.keys() <= {"file", "line", "col", "endLine", "endColumn", "title"}
        assert unescaped(properties["title"]).startswith(diagnostic.code)
        first, _, _ = unescaped(match[3]).partition("\n")
        assert first == printable(diagnostic.message.split("\n")[0])

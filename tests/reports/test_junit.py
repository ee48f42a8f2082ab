"""JUnit XML: a suite for each file, well-formed whatever the policy says."""

from __future__ import annotations

from xml.etree import ElementTree as Xml

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.laws import examples
from tests.reports.findings import BROKEN, diagnostics, found_in

from axtary.compiler import Diagnostic
from axtary.compiler.diagnostics import printable
from axtary.compiler.reports.junit import render

WARNED = """\
version: 1
policies:
  - {id: it, effect: allow, match: {tool: t}, obligations: {blocked_paths: [".env*"]}}
"""


def counts(element: Xml.Element) -> list[int]:
    return [int(element.attrib[name]) for name in ("tests", "failures", "errors", "skipped")]


def test_each_error_is_a_failed_case() -> None:
    found, sources = found_in(BROKEN)
    suites = Xml.fromstring(render(found, sources, strict=False))
    assert counts(suites) == counts(suites[0]) == [3, 3, 0, 0]
    case = suites[0][0]
    assert case.attrib == {
        "classname": "axtary.yml",
        "name": "AX0204 5:13 policies[0].effect",
        "file": "axtary.yml",
        "line": "5",
    }
    assert case[0].attrib == {"message": "`alow` is not an effect", "type": "AX0204"}
    assert "5 |     effect: alow\n   |             ^^^^\n" in (case[0].text or "")


def test_a_file_without_findings_has_one_case_that_passes() -> None:
    found, sources = found_in(BROKEN)
    suites = Xml.fromstring(render(found, {"clean.yml": "version: 1\n"} | sources, strict=False))
    assert [suite.get("name") for suite in suites] == ["clean.yml", "axtary.yml"]
    assert counts(suites[0]) == [1, 0, 0, 0]
    assert [(case.get("name"), len(case)) for case in suites[0]] == [("no findings", 0)]
    assert counts(suites) == [4, 3, 0, 0]


def test_a_warning_fails_only_if_strict() -> None:
    found, sources = found_in(WARNED)
    loose, strict = (Xml.fromstring(render(found, sources, strict=strict)) for strict in (False, True))
    assert counts(loose) == [1, 0, 0, 1]
    assert counts(strict) == [1, 1, 0, 0]


@settings(derandomize=True, max_examples=examples(300))
@given(st.lists(diagnostics(), max_size=3))
def test_any_text_is_well_formed_xml(found: list[Diagnostic]) -> None:
    """parse(render(findings)) has each finding once, its message as it can be printed."""
    suites = Xml.fromstring(render(found, {}, strict=True))
    messages = [case[0].get("message") for suite in suites for case in suite]
    assert sorted(map(str, messages)) == sorted(printable(diagnostic.message) for diagnostic in found)

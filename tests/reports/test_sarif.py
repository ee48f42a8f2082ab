"""SARIF: valid by the schema of the standard, whatever the policy says."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft4Validator, FormatChecker
from tests.golden_files import MISTAKES, findings
from tests.laws import examples
from tests.reports.findings import BROKEN, diagnostics, found_in

from axtary.compiler import Diagnostic
from axtary.compiler.reports.sarif import render

SCHEMA = Path(__file__).parent.parent / "vectors" / "sarif" / "sarif-schema-2.1.0.json"


@cache
def validator() -> Draft4Validator:
    return Draft4Validator(json.loads(SCHEMA.read_text()), format_checker=FormatChecker())


def log(found: list[Diagnostic], sources: dict[str, str]) -> Any:
    """The log, once it is valid."""
    document = json.loads(render(found, sources, "0.1.0"))
    validator().validate(document)
    return document


def run_of(found: list[Diagnostic], sources: dict[str, str]) -> Any:
    (run,) = log(found, sources)["runs"]
    return run


def test_the_schema_is_one_that_refuses() -> None:
    document = json.loads(render(found_in(BROKEN)[0], {}, "0.1.0"))
    document["runs"][0]["results"][0]["level"] = "fatal"
    assert not validator().is_valid(document)


def test_a_result_has_rule_level_region_and_fix() -> None:
    run = run_of(*found_in(BROKEN))
    assert run["columnKind"] == "unicodeCodePoints"
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["AX0204", "AX0301", "AX0503"]
    assert rules[0]["shortDescription"] == {"text": "a value that is not one of the allowed ones"}
    assert rules[0]["defaultConfiguration"] == {"level": "error"}
    result = run["results"][0]
    assert (result["ruleId"], result["ruleIndex"], result["level"]) == ("AX0204", 0, "error")
    region = {"startLine": 5, "startColumn": 13, "endLine": 5, "endColumn": 17}
    place = result["locations"][0]
    assert place["physicalLocation"] == {"artifactLocation": {"uri": "axtary.yml"}, "region": region}
    assert place["logicalLocations"][0]["fullyQualifiedName"] == "policies[0].effect"
    (change,) = result["fixes"][0]["artifactChanges"]
    assert change["replacements"] == [{"deletedRegion": region, "insertedContent": {"text": "allow"}}]
    related = run["results"][2]["relatedLocations"]
    assert related[0]["physicalLocation"]["region"]["startLine"] == 2
    assert related[0]["message"] == {"text": "declared as decimal here"}


def test_the_page_of_a_code_is_the_help_of_its_rule() -> None:
    rules = run_of(*found_in(BROKEN))["tool"]["driver"]["rules"]
    assert "## Write instead" in rules[1]["help"]["markdown"]


def test_columns_count_code_points() -> None:
    text = "version: 1\npolicies:\n  - {id: it, description: 😀é, effect: alow, match: {tool: t}}\n"
    region = run_of(*found_in(text))["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert text.splitlines()[2][region["startColumn"] - 1 : region["endColumn"] - 1] == "alow"


@pytest.mark.parametrize(
    ("name", "uri"),
    [
        ("policies/axtary.yml", "policies/axtary.yml"),
        ("my policies/100%#é:?.yml", "my%20policies/100%25%23%C3%A9%3A%3F.yml"),
        ("../other.yml", "../other.yml"),
        ("/srv/a b.yml", "file:///srv/a%20b.yml"),
        ("preset:coding-agent", "preset:coding-agent"),
        ("\udcff.yml", "%FF.yml"),
    ],
)
def test_the_uri_of_a_file(name: str, uri: str) -> None:
    diagnostic = found_in(BROKEN, name)[0][0]
    result = run_of([diagnostic], {})["results"][0]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


def test_policy_text_is_no_link_and_no_placeholder() -> None:
    text = 'version: 1\npolicies:\n  - {id: "[x](http://evil) {0}", effect: allow, match: {tool: t}}\n'
    result = run_of(*found_in(text))["results"][0]
    assert "\\[x\\](http://evil) {{0}}" in result["message"]["text"]


def test_a_finding_keeps_its_fingerprint_where_lines_move() -> None:
    def prints(text: str) -> list[str]:
        return [r["partialFingerprints"]["primaryLocationLineHash"] for r in run_of(*found_in(text))["results"]]

    assert prints(BROKEN) == prints(BROKEN.replace("policies:", "# a comment\n\npolicies:"))
    twice = BROKEN + BROKEN.partition("policies:\n")[2].replace("big", "other")
    assert len(set(prints(twice))) == 6


def test_what_a_comment_silences_is_a_result_that_is_suppressed() -> None:
    """Of one run either all results have `suppressions` or none; one that is not suppressed has an empty list."""
    (first, *others), sources = found_in(BROKEN)
    document = json.loads(render(others, sources, "0.1.0", [(first, "it is \u202e known")]))
    validator().validate(document)
    (run,) = document["runs"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["AX0204", "AX0301", "AX0503"]
    assert [(each["ruleId"], each["ruleIndex"], each["suppressions"]) for each in run["results"]] == [
        ("AX0301", 1, []),
        ("AX0503", 2, []),
        ("AX0204", 0, [{"kind": "inSource", "status": "accepted", "justification": "it is \u202e known"}]),
    ]
    assert not any("suppressions" in each for each in run_of([first, *others], sources)["results"])


def test_without_findings_there_is_an_empty_list_of_results() -> None:
    run = run_of([], {"axtary.yml": "version: 1\n"})
    assert (run["results"], run["tool"]["driver"]["rules"]) == ([], [])


@pytest.mark.parametrize("name", sorted(path.stem for path in MISTAKES.glob("*.json")))
def test_the_log_of_each_mistake_is_valid(name: str) -> None:
    found, sources = findings(name)
    assert len(run_of(list(found), sources)["results"]) == len(found) == 1


@settings(derandomize=True, max_examples=examples(100))
@given(st.lists(diagnostics(), max_size=3))
def test_any_text_is_a_valid_log(found: list[Diagnostic]) -> None:
    """valid(render(findings)), each finding once and in order, each file in an URI that gives its name back."""
    results = run_of(found, {})["results"]
    assert [result["ruleId"] for result in results] == [diagnostic.code for diagnostic in found]
    for result, diagnostic in zip(results, found, strict=True):
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert uri.isascii() and " " not in uri
        if "/" not in diagnostic.span.file and diagnostic.span.file != ".":
            name = re.sub("[\ud800-\udc7f\udd00-\udfff]", "\ufffd", diagnostic.span.file)  # of no byte of a name
            assert unquote(uri, errors="surrogateescape") == name

"""Test files: what they mean, and that each mistake in one is told with its code at its place."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.laws import examples
from tests.suites import flow

from axtary.compiler import compile_text, diagnostics
from axtary.compiler.diagnostics import Diagnostic, Reporter
from axtary.compiler.ir import Policy
from axtary.compiler.testfiles import CODES, Case, Suite, check_rules, read_suite
from axtary.compiler.testfiles.changes import parse_path
from axtary.runtime import errors

HEAD = 'version: 1\nactions:\n  pr: {tool: t, payload: {base: main, n: 1, "odd key": x}}\ncases:\n'
POLICY = compile_text("version: 1\npolicies: [{id: small, effect: allow, match: {tool: t}}]")


IDS = ("reads", "small-prs")  # of the policy that the pages of the codes speak of


def findings(text: str, policy: Policy = POLICY) -> tuple[Suite | None, list[Diagnostic]]:
    report = Reporter()
    suite, _ = read_suite("it.test.yml", text.encode(), report)
    if suite is not None:
        check_rules(suite, policy, report)
    return suite, report.diagnostics


def cases_of(text: str) -> tuple[Case, ...]:
    suite, found = findings(text)
    assert found == []
    assert suite is not None
    return suite.cases


def action_of(case: str, head: str = HEAD) -> Any:
    (found,) = cases_of(f"{head}  - {{name: a, {case}, expect: allow}}\n")
    return json.loads(found.action.text)


# --- meaning --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scalar", "value"),
    [
        ("3", 3),
        ("-1.5", -1.5),
        ("1e3", 1000),
        ("true", True),
        ("false", False),
        ("null", None),
        ('"3"', "3"),
        ("'true'", "true"),
        ('"null"', "null"),
        ("no", "no"),
        ("True", "True"),
        ("012", "012"),
        ("+1", "+1"),
        (".5", ".5"),
        ("1.", "1."),
        ("1_000", "1_000"),
        ("0x1F", "0x1F"),
        ("1:30", "1:30"),
        ("~", "~"),
        ("2026-11-23", "2026-11-23"),
        ('""', ""),
        ("3 4", "3 4"),
    ],
)
def test_only_plain_json_tokens_are_typed(scalar: str, value: object) -> None:
    found = action_of(f"action: pr, with: {{payload.x: {scalar}}}")["payload"]["x"]
    assert (found, type(found)) == (json.loads(json.dumps(value)), type(value) if scalar != "1e3" else float)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(-1e6, 1e6) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(payload=st.dictionaries(st.text(max_size=8), JSON, max_size=4))
@settings(derandomize=True, max_examples=examples(200), deadline=None)
def test_json_written_as_yaml_means_the_same(payload: dict[str, Any]) -> None:
    """action(yaml(v)) == v for every JSON value v."""
    assert action_of(f"action: {flow({'tool': 't', 'payload': payload})}")["payload"] == payload


STEPS = st.lists(st.sampled_from(["base", "n", "odd key", "a", "b"]), min_size=1, max_size=3)


@given(changes=st.lists(st.tuples(STEPS, st.sampled_from([1, None, {"a": {"b": 2}}, "x"])), max_size=5))
@settings(derandomize=True, max_examples=examples(200), deadline=None)
def test_changes_are_those_of_a_dictionary(changes: list[tuple[list[str], Any]]) -> None:
    """with(action, path, value) is assignment in nested dictionaries, in order; through a scalar it is an error."""
    expected: dict[str, Any] = {"base": "main", "n": 1, "odd key": "x"}
    lines: dict[str, str] = {}
    for steps, value in changes:
        path = "payload" + "".join(f"[{json.dumps(step)}]" for step in steps)
        if path in lines:
            continue
        here: Any = expected
        for step in steps[:-1]:
            here = here.setdefault(step, {}) if isinstance(here, dict) else here
        if not isinstance(here, dict):
            break
        here[steps[-1]] = json.loads(json.dumps(value))
        lines[path] = f"{json.dumps(path)}: {flow(value)}"
    made = action_of(f"action: pr, with: {{{', '.join(lines.values())}}}")["payload"]
    assert made == expected


def test_what_the_case_leaves_out_is_taken_from_the_file() -> None:
    head = HEAD.replace("version: 1\n", 'version: 1\ntime: "2026-11-23T10:00:00Z"\nfacts: {usage: {small: 3}}\n')
    assert action_of("action: pr", head)["time"] == "2026-11-23T10:00:00Z"
    assert action_of("action: pr", head)["version"] == 1
    assert action_of("action: {tool: t, time: x}", head)["time"] == "x"
    assert "time" not in action_of("action: pr, without: time", head)
    assert action_of("action: pr, without: [payload.n, 'payload[\"odd key\"]']")["payload"] == {"base": "main"}
    kept, own = cases_of(
        f"{head}  - {{name: a, action: pr, expect: allow}}\n  - {{name: b, action: pr, facts: {{}}, expect: allow}}\n"
    )
    assert (kept.facts.text, own.facts.text) == ('{"usage": {"small": 3}}', "{}")


def test_a_change_leaves_the_named_action_as_it_is() -> None:
    changed, plain = cases_of(
        HEAD + "  - {name: a, action: pr, with: {payload.n: 2}, expect: allow}\n"
        "  - {name: b, action: pr, expect: allow}\n"
    )
    assert json.loads(changed.action.text)["payload"]["n"] == 2
    assert json.loads(plain.action.text)["payload"]["n"] == 1


def test_each_part_of_the_text_knows_its_place() -> None:
    (case,) = cases_of(HEAD + "  - {name: a, action: pr, with: {payload.n: [1, 27]}, expect: allow}\n")
    span = case.action.span_at(case.action.text.index("27"))
    assert (span.line, span.column, span.end_column) == (5, 49, 51)
    base = case.action.span_at(case.action.text.index("main"))
    assert (base.line, base.column) == (3, 33)


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("payload.a", ("payload", "a")),
        ('payload["a.b"].c', ("payload", "a.b", "c")),
        ("paths", ("paths",)),
        ("true", ()),
        ("payload.", ()),
        ("payload[0]", ()),
        ("a == 1", ()),
        ("", ()),
        ('"a"', ()),
    ],
)
def test_attribute_paths(text: str, steps: tuple[str, ...]) -> None:
    assert parse_path(text) == steps


# --- mistakes -------------------------------------------------------------------------------------------------------

CASE = HEAD + "  - name: a\n    action: pr\n    expect: "
MISTAKES = [
    ("AX0104", "version: 1\ncases: [\n", "", "check"),
    ("AX0107", HEAD + "  - {name: a, name: b, action: pr, expect: allow}\n", "name", "delete one"),
    ("AX0201", HEAD + "  - {name: a, action: pr, expects: allow, expect: allow}\n", "expects", "did you mean `expect`"),
    ("AX0201", "version: 1\ncase: []\ncases: [{name: a, action: {tool: t}, expect: allow}]\n", "case", "`cases`"),
    ("AX0202", HEAD + "  - {name: a, expect: allow}\n", "{name: a, expect: allow}", "add `action:"),
    ("AX0202", "version: 1\n", "", "add `cases:"),
    ("AX0203", HEAD + "  - {name: a, action: pr, with: {payload.n: }, expect: allow}\n", "", "write `null`"),
    ("AX0203", "version: 1\ncases: {}\n", "{}", "write for example"),
    ("AX0203", CASE + "{reasons: [[granted]]}\n", "[granted]", "[granted, small-prs]"),
    ("AX0203", CASE + "{reasons: [[default_deny, small]]}\n", "[default_deny, small]", "[default_deny]"),
    ("AX0204", CASE + "alow\n", "alow", "did you mean `allow`?"),
    ("AX0204", CASE + "{reasons: [[grantd, small]]}\n", "grantd", "did you mean `granted`?"),
    ("AX0204", "version: 2\ncases: [{name: a, action: {tool: t}, expect: allow}]\n", "2", "write one of: 1"),
    ("AX0901", CASE + "allow\n  - {name: a, action: pr, expect: deny}\n", "a", "a name of its own"),
    ("AX0902", HEAD + "  - {name: a, action: prs, expect: allow}\n", "prs", "did you mean `pr`?"),
    (
        "AX0903",
        HEAD + "  - {name: a, action: pr, with: {payload.base.x: 1}, expect: allow}\n",
        "payload.base.x",
        "whole",
    ),
    ("AX0903", HEAD + '  - {name: a, action: pr, with: {"payload[0]": 1}, expect: allow}\n', '"payload[0]"', "odd key"),
    (
        "AX0903",
        HEAD + "  - {name: a, action: pr, without: payload.bas, expect: allow}\n",
        "payload.bas",
        "payload.base`?",
    ),
    ("AX0904", CASE + "{}\n", "{}", "write for example"),
    ("AX0904", CASE + "{reasons: []}\n", "[]", "delete `reasons:`"),
    ("AX0904", CASE + "{fired: [small], not_fired: small}\n", "small", "one of the two"),
    ("AX0904", CASE + "{decision: deny, reasons: [[granted, small]]}\n", "[[granted, small]]", "`granted` is of allow"),
    ("AX0904", CASE + "{reasons: [[granted, small], [rate, small]]}\n", "[[granted, small], [rate, small]]", "of deny"),
    ("AX0905", CASE + "{not_fired: smal}\n", "smal", "did you mean `small`?"),
    ("AX0905", CASE + "{reasons: [[rate, x]]}\n", "x", "rules of the policy: small"),
    ("AX0907", "version: 1\ncases: []\n", "[]", "write for example"),
]


@pytest.mark.parametrize(("code", "text", "under", "help_text"), MISTAKES, ids=[f"{m[0]}-{m[2]}" for m in MISTAKES])
def test_mistake(code: str, text: str, under: str, help_text: str) -> None:
    _, found = findings(text)
    assert [one.code for one in found] == [code]
    span = found[0].span
    line = [*text.splitlines(), ""][span.line - 1]
    assert line[span.column - 1 : span.end_column - 1] == under
    assert help_text in found[0].help


def test_every_mistake_of_a_file_is_told_at_once() -> None:
    _, found = findings(
        HEAD + "  - {name: a, action: px, expect: alow}\n  - {name: a, action: pr, without: x, expect: deny}\n"
    )
    assert [one.code for one in found] == ["AX0902", "AX0204", "AX0901", "AX0903"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (HEAD + "  - name: a\n    action: pr\n    expect: deny\n    with:\n"
         + "".join(f"      payload.a{n}: 1\n" for n in range(20_000)), "AX0102"),
        (HEAD.replace("x}}", "x, big: [" + "1, " * 50_000 + "1]}}")
         + "".join(f"  - {{name: a{n}, action: pr, expect: deny}}\n" for n in range(5_000)), "AX0102"),
        (HEAD + f"  - name: a\n    action: pr\n    expect: deny\n    without: payload{'.a' * 30_000}\n", "AX0903"),
    ],
    ids=["many_changes", "a_large_action_often", "a_long_path"],
)  # fmt: skip
def test_hostile_files_end_in_one_error(text: str, code: str) -> None:
    _, found = findings(text)
    assert [one.code for one in found] == [code]


def test_every_code_has_a_mistake() -> None:
    elsewhere = {"AX0906"}  # about two files: with the command's tests
    assert {code for code, *_ in MISTAKES} >= CODES.keys() - elsewhere


def test_the_codes_are_of_test_files_alone() -> None:
    assert not CODES.keys() & (diagnostics.CODES.keys() | errors.CODES.keys())


@pytest.mark.parametrize("code", CODES)
def test_each_code_has_a_page_with_its_meaning(code: str) -> None:
    page = files("axtary.grammars").joinpath("codes", f"{code}.md").read_text(encoding="utf-8")
    headings = [line for line in page.splitlines() if line.startswith("#")]
    wanted = ["## What it says", "## Why it is bad", "## Example", "## Write instead"]
    assert headings == [f"# {code}: {CODES[code]}", *wanted]


@pytest.mark.parametrize("code", sorted(CODES.keys() - {"AX0906"}))
def test_the_page_shows_the_mistake_and_how_it_is_mended(code: str) -> None:
    """The first block has the code, the second none; the page of AX0906 shows commands."""
    page = files("axtary.grammars").joinpath("codes", f"{code}.md").read_text(encoding="utf-8")
    policy = compile_text(
        "version: 1\npolicies:\n" + "".join(f"  - {{id: {i}, effect: allow, match: {{tool: t}}}}\n" for i in IDS)
    )
    wrong, right = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    assert [found.code for found in findings(wrong, policy)[1]] == [code]
    assert findings(right, policy)[1] == []

"""Cases run against policies, and what they show of them."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import golden_files
from tests.golden_files import Case
from tests.laws import examples
from tests.suites import loaded, suite_text

from axtary.backends import native
from axtary.backends.verdict import EngineError
from axtary.compiler import CompileError, compile_policy, compile_text
from axtary.compiler.analysis.cases import generate
from axtary.compiler.analysis.coverage import Coverage
from axtary.compiler.diagnostics import printable
from axtary.compiler.ir import Policy
from axtary.runtime.engines import NAMES
from axtary.runtime.prove import prove
from axtary.runtime.testing import CoverageReport, Result, Runner, coverage_report, find, junit, page, policy_of

POLICY = """
version: 1
policies:
  - id: small
    effect: allow
    match: {tool: t}
    when: payload.n <= 12 and payload.n <= 922337203685477.5807 and has payload.base
    obligations:
      rate: 5 per 1h per actor
      budget: {limit: 5, unit: calls, per: task, window: 1d}
  - id: held
    effect: step_up
    match: {tool: t}
    when: payload.base == "prod"
    obligations: {approvers: [security]}
"""


def run(policy: Policy, text: str, folder: Path, engines: Sequence[str] = ("native",)) -> tuple[list[Result], Coverage]:
    coverage = Coverage(policy)
    runner = Runner(policy, engines, coverage)
    return [runner.run(ready) for ready in loaded(text, policy, folder).cases], coverage


def one(expect: str, folder: Path, policy: str = POLICY) -> Result:
    text = "version: 1\ncases:\n  - name: it\n    action: {tool: t, payload: {n: 1, base: x}}\n"
    (result,), _ = run(
        compile_text(policy), f"{text}    facts: {{usage: {{small: 0}}}}\n    expect: {expect}\n", folder
    )
    return result


# --- running --------------------------------------------------------------------------------------------------------


BEHAVIOURS = golden_files.behaviours()
ON_ALL = BEHAVIOURS[::8]  # each engine on each behaviour is what the corpus itself is for


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
def test_golden_cases_pass_as_test_files(behaviour: str, tmp_path: Path) -> None:
    """test(suite(cases)) passes: what the corpus says of an action, a test file can say."""
    policy, cases = golden_files.compiled(behaviour).policy, golden_files.cases(behaviour)
    results, _ = run(policy, suite_text(cases), tmp_path, NAMES if behaviour in ON_ALL else ("native",))
    assert len(results) == len(cases)
    assert [(r.ready.case.name.value, r.differences) for r in results if not r.passed] == []
    assert [r.ready.action for r in results] == [case.action for case in cases]
    assert [r.ready.facts for r in results] == [case.facts for case in cases]


@pytest.mark.parametrize(
    ("expect", "what"),
    [
        ("allow", []),
        ("deny", ["decision"]),
        ("step_up", ["decision"]),
        ("{fired: [small]}", []),
        ("{fired: small}", []),
        ("{fired: []}", ["fired"]),
        ("{fired: [small, held]}", ["fired"]),
        ("{not_fired: [held]}", []),
        ("{not_fired: [small, held]}", ["not_fired"]),
        ("{reasons: [[granted, small]]}", []),
        ("{reasons: [[granted, held]]}", ["reasons"]),
        ("{reasons: [[default_deny]]}", ["reasons"]),
        ("{decision: deny, fired: held, not_fired: small}", ["decision", "fired", "not_fired"]),
    ],
)
def test_what_differs(expect: str, what: list[str], tmp_path: Path) -> None:
    result = one(expect, tmp_path)
    assert [difference.what for difference in result.differences] == what
    assert result.passed == (not what)
    assert (result.why is None) == result.passed
    assert result.to_json()["passed"] == result.passed


def test_the_default_deny_is_a_reason_without_a_rule(tmp_path: Path) -> None:
    policy = POLICY.replace("{tool: t}", "{tool: other}")
    assert one("{decision: deny, reasons: [[default_deny]], fired: []}", tmp_path, policy).passed


class _Broken:
    name = "broken"
    version = "broken 1"

    def decide(self, _action: Any, _facts: Any) -> Any:
        raise EngineError("out of order")


def test_an_engine_that_fails_is_a_case_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("axtary.runtime.simulate.compile_engine", lambda _name, _policy: _Broken())
    policy = compile_text(POLICY)
    text = "version: 1\ncases: [{name: a, action: {tool: x}, expect: deny}]\n"
    (result,), _ = run(policy, text, tmp_path, ("native", "cedar"))
    assert [(d.what, d.engine, d.got) for d in result.differences] == [("engine", "broken", "out of order")]


def test_engines_that_disagree_are_a_case_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = compile_text(POLICY.replace('"prod"', '"prob"'))
    monkeypatch.setattr("axtary.runtime.simulate.compile_engine", lambda _name, _policy: native.compile(other))
    text = "version: 1\ncases: [{name: a, action: {tool: t, payload: {base: prod}}, expect: {not_fired: small}}]\n"
    (result,), _ = run(compile_text(POLICY), text, tmp_path, ("native", "cedar"))
    assert [d.what for d in result.differences] == ["engines"]


@pytest.mark.parametrize(
    ("members", "code", "under"),
    [
        ("action: {payload: {}}", "AX0812", "{payload: {}}"),
        ("action: {tool: 3}", "AX0813", "tool"),
        ("action: {tool: t, payloads: {}}", "AX0811", "payloads"),
        ("action: {tool: t}, with: {payload.n: 0.10000000000000000555}", "AX0805", "0.10000000000000000555"),
        ("action: {tool: t}, with: {payload.n: 9007199254740993}", "AX0804", "9007199254740993"),
        ("action: {tool: t}, with: {actor.agent: 3}", "AX0813", "actor.agent"),
        ('action: {tool: ""}', "AX0814", "tool"),
    ],
)
def test_the_door_speaks_at_the_place_in_the_file(members: str, code: str, under: str, tmp_path: Path) -> None:
    text = f"version: 1\ncases:\n  - {{name: a, expect: deny, {members}}}\n"
    with pytest.raises(CompileError) as caught:
        loaded(text, compile_text(POLICY), tmp_path)
    (found,) = caught.value.diagnostics
    assert found.code == code
    line = text.splitlines()[found.span.line - 1]
    assert line[found.span.column - 1 : found.span.end_column - 1] == under


# --- files ----------------------------------------------------------------------------------------------------------


def test_files_are_found_beside_the_policy_and_below_tests(tmp_path: Path) -> None:
    for name in ("a.test.yml", "b.test.yaml", "c.yml", "tests/z.test.yml", "tests/deep/y.test.yml", "other/x.test.yml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("version: 1\n")
    (tmp_path / "folder.test.yml").mkdir()
    found = [path.relative_to(tmp_path).as_posix() for path in find(tmp_path / "axtary.yml")]
    assert found == ["a.test.yml", "b.test.yaml", "tests/deep/y.test.yml", "tests/z.test.yml"]


def test_the_policy_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "tests/deep").mkdir(parents=True)
    for name, text, policy in (
        ("a.test.yml", "policy: other.yml\n", "other.yml"),
        ("b.test.yml", "", "axtary.yml"),
        ("tests/deep/c.test.yml", "", "axtary.yml"),
        ("tests/d.test.yml", "policy: ../other.yml\n", "other.yml"),
        ("e.test.yml", "[", "axtary.yml"),
    ):
        (tmp_path / name).write_text(f"version: 1\n{text}cases: [{{name: a, action: {{tool: t}}, expect: deny}}]\n")
        assert policy_of(tmp_path / name).resolve() == tmp_path / policy, name


# --- coverage -------------------------------------------------------------------------------------------------------


def report(text: str, folder: Path, policy: str = POLICY) -> CoverageReport:
    compiled = compile_text(policy)
    return coverage_report(compiled, run(compiled, text, folder)[1])


def states(found: CoverageReport) -> dict[str, str]:
    """`rule/text outcome` -> state."""
    return {
        f"{rule.rule.id}/{'' if item.kind == 'rule' else item.text} {outcome.outcome}": outcome.state
        for rule in found.rules
        for item in rule.items
        for outcome in item.outcomes
    }


def test_outcomes_of_one_case(tmp_path: Path) -> None:
    text = "version: 1\ncases: [{name: a, action: {tool: t, payload: {n: 1, base: x}}, expect: deny}]\n"
    found = report(text, tmp_path)
    assert states(found) == {
        "small/ fires": "shown",
        "small/payload.n <= 12 true": "shown",
        "small/payload.n <= 12 false": "missing",
        "small/payload.n <= 12 undefined": "missing",
        "small/payload.n <= 922337203685477.5807 true": "shown",
        "small/payload.n <= 922337203685477.5807 false": "unreachable",
        "small/payload.n <= 922337203685477.5807 undefined": "missing",
        "small/has payload.base true": "shown",
        "small/has payload.base false": "missing",
        "small/budget: 1 of 5 calls per 1d per task met": "shown",
        "small/budget: 1 of 5 calls per 1d per task violated": "unreachable",
        "small/rate: 5 per 1h per actor met": "missing",
        "small/rate: 5 per 1h per actor violated": "shown",
        "held/ fires": "missing",
        'held/payload.base == "prod" true': "missing",
        'held/payload.base == "prod" false': "shown",
        'held/payload.base == "prod" undefined': "missing",
        "held/approvers: security met": "missing",
        "held/approvers: security violated": "missing",
    }
    assert (found.shown, found.reachable, found.percent) == (7, 17, 41.1)
    assert [rule.rule.id for rule in found.rules] == ["small", "held"]
    assert [rule.alone for rule in found.rules] == [True, False]
    for rule in found.rules:
        for outcome in rule.outcomes:
            assert (outcome.state == "missing") == (outcome.hint is not None)
            assert (outcome.state == "unreachable") == (outcome.why is not None)


def test_a_budget_that_no_case_has_tried_can_still_be_met(tmp_path: Path) -> None:
    text = "version: 1\ncases: [{name: a, action: {tool: x}, expect: deny}]\n"
    met, never = "small/budget: 1 of 5 calls per 1d per task", "small/budget: 1 of 0 calls per 1d per task"
    found = states(report(text, tmp_path))
    assert (found[f"{met} met"], found[f"{met} violated"]) == ("missing", "unreachable")
    found = states(report(text, tmp_path, POLICY.replace("limit: 5", "limit: 0")))
    assert (found[f"{never} met"], found[f"{never} violated"]) == ("unreachable", "missing")


@given(shown=st.integers(0, 40), more=st.integers(0, 40), limit=st.floats(0, 100))
@settings(derandomize=True, max_examples=examples(300), deadline=None)
def test_the_percentage_never_says_more_than_is_shown(shown: int, more: int, limit: float) -> None:
    """percent <= 100 * shown / reachable < percent + 0.1, and `reaches` is about the exact value."""

    class Counted(CoverageReport):
        shown = property(lambda _: shown)
        reachable = property(lambda _: shown + more)

    found = Counted("", ())
    exact = 100 * shown / (shown + more) if shown + more else 100
    assert found.percent <= exact + 1e-9
    assert exact < found.percent + 0.1 + 1e-9
    assert (found.percent == 100) == (more == 0)
    assert found.reaches(limit) == (100 * shown >= limit * (shown + more))
    assert found.reaches(0) and (more == 0) == found.reaches(100)


@pytest.mark.parametrize("behaviour", [name for name in BEHAVIOURS if not name.startswith("preset_")][::16])
def test_coverage_is_that_of_prove_on_the_same_actions(behaviour: str, tmp_path: Path) -> None:
    """coverage(test(suite(generate(p)))) == coverage(prove(p)): two ways to the same counts."""
    policy = golden_files.compiled(behaviour).policy
    cases = [
        Case(f"case {n}", case.action, case.facts, v.decision, v.fired, tuple((c.value, r) for c, r in v.reasons), None)
        for n, case in enumerate(generate(policy, native.evaluate))
        for v in [native.compile(policy).decide(case.action, case.facts)]
    ]
    results, coverage = run(policy, suite_text(cases), tmp_path)
    assert all(result.passed for result in results)
    found = coverage_report(policy, coverage)
    proved = prove(policy, random_cases=0).certificate.coverage
    conditions = [item for rule in found.rules for item in rule.conditions]
    outcomes = [outcome for item in conditions for outcome in item.outcomes]
    assert len(results) > 3
    assert len(conditions) == proved.conditions
    assert len(outcomes) == proved.outcomes
    assert sum(outcome.state == "shown" for outcome in outcomes) == proved.outcomes_seen
    assert sum(rule.items[0].outcomes[0].state == "shown" for rule in found.rules) == proved.rules_fired
    assert sum(rule.alone for rule in found.rules) == proved.rules_decisive
    missed = sum(o.state == "missing" for rule in found.rules for o in rule.outcomes)
    assert missed == len([gap for gap in proved.missed if gap.outcome not in ("alone", "decides")])


def test_presets_are_listed_and_not_counted(tmp_path: Path) -> None:
    policy = POLICY.replace("version: 1", "version: 1\npreset: coding-agent")
    text = "version: 1\ncases: [{name: a, action: {tool: fs.read, paths: [a]}, expect: allow}]\n"
    found = report(text, tmp_path, policy)
    assert [rule.rule.id for rule in found.own] == ["small", "held"]
    assert found.shown == 0 and found.reachable == 17
    read = next(rule for rule in found.rules if rule.rule.id == "files.read")
    assert read.preset and read.items[0].named("shown") == ["fires"]
    assert [rule.preset for rule in found.rules] == [False] * 2 + [True] * (len(found.rules) - 2)


def test_the_document_has_a_version_and_holds_what_the_report_does(tmp_path: Path) -> None:
    text = "version: 1\ncases: [{name: a, action: {tool: t}, expect: deny}]\n"
    found = report(text, tmp_path)
    document = json.loads(json.dumps(found.to_json()))
    assert document["coverage_version"] == 1
    assert (document["shown"], document["reachable"], document["percent"]) == (
        found.shown,
        found.reachable,
        found.percent,
    )
    items = [item for rule in document["rules"] for item in rule["items"]]
    assert sum(len(item["outcomes"]) for item in items) == len(states(found))
    assert items[0] == {
        "kind": "rule",
        "text": "small",
        "file": "axtary.yml",
        "line": 4,
        "column": 9,
        "end_line": 4,
        "end_column": 14,
        "outcomes": [{"outcome": "fires", "state": "missing", "why": None, "hint": items[0]["outcomes"][0]["hint"]}],
    }


# --- JUnit and HTML -------------------------------------------------------------------------------------------------


def test_junit_is_well_formed_whatever_the_names_hold(tmp_path: Path) -> None:
    name = r'"\u0000\u0007\ufffe<a href=\"x\">&amp;]]>\r\n\t\u2028\U0001f600é"'
    text = f"version: 1\ncases:\n  - {{name: {name}, action: {{tool: t}}, expect: allow}}\n"
    text += "  - {name: b, action: {tool: t}, expect: deny}\n"
    results, _ = run(compile_text(POLICY), text, tmp_path)
    root = ElementTree.fromstring(junit(results))
    (suite,) = root
    assert (root.tag, root.attrib["tests"], root.attrib["failures"]) == ("testsuites", "2", "1")
    assert (suite.attrib["tests"], suite.attrib["failures"], suite.attrib["errors"]) == ("2", "1", "0")
    first, second = suite
    assert first.attrib["name"] == '\\u{0}\\u{7}\\u{fffe}<a href="x">&amp;]]>\\u{d}\\u{a} \\u{2028}\U0001f600é'
    assert first.attrib["line"] == "3"
    assert float(first.attrib["time"]) > 0
    assert [root.attrib["time"], suite.attrib["time"]] == [f"{sum(result.seconds for result in results):.6f}"] * 2
    (failure,) = first
    assert failure.attrib == {"message": "decision: expected allow, got deny", "type": "decision"}
    assert list(second) == []


HOSTILE = """\
version: 1
policies:
  - id: it
    description: "</script><img src=x onerror=alert(1)>"
    effect: allow
    match: {tool: t}
    when: |
      payload.a == "</mark></pre><script>alert('1')</script>" and
      payload.b like "\\"><img src=x onerror=alert(1)>*"
    obligations:
      blocked_paths: ["<b>", '"onmouseover="alert(1)']
"""


class Tags(HTMLParser):
    """The tags of a page, with their attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def painted(policy: str, text: str, folder: Path) -> str:
    compiled = compile_policy("axtary.yml", policy.encode())
    found = coverage_report(compiled.policy, run(compiled.policy, text, folder)[1])
    return page(found, compiled.sources, "<i>axtary.yml")


def test_the_policy_stays_text_on_the_page(tmp_path: Path) -> None:
    html = painted(HOSTILE, "version: 1\ncases: [{name: a, action: {tool: t}, expect: deny}]\n", tmp_path)
    seen = Tags(html)
    assert {tag for tag, _ in seen.tags}.isdisjoint({"script", "img", "b>", "i>", "iframe", "link"})
    known = {"lang", "charset", "http-equiv", "content", "name", "class", "href", "id", "data-n", "title"}
    known |= {"min", "max", "value"}
    assert {name for _, attributes in seen.tags for name in attributes} == known
    assert all((attributes["href"] or "").startswith("#f") for tag, attributes in seen.tags if tag == "a")
    for line in HOSTILE.splitlines():
        assert line in seen.text, line


def test_the_page_loads_nothing_and_has_its_style_by_hash(tmp_path: Path) -> None:
    import base64
    import hashlib

    html = painted(POLICY, "version: 1\ncases: [{name: a, action: {tool: t}, expect: deny}]\n", tmp_path)
    policy = next(a["content"] for t, a in Tags(html).tags if a.get("http-equiv") == "Content-Security-Policy")
    style = html.split("<style>")[1].split("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert not re.search(r"url\(|@import|https?:|style=", html)
    assert "prefers-color-scheme: dark" in style


def marks(html: str) -> list[tuple[str, str]]:
    """(state, text) of each painted part, in order."""
    return re.findall(r'<mark class="(\w+)" title="[^"]*">(.*?)</mark>', html)


def test_parts_are_painted_by_what_was_shown(tmp_path: Path) -> None:
    action = "{tool: t, payload: {n: 1, base: x}}"
    cases = [
        f"{{name: a, action: {action}, expect: deny}}",
        f"{{name: b, action: {action}, with: {{payload.n: 13}}, expect: deny}}",
        f"{{name: c, action: {action}, without: payload.n, expect: deny}}",
    ]
    html = painted(POLICY, f"version: 1\ncases: [{', '.join(cases)}]\n", tmp_path)
    assert marks(html) == [
        ("all", "small"),
        ("all", "payload.n &lt;= 12"),
        ("all", "payload.n &lt;= 922337203685477.5807"),
        ("part", "has payload.base"),
        ("part", "5 per 1h per actor"),
        ("all", "{limit: 5, unit: calls, per: task, window: 1d}"),
        ("none", "held"),
        ("part", "payload.base == &quot;prod&quot;"),
        ("none", "[security]"),
    ]
    assert "missing: false" in html and "cannot be false: no number makes it false" in html


def test_the_page_is_the_same_twice(tmp_path: Path) -> None:
    text = "version: 1\ncases: [{name: a, action: {tool: t}, expect: deny}]\n"
    assert painted(POLICY, text, tmp_path) == painted(POLICY, text, tmp_path)


def test_included_files_and_presets_have_their_sections(tmp_path: Path) -> None:
    more = b"version: 1\npolicies: [{id: more, effect: deny, match: {tool: u}}]\n"
    first = (
        b"version: 1\npreset: coding-agent\ninclude: more.yml\npolicies: [{id: a, effect: allow, match: {tool: t}}]\n"
    )
    compiled = compile_policy("axtary.yml", first, {"more.yml": more}.__getitem__)
    found = coverage_report(compiled.policy, Coverage(compiled.policy))
    html = page(found, compiled.sources, "axtary.yml")
    assert re.findall(r'<h2 class="file">(.*?)</h2>', html) == ["axtary.yml", "more.yml", "preset:coding-agent"]
    assert "<summary>preset:coding-agent</summary>" in html
    links = set(re.findall(r'href="#(.*?)"', html))
    assert links <= set(re.findall(r'id="(.*?)"', html)) and len(links) > 20


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
def test_the_page_shows_every_line_as_it_is(behaviour: str) -> None:
    """text(pre of page(p)) == source(p), for every file of the policy: paint adds nothing and hides nothing."""
    compiled = golden_files.compiled(behaviour)
    found = coverage_report(compiled.policy, Coverage(compiled.policy))
    html = page(found, compiled.sources, "policy.yml")
    shown = [Tags(part).text for part in re.findall(r"<pre>(.*?)</pre>", html, re.DOTALL)]
    own = sorted(compiled.sources, key=lambda name: name.startswith("preset:"))
    sources = [compiled.sources[name] for name in own]
    assert shown == ["".join(printable(line) + "\n" for line in text.split("\n")[:-1]) for text in sources]
    painted_texts = {text for _, text in marks(html)}
    assert all(escape(rule.id) in painted_texts for rule in compiled.policy.rules if rule.description[:5] != "from ")


def test_keys_that_stand_for_several_conditions_share_a_mark(tmp_path: Path) -> None:
    policy = "version: 1\npolicy: {github: {pullRequests: {requiredBaseBranch: main, maxFilesChanged: 3}}}\n"
    action = "{tool: github.pull_requests.create, payload: {base: main}}"
    html = painted(policy, f"version: 1\ncases: [{{name: a, action: {action}, expect: deny}}]\n", tmp_path)
    assert marks(html) == [("part", "requiredBaseBranch")]

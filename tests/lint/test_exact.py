"""The exact lints: what they say, which rules they name, and what they are silent about."""

from __future__ import annotations

import json
from typing import Any

import pytest

from axtary.compiler import Diagnostic, compile_policy
from axtary.compiler.lint import exact
from axtary.compiler.lint.exact import needed
from axtary.compiler.lint.exact.alone import is_plain
from axtary.compiler.lint.exact.breadth import is_twin

TOOL = "github.pull_requests.create"


def rule(rule_id: str = "it", effect: str = "allow", tool: str | list[str] = TOOL, **parts: Any) -> dict[str, Any]:
    """One rule; `match` adds to its tool."""
    match = {"tool": tool} | parts.pop("match", {})
    return {"id": rule_id, "effect": effect, "match": match} | parts


def found(*rules: dict[str, Any], **more: Any) -> list[Diagnostic]:
    """The warnings that take a proof, and those on comments."""
    text = json.dumps({"version": "1", "policies": rules} | more)
    warnings = exact.check(compile_policy("axtary.yml", text.encode())).compiled.warnings
    return [each for each in warnings if each.code >= "AX0720"]


def codes(*rules: dict[str, Any], **more: Any) -> list[str]:
    """Their codes."""
    return [each.code for each in found(*rules, **more)]


# --- conditions -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "under"),
    [
        ("payload.n > 5 and payload.n > 3", ["payload.n > 3"]),
        ("payload.n > 5 or payload.n > 7", ["payload.n > 7"]),
        ('payload.s == "a" and payload.s != "b"', ['payload.s != "b"']),
        ('payload.s like "a*" and (payload.s like "*" or payload.n > 1)', ['payload.s like "*" or payload.n > 1']),
        ('payload.s == "a" and payload.s == "a"', ['payload.s == "a"']),
        ('any paths matches "src/**" and count(paths) >= 1', ["count(paths) >= 1"]),
        ("payload.n >= 1 and payload.n <= 10", []),
        ('payload.s like "*"', []),  # asks for a text
        ('has payload.s and payload.s == "a"', []),  # a guard may stay
        ('not has payload.s or payload.s == "a"', []),
        ("payload.n > payload.m and payload.m > 3", []),
        ("payload.n > payload.m and payload.m > 3 and payload.n > 3", ["payload.n > 3"]),
        ("payload.n > payload.m and payload.m > payload.k and payload.n > payload.k", ["payload.n > payload.k"]),
    ],
)
def test_parts_that_change_nothing(when: str, under: list[str]) -> None:
    head = "version: 1\ntools: {t: {payload: {n: integer, m: integer, k: integer, s: string}}}\npolicies:\n"
    text = f"{head}  - id: it\n    effect: allow\n    match: {{tool: t}}\n    when: {when}\n"
    warnings = exact.check(compile_policy("axtary.yml", text.encode())).compiled.warnings
    spans = [each.span for each in warnings if each.code == "AX0720"]
    line = f"    when: {when}"
    assert [line[span.column - 1 : span.end_column - 1] for span in spans] == under


def test_a_deny_rule_fires_where_nothing_is_known() -> None:
    """`like "*"` asks for a text in an allow rule, and excludes nothing in a deny rule."""
    condition = 'payload.s like "*"'
    allowing = rule("other", tool="x")
    assert codes(rule(when=condition), allowing) == []
    assert codes(rule(effect="deny", when=condition), allowing) == ["AX0720"]


def test_a_rule_that_never_fires_is_told_once() -> None:
    assert codes(rule(when="payload.n > 3 and payload.n < 3")) == ["AX0720"]  # by the compiler
    assert codes(rule(when="payload.n > 3 and not (payload.n > 2 or payload.m == 1)")) == ["AX0721"]
    assert codes(rule(match={"actor": "agent:a"}, when='actor.agent == "agent:b"')) == ["AX0721"]
    assert codes(rule(when='tool == "fs.read"')) == ["AX0721"]
    assert codes(rule(when=f'tool == "{TOOL}"')) == ["AX0720"]
    assert codes(rule(effect="step_up", tool="*", when='not (tool == "a" or tool == "b")')) == []
    assert codes(rule(effect="step_up", tool="fs.*", when='not (tool == "a" or tool == "b")')) == ["AX0720"]
    assert codes(rule(when="count(paths) < 0")) == ["AX0726"]


@pytest.mark.parametrize(
    ("when", "declared", "expected"),
    [
        ("payload.n > 9007199254740991", "integer", ["AX0726"]),
        ("payload.n >= 9007199254740991", "integer", []),
        ("payload.n <= 9007199254740991", "integer", ["AX0726"]),
        ("payload.n < 9007199254740991", "integer", []),
        ("payload.n > 922337203685477.5807", "decimal", ["AX0726"]),
        ("payload.n == 922337203685477.5807", "number", ["AX0726"]),
        ("payload.n == 922337203685477.5807", "decimal", []),
        ("count(paths) >= 0", "integer", ["AX0726"]),
        ("count(paths) > 0", "integer", []),
    ],
)
def test_limits(when: str, declared: str, expected: list[str]) -> None:
    tools = {TOOL: {"payload": {"n": declared}}}
    assert [code for code in codes(rule(when=when), tools=tools) if code != "AX0721"] == expected


# --- obligations ----------------------------------------------------------------------------------------------------


def hours(*windows: str) -> dict[str, Any]:
    """The obligation."""
    return {"obligations": {"hours": list(windows)}}


def test_hours_that_are_never_open() -> None:
    day: dict[str, Any] = {"when": 'time >= "2026-01-07T00:00:00Z" and time < "2026-01-08T00:00:00Z"'}  # a Wednesday
    assert codes(rule(**day, **hours("Sat 08:00-09:00 UTC"))) == ["AX0725"]
    assert codes(rule(**day, **hours("Thu 08:00-09:00 Pacific/Kiritimati"))) == []  # it is Thursday there
    assert codes(rule(**day, **hours("Thu 08:00-09:00 UTC"))) == ["AX0725"]
    assert codes(rule(**day, **hours("Tue 23:00-01:00 UTC"))) == []  # the window goes over midnight


def test_hours_of_two_rules_that_are_never_open_together() -> None:
    early, late = hours("Mon-Fri 06:00-12:00 UTC"), hours("Mon-Fri 12:00-20:00 UTC")
    assert codes(rule("a", **early), rule("b", **late)) == ["AX0724"]
    assert codes(rule("a", **early), rule("b", tool="x", **late)) == []
    one, two = {"actor": "agent:a"}, {"actor": "agent:b"}
    assert codes(rule("a", match=one, **early), rule("b", match=two, **late)) == []
    assert codes(rule("a", **early), rule("b", **hours("Mon-Fri 11:59-20:00 UTC"))) == []


def test_a_budget_that_the_condition_exceeds() -> None:
    budget = {"limit": "50", "unit": "USD", "per": "task", "window": "1d", "cost": "payload.amount"}
    over, up_to = (rule(when=f"payload.amount {sign} 50", obligations={"budget": budget}) for sign in (">", ">="))
    assert codes(over) == ["AX0724"]
    assert codes(up_to) == []


# --- rules among others ---------------------------------------------------------------------------------------------

SMALL, LARGE = {"when": "payload.n <= 5"}, {"when": "payload.n <= 9"}


def test_of_two_rules_that_do_the_same_one_is_needless() -> None:
    assert codes(rule("a", **SMALL), rule("b", **LARGE)) == ["AX0723"]
    (one,) = found(rule("a", when="not payload.n > 5"), rule("b", **SMALL))
    assert "rule `b`" in one.message and "`a` decides" in one.message  # the first one stays


def test_what_is_obliged_to_makes_a_rule_needed() -> None:
    assert codes(rule("a", obligations={"ttl": "1m"}, **SMALL), rule("b", obligations={"ttl": "2m"}, **LARGE)) == []
    assert codes(rule("a", obligations={"ttl": "2m"}, **SMALL), rule("b", obligations={"ttl": "2m"}, **LARGE)) == [
        "AX0723"
    ]
    rate = {"rate": "5 per 1h per actor"}
    assert codes(rule("a", obligations=rate, **SMALL), rule("b", **LARGE)) == []
    assert codes(rule("a", obligations={"blocked_paths": ["infra/"]}, **SMALL), rule("b", **LARGE)) == []


def test_a_second_lock_is_no_finding() -> None:
    """A deny rule that only forbids what nothing allows; one inside another deny rule is needless."""
    allowed = rule("open", tool="fs.read")
    assert codes(rule("lock", "deny", "fs.write"), allowed) == []
    assert codes(rule("lock", "deny", "fs.write"), rule("locks", "deny", "fs.w*"), allowed) == ["AX0723"]


def test_rules_that_others_overrule() -> None:
    one, two = rule("one", "deny", when="payload.n > 5"), rule("two", "deny", when="not payload.n > 5")
    (both,) = found(rule("open"), one, two)
    assert both.code == "AX0722" and "`one` and `two` decide" in both.message
    assert [label.text for label in both.labels] == ["`one` decides", "`two` decides"]
    assert codes(rule("open"), rule("ask", "step_up")) == ["AX0722"]  # the step_up grants by itself
    assert codes(rule("open"), rule("ask", "step_up", **SMALL)) == []  # its condition may be undefined


def test_step_ups_that_no_approval_lifts() -> None:
    ask = rule("ask", "step_up", obligations={"approvers": {"roles": ["r"], "quorum": 100}})
    assert codes(ask) == []
    assert codes(ask, rule("never", "deny", "github.*")) == ["AX0727"]
    assert codes(ask, rule("never", "deny", "github.*", match={"actor": "agent:a"})) == []


def test_presets_are_never_at_fault() -> None:
    stop = rule("stop", "deny", "*")
    assert codes(stop, preset="coding-agent") == ["AX0730"]
    assert codes(rule("open", tool="x"), preset="coding-agent") == []


# --- breadth --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({}, ["AX0728"]),
        ({"match": {"resource": "**", "actor": ["a*", "*"]}}, ["AX0728"]),
        ({"match": {"resource": "*"}}, []),  # not what has a slash
        ({"match": {"actor": "agent:*"}}, []),
        ({"when": "has payload.x"}, []),
        ({"description": "Agents may open pull requests."}, ["AX0728"]),
        ({"description": "Everything is allowed in the sandbox."}, []),
    ],
)
def test_an_allow_without_limit(parts: dict[str, Any], expected: list[str]) -> None:
    assert codes(rule(tool="*", **parts)) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("fs.delete", "fs.remove", True),
        ("fs.delete", "fs.delete_file", True),
        ("fs.delete", "fs.deleteAll", True),
        ("fs.delete_file", "fs.remove_file", True),
        ("github.pull_request.merge", "github.pullRequests.merge", True),
        ("fs.delete", "fs.delete", False),
        ("fs.delete_file", "fs.delete_folder", False),
        ("fs.delete", "mail.delete", False),
        ("fs.delete", "fs.read", False),
        ("fs.read", "fs.read_file", False),
        ("merge", "merge_queue.add", False),
    ],
)
def test_twins(one: str, other: str, expected: bool) -> None:
    assert is_twin(one, other) is expected


def test_a_deny_that_forgets_a_twin_only_where_that_is_allowed() -> None:
    deny = rule("no", "deny", "fs.delete", match={"resource": "prod/*"})
    assert codes(deny, rule("yes", tool="fs.remove")) == ["AX0729"]
    assert codes(deny, rule("yes", tool="fs.remove", match={"resource": "test/*"})) == []
    assert codes(deny, rule("yes", "step_up", "fs.remove")) == []
    assert (
        codes(deny, rule("yes", tool="fs.remove"), rule("no2", "deny", "fs.rem*", match={"resource": "prod/*"})) == []
    )


# --- limits ---------------------------------------------------------------------------------------------------------


def test_what_is_too_much_work_is_not_decided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(needed, "_STEPS", 0)
    text = json.dumps({"version": "1", "policies": [rule("a", **SMALL), rule("b", **LARGE)]})
    linted = exact.check(compile_policy("axtary.yml", text.encode()))
    assert not linted.compiled.warnings
    assert [each.rules for each in linted.undecided] == [("a", "b")]


def test_patterns_that_combine_in_too_many_ways_are_not_decided() -> None:
    rules = [rule(f"r{n}", match={"resource": f"**word{n}**"}) for n in range(16)]
    linted = exact.check(compile_policy("a", json.dumps({"version": "1", "policies": rules}).encode()))
    assert [len(each.rules) for each in linted.undecided] == [16]
    assert "ways" in linted.undecided[0].why or "states" in linted.undecided[0].why


def test_rules_that_are_passed_over_have_nothing_to_find(monkeypatch: pytest.MonkeyPatch) -> None:
    """What `is_plain` says of a rule is so: the whole search finds nothing in it."""
    leaves = ['payload.s == "a"', "payload.n <= 4", "has payload.h", "count(paths) > 2", 'payload.l contains "x"']
    leaves += ['payload.t like "a*b"', "not payload.b == true", 'any payload.p matches "src/**"']
    plain = [rule(f"r{n}", tool=f"t{n}", when=" and ".join(leaves[n:] + leaves[:n])) for n in range(len(leaves))]
    compiled = compile_policy("a", json.dumps({"version": "1", "policies": plain}).encode())
    assert all(map(is_plain, compiled.policy.rules))
    monkeypatch.setattr(exact, "is_plain", lambda _: False)
    assert not exact.check(compiled).compiled.warnings

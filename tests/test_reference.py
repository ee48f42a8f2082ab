"""The reference evaluator against cases that were worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from axtary.backends.verdict import Verdict
from axtary.compiler import ir
from axtary.compiler.ir import Attribute, Effect, Instant, Number, Pattern, Type, Wildcard
from tests import reference

STAR, ANY, SEGMENTS = Wildcard.STAR, Wildcard.ANY, Wildcard.SEGMENTS

AMOUNT = Attribute("payload", ("amount",), Type.NUMBER)
BASE = Attribute("payload", ("base",), Type.STRING)
PATHS = Attribute("paths", (), Type.PATHS)
IS_MAIN = ir.OneOf(BASE, ("main",))
SMALL = ir.Compare(AMOUNT, "<=", Number(120_000))


def rule(effect: str, *, rule_id: str = "r", when: ir.Condition | None = None, **rest: Any) -> ir.Rule:
    approvers = ir.Approvers() if effect == "step_up" else None
    match = (ir.Match(ir.Field.TOOL, (Pattern(("t",)),)),)
    return ir.Rule(rule_id, Effect(effect), match, when, **({"approvers": approvers} | rest))


def decide(*rules: ir.Rule, facts: dict[str, Any] | None = None, **action: Any) -> Verdict:
    policy = ir.Policy(tuple(sorted(rules, key=lambda r: r.id)))
    return reference.decide(policy, {"version": 1, "tool": "t"} | action, facts or {})


# --- conditions ---

TRUE, FALSE, UNDEFINED = ir.Has("tool", ()), ir.Has("time", ()), IS_MAIN
THREE: dict[bool | None, ir.Condition] = {True: TRUE, False: FALSE, None: UNDEFINED}


@pytest.mark.parametrize(
    ("left", "right", "both", "either"),
    [
        (True, True, True, True),
        (True, False, False, True),
        (True, None, None, True),
        (False, False, False, False),
        (False, None, False, None),
        (None, None, None, None),
    ],
)
def test_kleene(left: bool | None, right: bool | None, both: bool | None, either: bool | None) -> None:
    for items in ((THREE[left], THREE[right]), (THREE[right], THREE[left])):
        assert reference.truth(ir.And(items), {"tool": "t"}) is both
        assert reference.truth(ir.Or(items), {"tool": "t"}) is either


def test_not_keeps_undefined() -> None:
    assert [reference.truth(ir.Not(c), {"tool": "t"}) for c in (TRUE, FALSE, UNDEFINED)] == [False, True, None]


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ({"base": "main"}, True),
        ({"base": "Main"}, False),
        ({"base": ""}, False),
        ({"base": None}, None),
        ({"base": ["main"]}, None),
        ({}, None),
        ("text", None),
    ],
)
def test_equality(payload: Any, expected: bool | None) -> None:
    assert reference.truth(IS_MAIN, {"payload": payload}) is expected


def test_a_boolean_is_no_number() -> None:
    one = ir.OneOf(AMOUNT, (Number(10_000),))
    yes = ir.OneOf(Attribute("payload", ("amount",), Type.BOOLEAN), (True,))
    assert reference.truth(one, {"payload": {"amount": True}}) is None
    assert reference.truth(yes, {"payload": {"amount": True}}) is True
    assert reference.truth(yes, {"payload": {"amount": 1}}) is None


def test_integer_and_decimal_compare_by_value() -> None:
    same = ir.CompareAttributes(
        Attribute("payload", ("a",), Type.INTEGER), "==", Attribute("payload", ("b",), Type.DECIMAL)
    )
    assert reference.truth(same, {"payload": {"a": 2, "b": "2.00000"}}) is True
    assert reference.truth(same, {"payload": {"a": 2**53 - 1, "b": "2"}}) is False
    assert reference.truth(same, {"payload": {"a": "2", "b": "2"}}) is None


@pytest.mark.parametrize(
    ("paths", "some", "every", "two"),
    [
        (["a", "b"], True, False, True),
        (["a", "a"], True, True, True),
        (["b"], False, False, False),
        ([], False, False, False),
        (["a", "../b"], None, None, None),
        (["a", 1], None, None, None),
        ("a", None, None, None),
        (None, None, None, None),
    ],
)
def test_lists_are_typed_as_a_whole(paths: Any, some: bool | None, every: bool | None, two: bool | None) -> None:
    action = {"paths": paths}
    assert reference.truth(ir.Quantified(PATHS, "any", ("a",)), action) is some
    assert reference.truth(ir.Quantified(PATHS, "all", (), (Pattern(("a",)),)), action) is every
    assert reference.truth(ir.Count(PATHS, "==", 2), action) is two


def test_has_asks_for_the_key() -> None:
    for payload, expected in [({"a": None}, True), ({"a": {"b": []}}, True), ({}, False), ("a", False), (["a"], False)]:
        assert reference.truth(ir.Has("payload", ("a",)), {"payload": payload}) is expected
    assert reference.truth(ir.Has("payload", ("a", "b")), {"payload": {"a": "b"}}) is False


# --- types ---


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (3, 30_000),
        (-0.0001, -1),
        (0.1, 1_000),
        (1.00001, None),
        (1e-7, None),
        (922337203685477, 9_223_372_036_854_770_000),
        (922337203685478, None),
        (-922337203685478, None),
        (False, None),
        ("3", None),
        (None, None),
    ],
)
def test_numbers(value: Any, expected: int | None) -> None:
    assert reference.number(value) == (None if expected is None else Number(expected))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.50000", 15_000),
        ("-0", 0),
        ("-0.0", 0),
        ("922337203685477.5807", 2**63 - 1),
        ("922337203685477.5808", None),
        ("-922337203685477.5808", -(2**63)),
        ("0.00001", None),
        ("1.", None),
        (".5", None),
        ("01", None),
        ("+1", None),
        ("1e3", None),
        ("1\n", None),
        ("١", None),
        ("", None),
        ("9" * 5000, None),
    ],
)
def test_decimal_strings(text: str, expected: int | None) -> None:
    assert reference.decimal(text) == (None if expected is None else Number(expected))


def test_integers() -> None:
    assert reference.integer(2**53 - 1) == Number((2**53 - 1) * 10_000)
    assert [reference.integer(value) for value in (1.5, 2**53, "1", True, None)] == [None] * 5


@pytest.mark.parametrize(
    ("text", "ns"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T00:00:00.000000001Z", 1),
        ("1970-01-01T01:00:00+01:00", 0),
        ("1969-12-31T00:01:00-23:59", 0),
        ("2000-02-29T12:00:00Z", 951_825_600 * 10**9),
        ("1678-01-01T00:00:00Z", -9_214_560_000 * 10**9),
        ("2261-12-31T23:59:59.999999999Z", 9_214_646_400 * 10**9 - 1),
        ("1677-12-31T23:59:59Z", None),
        ("2262-01-01T00:00:00Z", None),
        ("1900-02-29T00:00:00Z", None),
        ("2026-11-31T00:00:00Z", None),
        ("2026-11-22T24:00:00Z", None),
        ("2026-11-22T23:59:60Z", None),
        ("2026-11-22T10:00:00z", None),
        ("2026-11-22 10:00:00Z", None),
        ("2026-11-22T10:00:00", None),
        ("2026-11-22T10:00:00.Z", None),
        ("2026-11-22T10:00:00.0000000001Z", None),
        ("2026-11-22T10:00:00+24:00", None),
        ("2026-11-22T10:00:00Z\n", None),
        ("٢٠٢٦-11-22T10:00:00Z", None),
    ],
)
def test_timestamps(text: str, ns: int | None) -> None:
    assert reference.timestamp(text) == (None if ns is None else Instant(ns))


def test_canonical_paths() -> None:
    good = ["a", "a/b", ".env", "...", "@home/a", "a b/\n"]
    bad = ["", "/a", "a/", "a//b", ".", "a/./b", "a/..", "a\\b", "a\0"]
    assert [reference.is_canonical(path) for path in good + bad] == [True] * len(good) + [False] * len(bad)


# --- patterns ---


@pytest.mark.parametrize(
    ("tokens", "good", "bad"),
    [
        (("a", STAR), ["a", "ab", "a\n.é"], ["a/", "A", "ba"]),
        ((ANY,), ["", "a/b", "\n\U0001f600"], []),
        ((SEGMENTS, ".env"), [".env", "a/.env", "a/b/.env"], ["x.env", "a/.env/b"]),
        (("a/", SEGMENTS, "b"), ["a/b", "a/x/b", "a/x/y/b"], ["ab", "a/xb"]),
        (("a/", ANY), ["a/", "a/b", "a/b/c"], ["a", "ab"]),
        ((STAR, "/", STAR), ["/", "a/b"], ["a", "a/b/c"]),
        ((), [""], ["a"]),
    ],
)
def test_patterns(tokens: tuple[ir.Token, ...], good: list[str], bad: list[str]) -> None:
    assert [reference.matches(Pattern(tokens), text) for text in good + bad] == [True] * len(good) + [False] * len(bad)


def test_inside_patterns_never_reach_outside() -> None:
    pattern = Pattern((ANY,), inside=True)
    outside, workspace = ["@home", "@root", "@home/a", "@root/a/b"], ["@homes/a", "@@home/a", "a/@home", "@"]
    assert [reference.matches(pattern, text) for text in outside + workspace] == [False] * 4 + [True] * 4


# --- decisions ---


def test_nothing_definite_is_the_default_deny() -> None:
    verdict = decide(rule("allow", when=SMALL))
    assert (verdict.decision, verdict.fired, verdict.reasons) == ("deny", (), (("default_deny", ""),))


def test_what_cannot_be_evaluated_never_grants_and_always_restricts() -> None:
    allow, deny = rule("allow", rule_id="a", when=SMALL), rule("deny", rule_id="d", when=ir.Not(SMALL))
    assert decide(allow, deny, payload={"amount": 12}).decision == "allow"
    assert decide(allow, deny, payload={"amount": 12.0001}).reasons == (("rule_denies", "d"),)
    assert decide(allow, deny, payload={"amount": "12"}).fired == ("d",)


def test_a_merely_possible_step_up_rule_only_lifts_its_hold() -> None:
    approval = {"approval": {"approvers": [{"id": "ana", "roles": []}]}}
    ask = rule("step_up", rule_id="s", when=IS_MAIN)
    assert decide(ask, facts=approval).reasons == (("default_deny", ""),)
    assert decide(ask, payload={"base": "main"}).reasons == (("approval_required", "s"),)
    assert decide(ask, payload={"base": "main"}, facts=approval).reasons == (("granted", "s"),)
    assert decide(ask, rule("allow", rule_id="a")).decision == "step_up"
    assert decide(ask, rule("allow", rule_id="a"), facts=approval).reasons == (("granted", "a"),)


def test_violations_are_listed_beside_a_deny_rule_and_another_grant_does_not_help() -> None:
    rate = ir.Rate(3, 60, "actor")
    verdict = decide(rule("allow", rule_id="a", obligations=(rate,)), rule("allow", rule_id="b"), rule("deny"))
    assert verdict.reasons == (("rate", "a"), ("rule_denies", "r"))
    assert verdict.fired == ("a", "b", "r")
    assert verdict.obligations == {"rates": [{"rule": "a", "limit": 3, "window_seconds": 60, "per": "actor"}]}


@pytest.mark.parametrize(
    ("usage", "decision"),
    [
        (0, "allow"),
        (2, "allow"),
        (2.0, "allow"),
        (3, "deny"),
        (-1, "deny"),
        (1.5, "deny"),
        (True, "deny"),
        ("1", "deny"),
    ],
)
def test_rate(usage: Any, decision: str) -> None:
    limited = rule("allow", obligations=(ir.Rate(3, 60, "actor"),))
    assert decide(limited, facts={"usage": {"r": usage}}).decision == decision
    assert decide(limited, facts={"usage": [usage]}).decision == "deny"


@pytest.mark.parametrize(
    ("amount", "decision"), [(0, "allow"), ("12", "allow"), (12.0001, "deny"), (-1, "deny"), (None, "deny")]
)
def test_budget(amount: Any, decision: str) -> None:
    cost = Attribute("payload", ("amount",), Type.DECIMAL)
    limited = rule("allow", obligations=(ir.Budget(Number(120_000), "USD", "task", 60, cost),))
    verdict = decide(limited, payload={"amount": amount})
    assert verdict.decision == decision
    budget = {"rule": "r", "limit": "12", "unit": "USD", "per": "task", "window_seconds": 60}
    assert verdict.obligations == {"budgets": [budget | {"cost": {"attribute": "payload.amount"}}]}


@pytest.mark.parametrize(
    ("paths", "decision"),
    [([], "allow"), (["src/a"], "allow"), (["x/.env"], "deny"), (["a", "/a"], "deny"), ("a", "deny")],
)
def test_blocked_paths(paths: Any, decision: str) -> None:
    guarded = rule("allow", obligations=(ir.BlockedPaths((Pattern((SEGMENTS, ".env")),)),))
    assert decide(guarded, paths=paths).decision == decision
    assert decide(guarded).decision == "deny"


@pytest.mark.parametrize(
    ("time", "decision"),
    [
        ("2026-11-20T21:00:00Z", "allow"),  # Friday 22:00 in Berlin
        ("2026-11-20T20:59:59.999Z", "deny"),
        ("2026-11-21T04:59:59.999Z", "allow"),  # Saturday 05:59, the window of Friday
        ("2026-11-21T05:00:00Z", "deny"),
        ("2026-11-21T21:00:00Z", "deny"),  # Saturday has no window
        ("2026-11-20T04:00:00Z", "deny"),  # nor has the night from Thursday
        ("2026-07-03T20:00:00Z", "allow"),  # summer time
        ("2026-11-20T21:00:00", "deny"),
    ],
)
def test_a_window_over_midnight_belongs_to_the_day_on_which_it_starts(time: str, decision: str) -> None:
    window = ir.Window((4,), 22 * 60, 6 * 60, "Europe/Berlin")
    assert decide(rule("allow", obligations=(ir.Hours((window,)),)), time=time).decision == decision


def test_the_end_of_the_day_is_24_00() -> None:
    hours = ir.Hours((ir.Window((6,), 1439, 1440, "UTC"),))
    late = rule("allow", obligations=(hours,))
    assert decide(late, time="2026-11-22T23:59:59Z").decision == "allow"
    assert decide(late, time="2026-11-23T00:00:00Z").decision == "deny"


ANA, BEN = {"id": "ana", "roles": ["security"]}, {"id": "ben", "roles": ["security", "x"]}


@pytest.mark.parametrize(
    ("approvers", "decision"),
    [
        ([ANA, BEN], "allow"),
        ([ANA, ANA], "step_up"),
        ([{"id": "ana", "roles": []}, ANA, BEN], "allow"),
        ([ANA, {"id": "ben", "roles": ["x"]}], "step_up"),
        ([ANA, BEN, {"id": 3, "roles": []}], "step_up"),
        ([ANA, BEN, {"id": "eva", "roles": ["x", None]}], "step_up"),
        ([ANA, BEN, {"id": "eva"}], "step_up"),
        ([ANA, BEN, None], "step_up"),
        ({"0": ANA, "1": BEN}, "step_up"),
    ],
)
def test_a_quorum_counts_distinct_approvers_who_hold_a_role(approvers: Any, decision: str) -> None:
    ask = rule("step_up", approvers=ir.Approvers(("security",), 2), ttl=60)
    verdict = decide(ask, facts={"approval": {"approvers": approvers, "more": 1}})
    assert verdict.decision == decision
    assert verdict.obligations == {"ttl_seconds": 60, "approvers": [{"rule": "r", "roles": ["security"], "quorum": 2}]}


def test_the_shortest_ttl_of_the_fired_rules_counts() -> None:
    rules = [rule("allow", rule_id=name, ttl=ttl) for name, ttl in (("a", 300), ("b", 120), ("c", None))]
    assert decide(*rules, rule("allow", rule_id="d", when=FALSE, ttl=1)).obligations == {"ttl_seconds": 120}


def test_match_reads_an_absent_field_as_the_empty_text() -> None:
    only = (
        *rule("allow").match,
        ir.Match(
            ir.Field.OWNER,
            (
                Pattern(
                    (ANY, "a"),
                ),
            ),
        ),
    )
    anyone = (*rule("allow").match, ir.Match(ir.Field.TASK, (Pattern((ANY,)),)))
    owned, free = ir.Rule("owned", Effect.ALLOW, only), ir.Rule("free", Effect.ALLOW, anyone)
    assert decide(owned, free).fired == ("free",)
    assert decide(owned, free, actor={"owner": "ana"}).fired == ("free", "owned")

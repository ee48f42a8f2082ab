"""Usage and approvals are worked out from the facts alone; an ill-typed fact is as good as none."""

from __future__ import annotations

from itertools import product
from typing import Any

from tests.backends.rego_engines import action, agree, policy, rule

from axtary.backends.verdict import Verdict
from axtary.compiler.ir import (
    Approvers,
    Attribute,
    BlockedPaths,
    Budget,
    Effect,
    Has,
    Number,
    OneOf,
    Pattern,
    Rate,
    Type,
    Wildcard,
)

RATED = policy(rule(obligations=(Rate(5, 3600, "actor"),)))
GOOD = {"id": "u1", "roles": ["security"]}


def decisions(verdicts: list[Verdict]) -> list[str]:
    return [verdict.decision for verdict in verdicts]


def test_a_rate_is_met_below_its_limit_and_only_by_a_count() -> None:
    counts: list[Any] = [0, 4, 5, -1, 2**53, 1.5, True, False, None, "1", [], {}]
    verdicts = agree(RATED, [(action(), {"usage": {"r": count}}) for count in counts])
    assert decisions(verdicts) == ["allow", "allow"] + ["deny"] * 10


def test_ill_typed_usage_is_no_usage() -> None:
    facts: list[Any] = [{}, {"usage": None}, {"usage": []}, {"usage": [0]}, {"usage": "r"}, {"usage": {"s": 0}}]
    assert decisions(agree(RATED, [(action(), fact) for fact in facts])) == ["deny"] * 6
    assert decisions(agree(RATED, [(action(), {"usage": {"r": 0, "s": "?"}, "more": 1})])) == ["allow"]


def test_a_budget_takes_costs_from_zero_to_its_limit() -> None:
    cost = Attribute("payload", ("cost",), Type.DECIMAL)
    paid = policy(rule(obligations=(Budget(Number(500_000), "USD", "task", 60, cost),)))
    costs: list[Any] = [0, 50, "50.0000", 50.0001, "50.00001", -1, "-0.0001", None, "x", [], "1e1"]
    verdicts = agree(paid, [(action(payload={"cost": it}), {}) for it in costs] + [(action(), {})])
    assert decisions(verdicts) == ["allow"] * 3 + ["deny"] * 9


def test_a_budget_of_constant_cost_is_met_or_not_once_and_for_all() -> None:
    rules = [
        rule(f"c{n}", obligations=(Budget(Number(10_000), "call", "tool", 60, Number(cost)),))
        for n, cost in enumerate((0, 10_000, 10_001, -1))
    ]
    assert [rule_id for _, rule_id in agree(policy(*rules), [(action(), {})])[0].reasons] == ["c2", "c3"]


def test_blocked_paths_need_paths_that_can_be_read() -> None:
    blocked = BlockedPaths((Pattern(("infra/", Wildcard.ANY)), Pattern((Wildcard.SEGMENTS, ".env"), inside=True)))
    guarded = policy(rule(obligations=(blocked,)))
    paths: list[Any] = [[], ["src/a"], ["@home/.env"], ["src/a", "infra/x"], ["a/.env"], ["/a"], [1], "src", None, {}]
    verdicts = agree(guarded, [(action(paths=it), {}) for it in paths] + [(action(), {})])
    assert decisions(verdicts) == ["allow"] * 3 + ["deny"] * 8


def test_approvals_count_distinct_approvers_who_hold_a_role() -> None:
    """Every list of up to three approvers, odd ones among them, against each requirement."""
    needs = [Approvers(roles, quorum) for roles in ((), ("security",), ("security", "ops")) for quorum in (1, 2)]
    asking = policy(*(rule(f"u{n}", Effect.STEP_UP, approvers=need, ttl=60 + n) for n, need in enumerate(needs)))
    people: list[Any] = [
        GOOD, {"id": "u1", "roles": []}, {"id": "u2", "roles": ["ops", "ops"], "name": "U"},
        {"id": "", "roles": ["security"]}, {"id": "u3"}, {"id": 3, "roles": []}, {"roles": []},
        {"id": "u4", "roles": "security"}, {"id": "u5", "roles": [1]}, {"id": "u6", "roles": {"security": "security"}},
        None, "u1", ["u1"],
    ]  # fmt: skip
    lists = [list(chosen) for size in range(3) for chosen in product(people, repeat=size)]
    lists += [[GOOD, {"id": "u2", "roles": ["ops"]}, last] for last in people]
    verdicts = agree(asking, [(action(), {"approval": {"approvers": chosen}}) for chosen in lists])
    assert {len(verdict.reasons) for verdict in verdicts if verdict.decision == "step_up"} >= {1, 3, 4, 6}
    assert "allow" in decisions(verdicts)


def test_ill_typed_approvals_are_none() -> None:
    asking = policy(rule(effect=Effect.STEP_UP, approvers=Approvers()))
    facts: list[Any] = [
        None,
        [],
        [GOOD],
        {"approvers": None},
        {"approvers": {"a": GOOD}},
        {"approvers": "u1"},
        {},
        GOOD,
    ]
    assert decisions(agree(asking, [(action(), {"approval": fact}) for fact in facts])) == ["step_up"] * 8
    assert decisions(agree(asking, [(action(), {"approval": {"approvers": [GOOD], "x": 1}})])) == ["allow"]


def test_a_hold_without_a_definite_rule_is_a_default_deny() -> None:
    unsure = Has("payload", ("x",))
    missing = OneOf(Attribute("payload", ("missing",), Type.STRING), ("x",))
    only_possible = rule("up", Effect.STEP_UP, when=missing, approvers=Approvers())
    verdicts = agree(policy(only_possible, rule("a", when=unsure)), [(action(), {}), (action(payload={"x": 1}), {})])
    assert decisions(verdicts) == ["deny", "step_up"]
    assert verdicts[0].fired == ("up",)


def test_obligations_of_all_fired_rules_are_merged() -> None:
    rules = [
        rule("b", obligations=(Rate(5, 60, "actor"), Budget(Number(1), "EUR", "task", 9, Number(0))), ttl=300),
        rule("a", Effect.STEP_UP, obligations=(Rate(7, 60, "tool"),), approvers=Approvers(("x", "y"), 2), ttl=120),
        rule("c", Effect.DENY),
        rule("d", Effect.STEP_UP, approvers=Approvers()),
    ]
    (verdict,) = agree(policy(*rules), [(action(), {})])
    assert list(verdict.obligations) and verdict.obligations["ttl_seconds"] == 120
    assert [len(verdict.obligations[kind]) for kind in ("approvers", "rates", "budgets")] == [2, 2, 1]

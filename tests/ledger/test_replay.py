"""Decisions made again: what is kept is decided alike, what is not is indeterminate just where it matters."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from axtary.backends import native
from axtary.compiler import CompileError, compile_text
from axtary.compiler.ir import Policy
from axtary.ledger import LedgerError, of
from axtary.ledger.changes import MOST, Changes
from axtary.ledger.export import Filter, head_of, lines
from axtary.ledger.recall import recall
from axtary.ledger.record import Record, read, written
from axtary.ledger.replay import Again, Replay
from axtary.ledger.sources import source
from axtary.runtime.action import check_action
from axtary.runtime.decision import Decision, Ground, denied, of_verdict
from axtary.runtime.errors import DoorError
from tests import generate
from tests.laws import examples
from tests.ledger.entries import ORIGIN, opened

law = settings(derandomize=True, deadline=None, max_examples=examples(60))
SEED = st.integers(0, 10**6)


def recorded(decision: Decision, payloads: bool = False) -> Record:
    return read(written(of.decision(decision, payloads=payloads), 3, 1_700_000_000_000_000, bytes(32)))


def decided(policy: Policy, action: dict[str, Any], facts: dict[str, Any]) -> Decision:
    return of_verdict(_engine(policy).decide(action, facts), policy, action, facts)


@cache
def _engine(policy: Policy) -> native.NativeEngine:
    return native.compile(policy)


@cache
def replayed(policy: Policy) -> Replay:
    return Replay(policy)


def cases(seed: int, count: int = 6) -> Iterator[tuple[Policy, dict[str, Any], dict[str, Any]]]:
    try:
        policy = generate.compile_draft(generate.draft(seed))
    except CompileError:
        return
    for action, facts in generate.cases(Random(seed), policy, count):
        try:
            yield policy, check_action(action), facts
        except DoorError:
            continue


@law
@given(SEED)
def test_a_record_that_keeps_everything_is_decided_alike(seed: int) -> None:
    """Law: with payloads, the policy that decided decides alike again, for the same grounds; and never otherwise."""
    for policy, action, facts in cases(seed):
        then = decided(policy, action, facts)
        record = recorded(then, payloads=True)
        again = replayed(policy).again(record)
        if not record.content["withheld"]:
            assert (again.now, again.because, again.whole) == (then.decision, again.was, True), (action, facts)
        assert not again.changed


@law
@given(SEED, SEED)
def test_another_policy_decides_what_it_would_have_decided(seed: int, other: int) -> None:
    """Law: with payloads, what is definite about another policy is what that policy says of the action."""
    second = next((policy for policy, _, _ in cases(other, 1)), None)
    for policy, action, facts in cases(seed) if second is not None else ():
        assert second is not None
        again = replayed(second).again(recorded(decided(policy, action, facts), payloads=True))
        now = decided(second, action, facts)
        assert again.now in (None, now.decision)
        if again.now is not None and again.whole:
            assert again.because == tuple(sorted((g.code, g.rule) for g in now.grounds))


@law
@given(SEED, st.data())
def test_what_is_definite_holds_whatever_was_not_kept(seed: int, data: st.DataObject) -> None:
    """Law: a definite decision without the payload is that of every action that differs in what was not kept."""
    for policy, action, facts in cases(seed, 3):
        record = recorded(decided(policy, action, facts))
        again = replayed(policy).again(record)
        unknown = recall(record, policy).unknown
        for other, _ in generate.cases(Random(data.draw(SEED)), policy, 12):
            mixed = json.loads(json.dumps(action))
            for path in unknown:
                put(mixed, path, other)
            try:
                now = decided(policy, check_action(mixed), facts)
            except DoorError:
                continue
            assert again.now in (None, now.decision), (action, mixed, facts)
            if again.now is not None:
                assert {*again.because} <= {(g.code, g.rule) for g in now.grounds}


def put(action: dict[str, Any], path: tuple[str, ...], source: dict[str, Any]) -> None:
    """What stands at the path in another action, be it nothing."""
    part, found = action, source
    for key in path[:-1]:
        part, found = part.setdefault(key, {}), found.get(key, {})
    part.pop(path[-1], None)
    if path[-1] in found:
        part[path[-1]] = found[path[-1]]


# --- one by one -----------------------------------------------------------------------------------------------------

RULES = """\
version: 1
policies:
  - {id: pay, effect: allow, match: {tool: pay}, when: payload.amount <= 100}
  - {id: read, effect: allow, match: {tool: read}, obligations: {rate: 3 per 1h per actor}}
  - {id: write, effect: step_up, match: {tool: write}, obligations: {approvers: [lead]}}
  - {id: own, effect: allow, match: {tool: own}, when: actor.roles contains "admin"}
  - {id: both, effect: allow, match: {tool: both}}
  - {id: one, effect: deny, match: {tool: both}, when: payload.x <= 5}
  - {id: other, effect: deny, match: {tool: both}, when: payload.x > 3}
  - {id: held, effect: allow, match: {tool: held}}
  - {id: low, effect: step_up, match: {tool: held}, when: payload.x <= 5, obligations: {approvers: [lead]}}
  - {id: high, effect: step_up, match: {tool: held}, when: payload.x > 3, obligations: {approvers: [lead]}}
  - {id: late, effect: allow, match: {tool: late}, when: time > "2026-01-01T00:00:00Z"}
  - {id: dig, effect: allow, match: {tool: dig}, obligations: {blocked_paths: [secret/]}}
"""
FIRST = compile_text(RULES)


def changed_to(*changes: tuple[str, str]) -> Policy:
    text = RULES
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return compile_text(text)


def ask(tool: str, **members: Any) -> dict[str, Any]:
    return {"version": 1, "tool": tool, "time": "2026-11-25T10:00:00Z"} | members


def again_of(action: dict[str, Any], facts: Any = None, policy: Policy = FIRST, payloads: bool = False) -> Again:
    return replayed(policy).again(recorded(decided(FIRST, action, facts or {}), payloads))


def missing(again: Again) -> set[str]:
    assert again.now is None
    return {".".join(path) for path in again.missing}


def test_a_payload_matters_just_where_it_is_read() -> None:
    assert missing(again_of(ask("pay", payload={"amount": 3}))) == {"payload.amount"}
    assert again_of(ask("pay")).now == "deny"  # the hash says that there is none
    assert again_of(ask("write", payload={"amount": 3})).now == "step_up"
    assert again_of(ask("nothing", payload={"amount": 3})).because == (("default_deny", ""),)
    assert missing(again_of(ask("dig", paths=["a"]))) == {"paths"}
    assert again_of(ask("dig")).now == "deny"


def test_rules_of_which_one_always_applies_need_no_payload() -> None:
    found = again_of(ask("both", payload={"x": 4}))
    assert (found.now, found.because, found.whole) == ("deny", (), False)
    lead, other = ({"approval": {"approvers": [{"id": "l", "roles": [role]}]}} for role in ("lead", "other"))
    assert [again_of(ask("held", payload={"x": 4}), facts).now for facts in ({}, other, lead)] == [
        *("step_up", "step_up", "allow")
    ]


def test_roles_and_the_time_are_kept_without_payloads() -> None:
    assert again_of(ask("own", actor={"roles": ["admin"]}, payload={})).now == "allow"
    assert again_of(ask("own", actor={"roles": ["user"]}, payload={})).now == "deny"
    assert again_of(ask("late", payload={})).now == "allow"
    assert again_of(ask("late", payload={}, time="2025-11-25T10:00:00Z")).now == "deny"


def test_what_was_removed_or_cut_counts_as_not_kept() -> None:
    fine = {"amount": 3, "note": "x"}
    assert again_of(ask("pay", payload=fine), payloads=True).whole
    for payload in (fine | {"token": "t"}, fine | {"note": "x" * 2000}, fine | {"notes": ["x" * 900] * 30}):
        found = again_of(ask("pay", payload=payload), payloads=True)
        assert missing(found) == {"payload.amount"} and not found.whole
    long = again_of(ask("x" * 2000, payload={}))
    assert long.now is None
    assert again_of(ask("pay", payload=fine, resource="x" * 2000), payloads=True).now == "allow"


@pytest.mark.parametrize("actor", [{}, {"roles": None}, {"roles": "admin"}, {"roles": []}, None])
@pytest.mark.parametrize("paths", [None, [], "a", [1], ...])
def test_what_is_empty_or_null_is_kept(actor: Any, paths: Any) -> None:
    action = ask("own", payload={}, context={}, intent={})
    action |= ({"actor": actor} if actor is not None else {}) | ({"paths": paths} if paths is not ... else {})
    assert again_of(action, payloads=True).whole


def test_facts_are_those_of_then() -> None:
    metered = [metered_again(n, changed_to(("3 per", "5 per"))) for n in (2, 4, 5)]
    assert [(each.then, each.now) for each in metered] == [("allow", "allow"), ("deny", "allow"), ("deny", "deny")]
    assert missing(metered_again(2, changed_to(("3 per 1h", "3 per 2h")))) == {"facts.usage.read"}
    assert missing(metered_again(2, changed_to(("per actor", "per tenant")))) == {"facts.usage.read"}
    lead = {"approval": {"approvers": [{"id": "l", "roles": ["lead"]}]}}
    assert again_of(ask("write", payload={}), lead).now == "allow"
    assert again_of(ask("write", payload={}), lead, changed_to(("[lead]", "[owner]"))).now == "step_up"


def metered_again(used: int, policy: Policy) -> Again:
    """As the engine records it: the usage with the rate that it was counted for."""
    return again_of(ask("read", actor={"agent": "a"}), {"usage": {"read": used}}, policy)


def by_state(code: str, rule: str = "pay") -> Decision:
    then = decided(FIRST, ask("pay", payload={"amount": 3}), {})
    return denied((Ground(code, rule, "m"),), then)


def test_what_the_state_decided_is_not_made_again() -> None:
    for code in ("budget_exhausted", "lost_race", "state_unavailable", "engine_failed", "of_tomorrow"):
        record = recorded(by_state(code), payloads=True)
        same, less, none, held = (
            replayed(policy).again(record)
            for policy in (
                FIRST,
                changed_to(("<= 100", "<= 50")),
                changed_to(("<= 100", "<= 2")),
                changed_to(("effect: allow, match: {tool: pay}", "effect: step_up, match: {tool: pay}")),
            )
        )
        assert (same.now, same.because) == ("deny", same.was)
        assert missing(less) == {"state"}
        assert none.now == "deny" and not none.changed
        assert held.now == ("step_up" if code in ("budget_exhausted", "lost_race") else None)


BUDGET = "when: payload.amount <= 100, obligations: {budget: {limit: 500, unit: usd, per: actor, window: 1d, cost: 1}}"


def test_a_budget_that_was_not_asked_for_may_have_been_spent() -> None:
    spending = changed_to(("when: payload.amount <= 100", BUDGET))
    action = ask("pay", payload={"amount": 3})
    assert missing(again_of(action, policy=spending, payloads=True)) == {"state.budgets"}
    then = recorded(decided(spending, action, {}), payloads=True)
    assert replayed(spending).again(then).now == "allow"
    more = changed_to(("when: payload.amount <= 100", BUDGET.replace("500", "600")))
    assert missing(replayed(more).again(then)) == {"state.budgets"}
    assert again_of(ask("pay", payload={"amount": 300}), policy=spending, payloads=True).now == "deny"


# --- records from before --------------------------------------------------------------------------------------------

LATER = ("withheld", "facts", "meters", "action_time", "actor_roles", "paths", "context", "summary")


def old(record: Record) -> Record:
    """As it was written before there was `withheld`."""
    return read(rfc8785.dumps({name: value for name, value in record.content.items() if name not in LATER}))


@law
@given(SEED, st.booleans(), st.data())
def test_old_records_are_never_taken_for_more_than_they_say(seed: int, payloads: bool, data: st.DataObject) -> None:
    """Law: what is definite of an old record holds for every action and all facts that fit it."""
    for policy, action, facts in cases(seed, 3):
        record = old(recorded(decided(policy, action, facts), payloads))
        again = replayed(policy).again(record)
        unknown = recall(record, policy).unknown
        assert again.now in (None, again.then)
        for other, others in generate.cases(Random(data.draw(SEED)), policy, 12):
            mixed = json.loads(json.dumps(action))
            for path in unknown:
                put(mixed, path, other)
            try:
                assert again.now in (None, decided(policy, check_action(mixed), others).decision), (mixed, others)
            except DoorError:
                continue


def test_an_old_record_may_be_whole_but_for_facts_and_time() -> None:
    record = old(recorded(decided(FIRST, ask("pay"), {})))
    assert replayed(FIRST).again(record).now == "deny"
    for tool, what in (("late", "time"), ("write", "facts.approval"), ("read", "facts.usage.read")):
        assert missing(replayed(FIRST).again(old(recorded(decided(FIRST, ask(tool), {}))))) == {what}


def test_a_record_that_says_more_than_its_hash_is_not_believed() -> None:
    record = recorded(decided(FIRST, ask("pay", payload={"amount": 3}), {}), payloads=True)
    other = read(rfc8785.dumps({**record.content, "payload": {"amount": 300}}))
    assert replayed(FIRST).again(other).now is None


def test_changes_are_counted_by_what_and_by_rule() -> None:
    changes = Changes()
    for seq in range(8):
        changes.add(Again(seq, "deny", (("default_deny", ""),), "allow", (("granted", "a"),), whole=True))
    changes.add(Again(8, "allow", (("granted", "a"),), None, missing=frozenset({("payload", "x"), ("state",)})))
    changes.add(Again(9, "allow", (("granted", "a"),), "allow", (("granted", "a"),)))
    found = changes.to_json()
    assert [found[name] for name in ("decisions", "unchanged", "changed", "indeterminate", "whole")] == [10, 1, 8, 1, 8]
    (group,) = found["changes"]
    assert (group["count"], group["examples"]) == (8, [0, 1, 2, 3, 4])
    assert (group["was"], group["now"]) == ([{"code": "default_deny", "rule": ""}], [{"code": "granted", "rule": "a"}])
    assert found["rules"] == [{"rule": "a", "changed": [{"from": "deny", "to": "allow", "count": 8}]}]
    assert found["missing"] == [{"from": "allow", "missing": ["payload.x", "the state"], "count": 1, "examples": [8]}]


def test_groups_do_not_grow_with_the_ledger() -> None:
    changes = Changes()
    for seq in range(MOST + 50):
        changes.add(Again(seq, "deny", (("rule_denies", f"r{seq}"),), "allow", (("granted", "a"),)))
    found = changes.to_json()
    assert len(found["changes"]) == MOST + 1 and found["changes"][0]["count"] == 50
    assert sum(each["count"] for each in found["changes"]) == MOST + 50


def test_records_are_read_from_where_they_are(where: str, tmp_path: Path) -> None:
    with opened(where) as ledger:
        for payload in ({"amount": 3}, {"amount": 300}):
            ledger.append(of.decision(decided(FIRST, ask("pay", payload=payload), {}), payloads=True))
        head = head_of(ledger.rows, Filter())
        (tmp_path / "e.jsonl").write_bytes(b"".join(each + b"\n" for each in lines(ledger.rows, head, Filter())))
    for each in (where, tmp_path / "e.jsonl"):
        with source(each) as found:
            assert (found.origin, found.size) == (ORIGIN, 2)
            assert [replayed(FIRST).again(record).now for record in found.records] == ["allow", "deny"]


def test_what_is_no_record_ends_the_reading(tmp_path: Path) -> None:
    with opened(tmp_path / "l.db") as ledger:
        ledger.append(of.decision(decided(FIRST, ask("pay"), {})))
        head = head_of(ledger.rows, Filter())
        first, record = lines(ledger.rows, head, Filter())
    path = tmp_path / "e.jsonl"
    for bad, why in (
        (b"{}", "line 2 is not that of a record"),
        (record[:-2], "line 2 is not that of a record"),
        (record.replace(b'"kind":"decision"', b'"kind":"event"'), "line 2: the member `kind`"),
    ):
        path.write_bytes(first + b"\n" + bad + b"\n")
        with pytest.raises(LedgerError, match=why), source(path) as found:
            list(found.records)
    for bad in (
        b"",
        b"x",
        b"{",
        b"{}",
        first.replace(b'"size":1', b'"size":"1"'),
        first.replace(b'"version":1', b'"version":2'),
    ):
        path.write_bytes(bad + b"\n")
        with pytest.raises(LedgerError), source(path):
            pass

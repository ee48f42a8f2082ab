"""The engine with its state: what is read, what is reserved, and what denies."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from axtary.backends import native
from axtary.compiler import compile_text
from axtary.runtime.decision import BUDGET_EXHAUSTED, LOST_RACE, STATE_UNAVAILABLE
from axtary.runtime.engine import Engine
from axtary.runtime.errors import DoorError
from axtary.runtime.state import (
    About,
    Claim,
    ClosedReservation,
    Refused,
    Reserved,
    SqlStore,
    StateError,
    open_store,
)
from axtary.runtime.state.sqlite import SqliteDatabase

POLICY = """
version: 1
policies:
  - id: calls
    effect: allow
    match: {tool: "*.read"}
    obligations: {rate: 2 per 1h per actor}
  - id: spending
    effect: allow
    match: {tool: pay}
    obligations: {budget: {limit: "50.00", unit: USD, per: task, window: 1d, cost: payload.amount}}
  - id: both
    effect: allow
    match: {tool: pay.*}
    when: payload.amount <= 1000
    obligations:
      rate: 3 per 1h per tenant
      budget: {limit: 100, unit: EUR, per: owner, window: 1d, cost: payload.amount}
      ttl: 2h
  - id: review
    effect: step_up
    match: {tool: pay.large}
    obligations: {approvers: [finance]}
  - id: free
    effect: allow
    match: {tool: free}
  - id: blocked
    effect: deny
    match: {tool: pay.blocked}
"""
HOUR = 3_600_000_000


def action(tool: str, amount: Any = 1, agent: str = "agent:a", **members: Any) -> dict[str, Any]:
    known = {"version": 1, "tool": tool, "actor": {"agent": agent, "tenant": "org:t", "owner": "user:o"}}
    return {**known, "intent": {"task": "AXT-1"}, "payload": {"amount": amount}, **members}


class Time:
    """A clock that tests set."""

    def __init__(self) -> None:
        self.now = 1_795_000_000_000_000

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def engine(tmp_path: Path, time: Time) -> Engine:
    store = SqlStore(SqliteDatabase(tmp_path / "state.db", "normal", time))
    return Engine(compile_text(POLICY), store, clock=lambda: time.now / 1e6)


def codes(decision: Any) -> list[tuple[str, str]]:
    return [(ground.code, ground.rule) for ground in decision.grounds]


def test_a_rate_counts_what_was_permitted_and_opens_again(engine: Engine, time: Time) -> None:
    assert [engine.decide(action("fs.read")).decision for _ in range(4)] == ["allow", "allow", "deny", "deny"]
    assert codes(engine.decide(action("fs.read"))) == [("rate", "calls")]
    assert engine.decide(action("fs.read", agent="agent:b")).decision == "allow"
    (mine, other) = engine.store().meters("rate")
    assert (mine.level.committed, mine.denied, other.level.committed, other.denied) == (2, 3, 1, 0)
    time.now += HOUR - 1
    assert engine.decide(action("fs.read")).decision == "deny"
    time.now += 1
    decision = engine.decide(action("fs.read"))
    assert (decision.decision, decision.facts, decision.reservation) == ("allow", {"usage": {"calls": 0}}, None)


def test_a_budget_is_held_then_spent_or_given_back(engine: Engine, time: Time) -> None:
    first = engine.decide(action("pay", 30))
    assert first.reservation is not None
    assert first.expires == time.now + 600_000_000
    refused = engine.decide(action("pay", 20.0001))
    assert codes(refused) == [(BUDGET_EXHAUSTED, "spending")]
    assert refused.grounds[0].message == "the budget of spending has 20 USD left, and this costs 20.0001"
    assert refused.reservation is None
    second = engine.decide(action("pay", 20))
    assert second.decision == "allow"
    engine.roll_back(first)
    assert engine.commit(second, {"spending": "19.5"}) == ()
    assert engine.decide(action("pay", 30.5)).decision == "allow"
    with pytest.raises(ClosedReservation):
        engine.commit(first)


def test_more_than_was_reserved_is_counted_as_an_overrun(engine: Engine) -> None:
    decision = engine.decide(action("pay", 40))
    (overrun,) = engine.commit(decision, {"spending": "60"})
    assert (overrun.key.rule, overrun.reserved, overrun.spent, overrun.above) == ("spending", 400_000, 600_000, 100_000)
    assert codes(engine.decide(action("pay", 0))) == [(BUDGET_EXHAUSTED, "spending")]


@pytest.mark.parametrize("amount", ["-1", "1e3", "1.23456", "", "ten", "0x1", " 1", "1_0", "٣"])
def test_an_actual_cost_is_a_plain_amount(engine: Engine, amount: str) -> None:
    decision = engine.decide(action("pay", 40))
    with pytest.raises(StateError):
        engine.commit(decision, {"spending": amount})
    engine.commit(decision)  # it is open still


def test_an_actual_cost_of_another_rule_is_refused(engine: Engine) -> None:
    decision = engine.decide(action("pay", 40))
    with pytest.raises(StateError, match="no budget of the rule 'both'"):
        engine.commit(decision, {"both": "1"})
    engine.roll_back(decision)


def test_a_cost_that_is_not_known_denies_and_claims_nothing(engine: Engine) -> None:
    for payload in ({}, {"amount": "5"}, {"amount": -1}, {"amount": 50.0001}):
        assert codes(engine.decide(action("pay", payload=payload))) == [("budget", "spending")]
    assert all(meter.level.reserved == 0 for meter in engine.store().meters("budget"))


def test_all_that_fired_is_claimed_or_nothing(engine: Engine) -> None:
    assert engine.decide(action("pay.x", 60)).decision == "allow"
    assert codes(engine.decide(action("pay.x", 60))) == [(BUDGET_EXHAUSTED, "both")]
    (rate,) = engine.store().meters("rate")
    assert (rate.level.committed, rate.denied) == (1, 0)  # what another budget denied takes no call


def test_a_reservation_lasts_at_least_as_long_as_the_permission(engine: Engine, time: Time) -> None:
    decision = engine.decide(action("pay.x", 60))
    assert decision.expires == time.now + 2 * HOUR


def test_what_was_held_is_free_after_it_expired(engine: Engine, time: Time) -> None:
    first = engine.decide(action("pay", 50))
    time.now += 600_000_000
    assert engine.decide(action("pay", 50)).decision == "allow"
    (overrun,) = engine.commit(first)  # it ran after all: counted, and said
    assert (overrun.reserved, overrun.spent, overrun.above) == (0, 500_000, 500_000)


def test_a_step_up_holds_nothing_until_it_is_approved(engine: Engine) -> None:
    held = engine.decide(action("pay.large", 60))
    assert (held.decision, held.reservation) == ("step_up", None)
    assert [m.level.committed for m in engine.store().meters("rate")] == []
    approval = {"approvers": [{"id": "user:f", "roles": ["finance"]}]}
    decision = engine.decide(action("pay.large", 60), approval)
    assert (decision.decision, decision.facts) == ("allow", {"approval": approval, "usage": {"both": 0}})
    assert decision.reservation is not None


def test_a_deny_touches_no_state(tmp_path: Path) -> None:
    def never() -> SqlStore:
        raise StateError("nobody needs it")

    engine = Engine(compile_text(POLICY), never)
    assert engine.decide(action("free")).decision == "allow"
    assert codes(engine.decide(action("unknown"))) == [("default_deny", "")]


def test_the_time_is_the_engines_and_not_the_agents(engine: Engine, time: Time) -> None:
    decision = engine.decide(action("free", time="1999-01-01T00:00:00Z"))
    assert decision.action["time"] == "2026-11-18T11:06:40.000Z"
    assert engine.preview(action("free", time="1999-01-01T00:00:00Z")).action["time"] == "1999-01-01T00:00:00Z"


def test_what_is_no_action_is_refused(engine: Engine) -> None:
    for broken in (b"{", b'{"version":1,"version":1}', {"version": 2}, {"tool": "t", "usage": {}}):
        with pytest.raises(DoorError):
            engine.decide(broken)
    assert engine.decide(b'{"version": 1, "tool": "free"}').decision == "allow"


def test_a_preview_counts_and_reserves_nothing(engine: Engine) -> None:
    engine.decide(action("fs.read"))
    before = engine.store().meters("rate"), engine.store().meters("budget"), engine.store().open()
    assert engine.preview(action("fs.read")).decision == "allow"
    assert engine.preview(action("pay", 50)).decision == "allow"
    assert engine.preview(action("fs.read"), {"usage": {"calls": 2}}).decision == "deny"
    assert before == (engine.store().meters("rate"), engine.store().meters("budget"), engine.store().open())


def test_a_long_subject_is_counted_under_its_hash(engine: Engine) -> None:
    names = ["agent:" + "a" * 5000, "agent:" + "a" * 4999 + "b"]
    assert [engine.decide(action("fs.read", agent=name)).decision for name in names * 3] == ["allow"] * 4 + ["deny"] * 2
    assert {meter.key.subject[:7] for meter in engine.store().meters("rate")} == {"sha256:"}


def test_who_says_nothing_shares_a_meter(engine: Engine) -> None:
    anonymous = {"version": 1, "tool": "fs.read"}
    assert [engine.decide(anonymous).decision for _ in range(3)] == ["allow", "allow", "deny"]


class Broken:
    """A store that stops working at a step."""

    def __init__(self, store: Any, step: str) -> None:
        self._store, self.step = store, step

    def __getattr__(self, name: str) -> Any:
        if name == self.step:
            raise StateError("the disk is full")
        return getattr(self._store, name)


@pytest.mark.parametrize("step", ["levels", "reserve"])
def test_a_state_that_fails_is_a_deny_and_the_engine_recovers(tmp_path: Path, step: str) -> None:
    store = Broken(open_store(tmp_path / "state.db", "normal"), step)
    engine = Engine(compile_text(POLICY), lambda: store)
    decision = engine.decide(action("pay"))
    assert codes(decision) == [(STATE_UNAVAILABLE, "")]
    assert decision.grounds[0].message == "the state cannot be used: the disk is full"
    assert engine.preview(action("pay")).decision == ("deny" if step == "levels" else "allow")
    store.step = ""
    assert engine.decide(action("pay")).decision == "allow"


class Racing:
    """A store in which somebody else is always faster, once."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store

    def levels(self, claims: Sequence[Claim]) -> Any:
        return self._store.levels(claims)

    def reserve(self, claims: Sequence[Claim], about: About, hold: int) -> Reserved | Refused:
        for claim in claims:
            while isinstance(self._store.reserve([claim], About(), hold), Reserved):
                pass
        return self._store.reserve(claims, about, hold)

    def denied(self, claims: Sequence[Claim]) -> None:
        raise AssertionError("the reservation counts it")


@pytest.mark.parametrize(
    ("asked", "rules"),
    [(action("fs.read"), ["calls"]), (action("pay", 10), ["spending"]), (action("pay.x", 10), ["both"] * 2)],
)
def test_whoever_loses_a_race_is_denied_and_told(tmp_path: Path, asked: Mapping[str, Any], rules: list[str]) -> None:
    store = open_store(tmp_path / "state.db", "normal")
    decision = Engine(compile_text(POLICY), Racing(store)).decide(asked)  # type: ignore[arg-type]
    assert codes(decision) == [(LOST_RACE, rule) for rule in rules]
    assert decision.grounds[0].message.startswith("another action took what was left of the ")
    assert all(meter.denied for kind in ("rate", "budget") for meter in store.meters(kind))


def test_an_engine_that_fails_is_a_deny(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any) -> Any:
        raise RuntimeError("a bug")

    monkeypatch.setattr(native.NativeEngine, "explain", fails)
    monkeypatch.setattr("axtary.backends.native.table.Table.outcome", fails)
    assert codes(engine.decide(action("free"))) == [("engine_failed", "")]


def test_another_policy_takes_over_and_each_decision_names_its_own(engine: Engine) -> None:
    before = engine.decide(action("free"))
    engine.use(compile_text(POLICY.replace("match: {tool: free}", "match: {tool: gratis}")))
    after = engine.decide(action("free"))
    assert (before.decision, after.decision) == ("allow", "deny")
    assert after.policy_version == engine.policy_version != before.policy_version
    engine.decide(action("fs.read"))
    engine.use(compile_text(POLICY.replace("2 per 1h", "1 per 1h")))
    assert engine.decide(action("fs.read")).decision == "deny"  # what was counted stays counted


def test_threads_share_an_engine(tmp_path: Path) -> None:
    engine = Engine(compile_text(POLICY.replace("2 per 1h", "40 per 1h")), open_store(tmp_path / "s.db", "normal"))
    found: list[str] = []

    def work() -> None:
        for _ in range(20):
            found.append(engine.decide(action("fs.read")).decision)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (found.count("allow"), found.count("deny")) == (40, 40)


def test_where_the_state_is(tmp_path: Path) -> None:
    path = tmp_path / "axtary.yml"
    path.write_text(POLICY)
    Engine.open(path, {}).decide(action("pay"))
    assert (tmp_path / ".axtary" / "state.db").stat().st_mode & 0o777 == 0o600
    path.write_text(POLICY + "runtime: {state: here/s.db, durability: normal, reservation: 90s}\n")
    engine = Engine.open(path, {})
    decision = engine.decide(action("pay"))
    assert (tmp_path / "here" / "s.db").exists()
    (held,) = engine.store().open()
    assert (held.id, held.expires - held.at) == (decision.reservation, 90_000_000)
    Engine.open(path, {"AXTARY_STATE": str(tmp_path / "other.db")}).decide(action("pay"))
    assert (tmp_path / "other.db").exists()


def test_a_decision_in_json_shows_its_grounds_and_hashes(engine: Engine) -> None:
    shown = engine.decide(action("pay", 5)).to_json()
    assert shown["decision"] == "allow"
    assert shown["facts"] == {}
    assert shown["reasons"] == [
        {"code": "granted", "rule": "spending", "message": "the rule spending grants this action"}
    ]
    assert shown["action_hash"].startswith("sha256:")
    assert shown["reservation"].startswith("rsv_")

"""Law: whatever is done to the store, in any order, its meters show what a list of everything that was spent shows."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from axtary.runtime.state import Claim, ClosedReservation, Key, Level, Overrun, Refused, Reserved
from tests.state.claims import SECOND, Clock, ask
from tests.state.conftest import opened

LIMITS = (7, 10)
WINDOW = 5 * SECOND
HOLDS = (SECOND, 3 * SECOND)
EXAMPLES = {"sqlite": 60, "postgresql": 8}
TIMES = [0, 1, SECOND - 1, SECOND, 2 * SECOND, WINDOW - 1, WINDOW]
_runs = itertools.count()


@dataclass
class Kept:
    """What the model knows of a meter."""

    time: int = 0
    limit: int = 0
    spent: list[tuple[int, int]] = field(default_factory=list)
    held: dict[str, tuple[int, int]] = field(default_factory=dict)  # reservation -> amount, end
    denied: int = 0

    def level(self, now: int) -> Level:
        time = max(self.time, now)
        committed = sum(amount for at, amount in self.spent if at > time - WINDOW)
        return Level(committed, sum(amount for amount, end in self.held.values() if end > time))

    def touch(self, now: int) -> Level:
        self.time = max(self.time, now)
        return self.level(now)


class Machine(RuleBasedStateMachine):
    def __init__(self, where: str) -> None:
        super().__init__()
        self.where = where
        self.clock = Clock()
        self.store = opened(where, self.clock)
        number = f"{next(_runs)}"  # meters of its own, in one database
        keys = [Key("budget", name, "task", number, "USD") for name in "ab"] + [Key("rate", "c", "actor", number)]
        self.kept = {key: Kept() for key in keys}
        self.open: dict[str, list[Key]] = {}
        self.closed: list[str] = []

    def teardown(self) -> None:
        self.store.close()

    @rule(
        time=st.sampled_from(TIMES),
        amounts=st.lists(st.integers(0, 5), min_size=3, max_size=3),
        which=st.sets(st.integers(0, 2), min_size=1),
        limit=st.sampled_from(LIMITS),
        hold=st.sampled_from(HOLDS),
    )
    def reserve(self, time: int, amounts: list[int], which: set[int], limit: int, hold: int) -> None:
        self.clock.now += time
        keys = [key for number, key in enumerate(self.kept) if number in which]
        claims = [
            Claim(key, limit, WINDOW, 1 if key.kind == "rate" else amount)
            for key, amount in zip(keys, amounts, strict=False)
        ]
        levels = {claim: self.kept[claim.key].touch(self.clock.now) for claim in claims}
        for claim in claims:
            self.kept[claim.key].limit = limit
        beyond = {c for c, level in levels.items() if level.committed + level.reserved + c.amount > limit}
        found = ask(self.store, *reversed(claims), hold=hold)
        if beyond:
            assert isinstance(found, Refused)
            assert set(found.claims) == beyond
            for claim in beyond:
                self.kept[claim.key].denied += 1
            return
        assert isinstance(found, Reserved)
        budgets = [claim for claim in claims if claim.key.kind == "budget"]
        assert (found.id is None) == (not budgets)
        for claim in claims:
            kept = self.kept[claim.key]
            if found.id is not None and claim in budgets:
                kept.held[found.id] = claim.amount, kept.time + hold
                self.open.setdefault(found.id, []).append(claim.key)
            else:
                kept.spent.append((kept.time, 1))
            level = kept.level(self.clock.now)
            assert level.committed + level.reserved <= limit

    @precondition(lambda self: self.open)
    @rule(
        time=st.sampled_from(TIMES), data=st.data(), actual=st.dictionaries(st.sampled_from("ab"), st.integers(0, 12))
    )
    def commit(self, time: int, data: st.DataObject, actual: dict[str, int]) -> None:
        self.clock.now += time
        name, keys = self.close(data)
        expected = []
        for key in sorted(keys):
            kept = self.kept[key]
            kept.touch(self.clock.now)
            amount, end = kept.held.pop(name)
            held, spent = amount if end > kept.time else 0, actual.get(key.rule, amount)
            kept.spent.append((kept.time, spent))
            level = kept.level(self.clock.now)
            above = max(0, level.committed + level.reserved - kept.limit)
            if spent > held or above:
                expected.append(Overrun(key, held, spent, above))
        given = {rule: amount for rule, amount in actual.items() if rule in {key.rule for key in keys}}
        assert self.store.commit(name, given) == tuple(expected)

    @precondition(lambda self: self.open)
    @rule(time=st.sampled_from(TIMES), data=st.data())
    def roll_back(self, time: int, data: st.DataObject) -> None:
        self.clock.now += time
        name, keys = self.close(data)
        for key in keys:
            self.kept[key].touch(self.clock.now)
            del self.kept[key].held[name]
        self.store.roll_back(name)

    def close(self, data: st.DataObject) -> tuple[str, list[Key]]:
        number = data.draw(st.integers(0, len(self.open) - 1))
        name = list(self.open)[number]
        self.closed.append(name)
        return name, self.open.pop(name)

    @precondition(lambda self: self.closed)
    @rule(commit=st.booleans())
    def close_again(self, commit: bool) -> None:
        with pytest.raises(ClosedReservation):
            if commit:
                self.store.commit(self.closed[-1], {})
            else:
                self.store.roll_back(self.closed[-1])

    @rule(time=st.sampled_from(TIMES))
    def set_the_clock_back(self, time: int) -> None:
        self.clock.now -= 2 * time

    @rule()
    def restart(self) -> None:
        self.store.close()
        self.store = opened(self.where, self.clock)

    @invariant()
    def shows_what_the_model_shows(self) -> None:
        claims = [Claim(key, LIMITS[0], WINDOW, 1) for key in self.kept]
        assert self.store.levels(claims) == [kept.level(self.clock.now) for kept in self.kept.values()]

    @rule()
    def knows_who_holds_what(self) -> None:
        mine = {
            each.id: dict(each.amounts) for each in self.store.open() if any(key in self.kept for key in each.amounts)
        }
        assert mine == {name: {key: self.kept[key].held[name][0] for key in keys} for name, keys in self.open.items()}
        meters = {meter.key: meter for kind in ("budget", "rate") for meter in self.store.meters(kind)}
        assert {key: meters[key].denied for key in self.kept if key in meters} == {
            key: kept.denied for key, kept in self.kept.items() if kept.time
        }


def test_the_store_and_a_list_of_everything_agree(where: str) -> None:
    database = "postgresql" if where.startswith("postgresql:") else "sqlite"
    machine: Any = lambda: Machine(where)  # noqa: E731  # whatever makes a machine will do
    run_state_machine_as_test(
        machine,
        settings=settings(
            derandomize=True,
            max_examples=EXAMPLES[database],
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

"""What is good for one time only."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from axtary.runtime.state import Once, StateError, open_once
from axtary.runtime.state.postgres import PostgresDatabase
from axtary.runtime.state.sqlite import SqliteDatabase


class Time:
    now = 1_000_000

    def __call__(self) -> int:
        return self.now


def made(where: str, clock: Time, room: int = 100) -> Once:
    if where.startswith("postgresql:"):
        return Once(PostgresDatabase(where, "normal", clock), room)
    return Once(SqliteDatabase(Path(where), "normal", clock), room)


def test_whoever_comes_first_uses_it(where: str) -> None:
    once = made(where, Time())
    assert once.use("pass", "a", 2_000_000)
    assert not once.use("pass", "a", 9_000_000)
    assert once.use("proof", "a", 2_000_000)  # another kind
    assert not made(where, Time()).use("pass", "a", 2_000_000)  # after a restart
    once.close()


def test_an_id_is_forgotten_when_it_has_expired_by_itself(where: str) -> None:
    clock = Time()
    once = made(where, clock)
    assert once.use("pass", "a", 2_000_000)
    clock.now = 1_999_999
    assert not once.use("pass", "a", 2_000_000)
    clock.now = 2_000_000
    assert once.use("pass", "a", 3_000_000)


def test_what_has_expired_by_the_clock_of_the_store_is_used_by_nobody(where: str) -> None:
    clock = Time()
    once = made(where, clock)
    assert not once.use("pass", "a", clock.now)
    assert once.use("pass", "a", clock.now + 1)


def test_a_full_store_refuses_and_has_room_again_later(where: str) -> None:
    clock = Time()
    once = made(where, clock, room=20)
    assert all(once.use("pass", str(n), 2_000_000) for n in range(20))
    with pytest.raises(StateError, match="no room for another pass: 20 are in use"):
        once.use("pass", "more", 2_000_000)
    assert once.use("proof", "more", 2_000_000)
    assert not once.use("pass", "7", 2_000_000)
    clock.now = 2_000_000
    assert all(once.use("pass", f"n{n}", 3_000_000) for n in range(20))


def test_of_many_at_once_one_is_first(where: str) -> None:
    once = open_once(where if where.startswith("postgresql:") else Path(where), "normal")
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda n: once.use("pass", str(n % 10), 2**52), range(80)))
    assert found.count(True) == 10


def test_several_are_used_together_or_not_at_all(where: str) -> None:
    clock = Time()
    once = made(where, clock, room=4)
    assert once.use_all("approval", {"a": 2_000_000, "b": 3_000_000})
    for _ in range(5):  # what is refused takes no room
        assert not once.use_all("approval", {"c": 2_000_000, "a": 2_000_000})
    assert once.use_all("approval", {"c": 2_000_000, "d": 2_000_000})
    with pytest.raises(StateError, match="no room"):
        once.use_all("approval", {"e": 2_000_000})
    clock.now = 2_000_000
    assert once.use_all("approval", {"a": 9_000_000, "e": 9_000_000, "f": 9_000_000})  # three have expired
    assert not once.use_all("approval", {"b": 9_000_000})
    assert once.use_all("approval", {})

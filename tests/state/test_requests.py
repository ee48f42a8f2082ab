"""The queue of requests in the state, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from axtary.approvals.queue import Queue, Verdict, Waiting
from axtary.runtime.decision import Decision, Ground
from axtary.runtime.state.database import Database
from axtary.runtime.state.postgres import PostgresDatabase
from axtary.runtime.state.sqlite import SqliteDatabase
from tests.approvals.people import ACTION, loaded
from tests.approvals.people import NOW as SECONDS

SECOND = 1_000_000


def opened(where: str, clock: Callable[[], int]) -> Database:
    if where.startswith("postgresql:"):
        return PostgresDatabase(where, "normal", clock)
    return SqliteDatabase(Path(where), "normal", clock)


def held(n: int) -> Decision:
    """A decision that waits for somebody."""
    ground = Ground("approval_required", "prod-needs-two", "…")
    return Decision("step_up", (ground,), (), {}, loaded()[0].policy_version, {**ACTION, "payload": {"n": n}})


def said(who: str, verdict: str = "approve") -> Verdict:
    return Verdict(who, verdict, "", f"artifact of {who}", SECONDS + 600)


def test_what_waits_is_told_with_its_answers_and_what_ended_is_not(where: str) -> None:
    now = [SECONDS * SECOND]
    database = opened(where, lambda: now[0])
    queue = Queue(database, ttl=60)
    names = []
    for n in range(4):
        names.append(queue.ask(held(n)).id)
        now[0] += SECOND
    assert queue.ask(held(1)).id == names[1]  # the same again
    assert queue.waiting() == [Waiting(name, 0, 0) for name in names]
    assert queue.answer(names[0], said("a")) and queue.answer(names[0], said("b"))
    now[0] += SECOND
    assert queue.answer(names[0], said("b")) and queue.answer(names[1], said("a", "deny"))
    queue.end(names[2], "cancelled")
    assert queue.waiting() == [Waiting(names[0], 2, now[0]), Waiting(names[3], 0, 0)]
    assert [each.id for each in queue.list("open")] == [names[0], names[3]]
    assert [each.id for each in queue.list(None, newest=True)] == names[::-1]
    assert [each.id for each in queue.list(None, 2)] == names[:2]
    assert [each.id for each in queue.list(None, 2, newest=True)] == names[:1:-1]
    now[0] = SECONDS * SECOND + 60 * SECOND
    assert [each.id for each in queue.waiting()] == [names[3]]
    found = [queue.find(name) for name in names]
    assert [each.state if each is not None else None for each in found] == ["expired", "denied", "cancelled", "open"]
    database.close()


@pytest.mark.parametrize("state", ["used", "denied", "cancelled"])
def test_what_ended_takes_no_answer_and_ends_once(where: str, state: str) -> None:
    database = opened(where, lambda: SECONDS * SECOND)
    queue = Queue(database)
    name = queue.ask(held(0)).id
    assert queue.end(name, state)  # type: ignore[arg-type]
    assert not queue.end(name, "cancelled")
    assert not queue.answer(name, said("a"))
    found = queue.find(name)
    assert found is not None and (found.state, found.verdicts) == (state, ())
    assert queue.ask(held(0)).id != name
    database.close()


def test_a_list_ends_behind_so_much(where: str) -> None:
    """Whoever asks for it has no room for all that agents may ask for."""
    database = opened(where, lambda: SECONDS * SECOND)
    queue = Queue(database)
    for n in range(20):
        payload = {"n": n, "text": "a" * 1_000_000}
        queue.ask(replace(held(n), action={**ACTION, "payload": payload}))
    assert len(queue.list()) == 17
    odd = queue.list(wanted=lambda action: action["payload"]["n"] % 2 == 1)
    assert sorted(each.action["payload"]["n"] for each in odd) == list(range(1, 20, 2))
    database.close()

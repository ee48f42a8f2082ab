"""Callers, providers and processes that do not do what they should: nothing is counted, recorded or run wrongly."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from axtary.connectors.provider import Call, Ran
from axtary.pipeline import Pipeline, Result, recover
from axtary.pipeline.attempts import Attempt, Attempts
from axtary.runtime.policyfile import load_policy
from axtary.runtime.state import StateError
from axtary.runtime.state.database import Database, Transaction
from tests.pipeline.bank import Bank, approve, folder, opened, pay, records


@pytest.fixture
def pipeline(tmp_path: Path) -> Iterator[Pipeline]:
    with opened(folder(tmp_path)) as found:
        yield found


@pytest.fixture
def bank(tmp_path: Path) -> Bank:
    return Bank(tmp_path / "calls")


def committed(pipeline: Pipeline) -> int:
    return sum(each.level.committed for each in pipeline.engine.store().meters("budget")) // 10_000


def held(pipeline: Pipeline) -> int:
    return len(pipeline.engine.store().open())


class Meeting(Attempts):
    """Two who look for an attempt find it at the same time."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.barrier = threading.Barrier(2)
        self.looks = itertools.count()

    def find(self, key: str) -> Attempt | None:
        found = super().find(key)
        if next(self.looks) < 2:
            self.barrier.wait(10)
        return found


def test_two_who_end_an_attempt_at_once_record_one_outcome(pipeline: Pipeline) -> None:
    pipeline.begin(pay(40), "k1")
    meeting = replace(pipeline, attempts=Meeting(pipeline.attempts._database))
    results: list[Result] = []
    said = (Ran("succeeded"), Ran("failed"))
    threads = [threading.Thread(target=lambda ran=ran: results.append(meeting.end("k1", ran))) for ran in said]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(records(pipeline, "outcome")) == 1
    assert sorted(each.repeated for each in results) == [False, True]
    outcome = records(pipeline, "outcome")[0]["outcome"]
    assert {each.ran.outcome for each in results if each.ran} == {outcome}
    assert committed(pipeline) == (40 if outcome == "succeeded" else 0)


def test_whoever_says_later_that_something_else_ran_is_heard(pipeline: Pipeline) -> None:
    pipeline.begin(pay(40), "k1")
    pipeline.end("k1", Ran("succeeded"))
    later = pipeline.end("k1", Ran("succeeded"), "sha256:" + "0" * 64)
    assert (later.repeated, [each.code for each in later.incidents]) == (True, ["other_action_executed"])
    (incident,) = records(pipeline, "incident")
    assert incident["action_hash"] == records(pipeline, "decision")[0]["action_hash"]


def test_what_is_reserved_is_given_back_if_the_request_cannot_be_ended(
    tmp_path: Path, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = folder(tmp_path)
    budget = "budget: {limit: 9000, unit: USD, per: actor, window: 1d, cost: payload.amount}"
    policy.write_text(policy.read_text().replace("{approvers: [cfo]}", f"{{approvers: [cfo], {budget}}}"))
    with opened(policy) as pipeline:
        approve(pipeline, pipeline.submit(pay(500), bank))

        def broken(*_: object) -> bool:
            raise StateError("gone")

        monkeypatch.setattr(pipeline.queue, "end", broken)
        result = pipeline.submit(pay(500), bank)
        assert (result.status, bank.called()) == ("failed", [])
        assert held(pipeline) == 0


class Careless(Bank):
    def normalise(self, tool: str, payload: Mapping[str, Any]) -> Call:
        raise KeyError(payload["amount"])


def test_a_provider_that_breaks_off_before_the_decision(pipeline: Pipeline, tmp_path: Path) -> None:
    result = pipeline.submit(pay(40), Careless(tmp_path / "calls"), "k1")
    assert (result.status, result.decision) == ("failed", None)


@pytest.mark.parametrize("answer", [None, "done", Ran("done"), Ran("succeeded", costs=None)])  # type: ignore[arg-type]
def test_an_answer_that_is_none_is_unknown(pipeline: Pipeline, tmp_path: Path, answer: Any) -> None:
    result = pipeline.submit(pay(40), Bank(tmp_path / "calls", lambda: answer), "k1")
    assert (result.status, result.ran and result.ran.outcome) == ("failed", "unknown")
    assert [each.code for each in result.incidents] == ["provider_crashed"]
    assert [each["outcome"] for each in records(pipeline, "outcome")] == ["unknown"]
    assert committed(pipeline) == 40


@pytest.mark.parametrize("cost", ["1e3", "12.34567", "-5", "", "9" * 30])
def test_a_cost_that_is_no_amount_is_counted_as_reserved(pipeline: Pipeline, tmp_path: Path, cost: str) -> None:
    result = pipeline.submit(pay(40), Bank(tmp_path / "calls", Ran("succeeded", costs={"USD": cost})), "k1")
    assert (result.status, result.incidents) == ("executed", ())
    assert (committed(pipeline), held(pipeline), pipeline.attempts.unfinished()[0]) == (40, 0, [])


def test_a_request_whose_approval_was_used_by_a_process_that_died_is_asked_for_anew(
    pipeline: Pipeline, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = pipeline.submit(pay(500), bank)
    approve(pipeline, first)
    with monkeypatch.context() as patch:

        class Killed(BaseException):
            pass

        def killed(*_: object) -> bool:
            raise Killed

        patch.setattr(pipeline.queue, "end", killed)
        with pytest.raises(Killed):
            pipeline.submit(pay(500), bank)
    statuses = [pipeline.submit(pay(500), bank).status for _ in range(2)]
    assert (statuses[-1], bank.called()) == ("pending", [])


@pytest.mark.parametrize("resource", ["r" * 3000, "a\u0001b", ""])
def test_a_question_is_answered_as_the_action_would_be(pipeline: Pipeline, resource: str) -> None:
    action = {**pay(40), "resource": resource}
    assert pipeline.begin(action).status == pipeline.evaluate(action).status


def test_a_question_of_nobody(pipeline: Pipeline) -> None:
    action = {**pay(40), "actor": {"owner": "user:o@acme.com"}}
    assert pipeline.begin(action).status == pipeline.evaluate(action).status == "blocked"


def test_costs_are_not_counted_by_the_units_of_another_policy(
    pipeline: Pipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The policy changes between the decision and the journal: what was reserved are not euros."""
    policy = tmp_path / "axtary.yml"
    policy.write_text(policy.read_text().replace("unit: USD", "unit: EUR"))
    other, whole = load_policy(policy).policy, pipeline.ledger.rows.head

    def head() -> Any:
        pipeline.engine.use(other)
        return whole()

    monkeypatch.setattr(pipeline.ledger.rows, "head", head)
    result = pipeline.submit(pay(40), Bank(tmp_path / "calls", Ran("succeeded", costs={"USD": "1", "EUR": "2"})))
    assert (result.status, result.incidents) == ("executed", ())
    assert (committed(pipeline), held(pipeline)) == (40, 0)


def test_a_step_is_for_the_attempt_that_it_was_begun_for(pipeline: Pipeline) -> None:
    """One that was forgotten, while its process slept, has no hand on the next one with its key."""

    def attempt(jti: str) -> Attempt:
        return Attempt("k1", "authorized", "sha256:0", {}, None, jti, 0, pipeline.owner, 0)

    slept, next_one = attempt("ap_1"), attempt("ap_2")
    assert pipeline.attempts.add(slept, 0)
    recover(pipeline)
    assert pipeline.attempts.add(next_one, 60_000_000)
    pipeline.attempts.drop(slept)
    with pytest.raises(StateError):
        pipeline.attempts.move(slept, "executing")
    assert pipeline.attempts.move(next_one, "executing").stage == "executing"


def test_what_is_done_is_not_read_to_find_what_is_not(pipeline: Pipeline, bank: Bank) -> None:
    """Keys are remembered for a week, and every look goes by an index."""
    pipeline.submit(pay(1), bank, "k1")
    pipeline.begin(pay(1), "k2")
    assert (pipeline.attempts.count(), len(pipeline.attempts.unfinished()[0])) == (1, 1)
    statements: list[str] = []

    class Listening:
        """A transaction that is listened to."""

        def __init__(self, tx: Transaction) -> None:
            self.tx, self.now = tx, tx.now

        def rows(self, statement: str, *values: Any) -> Any:
            statements.append(statement)
            return self.tx.rows(statement, *values)

    database = pipeline.attempts._database
    whole = database.read
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "read", lambda: map_context(whole(), Listening))
        pipeline.attempts.count()
        pipeline.attempts.unfinished()
    with database.read() as tx:
        plans = [str(tx.rows(f"EXPLAIN QUERY PLAN {each}")) for each in statements]
    assert len(plans) == 2
    assert all("attempt_leaves" in plan and "SCAN" not in plan for plan in plans)


@contextmanager
def map_context(given: AbstractContextManager[Any], made: Callable[[Any], Any]) -> Iterator[Any]:
    with given as found:
        yield made(found)

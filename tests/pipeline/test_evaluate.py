"""Questions: decided, counted, recorded, answered, in this order; what fails on the way is a no."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from axtary.ledger import LedgerError
from axtary.pipeline import Pipeline
from axtary.runtime.state import StateError
from tests.pipeline.bank import Bank, approve, folder, opened, pay, records


@pytest.fixture
def pipeline(tmp_path: Path) -> Iterator[Pipeline]:
    with opened(folder(tmp_path)) as found:
        yield found


def spent(pipeline: Pipeline) -> int:
    """Of the budget, in whole units."""
    return (
        sum(each.level.committed + each.level.reserved for each in pipeline.engine.store().meters("budget")) // 10_000
    )


def test_a_yes_is_counted_and_recorded_without_pass_or_attempt(pipeline: Pipeline) -> None:
    results = [pipeline.evaluate(pay(100)) for _ in range(4)]
    assert [each.status for each in results] == ["authorized"] * 3 + ["blocked"]
    assert [each.record for each in results] == [0, 1, 2, 3]
    assert all(each.token is None for each in results)
    assert pipeline.attempts.unfinished()[0] == [] and pipeline.engine.store().open() == []
    assert [each["decision"] for each in records(pipeline)] == ["allow"] * 3 + ["deny"]
    assert spent(pipeline) == 300


def test_an_approval_is_used_up_by_the_yes(pipeline: Pipeline) -> None:
    held = pipeline.evaluate(pay(500))
    assert held.status == "pending"
    approve(pipeline, held)
    assert [pipeline.evaluate(pay(500)).status for _ in range(2)] == ["authorized", "pending"]


def test_without_a_record_there_is_no_yes_and_it_is_spent(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise LedgerError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(pipeline.ledger, "append", broken)
        result = pipeline.evaluate(pay(100))
    assert (result.status, result.grounds[0].code) == ("failed", "not_recorded")
    assert spent(pipeline) == 100


def test_what_cannot_be_counted_is_no_yes(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise StateError("gone")

    monkeypatch.setattr(pipeline.engine, "commit", broken)
    result = pipeline.evaluate(pay(100))
    assert (result.status, result.grounds[0].code) == ("failed", "state_unavailable")
    assert records(pipeline) == []


def test_what_is_no_action_is_malformed(pipeline: Pipeline) -> None:
    assert pipeline.evaluate({"version": 1}).status == "malformed"
    assert pipeline.evaluate(b'{"version": 1, "tool": "a", "tool": "b"}').status == "malformed"
    assert records(pipeline) == []


def test_whoever_watches_is_around_each_stage(pipeline: Pipeline, tmp_path: Path) -> None:
    seen: list[str] = []

    def watch(stage: str) -> AbstractContextManager[None]:
        @contextmanager
        def around() -> Iterator[None]:
            seen.append(f"+{stage}")
            yield
            seen.append(f"-{stage}")

        return around()

    result = replace(pipeline, watch=watch).submit(pay(1), Bank(tmp_path / "calls"), "k")
    assert result.status == "executed"
    assert {each[1:] for each in seen} == set(result.timings)
    assert [each[1:] for each in seen[::2]] == [each[1:] for each in seen[1::2]]

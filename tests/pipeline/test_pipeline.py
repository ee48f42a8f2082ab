"""What each way through the pipeline does, and what it leaves behind."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from axtary.connectors.provider import Call, ProviderError, Ran
from axtary.ledger import LedgerError
from axtary.passes.errors import Reason, RefusedError
from axtary.passes.keystore import KeyStore
from axtary.pipeline import Pipeline, recover
from axtary.pipeline.run import Run
from axtary.runtime.decision import Decision
from axtary.runtime.state import StateError
from tests.docs_pages import ROOT, table
from tests.pipeline.bank import Bank, approve, folder, opened, pay, records


@pytest.fixture
def pipeline(tmp_path: Path) -> Iterator[Pipeline]:
    with opened(folder(tmp_path)) as found:
        yield found


@pytest.fixture
def bank(tmp_path: Path) -> Bank:
    return Bank(tmp_path / "calls")


def codes(result: Any) -> list[str]:
    return [ground.code for ground in result.grounds]


def held(pipeline: Pipeline) -> int:
    return len(pipeline.engine.store().open())


def test_executed(pipeline: Pipeline, bank: Bank) -> None:
    result = pipeline.submit(pay(40), bank, "k1")
    assert (result.status, codes(result), result.incidents) == ("executed", ["granted"], ())
    assert result.ran == Ran("succeeded", {"receipt": 40})
    assert bank.called() == ["k1"]
    decision, outcome = records(pipeline)
    assert (decision["seq"], decision["decision"], decision["resource"]) == (result.record, "allow", "bank:acme")
    assert (outcome["outcome"], outcome["result"], outcome["pass"]) == ("succeeded", {"receipt": 40}, decision["pass"])
    assert outcome["action_hash"] == decision["action_hash"]
    (meter,) = pipeline.engine.store().meters("budget")
    assert (meter.level.committed, meter.level.reserved, held(pipeline)) == (40_0000, 0, 0)
    stages = ["normalise", "journal", "decide", "issue", "record", "verify", "execute", "outcome", "commit", "done"]
    assert list(result.timings) == stages


def test_a_pass_is_for_the_caller_only_if_the_caller_executes(pipeline: Pipeline, bank: Bank) -> None:
    assert pipeline.submit(pay(1), bank).token is None
    assert pipeline.begin(pay(1)).token is not None


def test_what_is_decided_is_what_the_provider_made_of_it(pipeline: Pipeline, bank: Bank) -> None:
    result = pipeline.submit({**pay(40), "paths": ["forged"], "resource": "bank:other"}, bank)
    assert result.decision is not None
    action = result.decision.action
    assert (action["resource"], action["paths"]) == ("bank:acme", ["accounts/1"])
    assert action["payload"] == {"amount": 40, "currency": "USD"}


def test_blocked(pipeline: Pipeline, bank: Bank) -> None:
    result = pipeline.submit({**pay(40), "tool": "bank.close"}, bank, "k1")
    assert (result.status, codes(result), bank.called()) == ("blocked", ["default_deny"], [])
    assert [each["decision"] for each in records(pipeline)] == ["deny"]
    assert pipeline.submit({**pay(40), "tool": "bank.close"}, bank, "k1").status == "blocked"  # decided anew


@pytest.mark.parametrize("actor", [{}, {"owner": "user:o@acme.com"}, {"agent": ""}])
def test_an_action_of_nobody_is_blocked_before_anything_is_reserved(
    actor: dict[str, str], pipeline: Pipeline, bank: Bank
) -> None:
    nobody = [{**pay(amount), "actor": actor} for amount in (40, 500)] + [
        {name: value for name, value in pay(40).items() if name != "actor"}
    ]
    for action in nobody:
        for result in (pipeline.submit(action, bank), pipeline.begin(action)):
            assert (result.status, codes(result), result.request) == ("blocked", ["no_agent"], None)
            assert "decide" not in result.timings
    found = [(each["decision"], each["reasons"][0]["code"]) for each in records(pipeline)]
    assert found == [("deny", "no_agent")] * 6
    assert (bank.called(), pipeline.engine.store().meters("budget"), pipeline.queue.count()) == ([], [], 0)


def test_malformed(pipeline: Pipeline, bank: Bank) -> None:
    cases: list[tuple[Any, str, str]] = [
        (b'{"version": 1, "version": 1}', "k", "AX0803"),
        ({"version": 1}, "k", "AX0812"),
        (pay(1, to="nobody"), "k", "no_such_account"),
        (pay(1), "", "key_ill_formed"),
        (pay(1), "a b", "key_ill_formed"),
        (pay(1), "k" * 201, "key_ill_formed"),
    ]
    for action, key, code in cases:
        result = pipeline.submit(action, bank, key)
        assert (result.status, codes(result)[0], result.decision) == ("malformed", code, None)
    assert (bank.called(), records(pipeline)) == ([], [])


def test_pending_then_approved_then_used(pipeline: Pipeline, bank: Bank) -> None:
    first = pipeline.submit(pay(500), bank, "k1")
    assert (first.status, codes(first), bank.called()) == ("pending", ["approval_required"], [])
    assert pipeline.submit(pay(500), bank, "k1").request == first.request  # it waits, once
    approve(pipeline, first)
    swapped = pipeline.submit(pay(501), bank, "k1")
    assert (swapped.status, bank.called()) == ("pending", [])  # another content has an approval of its own to wait for
    assert pipeline.submit(pay(500), bank, "k1").status == "executed"
    again = pipeline.submit(pay(500), bank, "k2")
    assert (again.status, bank.called()) == ("pending", ["k1"])
    assert again.request not in (None, first.request)


def test_an_approval_that_is_over_is_asked_for_again(pipeline: Pipeline, bank: Bank) -> None:
    first = pipeline.submit(pay(500), bank)
    approve(pipeline, first, ttl=60, now=int(pipeline.clock()) - 61)
    assert pipeline.submit(pay(500), bank).status == "pending"


def test_a_refusal_ends_the_request(pipeline: Pipeline, bank: Bank) -> None:
    first = pipeline.submit(pay(500), bank)
    assert first.request is not None
    assert pipeline.queue.end(first.request, "denied")
    assert pipeline.submit(pay(500), bank).request != first.request


def test_a_key_runs_once(pipeline: Pipeline, bank: Bank) -> None:
    first = pipeline.submit(pay(40), bank, "k1")
    again = pipeline.submit(pay(40), bank, "k1")
    assert (again.status, again.repeated, again.ran) == ("executed", True, first.ran)
    other = pipeline.submit(pay(41), bank, "k1")
    assert (other.status, codes(other)) == ("malformed", ["key_of_another_action"])
    assert bank.called() == ["k1"]
    (meter,) = pipeline.engine.store().meters("budget")
    assert meter.level.committed == 40_0000


def test_a_key_runs_once_if_many_come_at_a_time(pipeline: Pipeline, bank: Bank) -> None:
    results = []
    barrier = threading.Barrier(8)

    def run() -> None:
        barrier.wait()
        results.append(pipeline.submit(pay(30), bank, "k1"))

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert bank.called() == ["k1"]
    assert sum(each.status == "executed" and not each.repeated for each in results) == 1
    (meter,) = pipeline.engine.store().meters("budget")
    assert (meter.level.committed, meter.level.reserved) == (30_0000, 0)


def test_the_budget_ends_a_runaway_loop(pipeline: Pipeline, bank: Bank) -> None:
    results = [pipeline.submit(pay(70), bank) for _ in range(6)]
    assert [each.status for each in results] == ["executed"] * 4 + ["blocked"] * 2
    assert codes(results[-1]) == ["budget_exhausted"]


@pytest.mark.parametrize(
    ("answer", "status", "committed"),
    [
        (Ran("failed", {"error": "no"}, "it said no"), "failed", 0),
        (Ran("unknown", message="no answer"), "failed", 40_0000),
        (Ran("succeeded", costs={"USD": "12.5"}), "executed", 12_5000),
        (Ran("failed", costs={"USD": "1"}), "failed", 1_0000),
        (Ran("succeeded", costs={"EUR": "9"}), "executed", 40_0000),
    ],
    ids=["failed", "unknown", "costs", "failed-costs", "other-unit"],
)
def test_what_came_of_it_is_counted(
    pipeline: Pipeline, tmp_path: Path, answer: Ran, status: str, committed: int
) -> None:
    result = pipeline.submit(pay(40), Bank(tmp_path / "calls", answer))
    meters = pipeline.engine.store().meters("budget")
    assert (result.status, held(pipeline), meters[0].level.committed) == (status, 0, committed)
    assert records(pipeline, "outcome")[0]["outcome"] == answer.outcome


def test_an_overrun_is_recorded(pipeline: Pipeline, tmp_path: Path) -> None:
    pipeline.submit(pay(40), Bank(tmp_path / "calls", Ran("succeeded", costs={"USD": "50"})))
    assert [each["event"] for each in records(pipeline, "budget")] == ["overrun"]


def test_a_provider_that_breaks_off_may_have_done_it(pipeline: Pipeline, tmp_path: Path) -> None:
    def crash() -> Ran:
        raise RuntimeError("secret-in-the-text")

    result = pipeline.submit(pay(40), Bank(tmp_path / "calls", crash), "k1")
    assert (result.status, result.ran and result.ran.outcome) == ("failed", "unknown")
    assert [each.code for each in result.incidents] == ["provider_crashed"]
    assert [each["code"] for each in records(pipeline, "incident")] == ["provider_crashed"]
    assert "secret-in-the-text" not in str(records(pipeline)) + str(result.to_json())
    (meter,) = pipeline.engine.store().meters("budget")
    assert meter.level.committed == 40_0000
    again = pipeline.submit(pay(40), Bank(tmp_path / "calls"), "k1")
    assert (again.repeated, len(Bank(tmp_path / "calls").called())) == (True, 1)


def test_a_provider_that_sends_nothing(pipeline: Pipeline, tmp_path: Path) -> None:
    def refuse() -> Ran:
        raise ProviderError("moved_on", "the head is another commit by now")

    result = pipeline.submit(pay(40), Bank(tmp_path / "calls", refuse))
    assert (result.status, result.incidents) == ("failed", ())
    assert records(pipeline, "outcome")[0]["message"] == "nothing was sent: the head is another commit by now"


def test_secrets_in_answers_are_kept_nowhere(pipeline: Pipeline, tmp_path: Path) -> None:
    answer = Ran("succeeded", {"access_token": "hunter2hunter2"}, "Bearer abcdefghijklmnop")
    pipeline.submit(pay(40), Bank(tmp_path / "calls", answer), "k1")
    attempt = pipeline.attempts.find("k1")
    assert attempt is not None
    assert attempt.ran == Ran("succeeded", {"access_token": "[removed]"}, "[removed]")
    assert "hunter2" not in str(records(pipeline))


class Treacherous(Bank):
    """Keeps a hand on the payload that was decided upon, and changes it."""

    def normalise(self, tool: str, payload: Mapping[str, Any]) -> Call:
        self.mine = {**payload, "currency": "USD"}
        return Call(tool, "bank:acme", self.mine)

    def execute(self, action: Mapping[str, Any], key: str) -> Ran:
        self.mine["amount"] = 1_000_000
        return super().execute(action, key)


def test_a_payload_cannot_be_swapped_after_the_decision(pipeline: Pipeline, tmp_path: Path) -> None:
    bank = Treacherous(tmp_path / "calls")
    pipeline.submit(pay(40), bank)
    assert bank.calls.read_text().endswith('{"amount": 40, "currency": "USD"}\n')


def test_what_the_pass_is_not_for_is_not_sent(pipeline: Pipeline, bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    """Should anything between the decision and the provider change the action, the pass refuses it."""
    monkeypatch.setattr("axtary.pipeline.pipeline.deepcopy", lambda action: {**action, "payload": {"amount": 99}})
    result = pipeline.submit(pay(40), bank)
    assert (result.status, bank.called()) == ("failed", [])
    assert result.ran is not None
    assert "the pass is refused" in result.ran.message
    assert held(pipeline) == 0


# --- what cannot be written -----------------------------------------------------------------------------------------


def broken(error: Exception) -> Callable[..., Any]:
    def fail(*_args: Any, **_kwargs: Any) -> Any:
        raise error

    return fail


def test_nothing_runs_if_the_decision_cannot_be_recorded(
    pipeline: Pipeline, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(pipeline.ledger, "append", broken(LedgerError("the disk is full")))
        result = pipeline.submit(pay(40), bank, "k1")
        assert (result.status, codes(result), bank.called()) == ("failed", ["not_recorded"], [])
        blocked = pipeline.submit({**pay(40), "tool": "bank.close"}, bank)
        assert (blocked.status, blocked.incidents[0].code) == ("blocked", "decision_not_recorded")
    assert held(pipeline) == 0
    assert pipeline.submit(pay(40), bank, "k1").status == "executed"  # the key was not used up


def test_an_outcome_that_cannot_be_recorded_is_an_incident_that_is_kept(
    pipeline: Pipeline, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, appended = pipeline.ledger.append, []

    def once(entry: Any) -> Any:
        appended.append(entry)
        if len(appended) > 1:
            raise LedgerError("the disk is full")
        return whole(entry)

    with monkeypatch.context() as patch:
        patch.setattr(pipeline.ledger, "append", once)
        result = pipeline.submit(pay(40), bank, "k1")
    assert (result.status, [each.code for each in result.incidents]) == ("executed", ["outcome_not_recorded"])
    assert records(pipeline, "outcome") == []
    unfinished, _now = pipeline.attempts.unfinished()
    assert [each.stage for each in unfinished] == ["ran"]
    later = replace(pipeline, owner="")
    with monkeypatch.context() as patch:
        patch.setattr("axtary.pipeline.recovery.is_gone", lambda _name: True)
        recover(later)
        assert recover(later) == []
    assert [each["outcome"] for each in records(pipeline, "outcome")] == ["succeeded"]
    assert (held(pipeline), bank.called()) == (0, ["k1"])


@pytest.mark.parametrize("method", ["find", "add", "move"])
def test_nothing_runs_without_the_journal(
    pipeline: Pipeline, bank: Bank, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(pipeline.attempts, method, broken(StateError("the disk is full")))
        assert pipeline.submit(pay(40), bank, "k1").status == "failed"
    assert (bank.called(), held(pipeline)) == ([], 0)


def test_an_outcome_that_the_journal_cannot_keep_is_recorded_all_the_same(
    pipeline: Pipeline, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = pipeline.attempts.move

    def move(attempt: Any, stage: str, ran: Any = None) -> Any:
        if stage == "ran":
            raise StateError("the disk is full")
        return whole(attempt, stage, ran)  # type: ignore[arg-type]

    monkeypatch.setattr(pipeline.attempts, "move", move)
    result = pipeline.submit(pay(40), bank, "k1")
    assert "outcome_not_kept" in [each.code for each in result.incidents]
    assert [each["outcome"] for each in records(pipeline, "outcome")] == ["succeeded"]


def test_a_pass_that_cannot_be_issued_denies(pipeline: Pipeline, bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("axtary.pipeline.pipeline.issue", broken(RefusedError(Reason.NO_TIME_LEFT)))
    result = pipeline.submit(pay(40), bank)
    assert (result.status, codes(result), held(pipeline)) == ("blocked", ["no_time_left"], 0)
    assert [each["decision"] for each in records(pipeline)] == ["deny"]


# --- callers who execute --------------------------------------------------------------------------------------------


def test_begin_and_end(pipeline: Pipeline) -> None:
    begun = pipeline.begin(pay(40), "k1")
    assert begun.status == "authorized"
    assert isinstance(begun.decision, Decision)
    assert codes(pipeline.begin(pay(40), "k1")) == ["under_way"]
    ended = pipeline.end("k1", Ran("succeeded", {"receipt": 1}), begun.decision.action_hash)
    assert (ended.status, ended.incidents, held(pipeline)) == ("executed", (), 0)
    assert [each["kind"] for each in records(pipeline)] == ["decision", "outcome"]
    assert pipeline.end("k1", Ran("failed")).repeated
    assert len(records(pipeline)) == 2


def test_something_else_that_ran_is_an_incident(pipeline: Pipeline) -> None:
    pipeline.begin(pay(40), "k1")
    ended = pipeline.end("k1", Ran("succeeded"), "sha256:" + "0" * 64)
    assert [each.code for each in ended.incidents] == ["other_action_executed"]
    assert [each["code"] for each in records(pipeline, "incident")] == ["other_action_executed"]


def test_something_that_ran_without_an_attempt_is_an_incident(pipeline: Pipeline) -> None:
    ended = pipeline.end("k1", Ran("succeeded"))
    assert (ended.status, [each.code for each in ended.incidents]) == ("failed", ["executed_without_attempt"])
    assert [each["code"] for each in records(pipeline, "incident")] == ["executed_without_attempt"]


def test_an_attempt_that_nobody_ends_is_over_in_time(pipeline: Pipeline) -> None:
    brief = replace(pipeline, hold=0)
    brief.begin(pay(40), "k1")
    (found,) = recover(brief)
    assert (found.ran and found.ran.outcome, found.incidents[0].code) == ("unknown", "outcome_unknown")
    assert [each["kind"] for each in records(pipeline)] == ["decision", "outcome", "incident"]
    (meter,) = pipeline.engine.store().meters("budget")
    assert meter.level.committed == 40_0000


# --- the documentation ----------------------------------------------------------------------------------------------


def test_documented_stages_are_those_that_run(pipeline: Pipeline, bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    whole = Run.stage
    monkeypatch.setattr(Run, "stage", lambda run, name: seen.append(name) or whole(run, name))  # type: ignore[func-returns-value]
    pipeline.submit(pay(40), bank)
    stages = [row[0].strip("`") for row in table(ROOT / "docs" / "pipeline.md", "stages")]
    assert seen == stages


def test_documented_incidents_are_all() -> None:
    text = (ROOT / "docs" / "pipeline.md").read_text().partition("## Incidents")[2]
    sources = "".join(path.read_text() for path in (ROOT / "runtime" / "axtary" / "pipeline").glob("*.py"))
    assert set(re.findall(r'Incident\(\s*"([a-z_]+)"', sources)) == set(re.findall("`([a-z]+_[a-z_]+)`", text))


def test_the_ledger_is_as_the_policy_says(pipeline: Pipeline, bank: Bank) -> None:
    pipeline.submit(pay(40), bank)
    assert records(pipeline, "decision")[0]["payload"] == {"amount": 40, "currency": "USD"}


def test_checkpoints_are_signed_if_there_is_a_key(tmp_path: Path, bank: Bank) -> None:
    policy = folder(tmp_path)
    KeyStore(tmp_path / ".axtary" / "keys").init("checkpoint", "Ed25519")
    with opened(policy) as pipeline:
        pipeline.submit(pay(40), bank)
        assert pipeline.ledger.rows.checkpoints() == []
    with opened(policy) as pipeline:
        assert [each.size for each in pipeline.ledger.rows.checkpoints()] == [2]

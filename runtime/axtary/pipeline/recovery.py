"""What a process that died left behind is finished by the next one: recorded, counted or given back, never run."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from axtary.connectors.provider import Ran
from axtary.pipeline.attempts import Attempt
from axtary.pipeline.owner import is_gone
from axtary.pipeline.pipeline import Pipeline
from axtary.pipeline.result import Incident, Result
from axtary.pipeline.run import Run
from axtary.pipeline.settle import has_record, record_incidents, settle
from axtary.runtime.state import ClosedReservation, UnknownReservation

_SECOND = 1_000_000
_NOT_RUN = "the process ended before it began to run"
_UNKNOWN = "the process ended while it ran, or nobody said what came of it"


def recover(pipeline: Pipeline) -> list[Result]:
    """Finish every attempt whose process ended, or whose time is over. Raises StateError, LedgerError.

    Run at the start and now and then: what could not be finished is tried again the next time.
    """
    unfinished, now = pipeline.attempts.unfinished()
    left = [each for each in unfinished if each.expires <= now or (each.owner and is_gone(each.owner))]
    found = []
    for each in left:
        taken = pipeline.attempts.take(each, pipeline.owner, pipeline.hold * _SECOND)
        if taken is not None:
            found.append(_finished(pipeline, taken))
    return found


def _finished(pipeline: Pipeline, attempt: Attempt) -> Result:
    run = Run(attempt.id, attempt.about)
    if attempt.stage == "authorized":
        attempt = _not_run(pipeline, run, attempt)
    elif attempt.stage == "executing":
        run.incidents.append(Incident("outcome_unknown", _UNKNOWN))
        attempt = pipeline.attempts.move(attempt, "ran", Ran("unknown", message=_UNKNOWN))
    if attempt.stage == "ran":
        settle(run, attempt, pipeline.engine, pipeline.ledger, pipeline.attempts, again=True)
    record_incidents(run, attempt.about, pipeline.ledger)
    result = Result("failed", attempt.id, ran=attempt.ran, incidents=tuple(run.incidents))
    if attempt.ran is not None and attempt.ran.outcome == "succeeded":
        result = replace(result, status="executed")
    pipeline.report(result)
    return result


def _not_run(pipeline: Pipeline, run: Run, attempt: Attempt) -> Attempt:
    """With an outcome if the decision is recorded; else it is as if it had not been asked for, but for an incident."""
    if has_record(pipeline.ledger, attempt, "decision"):
        return pipeline.attempts.move(attempt, "ran", Ran("failed", message=_NOT_RUN))
    if attempt.reservation is not None:
        with suppress(ClosedReservation, UnknownReservation):
            pipeline.engine.roll_back(attempt.reservation)
    run.incidents.append(Incident("decision_not_recorded", _NOT_RUN))
    pipeline.attempts.drop(attempt)
    return attempt

"""What a key gives that was used before: what came of that attempt, and never a second execution."""

from __future__ import annotations

from axtary.pipeline.attempts import Attempt
from axtary.pipeline.result import Result, Status
from axtary.pipeline.run import Run
from axtary.runtime.decision import Ground


def earlier(run: Run, attempt: Attempt, wanted: str) -> Result:
    """What a key gives that was used before."""
    if attempt.action_hash != wanted:
        text = "this key belongs to an attempt with another action"
        return Result("malformed", run.key, (Ground("key_of_another_action", "", text),))
    return repeated(run, attempt)


def repeated(run: Run, attempt: Attempt) -> Result:
    if attempt.ran is None:
        return under_way(run)
    status: Status = "executed" if attempt.ran.outcome == "succeeded" else "failed"
    return Result(status, run.key, ran=attempt.ran, repeated=True)


def under_way(run: Run) -> Result:
    return failed(run, "under_way", "an attempt with this key is under way")


def failed(run: Run, code: str, text: str) -> Result:
    return Result("failed", run.key, (Ground(code, "", text),))

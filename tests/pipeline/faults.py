"""Dies at every boundary of the pipeline, by kill -9, and looks at what the next process makes of it.

    python -m tests.pipeline.faults FOLDER [STATE LEDGER]

Prints one line of JSON for each boundary. Children are forks of this process, which has loaded no engine of Go.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from axtary.ledger.verify import verify
from axtary.pipeline import Pipeline, recover
from axtary.pipeline.run import Run
from tests.pipeline.bank import Bank, folder, opened, pay, records

_timed = Run.stage


def main(where: Path, environment: Mapping[str, str]) -> None:
    policy = folder(where)
    boundary = 0
    while True:
        key, calls = f"k{boundary}", where / f"calls{boundary}"
        name = _killed(policy, environment, key, calls, boundary)
        if name is None:
            return
        with opened(policy, environment) as pipeline:
            print(json.dumps({"boundary": name, **_found(pipeline, key, Bank(calls))}), flush=True)
        boundary += 1


def _killed(policy: Path, environment: Mapping[str, str], key: str, calls: Path, boundary: int) -> str | None:
    """Submit in a child that dies at the boundary of this number; its name, None if there are not so many."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            left = [boundary]

            @contextmanager
            def deadly(run: Run, name: str) -> Iterator[None]:
                _die(left, f"before {name}", writing)
                with _timed(run, name):
                    yield
                _die(left, f"after {name}", writing)

            Run.stage = deadly  # type: ignore[assignment, method-assign]
            with opened(policy, environment) as pipeline:
                pipeline.submit(_action(key), Bank(calls), key)
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        name = pipe.read()
    _process, status = os.waitpid(child, 0)
    if name:
        assert os.WTERMSIG(status) == signal.SIGKILL
    return name or None


def _die(left: list[int], name: str, writing: int) -> None:
    left[0] -= 1
    if left[0] < 0:
        os.write(writing, name.encode())
        os.kill(os.getpid(), signal.SIGKILL)


def _action(key: str) -> dict[str, Any]:
    """Each has a budget of its own."""
    return {**pay(50), "actor": {"agent": key}}


def _found(pipeline: Pipeline, key: str, bank: Bank) -> dict[str, Any]:
    before = len(bank.called())
    recover(pipeline)
    again = pipeline.submit(_action(key), bank, key)
    mine = [each for each in records(pipeline) if each.get("pass")]
    passes = {each["pass"] for each in mine if each["kind"] == "outcome"}
    decided = {each["pass"] for each in mine if each["kind"] == "decision"}
    meters = [each for each in pipeline.engine.store().meters("budget") if each.key.subject == key]
    return {
        "ran_before": before,
        "ran": len(bank.called()),
        "again": again.status,
        "repeated": again.repeated,
        "outcome": again.ran.outcome if again.ran is not None else None,
        "unfinished": len(pipeline.attempts.unfinished()[0]),
        "decisions_without_outcome": len(decided - passes),
        "outcomes_without_decision": len(passes - decided),
        "outcomes": sum(each["kind"] == "outcome" for each in mine) - len(passes),
        "committed": sum(each.level.committed for each in meters) // 10_000,
        "reserved": sum(each.level.reserved for each in meters) // 10_000,
        "valid": not verify(pipeline.ledger.rows, {}).findings,
    }


if __name__ == "__main__":
    state, ledger = sys.argv[2:4] if len(sys.argv) > 3 else ("", "")
    found = {"AXTARY_STATE": state, "AXTARY_LEDGER": ledger}
    main(Path(sys.argv[1]), {name: value for name, value in found.items() if value})

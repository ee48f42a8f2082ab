"""kill -9 at every boundary of the pipeline, then another process: nothing runs twice, nothing is lost or held."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.state.conftest import STORES, fresh


@pytest.fixture(scope="module", params=STORES)
def found(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    where = str(tmp_path_factory.mktemp("faults") / "policy")
    places = []
    if request.param == "postgresql":
        server = request.getfixturevalue("server")
        places = [fresh(server), fresh(server)]
    command = [sys.executable, "-m", "tests.pipeline.faults", where, *places]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return [json.loads(line) for line in run.stdout.splitlines()]


def test_every_boundary_was_there(found: list[dict[str, Any]]) -> None:
    stages = ["normalise", "journal", "decide", "issue", "journal", "record", "journal", "verify", "execute", "journal"]
    stages += ["outcome", "commit", "done"]
    assert [each["boundary"] for each in found] == [f"{when} {name}" for name in stages for when in ("before", "after")]


def test_nothing_runs_twice(found: list[dict[str, Any]]) -> None:
    assert {each["ran"] for each in found} == {0, 1}
    assert all(each["ran"] == each["ran_before"] for each in found if each["repeated"])


def test_what_ran_is_never_said_to_have_failed(found: list[dict[str, Any]]) -> None:
    assert all(each["outcome"] in ("succeeded", "unknown") for each in found if each["ran"])
    assert {each["outcome"] for each in found if not each["ran"]} == {"failed", "unknown"}


def test_no_decision_without_outcome_and_none_twice(found: list[dict[str, Any]]) -> None:
    for each in found:
        assert each["decisions_without_outcome"] == each["outcomes_without_decision"] == each["outcomes"] == 0
        assert (each["unfinished"], each["valid"]) == (0, True)


def test_what_ran_is_counted_once(found: list[dict[str, Any]]) -> None:
    for each in found:
        assert each["committed"] == (0 if each["outcome"] == "failed" else 50)


def test_a_reservation_that_no_attempt_knows_is_held_until_it_expires_and_no_other(found: list[dict[str, Any]]) -> None:
    held = [each["boundary"] for each in found if each["reserved"]]
    assert held == ["after decide", "before issue", "after issue", "before journal"]

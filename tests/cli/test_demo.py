"""`axtary demo`: every scene ends as it should, and one that does not is seen."""

from __future__ import annotations

from pathlib import Path

import pytest
from axtary.cli.demo import world
from tests.cli.command import assert_refused, inside, run

from axtary.approvals.queue import Request
from axtary.passes.verify import Verifier

SCENES = ["allowed", "swapped", "injected", "runaway", "stolen", "attested"]


def test_every_scene_ends_as_it_should(tmp_path: Path) -> None:
    ran = run("demo", "--json", cwd=tmp_path)
    assert ran.code == 0, ran
    told = ran.json()
    assert [scene["scene"] for scene in told["scenes"]] == SCENES
    assert told["right"] is True
    assert all(step["right"] for scene in told["scenes"] for step in scene["steps"])
    assert list(tmp_path.iterdir()) == []


def test_the_folder_is_kept_if_that_is_asked_for(tmp_path: Path) -> None:
    assert run("demo", "--keep", "kept", cwd=tmp_path).code == 0
    policy = str(tmp_path / "kept" / "axtary.yml")
    assert run("ledger", "verify", "--policy", policy, cwd=tmp_path).code == 0
    assert_refused(run("demo", "--keep", "kept", cwd=tmp_path))


_ALLOW_ALL = """
version: 1
approvers:
  people: [{{id: "{ana}", roles: [maintainer], key: {key}}}]
policies:
  - {{id: all, effect: allow, match: {{tool: "*"}}}}
"""


def wrong(tmp_path: Path) -> list[str]:
    """The scenes that did not end as they should."""
    ran = inside("demo", "--json", cwd=tmp_path)
    assert (ran.code, ran.json()["right"], ran.crash) == (1, False, "")
    return [scene["scene"] for scene in ran.json()["scenes"] if not scene["right"]]


def test_a_policy_that_allows_everything_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world, "_POLICY", _ALLOW_ALL)
    assert wrong(tmp_path) == ["swapped", "injected", "runaway", "attested"]


def test_a_verifier_that_accepts_everything_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Verifier, "verify", lambda *_args, **_kwargs: None)
    assert wrong(tmp_path) == ["stolen"]


def test_an_approver_who_says_nothing_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(_world: world.World, _request: Request) -> str:
        return ""

    monkeypatch.setattr(world.World, "approve", silent)
    assert wrong(tmp_path) == ["swapped"]

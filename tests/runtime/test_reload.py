"""Hot reload: a good policy comes into force, a broken one does not, half of one is never taken."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from axtary.compiler import CompileError
from axtary.runtime.engine import Engine
from axtary.runtime.policyfile import UnreadableError
from axtary.runtime.reload import Reloaded, Reloader, reloading

OLD = "version: 1\npolicies: [{id: r, effect: allow, match: {tool: t}}]\n"
NEW = "version: 1\npolicies: [{id: r, effect: deny, match: {tool: t}}]\n"
ASKED = {"version": 1, "tool": "t"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "axtary.yml").write_text(OLD)
    return tmp_path / "axtary.yml"


def test_a_change_comes_into_force_once_it_is_left_alone(path: Path) -> None:
    engine = Engine.open(path, {})
    reloader = Reloader(engine, path)
    old = engine.policy_version
    assert reloader.check() is None
    path.write_text(NEW)
    assert reloader.check() is None  # it may be half of it
    assert engine.decide(ASKED).decision == "allow"
    found = reloader.check()
    assert found == Reloaded(engine.policy_version)
    assert engine.policy_version != old
    assert engine.decide(ASKED).decision == "deny"
    assert reloader.check() is None


def test_a_file_that_keeps_changing_is_not_taken(path: Path) -> None:
    reloader = Reloader(Engine.open(path, {}), path)
    for size in range(4):
        path.write_text(NEW + "#" * size)
        assert reloader.check() is None
    assert reloader.check() is not None


def test_a_change_that_is_taken_back_is_none(path: Path) -> None:
    reloader = Reloader(Engine.open(path, {}), path)
    before = path.stat()
    path.write_text(NEW + "#")
    assert reloader.check() is None
    path.write_text(OLD)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert reloader.check() is None
    assert reloader.check() is None


def test_a_broken_policy_is_reported_and_the_old_one_stays(path: Path) -> None:
    engine = Engine.open(path, {})
    reloader, old = Reloader(engine, path), engine.policy_version
    path.write_text(OLD.replace("allow", "alow"))
    assert reloader.check() is None
    found = reloader.check()
    assert found is not None
    assert isinstance(found.problem, CompileError)
    assert found.policy_version == engine.policy_version == old
    assert reloader.check() is None  # once is enough
    assert engine.decide(ASKED).decision == "allow"
    path.unlink()
    reloader.check()
    found = reloader.check()
    assert found is not None
    assert isinstance(found.problem, UnreadableError)
    path.write_text(NEW)
    reloader.check()
    found = reloader.check()
    assert found is not None
    assert found.problem is None
    assert engine.decide(ASKED).decision == "deny"


def test_included_files_are_watched_too(path: Path) -> None:
    path.write_text("version: 1\ninclude: more.yml\n")
    more = path.with_name("more.yml")
    more.write_text(OLD)
    engine = Engine.open(path, {})
    reloader = Reloader(engine, path)
    more.write_text(NEW)
    assert [reloader.check(), reloader.check()][1] is not None
    assert engine.decide(ASKED).decision == "deny"


def test_in_a_thread_of_its_own(path: Path) -> None:
    engine, heard, done = Engine.open(path, {}), [], threading.Event()

    def report(found: Reloaded) -> None:
        heard.append(found)
        done.set()

    with reloading(engine, path, report, interval=0.01):
        path.write_text(NEW)
        assert done.wait(20)
    assert heard == [Reloaded(engine.policy_version)]
    assert engine.decide(ASKED).decision == "deny"
    assert not any(thread.name == "axtary-reload" for thread in threading.enumerate())

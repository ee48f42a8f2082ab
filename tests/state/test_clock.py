"""The clock of a machine's state: what somebody does to the system's clock frees nothing."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from axtary.runtime.state import SqlStore, clock, open_store
from axtary.runtime.state.sqlite import SqliteDatabase
from tests.state.claims import DAY, SECOND, granted, rate, refused, shown

WINDOW = 60 * SECOND


class System:
    """The system's clock, and the time since it was started. Microseconds."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.wall, self.running, self.boot = 1_800_000_000 * SECOND, 1000 * SECOND, "first"
        monkeypatch.setattr(time, "time_ns", lambda: self.wall * 1000)
        monkeypatch.setattr(clock, "_running", lambda: self.running)
        monkeypatch.setattr(clock, "_boot", lambda: self.boot)

    def go_on(self, microseconds: int) -> None:
        self.wall += microseconds
        self.running += microseconds

    def restart(self, away: int) -> None:
        self.wall, self.running, self.boot = self.wall + away, SECOND, self.boot + "'"


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> System:
    return System(monkeypatch)


@pytest.fixture
def store(tmp_path: Path, system: System) -> SqlStore:
    return open_store(tmp_path / "state.db", "normal")


def test_after_a_step_back_time_goes_on_at_its_pace(store: SqlStore, system: System) -> None:
    granted(store, rate(1))
    system.go_on(10 * SECOND)
    system.wall -= DAY
    assert refused(store, rate(1)) == [rate(1)]
    system.go_on(WINDOW - 10 * SECOND - 1)
    assert shown(store, rate(1)) == (1, 0)
    system.go_on(1)
    assert shown(store, rate(1)) == (0, 0)
    granted(store, rate(1))


def test_a_new_meter_after_a_step_back_has_the_time_of_the_others(store: SqlStore, system: System) -> None:
    """Otherwise what it counts would leave the window as soon as the clock is put right."""
    granted(store, rate(1, subject="before"))
    system.wall -= DAY
    granted(store, rate(1))
    system.wall += DAY
    system.go_on(WINDOW - 1)
    assert refused(store, rate(1)) == [rate(1)]
    system.go_on(1)
    granted(store, rate(1))


def test_many_steps_back_free_nothing(store: SqlStore, system: System) -> None:
    granted(store, rate(1))
    for _ in range(50):
        system.wall -= 10 * SECOND
        assert refused(store, rate(1)) == [rate(1)]
    system.wall += 500 * SECOND
    assert refused(store, rate(1)) == [rate(1)]


def test_a_step_forward_is_time(store: SqlStore, system: System) -> None:
    """Nobody can tell it from a clock that was behind and is put right."""
    granted(store, rate(1))
    system.wall += WINDOW
    granted(store, rate(1))
    system.wall -= WINDOW
    assert refused(store, rate(1)) == [rate(1)]
    system.go_on(WINDOW)
    granted(store, rate(1))


def test_after_a_restart_meters_know_their_time(store: SqlStore, system: System) -> None:
    granted(store, rate(1))
    system.restart(-DAY)
    assert refused(store, rate(1)) == [rate(1)]
    system.go_on(DAY + WINDOW - 1)
    assert refused(store, rate(1)) == [rate(1)]
    system.go_on(1)
    granted(store, rate(1))


def test_after_a_restart_time_is_that_of_the_system(store: SqlStore, system: System) -> None:
    granted(store, rate(1))
    system.restart(WINDOW - 1)
    assert refused(store, rate(1)) == [rate(1)]
    system.go_on(1)
    granted(store, rate(1))


def test_a_machine_that_does_not_say_how_long_it_runs_has_the_system_clock(
    store: SqlStore, system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "_running", lambda: None)
    granted(store, rate(1))
    system.wall -= DAY
    assert refused(store, rate(1)) == [rate(1)]
    system.wall += DAY + WINDOW
    granted(store, rate(1))


def test_a_second_process_has_the_same_time(store: SqlStore, system: System, tmp_path: Path) -> None:
    granted(store, rate(1))
    system.wall -= DAY
    other = open_store(tmp_path / "state.db", "normal")
    granted(other, rate(1, subject="other"))
    system.wall += DAY
    system.go_on(WINDOW - 1)
    assert refused(store, rate(1, subject="other")) == [rate(1, subject="other")]


def test_the_real_clock_is_that_of_the_system(tmp_path: Path) -> None:
    script = (
        "import sys; from tests.state.claims import *; from axtary.runtime.state import open_store\n"
        "print(ask(open_store(sys.argv[1]), budget()).expires)"
    )
    path = str(tmp_path / "state.db")
    first = time.time_ns() // 1000
    run = [sys.executable, "-c", script, path]
    found = [int(subprocess.run(run, check=True, capture_output=True).stdout) for _ in range(2)]
    last = time.time_ns() // 1000
    assert first <= found[0] - 10 * SECOND < found[1] - 10 * SECOND <= last
    with SqliteDatabase(Path(path)).read() as tx:
        ((boot, ahead),) = tx.rows("SELECT boot, ahead FROM clock")
    assert boot == clock._boot()
    assert 0 <= ahead <= last

"""Connections: of many threads, of forked processes, of two stores in one process; and tables made by many at once."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from axtary.runtime.state import Refused, Reserved, StateError, pool
from axtary.runtime.state.postgres import PostgresDatabase
from axtary.runtime.state.schema import MIGRATIONS
from axtary.runtime.state.sqlite import SqliteDatabase
from tests import postgres
from tests.state.claims import HOLD, SECOND, Clock, ask, budget, granted, rate, refused, shown
from tests.state.conftest import fresh, opened

Run = Callable[..., list[str]]


@pytest.fixture
def run() -> Run:
    """Run a script with the words of these tests, in a process of its own; the lines that it prints."""

    def run(script: str, *args: str) -> list[str]:
        words = "import os, sys, threading\nfrom tests.state.claims import *\nfrom tests.state.conftest import opened\n"
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(each for each in sys.path if each)}
        command = [sys.executable, "-c", words + script, *args]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout.split()

    return run


# --- threads --------------------------------------------------------------------------------------------------------


def test_many_threads_share_a_store(where: str) -> None:
    store = opened(where)
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: ask(store, rate(50, window=3600 * SECOND)), range(200)))
    assert sum(isinstance(each, Reserved) for each in found) == 50
    assert sum(isinstance(each, Refused) for each in found) == 150
    store.close()


def test_threads_that_end_leave_no_connections(where: str) -> None:
    store = opened(where)
    for _ in range(30):
        thread = threading.Thread(target=lambda: granted(store, budget(0)))
        thread.start()
        thread.join()
    assert len(store._database._pool._idle) == 1  # type: ignore[attr-defined]
    store.close()
    granted(store, budget(0))  # a closed store opens again
    store.close()


def test_what_counts_has_the_time_after_the_wait_for_a_lock(server: postgres.Server) -> None:
    """Otherwise a window would end early by the time that somebody waited."""
    url = fresh(server)
    store = opened(url)
    granted(store, rate())
    with psycopg.connect(url) as other, ThreadPoolExecutor(1) as thread:
        other.execute("SELECT * FROM axtary.meter FOR UPDATE")
        waiting = thread.submit(granted, store, rate())
        time.sleep(0.2)
        now = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
        ((released,),) = other.execute(now.encode()).fetchall()
        time.sleep(0.5)  # more than the server's answer took, from which the other counts on
        other.commit()
        waiting.result()
        ((at,),) = other.execute("SELECT max(at) FROM axtary.entry").fetchall()
    assert at >= released
    store.close()


# --- forks ----------------------------------------------------------------------------------------------------------

FORK = """
store = opened(sys.argv[1])
granted(store, budget(10))
name = granted(store, budget(10))
child = os.fork()
for _ in range(20):
    granted(store, budget(1))
if child == 0:
    store.commit(name, {})
    store.close()
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
granted(store, budget(1))
store.close()
print(*shown(opened(sys.argv[1]), budget()))
"""


def test_a_store_that_was_used_works_on_both_sides_of_a_fork(where: str, run: Run) -> None:
    assert run(FORK, where) == ["10", "51"]


def test_a_child_goes_on_when_its_parent_ends(where: str, run: Run) -> None:
    """With what it inherited, the child would write to a log that the parent takes away at its end."""
    script = """
store = opened(sys.argv[1])
granted(store, budget(10))
go, ready = os.pipe(), os.pipe()
if os.fork() == 0:
    granted(store, budget(10))
    os.write(ready[1], b"x")
    os.read(go[0], 1)
    granted(store, budget(10))
    granted(store, budget(10))
    print(*shown(store, budget()), flush=True)
    store.close()
    os._exit(0)
os.read(ready[0], 1)
store.close()
other = opened(sys.argv[1])
granted(other, budget(10))
other.close()
os.write(go[1], b"x")
os.wait()
print(*shown(opened(sys.argv[1]), budget()))
"""
    assert run(script, where) == ["0", "50", "0", "50"]


def test_a_fork_while_threads_spend(where: str, run: Run) -> None:
    script = """
store = opened(sys.argv[1])
def spend():
    for _ in range(60):
        granted(store, budget(1, limit=1000))
threads = [threading.Thread(target=spend) for _ in range(3)]
for thread in threads:
    thread.start()
for _ in range(5):
    if os.fork() == 0:
        granted(store, budget(1, limit=1000))
        os._exit(0)
for thread in threads:
    thread.join()
codes = [os.wait()[1] for _ in range(5)]
print(*codes, *shown(store, budget()))
"""
    assert run(script, where) == [*"00000", "0", "185"]


def test_a_child_that_inherited_a_step_in_the_middle_denies(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "WAIT", 0.01)
    store = opened(where)
    with store._database.read():
        child = os.fork()
        if child == 0:
            try:
                store.levels([budget()])
            except StateError as error:
                os._exit("forked in the middle" in str(error))
            os._exit(2)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 1
    granted(store, budget())
    store.close()


# --- stores of one file -----------------------------------------------------------------------------------------------


def test_a_second_store_takes_no_locks_from_the_first(tmp_path: Path, run: Run) -> None:
    """To open and close the file by other means drops all locks of the process on it. Then a process that ends takes
    the log away, with what is written to it from then on."""
    path = str(tmp_path / "state.db")
    first = opened(path)
    granted(first, budget(10))
    second = opened(path)
    other = "store = opened(sys.argv[1]); granted(store, budget(10)); store.close()"
    run(other, path)
    assert Path(f"{path}-wal").exists()
    granted(first, budget(10))
    granted(second, budget(10))
    run(other, path)
    assert run("print(*shown(opened(sys.argv[1]), budget()))", path) == ["0", "50"]
    first.close()
    second.close()
    assert shown(opened(path), budget()) == (0, 50)


# --- tables ---------------------------------------------------------------------------------------------------------


def test_tables_are_made_once_by_processes_that_come_together(where: str) -> None:
    script = "from tests.state.claims import *; from tests.state.conftest import opened; import sys; input()\n"
    script += "granted(opened(sys.argv[1]), budget(10))"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(each for each in sys.path if each)}
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", script, where]
    each = [subprocess.Popen(command, stdin=pipe, stderr=pipe, text=True, env=environment) for _ in range(4)]
    time.sleep(1)  # so that all stand before the same line
    for process in each:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
    assert [process.communicate(timeout=60)[1] for process in each] == [""] * 4
    assert shown(opened(where), budget()) == (0, 40)


def test_tables_are_made_by_threads_that_come_together(where: str) -> None:
    barrier = threading.Barrier(6)

    def first(_number: int) -> str:
        barrier.wait()
        store = opened(where)
        found = granted(store, budget(10))
        store.close()
        return found

    with ThreadPoolExecutor(6) as threads:
        assert len(set(threads.map(first, range(6)))) == 6
    assert shown(opened(where), budget()) == (0, 60)


def test_many_new_files_are_made_by_processes_that_come_together(tmp_path: Path, run: Run) -> None:
    """SQLite does not wait for others while the write-ahead log of a new file is turned on."""
    script = """
for number in range(20):
    go = os.pipe()
    for _ in range(6):
        if os.fork() == 0:
            os.read(go[0], 1)
            granted(opened(f"{sys.argv[1]}/{number}.db"), budget(10))
            os._exit(0)
    os.write(go[1], b"x" * 6)
    print(*{os.wait()[1] for _ in range(6)})
"""
    assert run(script, str(tmp_path)) == ["0"] * 20


def test_a_file_and_a_database_of_version_0_become_current(where: str) -> None:
    if where.startswith("postgresql:"):
        with psycopg.connect(where, autocommit=True) as other:
            other.execute("CREATE SCHEMA axtary")
            other.execute("CREATE TABLE axtary.version (number integer NOT NULL)")
    else:
        Path(where).parent.mkdir()
        sqlite3.connect(where).execute("VACUUM").connection.close()
        with sqlite3.connect(where) as file:
            assert file.execute("PRAGMA user_version").fetchone() == (0,)
        file.close()
    clock = Clock()
    store = opened(where, clock)
    granted(store, budget(100))
    store.close()
    again = opened(where, clock)
    assert refused(again, budget(1)) == [budget(1)]
    with again._database.read() as tx:
        version = "SELECT number FROM version" if where.startswith("postgresql:") else "PRAGMA user_version"
        assert tx.rows(version) == [(len(MIGRATIONS),)]
    clock.now += HOLD
    granted(again, budget(100))
    again.close()


def test_a_newer_version_is_left_alone(where: str) -> None:
    opened(where).close()
    newer = len(MIGRATIONS) + 1
    if where.startswith("postgresql:"):
        with psycopg.connect(where, autocommit=True) as other:
            other.execute("UPDATE axtary.version SET number = %s", (newer,))
    else:
        sqlite3.connect(where).execute(f"PRAGMA user_version = {newer}").connection.close()
    with pytest.raises(StateError, match="written by a newer axtary: update this one"):
        opened(where)


def test_a_user_who_may_make_nothing_can_use_the_tables(server: postgres.Server) -> None:
    url = fresh(server)
    opened(url).close()
    name = url.rpartition("/")[2].partition("?")[0]
    with psycopg.connect(url, autocommit=True) as other:
        role = f"user_{name}"
        grants = [
            f"CREATE ROLE {role} LOGIN",
            f"GRANT USAGE ON SCHEMA axtary TO {role}",
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA axtary TO {role}",
        ]
        for statement in grants:
            other.execute(statement.encode())
    store = opened(url.replace("axtary@", f"{role}@"))
    store.commit(granted(store, budget(10)), {})
    assert shown(store, budget()) == (10, 0)
    store.close()
    with psycopg.connect(url, autocommit=True) as other:
        other.execute(f"REVOKE INSERT ON ALL TABLES IN SCHEMA axtary FROM {role}".encode())
    store = opened(url.replace("axtary@", f"{role}@"))
    with pytest.raises(StateError, match=r"insufficient privilege \(42501\)"):
        ask(store, budget(10))
    store.close()


def test_options_of_the_url_stay(server: postgres.Server) -> None:
    url = fresh(server) + "&options=-c%20application_name%3Dmine"
    database = PostgresDatabase(url)
    with database.read() as tx:
        assert tx.rows("SELECT current_setting('application_name')") == [("mine",)]
        assert tx.rows("SELECT current_setting('lock_timeout')") == [("5s",)]
        assert tx.rows("SELECT current_setting('synchronous_commit')") == [("on",)]
    database.close()


@pytest.mark.parametrize(("durability", "found"), [("full", 2), ("normal", 1)])
def test_the_durability_is_the_one_that_was_asked_for(tmp_path: Path, durability: str, found: int) -> None:
    database = SqliteDatabase(tmp_path / "state.db", durability)
    with database.read() as tx:
        assert tx.rows("PRAGMA synchronous") == [(found,)]
        assert tx.rows("PRAGMA journal_mode") == [("wal",)]
    assert database.durability.startswith(durability)
    database.close()

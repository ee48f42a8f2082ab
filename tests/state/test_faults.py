"""Whatever happens to the state: the decision is a deny that says why, nothing dies, and it goes on afterwards."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from axtary.compiler import compile_policy
from axtary.runtime import engine as engine_module
from axtary.runtime.engine import Engine
from axtary.runtime.state import StateError, Store, open_store
from axtary.runtime.state import postgres as on_postgres
from axtary.runtime.state import sqlite as on_sqlite
from axtary.runtime.state.schema import MIGRATIONS
from tests import postgres
from tests.state.claims import budget, granted
from tests.state.conftest import fresh, opened

POLICY = """
version: 1
runtime: {durability: normal}
tools: {pay: {payload: {amount: decimal}}}
policies:
  - id: spends
    effect: allow
    match: {tool: pay}
    obligations:
      rate: 100000 per 1h per actor
      budget: {limit: 1000000, unit: USD, per: task, window: 1d, cost: payload.amount}
  - id: looks
    effect: allow
    match: {tool: look}
"""
PASSWORD = "s3cret-word"  # noqa: S105


def action(tool: str = "pay") -> dict[str, object]:
    return {
        "version": 1,
        "time": "2026-01-01T00:00:00Z",
        "actor": {"agent": "a", "owner": "o", "tenant": "t"},
        "intent": {"task": "T"},
        "tool": tool,
        "resource": "r",
        "payload": {"amount": "1.5"},
    }


def engine_on(folder: Path, state: str | Path, durability: str = "normal") -> Engine:
    folder.mkdir(parents=True, exist_ok=True)
    policy = folder / "axtary.yml"
    policy.write_text(POLICY.replace("normal", durability), encoding="utf-8")
    return Engine.open(policy, {"AXTARY_STATE": str(state)})


def allows(engine: Engine) -> None:
    decision = engine.decide(action())
    assert decision.decision == "allow", decision.grounds
    engine.commit(decision)


def denies(engine: Engine, *words: str) -> None:
    """With one ground that says why, and no more than that; what needs no state is allowed all the same."""
    decision = engine.decide(action())
    assert decision.decision == "deny"
    (ground,) = decision.grounds
    assert (ground.code, ground.rule) == ("state_unavailable", "")
    assert ground.message.startswith("the state cannot be used: ")
    assert all(word in ground.message for word in words), ground.message
    assert PASSWORD not in str(decision.to_json())
    assert (decision.reservation, decision.expires) == (None, None)
    assert engine.decide(action("look")).decision == "allow"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "state.db"


@pytest.fixture
def engine(tmp_path: Path, path: Path) -> Engine:
    return engine_on(tmp_path, path)


def test_threads_do_not_queue_up_for_a_state_that_does_not_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "OPENING", 0.05)
    began, over = threading.Event(), threading.Event()

    def opens() -> Store:
        began.set()
        over.wait()
        raise StateError("cannot be reached")

    engine = Engine(compile_policy("axtary.yml", POLICY.encode()).policy, opens)
    with ThreadPoolExecutor(1) as thread:
        first = thread.submit(denies, engine, "cannot be reached")
        began.wait()
        try:
            denies(engine, "somebody else is opening it")
        finally:
            over.set()
        first.result()


# --- SQLite -------------------------------------------------------------------------------------------------------


def test_files_are_for_their_owner_alone(engine: Engine, path: Path) -> None:
    before = os.umask(0)
    try:
        allows(engine)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()}
    assert modes == dict.fromkeys(["state.db", "state.db-wal", "state.db-shm"], 0o600)


def test_a_garbage_header(engine: Engine, path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"no database at all\n" * 500)
    denies(engine, str(path), "file is not a database")
    path.unlink()
    allows(engine)


def test_garbage_over_the_header_while_in_use(engine: Engine, path: Path) -> None:
    allows(engine)
    engine.store().close()  # the log is in the file now
    sound = path.read_bytes()
    path.write_bytes(b"\xff" * 4096 + sound[4096:])
    denies(engine, str(path), "file is not a database")
    path.write_bytes(sound)
    allows(engine)


@pytest.mark.parametrize("garbage", [b"\xff", b"\0", b"a"])
def test_garbage_over_all_pages(engine: Engine, path: Path, garbage: bytes) -> None:
    allows(engine)
    engine.store().close()
    sound = path.read_bytes()
    path.write_bytes(sound[:100] + garbage * (len(sound) - 100))
    denies(engine, str(path), "malformed")
    path.write_bytes(sound)
    allows(engine)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ("UPDATE meter SET total = 'many'", "corrupt"),
        ("UPDATE meter SET reserved = '-1'", "corrupt"),
        ("UPDATE meter SET total = '-1'", "corrupt"),
        ("UPDATE entry SET before = '9999999999999'", "corrupt"),
        ("UPDATE meter SET total = ''", "corrupt"),
        ("DROP TABLE entry", "no such table"),
    ],
)
def test_content_that_nobody_wrote(engine: Engine, path: Path, change: str, word: str) -> None:
    allows(engine)
    kept = path.with_name("kept.db")
    engine.store().close()
    shutil.copy(path, kept)
    other = sqlite3.connect(path)
    other.execute(change)
    other.commit()
    other.close()
    denies(engine, word)


def test_a_file_that_is_replaced_is_said_once_and_then_taken(engine: Engine, path: Path) -> None:
    allows(engine)
    new = path.with_name("new.db")
    new.touch(0o600)
    new.replace(path)
    denies(engine, "was replaced while it was in use")
    allows(engine)


def test_a_file_that_is_away_is_missed_until_it_is_back(engine: Engine, path: Path) -> None:
    allows(engine)
    away = path.with_name("away.db")
    path.rename(away)
    for _ in range(3):
        denies(engine, str(path), "no such file")
    away.rename(path)
    allows(engine)


def test_a_newer_version(engine: Engine, path: Path) -> None:
    open_store(path).close()
    other = sqlite3.connect(path)
    other.execute("PRAGMA user_version = 99")
    denies(engine, "newer axtary")
    other.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
    other.close()
    allows(engine)


@pytest.mark.parametrize("before", [True, False])
def test_another_process_that_never_ends_its_step(
    engine: Engine, path: Path, monkeypatch: pytest.MonkeyPatch, before: bool
) -> None:
    monkeypatch.setattr(on_sqlite, "WAIT", 0.2)
    open_store(path).close()
    if before:
        allows(engine)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    denies(engine, str(path), "database is locked")
    other.execute("ROLLBACK")
    other.close()
    allows(engine)


@pytest.mark.parametrize("where", ["folder", "below a file"])
def test_a_path_that_is_no_place_for_a_file(tmp_path: Path, where: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "below a file").touch()
    state = tmp_path / where / ("" if where == "folder" else "state.db")
    denies(engine_on(tmp_path, state), str(tmp_path / where))


# --- in a process without rights, or without room -----------------------------------------------------------------

LIMITED = """
import os, resource, sys
from pathlib import Path
from tests.state.test_faults import *
state = Path(sys.argv[1])
folder = Path(sys.argv[2])
allows(engine_on(folder / "other", folder / "other.db"))  # imports what another user may not read
engine = engine_on(folder, state)
if os.geteuid() == 0:  # the superuser may do everything
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
"""


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that another user reaches, and owns."""
    found = Path(tempfile.mkdtemp(prefix="axtary"))
    if os.geteuid() == 0:
        os.chown(found, 65534, 65534)
    yield found
    for each in [found, *found.rglob("*")]:
        each.chmod(0o700)
    shutil.rmtree(found)


def limited(script: str, state: Path, folder: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(each for each in sys.path if each)}
    command = [sys.executable, "-c", LIMITED + script, str(state), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60)
    assert done.returncode == 0, done.stderr


def test_a_disk_without_room(place: Path, tmp_path: Path) -> None:
    """Writes fail from some size of a file on, as on a full disk."""
    script = """
allows(engine)
most = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
committed = engine.store().meters("budget")[0].level.committed
resource.setrlimit(resource.RLIMIT_FSIZE, (100, most))
for _ in range(3):
    denies(engine, str(state), "disk")
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
assert engine.store().meters("budget")[0].level == Level(committed, 0)
allows(engine)
assert engine.store().meters("budget")[0].level == Level(2 * committed, 0)
"""
    limited("from axtary.runtime.state import Level" + script, place / "state" / "state.db", tmp_path)


def test_a_disk_without_room_from_the_beginning(place: Path, tmp_path: Path) -> None:
    script = """
most = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
resource.setrlimit(resource.RLIMIT_FSIZE, (100, most))
for _ in range(3):
    denies(engine, str(state), "disk")
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
allows(engine)
"""
    limited(script, place / "state" / "state.db", tmp_path)


def test_a_folder_in_which_nothing_may_be_made(place: Path, tmp_path: Path) -> None:
    script = """
state.parent.chmod(0o500)
denies(engine, str(state), "permission denied")
state.parent.chmod(0o700)
allows(engine)
"""
    limited(script, place / "state.db", tmp_path)


def test_a_file_that_may_only_be_read(place: Path, tmp_path: Path) -> None:
    script = """
open_store(state).close()
state.chmod(0o400)
denies(engine, str(state), "may not be read and written")
state.chmod(0o600)
allows(engine)
engine.store().close()
state.chmod(0)
denies(engine, str(state), "may not be read and written")
state.chmod(0o600)
allows(engine)
"""
    limited(script, place / "state.db", tmp_path)


# --- PostgreSQL ---------------------------------------------------------------------------------------------------


def with_password(url: str) -> str:
    return url.replace("axtary@", f"axtary:{PASSWORD}@")


def test_a_server_that_stops_and_starts_again(tmp_path: Path) -> None:
    server = postgres.start()
    if server is None:
        pytest.skip(postgres.NOT_RUN)
    try:
        url = with_password(server.url())
        used, unused = (engine_on(tmp_path / name, url, "full") for name in ("one", "two"))
        allows(used)
        held = used.decide(action())
        server.stop()
        for engine in (used, unused):
            denies(engine, "PostgreSQL: ", "cannot be reached")
        with pytest.raises(StateError, match="cannot be reached") as caught:
            used.commit(held)
        assert PASSWORD not in str(caught.value)
        server.start()
        allows(used)
        allows(unused)
        used.commit(held)
        assert used.store().meters("budget")[0].level.committed == 4 * 15_000
        server.stop()
        server.start()
        allows(used)  # at once, though the connection that was kept is dead
    finally:
        server.stop()
        shutil.rmtree(server.folder)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        (f"postgresql://u:{PASSWORD}@127.0.0.1:1/nothing", "cannot be reached"),
        (f"postgresql://u:{PASSWORD}@/nothing?host=/nonexistent", "cannot be reached"),
        (f"postgresql://u:{PASSWORD}@localhost:port/nothing", "PostgreSQL: "),
        (f"postgresql://u:{PASSWORD}@/d?word={PASSWORD}", "the URL is not understood"),
        (f"postgres://u:{PASSWORD}@[::1", "the URL is not understood"),
    ],
)
def test_a_url_that_leads_nowhere(tmp_path: Path, url: str, words: str) -> None:
    denies(engine_on(tmp_path, url), words)


def test_a_database_that_is_not_there(tmp_path: Path, server: postgres.Server) -> None:
    denies(engine_on(tmp_path, with_password(server.url("nowhere"))), "PostgreSQL: ")


def test_a_lock_that_is_never_given_back(
    tmp_path: Path, server: postgres.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        on_postgres, "_SETTINGS", on_postgres._SETTINGS.replace("lock_timeout = '5s'", "lock_timeout = '200ms'")
    )
    url = fresh(server)
    engine = engine_on(tmp_path, with_password(url))
    allows(engine)
    with psycopg.connect(url) as other:
        other.execute("SELECT * FROM axtary.meter FOR UPDATE")
        denies(engine, "PostgreSQL: lock not available (55P03)")
    allows(engine)


def test_tables_that_are_gone(tmp_path: Path, server: postgres.Server) -> None:
    url = fresh(server)
    engine = engine_on(tmp_path, with_password(url))
    allows(engine)
    with psycopg.connect(url) as other:
        other.execute("ALTER TABLE axtary.entry RENAME TO away")
    denies(engine, "PostgreSQL: undefined table (42P01)")
    with psycopg.connect(url) as other:
        other.execute("ALTER TABLE axtary.away RENAME TO entry")
    allows(engine)


def test_a_connection_that_the_server_ends(server: postgres.Server) -> None:
    url = fresh(server)
    store = opened(url)
    granted(store, budget(10))
    with psycopg.connect(url, autocommit=True) as other:
        mine = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        assert other.execute(f"{mine} AND datname = current_database()".encode()).fetchall() == [(True,)]
    granted(store, budget(10))
    store.close()

"""SQLite: one file beside the policy, for all processes of a machine.

Write-ahead log; every change begins with BEGIN IMMEDIATE, because a transaction that reads first and then writes fails
at once, without waiting, if another wrote in between. The folder is 0700, the file 0600.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from axtary.runtime.state.clock import CLOCK, MachineClock
from axtary.runtime.state.model import StateError
from axtary.runtime.state.schema import MIGRATIONS

WAIT = 5.0  # seconds for other writers; then the action is denied
_WORDS = {"id": "INTEGER PRIMARY KEY", "int": "INTEGER", "rowless": " WITHOUT ROWID, STRICT", "strict": " STRICT"}
_MODES = {
    "full": "full: what is granted survives a power failure (an fsync for each decision that counts)",
    "normal": "normal: survives the end of any process; a power failure can take the last moments",
}

Clock = Callable[[], int]


class _Transaction:
    def __init__(self, connection: sqlite3.Connection, now: int) -> None:
        self._connection = connection
        self.now = now

    def rows(self, statement: str, *values: Any) -> Sequence[tuple[Any, ...]]:
        return self._connection.execute(statement, values).fetchall()

    def run(self, statement: str, *values: Any) -> int:
        return self._connection.execute(statement, values).rowcount


class SqliteDatabase:
    """A file, made if it is not there. Raises StateError for one that cannot be used."""

    lock = skip = ""  # one writer at a time has the whole file

    def __init__(self, path: Path, durability: str = "full", clock: Clock | None = None) -> None:
        self._path = path
        self._synchronous = durability
        self.durability = _MODES[durability]
        self._clock = clock
        self._local = threading.local()
        self._all: list[sqlite3.Connection] = []
        self._file: tuple[int, int] | None = None  # what the file was when it was first opened
        with self._own_errors():
            self._make_file()
            self._migrate(self._connection())

    @contextmanager
    def write(self) -> Iterator[_Transaction]:
        with self._own_errors(), self._begun("BEGIN IMMEDIATE") as connection:
            clock = self._clock or MachineClock(connection)
            yield _Transaction(connection, clock())
            if isinstance(clock, MachineClock):
                clock.remember()

    @contextmanager
    def read(self) -> Iterator[_Transaction]:
        with self._own_errors(), self._begun("BEGIN") as connection:
            yield _Transaction(connection, (self._clock or MachineClock(connection))())

    def close(self) -> None:
        for connection in self._all:
            with suppress(sqlite3.Error):
                connection.close()
        self._all.clear()
        self._local = threading.local()

    @contextmanager
    def _begun(self, statement: str) -> Iterator[sqlite3.Connection]:
        connection = self._connection()
        connection.execute(statement)
        try:
            yield connection
            connection.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            raise

    def _connection(self) -> sqlite3.Connection:
        """One for each thread, and for each process: a connection does not survive a fork."""
        self._check_file()
        mine: tuple[int, sqlite3.Connection] | None = getattr(self._local, "connection", None)
        if mine is None or mine[0] != os.getpid():
            connection = sqlite3.connect(self._path, timeout=WAIT, isolation_level=None, check_same_thread=False)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute(f"PRAGMA synchronous = {self._synchronous.upper()}")
            connection.execute("PRAGMA trusted_schema = OFF")
            mine = self._local.connection = (os.getpid(), connection)
            self._all.append(connection)
        return mine[1]

    def _make_file(self) -> None:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
        self._file = self._identity()

    def _identity(self) -> tuple[int, int]:
        found = self._path.stat()
        return found.st_dev, found.st_ino

    def _check_file(self) -> None:
        """A file that was put in the place of ours would forget what was spent: say so, once, before it is taken."""
        identity = self._identity()
        if self._file not in (None, identity):
            self.close()
            self._file = identity
            raise StateError(f"{self._path} was replaced while it was in use")

    def _migrate(self, connection: sqlite3.Connection) -> None:
        connection.execute("BEGIN IMMEDIATE")
        try:
            ((version,),) = connection.execute("PRAGMA user_version").fetchall()
            if version > len(MIGRATIONS):
                raise StateError(f"{self._path} was written by a newer axtary: update this one")
            for statements in MIGRATIONS[version:]:
                for statement in statements:
                    connection.execute(statement.format(**_WORDS))
            connection.execute(CLOCK)
            connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
            connection.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            raise

    @contextmanager
    def _own_errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise StateError(f"{self._path}: {error}") from error
        except OSError as error:
            raise StateError(f"{self._path}: {(error.strerror or str(error)).lower()}") from error

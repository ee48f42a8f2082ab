"""SQLite: one file beside the policy, for all processes of a machine.

Write-ahead log; every change begins with BEGIN IMMEDIATE, because a transaction that reads first and then writes fails
at once, without waiting, if another wrote in between. The folder is 0700, the file 0600.

The file is never opened and closed here by other means than SQLite's: closing it would drop the locks that other
connections of this process hold on it, and their log could be taken away while they write.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from axtary.runtime.state.clock import CLOCK, MachineClock
from axtary.runtime.state.model import StateError
from axtary.runtime.state.pool import Pool
from axtary.runtime.state.schema import STATE, Schema

WAIT = 5.0  # seconds for other writers; then the action is denied
_WORDS = {
    "id": "INTEGER PRIMARY KEY",
    "int": "INTEGER",
    "bytes": "BLOB",
    "rowless": " WITHOUT ROWID, STRICT",
    "strict": " STRICT",
}
_MODES = {
    "full": "full: what is granted survives a power failure (an fsync for each decision that counts)",
    "normal": "normal: survives the end of any process; a power failure can take the last moments",
}

Clock = Callable[[], int]

_making = threading.Lock()


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

    def __init__(
        self, path: Path, durability: str = "full", clock: Clock | None = None, schema: Schema = STATE
    ) -> None:
        self._path = path
        self._schema = schema
        self._synchronous = durability
        self.durability = _MODES[durability]
        self._clock = clock
        self._pool = Pool(self._connect, _close)
        with self._own_errors():
            _make_file(path)
            self._file = self._identity()
            with self._pool.lent():
                pass  # whoever connects makes the tables

    @contextmanager
    def write(self) -> Iterator[_Transaction]:
        with self._begun("BEGIN IMMEDIATE") as connection:
            clock = self._clock or MachineClock(connection)
            yield _Transaction(connection, clock())
            if isinstance(clock, MachineClock):
                clock.remember()

    @contextmanager
    def read(self) -> Iterator[_Transaction]:
        with self._begun("BEGIN") as connection:
            yield _Transaction(connection, (self._clock or MachineClock(connection))())

    def close(self) -> None:
        self._pool.clear()

    @contextmanager
    def _begun(self, statement: str) -> Iterator[sqlite3.Connection]:
        with self._own_errors():
            self._check_file()
            with self._pool.lent() as connection, _transaction(connection, statement):
                yield connection

    def _connect(self) -> sqlite3.Connection:
        if not os.access(self._path, os.R_OK | os.W_OK):  # SQLite would leave a log that nobody may write either
            raise StateError(f"{self._path} may not be read and written")
        connection = sqlite3.connect(self._path, timeout=WAIT, isolation_level=None, check_same_thread=False)
        try:
            _log_ahead(connection)
            connection.execute(f"PRAGMA synchronous = {self._synchronous.upper()}")
            connection.execute("PRAGMA trusted_schema = OFF")
            self._check_purpose(connection)
            if _version(connection) != len(self._schema.migrations):
                self._migrate(connection)
        except BaseException:
            _close(connection)
            raise
        return connection

    def _migrate(self, connection: sqlite3.Connection) -> None:
        with _transaction(connection, "BEGIN IMMEDIATE"):
            self._check_purpose(connection)
            version, migrations = _version(connection), self._schema.migrations
            if version > len(migrations):
                raise StateError(f"{self._path} was written by a newer axtary: update this one")
            for statements in migrations[version:]:
                for statement in statements:
                    connection.execute(statement.format(**_WORDS))
            connection.execute(CLOCK)
            connection.execute(f"PRAGMA application_id = {self._schema.application}")
            connection.execute(f"PRAGMA user_version = {len(migrations)}")

    def _check_purpose(self, connection: sqlite3.Connection) -> None:
        ((application,),) = connection.execute("PRAGMA application_id").fetchall()
        if _version(connection) and application != self._schema.application:
            raise StateError(f"{self._path} is kept for something else: give another file")

    def _identity(self) -> tuple[int, int]:
        found = self._path.stat()
        return found.st_dev, found.st_ino

    def _check_file(self) -> None:
        """A file that was put in the place of ours would forget what was spent: say so, once, before it is taken."""
        identity = self._identity()
        if self._file != identity:
            self._file = identity
            self.close()
            raise StateError(f"{self._path} was replaced while it was in use")

    @contextmanager
    def _own_errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise StateError(f"{self._path}: {error}") from error
        except OSError as error:
            raise StateError(f"{self._path}: {(error.strerror or str(error)).lower()}") from error


def _make_file(path: Path) -> None:
    """Only where there is none: no connection of this process can have locks on a file that was just made."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _making, suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


def _close(connection: sqlite3.Connection) -> None:
    with suppress(sqlite3.Error):
        connection.close()


def _version(connection: sqlite3.Connection) -> int:
    ((version,),) = connection.execute("PRAGMA user_version").fetchall()
    return int(version)


def _log_ahead(connection: sqlite3.Connection) -> None:
    """SQLite does not wait by itself for others who turn this on in a new file at the same time."""
    until = time.monotonic() + WAIT
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
        time.sleep(0.01)


@contextmanager
def _transaction(connection: sqlite3.Connection, statement: str) -> Iterator[None]:
    try:
        connection.execute(statement)
        yield
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise

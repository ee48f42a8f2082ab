"""PostgreSQL: one database for the processes of many machines. Needs psycopg (`axtary[postgres]`).

Everything stands in the schema `axtary`. The clock is the server's. Meters are locked row by row, always in the order
of their keys, so two claims never wait for each other. Every wait has an end, after which the action is denied.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import psycopg

from axtary.runtime.state.model import StateError
from axtary.runtime.state.schema import MIGRATIONS

WAIT = 5  # seconds: to connect, for a lock, for a statement
_OPTIONS = f"-c lock_timeout={WAIT}s -c statement_timeout={WAIT}s -c idle_in_transaction_session_timeout=60s"
_WORDS = {"id": "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "int": "BIGINT", "rowless": "", "strict": ""}
_MIGRATING = 0x617874617279  # the advisory lock of who makes tables
_NOW = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"

Connection = psycopg.Connection[tuple[Any, ...]]


class _Transaction:
    def __init__(self, connection: Connection, now: int) -> None:
        self._connection = connection
        self.now = now

    def rows(self, statement: str, *values: Any) -> Sequence[tuple[Any, ...]]:
        return self._execute(statement, values).fetchall()

    def run(self, statement: str, *values: Any) -> int:
        return self._execute(statement, values).rowcount

    def _execute(self, statement: str, values: Sequence[Any]) -> psycopg.Cursor[tuple[Any, ...]]:
        return self._connection.execute(statement.replace("?", "%s").encode(), values)


class PostgresDatabase:
    """A database by its URL. Raises StateError, which never shows the URL: it may hold a password."""

    lock, skip = " FOR UPDATE", " FOR UPDATE SKIP LOCKED"

    def __init__(self, url: str, durability: str = "full", clock: Callable[[], int] | None = None) -> None:
        self._url = url
        self._commit = "on" if durability == "full" else "off"
        self.durability = f"synchronous_commit {self._commit}, on the server"
        self._clock = clock
        self._local = threading.local()
        self._all: list[Connection] = []
        with self._own_errors():
            self._migrate(self._connection())

    @contextmanager
    def write(self) -> Iterator[_Transaction]:
        with self._begun("READ COMMITTED") as transaction:
            yield transaction

    @contextmanager
    def read(self) -> Iterator[_Transaction]:
        with self._begun("REPEATABLE READ") as transaction:
            yield transaction

    def close(self) -> None:
        for connection in self._all:
            with suppress(psycopg.Error):
                connection.close()
        self._all.clear()
        self._local = threading.local()

    @contextmanager
    def _begun(self, isolation: str) -> Iterator[_Transaction]:
        with self._own_errors():
            connection, now = self._begin(f"BEGIN ISOLATION LEVEL {isolation}; {_NOW}".encode())
            try:
                yield _Transaction(connection, self._clock() if self._clock else now)
                connection.execute("COMMIT")
            except BaseException:
                self._give_up(connection)
                raise

    def _begin(self, statements: bytes) -> tuple[Connection, int]:
        """Begin, with the server's time. The server may have been away since the last time: then once more."""
        connection = self._connection()
        try:
            cursor = connection.execute(statements)
        except psycopg.OperationalError:
            self._drop(connection)
            connection = self._connection()
            cursor = connection.execute(statements)
        cursor.nextset()
        ((now,),) = cursor.fetchall()
        return connection, now

    def _give_up(self, connection: Connection) -> None:
        try:
            connection.execute("ROLLBACK")
        except psycopg.Error:
            self._drop(connection)

    def _connection(self) -> Connection:
        """One for each thread and process."""
        mine: tuple[int, Connection] | None = getattr(self._local, "connection", None)
        if mine is not None and mine[0] == os.getpid() and mine[1].closed:
            self._drop(mine[1])
            mine = None
        if mine is None or mine[0] != os.getpid():
            connection: Connection = psycopg.connect(self._url, autocommit=True, connect_timeout=WAIT, options=_OPTIONS)
            mine = self._local.connection = (os.getpid(), connection)
            self._all.append(connection)
            connection.execute(f"SET synchronous_commit = {self._commit}".encode())
            connection.execute("SET search_path = axtary")
        return mine[1]

    def _drop(self, connection: Connection) -> None:
        with suppress(psycopg.Error):
            connection.close()
        if connection in self._all:
            self._all.remove(connection)
        self._local.connection = None

    def _migrate(self, connection: Connection) -> None:
        with connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (_MIGRATING,))
            connection.execute("CREATE SCHEMA IF NOT EXISTS axtary")
            connection.execute("CREATE TABLE IF NOT EXISTS version (number integer NOT NULL)")
            found = connection.execute("SELECT number FROM version").fetchone()
            version = found[0] if found else 0
            if version > len(MIGRATIONS):
                raise StateError("the database was written by a newer axtary: update this one")
            for statements in MIGRATIONS[version:]:
                for statement in statements:
                    connection.execute(statement.format(**_WORDS).encode())
            connection.execute("DELETE FROM version")
            connection.execute("INSERT INTO version VALUES (%s)", (len(MIGRATIONS),))

    @contextmanager
    def _own_errors(self) -> Iterator[None]:
        try:
            yield
        except psycopg.Error as error:
            raise StateError(f"PostgreSQL: {_why(error)}") from None


def _why(error: psycopg.Error) -> str:
    """What went wrong, without what a message could quote: host, user, password, values."""
    if error.sqlstate:
        return f"{type(error).__name__} ({error.sqlstate})"
    return "cannot be reached" if isinstance(error, psycopg.OperationalError) else type(error).__name__

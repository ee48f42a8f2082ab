"""PostgreSQL: one database for the processes of many machines. Needs psycopg (`axtary[postgres]`).

State stands in the schema `axtary`. The clock is the server's. Meters are locked row by row, always in the order
of their keys, so two claims never wait for each other. Every wait has an end, after which the action is denied.

Settings are set after connecting, and not by the `options` of the connection: those may stand in the URL already.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import psycopg

from axtary.runtime.state.model import StateError
from axtary.runtime.state.pool import Pool
from axtary.runtime.state.schema import STATE, Schema

WAIT = 5  # seconds: to connect, or for a lock; twice that for a statement, so that a lock is named as the cause
_SETTINGS = (
    f"SET lock_timeout = '{WAIT}s'; SET statement_timeout = '{2 * WAIT}s';"
    " SET idle_in_transaction_session_timeout = '60s'"
)
_WORDS = {"id": "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "int": "BIGINT", "bytes": "BYTEA"}
_WORDS |= {"rowless": "", "strict": ""}
_MIGRATING = 0x617874617279  # the advisory lock of who makes tables
_NOW = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"

Connection = psycopg.Connection[tuple[Any, ...]]


class _Transaction:
    def __init__(self, connection: Connection, clock: Callable[[], int]) -> None:
        self._connection = connection
        self._clock = clock

    @property
    def now(self) -> int:
        return self._clock()

    def rows(self, statement: str, *values: Any) -> Sequence[tuple[Any, ...]]:
        return self._execute(statement, values).fetchall()

    def run(self, statement: str, *values: Any) -> int:
        return self._execute(statement, values).rowcount

    def _execute(self, statement: str, values: Sequence[Any]) -> psycopg.Cursor[tuple[Any, ...]]:
        return self._connection.execute(statement.replace("?", "%s").encode(), values)


class PostgresDatabase:
    """A database by its URL. Raises StateError, which never shows the URL: it may hold a password."""

    lock, skip = " FOR UPDATE", " FOR UPDATE SKIP LOCKED"

    def __init__(
        self, url: str, durability: str = "full", clock: Callable[[], int] | None = None, schema: Schema = STATE
    ) -> None:
        self._url = url
        self._schema = schema
        self._commit = "on" if durability == "full" else "off"
        self.durability = f"synchronous_commit {self._commit}, on the server"
        self._clock = clock
        self._pool = Pool(self._connect, _close)
        with self._own_errors(), self._pool.lent() as connection:
            _migrate(connection, schema)

    @contextmanager
    def write(self) -> Iterator[_Transaction]:
        with self._begun("READ COMMITTED") as transaction:
            yield transaction

    @contextmanager
    def read(self) -> Iterator[_Transaction]:
        with self._begun("REPEATABLE READ READ ONLY") as transaction:
            yield transaction

    def close(self) -> None:
        self._pool.clear()

    @contextmanager
    def _begun(self, mode: str) -> Iterator[_Transaction]:
        begin = f"BEGIN ISOLATION LEVEL {mode}; {_NOW}".encode()
        with self._own_errors(), self._alive(begin) as (connection, clock):
            try:
                yield _Transaction(connection, self._clock or clock)
                connection.execute("COMMIT")
            except StateError:
                connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _alive(self, begin: bytes) -> Iterator[tuple[Connection, Callable[[], int]]]:
        """A connection that has begun. The server may have been away since the last time: then with a new one."""
        begun = False
        try:
            with self._pool.lent() as connection:
                clock = _begin(connection, begin)
                begun = True
                yield connection, clock
        except psycopg.OperationalError:
            if begun:
                raise
            self._pool.clear()
            with self._pool.lent() as connection:
                yield connection, _begin(connection, begin)

    def _connect(self) -> Connection:
        with self._own_errors():
            connection: Connection = psycopg.connect(
                self._url, autocommit=True, connect_timeout=WAIT, client_encoding="utf8"
            )
            try:
                place = f"; SET search_path = {self._schema.name}; SET synchronous_commit = {self._commit}"
                connection.execute(f"{_SETTINGS}{place}".encode())
            except BaseException:
                _close(connection)
                raise
            return connection

    @contextmanager
    def _own_errors(self) -> Iterator[None]:
        try:
            yield
        except psycopg.Error as error:
            raise StateError(f"PostgreSQL: {_why(error)}") from None


def _close(connection: Connection) -> None:
    with suppress(psycopg.Error):
        connection.close()


def _begin(connection: Connection, statements: bytes) -> Callable[[], int]:
    """The server's time, which goes on while locks are waited for. Microseconds since 1970."""
    cursor = connection.execute(statements)
    since = time.monotonic_ns()
    cursor.nextset()
    ((now,),) = cursor.fetchall()
    return lambda: int(now) + (time.monotonic_ns() - since) // 1000


def _migrate(connection: Connection, schema: Schema) -> None:
    """Make the tables, or bring them up to date. Who may only use them can do so."""
    with connection.transaction():
        if _version(connection, schema.name) == len(schema.migrations):
            return
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_MIGRATING,))
        version = _version(connection, schema.name)
        if version > len(schema.migrations):
            raise StateError("the database was written by a newer axtary: update this one")
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema.name}".encode())
        connection.execute("CREATE TABLE IF NOT EXISTS version (number integer NOT NULL)")
        for statements in schema.migrations[version:]:
            for statement in statements:
                connection.execute(statement.format(**_WORDS).encode())
        connection.execute("DELETE FROM version")
        connection.execute("INSERT INTO version VALUES (%s)", (len(schema.migrations),))


def _version(connection: Connection, space: str) -> int:
    """0 for a database without our tables. Asked of the catalogue: name look-ups may remember that there was none."""
    tables = "pg_catalog.pg_class JOIN pg_catalog.pg_namespace space ON space.oid = relnamespace"
    ours = f"SELECT 1 FROM {tables} WHERE nspname = %s AND relname = 'version'"  # noqa: S608
    if not connection.execute(ours.encode(), (space,)).fetchall():
        return 0
    found = connection.execute(f"SELECT number FROM {space}.version".encode()).fetchone()  # noqa: S608
    return int(found[0]) if found else 0


def _why(error: psycopg.Error) -> str:
    """What went wrong, without what a message could quote: host, user, password, values."""
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(error).__name__).lower()
    if error.sqlstate:
        return f"{name} ({error.sqlstate})"
    if isinstance(error, psycopg.OperationalError):
        return "cannot be reached, or lets nobody in with this URL"
    return "the URL is not understood" if isinstance(error, psycopg.ProgrammingError) else name

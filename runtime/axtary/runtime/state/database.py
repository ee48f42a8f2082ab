"""What the store asks of a database: transactions, and one clock."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol


class Transaction(Protocol):
    """Statements that take effect together. Parameters stand as `?`."""

    @property
    def now(self) -> int:
        """Microseconds since 1970, from the one clock that all users of the database share."""

    def rows(self, statement: str, *values: Any) -> Sequence[tuple[Any, ...]]:
        """Run a query."""

    def run(self, statement: str, *values: Any) -> int:
        """Run a change; how many rows it changed."""


class Database(Protocol):
    """A place for tables. What it raises is StateError, also inside of its transactions."""

    lock: str
    """Behind a SELECT: nobody else may change these rows before the end of the transaction."""
    skip: str
    """Behind a SELECT: the same, without those that somebody else has locked."""
    durability: str
    """What a power failure can take: for people."""

    def write(self) -> AbstractContextManager[Transaction]:
        """Committed at the end, rolled back on any exception."""

    def read(self) -> AbstractContextManager[Transaction]:
        """One consistent view."""

    def close(self) -> None:
        """Give connections back."""

"""State: what was spent of rates and budgets, on one machine or in a database that many share."""

from __future__ import annotations

from pathlib import Path

from axtary.runtime.state.counting import SqlStore
from axtary.runtime.state.database import Database
from axtary.runtime.state.model import (
    CALL,
    About,
    Claim,
    ClosedReservation,
    Key,
    Kind,
    Level,
    Meter,
    Open,
    Overrun,
    Refused,
    Reserved,
    StateError,
    Store,
    UnknownReservation,
)
from axtary.runtime.state.once import Once
from axtary.runtime.state.schema import STATE, Schema

__all__ = [
    "CALL",
    "About",
    "Claim",
    "ClosedReservation",
    "Key",
    "Kind",
    "Level",
    "Meter",
    "Once",
    "Open",
    "Overrun",
    "Refused",
    "Reserved",
    "Schema",
    "SqlStore",
    "StateError",
    "Store",
    "UnknownReservation",
    "is_url",
    "open_database",
    "open_once",
    "open_store",
]

DURABILITIES = ("full", "normal")


def is_url(where: str) -> bool:
    """A database's URL, or a path?"""
    return where.startswith(("postgresql://", "postgres://"))


def open_store(where: str | Path, durability: str = "full") -> SqlStore:
    """The store in a SQLite file, or in the PostgreSQL database of a URL; made if need be. Raises StateError."""
    return SqlStore(open_database(where, durability))


def open_once(where: str | Path, durability: str = "full") -> Once:
    """What is good for one time only, in the same place. Raises StateError."""
    return Once(open_database(where, durability))


def open_database(where: str | Path, durability: str = "full", schema: Schema = STATE) -> Database:
    """The tables of a purpose in a SQLite file, or in the PostgreSQL database of a URL. Raises StateError."""
    if not isinstance(where, Path) and is_url(where):
        try:
            from axtary.runtime.state.postgres import PostgresDatabase
        except ImportError:
            raise StateError("PostgreSQL needs psycopg: run `pip install 'axtary[postgres]'`") from None
        return PostgresDatabase(where, durability, schema=schema)
    from axtary.runtime.state.sqlite import SqliteDatabase

    return SqliteDatabase(Path(where), durability, schema=schema)

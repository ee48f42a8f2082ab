"""Every test of the store runs on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from axtary.runtime.state import SqlStore
from axtary.runtime.state.postgres import PostgresDatabase
from axtary.runtime.state.sqlite import SqliteDatabase
from tests import postgres

STORES = ("sqlite", "postgresql")
Make = Callable[..., SqlStore]
_numbers = itertools.count()


@pytest.fixture(scope="session")
def server() -> Iterator[postgres.Server]:
    found = postgres.start()
    if found is None:
        pytest.skip(postgres.NOT_RUN)
    yield found
    found.stop()


@pytest.fixture(params=STORES)
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A path or URL with nothing in it yet."""
    if request.param == "sqlite":
        return str(tmp_path / "state" / "state.db")
    return fresh(request.getfixturevalue("server"))


def fresh(server: postgres.Server) -> str:
    name = f"t{next(_numbers)}"
    server.run("createdb", "-h", str(server.folder), "-U", "axtary", name)
    return server.url(name)


def opened(where: str, clock: Callable[[], int] | None = None) -> SqlStore:
    if where.startswith("postgresql:"):
        return SqlStore(PostgresDatabase(where, "normal", clock))
    return SqlStore(SqliteDatabase(Path(where), "normal", clock))

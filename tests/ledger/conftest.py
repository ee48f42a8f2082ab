"""Every test of appending runs on SQLite and on a real PostgreSQL; and a ledger to change, made once."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from axtary.ledger import Checkpoint
from axtary.ledger.checkpoint import read_jws
from tests.ledger.entries import KEY, KEYS, SIZE, opened, some
from tests.state.conftest import server, where

__all__ = ["server", "where"]

Copy = Callable[[], Path]


@pytest.fixture(scope="session")
def original(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Checkpoint]:
    """A ledger of SIZE records, with a checkpoint of half of them that was kept outside."""
    path = tmp_path_factory.mktemp("original") / "ledger.db"
    with opened(path, KEY) as ledger:
        for n in range(SIZE):
            if n == SIZE // 2:
                ledger.checkpoint()
            ledger.append(some(n))
        kept = read_jws(ledger.rows.checkpoints()[0].jws, KEYS)
    assert kept.size == SIZE // 2
    return path, kept


@pytest.fixture
def copy(original: tuple[Path, Checkpoint], tmp_path: Path) -> Copy:
    """Gives a new copy of the ledger each time."""

    numbers = itertools.count()

    def made() -> Path:
        return Path(shutil.copy(original[0], tmp_path / f"{next(numbers)}.db"))

    return made

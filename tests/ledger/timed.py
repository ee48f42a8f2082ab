"""A ledger with times of its own: appended as the ledger does it, with another clock."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from axtary.ledger import Entry, Rows, open_rows
from axtary.ledger.record import written
from axtary.ledger.store import Batch, save
from tests.ledger.entries import ORIGIN


def ledger_at(path: Path, entries: Iterable[tuple[datetime, Entry]]) -> Rows:
    """The rows of a new ledger of these entries, each recorded at a time. To be closed."""
    rows = open_rows(path, "normal")
    rows.begin(ORIGIN)
    with rows.write() as tx:
        head = rows.locked(tx)
        batch = Batch(head)
        for when, entry in entries:
            at = round(when.timestamp() * 1_000_000)
            batch.add(written(entry, head.size, at, head.hash), at)
        batch.write(tx)
        save(tx, head)
    return rows

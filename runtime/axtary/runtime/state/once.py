"""What is good for one time only: an id is used by whoever comes first, on all machines that share the database.

Durable: what was used stays used after a crash. Bounded: an id is kept until it would be refused for its age anyway,
and there is room for so many at a time; a full store uses nothing, so whoever asks refuses.
"""

from __future__ import annotations

from collections.abc import Mapping

from axtary.runtime.state.database import Database, Transaction
from axtary.runtime.state.model import StateError

ROOM = 1_000_000  # ids of a kind
_SWEPT = 4  # expired ids that each use takes away: more than it adds


class _UsedError(Exception):
    """Undoes the transaction."""


class Once:
    """Ids by kind (`pass`, `proof`, …). Safe to use from any thread, and from many processes."""

    def __init__(self, database: Database, room: int = ROOM) -> None:
        self._database = database
        self._room = room

    def use(self, kind: str, name: str, expires: int) -> bool:
        """True the first time, False ever after. `expires`, in microseconds since 1970, is when it may be forgotten.

        What has expired by the clock of the database is used by nobody: it might be forgotten already.
        Raises StateError; then nobody knows, and the id must not be accepted.
        """
        return self.use_all(kind, {name: expires})

    def use_all(self, kind: str, names: Mapping[str, int]) -> bool:
        """As `use`, of several ids with their `expires`: all of them, or none if one is used already."""
        try:
            with self._database.write() as tx:
                self._use(tx, kind, names)
        except _UsedError:
            return False
        return True

    def is_used(self, kind: str, name: str) -> bool:
        """Was it used? To tell somebody early: what counts is `use`. Raises StateError."""
        with self._database.read() as tx:
            return bool(tx.rows("SELECT 1 FROM used WHERE kind = ? AND id = ?", kind, name))

    def _use(self, tx: Transaction, kind: str, names: Mapping[str, int]) -> None:
        if any(expires <= tx.now for expires in names.values()):
            raise _UsedError
        tx.run("INSERT INTO used_count (kind, n) VALUES (?, 0) ON CONFLICT DO NOTHING", kind)
        lock = self._database.lock
        ((count,),) = tx.rows(f"SELECT n FROM used_count WHERE kind = ?{lock}", kind)  # noqa: S608
        old = "SELECT id FROM used WHERE kind = ? AND expires <= ? ORDER BY expires LIMIT ?"
        for (gone,) in tx.rows(old, kind, tx.now, _SWEPT * len(names)):
            count -= tx.run("DELETE FROM used WHERE kind = ? AND id = ?", kind, gone)
        for name, expires in names.items():
            insert = "INSERT INTO used (kind, id, expires) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
            if not tx.run(insert, kind, name, expires):
                raise _UsedError
        tx.run("UPDATE used_count SET n = ? WHERE kind = ?", count + len(names), kind)
        if count + len(names) > self._room:
            raise StateError(f"there is no room for another {kind}: {self._room} are in use")

    def close(self) -> None:
        """Give connections back."""
        self._database.close()

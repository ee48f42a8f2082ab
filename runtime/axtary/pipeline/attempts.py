"""The journal of attempts: how far each came, kept before every step that cannot be taken back.

    authorized  decided, reserved, and perhaps recorded; it did not begin to run
    executing   it may have run
    ran         what came of it is known, and perhaps recorded and counted
    done        recorded and counted

Each step is taken by one process only: it changes the row if the row is as it was. So an action runs at most once for
each key, and what a process that died left behind is finished by another one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from axtary.connectors.provider import Ran
from axtary.runtime.state.database import Database, Transaction
from axtary.runtime.state.model import StateError

Stage = Literal["authorized", "executing", "ran", "done"]

_KEPT = 7 * 86_400_000_000  # microseconds for which a key is remembered after its attempt is done
_SWEPT = 4  # old rows that go for each new one
_OPEN = "stage IN ('authorized', 'executing', 'ran')"  # by the index: of those that are done there is a week
_COLUMNS = "id, stage, action_hash, about, reservation, pass, record, owner, expires, units, outcome"


@dataclass(frozen=True)
class Attempt:
    """`about` are the members that its records have in common, `record` how many records the ledger had before its
    decision, `units` the unit of each rule's budget. It is its owner's until `expires` (microseconds since 1970).
    """

    id: str
    stage: Stage
    action_hash: str
    about: Mapping[str, str]
    reservation: str | None
    jti: str
    record: int
    owner: str
    expires: int
    units: Mapping[str, str] = field(default_factory=dict)
    ran: Ran | None = None


class MovedError(StateError):
    """Somebody else took this step."""


class Attempts:
    """Rows in the state's database. Safe to use from any thread and many processes. Raises StateError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, key: str) -> Attempt | None:
        """The attempt that has this key."""
        with self._database.read() as tx:
            rows = tx.rows(f"SELECT {_COLUMNS} FROM attempt WHERE id = ?", key)  # noqa: S608
        return _attempt(rows[0]) if rows else None

    def add(self, attempt: Attempt, hold: int) -> bool:
        """Begin one, for `hold` microseconds. False if its key is taken."""
        with self._database.write() as tx:
            self._sweep(tx)
            statement = (
                f"INSERT INTO attempt ({_COLUMNS}, leaves_at) VALUES ({', '.join('?' * 12)}) ON CONFLICT DO NOTHING"  # noqa: S608
            )
            expires = tx.now + hold
            return tx.run(statement, *_row(replace(attempt, expires=expires)), expires + _KEPT) == 1

    def drop(self, attempt: Attempt) -> None:
        """Forget one that did not begin to run, so that its key may be tried again."""
        with self._database.write() as tx:
            statement = "DELETE FROM attempt WHERE id = ? AND stage = 'authorized' AND pass = ?"
            tx.run(statement, attempt.id, attempt.jti)

    def move(self, attempt: Attempt, stage: Stage, ran: Ran | None = None) -> Attempt:
        """The next stage of an attempt that is as it was. Raises MovedError if somebody else moved it."""
        moved = replace(attempt, stage=stage, ran=ran or attempt.ran)
        with self._database.write() as tx:
            statement = (
                "UPDATE attempt SET stage = ?, outcome = ? WHERE id = ? AND stage = ? AND owner = ? AND pass = ?"
            )
            was = (attempt.id, attempt.stage, attempt.owner, attempt.jti)
            if not tx.run(statement, stage, _text(moved.ran), *was):
                raise MovedError("somebody else finished this attempt")
        return moved

    def take(self, attempt: Attempt, owner: str, hold: int) -> Attempt | None:
        """Make an attempt that was left behind one's own; None if somebody else was first, or it goes on."""
        with self._database.write() as tx:
            taken = replace(attempt, owner=owner, expires=tx.now + hold)
            statement = (
                "UPDATE attempt SET owner = ?, expires = ? WHERE id = ? AND stage = ? AND owner = ? AND expires = ?"
            )
            now = (taken.owner, taken.expires, attempt.id, attempt.stage, attempt.owner, attempt.expires)
            return taken if tx.run(statement, *now) else None

    def unfinished(self) -> tuple[list[Attempt], int]:
        """All that are not done, oldest first; and the time now."""
        with self._database.read() as tx:
            rows = tx.rows(f"SELECT {_COLUMNS} FROM attempt WHERE {_OPEN} ORDER BY expires, id")  # noqa: S608
            return [_attempt(row) for row in rows], tx.now

    def count(self) -> int:
        """How many are not done."""
        with self._database.read() as tx:
            ((count,),) = tx.rows(f"SELECT count(*) FROM attempt WHERE {_OPEN}")  # noqa: S608
            return int(count)

    def close(self) -> None:
        """Give connections back."""
        self._database.close()

    def _sweep(self, tx: Transaction) -> None:
        old = f"SELECT id FROM attempt WHERE leaves_at <= ? AND stage = 'done' ORDER BY leaves_at LIMIT ?{self._database.skip}"  # noqa: S608,E501
        for (name,) in tx.rows(old, tx.now, _SWEPT):
            tx.run("DELETE FROM attempt WHERE id = ?", name)


def _row(attempt: Attempt) -> tuple[Any, ...]:
    return (
        attempt.id,
        attempt.stage,
        attempt.action_hash,
        json.dumps(dict(attempt.about)),
        attempt.reservation,
        attempt.jti,
        attempt.record,
        attempt.owner,
        attempt.expires,
        json.dumps(dict(attempt.units)),
        _text(attempt.ran),
    )


def _attempt(row: tuple[Any, ...]) -> Attempt:
    name, stage, action_hash, about, reservation, jti, record, owner, expires, units, outcome = row
    try:
        ran = Ran(**json.loads(outcome)) if outcome is not None else None
        texts = json.loads(about), json.loads(units)
    except (ValueError, TypeError):
        raise StateError("the state is corrupt: an attempt cannot be read") from None
    return Attempt(name, stage, action_hash, texts[0], reservation, jti, record, owner, expires, texts[1], ran)


def _text(ran: Ran | None) -> str | None:
    if ran is None:
        return None
    found = {"outcome": ran.outcome, "result": ran.result, "message": ran.message, "costs": dict(ran.costs)}
    return json.dumps(found)

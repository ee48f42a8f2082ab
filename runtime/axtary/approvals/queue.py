"""Actions that wait for humans, in the state's database: what exactly is asked, and the artifacts that answer.

A request is of one action under one policy: asking again gives the one that is open. It ends when it is used, denied,
cancelled, or past its time. That artifacts are there permits nothing: whoever executes verifies them again.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from axtary.runtime.decision import Decision, Ground
from axtary.runtime.hashing import canonical
from axtary.runtime.state.database import Database, Transaction
from axtary.runtime.state.model import StateError

State = Literal["open", "used", "denied", "cancelled", "expired"]
TTL = 60 * 60  # seconds that a request waits
ROOM = 10_000  # requests that may be open
_SECOND = 1_000_000
_KEPT = 30 * 86_400 * _SECOND  # microseconds for which what ended can be looked at
_SWEPT = 4
_LISTED = 16 * 1024 * 1024  # characters of the actions of a list
_SAID = "approver, verdict, reason, artifact, expires, at"
_COLUMNS = "id, action, reasons, policy_version, action_hash, at, expires, state"


@dataclass(frozen=True)
class Verdict:
    """What an approver said: `approve` or `deny`, and the artifact that proves it until `expires` (seconds since 1970).

    `at` is in microseconds since 1970; the queue sets it.
    """

    approver: str
    verdict: str
    reason: str
    artifact: str
    expires: int
    at: int = 0


@dataclass(frozen=True)
class Request:
    """An action that waits. Times are in microseconds since 1970."""

    id: str
    action: Mapping[str, Any]
    reasons: tuple[Ground, ...]
    policy_version: str
    action_hash: str
    at: int
    expires: int
    state: State
    verdicts: tuple[Verdict, ...] = ()

    def artifacts(self, now: int) -> list[str]:
        """Those that are good still, at `now` in seconds since 1970."""
        return [each.artifact for each in self.verdicts if each.expires > now]


@dataclass(frozen=True)
class Waiting:
    """A request that is open, how many answers it has, and when the last came: microseconds since 1970, or 0."""

    id: str
    answers: int
    last: int


class Queue:
    """Requests for approval. Safe to use from any thread and many processes. Raises StateError."""

    def __init__(self, database: Database, ttl: int = TTL, room: int = ROOM) -> None:
        self._database = database
        self._ttl = ttl
        self._room = room

    def ask(self, decision: Decision) -> Request:
        """The open request for the action of a decision, made if there is none."""
        names = (decision.action_hash, decision.policy_version)
        with self._database.write() as tx:
            self._expire(tx)
            row = _open(tx, *names)
            if row is None:
                self._insert(tx, decision)
                row = _open(tx, *names)
            if row is None:
                raise StateError("a request that was just made is not there")
            return _request(tx, row)

    def open_of(self, action_hash: str, policy_version: str) -> Request | None:
        """The open request for an action."""
        with self._database.read() as tx:
            row = _open(tx, action_hash, policy_version)
            return _request(tx, row) if row is not None and row[6] > tx.now else None

    def find(self, name: str) -> Request | None:
        """By its id, also one that ended."""
        with self._database.read() as tx:
            rows = tx.rows(f"SELECT {_COLUMNS} FROM request WHERE id = ?", name)  # noqa: S608
            return _request(tx, rows[0]) if rows else None

    def list(
        self,
        state: State | None = "open",
        limit: int = 1000,
        newest: bool = False,
        wanted: Callable[[Mapping[str, Any]], bool] = lambda _action: True,
    ) -> list[Request]:
        """Oldest first, or `newest`; of all states if `state` is None. Of those, the ones whose action is `wanted`.

        It ends behind so many requests, and with the first one behind 16 MiB of actions.
        """
        found: list[Request] = []
        size = 0
        with self._database.read() as tx:
            where, values = ("WHERE state = ? ", (state,)) if state is not None else ("", ())
            order = "at DESC, id DESC" if newest else "at, id"
            names = tx.rows(f"SELECT id FROM request {where}ORDER BY {order} LIMIT ?", *values, limit)  # noqa: S608
            for (name,) in names:  # one at a time: together they may be larger than the memory
                if size > _LISTED:
                    break
                (row,) = tx.rows(f"SELECT {_COLUMNS} FROM request WHERE id = ?", name)  # noqa: S608
                request = _request(tx, row)
                if state in (None, request.state) and wanted(request.action):
                    found.append(request)
                    size += len(row[1])
        return found

    def waiting(self) -> Sequence[Waiting]:
        """Those that are open, oldest first, without what they ask: to see what is new."""
        query = """SELECT request.id, count(verdict.approver), coalesce(max(verdict.at), 0) FROM request
            LEFT JOIN verdict ON verdict.request = request.id
            WHERE request.state = 'open' AND request.expires > ? GROUP BY request.id, request.at
            ORDER BY request.at, request.id"""
        with self._database.read() as tx:
            return [Waiting(name, int(count), int(at)) for name, count, at in tx.rows(query, tx.now)]

    def count(self) -> int:
        """How many are open."""
        with self._database.read() as tx:
            query = "SELECT count(*) FROM request WHERE state = 'open' AND expires > ?"
            ((count,),) = tx.rows(query, tx.now)
            return int(count)

    def answer(self, name: str, verdict: Verdict) -> bool:
        """Keep what an approver said, in place of what they said before. False if the request is not open any more.

        A no ends the request. The artifact must have been verified for it.
        """
        with self._database.write() as tx:
            self._expire(tx)
            lock = self._database.lock
            if not tx.rows(f"SELECT 1 FROM request WHERE id = ? AND state = 'open'{lock}", name):  # noqa: S608
                return False
            tx.run("DELETE FROM verdict WHERE request = ? AND approver = ?", name, verdict.approver)
            tx.run(
                f"INSERT INTO verdict (request, {_SAID}) VALUES (?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
                *(name, verdict.approver, verdict.verdict, verdict.reason, verdict.artifact, verdict.expires, tx.now),
            )
            if verdict.verdict == "deny":
                self._end(tx, name, "denied")
            return True

    def end(self, name: str, state: State) -> bool:
        """Close an open request: `used`, `denied`, `cancelled`."""
        with self._database.write() as tx:
            return self._end(tx, name, state)

    def close(self) -> None:
        """Give connections back."""
        self._database.close()

    # --- steps ------------------------------------------------------------------------------------------------------

    def _insert(self, tx: Transaction, decision: Decision) -> None:
        ((count,),) = tx.rows("SELECT count(*) FROM request WHERE state = 'open'")
        if count >= self._room:
            raise StateError(f"there is no room for another request: {self._room} wait for approval")
        expires = tx.now + self._ttl * _SECOND
        reasons = [{"code": each.code, "rule": each.rule, "message": each.message} for each in decision.grounds]
        tx.run(
            f"INSERT INTO request ({_COLUMNS}, leaves_at) VALUES (?, ?, ?, ?, ?, ?, ?, 'open', ?)"  # noqa: S608
            " ON CONFLICT DO NOTHING",
            *(f"req_{secrets.token_hex(16)}", canonical(dict(decision.action)).decode(), json.dumps(reasons)),
            *(decision.policy_version, decision.action_hash, tx.now, expires, expires + _KEPT),
        )

    def _expire(self, tx: Transaction) -> None:
        tx.run("UPDATE request SET state = 'expired' WHERE state = 'open' AND expires <= ?", tx.now)
        old = f"SELECT id FROM request WHERE leaves_at <= ? ORDER BY leaves_at LIMIT ?{self._database.skip}"  # noqa: S608
        for (name,) in tx.rows(old, tx.now, _SWEPT):
            tx.run("DELETE FROM verdict WHERE request = ?", name)
            tx.run("DELETE FROM request WHERE id = ?", name)

    def _end(self, tx: Transaction, name: str, state: State) -> bool:
        statement = "UPDATE request SET state = ?, leaves_at = ? WHERE id = ? AND state = 'open'"
        return tx.run(statement, state, tx.now + _KEPT, name) == 1


def _open(tx: Transaction, action_hash: str, policy_version: str) -> tuple[Any, ...] | None:
    query = f"SELECT {_COLUMNS} FROM request WHERE action_hash = ? AND policy_version = ? AND state = 'open'"  # noqa: S608
    rows = tx.rows(query, action_hash, policy_version)
    return rows[0] if rows else None


def _request(tx: Transaction, row: tuple[Any, ...]) -> Request:
    name, action, reasons, version, action_hash, at, expires, state = row
    query = (
        "SELECT approver, verdict, reason, artifact, expires, at FROM verdict WHERE request = ? ORDER BY at, approver"
    )
    verdicts = tuple(Verdict(*found) for found in tx.rows(query, name))
    try:
        grounds = tuple(Ground(**each) for each in json.loads(reasons))
        content = json.loads(action)
    except (ValueError, TypeError):
        raise StateError("the state is corrupt: a request cannot be read") from None
    shown: State = "expired" if state == "open" and expires <= tx.now else state
    return Request(name, content, grounds, version, action_hash, at, expires, shown, verdicts)

"""The store on SQL: every step is one transaction, with the rows of its meters locked in one order.

Time. A window of W counts what was spent at t until t + W, exclusive: at time u all entries with t > u - W. The time
of a meter is the latest that it has seen: a clock that steps back frees nothing. What is reserved counts until it is
committed, rolled back or expired; what is committed counts from the moment of the commit.

Work. A claim reads the meter, the first entry inside the window, and what expired; it writes one entry or line. Old
entries go a few at a time. So its time does not depend on the history, and rows are bounded by what is within windows.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from typing import Any

from axtary.runtime.state.database import Database, Transaction
from axtary.runtime.state.model import (
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
    UnknownReservation,
)

_SWEPT = 4  # old rows that go for each new one
_KEPT = 7 * 86_400_000_000  # microseconds: how long closed reservations and quiet meters stay to be looked at
_COLUMNS = "id, kind, rule, per, subject, unit, maximum, span, last_at, n, total, reserved, denied, denied_at, overrun"


@dataclass
class _Row:
    """A meter, locked if it is to be changed."""

    id: int
    key: Key
    limit: int
    window: int
    at: int  # the meter's time
    n: int
    total: int
    reserved: int
    denied: int
    denied_at: int | None
    overrun: int
    new: bool = False  # made in this transaction


class SqlStore:
    """Rates and budgets in a database. Safe to use from any thread, and from many processes."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.durability = database.durability

    def levels(self, claims: Sequence[Claim]) -> list[Level]:
        with self._database.read() as tx, _sound():
            rows = [(_found(tx, claim.key), claim.window) for claim in claims]
            return [Level() if row is None else _level(tx, row, window) for row, window in rows]

    def reserve(self, claims: Sequence[Claim], about: About, hold: int) -> Reserved | Refused:
        if len({claim.key for claim in claims}) != len(claims) or any(claim.amount < 0 for claim in claims):
            raise ValueError("one claim a meter, of no negative amount")
        with self._database.write() as tx, _sound():
            found = self._locked(tx, claims)
            refused = [claim for claim, row in found if _beyond(tx, claim, row)]
            if refused:
                for claim, row in found:
                    _save(tx, row, denied=claim in refused)
            result = Refused(tuple(refused)) if refused else _grant(tx, found, about, hold)
            if (isinstance(result, Reserved) and result.id) or any(row.new for _claim, row in found):
                self._tidy(tx, len(claims))
            return result

    def commit(self, reservation: str, actual: Mapping[str, int]) -> tuple[Overrun, ...]:
        overruns, rest = [], dict(actual)
        with self._database.write() as tx, _sound():
            for row, amount, held in self._close(tx, reservation, "committed"):
                spent = rest.pop(row.key.rule, amount)
                if spent < 0:
                    raise StateError(f"the actual cost for {row.key.rule!r} is negative")
                _spend(tx, row, spent)
                above = max(0, _committed(tx, row, row.window) + row.reserved - row.limit)
                if spent > held or above:
                    row.overrun += max(spent - held, 0)
                    overruns.append(Overrun(row.key, held, spent, above))
                _save(tx, row)
            if rest:
                raise StateError(f"the reservation holds no budget of the rule {min(rest)!r}")
        return tuple(overruns)

    def roll_back(self, reservation: str) -> None:
        with self._database.write() as tx, _sound():
            for row, _amount, _held in self._close(tx, reservation, "rolled_back"):
                _save(tx, row)

    def denied(self, claims: Sequence[Claim]) -> None:
        with self._database.write() as tx, _sound():
            found = self._locked(tx, claims)
            for _claim, row in found:
                _save(tx, row, denied=True)
            if any(row.new for _claim, row in found):
                self._tidy(tx, len(claims))

    def meters(self, kind: Kind) -> list[Meter]:
        with self._database.read() as tx, _sound():
            found = [_row(tx, each) for each in tx.rows(f"SELECT {_COLUMNS} FROM meter WHERE kind = ?", kind)]  # noqa: S608
            return sorted((_meter(tx, row) for row in found), key=lambda meter: meter.key)

    def open(self) -> list[Open]:
        with self._database.read() as tx, _sound():
            held: dict[str, dict[Key, int]] = {}
            free: set[str] = set()
            for reservation, amount, is_held, expires, last_at, *key in tx.rows(
                "SELECT line.reservation, line.amount, line.held, line.expires, last_at, kind, rule, per, subject, unit"
                " FROM line JOIN meter ON meter.id = line.meter JOIN reservation ON reservation.id = line.reservation"
                " WHERE reservation.state = 'open'"
            ):
                held.setdefault(reservation, {})[Key(*key)] = int(amount)
                if not is_held or expires <= max(last_at, tx.now):
                    free.add(reservation)
            return [
                Open(name, About(*about), at, expires, name in free, dict(sorted(held.get(name, {}).items())))
                for name, at, expires, *about in tx.rows(
                    "SELECT id, at, expires, agent, owner, task, tool, action_hash, policy_version FROM reservation"
                    " WHERE state = 'open' ORDER BY at, id"
                )
            ]

    def close(self) -> None:
        self._database.close()

    # --- steps of a transaction -------------------------------------------------------------------------------------

    def _locked(self, tx: Transaction, claims: Sequence[Claim]) -> list[tuple[Claim, _Row]]:
        """The meters of claims, made if need be, without what expired. Their time is that of the last lock."""
        found = [(claim, self._made(tx, claim)) for claim in sorted(claims, key=lambda claim: claim.key)]
        now = tx.now
        for claim, row in found:
            row.at = max(row.at, now)
            row.limit, row.window = claim.limit, claim.window
            _reclaim(tx, row)
        return found

    def _made(self, tx: Transaction, claim: Claim) -> _Row:
        lock = self._database.lock
        if (row := _found(tx, claim.key, lock)) is not None:
            return row
        names = "kind, rule, per, subject, unit, maximum, span, last_at, n, total, reserved, denied, overrun, quiet_at"
        tx.run(
            f"INSERT INTO meter ({names}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, '0', '0', 0, '0', ?)"  # noqa: S608
            " ON CONFLICT DO NOTHING",
            *astuple(claim.key),
            str(claim.limit),
            claim.window,
            tx.now,
            tx.now,
        )
        if (row := _found(tx, claim.key, lock)) is None:
            raise StateError("a meter that was just made is not there")
        row.new = True
        return row

    def _close(self, tx: Transaction, reservation: str, state: str) -> Iterable[tuple[_Row, int, int]]:
        """Each meter of a reservation with the amount, and what was still held of it; the hold is taken off."""
        lock = self._database.lock
        found = tx.rows(f"SELECT state FROM reservation WHERE id = ?{lock}", reservation)  # noqa: S608
        if not found:
            raise UnknownReservation(f"there is no reservation {reservation!r}")
        if found[0][0] != "open":
            raise ClosedReservation(f"the reservation {reservation!r} is {str(found[0][0]).replace('_', ' ')} already")
        update = "UPDATE reservation SET state = ?, leaves_at = ? WHERE id = ?"
        tx.run(update, state, tx.now + _KEPT, reservation)
        lines = tx.rows(
            "SELECT line.amount, line.expires, kind, rule, per, subject, unit FROM line"
            " JOIN meter ON meter.id = line.meter WHERE line.reservation = ?",
            reservation,
        )
        found = sorted((Key(*key), int(amount), expires) for amount, expires, *key in lines)
        rows = [(_known(tx, key, lock), amount, expires) for key, amount, expires in found]
        now = tx.now
        for row, _amount, _expires in rows:
            row.at = max(row.at, now)
            _reclaim(tx, row)
        tx.run("UPDATE line SET held = 0 WHERE reservation = ?", reservation)
        for row, amount, expires in rows:
            held = amount if expires > row.at else 0  # whoever took it off before did so because of the meter's time
            row.reserved -= held
            yield row, amount, held

    def _tidy(self, tx: Transaction, made: int) -> None:
        """Who makes rows takes away more of those that nobody asks for any more: so they are bounded.

        `made` is how many meters were made at most. What somebody else works on stays for the next time.
        """
        skip = self._database.skip
        old = f"SELECT id FROM reservation WHERE leaves_at <= ? ORDER BY leaves_at LIMIT ?{skip}"  # noqa: S608
        for (name,) in tx.rows(old, tx.now, _SWEPT):
            held = tx.rows("SELECT meter FROM line WHERE reservation = ? AND held = 1", name)
            for (meter,) in held:
                self._reclaim_quietly(tx, meter)
            if not held:
                tx.run("DELETE FROM line WHERE reservation = ?", name)
                tx.run("DELETE FROM reservation WHERE id = ?", name)
        quiet = f"SELECT id FROM meter WHERE quiet_at <= ? ORDER BY quiet_at LIMIT ?{skip}"  # noqa: S608
        for (meter,) in tx.rows(quiet, tx.now - _KEPT, made + 1):
            _forget(tx, meter)

    def _reclaim_quietly(self, tx: Transaction, meter: int) -> None:
        for found in tx.rows(f"SELECT {_COLUMNS} FROM meter WHERE id = ?{self._database.skip}", meter):  # noqa: S608
            row = _row(tx, found)
            _reclaim(tx, row)
            _save(tx, row)


def _forget(tx: Transaction, meter: int) -> None:
    """Delete a quiet meter once it has no entries and no lines."""
    _delete(tx, meter, tx.now, 16 * _SWEPT)
    if tx.rows("SELECT 1 FROM entry WHERE meter = ? LIMIT 1", meter):
        return  # it stays the first to be looked at
    if tx.rows("SELECT 1 FROM line WHERE meter = ? LIMIT 1", meter):
        tx.run("UPDATE meter SET quiet_at = ? WHERE id = ?", tx.now, meter)  # again when the others had their turn
    else:
        tx.run("DELETE FROM meter WHERE id = ?", meter)


def _found(tx: Transaction, key: Key, lock: str = "") -> _Row | None:
    where = "kind = ? AND rule = ? AND per = ? AND subject = ? AND unit = ?"
    found = tx.rows(f"SELECT {_COLUMNS} FROM meter WHERE {where}{lock}", *astuple(key))  # noqa: S608
    return _row(tx, found[0]) if found else None


def _known(tx: Transaction, key: Key, lock: str) -> _Row:
    if (row := _found(tx, key, lock)) is None:
        raise StateError("the state is corrupt: a reservation without its meter")
    return row


def _row(tx: Transaction, found: tuple[Any, ...]) -> _Row:
    name, kind, rule, per, subject, unit, limit, window, at, n, total, reserved, denied, denied_at, overrun = found
    amounts = (int(total), int(reserved))
    if min(amounts) < 0:
        raise StateError("the state is corrupt: a negative amount")
    key = Key(kind, rule, per, subject, unit)
    return _Row(name, key, int(limit), window, max(at, tx.now), n, *amounts, denied, denied_at, int(overrun))


def _level(tx: Transaction, row: _Row, window: int) -> Level:
    """What the meter shows now; holds that expired and are not yet taken off count no more."""
    reserved = row.reserved - sum(_expired(tx, row))
    if reserved < 0:
        raise StateError("the state is corrupt: more expired than was reserved")
    return Level(_committed(tx, row, window), reserved)


def _committed(tx: Transaction, row: _Row, window: int) -> int:
    first = "SELECT before FROM entry WHERE meter = ? AND at > ? ORDER BY at, n LIMIT 1"
    found = tx.rows(first, row.id, row.at - window)
    committed = row.total - int(found[0][0]) if found else 0
    if committed < 0:
        raise StateError("the state is corrupt: more is spent than ever was")
    return committed


def _expired(tx: Transaction, row: _Row) -> list[int]:
    """The amounts of holds that expired, and are not yet taken off. Rates hold nothing."""
    if row.key.kind == "rate":
        return []
    where = "WHERE meter = ? AND held = 1 AND expires <= ?"
    return [int(amount) for (amount,) in tx.rows(f"SELECT amount FROM line {where}", row.id, row.at)]  # noqa: S608


def _beyond(tx: Transaction, claim: Claim, row: _Row) -> bool:
    """Of a meter from which expired holds are taken off."""
    return _committed(tx, row, claim.window) + row.reserved + claim.amount > claim.limit


def _meter(tx: Transaction, row: _Row) -> Meter:
    level = _level(tx, row, row.window)
    return Meter(row.key, row.limit, row.window, level, row.denied, row.denied_at, row.overrun)


def _grant(tx: Transaction, found: Sequence[tuple[Claim, _Row]], about: About, hold: int) -> Reserved:
    """By the meters' time, so that a clock which stepped back holds nothing shorter."""
    name = "rsv_" + secrets.token_hex(16)
    ends = []
    for claim, row in found:
        if claim.key.kind == "rate":
            _spend(tx, row, claim.amount)
        else:
            row.reserved += claim.amount
            ends.append(row.at + hold)
            line = (name, row.id, str(claim.amount), ends[-1])
            tx.run("INSERT INTO line (reservation, meter, amount, held, expires) VALUES (?, ?, ?, 1, ?)", *line)
        _save(tx, row)
    if not ends:
        return Reserved(None, None)
    tx.run(
        "INSERT INTO reservation (id, agent, owner, task, tool, action_hash, policy_version,"
        " at, expires, leaves_at, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'open')",
        *(name, *astuple(about), tx.now, min(ends), max(ends) + _KEPT),
    )
    return Reserved(name, min(ends))


def _spend(tx: Transaction, row: _Row, amount: int) -> None:
    _delete(tx, row.id, row.at - row.window, _SWEPT)
    row.n += 1
    values = (row.id, row.at, row.n, str(row.total))
    tx.run("INSERT INTO entry (meter, at, n, before) VALUES (?, ?, ?, ?)", *values)
    row.total += amount


def _reclaim(tx: Transaction, row: _Row) -> None:
    """Take off the holds that expired."""
    if expired := _expired(tx, row):
        tx.run("UPDATE line SET held = 0 WHERE meter = ? AND held = 1 AND expires <= ?", row.id, row.at)
        row.reserved -= sum(expired)


def _save(tx: Transaction, row: _Row, denied: bool = False) -> None:
    if denied:
        row.denied, row.denied_at = row.denied + 1, row.at
    tx.run(
        "UPDATE meter SET maximum = ?, span = ?, last_at = ?, n = ?, total = ?, reserved = ?, denied = ?,"
        " denied_at = ?, overrun = ?, quiet_at = ? WHERE id = ?",
        *(str(row.limit), row.window, row.at, row.n, str(row.total), str(row.reserved), row.denied, row.denied_at),
        *(str(row.overrun), row.at + row.window, row.id),
    )


def _delete(tx: Transaction, meter: int, until: int, most: int) -> None:
    """Delete the first entries of a meter."""
    old = "SELECT at, n FROM entry WHERE meter = ? AND at <= ? ORDER BY at, n LIMIT ?"
    if found := tx.rows(old, meter, until, most):
        tx.run("DELETE FROM entry WHERE meter = ? AND (at, n) <= (?, ?)", meter, *found[-1])


@contextmanager
def _sound():  # type: ignore[no-untyped-def]
    """What the database gives back must be what was put in."""
    try:
        yield
    except (ValueError, TypeError, OverflowError) as error:
        raise StateError(f"the state is corrupt: {type(error).__name__}") from error

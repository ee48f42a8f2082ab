"""The tables, in the words that SQLite and PostgreSQL share. A migration is one step of the version, never changed.

meter        one row a meter. `n` and `total` are those of its last entry, `reserved` the sum of its open lines,
             `last_at` the latest time that it has seen: its time never steps back
entry        what was spent, and when. `before` is what the meter had in total before it, so what was spent since some
             moment is one subtraction, whatever the number of entries
reservation  who holds what; `leaves_at` is when the row is of no interest any more
used         what is good for one time only: a pass, a proof, an approval; forgotten once it has expired by itself
attempt      how far the execution of an action came (axtary.pipeline)
request      an action that waits for the approval of humans, and what they said of it: verdict (axtary.approvals)
line         the amount that a reservation has of one meter; `held` until it is committed, rolled back or expired

Amounts are decimal digits in text: totals grow without an end, and neither database would round them so.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Schema:
    """The tables of one purpose. Each has a place of its own, and no place serves two."""

    name: str  # of the schema in PostgreSQL
    application: int  # what tells a SQLite file from those of others
    migrations: tuple[tuple[str, ...], ...]


MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE meter (
            id {id},
            kind TEXT NOT NULL, rule TEXT NOT NULL, per TEXT NOT NULL, subject TEXT NOT NULL, unit TEXT NOT NULL,
            maximum TEXT NOT NULL, span {int} NOT NULL,
            last_at {int} NOT NULL, n {int} NOT NULL, total TEXT NOT NULL, reserved TEXT NOT NULL,
            denied {int} NOT NULL, denied_at {int}, overrun TEXT NOT NULL, quiet_at {int} NOT NULL,
            UNIQUE (kind, rule, per, subject, unit)
        ){strict}""",
        "CREATE INDEX meter_quiet ON meter (quiet_at)",
        """CREATE TABLE entry (
            meter {int} NOT NULL, at {int} NOT NULL, n {int} NOT NULL, before TEXT NOT NULL,
            PRIMARY KEY (meter, at, n)
        ){rowless}""",
        """CREATE TABLE reservation (
            id TEXT PRIMARY KEY,
            agent TEXT NOT NULL, owner TEXT NOT NULL, task TEXT NOT NULL, tool TEXT NOT NULL,
            action_hash TEXT NOT NULL, policy_version TEXT NOT NULL,
            at {int} NOT NULL, expires {int} NOT NULL, state TEXT NOT NULL, leaves_at {int} NOT NULL
        ){rowless}""",
        "CREATE INDEX reservation_leaves ON reservation (leaves_at)",
        """CREATE TABLE line (
            reservation TEXT NOT NULL, meter {int} NOT NULL, amount TEXT NOT NULL,
            held {int} NOT NULL, expires {int} NOT NULL,
            PRIMARY KEY (reservation, meter)
        ){rowless}""",
        "CREATE INDEX line_held ON line (meter, held, expires)",
    ),
    (
        """CREATE TABLE used (
            kind TEXT NOT NULL, id TEXT NOT NULL, expires {int} NOT NULL,
            PRIMARY KEY (kind, id)
        ){rowless}""",
        "CREATE INDEX used_expires ON used (kind, expires)",
        "CREATE TABLE used_count (kind TEXT PRIMARY KEY, n {int} NOT NULL){rowless}",
    ),
    (
        """CREATE TABLE attempt (
            id TEXT PRIMARY KEY, stage TEXT NOT NULL, action_hash TEXT NOT NULL, about TEXT NOT NULL,
            reservation TEXT, pass TEXT NOT NULL, record {int} NOT NULL, owner TEXT NOT NULL,
            expires {int} NOT NULL, units TEXT NOT NULL, outcome TEXT, leaves_at {int} NOT NULL
        ){rowless}""",
        "CREATE INDEX attempt_leaves ON attempt (stage, leaves_at)",
        """CREATE TABLE request (
            id TEXT PRIMARY KEY, action_hash TEXT NOT NULL, policy_version TEXT NOT NULL, action TEXT NOT NULL,
            reasons TEXT NOT NULL, at {int} NOT NULL, expires {int} NOT NULL, state TEXT NOT NULL,
            leaves_at {int} NOT NULL
        ){rowless}""",
        "CREATE UNIQUE INDEX request_open ON request (action_hash, policy_version) WHERE state = 'open'",
        "CREATE INDEX request_leaves ON request (leaves_at)",
        """CREATE TABLE verdict (
            request TEXT NOT NULL, approver TEXT NOT NULL, artifact TEXT NOT NULL, verdict TEXT NOT NULL,
            reason TEXT NOT NULL, at {int} NOT NULL, expires {int} NOT NULL, PRIMARY KEY (request, approver)
        ){rowless}""",
    ),
)

STATE = Schema("axtary", 0, MIGRATIONS)

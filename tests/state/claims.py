"""Short words for the tests of the store, and a clock that they move."""

from __future__ import annotations

from dataclasses import dataclass

from axtary.runtime.state import About, Claim, Key, Refused, Reserved, SqlStore, Store

SECOND = 1_000_000
DAY = 86_400 * SECOND
WINDOW = 60 * SECOND
HOLD = 10 * SECOND


@dataclass
class Clock:
    """Microseconds since 1970; it shows what it is set to."""

    now: int = 1_800_000_000 * SECOND

    def __call__(self) -> int:
        return self.now


def budget(amount: int = 10, limit: int = 100, rule: str = "b", subject: str = "s", window: int = WINDOW) -> Claim:
    return Claim(Key("budget", rule, "task", subject, "USD"), limit, window, amount)


def rate(limit: int = 3, rule: str = "r", subject: str = "s", window: int = WINDOW) -> Claim:
    return Claim(Key("rate", rule, "actor", subject), limit, window, 1)


def ask(store: Store, *claims: Claim, hold: int = HOLD) -> Reserved | Refused:
    return store.reserve(claims, About(agent="a", task="t"), hold)


def granted(store: Store, *claims: Claim, hold: int = HOLD) -> str:
    """Reserve what must be granted; the reservation, "" for none."""
    found = ask(store, *claims, hold=hold)
    assert isinstance(found, Reserved), found
    return found.id or ""


def refused(store: Store, *claims: Claim) -> list[Claim]:
    """Claim what must be refused; the claims that are beyond their limits."""
    found = ask(store, *claims)
    assert isinstance(found, Refused), found
    return list(found.claims)


def shown(store: Store, claim: Claim) -> tuple[int, int]:
    """What is committed, and what is reserved."""
    (level,) = store.levels([claim])
    return level.committed, level.reserved


def rows(store: SqlStore, *tables: str) -> dict[str, int]:
    """How many rows the tables have."""
    found = {}
    with store._database.read() as tx:
        for table in tables or ("meter", "entry", "reservation", "line"):
            ((found[table],),) = tx.rows(f"SELECT count(*) FROM {table}")  # noqa: S608
    return found

"""The ledger: every decision before it is executed and every outcome after, so that an outsider can check them."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from axtary.compiler.settings import LedgerSettings
from axtary.ledger import of
from axtary.ledger.checkpoint import Checkpoint, checked_origin
from axtary.ledger.errors import LedgerError
from axtary.ledger.ledger import Interval, Ledger, Receipt
from axtary.ledger.record import Entry, Record, entry
from axtary.ledger.schema import LEDGER
from axtary.ledger.store import Rows
from axtary.passes.keyfile import read_private_key
from axtary.passes.keys import PrivateKey
from axtary.runtime.state import StateError, is_url, open_database

__all__ = [
    "Checkpoint",
    "Entry",
    "Interval",
    "Ledger",
    "LedgerError",
    "Receipt",
    "Record",
    "Rows",
    "entry",
    "ledger_from",
    "ledger_of",
    "of",
    "open_ledger",
    "open_rows",
]

ENVIRONMENT = "AXTARY_LEDGER"
DEFAULT = ".axtary/ledger.db"


_UNSAID = LedgerSettings()


def ledger_of(
    policy: Path, environment: Mapping[str, str] = os.environ, settings: LedgerSettings = _UNSAID
) -> str | Path:
    """Where the ledger of a policy is: the URL of a database, or a file, beside the policy if nothing else is said."""
    where = environment.get(ENVIRONMENT) or settings.store or DEFAULT
    return where if is_url(where) else policy.parent / where


def ledger_from(
    policy: Path,
    settings: LedgerSettings,
    environment: Mapping[str, str] = os.environ,
    default: Callable[[], PrivateKey | None] = lambda: None,
) -> Ledger:
    """The ledger of a policy file, opened as its `ledger:` says. Raises LedgerError, UnreadableError for its key.

    `default` gives the key that signs checkpoints if the policy names none.
    Whether payloads are kept is for whoever makes entries: `of.decision(…, payloads=settings.payloads)`.
    """
    key = read_private_key(policy.parent / settings.key, "checkpoint") if settings.key is not None else default()
    said = {"records": settings.records, "seconds": settings.seconds}
    return open_ledger(
        ledger_of(policy, environment, settings),
        key=key,
        durability=settings.durability,
        interval=Interval(**{name: value for name, value in said.items() if value is not None}),
        origin=settings.origin,
    )


def open_ledger(
    where: str | Path,
    *,
    key: PrivateKey | None = None,
    durability: str = "full",
    interval: Interval = Interval(),  # noqa: B008
    origin: str | None = None,
) -> Ledger:
    """The ledger in a SQLite file, or in the PostgreSQL database of a URL; made if need be. Raises LedgerError.

    `key` signs checkpoints. `origin` names a ledger that is new, else it is random. `durability` is `full` or `normal`.
    """
    rows = open_rows(where, durability)
    try:
        new = rows.begin(checked_origin(origin or f"axtary-ledger/{secrets.token_hex(16)}"))
        if new and not is_url(str(where)):
            _sync_folders(Path(where))
    except BaseException:
        rows.close()
        raise
    return Ledger(rows, key, interval)


def open_rows(where: str | Path, durability: str = "full") -> Rows:
    """The rows of a ledger, to read them. Raises LedgerError."""
    try:
        return Rows(open_database(where, durability, LEDGER))
    except StateError as error:
        raise LedgerError(str(error)) from None


def _sync_folders(path: Path) -> None:
    """So that a power failure does not take a folder or file that was just made."""
    for folder in (path.parent, path.parent.parent):
        with suppress(OSError):
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)

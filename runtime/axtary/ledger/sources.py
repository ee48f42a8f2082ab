"""Records to read again, one after another: those of a ledger, or those of an export. Nothing is verified here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from axtary.ledger import open_rows
from axtary.ledger.errors import LedgerError
from axtary.ledger.export import FORMAT, VERSION, records
from axtary.ledger.record import Record, read
from axtary.ledger.verify_export import MAX_LINE
from axtary.runtime.errors import DoorError
from axtary.runtime.state import is_url
from axtary.runtime.strictjson import loads

_DATABASE = b"SQLite format 3\0"
_RECORD = b'"record":'


@dataclass(frozen=True)
class Source:
    """Records in their order. `size` is how many the ledger has: of an export that chose, more than there are."""

    origin: str
    size: int
    records: Iterator[Record]


@contextmanager
def source(where: str | Path) -> Iterator[Source]:
    """The records of a SQLite file, of the PostgreSQL database of a URL, or of an export (JSON Lines).

    Raises LedgerError, also while they are read: for a file that is not there, and for what is no record.
    """
    if is_url(str(where)) or _is_database(Path(where)):
        rows = open_rows(where)
        try:
            head = rows.head()
            yield Source(head.origin, head.size, records(rows, head.size))
        finally:
            rows.close()
        return
    with Path(where).open("rb") as file:
        found = _first(file)
        yield Source(found["origin"], found["size"], _exported(file))


def _is_database(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            begin = file.read(len(_DATABASE))
    except (OSError, ValueError) as error:
        raise LedgerError((getattr(error, "strerror", None) or str(error)).lower()) from None
    if begin[:1] not in (b"{", b"S"):
        raise LedgerError("it is no ledger, and no export of one")
    return begin == _DATABASE


def _first(file: BinaryIO) -> dict[str, Any]:
    try:
        found = loads(file.readline(MAX_LINE).strip(), source="line 1", limit=MAX_LINE)
    except DoorError as error:
        raise LedgerError(f"line 1 is no strict JSON: {error.problems[0].message}") from None
    if not isinstance(found, dict) or (found.get("format"), found.get("version")) != (FORMAT, VERSION):
        raise LedgerError("it is no ledger, and no export of one")
    if not isinstance(found.get("origin"), str) or not isinstance(found.get("size"), int):
        raise LedgerError("line 1 is not that of an export: run `axtary verify-export`")
    return found


def _exported(file: BinaryIO) -> Iterator[Record]:
    for number, line in enumerate(iter(lambda: file.readline(MAX_LINE + 1), b""), 2):
        _, name, rest = line.removesuffix(b"\n").partition(_RECORD)  # hashes before it, nothing else
        if not name or not rest.endswith(b"}"):
            raise LedgerError(f"line {number} is not that of a record: run `axtary verify-export`")
        try:
            yield read(rest[:-1])
        except LedgerError as error:
            raise LedgerError(f"line {number}: {error}: run `axtary verify-export`") from None

"""The ledger's rows. Whoever appends has the head locked: so there is one order, and no number is given twice."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from axtary.ledger import merkle
from axtary.ledger.checkpoint import Checkpoint, sign_jws, sign_note
from axtary.ledger.errors import LedgerError
from axtary.passes.keys import PrivateKey
from axtary.runtime.state import StateError
from axtary.runtime.state.database import Database, Transaction

FIRST = bytes(32)  # what the first record has for the hash of the one before
_HEAD = "SELECT origin, size, hash, at, edge, signed_size FROM head WHERE one = 1"
_SECOND = 1_000_000
_ROWS = 128  # that one statement inserts


@dataclass
class Head:
    """Where the ledger ends. `at` is in microseconds since 1970."""

    origin: str
    hash: bytes
    at: int
    frontier: merkle.Frontier
    signed_size: int

    @property
    def size(self) -> int:
        """How many records there are."""
        return self.frontier.size

    def checkpoint(self) -> Checkpoint:
        """What is to be signed about it now."""
        return Checkpoint(self.origin, self.size, self.frontier.root(), self.hash, self.at // _SECOND)


class Stored(NamedTuple):
    """A row: the number that it stands under, the hash beside it, and the bytes. Nothing is checked."""

    seq: int
    hash: bytes
    body: bytes


@dataclass(frozen=True)
class Signed:
    """A checkpoint that was kept. Nothing is checked."""

    size: int
    jws: str
    note: str | None


class Rows:
    """Reads and writes rows. Raises LedgerError. `where` is the file or URL, for other processes to open it too."""

    def __init__(self, database: Database, where: str | Path | None = None) -> None:
        self._database = database
        self.where = where
        self.durability = database.durability

    def begin(self, origin: str) -> bool:
        """Make the head, with this origin, if there is none. Was there none?"""
        names = "one, origin, size, hash, at, edge, signed_size"
        with self.read() as tx:
            if tx.rows(_HEAD):
                return False  # who looks at a ledger needs not be able to write it
        with self.write() as tx:
            row = f"INSERT INTO head ({names}) VALUES (1, ?, 0, ?, 0, ?, ?) ON CONFLICT DO NOTHING"  # noqa: S608
            return tx.run(row, origin, FIRST, b"", 0) == 1

    def head(self) -> Head:
        """Where the ledger ends now."""
        with self.read() as tx:
            return _head(tx.rows(_HEAD))

    def records(self, first: int, count: int) -> list[Stored]:
        """At most `count` rows from number `first` on, in their order."""
        query = "SELECT seq, hash, body FROM record WHERE seq >= ? ORDER BY seq LIMIT ?"
        with self.read() as tx:
            return [Stored(int(seq), bytes(found), bytes(body)) for seq, found, body in tx.rows(query, first, count)]

    def each(self, first: int, end: int, page: int) -> Iterator[Stored]:
        """The rows from number `first` up to `end`, read `page` at a time."""
        for start in range(first, end, page):
            yield from self.records(start, min(page, end - start))

    def hashes(self, level: int, first: int, end: int) -> list[bytes]:
        """The nodes of a level from position `first` to `end`, in their order."""
        query = "SELECT hash FROM node WHERE level = ? AND position >= ? AND position < ? ORDER BY position"
        with self.read() as tx:
            return [bytes(found) for (found,) in tx.rows(query, level, first, end)]

    def nodes(self, level: int, first: int, end: int) -> dict[int, bytes]:
        """The nodes of a level from position `first` to `end`, by position."""
        query = "SELECT position, hash FROM node WHERE level = ? AND position >= ? AND position < ?"
        with self.read() as tx:
            return {int(position): bytes(found) for position, found in tx.rows(query, level, first, end)}

    def checkpoints(self) -> list[Signed]:
        """All that are kept, smallest first."""
        with self.read() as tx:
            return [Signed(*row) for row in tx.rows("SELECT size, jws, note FROM checkpoint ORDER BY size")]

    def checkpoint_of(self, least: int) -> Signed | None:
        """The newest checkpoint, if it is of so many records at least."""
        query = "SELECT size, jws, note FROM checkpoint WHERE size >= ? ORDER BY size DESC LIMIT 1"
        with self.read() as tx:
            return next((Signed(*row) for row in tx.rows(query, least)), None)

    def inclusion(self, seq: int, size: int) -> list[bytes]:
        """The proof that record `seq` is in the tree of the first `size` records."""
        with self.read() as tx:
            return merkle.inclusion(seq, size, lambda level, position: _node(tx, level, position))

    def consistency(self, old: int, new: int) -> list[bytes]:
        """The proof that the tree of the first `new` records begins with that of the first `old`."""
        with self.read() as tx:
            return merkle.consistency(old, new, lambda level, position: _node(tx, level, position))

    def root(self, size: int) -> bytes:
        """The root of the tree of the first `size` records."""
        with self.read() as tx:
            nodes, first = [], 0
            for level in range(size.bit_length() - 1, -1, -1):
                if size >> level & 1:
                    nodes.append(_node(tx, level, first >> level))
                    first += 1 << level
            return merkle.Frontier(size, nodes).root()

    def close(self) -> None:
        """Give connections back."""
        self._database.close()

    # --- steps of a transaction -------------------------------------------------------------------------------------

    def locked(self, tx: Transaction) -> Head:
        """The head, which nobody else may change before the end of the transaction."""
        return _head(tx.rows(f"{_HEAD}{self._database.lock}"))

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """A transaction. Raises LedgerError."""
        with _own_errors(), self._database.write() as tx:
            yield tx

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """One consistent view. Raises LedgerError."""
        with _own_errors(), self._database.read() as tx:
            yield tx


class Batch:
    """Records that are appended in one transaction, after a head that is locked and goes on with them.

    Rows are written many at a time: each statement is a journey to a server.
    """

    def __init__(self, head: Head) -> None:
        self.head = head
        self._records: list[tuple[Any, ...]] = []
        self._nodes: list[tuple[Any, ...]] = []

    def add(self, body: bytes, at: int) -> None:
        """Append one record."""
        found = hashlib.sha256(body).digest()
        self._records.append((self.head.size, found, body))
        self._nodes.extend(self.head.frontier.add(merkle.leaf_hash(body)))
        self.head.hash, self.head.at = found, at

    def write(self, tx: Transaction) -> None:
        """Write what was added. The head must be saved."""
        _insert(tx, "record (seq, hash, body)", self._records)
        _insert(tx, "node (level, position, hash)", self._nodes)


def _insert(tx: Transaction, into: str, rows: Sequence[tuple[Any, ...]]) -> None:
    for first in range(0, len(rows), _ROWS):
        some = rows[first : first + _ROWS]
        values = ", ".join(["(?, ?, ?)"] * len(some))
        tx.run(f"INSERT INTO {into} VALUES {values}", *(value for row in some for value in row))  # noqa: S608


def sign(tx: Transaction, head: Head, key: PrivateKey) -> None:
    """Keep a checkpoint of the head as it is. `head` must be saved."""
    what = head.checkpoint()
    row = "INSERT INTO checkpoint (size, jws, note) VALUES (?, ?, ?)"
    tx.run(row, what.size, sign_jws(what, key), sign_note(what, key))
    head.signed_size = what.size


def save(tx: Transaction, head: Head) -> None:
    """Write the head."""
    tx.run(
        "UPDATE head SET size = ?, hash = ?, at = ?, edge = ?, signed_size = ? WHERE one = 1",
        *(head.size, head.hash, head.at, b"".join(head.frontier.nodes), head.signed_size),
    )


def _head(rows: Sequence[tuple[Any, ...]]) -> Head:
    if not rows:
        raise LedgerError("the ledger is corrupt: it has no head")
    origin, size, found, at, edge, signed_size = rows[0]
    edge = bytes(edge)
    try:
        frontier = merkle.Frontier(size, [edge[i : i + merkle.SIZE] for i in range(0, len(edge), merkle.SIZE)])
    except ValueError as error:
        raise LedgerError(f"the ledger is corrupt: {error}") from None
    return Head(origin, bytes(found), at, frontier, signed_size)


def _node(tx: Transaction, level: int, position: int) -> bytes:
    found = tx.rows("SELECT hash FROM node WHERE level = ? AND position = ?", level, position)
    if not found:
        raise LedgerError("the ledger is corrupt: a node of its tree is missing")
    return bytes(found[0][0])


@contextmanager
def _own_errors() -> Iterator[None]:
    try:
        yield
    except StateError as error:
        raise LedgerError(str(error)) from error

"""Exports: records for somebody who has nothing but this file and a public key.

The first line says what the export is of: the ledger, a size of it with the root and the hash of the last record, what
was asked for, and a checkpoint of that size if there is one. Then each line has a record with its hash, and the proof
that it is in that tree, unless all records are there. Every line is its own RFC 8785 form, so nothing in it can be said
otherwise. A checkpoint, or an attestation (`axtary-attestation+jwt`: a JWS over the SHA-256 of the whole file, too),
says who vouches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import rfc8785

from axtary.ledger.checkpoint import Checkpoint, unchecked_jws
from axtary.ledger.errors import LedgerError
from axtary.ledger.record import Record, read
from axtary.ledger.store import Rows
from axtary.passes import jose
from axtary.passes.keys import PrivateKey

TYP = "axtary-attestation+jwt"
FORMAT = "axtary-ledger-export"
VERSION = 1
_PAGE = 1000
_FIRST = "0000-01-01T00:00:00"  # what a time goes on with, where it ends early
_ACTORS = ("agent", "owner", "tenant")

Looked = Callable[[int, int], None]
"""Is told now and then how many records were looked at, of how many."""


def _nobody(_done: int, _whole: int) -> None:
    """Nobody wants to know."""


def begin_of(time: str) -> datetime:
    """When a time in UTC begins that may end early, as those of a filter may. Raises ValueError."""
    return datetime.fromisoformat(time + _FIRST[len(time) :]).replace(tzinfo=UTC)


@dataclass(frozen=True)
class Filter:
    """Which records. `since` and `until` (exclusive) are RFC 3339 in UTC, or the beginning of it: `2026-11`."""

    since: str | None = None
    until: str | None = None
    kind: str | None = None
    decision: str | None = None
    tool: str | None = None
    actor: str | None = None  # an agent, owner or tenant

    def takes(self, content: Mapping[str, Any]) -> bool:
        """Is it one of them? Times are texts that sort as times do."""
        return (
            (self.since is None or content["time"] >= self.since)
            and (self.until is None or content["time"] < self.until)
            and all(wanted in (None, content.get(name)) for name, wanted in self._exact())
            and (self.actor is None or self.actor in [content.get(name) for name in _ACTORS])
        )

    def to_json(self) -> dict[str, str]:
        """What is asked for."""
        found = {"since": self.since, "until": self.until, "actor": self.actor, **dict(self._exact())}
        return {name: value for name, value in sorted(found.items()) if value is not None}

    def _exact(self) -> tuple[tuple[str, str | None], ...]:
        return (("kind", self.kind), ("decision", self.decision), ("tool", self.tool))


@dataclass(frozen=True)
class Head:
    """What an export is of. `checkpoint` is a JWS of just this, or None."""

    origin: str
    size: int
    root: bytes
    head: bytes
    filter: Mapping[str, str]
    checkpoint: str | None

    def says(self, checkpoint: Checkpoint) -> bool:
        """Is it a checkpoint of just this?"""
        found = (checkpoint.origin, checkpoint.size, checkpoint.root, checkpoint.head)
        return found == (self.origin, self.size, self.root, self.head)


def head_of(rows: Rows, wanted: Filter, *, whole: bool = False) -> Head:
    """What an export is of: of the newest checkpoint, or, if there is none or `whole`, of all. Raises LedgerError."""
    head = rows.head()
    signed = rows.checkpoint_of(head.size if whole else 0)
    if signed is None:
        return Head(head.origin, head.size, head.frontier.root(), head.hash, wanted.to_json(), None)
    found = unchecked_jws(signed.jws)
    made = Head(found.origin, found.size, found.root, found.head or b"", wanted.to_json(), signed.jws)
    if rows.root(found.size) != found.root:
        raise LedgerError("the ledger does not have the root that its checkpoint has: run `axtary ledger verify`")
    return made


def lines(rows: Rows, head: Head, wanted: Filter, looked: Looked = _nobody) -> Iterator[bytes]:
    """The lines of an export, without line ends. Raises LedgerError, also for a record that is not sound."""
    yield _line(
        {
            "checkpoint": head.checkpoint,
            "filter": dict(head.filter),
            "format": FORMAT,
            "head": head.head.hex(),
            "origin": head.origin,
            "root": head.root.hex(),
            "size": head.size,
            "version": VERSION,
        }
    )
    whole = wanted == Filter()
    for record in records(rows, head.size, looked):
        if wanted.takes(record.content):
            proof = None if whole else rows.inclusion(record.seq, head.size)
            yield record_line(record.raw, record.hash, proof)


def record_line(raw: bytes, found: bytes, proof: list[bytes] | None) -> bytes:
    """The line of a record: the bytes of the record stand in it as they are."""
    line = b'{"hash":"' + found.hex().encode() + b'"'
    if proof is not None:
        line += b',"proof":' + rfc8785.dumps([each.hex() for each in proof])
    return line + b',"record":' + raw + b"}"


def _line(content: Mapping[str, Any]) -> bytes:
    return rfc8785.dumps(dict(content))


def records(rows: Rows, size: int, looked: Looked = _nobody) -> Iterator[Record]:
    """The first `size` records, a page at a time in memory. Raises LedgerError for one that is not sound."""
    for first in range(0, size, _PAGE):
        looked(first, size)
        found = rows.records(first, min(_PAGE, size - first))
        for seq, row in enumerate(found, first):
            try:
                record = read(row.body)
            except LedgerError as error:
                raise LedgerError(f"record {seq}: {error}: run `axtary ledger verify`") from None
            if not record.seq == row.seq == seq or record.hash != row.hash:
                raise LedgerError(f"record {seq} is not the one that was written: run `axtary ledger verify`")
            yield record
        if len(found) < min(_PAGE, size - first):
            raise LedgerError(f"record {first + len(found)} is missing: run `axtary ledger verify`")


# --- attestation ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Attestation:
    """What is attested: `count` records of a tree, in a file with this SHA-256, at some time (seconds since 1970)."""

    origin: str
    size: int
    root: str
    head: str
    count: int
    sha256: str
    iat: int


def attest(what: Attestation, key: PrivateKey) -> str:
    """The attestation as a compact JWS, which any JOSE library can check."""
    return jose.sign({"version": VERSION, **vars(what)}, TYP, key)


def attested(head: Head, count: int, sha256: str, iat: int) -> Attestation:
    """The attestation of an export."""
    return Attestation(head.origin, head.size, head.root.hex(), head.head.hex(), count, sha256, iat)

"""Verification of an export, with nothing but the file, public keys, and the attestation if there is one.

1. The attestation is signed by a key that is trusted, and says the SHA-256 that the whole file has; or the checkpoint
   of the first line is signed by one. Both say the same origin, size, root and last hash as the first line.
2. Each line is its own RFC 8785 form; its record is one, and its hash is that of the record's bytes.
3. Numbers go up, times do not go back, and neighbours are chained by `prev`.
4. Each record is in the tree, by its proof; without proofs, all of them are there and make its root.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import rfc8785

from axtary.ledger import merkle
from axtary.ledger.checkpoint import checked_origin, kid_of, read_jws
from axtary.ledger.errors import LedgerError
from axtary.ledger.export import FORMAT, TYP, VERSION, Attestation, Filter, Head, attested
from axtary.ledger.glance import frame
from axtary.ledger.record import MAX_RECORD
from axtary.passes import jose
from axtary.passes.errors import RefusedError
from axtary.passes.keys import PublicKey
from axtary.runtime.errors import DoorError
from axtary.runtime.strictjson import loads

MAX_LINE = MAX_RECORD + 16 * 1024  # bytes
_MOST = 100  # findings that are told
_HEX = re.compile(r"[0-9a-f]{64}\Z")
_HEAD = {"checkpoint", "filter", "format", "head", "origin", "root", "size", "version"}
_FILTER = {"since", "until", "kind", "decision", "tool", "actor"}
_PROOF = re.compile(rb'\[(?:"[0-9a-f]{64}"(?:,"[0-9a-f]{64}")*)?\]\Z')
_START = re.compile(rb'\{"hash":"([0-9a-f]{64})"(?:,"proof":(\[[^\]]*\]))?,"record":')


@dataclass(frozen=True, slots=True)
class LineFinding:
    """What is wrong, in which line (from 1); None for what is about the whole."""

    line: int | None
    seq: int | None
    message: str


@dataclass
class ExportReport:
    """What was found. `kid` is the key that vouches, None if none does."""

    head: Head | None = None
    count: int = 0
    first: int | None = None
    last: int | None = None
    kid: str | None = None
    findings: list[LineFinding] = field(default_factory=list)
    more: int = 0


def verify_export(
    lines: Iterable[bytes], keys: Mapping[str, PublicKey], attestation: str | None = None
) -> ExportReport:
    """Verify the lines of an export, each with its line end. `keys` are trusted, by kid."""
    return _Verification(keys).run(lines, attestation)


class _Line(NamedTuple):
    """A record as it stands in a line: its bytes and their SHA-256, and its frame."""

    raw: bytes
    hash: bytes
    seq: int
    prev: str
    time: str


class _Verification:
    def __init__(self, keys: Mapping[str, PublicKey]) -> None:
        self._keys = keys
        self._report = ExportReport()
        self._digest = hashlib.sha256()
        self._frontier = merkle.Frontier()
        self._number = 0
        self._before: _Line | None = None

    def run(self, lines: Iterable[bytes], attestation: str | None) -> ExportReport:
        for self._number, line in enumerate(lines, 1):
            self._digest.update(line)
            body = line.removesuffix(b"\n")
            if len(line) > MAX_LINE or body == line:
                self._say(None, "the line is too long, or not ended")
            elif self._number == 1:
                self._first(body)
            else:
                self._line(body)
        head = self._report.head
        if head is None:
            self._report.findings.insert(0, LineFinding(1, None, "this is no export of a ledger"))
        else:
            self._end(head, attestation)
        return self._report

    # --- lines ------------------------------------------------------------------------------------------------------

    def _first(self, body: bytes) -> None:
        try:
            self._report.head = _head(body)
        except (LedgerError, DoorError) as error:
            self._say(None, str(error))

    def _line(self, body: bytes) -> None:
        start = _START.match(body)
        if start is None or not body.endswith(b"}"):
            self._say(None, "the line has another form than that of a record")
            return
        raw = body[start.end() : -1]
        try:
            record = _Line(raw, hashlib.sha256(raw).digest(), *frame(raw))
        except LedgerError as error:
            self._say(None, str(error))
            return
        report = self._report
        report.count += 1
        report.first = record.seq if report.first is None else report.first
        report.last = record.seq
        if record.hash.hex().encode() != start[1]:
            self._say(record.seq, "its hash is not that of its bytes")
        self._chain(record)
        self._in_tree(record, start[2])
        self._before = record

    def _chain(self, record: _Line) -> None:
        before, seq = self._before, record.seq
        if before is not None and seq <= before.seq:
            self._say(seq, f"it comes after record {before.seq}")
            return
        if before is not None and record.time < before.time:
            self._say(seq, "its time is before that of the record before")
        last = "0" * 64 if seq == 0 else before.hash.hex() if before is not None and before.seq == seq - 1 else None
        if last is not None and record.prev != last:
            self._say(seq, "its `prev` is not the hash of the record before: one of the two was changed")

    def _in_tree(self, record: _Line, proof: bytes | None) -> None:
        head, leaf = self._report.head, merkle.leaf_hash(record.raw)
        if head is None:
            return
        if not head.filter:
            following = 0 if self._before is None else self._before.seq + 1
            if proof is not None or record.seq != following:
                self._say(record.seq, f"record {following} must stand here, without a proof")
            for _ in self._frontier.add(leaf):
                pass
            return
        if not Filter(**head.filter).takes(json.loads(record.raw)):
            self._say(record.seq, "it is not one of those that were asked for")
        hashes = _proof(proof)
        if hashes is None or not merkle.is_included(leaf, record.seq, head.size, head.root, hashes):
            self._say(record.seq, "its proof does not lead to the root: it is not in the ledger that was signed")

    # --- the whole --------------------------------------------------------------------------------------------------

    def _end(self, head: Head, attestation: str | None) -> None:
        if not head.filter:
            if self._frontier.size != head.size:
                self._say(None, f"the ledger has {head.size} records, and here are {self._frontier.size}", None)
            elif self._frontier.root() != head.root:
                self._say(None, "the records do not make the root that the first line names", None)
        last = self._before
        if last is not None and last.seq == head.size - 1 and last.hash != head.head:
            self._say(last.seq, "its hash is not that of the last record that the first line names")
        try:
            self._report.kid = self._vouched(head, attestation)
        except LedgerError as error:
            self._say(None, str(error), None)

    def _vouched(self, head: Head, attestation: str | None) -> str:
        if attestation is not None:
            kid, found = _attestation(attestation, self._keys)
            mine = attested(head, self._report.count, self._digest.hexdigest(), found.iat)
            if found != mine:
                differs = ", ".join(name for name, value in vars(found).items() if value != getattr(mine, name))
                raise LedgerError(f"the attestation is of another export: it has another {differs}")
            return kid
        if head.checkpoint is None:
            raise LedgerError("nothing that is signed says that this is the ledger: give its attestation")
        if not head.says(read_jws(head.checkpoint, self._keys)):
            raise LedgerError("the checkpoint is of another ledger, or of another size of it")
        return kid_of(head.checkpoint)

    def _say(self, seq: int | None, message: str, line: int | None = 0) -> None:
        if len(self._report.findings) < _MOST:
            self._report.findings.append(LineFinding(self._number if line == 0 else line, seq, message))
        else:
            self._report.more += 1


def _head(body: bytes) -> Head:
    found = loads(body, source="line 1", limit=MAX_LINE)
    if type(found) is not dict or found.keys() != _HEAD or rfc8785.dumps(found) != body:
        raise LedgerError("the first line has another form")
    if found["format"] != FORMAT or found["version"] != VERSION:
        raise LedgerError("the first line is of another format or version")
    origin, asked, checkpoint, size = found["origin"], found["filter"], found["checkpoint"], found["size"]
    hashes = all(type(found[name]) is str and _HEX.match(found[name]) for name in ("root", "head"))
    texts = type(origin) is str and (checkpoint is None or type(checkpoint) is str)
    filters = type(asked) is dict and asked.keys() <= _FILTER and all(type(each) is str for each in asked.values())
    if not (hashes and texts and filters and type(size) is int and size >= 0):
        raise LedgerError("a member of the first line has another form")
    root, head = bytes.fromhex(found["root"]), bytes.fromhex(found["head"])
    return Head(checked_origin(origin), size, root, head, asked, checkpoint)


def _proof(text: bytes | None) -> list[bytes] | None:
    """The hashes of a proof in the only spelling that they have; None for anything else."""
    if text is None or not _PROOF.match(text):
        return None
    return [bytes.fromhex(each) for each in json.loads(text)]


def _attestation(token: str, keys: Mapping[str, PublicKey]) -> tuple[str, Attestation]:
    try:
        jws = jose.parse(token.strip(), TYP)
        kid = str(jws.header["kid"])
        if kid not in keys:
            raise LedgerError("no key that is trusted has signed the attestation")
        jose.check(jws, keys[kid])
    except RefusedError as error:
        raise LedgerError(f"the attestation is not genuine: {error.message}") from None
    claims = dict(jws.payload)
    if claims.pop("version", None) != VERSION or claims.keys() != Attestation.__annotations__.keys():
        raise LedgerError("the attestation has other claims")
    return kid, Attestation(**claims)

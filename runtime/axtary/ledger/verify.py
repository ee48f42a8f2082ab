"""Verification of a whole ledger: everything is worked out again from the bytes of the records.

1. Every number from 0 to the end has a record, under its own number: none is missing, doubled or moved.
2. The bytes are a record, and the hash beside them is theirs.
3. `prev` is the hash of the record before; times never go back.
4. The nodes of the tree are those of the records.
5. The head names this last record, and the checkpoints the roots and hashes that the records had at their sizes.
6. Checkpoints are signed by keys that the caller trusts; so is one that was kept outside (`expected`).

1 to 4 show what was changed in place by who cannot write everything again. Only 6 shows a ledger that was: so what is
before the last checkpoint that holds is called anchored, and what comes after is not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from axtary.ledger import merkle
from axtary.ledger.checkpoint import Checkpoint, kid_of, read_jws, read_note, unchecked_jws
from axtary.ledger.errors import LedgerError
from axtary.ledger.glance import Frame
from axtary.ledger.record import Record, read
from axtary.ledger.spans import PAGE, Sound, Span, looked, spans
from axtary.ledger.store import FIRST, Head, Rows, Signed, Stored
from axtary.passes.keys import PublicKey

_MOST = 100  # findings that are told

Step = Callable[[int, int], None]
"""Told what is done, and of how many."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong. `seq` is the record's number, None for what is about the ledger."""

    seq: int | None
    message: str


@dataclass
class Report:
    """What was found. `anchored` is how many records from 0 on a checkpoint that holds vouches for."""

    origin: str
    size: int
    root: str = ""
    head: str = ""
    anchored: int = 0
    kid: str | None = None  # of the key that vouches
    checkpoints: int = 0
    findings: list[Finding] = field(default_factory=list)
    more: int = 0  # findings that are not told

    @property
    def first_bad(self) -> int | None:
        """The number of the first record with which something is wrong."""
        return min((each.seq for each in self.findings if each.seq is not None), default=None)


def verify(
    rows: Rows,
    keys: Mapping[str, PublicKey],
    expected: Sequence[Checkpoint] = (),
    step: Step = lambda _done, _all: None,
    *,
    processes: int = 1,
) -> Report:
    """Verify a ledger that may be written meanwhile: up to the head as it is now. `keys` are trusted, by kid.

    `processes`: how many may look at a large ledger at the same time.
    `expected` are checkpoints that were kept outside, with signatures that are checked. Raises LedgerError for a
    database that cannot be read.
    """
    head, kept = rows.head(), rows.checkpoints()
    return _Verification(rows, head, kept, keys, expected).run(step, processes)


class _Verification:
    def __init__(
        self,
        rows: Rows,
        head: Head,
        kept: Sequence[Signed],
        keys: Mapping[str, PublicKey],
        expected: Sequence[Checkpoint],
    ) -> None:
        self._rows, self._head, self._keys = rows, head, keys
        self._report = Report(head.origin, head.size)
        self._frontier = merkle.Frontier()
        self._prev: bytes | None = FIRST  # None: not known, the record before is missing
        self._time = ""
        self._waiting: dict[int, list[tuple[str, Checkpoint, str | None]]] = {}
        for each in kept:
            self._keep(each)
        for known in expected:
            self._waiting.setdefault(known.size, []).append(("the expected checkpoint", known, None))

    def run(self, step: Step, processes: int) -> Report:
        size = self._head.size
        self._compare(self._frontier, self._prev)
        asked = spans(size, sorted(self._waiting))
        for span, found in zip(asked, looked(self._rows, asked, processes), strict=True):
            step(span.first, size)
            if found is not None and self._goes_on(found.first):
                self._join(span, found)
            else:
                for first in range(span.first, span.end, PAGE):
                    self._page(first, min(first + PAGE, span.end))
        self._end()
        return self._report

    # --- spans ------------------------------------------------------------------------------------------------------

    def _goes_on(self, first: Frame) -> bool:
        return self._prev is not None and first.prev == self._prev.hex() and first.time >= self._time

    def _join(self, span: Span, found: Sound) -> None:
        """A span in which all is well, and which goes on from what is before: what is left is what stands over it."""
        for nodes, head in found.sizes.values():
            edge = merkle.Frontier(self._frontier.size, self._frontier.nodes)
            for level, node in nodes:
                for _ in edge.add(node, level):
                    pass
            self._compare(edge, head)
        for below, node in found.nodes:
            for level, position, value in self._frontier.add(node, below):
                fits = level == below or self._rows.hashes(level, position, position + 1) == [value]
                if not fits and self._is_sound(level, position):
                    self._say(span.end - 1, _NODE.format(level))
        self._prev, self._time = found.head, found.last.time

    # --- records ----------------------------------------------------------------------------------------------------

    def _page(self, first: int, end: int) -> None:
        found = {row.seq: row for row in self._rows.records(first, end - first) if row.seq < end}
        nodes = {level: self._nodes(level, first, end) for level in range(end.bit_length())}
        for seq in range(first, end):
            row = found.get(seq)
            leaf = merkle.leaf_hash(row.body) if row else bytes(32)
            for level, position, value in self._frontier.add(leaf):
                if row and nodes[level].get(position) != value and (level == 0 or self._is_sound(level, position)):
                    self._say(seq, "the tree has another hash of its bytes" if level == 0 else _NODE.format(level))
            if row:
                self._record(row)
            else:
                self._say(seq, "the record is missing")
                self._prev = None
            self._compare(self._frontier, self._prev)

    def _nodes(self, level: int, first: int, end: int) -> dict[int, bytes]:
        return self._rows.nodes(level, first >> level, end >> level)

    def _is_sound(self, level: int, position: int) -> bool:
        """Below this node nothing is wrong that would be told again by each node above."""
        first = position << level
        return not any(f.seq is not None and first <= f.seq < first + (1 << level) for f in self._report.findings)

    def _record(self, row: Stored) -> None:
        found = hashlib.sha256(row.body).digest()
        if found != row.hash:
            self._say(row.seq, "the hash beside it is not that of its bytes")
        try:
            record = read(row.body)
        except LedgerError as error:
            self._say(row.seq, str(error))
        else:
            self._chain(row.seq, record)
        self._prev = found

    def _chain(self, seq: int, record: Record) -> None:
        if record.seq != seq:
            self._say(seq, f"it is record {record.seq}, in the place of another")
        if self._prev is not None and record.content["prev"] != self._prev.hex():
            chained = f"the hash of record {seq - 1}: one of the two was changed" if seq else "64 zeros"
            self._say(seq, f"its `prev` is not {chained}")
        if record.content["time"] < self._time:
            self._say(seq, "its time is before that of the record before")
        self._time = record.content["time"]

    def _end(self) -> None:
        head, report = self._head, self._report
        report.root, report.head = self._frontier.root().hex(), self._prev.hex() if self._prev else ""
        if head.frontier.nodes != self._frontier.nodes or head.hash != self._prev:
            self._say(None, "the head names another last record, or another tree")
        beyond = self._rows.records(head.size, 1)
        if beyond and self._rows.head().size <= beyond[0].seq:
            self._say(beyond[0].seq, "the record is beyond the head")
        for size, found in sorted(self._waiting.items()):
            for name, checkpoint, _kid in found:
                cut = f"the tail is cut: {name} is of {size} records, and here are {head.size}"
                self._say(None, cut if checkpoint.origin == head.origin else f"{name} is of another ledger")

    # --- checkpoints ------------------------------------------------------------------------------------------------

    def _keep(self, signed: Signed) -> None:
        """A checkpoint of the ledger's own: with its signatures, if keys are given."""
        self._report.checkpoints += 1
        name = f"the checkpoint of {signed.size} records"
        try:
            checkpoint = read_jws(signed.jws, self._keys) if self._keys else unchecked_jws(signed.jws)
            if signed.note is not None and self._keys:
                note = read_note(signed.note, self._keys)
                if (note.origin, note.size, note.root) != (checkpoint.origin, checkpoint.size, checkpoint.root):
                    raise LedgerError("its note says something else than its JWS")
            if checkpoint.size != signed.size:
                raise LedgerError("it stands under another size than its own")
        except LedgerError as error:
            self._say(None, f"{name}: {error}")
            return
        kid = kid_of(signed.jws) if self._keys else None
        self._waiting.setdefault(signed.size, []).append((name, checkpoint, kid))

    def _compare(self, frontier: merkle.Frontier, prev: bytes | None) -> None:
        """The checkpoints of the size of this tree, whose last record has this hash."""
        size = frontier.size
        for name, checkpoint, kid in self._waiting.pop(size, ()):
            if checkpoint.origin != self._head.origin:
                self._say(None, f"{name} is of another ledger")
            elif checkpoint.root != frontier.root() or checkpoint.head not in (None, prev):
                self._say(None, f"{name} has another root: the first {size} records are not those that were signed")
            elif self._keys:
                self._report.anchored = size
                self._report.kid = kid or self._report.kid

    def _say(self, seq: int | None, message: str) -> None:
        if len(self._report.findings) < _MOST:
            self._report.findings.append(Finding(seq, message))
        else:
            self._report.more += 1


_NODE = "a node of the tree at level {} is not that of its records"

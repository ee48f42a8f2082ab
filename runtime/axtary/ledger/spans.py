"""Spans of a ledger that are looked at by themselves, by several processes: is all well within?

A span begins at a multiple of SPAN, so the tree over it is a subtree of the ledger's. What is found of it (how it
begins, how it ends, the nodes over it) is enough to tell whether it goes on from what is before. If anything at all is
not as it must be, the answer is None, and whoever asked looks at each record, to say what.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from pathlib import Path

from axtary.ledger import open_rows
from axtary.ledger.errors import LedgerError
from axtary.ledger.glance import Frame, frame
from axtary.ledger.store import Rows
from axtary.ledger.workers import ENDED, Ask, begun, serve

SPAN = 4096  # records, a power of two
PAGE = 1000  # records that are read at once
WORTH = 10  # spans from which on processes are begun
_AHEAD = 3  # spans for each process, under way or waiting to be asked for

Nodes = list[tuple[int, bytes]]
"""Complete nodes side by side, largest first: level and hash."""


@dataclass(frozen=True)
class Sound:
    """A span in which all is well. `sizes`: for each size of the ledger that was asked for, the nodes and last hash."""

    first: Frame
    last: Frame
    head: bytes
    nodes: Nodes
    sizes: dict[int, tuple[Nodes, bytes]] = field(default_factory=dict)


@dataclass(frozen=True)
class Span:
    """Records from `first` up to `end`, and sizes of the ledger in it of which checkpoints are known."""

    first: int
    end: int
    sizes: Sequence[int]


def spans(size: int, known: Sequence[int]) -> list[Span]:
    """The spans of so many records. `known` are sizes, in their order."""
    edges = [*range(0, size, SPAN), size]
    return [
        Span(first, end, known[bisect_right(known, first) : bisect_right(known, end)]) for first, end in pairwise(edges)
    ]


def looked(rows: Rows, asked: Sequence[Span], processes: int) -> Iterator[Sound | None]:
    """What is found of each span, in their order; by this process alone where there can be no others."""
    done = 0
    if processes > 1 and rows.where is not None and len(asked) >= WORTH:
        with suppress(*ENDED), begun(rows.where, processes) as ask:
            for found in _in_order(ask, asked, processes * _AHEAD):
                yield found
                done += 1
    for span in asked[done:]:
        yield look(rows, span)


def _in_order(ask: Ask, asked: Sequence[Span], ahead: int) -> Iterator[Sound | None]:
    waiting: deque[Future[Sound | None]] = deque()
    for span in asked:
        waiting.append(ask(span))
        if len(waiting) == ahead:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def work() -> None:
    """A process that looks at the spans that it is asked about."""
    serve(_answers)


def _answers(where: str | Path) -> Callable[[Span], Sound | None]:
    try:
        return partial(look, open_rows(where))
    except LedgerError:  # the process that asked looks by itself then, and says why it cannot
        return lambda _span: None


# --- one span -------------------------------------------------------------------------------------------------------


def look(rows: Rows, span: Span) -> Sound | None:
    """Look at a span: bytes, hashes, numbers, chain, times, and the nodes over it. None: something is wrong."""
    try:
        return _Look(rows, span).sound()
    except (LedgerError, _WrongError):
        return None


class _WrongError(Exception):
    pass


class _Look:
    def __init__(self, rows: Rows, span: Span) -> None:
        self._rows, self._span = rows, span
        self._heads = dict.fromkeys(span.sizes, b"")

    def sound(self) -> Sound:
        first, last, head, leaves = self._records()
        tree = self._tree(leaves)
        start = self._span.first
        sizes = {size: (_edge(tree, size - start), found) for size, found in self._heads.items()}
        return Sound(first, last, head, _edge(tree, len(leaves)), sizes)

    def _records(self) -> tuple[Frame, Frame, bytes, list[bytes]]:
        """The first and last frame, the last hash, and the hashes of the leaves."""
        first: Frame | None = None
        last, head, leaves, seq = Frame(0, "", ""), "", [], self._span.first
        digest, sha256, heads = b"", hashlib.sha256, self._heads
        for stored, beside, raw in self._rows.each(self._span.first, self._span.end, PAGE):
            digest = sha256(raw).digest()
            found = frame(raw)
            if not stored == found.seq == seq or digest != beside or found.time < last.time:
                raise _WrongError
            if first is None:
                first = found
            elif found.prev != head:
                raise _WrongError
            leaves.append(sha256(b"\0" + raw).digest())
            last, head, seq = found, digest.hex(), seq + 1
            if seq in heads:
                heads[seq] = digest
        if first is None or seq != self._span.end:
            raise _WrongError
        return first, last, digest, leaves

    def _tree(self, leaves: list[bytes]) -> list[list[bytes]]:
        """The complete nodes over the span, by level, which must be those that are stored."""
        levels, sha256 = [leaves], hashlib.sha256
        while len(levels[-1]) > 1:
            under = levels[-1]
            pairs = zip(under[::2], under[1::2], strict=False)
            levels.append([sha256(b"\1" + left + right).digest() for left, right in pairs])
        for level, nodes in enumerate(levels):
            if self._rows.hashes(level, self._span.first >> level, self._span.end >> level) != nodes:
                raise _WrongError
        return levels


def _edge(tree: Sequence[Sequence[bytes]], size: int) -> Nodes:
    """The complete nodes of the first `size` leaves."""
    return [(level, tree[level][(size >> level) - 1]) for level in range(len(tree) - 1, -1, -1) if size >> level & 1]

"""Appending: a record is acknowledged once it is durable, and callers that wait at the same time share a transaction.

One thread of a process writes: it takes what waits, locks the head, appends, signs a checkpoint if one is due, commits,
and only then answers. What fails is answered with LedgerError, and nothing of that transaction is in the ledger, unless
a database went away while it committed. Processes take turns by the lock on the head.
"""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Self
from weakref import WeakSet

from axtary.ledger.errors import LedgerError
from axtary.ledger.record import Entry, written
from axtary.ledger.store import Batch, Rows, save, sign
from axtary.passes.keys import PrivateKey

_BATCH = 512  # records of a transaction
_WAITING = 16_384  # records that may wait; more are refused

Waiting = tuple[Entry, "Future[Receipt]"]


@dataclass(frozen=True, slots=True)
class Receipt:
    """A record is in the ledger, durably: its number, and its hash."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Interval:
    """A checkpoint is signed after so many records, or so many seconds after one that is not signed yet."""

    records: int = 1000
    seconds: float = 60.0


class Ledger:
    """Safe to use from any thread, from many processes, and on both sides of a fork. Close it: that signs the rest."""

    def __init__(self, rows: Rows, key: PrivateKey | None = None, interval: Interval = Interval()) -> None:
        self.rows = rows
        self._key = key
        self._interval = interval
        self._closed = False
        self._thread: threading.Thread | None = None
        self.after_fork()
        _LEDGERS.add(self)

    @property
    def durability(self) -> str:
        """What a power failure can take: for people."""
        return self.rows.durability

    def append(self, what: Entry) -> Receipt:
        """Record it, and come back when it is durable. Raises LedgerError; then run nothing."""
        return self.submit(what).result()

    def submit(self, what: Entry) -> Future[Receipt]:
        """As `append`, without the wait. What is submitted is in the ledger only once the future has a result."""
        future: Future[Receipt] = Future()
        with self._changed:
            if self._closed:
                raise LedgerError("the ledger is closed")
            if len(self._queue) >= _WAITING:
                raise LedgerError(f"{_WAITING} records wait to be written")
            if self._thread is None:
                self._thread = self._started()
            self._queue.append((what, future))
            self._changed.notify_all()
        return future

    def checkpoint(self) -> None:
        """Sign what is not signed yet. Raises LedgerError, also if there is no key."""
        if self._key is None:
            raise LedgerError("there is no key to sign checkpoints with")
        self._sign(self._key)

    def close(self) -> None:
        """Write what waits, sign what is not signed, and give connections back. Raises LedgerError."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
            thread = self._thread
        if thread is not None:
            thread.join()
        try:
            if self._key is not None:
                self._sign(self._key)
        finally:
            self.rows.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def after_fork(self) -> None:
        """Begin anew: in a child there is no thread that writes, and what waited is the parent's to write."""
        self._changed = threading.Condition()
        self._queue: deque[Waiting] = deque()
        self._thread = None
        self._due: float | None = None  # on the monotonic clock: when to sign, if nothing more is appended

    # --- the thread that writes -------------------------------------------------------------------------------------

    def _started(self) -> threading.Thread:
        thread = threading.Thread(target=self._work, name="axtary-ledger", daemon=True)
        try:
            thread.start()
        except RuntimeError as error:  # the machine has no more, or the interpreter ends
            raise LedgerError(f"nothing can be written any more: {error}") from None
        return thread

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._queue or self._closed, self._left())
                batch = [self._queue.popleft() for _ in range(min(len(self._queue), _BATCH))]
                if not batch and self._closed:
                    return
            if batch:
                self._write([each for each in batch if each[1].set_running_or_notify_cancel()])
            elif self._key is not None and self._left() == 0:
                self._sign_quietly(self._key)

    def _left(self) -> float | None:
        return None if self._due is None else max(0.0, self._due - time.monotonic())

    def _write(self, batch: list[Waiting]) -> None:
        try:
            receipts = self._committed(batch)
        except BaseException as error:
            why = str(error) if isinstance(error, LedgerError) else f"not written: {type(error).__name__}"
            for _what, future in batch:
                future.set_exception(LedgerError(why))  # one each: threads do not share a traceback
            return
        for (_what, future), receipt in zip(batch, receipts, strict=True):
            if isinstance(receipt, Receipt):
                future.set_result(receipt)
            else:
                future.set_exception(receipt)

    def _committed(self, batch: list[Waiting]) -> list[Receipt | LedgerError]:
        """Append a batch in one transaction. A record that cannot be written is refused alone."""
        receipts: list[Receipt | LedgerError] = []
        with self.rows.write() as tx:
            head = self.rows.locked(tx)
            now, appended = tx.now, Batch(head)
            for what, _future in batch:
                seq, at = head.size, max(now, head.at)
                try:
                    body = written(what, seq, at, head.hash)
                except LedgerError as error:
                    receipts.append(error)
                    continue
                appended.add(body, at)
                receipts.append(Receipt(seq, head.hash.hex()))
            appended.write(tx)
            if self._key is not None and head.size - head.signed_size >= self._interval.records:
                sign(tx, head, self._key)
            save(tx, head)
        if self._key is not None and head.size > head.signed_size:
            self._due = self._due or time.monotonic() + self._interval.seconds
        else:
            self._due = None
        return receipts

    def _sign(self, key: PrivateKey) -> None:
        with self.rows.write() as tx:
            head = self.rows.locked(tx)
            if head.size > head.signed_size:
                sign(tx, head, key)
                save(tx, head)

    def _sign_quietly(self, key: PrivateKey) -> None:
        """Nobody waits for it: if it fails, it is tried again after the same time."""
        try:
            self._sign(key)
            self._due = None
        except Exception:  # also what no database should raise: callers wait for this thread
            self._due = time.monotonic() + self._interval.seconds


_LEDGERS: WeakSet[Ledger] = WeakSet()


def _in_child() -> None:
    for ledger in list(_LEDGERS):
        ledger.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child)

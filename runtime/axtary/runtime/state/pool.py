"""Connections to lend: one for each step that is under way, kept for the next step, and never shared by a fork.

A connection must not be used, nor even closed, in a process that was forked with it. SQLite's locks belong to the
process that took them: a child that goes on with what it inherited holds none, and others take its log away. So before
a fork steps that are under way end, and connections are closed; the parent and the child open their own.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Generic, TypeVar
from weakref import WeakSet

from axtary.runtime.state.model import StateError

C = TypeVar("C")

WAIT = 5.0  # seconds that a fork waits for steps that are under way


class Pool(Generic[C]):
    """Safe to use from any thread."""

    def __init__(self, connect: Callable[[], C], close: Callable[[C], None]) -> None:
        self._connect = connect
        self._close = close
        self._idle: list[C] = []
        self._lent = 0
        self._generation = 0
        self._owner = os.getpid()
        self._changed = threading.Condition(threading.Lock())
        with _forking:
            _POOLS.add(self)

    @contextmanager
    def lent(self) -> Iterator[C]:
        """A connection. It is kept for the next step, if this one ends well or with an error of the store's own."""
        connection, generation, keep = None, self._take(), False
        try:
            with self._changed:
                connection = self._idle.pop() if self._idle else None
            if connection is None:
                connection = self._connect()
            yield connection
            keep = True
        except StateError:
            keep = True
            raise
        finally:
            self._give(connection, generation if keep else None)

    def clear(self) -> None:
        """Close what is kept now, and what is lent as soon as it is given back."""
        with self._changed:
            idle, self._idle = self._idle, []
            self._generation += 1
        for connection in idle:
            self._close(connection)

    def _take(self) -> int:
        with self._changed:
            if self._owner != os.getpid():
                raise StateError("the process was forked in the middle of a step: open the state in the child")
            self._lent += 1
            return self._generation

    def _give(self, connection: C | None, generation: int | None) -> None:
        with self._changed:
            kept = connection is not None and generation == self._generation
            if connection is not None and kept:
                self._idle.append(connection)
        try:
            if connection is not None and not kept:
                self._close(connection)
        finally:
            with self._changed:
                self._lent -= 1
                self._changed.notify_all()

    # --- around a fork ----------------------------------------------------------------------------------------------

    def before_fork(self) -> None:
        """Wait until nothing is lent, close what is kept, and lend nothing before `after_fork`."""
        self._changed.acquire()
        if self._changed.wait_for(lambda: not self._lent, WAIT):
            for connection in self._idle:
                self._close(connection)
            self._idle = []

    def after_fork(self) -> None:
        """In the parent and in the child. A child that inherited a connection can never use this pool."""
        if not self._lent and not self._idle:
            self._owner = os.getpid()
        self._changed.release()


_POOLS: WeakSet[Pool[Any]] = WeakSet()
_forking = threading.Lock()
_held: list[Pool[Any]] = []


def _before() -> None:
    _forking.acquire()
    _held.extend(_POOLS)
    for pool in _held:
        pool.before_fork()


def _after() -> None:
    while _held:
        _held.pop().after_fork()
    _forking.release()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before, after_in_parent=_after, after_in_child=_after)

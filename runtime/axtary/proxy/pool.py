"""Threads for the pipeline, which waits for databases and providers: some at work, some in line, the rest refused."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

from axtary.proxy.wire import HttpError

T = TypeVar("T")
_IN_LINE = 4  # that wait, for each thread


class Pool:
    """What was begun runs to its end, also when nobody waits for it any more."""

    def __init__(self, threads: int, seconds: float) -> None:
        """`seconds`: after that many a caller is told to come back."""
        self._threads = ThreadPoolExecutor(threads, "axtary-work")
        self._room = threads * (1 + _IN_LINE)
        self._seconds = seconds
        self._lock = threading.Lock()
        self._running = 0
        self.refused = 0

    @property
    def running(self) -> int:
        """Those at work and in line."""
        return self._running

    async def run(self, work: Callable[[], T]) -> T:
        """In a thread. Raises HttpError 503 if there is no room, 504 if it takes too long: it goes on then."""
        with self._lock:
            if self._running >= self._room:
                self.refused += 1
                raise HttpError(503, "busy", "too many requests are at work", "try again", {"Retry-After": "1"})
            self._running += 1
        context = copy_context()  # the span that stages are in
        try:
            future = self._threads.submit(context.run, work)
        except RuntimeError:  # it is closed
            self._done()
            raise HttpError(503, "stopping", "the proxy stops", "try again", {"Retry-After": "1"}) from None
        future.add_done_callback(lambda _: self._done())
        try:
            return await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(future)), self._seconds)
        except TimeoutError:
            help_text = "it goes on: ask for the attempt by its key"
            raise HttpError(504, "slow", f"it takes more than {self._seconds:g} seconds", help_text) from None

    def close(self, seconds: float) -> bool:
        """Take nothing more, and wait for what runs. Is all done?"""
        ender = threading.Thread(target=self._threads.shutdown, daemon=True)
        ender.start()
        ender.join(seconds)
        return not ender.is_alive()

    def _done(self) -> None:
        with self._lock:
            self._running -= 1

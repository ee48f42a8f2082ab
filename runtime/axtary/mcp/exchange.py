"""Requests to one side that wait for their answers, by ids that only this process gives out.

So no side can answer for another request, nor name one that it did not make.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from axtary.mcp.frames import Frame, Id, Notification, Request, Response
from axtary.mcp.methods import SUBSCRIPTION

Send = Callable[[Frame], None]
"""Hands a frame on. Raises GoneError if it certainly does not get there."""


class GoneError(Exception):
    """The other side is not there any more, or takes nothing: nothing was sent."""


@dataclass
class Waiting:
    """A request that was sent. `token`: what whoever asked calls its progress, None if they want none."""

    id: int
    origin: Id | None
    token: Id | None
    done: threading.Event = field(default_factory=threading.Event)
    answer: Response | None = None  # also None if none will come
    is_cancelled: bool = False

    def settle(self, answer: Response | None) -> None:
        """The answer, once."""
        if not self.done.is_set():
            self.answer = answer
            self.done.set()


class Exchange:
    """Safe to use from any thread."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._lock = threading.Lock()
        self._waiting: dict[int, Waiting] = {}
        self._last = 0
        self._is_gone = False

    def begin(
        self, method: str, params: Mapping[str, Any], origin: Id | None = None, token: Id | None = None
    ) -> Waiting:
        """Send a request. Raises GoneError if nothing was sent."""
        with self._lock:
            if self._is_gone:
                raise GoneError("it has ended")
            self._last += 1
            waiting = self._waiting[self._last] = Waiting(self._last, origin, token)
        given = dict(params)
        if token is not None:
            given["_meta"] = {**given.get("_meta", {}), "progressToken": waiting.id}
        try:
            self._send(Request(waiting.id, method, given))
        except GoneError:
            self.forget(waiting)
            raise
        return waiting

    def wait(self, waiting: Waiting, timeout: float | None) -> bool:
        """Is it settled in time? It is forgotten then or not; the other side is told if it is not wanted any more."""
        found = waiting.done.wait(timeout)
        self.forget(waiting)
        if not found:
            self.tell_cancelled(waiting)
        return found

    def forget(self, waiting: Waiting) -> None:
        """Whatever answers to it now is for nobody."""
        with self._lock:
            self._waiting.pop(waiting.id, None)

    def settle(self, answer: Response) -> bool:
        """Hand an answer to whoever waits for it. False if nobody does."""
        with self._lock:
            waiting = self._waiting.get(answer.id) if isinstance(answer.id, int) else None
        if waiting is not None:
            waiting.settle(answer)
        return waiting is not None

    def cancel(self, origin: Id) -> None:
        """Whoever asked does not want the answer any more."""
        with self._lock:
            found = [
                each for each in self._waiting.values() if each.origin == origin and type(each.origin) is type(origin)
            ]
        for each in found:
            each.is_cancelled = True
            self.tell_cancelled(each)
            each.settle(None)

    def tell_cancelled(self, waiting: Waiting) -> None:
        """Say that an answer is not wanted."""
        try:
            self._send(Notification("notifications/cancelled", {"requestId": waiting.id}))
        except GoneError:
            return

    def gone(self) -> None:
        """No answer will come any more."""
        with self._lock:
            self._is_gone = True
            left = list(self._waiting.values())
        for each in left:
            each.settle(None)

    def origin(self, id: Any) -> Waiting | None:
        """The request that an id of ours, or a progress token of ours, is about."""
        with self._lock:
            return self._waiting.get(id) if isinstance(id, int) and not isinstance(id, bool) else None


def in_words_of_asker(exchange: Exchange, said: Notification) -> Notification | None:
    """A notification about a request with the ids by which whoever asked knows it. None: it is about none of theirs."""
    params = dict(said.params)
    if said.method == "notifications/progress":
        waiting = exchange.origin(params.get("progressToken"))
        if waiting is None or waiting.token is None:
            return None
        params["progressToken"] = waiting.token
    told = params.get("_meta")
    if isinstance(told, dict) and SUBSCRIPTION in told:
        waiting = exchange.origin(told[SUBSCRIPTION])
        if waiting is None or waiting.origin is None:
            return None
        params["_meta"] = {**told, SUBSCRIPTION: waiting.origin}
    return Notification(said.method, params)

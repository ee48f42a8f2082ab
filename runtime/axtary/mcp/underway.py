"""The requests of one side that are under way here."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from axtary.mcp.forward import Asked
from axtary.mcp.frames import BUSY, INTERNAL_ERROR, INVALID_REQUEST, Id, Request, Response, refusal
from axtary.mcp.methods import meta

MOST = 64  # at a time


class UnderWay:
    """Runs each request in a thread of its own. Safe to use from any thread."""

    def __init__(
        self, answer: Callable[[Request, Asked], Response], send: Callable[[Response], None], say: Callable[[str], None]
    ) -> None:
        """`say` tells a person what must not happen."""
        self._answer = answer
        self._say = say
        self._send = send
        self._lock = threading.Condition()
        self._asked: dict[tuple[type, Id], Asked] = {}

    def begin(self, request: Request) -> None:
        """Have it answered. Another one with the same id, or one too many, is refused."""
        key = (type(request.id), request.id)
        with self._lock:
            if key in self._asked:
                # With this id it would be taken for the answer to the first.
                refused = refusal(None, INVALID_REQUEST, "a request with the same id is under way")
            elif len(self._asked) >= MOST:
                refused = refusal(request.id, BUSY, f"more than {MOST} requests at a time: wait for answers")
            else:
                refused = None
                asked = self._asked[key] = Asked(request.id, _token(request))
        if refused is not None:
            self._send(refused)
            return
        threading.Thread(target=self._run, args=(key, request, asked), name="request", daemon=True).start()

    def cancel(self, id: Any) -> Asked | None:
        """Whoever asked does not want it any more. None if there is no such request."""
        if isinstance(id, bool) or not isinstance(id, str | int):
            return None
        with self._lock:
            asked = self._asked.get((type(id), id))
            if asked is not None:
                asked.is_cancelled = True
            return asked

    def drain(self, timeout: float) -> bool:
        """Wait until no action is under way. Is it so in time?"""
        with self._lock:
            return self._lock.wait_for(lambda: not any(each.acts for each in self._asked.values()), timeout)

    def _run(self, key: tuple[type, Id], request: Request, asked: Asked) -> None:
        response = refusal(request.id, INTERNAL_ERROR, "the wrapper failed; the call may have been done")
        try:
            response = self._answer(request, asked)
        except Exception as error:  # whoever asked must not wait for ever
            self._say(f"a request for {request.method[:100]!r} failed: {type(error).__name__}: {error}")
        finally:
            with self._lock:
                del self._asked[key]
                self._lock.notify_all()
        if not asked.is_cancelled or request.method == "initialize":
            self._send(response)


def _token(request: Request) -> Id | None:
    found = meta(request.params).get("progressToken")
    return found if isinstance(found, str | int) and not isinstance(found, bool) else None

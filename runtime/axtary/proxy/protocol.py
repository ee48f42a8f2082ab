"""HTTP/1.1 as uvicorn and h11 speak it, but that a client must come to the point, and that its certificate is told."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from axtary.proxy import tls

_Application = Callable[[MutableMapping[str, Any], Any, Any], Awaitable[None]]


class Protocol(H11Protocol):
    """One connection."""

    seconds = 10.0  # until a request's head is whole
    _head: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first head."""
        super().connection_made(transport)
        session = transport.get_extra_info("ssl_object")
        if isinstance(session, ssl.SSLObject) and (shown := session.getpeercert()):
            self.app = _told(self.app, tls.names(shown))
        self._wait()

    def data_received(self, data: bytes) -> None:
        """What has come."""
        super().data_received(data)
        if self.conn.their_state is h11.IDLE and not self.transport.is_closing():
            self._wait()
        else:
            self._stop()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is over."""
        self._stop()
        super().connection_lost(exc)

    def _wait(self) -> None:
        if self._head is None:
            self._head = self.loop.call_later(self.seconds, self._too_slow)

    def _stop(self) -> None:
        if self._head is not None:
            self._head.cancel()
            self._head = None

    def _too_slow(self) -> None:
        self._head = None
        if self.conn.their_state is h11.IDLE:
            self.transport.close()


def protocol(seconds: float) -> type[Protocol]:
    """For clients that have so many seconds for a head."""
    return type("Protocol", (Protocol,), {"seconds": seconds})


def _told(app: _Application, names: tuple[str, ...]) -> _Application:
    async def told(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        scope["axtary.certificate"] = names
        await app(scope, receive, send)

    return told

"""From the first line to the last: a session over standard input and output, and its orderly end."""

from __future__ import annotations

import queue
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO, Protocol

from axtary.mcp.lines import Outbox, lines
from axtary.mcp.session import Parts, Peer, Session
from axtary.runtime.strictjson import MAX_BYTES

PATIENCE = 5.0  # seconds for what is under way when the client is gone
_SIGNALS = ("SIGTERM", "SIGINT", "SIGHUP")


class Server(Peer, Protocol):
    """A server that was started, or that is somewhere."""

    def listen(self, hear: Callable[[bytes], None], ended: Callable[[str], None]) -> None:
        """Hand on each line, from other threads; `ended` is told why there are no more."""

    def close(self) -> None:
        """Nothing of it is left."""


def serve(parts: Parts, server: Server, stdin: BinaryIO, stdout: BinaryIO) -> bool:
    """Until the client ends, the server ends, or a signal comes. False if it was the server."""
    ends: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    outbox = Outbox(stdout, "client", lambda: ends.put(None))
    session = Session(parts, server, outbox.send)

    def server_ended(why: str) -> None:
        session.ended()
        ends.put(why)

    server.listen(session.server_line, server_ended)
    threading.Thread(target=_read, args=(stdin, session, ends), name="from client", daemon=True).start()
    with _signals(lambda: ends.put(None)):
        why = ends.get()
        if why is None:
            session.client_ended()
            session.drain(PATIENCE)
        else:
            parts.say(why)
        server.close()
        session.ended()  # what still waits is told, and recorded as unknown
        session.drain(PATIENCE)
    outbox.close()
    return why is None


def _read(stdin: BinaryIO, session: Session, ends: queue.SimpleQueue[str | None]) -> None:
    with suppress(OSError, ValueError):
        for each in lines(stdin, MAX_BYTES):
            session.client_line(each)
    ends.put(None)


@contextmanager
def _signals(end: Callable[[], None]) -> Iterator[None]:
    """Signals that would end the process end the session."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {}
    for name in _SIGNALS:
        if (number := getattr(signal, name, None)) is not None:
            before[number] = signal.signal(number, lambda _number, _frame: end())
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

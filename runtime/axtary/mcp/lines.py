"""Lines in and out of pipes: of bounded length, and without a wait for whoever does not read."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import BinaryIO

from axtary.mcp.exchange import GoneError
from axtary.mcp.frames import Frame, line

ROOM = 100  # frames that wait to be written
PATIENCE = 5.0  # seconds for which a full queue is waited for


def lines(stream: BinaryIO, limit: int) -> Iterator[bytes]:
    """Each line that is not blank, without its end. Of a longer one its beginning, which nobody takes for a frame.

    What does not end with a line end at the end of the input is no line.
    """
    while found := stream.readline(limit + 2):
        if not found.endswith(b"\n"):
            if len(found) < limit + 2:
                return
            rest = found
            while rest and not rest.endswith(b"\n"):
                rest = stream.readline(limit)
        if found.strip():
            yield found.rstrip(b"\r\n") if found.endswith(b"\n") else found


class Outbox:
    """Writes frames in the order in which they come, in a thread of its own."""

    def __init__(self, stream: BinaryIO, name: str, gone: Callable[[], None] = lambda: None) -> None:
        """`gone` is called once if nobody reads any more."""
        self._stream = stream
        self._gone = gone
        self._is_gone = threading.Event()
        self._left: queue.Queue[bytes | None] = queue.Queue(ROOM)
        self._thread = threading.Thread(target=self._write, name=f"to {name}", daemon=True)
        self._thread.start()

    def send(self, frame: Frame) -> None:
        """Raises GoneError if nobody takes it."""
        if self._is_gone.is_set():
            raise GoneError("nobody reads any more")
        try:
            self._left.put(line(frame), timeout=PATIENCE)
        except queue.Full:  # what is left out cannot be told later, so this is the end
            self._end()
            raise GoneError("it takes no messages") from None

    def close(self, timeout: float = PATIENCE) -> None:
        """Write what is left, and close."""
        with suppress(queue.Full):
            self._left.put(None, timeout=timeout)
        self._thread.join(timeout)
        self._is_gone.set()
        if not self._thread.is_alive():
            with suppress(OSError, ValueError):
                self._stream.close()

    def _write(self) -> None:
        while (data := self._left.get()) is not None:
            try:
                self._stream.write(data)
                self._stream.flush()
            except (OSError, ValueError):  # ValueError: it is closed
                self._end()
                return

    def _end(self) -> None:
        if not self._is_gone.is_set():
            self._is_gone.set()
            self._gone()

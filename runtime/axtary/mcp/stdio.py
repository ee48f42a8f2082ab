"""A server that is a program: frames through its standard input and output, and its end."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import BinaryIO, cast

from axtary.mcp.exchange import GoneError
from axtary.mcp.frames import MAX_ANSWER, Frame, FrameError
from axtary.mcp.lines import Outbox, lines
from axtary.runtime.policyfile import UnreadableError

GRACE = 2.0  # seconds to end by itself when its input ends, and again when it is told to
_OURS = "AXTARY_"  # variables that are none of a server's business: where the state is, with a password


class Program:
    """Runs until `close`, or until it ends."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str] = os.environ) -> None:
        """Raises UnreadableError if it cannot be started."""
        given = {name: text for name, text in environment.items() if not name.startswith(_OURS)}
        try:
            # A session of its own: so that its children can be ended with it, and Ctrl-C reaches us first.
            self._process = subprocess.Popen(  # noqa: S603  # what to run is what the user asked for
                list(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=given, start_new_session=True
            )
        except (OSError, ValueError) as error:
            why = (getattr(error, "strerror", None) or str(error)).lower()
            raise UnreadableError(command[0], f"cannot be started: {why}", "check the command") from None
        self._out = cast(BinaryIO, self._process.stdout)
        self._outbox = Outbox(cast(BinaryIO, self._process.stdin), "server")

    @property
    def pid(self) -> int:
        """Of the process, which leads its group."""
        return self._process.pid

    def listen(self, hear: Callable[[bytes], None], ended: Callable[[str], None]) -> None:
        """Hand on each line, in a thread; `ended` is told why there are no more. After no frame nothing is believed."""

        def run() -> None:
            why = "the server has ended"
            try:
                for each in lines(self._out, MAX_ANSWER):
                    hear(each)
            except FrameError as error:
                why = f"the server wrote what is no message: {error}"
            except (OSError, ValueError):  # ValueError: it was closed
                pass
            finally:
                ended(why)

        threading.Thread(target=run, name="from server", daemon=True).start()

    def send(self, frame: Frame) -> None:
        """Raises GoneError."""
        if self._process.poll() is not None:
            raise GoneError("the server has ended")
        self._outbox.send(frame)

    def negotiated(self, version: str) -> None:
        """Nothing in a frame depends on it."""

    def close(self) -> None:
        """Close its input, and if it does not end then, end it with all that it started."""
        self._outbox.close(GRACE)
        for number in (None, signal.SIGTERM, signal.SIGKILL):
            if number is not None:
                self._signal(number)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(GRACE)
                break
        self._signal(signal.SIGKILL)  # children that outlived it

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)

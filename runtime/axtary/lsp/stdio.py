"""Messages over standard input and output, and the loop that answers them.

A reader thread cuts the input into messages; everything else happens in the loop's thread. Whatever comes in, the loop
goes on until the input ends, `exit` is called or the editor's process is gone.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import threading
from collections.abc import Callable
from typing import BinaryIO

from pygls.exceptions import JsonRpcException, JsonRpcParseError
from pygls.lsp.server import LanguageServer

from axtary.lsp.threads import post

MAX_MESSAGE = 64 * 2**20  # bytes: a policy has 4 MiB at most, and an escaped character at most six bytes
_MAX_HEADER = 4096
_LENGTH = re.compile(rb"content-length:[ \t]*([0-9]{1,12})[ \t]*\r?\n?", re.IGNORECASE)
_WATCH = 5.0  # seconds between two looks for the editor's process


class TooLongError(Exception):
    """A message, or a line before one, that no editor sends: what follows cannot be told apart."""


def read_message(stream: BinaryIO) -> bytes | None:
    """The next body; None at the end of the input. Lines that are no header are passed over. Raises TooLongError."""
    length = None
    while True:
        line = stream.readline(_MAX_HEADER)
        if not line:
            return None
        if len(line) == _MAX_HEADER:
            raise TooLongError("a header line of a message is too long")
        if (found := _LENGTH.fullmatch(line)) is not None:
            length = int(found[1])
            if length > MAX_MESSAGE:
                raise TooLongError(f"a message has {length} bytes, the limit is {MAX_MESSAGE}")
        elif not line.strip() and length is not None:
            body = stream.read(length)
            return body if len(body) == length else None


class Writer:
    """Where answers go. A reader that is gone ends the loop and is no error."""

    def __init__(self, stream: BinaryIO, gone: Callable[[], None]) -> None:
        self._stream, self._gone = stream, gone

    def write(self, data: bytes) -> None:
        try:
            self._stream.write(data)
            self._stream.flush()
        except (OSError, ValueError):  # ValueError: it is closed
            self._gone()

    def close(self) -> None:
        """Nothing is kept back; the end of the process closes it."""


async def serve(server: LanguageServer, stdin: BinaryIO, stdout: BinaryIO) -> None:
    """Answer until the end."""
    loop, messages = asyncio.get_running_loop(), asyncio.Queue[bytes | TooLongError | None]()
    server.protocol.set_writer(Writer(stdout, lambda: messages.put_nowait(None)))

    def listen() -> None:
        message: bytes | TooLongError | None = b""
        while isinstance(message, bytes):
            try:
                message = read_message(stdin)
            except TooLongError as error:
                message = error
            except (OSError, ValueError):
                message = None
            post(loop, messages.put_nowait, message)

    threading.Thread(target=listen, name="reader", daemon=True).start()
    watch = loop.create_task(_watch_editor(server, lambda: messages.put_nowait(None)))
    while isinstance(message := await messages.get(), bytes):
        try:
            _handle(server, message)
        except SystemExit:  # how pygls says `exit`
            break
    if isinstance(message, TooLongError):
        server.report_server_error(message, JsonRpcException)
    watch.cancel()


def _handle(server: LanguageServer, body: bytes) -> None:
    """Answer one message. What is no message is reported, and that is all that comes of it."""
    try:
        message = json.loads(body, object_hook=server.protocol.structure_message)
        server.protocol.handle_message(message)
    except (ValueError, RecursionError) as error:
        server.report_server_error(JsonRpcParseError(str(error)), JsonRpcException)
    except Exception as error:  # the next message is answered whatever this one was
        server.report_server_error(error, JsonRpcException)


async def _watch_editor(server: LanguageServer, gone: Callable[[], None]) -> None:
    """End with the editor, even if somebody else keeps our input open."""
    while os.name == "posix":  # elsewhere there is no look without a signal
        await asyncio.sleep(_WATCH)
        if server.process_id is None:
            continue
        try:
            os.kill(server.process_id, 0)
        except ProcessLookupError:
            gone()
        except (OSError, OverflowError):
            continue

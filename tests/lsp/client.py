"""An editor: a client of the language server over its standard input and output, one real process each.

It speaks the protocol by itself, so that a mistake of a library on both sides cannot hide.
"""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

Json = Any
COMMAND = [sys.executable, "-I", "-m", "axtary.cli", "lsp"]
TIMEOUT = 30.0  # seconds for an answer, on a machine that does much else

CAPABILITIES: dict[str, Json] = {
    "textDocument": {
        "hover": {"contentFormat": ["markdown", "plaintext"]},
        "rename": {"prepareSupport": True},
        "codeAction": {"resolveSupport": {"properties": ["edit"]}, "dataSupport": True},
    },
    "workspace": {"workspaceEdit": {"documentChanges": True}},
}


class ServerError(Exception):
    """The server answered with an error."""

    def __init__(self, error: Json) -> None:
        super().__init__(error["message"])
        self.code, self.message = error["code"], error["message"]


class Editor:
    """A started server. Notifications that nobody has waited for are kept."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        pipe = subprocess.PIPE
        self.process = subprocess.Popen([*COMMAND, *options], cwd=folder, stdin=pipe, stdout=pipe, stderr=pipe)
        self._messages: queue.Queue[Json] = queue.Queue()
        self._number = 0
        self._versions: dict[str, int] = {}
        self.seen: list[Json] = []  # every notification
        threading.Thread(target=self._listen, daemon=True).start()

    # --- messages ---

    def raw(self, data: bytes) -> None:
        """Bytes as they are."""
        stdin = self._stream(self.process.stdin)
        stdin.write(data)
        stdin.flush()

    def body(self, text: str) -> None:
        """A message with this body, whatever it is."""
        data = text.encode("utf-8", "surrogatepass")
        self.raw(b"Content-Length: %d\r\n\r\n%s" % (len(data), data))

    def notify(self, method: str, params: Json) -> None:
        self.body(json.dumps({"jsonrpc": "2.0", "method": method, "params": params}))

    def send(self, method: str, params: Json) -> int:
        """A request; its number."""
        self._number += 1
        self.body(json.dumps({"jsonrpc": "2.0", "id": self._number, "method": method, "params": params}))
        return self._number

    def request(self, method: str, params: Json) -> Json:
        """The answer to a request. Raises ServerError."""
        return self.answer(self.send(method, params))

    def answer(self, number: int) -> Json:
        while (message := self.message()).get("id") != number or "method" in message:
            pass
        if "error" in message:
            raise ServerError(message["error"])
        return message.get("result")

    def message(self) -> Json:
        """The next message; notifications are kept as well, requests of the server answered."""
        message = self._messages.get(timeout=TIMEOUT)
        if message is None:
            raise EOFError(self.stderr())
        if "method" in message and "id" in message:
            self.body(json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": None}))
        elif "method" in message:
            self.seen.append(message)
        return message

    def _listen(self) -> None:
        stdout = self._stream(self.process.stdout)
        while line := stdout.readline():
            if line.startswith(b"Content-Length: "):
                length = int(line.split(b":")[1])
                while stdout.readline().strip():
                    pass
                self._messages.put(json.loads(stdout.read(length)))
        self._messages.put(None)

    @staticmethod
    def _stream(stream: IO[bytes] | None) -> IO[bytes]:
        assert stream is not None
        return stream

    # --- an editor's doings ---

    def start(self, encodings: list[str] | None = None, **capabilities: Json) -> Json:
        can = CAPABILITIES | capabilities
        if encodings is not None:
            can = can | {"general": {"positionEncodings": encodings}}
        found = self.request("initialize", {"processId": None, "rootUri": None, "capabilities": can})
        self.notify("initialized", {})
        return found

    def uri(self, name: str) -> str:
        return (self.folder / name).as_uri()

    def open(self, name: str, text: str | None = None) -> None:
        """Open a file, with the text that it has on disk or another one."""
        text = (self.folder / name).read_bytes().decode() if text is None else text
        self._versions[name] = 1
        document = {"uri": self.uri(name), "languageId": "yaml", "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})

    def change(self, name: str, text: str) -> None:
        self._versions[name] += 1
        document = {"uri": self.uri(name), "version": self._versions[name]}
        self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]})

    def close(self, name: str) -> None:
        self.notify("textDocument/didClose", {"textDocument": {"uri": self.uri(name)}})

    def ask(self, what: str, name: str, line: int, character: int, **more: Json) -> Json:
        """A request about a position, counted from 0: `ask("hover", "axtary.yml", 3, 4)`."""
        place = {"line": line, "character": character}
        return self.request(f"textDocument/{what}", {"textDocument": {"uri": self.uri(name)}, "position": place} | more)

    def diagnostics(self, name: str) -> list[Json]:
        """The findings on the present text of an open file; of another one, the next that come."""
        wanted = self._versions.get(name)
        for message in (found for found in self.seen if found["method"] == "textDocument/publishDiagnostics"):
            if wanted is not None and self._is(message, name, wanted):
                return list(message["params"]["diagnostics"])
        while True:
            message = self.message()
            if self._is(message, name, wanted):
                return list(message["params"]["diagnostics"])

    def _is(self, message: Json, name: str, version: int | None) -> bool:
        if message.get("method") != "textDocument/publishDiagnostics":
            return False
        params = message["params"]
        return params["uri"] == self.uri(name) and (version is None or params.get("version") == version)

    def logged(self) -> list[str]:
        return [found["params"]["message"] for found in self.seen if found["method"] == "window/logMessage"]

    @contextmanager
    def at(self, folder: Path) -> Iterator[Editor]:
        """The same server for another folder: starting one takes a second. At the end every file is closed."""
        self.folder = folder
        self._versions.clear()
        self.seen.clear()
        yield self
        for name in self._versions:
            self.close(name)
        assert not self.failures()

    def failures(self) -> list[str]:
        return [line for line in self.logged() if "internal error" in line]

    def stop(self) -> int:
        """Shut down in order; the exit code."""
        self.request("shutdown", None)
        self.notify("exit", None)
        return self.process.wait(TIMEOUT)

    def stderr(self) -> str:
        return self._stream(self.process.stderr).read().decode()


@contextmanager
def editor(folder: Path, *options: str, **capabilities: Json) -> Iterator[Editor]:
    """An editor whose server has been greeted; at the end it must still be there, and end in order."""
    found = Editor(folder, *options)
    try:
        found.start(**capabilities)
        yield found
        assert found.stop() == 0, found.stderr()
        assert not found.failures()
    finally:
        with suppress(ProcessLookupError):
            found.process.kill()
        found.process.wait()
        for stream in (found.process.stdin, found.process.stdout, found.process.stderr):
            if stream is not None:
                with suppress(BrokenPipeError):
                    stream.close()

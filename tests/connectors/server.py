"""A real HTTP server on this machine that answers as it is told, and keeps what it received."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Received:
    """A request as it came over the wire."""

    method: str
    target: str  # path and query, as sent
    headers: Mapping[str, str]
    content: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(self.target).query).items()}

    @property
    def json(self) -> Any:
        return json.loads(self.content)


@dataclass(frozen=True)
class Say:
    """An answer. `body` is JSON, or bytes as they are."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


class Drop:
    """Close the connection without an answer."""


class Half:
    """Begin an answer, and close the connection in the middle of it."""


class Stall:
    """Never answer."""


Answering = Say | Drop | Half | Stall


class Service:
    """Answers with `handle`, but for what `script` says first."""

    def __init__(self, handle: Callable[[Received], Answering] | None = None) -> None:
        self.received: list[Received] = []
        self._handle = handle or self.handle
        self._script: list[tuple[str, str, Answering]] = []
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def handle(self, request: Received) -> Answering:
        return Say(404, {"message": "Not Found"})

    def script(self, method: str, path: str, *answers: Answering) -> None:
        """The next answers to requests of a method whose path has this part."""
        self._script += [(method, path, answer) for answer in answers]

    def of(self, method: str) -> list[Received]:
        return [request for request in self.received if request.method == method]

    def close(self) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, request: Received) -> Answering:
        with self._lock:
            self.received.append(request)
            for place, (method, path, answer) in enumerate(self._script):
                if request.method == method and path in request.path:
                    del self._script[place]
                    return answer
        return self._handle(request)

    def _handler(service) -> type[BaseHTTPRequestHandler]:  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _serve(self) -> None:
                length = int(self.headers.get("content-length", 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                answer = service._answer(Received(self.command, self.path, headers, self.rfile.read(length)))
                if isinstance(answer, Stall):
                    service._over.wait(30)
                if not isinstance(answer, Say):
                    if isinstance(answer, Half):
                        self.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"ok"')
                    self.close_connection = True
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                body = answer.body
                data = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
                self.send_response_only(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815

            def log_message(self, format: str, *args: Any) -> None:
                pass

        return Handler

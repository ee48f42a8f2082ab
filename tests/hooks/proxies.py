"""A server in place of the proxy, which answers as a test wants."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Proxy:
    """`answer` makes the status and the body of each answer; `bodies` and `tokens` are what came."""

    answer: Callable[[bytes], tuple[int, bytes]]
    url: str = ""
    bodies: list[bytes] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)


@contextmanager
def listening(answer: Callable[[bytes], tuple[int, bytes]]) -> Iterator[Proxy]:
    """A proxy on a port of its own."""
    proxy = Proxy(answer)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            proxy.bodies.append(body)
            proxy.tokens.append(self.headers["Authorization"])
            proxy.paths.append(self.path)
            status, text = proxy.answer(body)
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    proxy.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()

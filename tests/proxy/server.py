"""A real proxy in a process of its own, and clients that speak to it."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axtary.passes.keystore import KeyStore
from axtary.proxy.callers import FILE, Caller, Callers
from tests.proxy.program import RAN

ROOT = Path(__file__).parent.parent.parent
POLICY = """\
version: 1
policies:
  - {id: reads, effect: allow, match: {tool: fs.read}}
  - {id: slow, effect: allow, match: {tool: slow}}
  - id: pay
    effect: allow
    match: {tool: pay}
    obligations:
      budget: {limit: 5, unit: USD, per: owner, window: 1d, cost: 1}
  - id: writes
    effect: step_up
    match: {tool: fs.write}
    obligations: {approvers: [lead]}
"""
CODEX = Caller("codex", agent="agent:codex-1", owner="user:ana@acme.com", tenant="org:acme", roles=("dev",))
OTHER = Caller("other", agent="agent:other", owner="user:ben@acme.com", tenant="org:acme")
PEP = Caller("pep", agent="agent:pep", gateway=True, approvals=True)
READ = {"version": 1, "tool": "fs.read", "payload": {"name": "a"}}


@dataclass(frozen=True)
class Answer:
    """What came back; `headers` have small names."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """Of the first error."""
        found: str = self.json()["errors"][0]["code"]
        return found


@dataclass
class Server:
    """One that runs. `lines` are those of its log until now."""

    folder: Path
    process: subprocess.Popen[bytes]
    tokens: Mapping[str, str]
    lines: list[dict[str, Any]] = field(default_factory=list)
    at: str = ""
    rest: bytes = b""  # that is no line of the log
    over: bool = False
    changed: threading.Condition = field(default_factory=threading.Condition)

    @property
    def port(self) -> int:
        return int(self.at.rpartition(":")[2])

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        who: str = "codex",
        headers: Mapping[str, str] | None = None,
        connection: http.client.HTTPConnection | None = None,
    ) -> Answer:
        """One request. `body` is JSON, or bytes as they are; `who` "" has no credentials."""
        made = connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=100)
        sent = {"Authorization": f"Bearer {self.tokens[who]}"} if who else {}
        if body is not None:
            sent["Content-Type"] = "application/json"
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        try:
            made.request(method, path, data, sent | dict(headers or {}))
            answer = made.getresponse()
            return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            if connection is None:
                made.close()

    def get(self, path: str, who: str = "codex", **headers: str) -> Answer:
        return self.ask("GET", path, None, who, headers)

    def post(self, path: str, body: Any, who: str = "codex", key: str | None = None) -> Answer:
        return self.ask("POST", path, body, who, {"Idempotency-Key": key} if key is not None else None)

    def raw(self, data: bytes, seconds: float = 30.0) -> bytes:
        """What comes back for bytes until the server closes, or says nothing more for a second."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=seconds) as sent:
            sent.sendall(data)
            return read_all(sent)

    def ran(self) -> list[dict[str, Any]]:
        """What the provider ran."""
        path = self.folder / RAN
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def wait(self, event: str) -> dict[str, Any]:
        """The first line of the log about an event; waits for it."""
        with self.changed:
            self.changed.wait_for(lambda: self.over or any(line["event"] == event for line in self.lines))
            found = [line for line in self.lines if line["event"] == event]
        assert found, f"the server ended: {self.lines} {self.rest!r}"
        return found[0]

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End it, with all that it still has to log."""
        self.process.send_signal(how)
        return self.ended()

    def ended(self) -> int:
        with self.changed:
            self.changed.wait_for(lambda: self.over)
        assert not self.rest, self.rest
        return self.process.wait(60)

    def read(self) -> None:
        """Take the log, so that the server is never kept waiting."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            with self.changed:
                if line.startswith(b"{") and line.endswith(b"\n"):
                    self.lines.append(json.loads(line))
                elif not line.startswith(b"{"):
                    self.rest += line
                self.changed.notify_all()
        with self.changed:
            self.over = True
            self.changed.notify_all()


def read_all(sent: socket.socket | ssl.SSLSocket) -> bytes:
    """Until the other side closes."""
    found = b""
    while part := sent.recv(65536):
        found += part
    return found


def prepare(folder: Path, policy: str = POLICY, callers: Sequence[Caller] = ()) -> dict[str, str]:
    """A policy, keys, and callers; their tokens."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "axtary.yml").write_text(policy)
    keys = KeyStore(folder / ".axtary" / "keys")
    keys.init()
    keys.init("checkpoint", "Ed25519")
    stored = Callers(folder / FILE)
    return {each.name: stored.add(each) for each in callers or (CODEX, OTHER, PEP)}


@contextmanager
def running(
    folder: Path,
    tokens: Mapping[str, str],
    environment: Mapping[str, str] | None = None,
    module: str = "tests.proxy.program",
    **options: Any,
) -> Iterator[Server]:
    """A server in a folder that was prepared. It is stopped at the end, if it still runs."""
    command = [sys.executable, "-m", module, str(folder), json.dumps(options)]
    path = os.pathsep.join(str(ROOT / part) for part in ("compiler", "runtime", "backends", "grammars", "."))
    inner = {**os.environ, "PYTHONPATH": path, **(environment or {})}
    with subprocess.Popen(command, stderr=subprocess.PIPE, cwd=ROOT, env=inner) as process:
        watchdog = threading.Timer(120, process.kill)  # nothing here takes as long
        watchdog.start()
        try:
            server = Server(folder, process, tokens)
            reader = threading.Thread(target=server.read)
            reader.start()
            server.at = server.wait("listening")["at"]
            yield server
        finally:
            if process.poll() is None:
                process.kill()
            reader.join()
            watchdog.cancel()

"""What goes wrong around the proxy: nobody reads its log, clients do not come to the point, numbers have no end."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.proxy.server import POLICY, READ, ROOT, Server, prepare, read_all, running

_PATH = os.pathsep.join(str(ROOT / part) for part in ("compiler", "runtime", "backends", "grammars", "."))


def test_a_log_that_nobody_can_write_stops_nothing(tmp_path: Path) -> None:
    """Not the answer to what ran, and not the next policy."""
    tokens = prepare(tmp_path)
    command = [sys.executable, "-m", "tests.proxy.program", str(tmp_path), "{}"]
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, cwd=ROOT, env={**os.environ, "PYTHONPATH": _PATH}
    ) as process:
        watchdog = threading.Timer(120, process.kill)
        watchdog.start()
        try:
            assert process.stderr is not None
            server = Server(tmp_path, process, tokens)
            server.at = json.loads(process.stderr.readline())["at"]
            process.stderr.close()
            answer = server.post("/v1/actions", READ)
            assert (answer.status, answer.json()["status"], len(server.ran())) == (200, "executed", 1)
            for effect in ("deny", "allow", "deny"):
                (tmp_path / "axtary.yml").write_text(POLICY.replace("reads, effect: allow", f"reads, effect: {effect}"))
                wanted = {"deny": 403, "allow": 200}[effect]
                while server.post("/v1/authorize", READ).status != wanted:
                    time.sleep(0.1)
            process.terminate()
            assert process.wait(60) == 0
        finally:
            process.kill()
            watchdog.cancel()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("proxy")
    with running(folder, prepare(folder), reading=1.0) as found:
        yield found


def test_a_form_that_never_ends_is_cut_off(server: Server) -> None:
    """Nobody has to be logged in to send one, and connections are not without number."""
    origin = f"127.0.0.1:{server.port}"
    head = f"POST /ui/login HTTP/1.1\r\nHost: {origin}\r\nOrigin: http://{origin}\r\nContent-Length: 1000\r\n"
    kind = "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as slow:
        slow.sendall((head + kind + "code=").encode())
        assert read_all(slow).startswith(b"HTTP/1.1 408 ")


def test_a_number_without_end_is_no_record(server: Server) -> None:
    assert server.get(f"/ui/ledger/{'9' * 5000}", who="").status in (303, 404)
    assert not [line for line in server.lines if line["event"] == "request_failed"]

"""The pages of a real proxy: from an agent's question by way of a link to an execution, and an end without delay."""

from __future__ import annotations

import http.client
import json
import re
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlencode

import pytest

from axtary.approvals.notify import SECRET, URL, signature
from axtary.ledger import open_rows
from axtary.ledger.record import read
from axtary.passes.keystore import KeyStore
from tests.cli.command import batch
from tests.proxy.server import CODEX, POLICY, Server, prepare, running

BEN = "user:ben@acme.com"
WRITE = {"version": 1, "tool": "fs.write", "payload": {"name": "a.txt", "content": "hello"}}


def prepared(folder: Path, notify: str = "") -> dict[str, str]:
    """With a service that signs for people, whose key is where the proxy looks for it."""
    tokens = prepare(folder, POLICY, [CODEX])
    key = KeyStore(folder / ".axtary" / "keys").init("approval")
    people = f'  people:\n    - {{id: "{BEN}", roles: [lead]}}\n'
    service = f'approvers:\n  service: {{id: "service:approvals", key: {key.kid}}}\n{notify}'
    (folder / "axtary.yml").write_text(POLICY + service + people)
    return tokens


class Visitor:
    """A browser without a script."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.cookie = ""
        self.seal = ""

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        made = http.client.HTTPConnection("127.0.0.1", self._server.port, timeout=60)
        headers = {"Cookie": self.cookie, "Origin": f"http://127.0.0.1:{self._server.port}"}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        made.request(method, path, urlencode(form) if form is not None else None, headers)
        answer = made.getresponse()
        self.cookie = (answer.getheader("Set-Cookie") or self.cookie).partition(";")[0]
        self.seal = (answer.getheader("Location") or "").partition("#seal=")[2] or self.seal
        text = answer.read().decode()
        made.close()
        return answer.status, text

    def log_in(self, folder: Path) -> None:
        url = f"http://127.0.0.1:{self._server.port}"
        (found,) = batch([["approvals", "login", "--as", BEN, "--url", url]], folder)
        assert found.code == 0 and found.out.startswith(f"{url}/ui/login#"), found.err
        assert self.ask("POST", "/ui/login", {"code": found.out.strip().partition("#")[2]})[0] == 303

    def approve(self, name: str) -> None:
        _, page = self.ask("GET", f"/ui/approvals/{name}")
        form = dict(re.findall(r'name="(csrf|action_hash)" value="([^"]+)"', page))
        assert (
            self.ask(
                "POST", f"/ui/approvals/{name}", {**form, "seal": self.seal, "verdict": "approve", "reason": "fine"}
            )[0]
            == 303
        )


def test_an_agent_asks_somebody_approves_on_the_page_and_it_runs_once(tmp_path: Path) -> None:
    with running(tmp_path, prepared(tmp_path)) as server:
        asked = server.post("/v1/actions", WRITE).json()
        assert (asked["status"], server.ran()) == ("pending", [])
        visitor = Visitor(server)
        visitor.log_in(tmp_path)
        visitor.approve(asked["request"])
        assert server.ran() == []  # an approval runs nothing by itself
        done = server.post("/v1/actions", WRITE).json()
        assert done["status"] == "executed"
        assert server.post("/v1/actions", WRITE).json()["status"] == "pending"  # and permits nothing twice
        assert [each["payload"] for each in server.ran()] == [WRITE["payload"]]
        for path in ("ledger", "ledger/0", "policies", "policies/table", "budgets", "approvals?all=1"):
            assert visitor.ask("GET", f"/ui/{path}")[0] == 200, path
        _, page = visitor.ask("GET", "/ui/ledger")
        csrf = re.findall(r'name="csrf" value="([^"]+)"', page)[0]
        assert visitor.ask("POST", "/ui/ledger/verify", {"csrf": csrf})[0] == 303
        assert '<span class="tag approved">valid</span>' in visitor.ask("GET", "/ui/ledger")[1]
        assert server.stop() == 0
        assert not [line for line in server.lines if "#" in json.dumps(line)]
    rows = open_rows(tmp_path / ".axtary" / "ledger.db")
    kinds = [read(row.body).content["kind"] for row in rows.records(0, 100)]
    rows.close()
    assert kinds == ["decision", "approval", "decision", "outcome", "decision"]


def test_a_page_that_waits_for_news_does_not_keep_the_proxy(tmp_path: Path) -> None:
    with running(tmp_path, prepared(tmp_path)) as server:
        visitor = Visitor(server)
        visitor.log_in(tmp_path)
        made = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        made.request("GET", "/ui/events", headers={"Cookie": visitor.cookie})
        answer = made.getresponse()
        assert (answer.status, answer.getheader("Content-Type")) == (200, "text/event-stream; charset=utf-8")
        first = answer.readline() + answer.readline() + answer.readline()
        assert b"data: " in first
        server.post("/v1/actions", WRITE)
        while not (line := answer.readline()).startswith(b"data: "):
            assert line
        assert server.stop() == 0
        assert not [line for line in server.lines if line["event"] == "stopped_while_running"]
        made.close()


def test_the_proxy_tells_of_requests(tmp_path: Path) -> None:
    got: list[tuple[dict[str, str], bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    hook = HTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=hook.serve_forever, args=(0.05,), daemon=True).start()
    environment = {URL: f"http://127.0.0.1:{hook.server_port}/", SECRET: "s3cret"}
    notify = "  notify: {url: https://hooks.acme.com, link: https://approvals.acme.com}\n"
    with running(tmp_path, prepared(tmp_path, notify), environment) as server:
        name = server.post("/v1/actions", WRITE).json()["request"]
        for events in (1, 2):
            while len(got) < events:
                time.sleep(0.05)
            if events == 1:  # what ended before it was seen is not told
                batch([["approvals", "cancel", name]], tmp_path)  # by another process
        assert server.stop() == 0
    hook.shutdown()
    hook.server_close()
    headers, body = got[0]
    assert json.loads(body)["request"] == name
    assert [json.loads(each)["event"] for _, each in got] == ["requested", "ended"]
    assert headers["x-axtary-signature"] == signature(b"s3cret", headers["x-axtary-timestamp"], body)
    assert b"hello" not in body


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        (["--as", "user:mallory"], 1, "unknown_approver"),
        (["--as", BEN, "--url", "http://approvals.acme.com"], 2, "not encrypted"),
        (["--as", BEN, "--key", "nowhere"], 2, "nowhere"),
        (["--as", BEN, "--key", "other"], 2, "no service signs for people here"),
    ],
)
def test_who_gets_no_link(tmp_path: Path, arguments: list[str], code: int, text: str) -> None:
    prepared(tmp_path)
    KeyStore(tmp_path / "other").init("approval")
    (found,) = batch([["approvals", "login", *arguments]], tmp_path)
    assert (found.code, found.out) == (code, "") and text in found.err, found.err

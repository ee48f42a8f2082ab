"""A server over HTTP: headers that say what the body says, no redirects, and answers of both kinds."""

from __future__ import annotations

import asyncio
import base64
import json
import queue
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from axtary.mcp.frames import INTERNAL_ERROR, NOT_SENT, Notification, Request, parse
from axtary.mcp.http import AddressError, Endpoint, checked_url, encoded, parameters
from axtary.mcp.methods import VERSION
from tests.cli.command import COMMAND, run
from tests.mcp.worlds import folder

NEW = {"_meta": {VERSION: "2026-07-28"}}
Reply = Callable[[dict[str, Any]], tuple[int, dict[str, str], str]]


class Site:
    """Answers as a test says; `got` are the headers and bodies of what came."""

    def __init__(self, reply: Reply) -> None:
        self.got: list[tuple[dict[str, str], dict[str, Any]]] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                site.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
                status, headers, text = reply(body)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())

            def do_GET(self) -> None:
                self.send_error(405)

            def log_message(self, *_args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/mcp"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def result(body: dict[str, Any], **members: Any) -> str:
    return json.dumps({"jsonrpc": "2.0", "id": body.get("id"), "result": members})


def asked(reply: Reply, *frames: Any, headers: dict[str, str] | None = None) -> tuple[Site, list[Any]]:
    """What an endpoint hears after it sent these frames, one after the other; a text is why it ended."""
    site = Site(reply)
    heard: queue.Queue[Any] = queue.Queue()
    schema = {"properties": {"city": {"type": "string", "x-mcp-header": "City"}, "n": {"type": "integer"}}}
    endpoint = Endpoint(site.url, headers or {}, lambda _name: {"name": "t", "inputSchema": schema})

    def hear(line: bytes) -> None:
        parse(line)
        heard.put(json.loads(line))

    endpoint.listen(hear, heard.put)
    found = []
    for frame in frames:
        endpoint.send(frame)
        found.append(heard.get(timeout=20))
    endpoint.close()
    site.server.shutdown()
    site.server.server_close()
    return site, found


JSON = {"content-type": "application/json"}


def test_headers_are_made_from_the_body() -> None:
    call = Request(1, "tools/call", {"name": "größe", "arguments": {"city": "Köln", "n": 3}, **NEW})
    read = Request(2, "resources/read", {"uri": "file:///a", **NEW})
    site, _ = asked(lambda body: (200, JSON, result(body)), call, read, headers={"Authorization": "Bearer t"})
    first, second = (headers for headers, _ in site.got)
    assert site.got[0][1]["params"] == call.params
    assert (first["mcp-protocol-version"], first["mcp-method"]) == ("2026-07-28", "tools/call")
    assert first["mcp-name"] == f"=?base64?{base64.b64encode('größe'.encode()).decode()}?="
    assert first["mcp-param-city"] == f"=?base64?{base64.b64encode('Köln'.encode()).decode()}?="
    assert (second["mcp-method"], second["mcp-name"]) == ("resources/read", "file:///a")
    assert "mcp-param-city" not in second and "mcp-param-n" not in first
    assert first["authorization"] == "Bearer t"


def test_the_old_era_has_a_session() -> None:
    def reply(body: dict[str, Any]) -> tuple[int, dict[str, str], str]:
        return 200, {**JSON, "mcp-session-id": "s-1"}, result(body, protocolVersion="2025-11-25")

    site = Site(reply)
    heard: queue.Queue[Any] = queue.Queue()
    endpoint = Endpoint(site.url, {})
    endpoint.listen(heard.put, heard.put)
    endpoint.send(Request(1, "initialize", {}))
    heard.get(timeout=20)
    endpoint.negotiated("2025-11-25")
    endpoint.send(Request(2, "ping"))
    heard.get(timeout=20)
    first, second = (headers for headers, _ in site.got)
    assert "mcp-session-id" not in first and "mcp-protocol-version" not in first
    assert (second["mcp-session-id"], second["mcp-protocol-version"]) == ("s-1", "2025-11-25")
    assert "mcp-method" not in second
    endpoint.close()
    site.server.shutdown()


def test_a_stream_of_events_is_heard_to_the_answer() -> None:
    progress = json.dumps({"jsonrpc": "2.0", "method": "notifications/progress", "params": {"progressToken": 1}})

    def reply(body: dict[str, Any]) -> tuple[int, dict[str, str], str]:
        text = f": comment\n\nid: 7\ndata:\n\ndata: {progress}\n\nevent: message\ndata: {result(body, a=1)}\n\n"
        return 200, {"content-type": "text/event-stream; charset=utf-8"}, text

    site = Site(reply)
    heard: queue.Queue[bytes] = queue.Queue()
    endpoint = Endpoint(site.url, {})
    endpoint.listen(heard.put, lambda _why: None)
    endpoint.send(Request(5, "tools/call", {"name": "t"}))
    assert [json.loads(heard.get(timeout=20)) for _ in range(2)] == [
        json.loads(progress),
        {"jsonrpc": "2.0", "id": 5, "result": {"a": 1}},
    ]
    endpoint.close()
    site.server.shutdown()


@pytest.mark.parametrize(
    ("status", "headers", "text", "code"),
    [
        (307, {"location": "elsewhere"}, "", NOT_SENT),
        (302, {"location": "elsewhere", **JSON}, '{"jsonrpc":"2.0","id":1,"result":{}}', NOT_SENT),
        (401, JSON, '{"detail": "who are you?"}', NOT_SENT),
        (400, JSON, '{"jsonrpc":"2.0","id":null,"error":{"code":-32020,"message":"m"}}', -32020),
        (404, JSON, '{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"m"}}', -32601),
        (400, JSON, '{"jsonrpc":"2.0","id":1,"result":{}}', NOT_SENT),
        (408, {}, "", INTERNAL_ERROR),
        (429, {}, "", NOT_SENT),
        (502, {"content-type": "text/html"}, "<html>", INTERNAL_ERROR),
        (200, {"content-type": "text/html"}, "<html>", INTERNAL_ERROR),
        (200, {"content-type": "text/event-stream"}, ": nothing\n\n", INTERNAL_ERROR),
        (202, {}, "", INTERNAL_ERROR),
    ],
)
def test_what_is_no_answer_is_an_error(status: int, headers: dict[str, str], text: str, code: int) -> None:
    elsewhere = Site(lambda body: (200, JSON, result(body, stolen=True)))
    sent = {name: elsewhere.url if name == "location" else value for name, value in headers.items()}
    _, (answer,) = asked(lambda _body: (status, sent, text), Request(1, "tools/call", {"name": "t"}))
    elsewhere.server.shutdown()
    elsewhere.server.server_close()
    assert (answer["id"], answer["error"]["code"]) == (1, code)
    assert elsewhere.got == []


def test_who_cancels_hangs_up() -> None:
    """From 2026-07-28 on: the server sees its connection end, and our place is free again."""
    begun = {"jsonrpc": "2.0", "method": "notifications/message", "params": {"level": "info", "data": 1}}
    ended = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/event-stream")
            self.end_headers()
            self.wfile.write(f"data: {json.dumps(begun)}\n\n".encode())
            self.wfile.flush()
            self.rfile.read(int(self.headers["content-length"]))
            if self.rfile.read(1) == b"":
                ended.set()

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    heard: queue.Queue[bytes] = queue.Queue()
    endpoint = Endpoint(f"http://127.0.0.1:{server.server_address[1]}/", {})
    endpoint.listen(heard.put, lambda _why: None)
    endpoint.send(Request(1, "subscriptions/listen", NEW))
    assert json.loads(heard.get(timeout=20)) == begun
    endpoint.send(Notification("notifications/cancelled", {"requestId": 2}))
    assert not ended.wait(0.2)
    endpoint.send(Notification("notifications/cancelled", {"requestId": 1}))
    assert ended.wait(20)
    assert json.loads(heard.get(timeout=20))["error"]["code"] == INTERNAL_ERROR
    endpoint.close()
    server.shutdown()
    server.server_close()


def test_garbage_ends_the_session() -> None:
    _, (why,) = asked(lambda _body: (200, JSON, '{"a": 1, "a": 2}'), Request(1, "tools/call", {"name": "t"}))
    assert "no message" in why


def test_a_server_that_is_not_there_got_nothing() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/mcp"
    heard: queue.Queue[bytes] = queue.Queue()
    endpoint = Endpoint(url, {})
    endpoint.listen(heard.put, lambda _why: None)
    endpoint.send(Request(1, "ping"))
    assert json.loads(heard.get(timeout=40))["error"]["code"] == NOT_SENT
    endpoint.send(Notification("notifications/cancelled", {"requestId": 1}))  # of nothing that is open
    endpoint.close()


def test_where_messages_may_go() -> None:
    for url in ("https://a.example/mcp", "http://127.0.0.1:1/x", "http://localhost/", "http://[::1]:8/"):
        assert checked_url(url) == url
    for url in (
        "http://a.example/",
        "http://127.0.0.1.a.example/",
        "file:///a",
        "https://",
        "https://u@a.example/",
        "",
    ):
        with pytest.raises(AddressError):
            checked_url(url)


def test_parameters_are_those_that_the_schema_marks() -> None:
    schema: Any = {
        "properties": {
            "a": {"x-mcp-header": "A"},
            "b": {"properties": {"c": {"x-mcp-header": "C"}}},
            "d": {"x-mcp-header": "bad name\r\nX: y"},
            "e": {"x-mcp-header": "E"},
            "f": {"x-mcp-header": "F"},
        }
    }
    arguments = {"a": True, "b": {"c": 7}, "d": "x", "e": None, "f": [1]}
    assert parameters(schema, arguments) == {"mcp-param-A": "true", "mcp-param-C": "7"}
    assert parameters(schema, []) == parameters(None, arguments) == parameters({"properties": []}, arguments) == {}


@given(st.text())
@example("=?base64?YQ==?=")
@example(" a")
@example("a\r\nx: y")
@settings(derandomize=True)
def test_a_header_holds_every_text(text: str) -> None:
    """For every text that is no half of a character: decode(encoded(text)) == text, in visible ASCII."""
    found = encoded(text)
    assert found.isascii() and found.isprintable() and found == found.strip()
    is_wrapped = found.startswith("=?base64?")
    assert (base64.b64decode(found[9:-2]).decode() if is_wrapped else found) == text


# --- a real server and a real client --------------------------------------------------------------------------------


@pytest.fixture
def notes() -> Iterator[str]:
    pytest.importorskip("mcp", reason="the MCP SDK is not installed: real servers are not tried")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, str(Path(__file__).with_name("over_http.py")), str(port)])
    end = time.monotonic() + 60
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        assert time.monotonic() < end and process.poll() is None
        time.sleep(0.1)
    yield f"http://127.0.0.1:{port}/mcp"
    process.kill()
    process.wait()


def test_a_real_server_over_http_in_both_eras(tmp_path: Path, notes: str) -> None:
    from tests.mcp.test_clients import ERAS, client, said

    rule = '{id: n, effect: allow, match: {tool: mcp.it.note}, when: payload.text != "x"}'
    policy = folder(tmp_path, f"version: 1\npolicies:\n  - {rule}\n")
    options = ["--server", "it", "--url", notes, "--header-env", "Authorization=NOTES", "--policy", str(policy)]
    refused = run("mcp", "pin", *options, cwd=tmp_path, env={"NOTES": "Bearer wrong"})
    assert (refused.code, "401" in refused.err, "wrong" in refused.err) == (2, True, False)
    assert run("mcp", "pin", *options, cwd=tmp_path, env={"NOTES": "Bearer let-me-in"}).code == 0
    command = [*COMMAND, "mcp", *options, "--agent", "agent:a"]

    async def talk(mode: str, version: str) -> None:
        async with client(command, mode, environment={"NOTES": "Bearer let-me-in"}) as it:
            assert it.protocol_version == version
            assert [each.name for each in (await it.list_tools()).tools] == ["note"]
            assert "kept é" in said(await it.call_tool("note", {"text": "é"}))
            denied = await it.call_tool("note", {"text": "x"})
            assert denied.is_error and "denied" in said(denied)

    for mode, version in ERAS:
        asyncio.run(talk(mode, version))

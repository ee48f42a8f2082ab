"""The server's life over real pipes: greeted, asked, ended; and whatever else comes in."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.command import POLICY
from tests.lsp.client import COMMAND, TIMEOUT, Editor, ServerError, editor

NAME = "axtary.yml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path.resolve()
    (found / NAME).write_text(POLICY)
    return found


def test_it_says_what_it_can_do_and_ends_in_order(folder: Path) -> None:
    found = Editor(folder)
    answer = found.start()
    can = answer["capabilities"]
    assert answer["serverInfo"]["name"] == "axtary"
    assert can["positionEncoding"] == "utf-16"
    assert can["textDocumentSync"]["change"] == 1
    assert can["renameProvider"] == {"prepareProvider": True}
    assert can["codeActionProvider"]["codeActionKinds"] == ["quickfix", "source.fixAll.axtary"]
    for name in ("hover", "definition", "references", "documentSymbol", "documentFormatting"):
        assert can[f"{name}Provider"]
    assert "completionProvider" in can
    assert found.stop() == 0
    assert found.stderr() == ""


def test_the_encoding_that_the_editor_likes_best_is_taken(folder: Path) -> None:
    found = Editor(folder)
    assert found.start(["utf-32", "utf-8"])["capabilities"]["positionEncoding"] == "utf-32"
    assert found.stop() == 0


def test_exit_without_shutdown_is_1(folder: Path) -> None:
    found = Editor(folder)
    found.start()
    found.notify("exit", None)
    assert found.process.wait(TIMEOUT) == 1


def test_an_editor_that_is_killed_ends_the_server(folder: Path) -> None:
    found = Editor(folder)
    found.start()
    found.open(NAME)
    found.raw(b"Content-Length: 100\r\n\r\n{")  # in the middle of a message
    assert found.process.stdin is not None
    found.process.stdin.close()
    assert found.process.wait(TIMEOUT) == 1
    assert found.stderr() == ""


def test_an_editor_that_no_longer_reads_ends_the_server(folder: Path) -> None:
    command = f"exec {sys.executable} -I -m axtary.cli lsp"
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"capabilities": {}}})
    script = f"(printf 'Content-Length: {len(body)}\\r\\n\\r\\n%s' '{body}'; sleep 3) | ({command}) | true"
    done = subprocess.run(["sh", "-c", script], cwd=folder, capture_output=True, text=True, timeout=TIMEOUT)
    assert done.stderr == ""


def test_it_ends_with_the_process_that_the_editor_named(folder: Path) -> None:
    found = Editor(folder)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        found.request("initialize", {"processId": other.pid, "rootUri": None, "capabilities": {}})
        other.communicate(b"\n")
    assert found.process.wait(TIMEOUT) == 1


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_an_interrupt_ends_it_at_once(folder: Path) -> None:
    found = Editor(folder)
    found.start()
    found.process.send_signal(signal.SIGINT)
    assert found.process.wait(TIMEOUT) == 130
    assert "Traceback" not in found.stderr()


def test_what_is_no_message_is_logged_and_nothing_more(folder: Path) -> None:
    with editor(folder) as found:
        for text in ("", "{", "[]", "[1]", "null", '"x"', "{}", '{"jsonrpc": "2.0"}', "[" * 5000, "\ud800"):
            found.body(text)
        found.raw(b"nonsense: 5\r\nContent-Length: x\r\n\r\n")
        found.raw(b"content-length: 2\r\nX: y\r\n\r\n{}")
        for message in (
            {"jsonrpc": "1.0", "id": 7, "method": "initialize"},
            {"jsonrpc": "2.0", "id": 99, "result": None},
            {"jsonrpc": "2.0", "id": 98, "error": {"code": 1, "message": "x"}},
            {"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {"textDocument": 5}},
            {"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": None},
            {"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": 12345}},
            {"jsonrpc": "2.0", "method": "$/unknown", "params": {}},
            {"jsonrpc": "2.0", "method": "textDocument/didChange", "params": {"textDocument": {"uri": "x"}}},
        ):
            found.body(json.dumps(message))
        for uri in ("", "file:", "file:///a%00b", "untitled:1", "file://[::1", "http://x/axtary.yml", "file:///../.."):
            document = {"uri": uri, "languageId": "yaml", "version": 1, "text": "version: 1\npolicies: x\n"}
            found.notify("textDocument/didOpen", {"textDocument": document})
            found.notify("textDocument/didChange", {"textDocument": {"uri": uri, "version": 2}, "contentChanges": []})
        found.open(NAME)
        assert found.diagnostics(NAME) == []
        assert any("ParseError" in line for line in found.logged())
        found.seen.clear()  # those errors were asked for


def test_a_request_is_always_answered(folder: Path) -> None:
    found = Editor(folder)
    with pytest.raises(ServerError) as early:
        found.request("textDocument/hover", {})
    assert early.value.code in (-32002, -32602)
    place = {"textDocument": {"uri": "file:///x"}, "position": {"line": 0, "character": 0}}
    with pytest.raises(ServerError) as early:
        found.request("textDocument/hover", place)
    assert early.value.code == -32002
    found.start()
    with pytest.raises(ServerError) as wrong:
        found.request("textDocument/hover", {"textDocument": 5})
    assert wrong.value.code == -32602
    with pytest.raises(ServerError) as unknown:
        found.request("axtary/unknown", {})
    assert unknown.value.code == -32601
    assert found.request("textDocument/hover", place) is None
    huge = {"line": 2**31 - 1, "character": 2**31 - 1}
    found.open(NAME)
    assert found.request("textDocument/hover", {"textDocument": {"uri": found.uri(NAME)}, "position": huge}) is None
    assert found.stop() == 0


def test_a_message_too_long_to_be_one_ends_it_with_a_word(folder: Path) -> None:
    found = Editor(folder)
    found.start()
    found.raw(b"Content-Length: 99999999999\r\n\r\n")
    assert found.process.wait(TIMEOUT) == 1
    with pytest.raises(EOFError):
        while True:
            found.message()
    assert any("the limit is" in line for line in found.logged())


def test_without_the_package_the_message_says_what_to_install(folder: Path) -> None:
    code = (
        "import sys\n"
        "sys.modules['pygls'] = None\n"
        "from axtary.cli import main\n"
        "sys.argv = ['axtary', 'lsp', *sys.argv[1:]]\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], cwd=folder, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert "pip install 'axtary[lsp]'" in done.stderr
    assert "Traceback" not in done.stderr
    done = subprocess.run([sys.executable, "-I", "-c", code, "--json"], cwd=folder, capture_output=True, text=True)
    assert "axtary[lsp]" in json.loads(done.stdout)["errors"][0]["help"]


def test_editors_may_ask_for_standard_input_and_output(folder: Path) -> None:
    assert COMMAND[-1] == "lsp"
    with editor(folder, "--stdio") as found:
        found.open(NAME)
        assert found.diagnostics(NAME) == []

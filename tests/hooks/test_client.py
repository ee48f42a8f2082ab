"""`axtary hook claude-code` as a process: it prints an answer and exits with 0, or says why and exits with 2."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from axtary.hooks import client
from axtary.hooks.answer import decided
from axtary.hooks.client import Blocked, checked, read_options
from axtary.hooks.settings import handler
from tests.cli.command import COMMAND, Ran, assert_plain, run
from tests.hooks.events import event, opened, records, workspace
from tests.hooks.proxies import listening

HOOK = ("hook", "claude-code")
TOKEN = {"AXTARY_HOOK_TOKEN": "t0ken"}


def ask(root: Path, data: bytes, *options: str, env: dict[str, str] | None = None) -> Ran:
    return run(*HOOK, *options, cwd=root, stdin=data, env={"CLAUDE_PROJECT_DIR": str(root), **(env or {})})


def decision(ran: Ran) -> str:
    assert (ran.code, ran.err) == (0, ""), ran
    return str(ran.json()["hookSpecificOutput"]["permissionDecision"])


def assert_blocked(ran: Ran, why: str) -> None:
    """Exit 2 with a reason in one plain line, and nothing on standard output."""
    assert (ran.code, ran.out) == (2, ""), ran
    assert ran.err.startswith("axtary: blocked: ") and why in ran.err, ran
    assert ran.err.count("\n") == 1
    assert_plain(ran.err)


def answering(text: dict[str, Any] | bytes, status: int = 200) -> Any:
    body = text if isinstance(text, bytes) else json.dumps(text).encode()
    return lambda _event: (status, body)


# --- without a proxy ------------------------------------------------------------------------------------------------


def test_it_decides_by_the_policy_of_the_project(tmp_path: Path) -> None:
    root = workspace(tmp_path)
    assert decision(ask(root, event("Read", {"file_path": "a"}, root))) == "allow"
    assert ask(root, event("Read", {"file_path": "a"}, root, "PostToolUse")).json() == {}
    assert decision(ask(root, event("Read", {"file_path": ".env"}, root, call="t2"))) == "deny"
    assert decision(ask(root, event("Bash", {"command": "cat a"}, root, call="t3"), "--whole-commands")) == "deny"
    assert [each["kind"] for each in records(root)] == ["decision", "outcome", "decision", "decision"]
    assert records(root)[0]["agent"] == "agent:claude-code"


def test_a_policy_elsewhere_is_about_the_project(tmp_path: Path) -> None:
    root = workspace(tmp_path)
    project = tmp_path / "project"
    project.mkdir()
    data = event("Read", {"file_path": str(project / "x")}, project)
    assert decision(ask(project, data, "--policy", str(root / "axtary.yml"), "--agent", "agent:x")) == "allow"
    assert records(root)[0]["agent"] == "agent:x"
    assert (
        decision(
            ask(project, event("Read", {"file_path": str(root / "a")}, root, call="t2"), f"--policy={root}/axtary.yml")
        )
        == "deny"
    )


def test_without_a_policy_everything_is_blocked(tmp_path: Path) -> None:
    assert_blocked(ask(tmp_path, event("Read", {}, tmp_path)), "no policy is there")


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda root: (root / "axtary.yml").write_text("version: 2\n"), "the policy cannot be enforced"),
        (lambda root: (root / ".axtary" / "keys").rename(root / "gone"), "the policy cannot be enforced"),
        (lambda root: (root / ".axtary" / "state.db").write_text("no database" * 1000), "cannot"),
        (lambda root: (root / ".axtary" / "ledger.db").write_text("no database" * 1000), "cannot"),
        (lambda root: (root / ".axtary" / "calls").write_text(""), "failed"),
    ],
)
def test_what_is_broken_lets_nothing_through(spoil: Any, why: str, tmp_path: Path) -> None:
    root = workspace(tmp_path)
    spoil(root)
    ran = ask(root, event("Read", {"file_path": "a"}, root))
    if ran.code == 0:
        assert decision(ran) == "deny"
        assert why in ran.out
    else:
        assert_blocked(ran, why)


# --- what is wrong with the call ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "no strict JSON"),
        (b"\xff", "no strict JSON"),
        (b'{"hook_event_name": "PreToolUse"', "no strict JSON"),
        (b'{"hook_event_name": "PreToolUse", "hook_event_name": "PreToolUse"}', "no strict JSON"),
        (b'{"hook_event_name": "PreToolUse", "x": NaN}', "no strict JSON"),
        (b"[" * 1_000_000, "no strict JSON"),
        (b"[]", "no object"),
        (b"{}", "no name"),
        (b" " * (16 * 1024 * 1024 + 1), "more than"),
    ],
    ids=["empty", "bytes", "cut", "twice", "nan", "deep", "list", "nameless", "large"],
)
def test_an_event_that_is_none_is_blocked(data: bytes, why: str, tmp_path: Path) -> None:
    assert_blocked(ask(workspace(tmp_path), data), why)


@pytest.mark.parametrize(
    "options",
    [
        ["--nonsense"],
        ["--policy"],
        ["x"],
        ["--ask=no"],
        ["--timeout", "x"],
        ["--timeout=0"],
        ["--timeout=1e9"],
        ["--timeout=nan"],
        ["\x1b[2J"],
    ],
)
def test_a_wrong_option_is_blocked(options: list[str], tmp_path: Path) -> None:
    root = workspace(tmp_path)
    assert_blocked(
        ask(root, event("Read", {"file_path": "a"}, root), *options),
        "option" if "timeout" not in options[0] else "seconds",
    )


def test_options_are_read() -> None:
    found = read_options(["--ask", "--policy", "a b", "--timeout=3", "--whole-commands"])
    assert found == {"--ask": "yes", "--policy": "a b", "--timeout": "3", "--whole-commands": "yes"}


def test_help_is_there(tmp_path: Path) -> None:
    ran = run(*HOOK, "--help", cwd=tmp_path)
    assert ran.code == 0
    for name in ("--policy", "--proxy", "--token-file", "--timeout", "--agent", "--task", "--ask", "--whole-commands"):
        assert name in ran.out


# --- with a proxy ---------------------------------------------------------------------------------------------------


def test_the_proxy_gets_the_event_as_it_came(tmp_path: Path) -> None:
    data = event("Read", {"file_path": "a"}, tmp_path).replace(b": ", b":  ")
    with listening(answering(decided("allow", "fine"))) as proxy:
        ran = ask(tmp_path, data, env={"AXTARY_PROXY": proxy.url, **TOKEN})
        assert decision(ran) == "allow"
        assert (proxy.bodies, proxy.tokens, proxy.paths) == ([data], ["Bearer t0ken"], ["/hooks/claude-code"])


def test_the_proxy_answers_with_the_hook_itself(tmp_path: Path) -> None:
    root = workspace(tmp_path)
    with opened(root) as hook, listening(lambda data: (200, hook.answer(data))) as proxy:
        options: tuple[str, ...] = ("--proxy", proxy.url)
        (tmp_path / "token").write_text("t0ken\n")
        (tmp_path / "token").chmod(0o600)
        options += ("--token-file", str(tmp_path / "token"))
        assert decision(ask(tmp_path, event("Read", {"file_path": "a"}, root), *options)) == "allow"
        assert (
            ask(tmp_path, event("Read", {"file_path": "b"}, root, "PostToolUse"), *options).json()["continue"] is False
        )
        assert decision(ask(tmp_path, event("Read", {"file_path": ".env"}, root, call="t2"), *options)) == "deny"
        assert proxy.tokens == ["Bearer t0ken"] * 3


@pytest.mark.parametrize(
    ("body", "status", "why"),
    [
        (b"", 200, "no strict JSON"),
        (b"{}", 200, "another event"),
        (b"null", 200, "no object"),
        (b"<html>", 200, "no strict JSON"),
        (decided("allow", "x"), 401, " 401 "),
        (decided("allow", "x"), 500, " 500 "),
        (decided("allow", "x"), 302, " 302 "),
        (decided("maybe", "x"), 200, "no decision"),
        ({"hookSpecificOutput": {"hookEventName": "PreToolUse", "permissionDecision": "allow"}}, 200, "no decision"),
        ({"hookSpecificOutput": {"hookEventName": "PostToolUse", "permissionDecision": "allow"}}, 200, "another event"),
        ({"decision": "approve"}, 200, "another event"),
        (b'{"a": 1, "a": 1}', 200, "no strict JSON"),
        (b" " * (3 * 1024 * 1024), 200, "no answer of the length"),
    ],
)
def test_what_is_no_answer_blocks(body: Any, status: int, why: str, tmp_path: Path) -> None:
    root = workspace(tmp_path)  # with a policy that would allow
    with listening(answering(body, status)) as proxy:
        ran = ask(root, event("Read", {"file_path": "a"}, root), env={"AXTARY_PROXY": proxy.url, **TOKEN})
        assert_blocked(ran, why)


def test_only_if_nobody_listens_the_policy_decides(tmp_path: Path) -> None:
    root = workspace(tmp_path)
    with listening(answering(b"")) as proxy:
        pass  # it is gone
    data = event("Read", {"file_path": "a"}, root)
    assert decision(ask(root, data, "--proxy", proxy.url, env=TOKEN)) == "allow"
    assert_blocked(ask(tmp_path, data, "--proxy", proxy.url, env=TOKEN), "no proxy listens, and no policy is there")


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1:1",
        "http://example.org:80",
        "http://127.0.0.1",
        "http://127.0.0.1:x",
        "http://127.0.0.1.evil.org:1",
        "http://u@127.0.0.1:1",
        "http://169.254.169.254:80",
        "ftp://127.0.0.1:1",
        "http://127.0.0.1:1/x",
        "http://localhost:\u0661",
    ],
)
def test_the_proxy_is_on_this_machine(url: str, tmp_path: Path) -> None:
    root = workspace(tmp_path)
    ran = ask(root, event("Read", {"file_path": "a"}, root), "--proxy", url, env=TOKEN)
    assert_blocked(ran, "the proxy is not at")


@pytest.mark.parametrize("token", ["", "a b", "a\u00e9", "a\tb"])
def test_no_token_is_blocked(token: str, tmp_path: Path) -> None:
    root = workspace(tmp_path)
    env = {"AXTARY_HOOK_TOKEN": token}
    assert_blocked(ask(root, event("Read", {}, root), "--proxy", "http://127.0.0.1:9", env=env), "no token")


@pytest.mark.skipif(os.name != "posix", reason="modes of files")
def test_a_token_that_others_can_read_is_blocked(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("t0ken")
    options = ("--proxy", "http://127.0.0.1:9", "--token-file", str(token))
    for mode in (0o644, 0o640, 0o604):
        token.chmod(mode)
        assert_blocked(ask(tmp_path, event("Read", {}, tmp_path), *options), "can be read by others")
    token.unlink()
    assert_blocked(ask(tmp_path, event("Read", {}, tmp_path), *options, env=TOKEN), "cannot be read")


def test_a_proxy_that_does_not_answer_blocks_in_time(tmp_path: Path) -> None:
    root = workspace(tmp_path)
    waiting = threading.Event()

    def never(_event: bytes) -> tuple[int, bytes]:
        waiting.wait(60)
        return 200, b""

    with listening(never) as proxy:
        ran = ask(
            root, event("Read", {"file_path": "a"}, root), "--timeout", "0.5", env={"AXTARY_PROXY": proxy.url, **TOKEN}
        )
        waiting.set()
    assert ran.code == 2
    assert "no answer" in ran.err


def test_an_event_that_does_not_end_blocks_in_time(tmp_path: Path) -> None:
    with started(tmp_path, "--timeout", "0.5") as process:
        assert process.wait(30) == 2  # its input is still open


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP", "SIGALRM"])
def test_a_signal_blocks(name: str, tmp_path: Path) -> None:
    with started(tmp_path) as process:
        wait_for_handler(process, getattr(signal, name))
        process.send_signal(getattr(signal, name))
        assert process.wait(30) == 2
        assert process.stderr is not None
        assert b"interrupted" in process.stderr.read()


def test_an_output_that_nobody_reads_blocks(tmp_path: Path) -> None:
    root = workspace(tmp_path)
    read, write = os.pipe()
    os.close(read)
    environment = {**os.environ, "CLAUDE_PROJECT_DIR": str(root)}
    done = subprocess.run(
        [*COMMAND, *HOOK],
        cwd=root,
        input=event("Read", {"file_path": "a"}, root),
        stdout=write,
        stderr=subprocess.PIPE,
        env=environment,
        timeout=60,
        check=False,
    )
    os.close(write)
    assert done.returncode == 2
    assert b"the hook failed: BrokenPipeError" in done.stderr


def started(cwd: Path, *options: str) -> subprocess.Popen[bytes]:
    """The hook, which waits for its event."""
    pipe = subprocess.PIPE
    return subprocess.Popen([*COMMAND, *HOOK, *options], cwd=cwd, stdin=pipe, stdout=pipe, stderr=pipe)


def wait_for_handler(process: subprocess.Popen[bytes], number: int) -> None:
    """Until the process catches a signal."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        status = Path(f"/proc/{process.pid}/status").read_text()
        caught = int(next(line for line in status.splitlines() if line.startswith("SigCgt")).split()[1], 16)
        if caught >> (number - 1) & 1 and caught >> (signal.SIGALRM - 1) & 1:
            return
        time.sleep(0.01)
    raise AssertionError("no handler")


# --- answers --------------------------------------------------------------------------------------------------------


def test_an_answer_has_nothing_else_in_it() -> None:
    answer = decided("allow", "x")
    answer["hookSpecificOutput"]["updatedInput"] = {"command": "id"}
    answer["suppressOutput"] = True
    assert json.loads(checked(json.dumps(answer).encode(), "PreToolUse")) == decided("allow", "x")
    after = {"continue": False, "stopReason": "x", "systemMessage": "y", "hookSpecificOutput": {}}
    kept = {"continue": False, "stopReason": "x", "systemMessage": "y"}
    assert json.loads(checked(json.dumps(after).encode(), "PostToolUse")) == kept
    assert json.loads(checked(b'{"continue": true}', "PostToolUse")) == {}


@pytest.mark.parametrize("text", [b"{}", b"[]", b"{", json.dumps(decided("", "x")).encode()])
def test_no_answer_is_no_permission(text: bytes) -> None:
    with pytest.raises(Blocked):
        checked(text, "PreToolUse")


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"HTTP/1.0 200 OK\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        b"HTTP/1.1 2000 OK\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 100 Continue\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/2 200\r\nContent-Length: 2\r\n\r\n{}",
        b"\xff\x00",
    ],
)
def test_an_answer_that_did_not_come_whole_is_none(text: bytes) -> None:
    with pytest.raises(Blocked):
        client._body(text)


def test_an_answer_that_came_whole_is_one() -> None:
    for head in (b"content-length:2", b"Content-Length:  2 \r\nX: y"):
        assert client._body(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n\r\n{}") == b"{}"


# --- start-up -------------------------------------------------------------------------------------------------------


def test_only_the_standard_library_is_imported(tmp_path: Path) -> None:
    """What Python itself says it imported, with a proxy: nothing but its own modules and the two of the hook."""
    data = event("Read", {"file_path": "a"}, tmp_path)
    with listening(answering(decided("allow", "x"))) as proxy:
        installed = handler(["--proxy", proxy.url])
        command = [installed["command"], "-X", "importtime", *installed["args"]]
        done = subprocess.run(
            command, input=data, capture_output=True, env={**os.environ, **TOKEN}, timeout=60, check=True
        )
    lines = done.stderr.decode().splitlines()
    imported = {line.rpartition("|")[2].strip() for line in lines if line.startswith("import time:")}
    ours = {name for name in imported if name.partition(".")[0] == "axtary"}
    assert ours == {"axtary", "axtary.cli", "axtary.hooks", "axtary.hooks.client"}
    others = {name.partition(".")[0] for name in imported - ours} - sys.stdlib_module_names
    assert others <= {"imported package", "sitecustomize", "usercustomize", *_of_site()}
    assert (
        not {"argparse", "pathlib", "asyncio", "dataclasses", "email", "encodings.idna", "typing", "http.client"}
        & imported
    )


def _of_site() -> set[str]:
    """What this installation imports in every process, through files of `site`."""
    done = subprocess.run(
        [sys.executable, "-I", "-c", "import sys; print(*sys.modules)"], capture_output=True, text=True, check=True
    )
    return {name.partition(".")[0] for name in done.stdout.split()}

"""`axtary proxy` and `axtary proxy token`, as their users run them."""

from __future__ import annotations

import http.client
import json
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.command import COMMAND, assert_plain, assert_refused, run

from axtary.proxy.callers import FILE, Callers

POLICY = "version: 1\npolicies:\n  - {id: reads, effect: allow, match: {tool: fs.read}}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "axtary.yml").write_text(POLICY)
    return tmp_path


def test_a_caller_is_let_in_listed_and_put_out(folder: Path) -> None:
    options = ["--owner", "user:ana@acme.com", "--tenant", "org:acme", "--role", "a", "--role", "b", "--gateway"]
    added = run("proxy", "token", "add", "codex", "--agent", "agent:codex-1", *options, cwd=folder)
    token = added.out.strip()
    found = Callers(folder / FILE).of_token(token)
    assert (added.code, added.err) == (0, "this is the only time that the token is shown\n")
    assert found is not None and found.roles == ("a", "b") and found.gateway and not found.approvals
    assert stat.S_IMODE((folder / FILE).stat().st_mode) == 0o600
    listed = run("proxy", "token", "list", cwd=folder)
    assert token not in listed.out and "gateway" in listed.out
    (shown,) = run("proxy", "token", "list", "--json", cwd=folder).json()
    assert (shown["name"], shown["token"], shown["revoked"]) == ("codex", True, None)
    assert "sha256" not in json.dumps(shown)
    assert run("proxy", "token", "revoke", "codex", cwd=folder).out == "revoked codex\n"
    assert Callers(folder / FILE).of_token(token) is None
    assert_refused(run("proxy", "token", "revoke", "codex", cwd=folder))


def test_a_hook_has_its_own_workspace(folder: Path) -> None:
    options = ["--workspace", "project", "--task", "AX-214", "--ask", "--whole-commands"]
    token = run("proxy", "token", "add", "claude", "--agent", "agent:claude", *options, cwd=folder).out.strip()
    found = Callers(folder / FILE).of_token(token)
    assert found is not None and (found.ask, found.whole_commands, found.task) == (True, True, "AX-214")
    assert found.workspace == str(folder / "project")


def test_json_has_the_token_and_a_certificate_needs_none(folder: Path) -> None:
    added = run("proxy", "token", "add", "a", "--agent", "agent:a", "--json", cwd=folder)
    assert Callers(folder / FILE).of_token(added.json()["token"]) is not None
    certified = ["--certificate", "uri:spiffe://acme/b", "--no-token"]
    assert run("proxy", "token", "add", "b", "--agent", "agent:b", *certified, cwd=folder).code == 0
    assert Callers(folder / FILE).of_certificate(["uri:spiffe://acme/b"]) is not None


@pytest.mark.parametrize(
    "arguments",
    [
        ["token", "add", "A b", "--agent", "agent:a"],
        ["token", "add", "a", "--agent", "a\x1b[31m\nb"],
        ["token", "add", "a", "--agent", "agent:a", "--no-token"],
        ["token", "add", "a", "--agent", ""],
        ["token", "revoke", "\x1b[31m"],
        ["--policy", "none.yml"],
        ["--host", "0.0.0.0"],  # noqa: S104
        ["--host", "256.1.1.1\x1b[31m", "--insecure-bind"],
        ["--client-ca", "ca.pem"],
        ["--tls-cert", "none.pem", "--tls-key", "none.key"],
        ["--tls-cert", "axtary.yml"],
        ["--uds", "axtary.yml"],
        ["--uds", "no/such/folder/socket"],
    ],
)
def test_what_cannot_be_is_said(folder: Path, arguments: list[str]) -> None:
    if "--policy" not in arguments:
        run("keys", "init", cwd=folder)
    assert_refused(run("proxy", *arguments, cwd=folder))
    assert not (folder / FILE).exists()
    assert (folder / "axtary.yml").read_text() == POLICY


def test_without_a_key_it_does_not_start(folder: Path) -> None:
    ran = run("proxy", "--port", "0", cwd=folder)
    assert_refused(ran)
    assert "axtary keys init" in ran.err


def test_a_policy_with_an_error_is_shown(folder: Path) -> None:
    (folder / "axtary.yml").write_text(POLICY.replace("allow", "alow"))
    ran = run("proxy", "--port", "0", cwd=folder)
    assert ran.code == 2 and "`alow`" in ran.err
    assert_plain(ran.err)


def test_what_is_not_installed_is_named(folder: Path) -> None:
    for missing in ("starlette", "uvicorn", "prometheus_client"):
        hidden = f"import sys; sys.modules['{missing}'] = None; sys.argv = ['axtary', 'proxy']"
        code = f"{hidden}; from axtary.cli import main; main()"
        done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (2, "")
        assert f"`{missing}`" in done.stderr and "axtary[proxy]" in done.stderr


def test_it_serves_until_it_is_told_to_stop(folder: Path) -> None:
    run("keys", "init", cwd=folder)
    for how in (signal.SIGTERM, signal.SIGINT):
        with subprocess.Popen([*COMMAND, "proxy", "--port", "0"], cwd=folder, stderr=subprocess.PIPE) as process:
            assert process.stderr is not None
            first = json.loads(process.stderr.readline())
            assert first["event"] == "listening" and first["at"].startswith("127.0.0.1:")
            process.send_signal(how)
            assert json.loads(process.stderr.read().splitlines()[-1])["event"] == "stopped"
            assert process.wait(30) == 0


@pytest.mark.parametrize(
    ("more", "code"),
    [("", "no_connector"), ("connectors: {github: {credential: {env: GITHUB_TOKEN}}}\n", "unknown_tool")],
)
def test_it_runs_what_the_connectors_of_its_policy_can(folder: Path, more: str, code: str) -> None:
    (folder / "axtary.yml").write_text(POLICY + more)
    run("keys", "init", cwd=folder)
    token = run("proxy", "token", "add", "a", "--agent", "agent:a", cwd=folder).out.strip()
    with subprocess.Popen([*COMMAND, "proxy", "--port", "0"], cwd=folder, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        at = json.loads(process.stderr.readline())["at"]
        connection = http.client.HTTPConnection(at, timeout=60)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        connection.request("POST", "/v1/actions", '{"version": 1, "tool": "no.such.tool"}', headers)
        assert json.loads(connection.getresponse().read())["reasons"][0]["code"] == code
        connection.close()
        process.terminate()
        process.stderr.read()
        assert process.wait(30) == 0

"""`axtary hook claude-code` with a real proxy: two processes, and what Claude Code would do with the answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from axtary.hooks.event import MAX_BYTES
from axtary.passes.keys import generate
from axtary.proxy.callers import Caller
from tests.cli.command import Ran, run
from tests.hooks.events import POLICY, event, records
from tests.proxy.server import Server, prepare, running

CLAUDE = Caller("claude", agent="agent:claude-1", owner="user:ana@acme.com", task="AX-214")
OTHER = Caller("other", agent="agent:other")
WHOLE = Caller("whole", agent="agent:whole", ask=True, whole_commands=True)
APPROVER = generate()
PEOPLE = f"""\
approvers:
  people:
    - {{id: "user:bo@acme.com", roles: [lead], key: {APPROVER.kid}}}
"""
READ = {"file_path": "a"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The workspace, with its policy, its files, and a project beside it."""
    root = tmp_path / "work"
    for each in (root / "free", tmp_path / "project"):
        each.mkdir(parents=True)
    for name in ("work/a", "work/.env", "project/a"):
        (tmp_path / name).write_text(name)
    (root / "bo.jwk").write_text(json.dumps(APPROVER.secret()))
    (root / "bo.jwk").chmod(0o600)
    return root


@pytest.fixture
def server(folder: Path) -> Iterator[Server]:
    project = Caller("project", agent="agent:project", workspace=str(folder.parent / "project"))
    with running(folder, prepare(folder, POLICY + PEOPLE, (CLAUDE, OTHER, WHOLE, project))) as found:
        yield found


def hook(server: Server, data: bytes, who: str = "claude", *options: str, token: str | None = None) -> Ran:
    """One event, through a client that finds no policy of its own."""
    env = {"AXTARY_HOOK_TOKEN": server.tokens[who] if token is None else token}
    return run("hook", "claude-code", "--proxy", f"http://{server.at}", *options, cwd=Path("/"), stdin=data, env=env)


def told(ran: Ran) -> tuple[str, str]:
    """The decision and its reason."""
    assert (ran.code, ran.err) == (0, ""), ran
    shown = ran.json()["hookSpecificOutput"]
    return shown["permissionDecision"], shown["permissionDecisionReason"]


def decision(ran: Ran) -> str:
    return told(ran)[0]


def kinds(folder: Path) -> list[tuple[Any, ...]]:
    """What the ledger says of each record."""
    members = ("kind", "decision", "outcome", "code")
    return [tuple(each[name] for name in members if name in each) for each in records(folder)]


def test_allowed_runs_and_its_outcome_is_recorded(server: Server, folder: Path) -> None:
    assert decision(hook(server, event("Read", READ, folder))) == "allow"
    after = event("Read", READ, folder, "PostToolUse", tool_response={"content": "x" * 2_000_000})
    assert hook(server, after).json() == {}
    assert kinds(folder) == [("decision", "allow"), ("outcome", "succeeded")]
    (first, second) = records(folder)
    assert (first["agent"], first["owner"]) == ("agent:claude-1", "user:ana@acme.com")
    assert second["pass"] == first["pass"]
    assert (folder / ".axtary" / "calls" / "claude").is_dir()


def test_denied_is_denied_with_the_reason(server: Server, folder: Path) -> None:
    found, why = told(hook(server, event("Read", {"file_path": ".env"}, folder)))
    assert found == "deny" and "the rule secrets denies" in why
    assert decision(hook(server, event("WebSearch", {"query": "x"}, folder, call="t2"))) == "deny"


def test_a_step_up_that_was_approved_lets_the_same_call_through_once(server: Server, folder: Path) -> None:
    write = {"file_path": "x", "content": "1"}
    found, why = told(hook(server, event("Write", write, folder, call="t1")))
    assert found == "deny" and "`axtary approvals approve req_" in why
    request = why.partition("approvals approve ")[2].partition("`")[0]
    done = run("approvals", "approve", request, "--as", "user:bo@acme.com", "--key", "bo.jwk", "--yes", cwd=folder)
    assert done.code == 0, done
    other = event("Write", {**write, "content": "2"}, folder, call="t2")
    calls = [other, *(event("Write", write, folder, call=name) for name in ("t3", "t4"))]
    assert [decision(hook(server, each)) for each in calls] == ["deny", "allow", "deny"]


def test_an_input_that_was_changed_is_an_incident_and_stops_the_agent(server: Server, folder: Path) -> None:
    assert decision(hook(server, event("Read", READ, folder))) == "allow"
    found = hook(server, event("Read", {"file_path": ".env"}, folder, "PostToolUse")).json()
    assert found["continue"] is False and "with another input" in found["stopReason"]
    assert kinds(folder)[1:] == [("outcome", "succeeded"), ("incident", "other_action_executed")]


def test_a_call_of_another_caller_is_none(server: Server, folder: Path) -> None:
    """Neither is it let through for what another was told, nor can its outcome be told by another."""
    denied = event("Write", {"file_path": "free/x", "content": ""}, folder)
    assert decision(hook(server, denied)) == "allow"
    assert decision(hook(server, event("Read", {"file_path": ".env"}, folder), "other")) == "deny"
    after = event("Write", {"file_path": "free/x", "content": ""}, folder, "PostToolUse")
    assert hook(server, after, "other").json()["continue"] is False
    assert hook(server, after).json() == {}


def test_the_caller_says_where_the_workspace_is(server: Server, folder: Path) -> None:
    """Not the event, which says it is where the agent is."""
    project = folder.parent / "project"
    inside = event("Read", {"file_path": str(project / "a")}, project, call="t1")
    outside = event("Read", {"file_path": str(folder / "a")}, folder, call="t2")
    assert [decision(hook(server, each, "project")) for each in (inside, outside)] == ["allow", "deny"]
    assert [decision(hook(server, each)) for each in (inside, outside)] == ["deny", "allow"]


def test_the_caller_says_how_commands_are_decided(server: Server, folder: Path) -> None:
    cat = event("Bash", {"command": "cat a"}, folder)
    assert decision(hook(server, cat)) == "allow"
    assert decision(hook(server, cat, "other", "--whole-commands")) == "allow"  # the client has no say
    assert decision(hook(server, cat, "whole")) == "deny"
    write = event("Write", {"file_path": "x", "content": "1"}, folder, call="t2")
    assert [decision(hook(server, write, who)) for who in ("claude", "whole")] == ["deny", "ask"]


def test_a_wrong_token_blocks(server: Server, folder: Path) -> None:
    data = event("Read", READ, folder)
    for token in ("axc_" + "A" * 43, "x"):
        ran = hook(server, data, token=token)
        assert (ran.code, ran.out) == (2, "") and "401" in ran.err, ran
    assert server.ask("POST", "/hooks/claude-code", data, "").status == 401
    assert server.stop() == 0
    assert records(folder) == []


def test_without_the_proxy_it_blocks_or_the_policy_decides(server: Server, folder: Path) -> None:
    """What the proxy let through is known to who decides without it."""
    assert decision(hook(server, event("Read", READ, folder))) == "allow"
    assert server.stop() == 0
    ran = hook(server, event("Read", READ, folder, call="t2"))
    assert (ran.code, ran.out) == (2, "") and "no proxy listens, and no policy is there" in ran.err
    policy = ("--policy", str(folder / "axtary.yml"))
    assert hook(server, event("Read", READ, folder, "PostToolUse"), "claude", *policy).json() == {}
    assert decision(hook(server, event("Read", READ, folder, call="t3"), "claude", *policy)) == "allow"
    assert kinds(folder) == [("decision", "allow"), ("outcome", "succeeded"), ("decision", "allow")]


def test_no_event_is_let_through_for_being_odd(server: Server) -> None:
    for data in (b"", b"{", b"[]", b"{}", b"\xff", b'{"hook_event_name": "PreToolUse"}', b"9" * 9000):
        answer = server.post("/hooks/claude-code", data, "claude")
        assert answer.status == 200
        assert answer.json()["hookSpecificOutput"]["permissionDecision"] == "deny"
        assert answer.headers["content-length"] == str(len(answer.body))


def test_an_event_may_have_so_many_bytes(server: Server, folder: Path) -> None:
    data = event("Read", READ, folder, "PostToolUse")
    assert server.post("/hooks/claude-code", data.ljust(MAX_BYTES), "claude").status == 200
    head = f"Host: {server.at}\r\nAuthorization: Bearer {server.tokens['claude']}\r\nContent-Type: application/json"
    for path, length in (("/hooks/claude-code", MAX_BYTES + 1), ("/v1/authorize", MAX_BYTES)):
        answer = server.raw(f"POST {path} HTTP/1.1\r\n{head}\r\nContent-Length: {length}\r\n\r\n".encode())
        assert answer.startswith(b"HTTP/1.1 413 "), path

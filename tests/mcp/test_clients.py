"""A real client (the official SDK) and real servers from the registries, of both eras, with the wrapper between."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from axtary.pipeline import open_pipeline
from tests.cli.command import COMMAND, run
from tests.mcp.worlds import ANA, KEY, approve, folder
from tests.node import installed

pytest.importorskip("mcp", reason="the MCP SDK is not installed: real clients are not tried")

from mcp import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

NODE = Path(__file__).parent.parent / "node" / "mcp"
ERAS = [("legacy", "2025-11-25"), ("2026-07-28", "2026-07-28")]
each_era = pytest.mark.parametrize(("mode", "version"), ERAS)

APPROVERS = f"""
approvers:
  audience: axtary:test
  people:
    - {{id: "{ANA}", roles: [lead], key: {KEY.kid}}}
"""


def set_up(path: Path, rules: str, server: Sequence[str]) -> list[str]:
    """A policy with pins; gives the command that wraps the server."""
    folder(path, f"version: 1\npolicies:\n{rules}{APPROVERS}")
    pinned = run("mcp", "pin", "--server", "it", "--", *server, cwd=path)
    assert pinned.code == 0, pinned.err
    options = ["--server", "it", "--policy", str(path / "axtary.yml"), "--agent", "agent:a", "--owner", "user:cy"]
    return [*COMMAND, "mcp", *options, "--", *server]


@asynccontextmanager
async def client(
    command: Sequence[str], mode: str, environment: dict[str, str] | None = None, **more: Any
) -> AsyncIterator[Client]:
    parameters = StdioServerParameters(command=command[0], args=list(command[1:]), env=environment)
    async with Client(stdio_client(parameters), mode=mode, **more) as found:
        yield found


def said(result: Any) -> str:
    return " ".join(each.text for each in result.content if each.type == "text")


def approve_only(path: Path) -> None:
    """What waits is approved."""
    with open_pipeline(path / "axtary.yml") as pipeline:
        (request,) = pipeline.queue.list()
        approve(pipeline.queue, request.id)


TIMES = """\
  - {id: now, effect: allow, match: {tool: mcp.it.get_current_time}, when: payload.timezone == "Europe/Berlin"}
  - {id: other, effect: step_up, match: {tool: mcp.it.convert_time}, obligations: {approvers: [lead]}}
"""


@each_era
def test_a_python_server_allowed_denied_and_approved(tmp_path: Path, mode: str, version: str) -> None:
    command = set_up(tmp_path, TIMES, [sys.executable, "-m", "mcp_server_time"])
    conversion = {"source_timezone": "UTC", "time": "10:00", "target_timezone": "Asia/Tokyo"}

    async def talk() -> None:
        async with client(command, mode) as it:
            assert it.protocol_version == version
            assert {each.name for each in (await it.list_tools()).tools} == {"get_current_time", "convert_time"}
            allowed = await it.call_tool("get_current_time", {"timezone": "Europe/Berlin"})
            assert not allowed.is_error and "Europe/Berlin" in said(allowed)
            denied = await it.call_tool("get_current_time", {"timezone": "Asia/Tokyo"})
            assert denied.is_error and 'payload.timezone == "Europe/Berlin"' in said(denied)
            held = await it.call_tool("convert_time", conversion)
            assert held.is_error and "held for approval" in said(held)
            await asyncio.to_thread(approve_only, tmp_path)
            swapped = await it.call_tool("convert_time", conversion | {"time": "11:00"})
            assert swapped.is_error and "held for approval" in said(swapped)
            approved = await it.call_tool("convert_time", conversion)
            assert not approved.is_error and "Asia/Tokyo" in said(approved)
            assert (await it.call_tool("convert_time", conversion)).is_error  # once

    asyncio.run(talk())
    assert run("ledger", "verify", cwd=tmp_path).code == 0


@each_era
def test_a_real_server_whose_definitions_changed_is_blocked_until_it_is_pinned(
    tmp_path: Path, mode: str, version: str
) -> None:
    """It writes its time zone into what it says of its tools: started with another one, it says something else."""
    server = [sys.executable, "-m", "mcp_server_time", "--local-timezone"]
    command = [*set_up(tmp_path, TIMES, [*server, "UTC"])[:-1], "Asia/Tokyo"]
    asked = {"timezone": "Europe/Berlin"}

    async def blocked() -> None:
        async with client(command, mode) as it:
            assert it.protocol_version == version
            assert (await it.list_tools()).tools == []
            refused = await it.call_tool("get_current_time", asked)
            assert refused.is_error and "pin" in said(refused)

    async def let_through() -> None:
        async with client(command, mode) as it:
            assert {each.name for each in (await it.list_tools()).tools} == {"get_current_time", "convert_time"}
            assert not (await it.call_tool("get_current_time", asked)).is_error

    asyncio.run(blocked())
    pin = ("mcp", "pin", "--server", "it")
    checked = run(*pin, "--check", "--", *server, "Asia/Tokyo", cwd=tmp_path)
    assert checked.code == 1 and "get_current_time" in checked.out
    assert run(*pin, "--", *server, "Asia/Tokyo", cwd=tmp_path).code == 0
    asyncio.run(let_through())


GIT = """\
  - {id: looks, effect: allow, match: {tool: "mcp.it.git_{status,log}"}}
  - {id: commits, effect: allow, match: {tool: mcp.it.git_commit}, when: payload.message like "fix *"}
"""


def test_tools_that_no_rule_grants_are_not_shown_and_not_called(tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    subprocess.run(["git", "init", "-q", str(repository)], check=True)
    command = set_up(tmp_path, GIT, [sys.executable, "-m", "mcp_server_git", "--repository", str(repository)])

    async def talk() -> None:
        async with client(command, "auto") as it:
            shown = {each.name for each in (await it.list_tools()).tools}
            assert shown == {"git_status", "git_log", "git_commit"}
            assert not (await it.call_tool("git_status", {"repo_path": str(repository)})).is_error
            bad = await it.call_tool("git_commit", {"repo_path": str(repository), "message": "oops"})
            assert bad.is_error and 'payload.message like "fix *"' in said(bad)
            assert (await it.call_tool("git_reset", {"repo_path": str(repository)})).is_error

    asyncio.run(talk())


# --- servers in Node ------------------------------------------------------------------------------------------------


def node_server(name: str, *arguments: str) -> list[str]:
    return [
        "node",
        str(installed(NODE) / "node_modules" / "@modelcontextprotocol" / name / "dist" / "index.js"),
        *arguments,
    ]


FILES = """\
  - {id: reads, effect: allow, match: {tool: mcp.it.read_text_file}, when: not (payload.path like "*/.env*")}
  - {id: writes, effect: allow, match: {tool: mcp.it.write_file}, when: payload.path like "*/notes/*"}
"""


def test_the_filesystem_server(tmp_path: Path) -> None:
    files = tmp_path / "files"
    (files / "notes").mkdir(parents=True)
    (files / ".env").write_text("TOKEN=1")
    command = set_up(tmp_path, FILES, node_server("server-filesystem", str(files)))

    async def talk() -> None:
        async with client(command, "auto") as it:
            shown = {each.name for each in (await it.list_tools()).tools}
            assert {"read_text_file", "write_file"} <= shown and not {"move_file", "edit_file"} & shown
            note = str(files / "notes" / "a.txt")
            assert not (await it.call_tool("write_file", {"path": note, "content": "é\u2028"})).is_error
            assert "é\u2028" in said(await it.call_tool("read_text_file", {"path": note}))
            refused = await it.call_tool("read_text_file", {"path": str(files / ".env")})
            assert refused.is_error and "TOKEN" not in said(refused)
            other = await it.call_tool("write_file", {"path": str(files / "b.txt"), "content": "x"})
            assert other.is_error and not (files / "b.txt").exists()

    asyncio.run(talk())


EVERYTHING = """\
  - {id: echoes, effect: allow, match: {tool: mcp.it.echo}}
  - {id: long, effect: allow, match: {tool: mcp.it.trigger-long-running-operation}, when: payload.steps <= 5}
  - {id: samples, effect: allow, match: {tool: mcp.it.trigger-sampling-request}}
  - {id: sampling, effect: allow, match: {tool: mcp.it.sampling.create_message}, when: payload.maxTokens <= 100}
  - {id: reads, effect: allow, match: {tool: mcp.it.resources.read, resource: "demo://resource/static/**"}}
"""


def test_the_everything_server(tmp_path: Path) -> None:
    command = set_up(tmp_path, EVERYTHING, node_server("server-everything"))

    async def talk() -> None:
        told: list[float] = []

        async def tell(progress: float, total: float | None, message: str | None) -> None:
            told.append(progress)

        async def sample(_context: Any, _given: Any) -> Any:
            from mcp_types import CreateMessageResult, TextContent

            return CreateMessageResult(role="assistant", content=TextContent(type="text", text="sampled"), model="m")

        async with client(command, "auto", sampling_callback=sample) as it:
            assert "hello" in said(await it.call_tool("echo", {"message": "hello"}))
            long = {"duration": 1, "steps": 4}
            assert not (await it.call_tool("trigger-long-running-operation", long, progress_callback=tell)).is_error
            assert told == sorted(told) and told
            several = await asyncio.gather(*(it.call_tool("echo", {"message": f"n{n}"}) for n in range(20)))
            assert [f"n{n}" in said(each) for n, each in enumerate(several)] == [True] * 20
            if it.protocol_version == "2025-11-25":
                allowed = await it.call_tool("trigger-sampling-request", {"prompt": "p", "maxTokens": 100})
                assert "sampled" in said(allowed)
                assert "sampled" not in said(
                    await it.call_tool("trigger-sampling-request", {"prompt": "p", "maxTokens": 101})
                )

    asyncio.run(talk())

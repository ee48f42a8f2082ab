"""Calls of Claude Code as actions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from axtary.hooks.actions import Action, Normaliser
from axtary.hooks.event import EventError, read_event
from axtary.runtime.hashing import action_hash
from tests.hooks.events import event
from tests.hooks.places import furnished


@pytest.fixture(scope="module")
def normaliser(tmp_path_factory: pytest.TempPathFactory) -> Normaliser:
    return Normaliser(furnished(tmp_path_factory.mktemp("actions")))


def actions(normaliser: Normaliser, tool: str, tool_input: dict[str, Any], cwd: str = "", **more: Any) -> list[Action]:
    where = Path(normaliser.workspace.root, cwd)
    return normaliser.actions(read_event(event(tool, tool_input, where, **more)))


@pytest.mark.parametrize(
    ("tool", "tool_input", "name", "paths", "resource"),
    [
        ("Read", {"file_path": "a", "limit": 5}, "fs.read", ["a"], None),
        ("Read", {"file_path": "link"}, "fs.read", [".env"], None),
        ("Read", {}, "fs.read", None, None),
        ("Read", {"file_path": 7}, "fs.read", None, None),
        ("Read", {"file_path": "~/.ssh/id"}, "fs.read", ["@root/./~/.ssh/id"], None),
        ("Write", {"file_path": "src/new", "content": "x"}, "fs.write", ["src/new"], None),
        ("Edit", {"file_path": "folder/b", "old_string": "", "new_string": "x"}, "fs.write", ["src/b"], None),
        ("MultiEdit", {"file_path": "a"}, "fs.write", ["a"], None),
        ("NotebookEdit", {"notebook_path": "n.ipynb", "new_source": "x"}, "fs.write", ["n.ipynb"], None),
        ("Glob", {"pattern": "**/*.{py,md}", "path": "src"}, "claude.Glob", ["src"], None),
        ("Glob", {"pattern": "*"}, "claude.Glob", ["."], None),
        ("Glob", {"pattern": "../*", "path": "src"}, "claude.Glob", None, None),
        ("Glob", {"pattern": "/etc/*", "path": "src"}, "claude.Glob", None, None),
        ("Glob", {"pattern": "{a,/etc/*}", "path": "src"}, "claude.Glob", None, None),
        ("Glob", {"pattern": "~/*", "path": "src"}, "claude.Glob", None, None),
        ("Glob", {"path": "src"}, "claude.Glob", None, None),
        ("Grep", {"pattern": "/a..b", "path": "folder"}, "claude.Grep", ["src"], None),
        ("WebFetch", {"url": "https://Docs.RS/x", "prompt": "p"}, "web.fetch", None, "domain:docs.rs"),
        ("WebFetch", {"url": "http://127.0.0.1:80/x"}, "web.fetch", None, "domain:127.0.0.1"),
        ("WebFetch", {"url": "https://docs.rs.?q"}, "web.fetch", None, "domain:docs.rs"),
        ("WebSearch", {"query": "x"}, "claude.WebSearch", None, None),
        ("Agent", {"prompt": "x"}, "claude.Agent", None, None),
        ("mcp__github__create_issue", {"title": "x"}, "mcp.github.create_issue", None, None),
        ("mcp__a_b__c__d", {}, "mcp.a_b.c__d", None, None),
        ("mcp__a.b__c", {}, "claude.mcp__a.b__c", None, None),
        ("mcp__a", {}, "claude.mcp__a", None, None),
        ("Brand New", {"x": None}, "claude.Brand New", None, None),
        ("Bash", {"command": "make"}, "shell.run", None, None),
    ],
)
def test_a_call_is_an_action(
    tool: str,
    tool_input: dict[str, Any],
    name: str,
    paths: list[str] | None,
    resource: str | None,
    normaliser: Normaliser,
) -> None:
    (found,) = actions(normaliser, tool, tool_input)
    assert (found["tool"], found.get("paths"), found.get("resource")) == (name, paths, resource)
    assert found["payload"] == (tool_input | {"cwd": "."} if tool == "Bash" else tool_input)
    assert found["actor"] == {"agent": "agent:claude-code"}


def test_a_screenshot_that_is_not_there_may_be_another_one(tmp_path: Path) -> None:
    """Claude Code opens it with a narrow blank before `AM` or `PM` then."""
    workspace = furnished(tmp_path)
    (Path(workspace.root) / "at 1\u202fPM.png").symlink_to(".env")
    (Path(workspace.root) / "at 2 PM.png").write_bytes(b"")
    for name, expected in {"at 1 PM.png": "@root/./at 1 PM.png", "at 2 PM.png": "at 2 PM.png"}.items():
        (found,) = actions(Normaliser(workspace), "Read", {"file_path": name})
        assert found["paths"] == [expected]


@pytest.mark.parametrize(
    ("path", "cwd", "expected"),
    [
        ("deep/../.env", "", "@root/./deep/../.env"),  # `src/.env` to the kernel, `.env` to Claude Code
        ("../.env", "deep", "@root/./../.env"),
        ("deep/x", "", "src/deep/x"),
        ("src/deep/../b", "", "src/b"),
        ("x/../../b", "src/deep", "src/b"),
    ],
)
def test_where_two_dots_behind_a_link_lead_depends_on_who_goes(
    path: str, cwd: str, expected: str, tmp_path: Path
) -> None:
    workspace = furnished(tmp_path)
    root = Path(workspace.root)
    (root / "src" / "deep").mkdir()
    (root / "deep").symlink_to("src/deep")
    (found,) = actions(Normaliser(workspace), "Write", {"file_path": path}, cwd)
    assert found["paths"] == [expected]


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.org\\@docs.rs/",
        "https://docs.rs@evil.org/",
        "https:///evil.org",
        "https:evil.org",
        "file:///etc/passwd",
        "https://doc%73.rs/",
        "https://d\u00f6cs.rs/",
        " https://docs.rs/",
        "https://docs.rs/ x",
        "https://0x7f.1/",
        "https://1.2.3/",
        "https://010.0.0.1/",
        "https://[::1]/",
        "https://2130706433/",
        "https://docs.rs:443@evil.org/",
        "docs.rs",
        None,
        7,
    ],
)
def test_a_url_that_two_readers_read_differently_is_refused(url: Any, normaliser: Normaliser) -> None:
    with pytest.raises(EventError, match="the URL is not plain"):
        actions(normaliser, "WebFetch", {"url": url, "prompt": "p"})


def test_a_command_becomes_what_it_does(normaliser: Normaliser) -> None:
    found = actions(normaliser, "Bash", {"command": "cat a link > new", "description": "d", "timeout": 5})
    assert [(each["tool"], each["paths"]) for each in found] == [
        ("fs.read", ["a"]),
        ("fs.read", [".env"]),
        ("fs.write", ["new"]),
    ]
    payload = {"command": "cat a link > new", "description": "d", "timeout": 5, "cwd": "."}
    assert [each["payload"] for each in found] == [payload] * 3
    assert [each["id"] for each in found] == ["toolu_1", "toolu_1.1", "toolu_1.2"]


def test_a_request_of_curl_is_a_fetch(normaliser: Normaliser) -> None:
    (found,) = actions(normaliser, "Bash", {"command": "curl -s https://Docs.rs/x"})
    assert (found["tool"], found["resource"]) == ("web.fetch", "domain:docs.rs")
    assert (found["payload"]["url"], found["payload"]["method"]) == ("https://Docs.rs/x", "GET")
    assert actions(normaliser, "Bash", {"command": "curl http://1.2/x"})[0]["tool"] == "shell.run"


@pytest.mark.parametrize(
    ("more", "tool"),
    [
        ({"run_in_background": False, "dangerouslyDisableSandbox": False}, "fs.read"),
        ({"dangerouslyDisableSandbox": True}, "shell.run"),
        ({"run_in_background": True}, "shell.run"),
        ({"env": {"PATH": "."}}, "shell.run"),
        ({"unknown": 1}, "shell.run"),
    ],
)
def test_only_plain_calls_are_taken_apart(more: dict[str, Any], tool: str, normaliser: Normaliser) -> None:
    (found,) = actions(normaliser, "Bash", {"command": "cat a", **more})
    assert found["tool"] == tool


def test_commands_can_stay_whole(normaliser: Normaliser) -> None:
    whole = Normaliser(normaliser.workspace, apart=False)
    assert [each["tool"] for each in actions(whole, "Bash", {"command": "cat a"})] == ["shell.run"]


def test_where_a_command_runs_is_a_part_of_it(normaliser: Normaliser) -> None:
    (found,) = actions(normaliser, "Bash", {"command": "make"}, "src")
    assert found["payload"]["cwd"] == "src"
    (found,) = actions(normaliser, "Bash", {"command": "make"}, "..")
    assert found["payload"]["cwd"].startswith("@root/")
    (found,) = actions(normaliser, "Bash", {"command": "cat b"}, "src")
    assert found["paths"] == ["src/b"]
    assert actions(normaliser, "Bash", {"command": "ls"})[0]["tool"] == "shell.run"  # the workspace has no name


@pytest.mark.parametrize("tool_input", [{}, {"command": 7}, {"command": "make", "cwd": "/"}])
def test_a_command_that_is_none_is_refused(tool_input: dict[str, Any], normaliser: Normaliser) -> None:
    with pytest.raises(EventError):
        actions(normaliser, "Bash", tool_input)


def test_hard_links_are_told(normaliser: Normaliser) -> None:
    (found,) = actions(normaliser, "Read", {"file_path": "hard"})
    assert found["context"]["hard_link"] is True
    (found,) = actions(normaliser, "Read", {"file_path": "a"})
    assert "hard_link" not in found["context"]


def test_the_same_call_again_has_the_same_hash(normaliser: Normaliser) -> None:
    first, again, other = (
        action_hash(actions(normaliser, "Write", {"file_path": "n", "content": text}, call=call, session_id=session)[0])
        for text, call, session in [("x", "t1", "s1"), ("x", "t2", "s2"), ("y", "t1", "s1")]
    )
    assert first == again != other


def test_the_description_is_hashed_too(normaliser: Normaliser) -> None:
    first, other = (
        action_hash(actions(normaliser, "Bash", {"command": "make", "description": text})[0]) for text in ("a", "b")
    )
    assert first != other


def test_the_session_is_in_the_context(normaliser: Normaliser) -> None:
    server = {"name": "n", "source": "user", "x": 1}
    (found,) = actions(normaliser, "mcp__n__t", {}, agent_type="Explore", mcp_server=server)
    assert found["context"] == {
        "source": "claude-code",
        "trace_id": "s-1",
        "permission_mode": "default",
        "agent_type": "Explore",
        "mcp_server": {"name": "n", "source": "user"},
    }


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{",
        b"\xff",
        b'{"a": 1, "a": 1}',
        b'{"a": NaN}',
        b"[" * 100000,
        b'{"hook_event_name": 1}',
        b'{"hook_event_name": "PreToolUse"}',
    ],
)
def test_what_is_no_event_is_refused(data: bytes) -> None:
    with pytest.raises(EventError):
        read_event(data)


@pytest.mark.parametrize("key", ["session_id", "cwd", "tool_name", "tool_use_id", "tool_input"])
@pytest.mark.parametrize("value", [None, 7, ""])
def test_every_member_is_needed(key: str, value: Any, tmp_path: Path) -> None:
    with pytest.raises(EventError, match=key):
        read_event(event("Read", {}, tmp_path, **{key: value}))


def test_a_number_that_would_be_rounded_is_refused_before_a_call_only(tmp_path: Path) -> None:
    data = event("t", {"n": 1}, tmp_path).replace(b'"n": 1', b'"n": 0.10000000000000000555')
    with pytest.raises(EventError, match="rounded"):
        read_event(data)
    assert read_event(data.replace(b"PreToolUse", b"PostToolUse")).tool_input == {"n": 0.1}

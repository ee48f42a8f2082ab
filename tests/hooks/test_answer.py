"""The protocol, with the real pipeline behind it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from axtary.connectors.provider import Ran
from axtary.hooks.answer import Hook
from axtary.hooks.calls import Calls
from axtary.pipeline.result import Result
from tests.hooks.events import asked, decision, event, opened, reason, records, workspace

READ = {"file_path": "a"}


def kinds(root: Path) -> list[str]:
    return [str(record["kind"]) for record in records(root)]


def test_allowed_is_let_through_and_its_outcome_recorded(tmp_path: Path) -> None:
    root = workspace(tmp_path)
    with opened(root) as hook:
        assert decision(hook, event("Read", READ, root)) == "allow"
        assert asked(hook, event("Read", READ, root, "PostToolUse", tool_response={"content": "secret"})) == {}
    assert [(each["kind"], each.get("outcome")) for each in records(root)] == [
        ("decision", None),
        ("outcome", "succeeded"),
    ]
    assert "secret" not in json.dumps(records(root))
    assert list((root / ".axtary" / "calls").iterdir()) == []


def test_denied_is_denied_with_the_reason(tmp_path: Path) -> None:
    root = workspace(tmp_path)
    with opened(root) as hook:
        assert decision(hook, event("Read", {"file_path": ".env"}, root)) == "deny"
        assert "the rule secrets denies" in reason(hook, event("Read", {"file_path": ".env"}, root))
        assert decision(hook, event("WebSearch", {"query": "x"}, root)) == "deny"
        assert not (root / ".axtary" / "calls").exists()


def test_every_action_of_a_call_must_be_allowed(tmp_path: Path) -> None:
    root = workspace(tmp_path)
    with opened(root) as hook:
        for index, (command, expected) in enumerate(
            {
                "cat a b": "allow",
                "cat a .env": "deny",
                "cat .env a": "deny",
                "cat a > free/x": "allow",
                "cat a > x": "deny",
                "cat a > .env": "deny",
                "make": "deny",
            }.items()
        ):
            call = event("Bash", {"command": command}, root, call=f"t{index}")
            assert decision(hook, call) == expected, command


def test_what_was_held_for_a_call_that_is_not_let_through_is_given_back(tmp_path: Path) -> None:
    root = workspace(tmp_path)
    with opened(root) as hook:
        assert decision(hook, event("Bash", {"command": "cat a .env"}, root)) == "deny"
    found = [(each["kind"], each.get("decision"), each.get("outcome")) for each in records(root)]
    assert found == [("decision", "allow", None), ("decision", "deny", None), ("outcome", None, "failed")]


def test_a_step_up_is_a_denial_that_says_what_to_approve(tmp_path: Path) -> None:
    root = workspace(tmp_path)
    call = event("Write", {"file_path": "x", "content": "1"}, root)
    with opened(root) as hook:
        assert decision(hook, call) == "deny"
        assert "`axtary approvals approve req_" in reason(hook, call)
        assert "the rule writes needs the approval of any approver" in reason(hook, call)
        assert decision(hook, call) == "deny"


def test_it_asks_only_if_it_may(tmp_path: Path) -> None:
    root = workspace(tmp_path)
    with opened(root, ask="yes") as hook:
        write = {"file_path": "x", "content": "1"}
        assert decision(hook, event("Write", write, root)) == "ask"
        assert decision(hook, event("Bash", {"command": "cat .env > x"}, root, call="t2")) == "deny"
        assert asked(hook, event("Write", write, root, "PostToolUse")) == {}
    assert any(
        "waits for an approval" in str(each.get("message")) for each in records(root) if each["kind"] == "incident"
    )


def test_what_ran_is_compared(tmp_path: Path) -> None:
    root = workspace(tmp_path)
    with opened(root) as hook:
        assert decision(hook, event("Read", READ, root)) == "allow"
        found = asked(hook, event("Read", {"file_path": "b"}, root, "PostToolUse"))
        assert found["continue"] is False
        assert "another input" in found["stopReason"]
    incidents = [each for each in records(root) if each["kind"] == "incident"]
    assert [each["code"] for each in incidents] == ["other_action_executed"]


@pytest.mark.parametrize("name", ["PostToolUse", "PostToolUseFailure"])
def test_what_was_never_let_through_is_an_incident(name: str, tmp_path: Path) -> None:
    root = workspace(tmp_path)
    with opened(root) as hook:
        assert decision(hook, event("Read", {"file_path": ".env"}, root)) == "deny"
        assert asked(hook, event("Read", {"file_path": ".env"}, root, name))["continue"] is False
        assert asked(hook, event("Read\x1b[2J", READ, root, name, call="t2"))["stopReason"].isprintable()
    codes = [each["code"] for each in records(root) if each["kind"] == "incident"]
    assert codes == ["executed_without_attempt"] * 2


def test_an_outcome_is_told_once(tmp_path: Path) -> None:
    root = workspace(tmp_path)
    with opened(root) as hook:
        assert decision(hook, event("Read", READ, root)) == "allow"
        assert asked(hook, event("Read", READ, root, "PostToolUse")) == {}
        assert asked(hook, event("Read", READ, root, "PostToolUse"))["continue"] is False
        assert decision(hook, event("Read", READ, root)) == "deny"  # nor does its id let another one through


def test_a_call_that_failed_is_counted(tmp_path: Path) -> None:
    """Else a loop of calls that fail would never meet its budget."""
    root = workspace(tmp_path)
    with opened(root) as hook:
        note = {"text": "x"}
        for index in range(10):
            call = f"t{index}"
            assert decision(hook, event("mcp__notes__add", note, root, call=call)) == "allow"
            assert asked(hook, event("mcp__notes__add", note, root, "PostToolUseFailure", call, error="no")) == {}
        assert "budget" in reason(hook, event("mcp__notes__add", note, root, call="last"))
    assert {each["outcome"] for each in records(root) if each["kind"] == "outcome"} == {"unknown"}


def test_two_hooks_for_one_call_decide_once(tmp_path: Path) -> None:
    root = workspace(tmp_path)
    with opened(root) as hook:
        assert [decision(hook, event("Read", READ, root)) for _ in range(3)] == ["allow"] * 3
        assert decision(hook, event("Read", {"file_path": "b"}, root)) == "deny"
    assert kinds(root) == ["decision"]


def test_a_restart_forgets_nothing(tmp_path: Path) -> None:
    root = workspace(tmp_path)
    with opened(root) as hook:
        assert decision(hook, event("Read", READ, root)) == "allow"
    with opened(root) as hook:
        assert asked(hook, event("Read", READ, root, "PostToolUse")) == {}
    assert kinds(root) == ["decision", "outcome"]


def test_records_of_calls_hold_no_content_and_are_private(tmp_path: Path) -> None:
    root = workspace(tmp_path)
    with opened(root) as hook:
        assert decision(hook, event("Read", READ, root)) == "allow"
        (file,) = (root / ".axtary" / "calls").iterdir()
        assert file.stat().st_mode & 0o777 == 0o600
        assert file.parent.stat().st_mode & 0o777 == 0o700
        assert "file_path" not in file.read_text()
        file.write_text("{}")
        assert asked(hook, event("Read", READ, root, "PostToolUse"))["continue"] is False


class _Broken:
    """A gate that fails."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def begin(self, action: Mapping[str, Any], key: str) -> Result:
        raise self.error

    def end(self, key: str, ran: Ran, executed: str | None = None) -> Result:
        raise self.error


@pytest.mark.parametrize(
    "error", [OSError("x"), RuntimeError("secret"), MemoryError(), RecursionError(), KeyError("x")]
)
def test_whatever_fails_is_no_permission(error: BaseException, tmp_path: Path) -> None:
    root = workspace(tmp_path)
    with opened(root) as hook:
        broken = Hook(_Broken(error), hook.normaliser, hook.calls)
        assert decision(broken, event("Read", READ, root)) == "deny"
        assert "secret" not in reason(broken, event("Read", READ, root))
        assert asked(broken, event("Read", READ, root, "PostToolUse"))["continue"] is False


def test_a_call_that_cannot_be_remembered_does_not_run(tmp_path: Path) -> None:
    root = workspace(tmp_path)
    (root / "full").write_text("")
    with opened(root) as hook:
        forgetful = Hook(hook.gate, hook.normaliser, Calls(root / "full" / "calls"))
        assert decision(forgetful, event("Read", READ, root)) == "deny"
    assert [each.get("outcome") for each in records(root)] == [None, "failed"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b'{"hook_event_name": "PreToolUse"}',
        b'{"hook_event_name": 7}',
        b"{}",
        b"[" * 200_000,
        b'{"hook_event_name": "PreToolUse", "hook_event_name": "SessionStart"}',
        b'{"hook_event_name":"\\ud800"}',
    ],
)
def test_what_cannot_be_read_is_denied(data: bytes, tmp_path: Path) -> None:
    with opened(workspace(tmp_path)) as hook:
        assert decision(hook, data) == "deny"


def test_an_outcome_that_cannot_be_read_stops_the_agent(tmp_path: Path) -> None:
    with opened(workspace(tmp_path)) as hook:
        assert asked(hook, b'{"hook_event_name": "PostToolUse", "tool_input": 7}')["continue"] is False


def test_other_events_get_no_opinion(tmp_path: Path) -> None:
    with opened(workspace(tmp_path)) as hook:
        assert asked(hook, b'{"hook_event_name": "SessionStart", "x": 1e999}') == {}


def test_no_answer_changes_the_input(tmp_path: Path) -> None:
    root = workspace(tmp_path)
    with opened(root) as hook:
        for tool, given in (("Read", READ), ("Bash", {"command": "make"})):
            output = asked(hook, event(tool, given, root, call=tool))["hookSpecificOutput"]
            assert set(output) == {"hookEventName", "permissionDecision", "permissionDecisionReason"}

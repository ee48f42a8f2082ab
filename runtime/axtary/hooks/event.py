"""One event of Claude Code, read strictly. The protocol's other members are not looked at, so that they may grow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from axtary.runtime import hashing, strictjson
from axtary.runtime.errors import DoorError
from axtary.runtime.locate import Origin

MAX_BYTES = 16 * 1024 * 1024  # with what a tool has answered
BEFORE, AFTER, AFTER_FAILURE = "PreToolUse", "PostToolUse", "PostToolUseFailure"
_TEXTS = ("hook_event_name", "session_id", "cwd", "tool_name", "tool_use_id")
_CONTEXT = ("permission_mode", "agent_type")


class EventError(Exception):
    """The event is not one that can be decided; the message says why, without its content."""


@dataclass(frozen=True)
class Event:
    """What is known of a call. `tool_input` is exact; `context` holds what policies may ask about the session."""

    name: str
    session: str
    cwd: str
    tool: str
    call: str  # the id of this call
    tool_input: Mapping[str, Any]
    context: Mapping[str, Any] = field(default_factory=dict)
    error: str = ""  # of PostToolUseFailure

    @property
    def input_hash(self) -> str:
        """Over the RFC 8785 form of the tool's name and input."""
        return hashing.payload_hash({"payload": {"tool_name": self.tool, "tool_input": self.tool_input}})


def event_name(data: bytes) -> str:
    """The name of an event of any kind. Raises EventError."""
    return _text(_object(data, rounded=True), "hook_event_name")


def read_event(data: bytes) -> Event:
    """An event about a call of a tool. Raises EventError."""
    # A call that is about to be made is taken exactly, or not at all. What a tool has answered may hold any numbers.
    found = _object(data, rounded=True)
    if _text(found, "hook_event_name") == BEFORE:
        found = _object(data, rounded=False)
    name, session, cwd, tool, call = (_text(found, key) for key in _TEXTS)
    tool_input = found.get("tool_input")
    if not isinstance(tool_input, dict):
        raise EventError("`tool_input` is no object")
    if not cwd.startswith("/"):
        raise EventError("`cwd` is no absolute path")
    context = {key: found[key] for key in _CONTEXT if isinstance(found.get(key), str)}
    server = found.get("mcp_server")
    if isinstance(server, dict):
        context["mcp_server"] = {key: server[key] for key in ("name", "source") if isinstance(server.get(key), str)}
    error = found.get("error")
    return Event(name, session, cwd, tool, call, tool_input, context, error if isinstance(error, str) else "")


def _object(data: bytes, *, rounded: bool) -> Mapping[str, Any]:
    try:
        found = strictjson.read(data, Origin("event"), MAX_BYTES, rounded=rounded)
    except DoorError as error:
        problem = error.problems[0]
        raise EventError(f"the event is not strict JSON: {problem.message}") from None
    if not isinstance(found, dict):
        raise EventError("the event is no object")
    return found


def _text(found: Mapping[str, Any], key: str) -> str:
    value = found.get(key)
    if not isinstance(value, str) or not value:
        raise EventError(f"`{key}` is no text")
    return value

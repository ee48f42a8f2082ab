"""Calls of Claude Code as actions: docs/claude-code.md has the table, docs/migration.md converts rules alike.

A call may become several actions, and runs only if each is allowed. The payload of each is the whole input of the tool.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from axtary.hooks.event import Event, EventError
from axtary.hooks.paths import HERE, Workspace, has_other_names
from axtary.hooks.shell.apart import taken_apart
from axtary.hooks.shell.effects import Effect
from axtary.hooks.shell.words import Unread
from axtary.runtime.action import check_action
from axtary.runtime.errors import DoorError

Action = Mapping[str, Any]

_FILES = {
    "Read": ("fs.read", "file_path"),
    "Write": ("fs.write", "file_path"),
    "Edit": ("fs.write", "file_path"),
    "MultiEdit": ("fs.write", "file_path"),
    "NotebookEdit": ("fs.write", "notebook_path"),
}
_SEARCHES = ("Glob", "Grep", "LS")
_MCP = re.compile(r"mcp__(?P<server>(?:(?!__)[A-Za-z0-9_-])+)__(?P<tool>[A-Za-z0-9_-]+)")
_EFFECTS = {"read": "fs.read", "write": "fs.write", "delete": "fs.delete", "fetch": "web.fetch"}
_PLAIN_BASH = {"command", "description", "timeout", "cwd"}

# Browsers and Python disagree about backslashes, users, escapes and white space in URLs, and about what is an address:
# a name that ends with a number must be four decimal ones.
_PLAIN_URL = re.compile(r"https?://(?P<host>[A-Za-z0-9_.-]+)(?::[0-9]{0,5})?(?:[/?#][!-\[\]-~]*)?", re.IGNORECASE)
_BYTE = "(?:0|[1-9][0-9]{0,2})"
_ADDRESS = re.compile(rf"(?:{_BYTE}\.){{3}}{_BYTE}|(?:[a-z0-9_-]+\.)*[a-z][a-z0-9_-]*\.?")


@dataclass(frozen=True)
class Normaliser:
    """Makes actions of events.

    `actor`: who the agent is. `apart`: take commands of the shell apart where that is sound; without, each is one
    `shell.run`, which policies that have rules about the texts of commands need.
    """

    workspace: Workspace
    actor: Mapping[str, Any] = field(default_factory=lambda: {"agent": "agent:claude-code"})
    task: str = ""
    apart: bool = True

    def actions(self, event: Event) -> list[Action]:
        """At least one. Raises EventError for a call that is no action."""
        base = os.path.realpath(event.cwd)
        parts = self._parts(event, base)
        found = [self._action(event, part, index) for index, part in enumerate(parts)]
        try:
            return [check_action(each) for each in found]
        except DoorError as error:
            raise EventError(f"the call is no action: {error.problems[0].message}") from None

    def _parts(self, event: Event, base: str) -> list[dict[str, Any]]:
        tool, payload = event.tool, dict(event.tool_input)
        if tool == "Bash":
            return self._bash(event, base)
        if tool in _FILES:
            name, key = _FILES[tool]
            return [{"tool": name, "payload": payload, **self._paths(payload.get(key), event.cwd)}]
        if tool in _SEARCHES:
            where = (
                {}
                if _leads_out(payload.get("pattern")) and tool == "Glob"
                else self._paths(payload.get("path", HERE), event.cwd)
            )
            return [{"tool": f"claude.{tool}", "payload": payload, **where}]
        if tool == "WebFetch":
            return [{"tool": "web.fetch", "payload": payload, **_domain(payload.get("url"))}]
        mcp = _MCP.fullmatch(tool)
        return [{"tool": f"mcp.{mcp['server']}.{mcp['tool']}" if mcp else f"claude.{tool}", "payload": payload}]

    def _paths(self, path: Any, base: str) -> dict[str, Any]:
        """`paths` of one file; none if it is no text, which makes them undefined."""
        return {"paths": [self.workspace.as_written(path, base)]} if isinstance(path, str) else {}

    def _bash(self, event: Event, base: str) -> list[dict[str, Any]]:
        payload = dict(event.tool_input)
        command = payload.get("command")
        if "cwd" in payload or not isinstance(command, str):
            raise EventError("`command` is no text, or `cwd` is given")
        payload["cwd"] = self.workspace.as_written(base, "/")
        if self.apart and all(key in _PLAIN_BASH or value is False for key, value in payload.items()):
            try:
                effects = taken_apart(command, base, self.workspace.home)
                return self._effects(effects, payload)
            except (Unread, EventError):
                pass
        return [{"tool": "shell.run", "payload": payload}]

    def _effects(self, effects: Sequence[Effect], payload: Mapping[str, Any]) -> list[dict[str, Any]]:
        parts: list[dict[str, Any]] = []
        for effect in effects:
            part: dict[str, Any] = {"tool": _EFFECTS[effect.kind], "payload": dict(payload)}
            if effect.kind == "fetch":
                part["payload"] |= {"url": effect.target, "method": effect.method}
                part |= _domain(effect.target)
            else:
                named = self.workspace.named(effect.target)
                if named == HERE:
                    raise Unread("the workspace itself")
                part["paths"] = [named]
            parts.append(part)
        return parts

    def _action(self, event: Event, part: Mapping[str, Any], index: int) -> dict[str, Any]:
        context = {"source": "claude-code", "trace_id": event.session, **event.context}
        if event.tool in _FILES and has_other_names(event.tool_input.get(_FILES[event.tool][1]), event.cwd):
            context["hard_link"] = True  # of which a rule may know another
        intent = {"intent": {"task": self.task}} if self.task else {}
        name = event.call if not index else f"{event.call}.{index}"
        return {"version": 1, "id": name, "actor": dict(self.actor), **intent, **part, "context": context}


def _leads_out(pattern: Any) -> bool:
    """May a pattern find files that are not below the folder that is searched?"""
    return not isinstance(pattern, str) or ".." in pattern or re.search(r"\\|(?:^|[\s{,(|!])[/~]", pattern) is not None


def _domain(url: Any) -> dict[str, str]:
    """`resource`: the host in lower case. Raises EventError if two readers of the URL could see two hosts."""
    found = _PLAIN_URL.fullmatch(url) if isinstance(url, str) else None
    if found is None or not _ADDRESS.fullmatch(found["host"].lower()):
        raise EventError("the URL is not plain: write `https://`, a host in ASCII without user or escapes, and a path")
    return {"resource": f"domain:{found['host'].lower().removesuffix('.')}"}

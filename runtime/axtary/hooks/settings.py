"""Claude Code's settings files: the hook put in and taken out, everything else kept.

The hook stands in three events, for all tools, with `onFailure: block`: without that, Claude Code runs the tool if the
hook is killed or missing.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from axtary.hooks.client import SECONDS
from axtary.hooks.event import AFTER, AFTER_FAILURE, BEFORE
from axtary.runtime.policyfile import UnreadableError, read_bytes

Scope = Literal["user", "project", "local"]
SCOPES: tuple[Scope, ...] = ("user", "project", "local")
EVENTS = (BEFORE, AFTER, AFTER_FAILURE)
TIMEOUT = int(SECONDS) + 40  # seconds; the hook's own clock runs out first, also on a machine that is busy
MAX_BYTES = 4 * 1024 * 1024
ALL_TOOLS = ("*", "", ".*")
_USERS = "CLAUDE_CONFIG_DIR"  # the folder of the user's settings, in place of `~/.claude`
_WORDS = ["hook", "claude-code"]
_START = "from axtary.cli import main; main()"  # not `-m`: the module that finds modules takes time to import
_HELP = "mend the file first; Claude Code does not read it either"


def settings_file(scope: Scope, project: Path, home: Path, environment: Mapping[str, str] = os.environ) -> Path:
    """Where the settings of a scope are."""
    if scope == "user":
        return Path(environment.get(_USERS) or home / ".claude") / "settings.json"
    return project / ".claude" / ("settings.json" if scope == "project" else "settings.local.json")


def managed_file() -> Path:
    """Where an administrator's settings are, which go before all others."""
    if sys.platform == "darwin":
        return Path("/Library/Application Support/ClaudeCode/managed-settings.json")
    if sys.platform == "win32":
        return Path("C:/Program Files/ClaudeCode/managed-settings.json")
    return Path("/etc/claude-code/managed-settings.json")


def handler(options: Sequence[str], *, anywhere: bool = False) -> dict[str, Any]:
    """The hook as settings have it, started without a shell. `anywhere`: by its name, for settings that are shared."""
    # `-I`: neither the folder it runs in nor the environment chooses what is imported.
    command, first = ("axtary", []) if anywhere else (sys.executable, ["-I", "-c", _START])
    arguments = [*first, *_WORDS, *options]
    return {"type": "command", "command": command, "args": arguments, "timeout": TIMEOUT, "onFailure": "block"}


def read_settings(path: Path) -> dict[str, Any]:
    """The settings of a file, none if it is not there. Raises UnreadableError."""
    if not path.exists():
        return {}
    found: Any
    try:
        found = json.loads(read_bytes(path, MAX_BYTES).decode("utf-8") or "{}", object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise UnreadableError(path, "not JSON, or a name stands twice", _HELP) from None
    hooks = found.get("hooks", {}) if isinstance(found, dict) else None
    if (
        not isinstance(found, dict)
        or not isinstance(hooks, dict)
        or not all(_is_list_of_objects(groups) for groups in hooks.values())
    ):
        raise UnreadableError(path, "`hooks` is not as Claude Code has it", _HELP)
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _is_list_of_objects(groups: Any) -> bool:
    return isinstance(groups, list) and all(isinstance(group, dict) for group in groups)


def text_of(settings: Mapping[str, Any]) -> bytes:
    """The file of the settings."""
    return (json.dumps(settings, indent=2, ensure_ascii=False) + "\n").encode("utf-8", "surrogatepass")


def with_hook(settings: Mapping[str, Any], ours: Mapping[str, Any]) -> dict[str, Any]:
    """The settings with our hook and no other one of ours; unchanged if it is there already."""
    if all(_is_in_place(groups_of(settings, event), ours) for event in EVENTS):
        return dict(settings)
    found = without_hook(settings)
    hooks = dict(found.get("hooks", {}))
    for event in EVENTS:
        hooks[event] = [*hooks.get(event, []), {"matcher": "*", "hooks": [dict(ours)]}]
    return {**found, "hooks": hooks}


def without_hook(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings without our hook, and without the lists that it leaves empty."""
    if not any(handlers(settings, event) for event in settings.get("hooks", {})):
        return dict(settings)
    hooks = {event: _without(groups) for event, groups in settings["hooks"].items()}
    kept = {event: groups for event, groups in hooks.items() if groups or not settings["hooks"][event]}
    found = {**settings, "hooks": kept}
    if not kept:
        del found["hooks"]
    return found


def _without(groups: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    found = []
    for group in groups:
        kept = [each for each in _hooks(group) if not is_ours(each)]
        if len(kept) == len(_hooks(group)):
            found.append(dict(group))
        elif kept:
            found.append({**group, "hooks": kept})
    return found


def _is_in_place(groups: Sequence[Mapping[str, Any]], ours: Mapping[str, Any]) -> bool:
    found = [(group.get("matcher", ""), each) for group in groups for each in _hooks(group) if is_ours(each)]
    return len(found) == 1 and found[0][0] in ALL_TOOLS and found[0][1] == ours


def groups_of(settings: Mapping[str, Any], event: str) -> list[Mapping[str, Any]]:
    """What stands under an event: each with a matcher and hooks."""
    groups: list[Mapping[str, Any]] = settings.get("hooks", {}).get(event, [])
    return groups


def handlers(settings: Mapping[str, Any], event: str) -> list[tuple[str, Mapping[str, Any]]]:
    """Our hooks in an event, each with its matcher."""
    return [
        (str(group.get("matcher", "")), each)
        for group in groups_of(settings, event)
        for each in _hooks(group)
        if is_ours(each)
    ]


def _hooks(group: Mapping[str, Any]) -> list[Any]:
    found = group.get("hooks", [])
    return found if isinstance(found, list) else []


def is_ours(found: Any) -> bool:
    """Is a hook one that starts `axtary hook claude-code`?"""
    if not isinstance(found, dict):
        return False
    arguments = found.get("args")
    words = arguments if isinstance(arguments, list) else str(found.get("command", "")).split()
    starts = range(len(words))
    is_named = "axtary" in str(found.get("command", "")) or any("axtary" in str(word) for word in words)
    return is_named and any(words[index : index + 2] == _WORDS for index in starts)

"""Does the hook really block? It is started as Claude Code starts it, with calls that must not run.

What counts is what Claude Code would do: the tool does not run if the hook ends with 2, or with 0 and an answer that
denies. With `onFailure: block` it does not run either if the hook fails; but that is not counted on here.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from axtary.hooks.checks import Finding, Installed, look, option_of, version
from axtary.hooks.client import PROJECT, PROXY, Blocked, is_listening
from axtary.hooks.event import BEFORE
from axtary.runtime.messages import cut

CANARY = "AxtaryDoctor"  # a tool that no policy allows, and that is not there
_SLOW = 1000  # milliseconds
_NOWHERE = ("--proxy", "http://127.0.0.1:1")  # where nobody listens; the last of two options holds
_OWN = "deny what touches `.claude/` and `axtary.yml`, as the preset `coding-agent` does"


def examine(project: Path, home: Path, environment: Mapping[str, str] = os.environ) -> list[Finding]:
    """All findings, those about settings first."""
    findings, installed = look(project, home, environment)
    findings.append(version(environment))
    started: set[tuple[str, ...]] = set()
    for each in installed:
        words = tuple(each.words)
        if each.event == BEFORE and words not in started:
            started.add(words)
            findings += _tried(each, project, {**environment, PROJECT: str(project)})
    return findings


def _tried(installed: Installed, project: Path, environment: Mapping[str, str]) -> Iterator[Finding]:
    trial = _Trial(installed, environment)
    proxy = option_of(installed, "--proxy") or environment.get(PROXY)
    if proxy:
        yield _at(proxy)
    began = time.monotonic()
    yield trial.of("a call of a tool that is not there", _event(project, CANARY, {}))
    took = int((time.monotonic() - began) * 1000)
    if took > _SLOW:
        yield Finding("note", f"the hook took {took} ms", "run the proxy: then it takes less than 100")
    alone = _NOWHERE if proxy and "args" in installed.handler else ()  # a proxy has its own state
    if alone:
        yield trial.of("the same without the proxy", _event(project, CANARY, {}, "alone"), options=alone)
    broken = {"AXTARY_STATE": str(project / "axtary.yml" / "no-folder" / "state.db")}
    yield trial.of("the same with a state that is broken", _event(project, CANARY, {}, "broken"), broken, options=alone)
    yield trial.of("an event that is cut off", _event(project, CANARY, {})[:-20])
    yield trial.of("no event", b"")
    yield trial.of("a call with a name twice", b'{"hook_event_name": "PreToolUse", "hook_event_name": "PreToolUse"}')
    for name in (installed.file, project / "axtary.yml", project / ".axtary" / "state.db"):
        written = {"file_path": str(name), "content": ""}
        yield trial.of(f"a call that overwrites {name}", _event(project, "Write", written, str(name)), help_text=_OWN)


def _at(proxy: str) -> Finding:
    try:
        if is_listening(proxy):
            return Finding("ok", f"a proxy listens at {proxy}")
    except Blocked as error:
        return Finding("warning", f"{proxy}: {error}, so every call is blocked", "install the hook anew")
    help_text = "run `axtary proxy`; until then the policy decides, slowly, or everything is blocked"
    return Finding("warning", f"no proxy listens at {proxy}", help_text)


class _Trial:
    def __init__(self, installed: Installed, environment: Mapping[str, str]) -> None:
        self._installed = installed
        self._environment = environment

    def of(
        self,
        what: str,
        event: bytes,
        more: Mapping[str, str] | None = None,
        help_text: str = "",
        options: Sequence[str] = (),
    ) -> Finding:
        """Start the hook with an event that must not be let through; `options` are further ones."""
        try:
            done = subprocess.run(  # noqa: S603
                [*self._installed.words, *options],
                input=event,
                capture_output=True,
                timeout=float(self._installed.handler.get("timeout", 60)),
                check=False,
                env={**self._environment, **(more or {})},
            )
        except (OSError, ValueError, subprocess.TimeoutExpired) as error:
            return Finding("error", f"{what}: the hook does not run: {type(error).__name__}", "install it anew")
        if done.returncode == 2:
            return Finding("ok", f"{what} is blocked ({_first_line(done.stderr)})")
        if done.returncode == 0 and _denies(done.stdout):
            return Finding("ok", f"{what} is denied")
        return Finding("error", f"{what} is not blocked", help_text or "look at the policy, and install the hook anew")


def _denies(output: bytes) -> bool:
    try:
        found = json.loads(output)
        return bool(found["hookSpecificOutput"]["permissionDecision"] == "deny")
    except (ValueError, KeyError, TypeError):
        return False


def _first_line(text: bytes) -> str:
    return cut(text.decode("utf-8", "replace").strip().partition("\n")[0], 120)


def _event(project: Path, tool: str, tool_input: Mapping[str, Any], call: str = "") -> bytes:
    about = {"hook_event_name": BEFORE, "session_id": "axtary-doctor", "cwd": str(project)}
    name = f"doctor-{time.time_ns()}-{call}"
    return json.dumps({**about, "tool_name": tool, "tool_input": tool_input, "tool_use_id": name}).encode()

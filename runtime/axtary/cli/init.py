"""`axtary init`: a first policy and three actions to try it on."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from axtary.cli.output import fail, invalid_input, print_json
from axtary.compiler.diagnostics import did_you_mean, printable, quoted
from axtary.grammars import presets
from axtary.runtime.policyfile import UnreadableError, write_new

_POLICY = """\
# What agents may do. Check it with `axtary policy check`, try it with `axtary policy simulate --action actions.jsonl`,
# and see three engines agree on it with `axtary policy prove`.
version: 1
preset: {preset}  # built-in rules: `axtary policy presets {preset}` prints them

groups:
  coders: ["agent:codex-*", "agent:claude-*"]

policies:
  - id: release-notes
    description: Coding agents may post to the release channel in working hours.
    effect: allow
    match: {{tool: slack.messages.post, actor: "@coders"}}
    when: payload.channel == "#releases"
    obligations:
      hours: Mon-Fri 08:00-19:00 Europe/Berlin
      rate: 5 per 1h per actor

  - id: production-repositories
    description: A human of the release team approves whatever touches a production repository.
    effect: step_up
    match: {{tool: "github.*", resource: "repo:acme/prod-*"}}
    obligations: {{approvers: [release-manager], ttl: 10m}}
"""

_ACTOR = {"agent": "agent:codex-prod", "tenant": "org:acme", "owner": "user:ana@acme.com", "roles": ["developer"]}


def _action(tool: str, resource: str, payload: dict[str, Any], paths: list[str]) -> dict[str, Any]:
    return {
        "version": 1,
        "time": "2026-11-23T10:00:00Z",
        "actor": _ACTOR,
        "intent": {"task": "AXT-418", "summary": "Fix the login"},
        "tool": tool,
        "resource": resource,
        "payload": payload,
        "paths": paths,
    }


_ACTIONS = (
    _action("fs.read", "", {}, ["src/login.py"]),
    _action("fs.read", "", {}, ["src/login.py", ".env"]),
    _action(
        "github.pull_requests.create",
        "repo:acme/prod-web",
        {"base": "main", "title": "Fix login", "files_changed": 3, "tests_passed": True, "draft": False},
        ["src/login.py"],
    ),
)


def run(folder: Path, preset: str, as_json: bool) -> None:
    """Write both files; an existing one is never touched."""
    if preset not in presets():
        help_text = f"{did_you_mean(preset, presets())}built in: {', '.join(presets())}"
        fail(f"there is no preset {quoted(preset)}", help_text, as_json)
    files = {
        folder / "axtary.yml": _POLICY.format(preset=preset),
        folder / "actions.jsonl": "".join(json.dumps(action) + "\n" for action in _ACTIONS),
    }
    with invalid_input(as_json):
        for path in files:
            if os.path.lexists(path):  # also a link to nowhere
                raise UnreadableError(path, "is there already", "move it away, or give another folder")
        _make(folder)
        _write_all(files)
    if as_json:
        print_json({"written": [str(path) for path in files]})
    else:
        for path in files:
            sys.stdout.write(f"wrote {printable(str(path))}\n")


def _write_all(files: dict[Path, str]) -> None:
    """All of them or none."""
    written: list[Path] = []
    try:
        for path, text in files.items():
            write_new(path, text.encode())
            written.append(path)
    except UnreadableError:
        for path in written:
            path.unlink(missing_ok=True)
        raise


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnreadableError(folder, (error.strerror or str(error)).lower(), "choose another folder") from None

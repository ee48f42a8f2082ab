"""`axtary init`: a first policy, tests of it, and three actions to try it on."""

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
# test it with `axtary policy test`, and see three engines agree on it with `axtary policy prove`.
version: 1
preset: {preset}  # built-in rules: `axtary policy presets {preset}` prints them

groups:
  coders: ["agent:codex-*", "agent:claude-*"]

policies:
  - id: release-notes
    description: Coding agents may publish release notes in working hours.
    effect: allow
    match: {{tool: wiki.pages.publish, actor: "@coders"}}
    when: payload.space == "releases"
    obligations:
      hours: Mon-Fri 08:00-19:00 Europe/Berlin
      rate: 5 per 1h per actor

  - id: production-repositories
    description: A human of the release team approves whatever touches a production repository.
    effect: step_up
    match: {{tool: "github.*", resource: "repo:acme/prod-*"}}
    obligations: {{approvers: [release-manager], ttl: 10m}}
"""

_TESTS = """\
# What the policy is expected to decide: run it with `axtary policy test`. `--coverage` says what no case shows.
version: 1
policy: axtary.yml
time: "2026-11-23T10:00:00Z"    # a Monday

actions:
  note:
    tool: wiki.pages.publish
    actor: {agent: "agent:codex-prod"}
    payload: {space: releases, title: Version 2}
  pull-request:
    tool: github.pull_requests.create
    resource: "repo:acme/prod-web"
    payload: {base: main, files_changed: 3, tests_passed: true}
    paths: [src/login.py]

facts: {usage: {release-notes: 4}}

cases:
  - name: the fifth release note in an hour is published
    action: note
    expect: {decision: allow, fired: [release-notes]}
  - name: the sixth release note in an hour is denied
    action: note
    facts: {usage: {release-notes: 5}}
    expect: {decision: deny, reasons: [[rate, release-notes]]}
  - name: a release note at night is denied
    action: note
    with: {time: "2026-11-23T22:00:00Z"}
    expect: {decision: deny, reasons: [[hours, release-notes]]}
  - name: other spaces are not for release notes
    action: note
    with: {payload.space: handbook}
    expect: {decision: deny, not_fired: [release-notes]}
  - name: a page in no space is denied
    action: note
    without: [payload.space]
    expect: deny
  - name: a pull request to production waits for the release team
    action: pull-request
    expect: {decision: step_up, reasons: [[approval_required, production-repositories]]}
  - name: the release team approves it
    action: pull-request
    facts: {approval: {approvers: [{id: "user:ana@acme.com", roles: [release-manager]}]}}
    expect: allow
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
    """Write the files; an existing one is never touched."""
    if preset not in presets():
        help_text = f"{did_you_mean(preset, presets())}built in: {', '.join(presets())}"
        fail(f"there is no preset {quoted(preset)}", help_text, as_json)
    files = {
        folder / "axtary.yml": _POLICY.format(preset=preset),
        folder / "axtary.test.yml": _TESTS,
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

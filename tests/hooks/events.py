"""Events as Claude Code writes them, and a workspace with a policy and keys to decide them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from axtary.hooks.answer import Hook
from axtary.hooks.local import hook
from axtary.passes.keystore import DEFAULT, KeyStore
from axtary.pipeline import open_pipeline

POLICY = """\
version: 1
policies:
  - id: reads
    effect: allow
    match: {tool: fs.read}
    when: all paths matches "**"
    obligations: {rate: 50 per 1h per actor}
  - id: writes
    effect: step_up
    match: {tool: fs.write}
    when: none paths matches "free/**"
  - id: edits
    effect: allow
    match: {tool: fs.write}
    when: all paths matches "free/**"
  - id: secrets
    effect: deny
    match: {tool: "fs.*"}
    when: any paths matches [".env*", ".claude/", "axtary.yml", ".axtary/"]
  - id: notes
    effect: allow
    match: {tool: mcp.notes.add}
    when: has payload.text
    obligations: {budget: {limit: "10", unit: notes, per: actor, window: 1d}}
"""


def event(
    tool: str, tool_input: Mapping[str, Any], cwd: Path, /, name: str = "PreToolUse", call: str = "toolu_1", **more: Any
) -> bytes:
    """One event; `more` are further members."""
    about: dict[str, Any] = {
        "hook_event_name": name,
        "session_id": "s-1",
        "transcript_path": "/t.jsonl",
        "cwd": str(cwd),
    }
    about |= {"permission_mode": "default", "tool_name": tool, "tool_input": dict(tool_input), "tool_use_id": call}
    return json.dumps(about | more).encode()


def workspace(folder: Path, policy: str = POLICY) -> Path:
    """A folder with a policy, keys, and some files."""
    root = folder / "work"
    root.mkdir()
    (root / "axtary.yml").write_text(policy)
    for name in ("a", ".env", "b"):
        (root / name).write_text(name)
    (root / "free").mkdir()
    KeyStore(root / DEFAULT).init()
    return root


@contextmanager
def opened(root: Path, **options: str) -> Iterator[Hook]:
    """The hook of a workspace, with the real pipeline."""
    path = root / "axtary.yml"
    with open_pipeline(path, {}) as pipeline:
        yield hook(pipeline, path, {f"--{name.replace('_', '-')}": value for name, value in options.items()})


def asked(found: Hook, data: bytes) -> dict[str, Any]:
    """The answer."""
    answer = json.loads(found.answer(data))
    assert isinstance(answer, dict)
    return answer


def decision(found: Hook, data: bytes) -> str:
    """`allow`, `deny` or `ask`."""
    output = asked(found, data)["hookSpecificOutput"]
    assert output["hookEventName"] == "PreToolUse"
    return str(output["permissionDecision"])


def reason(found: Hook, data: bytes) -> str:
    """Why."""
    return str(asked(found, data)["hookSpecificOutput"]["permissionDecisionReason"])


def records(root: Path) -> list[dict[str, Any]]:
    """What the ledger holds."""
    from axtary.ledger import ledger_of, open_ledger

    with open_ledger(ledger_of(root / "axtary.yml", {})) as ledger:
        return [json.loads(row.body) for row in ledger.rows.records(0, 1000)]

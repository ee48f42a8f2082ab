"""A decision without a proxy: the whole pipeline is opened for one event. Slower, and to the same effect."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from axtary.compiler import CompileError
from axtary.hooks.actions import Normaliser
from axtary.hooks.answer import Hook, failed
from axtary.hooks.calls import FOLDER, Calls
from axtary.hooks.client import PROJECT
from axtary.hooks.event import EventError, event_name
from axtary.hooks.gate import Gate
from axtary.hooks.paths import Workspace
from axtary.ledger import LedgerError
from axtary.pipeline import open_pipeline
from axtary.runtime.policyfile import UnreadableError
from axtary.runtime.state import StateError

AGENT = "agent:claude-code"


def hook(gate: Gate, policy: Path, options: Mapping[str, str], workspace: Path | None = None) -> Hook:
    """The hook of the policy at `policy`. `options` are those of the command; the workspace is the policy's folder,
    or another one.
    """
    folder = policy.resolve().parent
    actor: dict[str, Any] = {"agent": options.get("--agent", AGENT)}
    apart = "--whole-commands" not in options
    normaliser = Normaliser(Workspace.of(workspace or folder), actor, options.get("--task", ""), apart)
    return Hook(gate, normaliser, Calls(folder / FOLDER), ask="--ask" in options)


def answer(policy: str, options: Mapping[str, str], event: bytes) -> bytes:
    """The answer to an event by a policy file."""
    path = Path(policy)
    try:
        with open_pipeline(path) as pipeline:
            project = os.environ.get(PROJECT)
            return hook(pipeline, path, options, Path(project) if project else None).answer(event)
    except (CompileError, UnreadableError, StateError, LedgerError) as error:
        return _failed(event, f"the policy cannot be enforced: {error}")


def _failed(event: bytes, message: str) -> bytes:
    try:
        name = event_name(event)
    except EventError:
        name = ""
    return json.dumps(failed(name, message)).encode()

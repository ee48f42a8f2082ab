"""`/hooks/claude-code`: an event of Claude Code in, the answer of the hook out, with all that a decision needs open.

Who the agent is and where its workspace is says the caller's token, never the event: the agent could have written that.
"""

from __future__ import annotations

from pathlib import Path

from axtary.hooks.actions import Normaliser
from axtary.hooks.answer import Hook
from axtary.hooks.calls import FOLDER, Calls
from axtary.hooks.paths import Workspace
from axtary.proxy.identity import stamped
from axtary.proxy.service import Service
from axtary.proxy.wire import Call, Reply


def claude_code(service: Service, call: Call) -> Reply:
    """200 with a denial for whatever goes wrong with the event; who gets another status blocks."""
    caller = call.known
    workspace = Workspace.of(Path(caller.workspace) if caller.workspace else service.folder)
    actor = stamped({}, caller)["actor"]
    found = Hook(
        service.pipeline,
        Normaliser(workspace, actor, caller.task, apart=not caller.whole_commands),
        Calls(service.folder / FOLDER / caller.name),
        ask=caller.ask,
        scope=f"{caller.name}:",
    )
    return Reply(200, found.answer(call.body).decode("ascii"))

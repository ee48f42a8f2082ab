"""The protocol of Claude Code's hooks: an event in, the hook's answer out.

Before a tool runs: the event becomes actions, each is decided, and only if all are allowed the answer is `allow`. What
then waits for a human is denied, with what to approve in the reason: a call that is made again after the approval is
let through. After it ran: what ran is compared with what was let through, and the outcome goes to the gate.

Whatever goes wrong before a tool runs is a `deny`. No answer ever changes the input: another hook may, and so the hash
of what ran is compared.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from axtary.compiler.diagnostics import printable
from axtary.hooks.actions import Normaliser
from axtary.hooks.calls import Call, Calls
from axtary.hooks.event import AFTER, AFTER_FAILURE, BEFORE, Event, EventError, event_name, read_event
from axtary.hooks.gate import Begun, Gate
from axtary.runtime.messages import cut

_MOST = 2000  # characters of a reason
Answer = dict[str, Any]


@dataclass(frozen=True)
class Hook:
    """What answers need. `ask`: leave what waits for a human to Claude Code's prompt, where somebody sits before it."""

    gate: Gate
    normaliser: Normaliser
    calls: Calls
    ask: bool = False

    def answer(self, data: bytes) -> bytes:
        """The JSON text that the hook prints. It never raises."""
        try:
            found = self._answer(data)
        except EventError as error:
            found = decided("deny", f"axtary: {error}")
        except Exception as error:  # whatever it is, it is no permission
            found = decided("deny", f"axtary failed: {type(error).__name__}")
        return json.dumps(found).encode()

    def _answer(self, data: bytes) -> Answer:
        name = event_name(data)
        if name == BEFORE:
            return self._before(read_event(data))
        if name in (AFTER, AFTER_FAILURE):
            return self._after(data)
        return {}  # an event that cannot stop anything

    # --- before it runs ---------------------------------------------------------------------------------------------

    def _before(self, event: Event) -> Answer:
        known = self.calls.get(event.session, event.call)
        if known is not None:  # a second hook for the same call, say of another settings file
            if known.input_hash == event.input_hash:
                return decided("ask" if known.prompted else "allow", "axtary: allowed")
            self.gate.incident("input_changed", "one call came with two inputs", _key(event, 0))
            return decided("deny", "axtary: this call came before with another input")
        actions = self.normaliser.actions(event)
        keys = [_key(event, index) for index in range(len(actions))]
        held: list[str] = []
        try:
            begun = self._begin(actions, keys, held)
            answer = self._decision(begun)
            if answer != "deny":
                waiting = tuple(key for key in keys if key not in held)
                self.calls.put(event.session, event.call, Call(event.input_hash, tuple(held), waiting))
                held = []
            return decided(answer, _reason(begun, answer))
        finally:
            for key in held:
                self.gate.end(key, "not_run", "the call was not let through")

    def _begin(self, actions: Sequence[Any], keys: Sequence[str], held: list[str]) -> list[Begun]:
        """Decide one after the other; after a denial the rest is not asked. `held`: keys that must be ended."""
        found: list[Begun] = []
        for action, key in zip(actions, keys, strict=True):
            begun = self.gate.begin(action, key)
            found.append(begun)
            if begun.status == "authorized":
                held.append(key)
            elif begun.status != "pending":
                break
        return found

    def _decision(self, begun: Sequence[Begun]) -> str:
        if all(each.status == "authorized" for each in begun):
            return "allow"
        only_waits = all(each.status in ("authorized", "pending") for each in begun)
        return "ask" if self.ask and only_waits else "deny"

    # --- after it ran -----------------------------------------------------------------------------------------------

    def _after(self, data: bytes) -> Answer:
        try:
            event = read_event(data)
        except EventError as error:
            self.gate.incident("outcome_unreadable", str(error), "")
            return stopped(f"what a tool did cannot be read: {error}")
        known = self.calls.take(event.session, event.call)
        if known is None:
            message = f"a call of {printable(cut(event.tool, 60))} ran that was not let through"
            return self._incident("not_let_through", message, event)
        failed = event.name == AFTER_FAILURE
        for key in known.keys:
            self.gate.end(key, "failed" if failed else "succeeded", cut(event.error, 200))
        if known.input_hash != event.input_hash:
            message = f"a call of {printable(cut(event.tool, 60))} ran with another input than was let through"
            return self._incident("input_changed", message, event)
        for key in known.prompted:
            self.gate.incident("approved_by_prompt", "a call that waits for a human ran after Claude Code's prompt", key)
        return {}

    def _incident(self, code: str, message: str, event: Event) -> Answer:
        self.gate.incident(code, message, _key(event, 0))
        return stopped(message)


def decided(decision: str, reason: str) -> Answer:
    """The answer to an event before a tool runs."""
    shown = {"permissionDecision": decision, "permissionDecisionReason": cut(reason, _MOST)}
    return {"hookSpecificOutput": {"hookEventName": BEFORE, **shown}}


def stopped(message: str) -> Answer:
    """The answer to something that must not have happened: the agent stops, and its user is told."""
    return {"continue": False, "stopReason": f"axtary: {message}", "systemMessage": f"axtary: {message}"}


def _key(event: Event, index: int) -> str:
    return f"{event.session}/{event.call}/{index}"


def _reason(begun: Sequence[Begun], answer: str) -> str:
    if answer == "allow":
        return "axtary: allowed"
    blocked = [each for each in begun if each.status not in ("authorized", "pending")]
    lines = [each.why or "not allowed" for each in blocked] or [_waiting(each) for each in begun if each.approval or each.status == "pending"]
    return printable("axtary: " + "; ".join(dict.fromkeys(lines)))


def _waiting(begun: Begun) -> str:
    named = f": `axtary approvals approve {begun.approval}`, then make the same call again" if begun.approval else ""
    return f"a human must approve this exact call ({begun.why or 'approval required'}){named}"

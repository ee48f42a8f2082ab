"""The protocol of Claude Code's hooks: an event in, the hook's answer out.

Before a tool runs: the event becomes actions, each is decided, and only if all are allowed the answer is `allow`. What
waits for a human is denied, with what to approve in the reason: the same call, made again after the approval, is let
through. After it ran: what ran is compared with what was let through, and the outcome goes to the gate.

Whatever goes wrong before a tool runs is a `deny`. No answer ever changes the input; another hook may, and so the hash
of what ran is compared.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from axtary.compiler.diagnostics import quoted
from axtary.connectors.provider import Ran
from axtary.hooks.actions import Normaliser
from axtary.hooks.calls import Call, Calls
from axtary.hooks.event import AFTER, AFTER_FAILURE, BEFORE, Event, EventError, event_name, read_event
from axtary.hooks.gate import Gate
from axtary.pipeline.result import Result
from axtary.runtime.messages import cut

_MOST = 2000  # characters of a reason
_AGAIN = "then make exactly the same call again"
_NOT_RUN = Ran("failed", message="the call was not let through")
Answer = dict[str, Any]


@dataclass(frozen=True)
class Hook:
    """What answers need. `ask`: leave what waits for a human to Claude Code's prompt, where somebody sits before it.

    `scope` stands before the keys of attempts, so that those of two agents never meet.
    """

    gate: Gate
    normaliser: Normaliser
    calls: Calls
    ask: bool = False
    scope: str = ""

    def answer(self, data: bytes) -> bytes:
        """The JSON text that the hook prints. It never raises."""
        name = ""
        try:
            name = event_name(data)
            found = self._answer(name, data)
        except EventError as error:
            found = failed(name, str(error))
        except Exception as error:  # whatever it is, it is no permission
            found = failed(name, f"it failed: {type(error).__name__}")
        return json.dumps(found).encode()

    def _answer(self, name: str, data: bytes) -> Answer:
        if name == BEFORE:
            return self._before(read_event(data))
        if name in (AFTER, AFTER_FAILURE):
            return self._after(read_event(data))
        return {}  # an event that stops nothing

    # --- before it runs ---------------------------------------------------------------------------------------------

    def _before(self, event: Event) -> Answer:
        known = self.calls.get(event.session, event.call)
        if known is not None:  # a second hook for the same call, say of another settings file
            return self._again(known, event)
        actions = self.normaliser.actions(event)
        keys = self._keys(event, len(actions))
        held: list[str] = []
        try:
            results = self._begin(actions, keys, held)
            answer = self._decision(results)
            if answer != "deny":
                waiting = tuple(key for key in keys if key not in held)
                self.calls.put(event.session, event.call, Call(event.input_hash, tuple(held), waiting))
                held = []
            return decided(answer, _reason(results, answer))
        finally:
            for key in held:
                self.gate.end(key, _NOT_RUN)

    def _again(self, known: Call, event: Event) -> Answer:
        if known.input_hash != event.input_hash:
            return decided("deny", "this call was let through before, with another input")
        return decided("ask" if known.prompted else "allow", "let through before")

    def _begin(self, actions: Sequence[Mapping[str, Any]], keys: Sequence[str], held: list[str]) -> list[Result]:
        """Decide one after the other; after a denial the rest is not asked. `held`: keys that must be ended."""
        results: list[Result] = []
        for action, key in zip(actions, keys, strict=True):
            result = self.gate.begin(action, key)
            results.append(result)
            if result.status == "authorized":
                held.append(key)
            elif result.status != "pending":
                break
        return results

    def _decision(self, results: Sequence[Result]) -> str:
        if all(each.status == "authorized" for each in results):
            return "allow"
        only_waits = all(each.status in ("authorized", "pending") for each in results)
        return "ask" if self.ask and only_waits else "deny"

    # --- after it ran -----------------------------------------------------------------------------------------------

    def _after(self, event: Event) -> Answer:
        # A call that failed may have done something, so what it cost is counted too.
        ran = Ran("unknown", message=cut(event.error, 200)) if event.name == AFTER_FAILURE else Ran("succeeded")
        tool = quoted(event.tool)
        known = self.calls.take(event.session, event.call)
        if known is None:
            self.gate.end(self._keys(event, 1)[0], ran, f"a call of {tool} that was not let through")
            return stopped(f"a call of {tool} ran that was not let through")
        is_same = known.input_hash == event.input_hash
        for key in known.keys:
            self.gate.end(key, ran, None if is_same else event.input_hash)
        for key in known.prompted:  # nobody has approved it here
            self.gate.end(key, ran, f"a call of {tool} that waits for an approval, after Claude Code's prompt,")
        return {} if is_same else stopped(f"a call of {tool} ran with another input than was let through")

    def _keys(self, event: Event, count: int) -> list[str]:
        """The keys of a call's actions: the same for the same call, whatever characters its ids have."""
        digest = hashlib.sha256(json.dumps([event.session, event.call]).encode()).hexdigest()
        return [f"{self.scope}claude-code_{digest}.{index}" for index in range(count)]


def decided(decision: str, reason: str) -> Answer:
    """The answer to an event before a tool runs."""
    shown = {"permissionDecision": decision, "permissionDecisionReason": cut(f"axtary: {reason}", _MOST)}
    return {"hookSpecificOutput": {"hookEventName": BEFORE, **shown}}


def stopped(message: str) -> Answer:
    """The answer to something that must not have happened: the agent stops, and its user is told."""
    text = cut(f"axtary: {message}", _MOST)
    return {"continue": False, "stopReason": text, "systemMessage": text}


def failed(name: str, message: str) -> Answer:
    """The answer if there is no other: a denial, or a stop once it is too late for one."""
    return stopped(message) if name in (AFTER, AFTER_FAILURE) else decided("deny", message)


def _reason(results: Sequence[Result], answer: str) -> str:
    if answer == "allow":
        return "allowed"
    blocked = [each for each in results if each.status not in ("authorized", "pending")]
    if blocked:
        return "; ".join(_phrases(blocked)) or "not allowed"
    waiting = [each for each in results if each.status == "pending"]
    why = "; ".join(_phrases(waiting))
    requests = " and ".join(f"`axtary approvals approve {each.request}`" for each in waiting if each.request)
    return f"a human must approve this exact call: {why}" + (f". Ask for {requests}, {_AGAIN}" if requests else "")


def _phrases(results: Sequence[Result]) -> list[str]:
    return list(dict.fromkeys(f"{_of(each)}{ground.message}" for each in results for ground in each.grounds))


def _of(result: Result) -> str:
    """Which of the actions of a call it is about."""
    action = result.decision.action if result.decision is not None else {}
    about = action.get("paths") or [action.get("resource", "")]
    return f"{action['tool']} {about[0]}".strip() + ": " if "tool" in action else ""

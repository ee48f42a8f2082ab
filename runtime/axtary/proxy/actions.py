"""`/v1/actions`, `/v1/authorize`, `/v1/attempts`: actions that the proxy runs, or that the caller runs itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from axtary.connectors.provider import Ran
from axtary.pipeline import Result
from axtary.pipeline.attempts import Attempt
from axtary.pipeline.run import new_key
from axtary.proxy.callers import Caller
from axtary.proxy.identity import stamped
from axtary.proxy.service import Service
from axtary.proxy.wire import Call, HttpError, Reply, refused, unavailable
from axtary.runtime.action import Action, parse_action
from axtary.runtime.decision import STATE_UNAVAILABLE
from axtary.runtime.errors import DoorError
from axtary.runtime.state import StateError

MAX_KEY = 150  # characters; the caller's name stands before it
_KEY = re.compile(r"[!-~]{1,150}\Z")
_AMOUNT = re.compile(r"[0-9]{1,14}(\.[0-9]{1,4})?\Z")
_HASH = re.compile(r"sha256:[0-9a-f]{64}\Z")
_OUTCOMES = ("succeeded", "failed", "unknown")
_MEMBERS = {"outcome", "result", "message", "costs", "executed"}
_STATUS = {"executed": 200, "authorized": 200, "blocked": 403, "pending": 202, "failed": 502, "malformed": 400}
_BY_GROUND = {STATE_UNAVAILABLE: 503, "not_recorded": 503, "under_way": 409, "key_of_another_action": 422}


def submit(service: Service, call: Call) -> Reply:
    """Run an action, at most once for each key."""
    action, key = _asked(call)
    return _reply(service.pipeline.submit(action, service.provider, key), call.known)


def authorize(service: Service, call: Call) -> Reply:
    """Let a caller run an action itself."""
    action, key = _asked(call)
    return _reply(service.pipeline.begin(action, key), call.known)


def outcome(service: Service, call: Call) -> Reply:
    """What came of it."""
    key = _scoped(call.parts["key"], call.known)
    ran, executed = _ran(call.json("outcome"))
    found = _found(service, key)
    if found is not None and found.owner:
        raise HttpError(409, "not_yours_to_end", "the proxy runs this action itself", "ask for the attempt")
    result = service.pipeline.end(key, ran, executed)
    if found is None:
        return Reply(404, _shown(result, call.known))
    return Reply(_BY_GROUND.get(_ground(result), 200), _shown(result, call.known))


def attempt(service: Service, call: Call) -> Reply:
    """How far an attempt came."""
    found = _found(service, _scoped(call.parts["key"], call.known))
    if found is None:
        raise HttpError(404, "unknown_attempt", "no attempt of this caller has this key")
    shown: dict[str, Any] = {"attempt": call.parts["key"], "stage": found.stage, "action_hash": found.action_hash}
    shown["status"] = "under_way"
    if (ran := found.ran) is not None:
        shown["status"] = "executed" if ran.outcome == "succeeded" else "failed"
        shown |= {"outcome": ran.outcome, "result": ran.result, "message": ran.message or None}
    return Reply(200, {name: value for name, value in shown.items() if value is not None})


# --- steps ----------------------------------------------------------------------------------------------------------


def _asked(call: Call) -> tuple[Action, str]:
    try:
        action = parse_action(call.body)
    except DoorError as error:
        raise refused(error) from None
    given = call.headers.get("idempotency-key")
    return stamped(action, call.known), _scoped(new_key() if given is None else given, call.known)


def _scoped(key: str, caller: Caller) -> str:
    """Keys of two callers never meet: nobody ends, or is told of, what is another's."""
    if not _KEY.match(key):
        message = f"a key is 1 to {MAX_KEY} printable ASCII characters without spaces"
        raise HttpError(400, "key_ill_formed", message, "send another `Idempotency-Key`")
    return f"{caller.name}:{key}"


def _found(service: Service, key: str) -> Attempt | None:
    try:
        return service.pipeline.attempts.find(key)
    except StateError as error:
        raise unavailable(error) from None


def _reply(result: Result, caller: Caller) -> Reply:
    status = _BY_GROUND.get(_ground(result), _STATUS[result.status])
    headers = {"Retry-After": "1"} if status == 503 else {}
    return Reply(status, _shown(result, caller), headers)


def _ground(result: Result) -> str:
    return result.grounds[0].code if result.grounds else ""


def _shown(result: Result, caller: Caller) -> dict[str, Any]:
    return result.to_json() | {"attempt": result.attempt.removeprefix(f"{caller.name}:")}


def _ran(body: Mapping[str, Any]) -> tuple[Ran, str | None]:
    if unknown := body.keys() - _MEMBERS:
        known = ", ".join(sorted(_MEMBERS))
        raise HttpError(400, "AX0811", f"{len(unknown)} unknown members of the outcome", f"known are {known}")
    how, message, costs, executed = (body.get(name) for name in ("outcome", "message", "costs", "executed"))
    if how not in _OUTCOMES:
        raise HttpError(400, "AX0814", "`outcome` is not an outcome", f"write one of {', '.join(_OUTCOMES)}")
    if message is not None and type(message) is not str:
        raise HttpError(400, "AX0813", "`message` is not a string", "write a string, or leave it out")
    if executed is not None and not (type(executed) is str and _HASH.match(executed)):
        raise HttpError(400, "AX0814", "`executed` is not a hash", "write the action hash of what ran: `sha256:…`")
    if costs is not None and not (type(costs) is dict and all(map(_is_amount, costs.values()))):
        raise HttpError(400, "AX0814", "`costs` are not amounts", 'write decimal text by unit: `{"USD": "1.50"}`')
    return Ran(how, body.get("result"), message or "", costs or {}), executed


def _is_amount(value: object) -> bool:
    return type(value) is str and _AMOUNT.match(value) is not None

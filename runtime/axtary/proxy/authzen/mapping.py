"""A question of AuthZEN as an action, and the answer.

    subject      type `agent`: actor.agent, else actor.owner: `type:id`; all of it in context.subject
    action       name: tool; properties: payload
    resource     resource: `type:id`; properties: context.resource
    context      context.request, without `approval`

A `:` or `%` in a type is escaped, so that no two subjects or resources have one name. All of it is in the action's
hash: an approval is for exactly this question.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from axtary.pipeline import Result
from axtary.proxy.callers import Caller
from axtary.proxy.identity import stamped
from axtary.proxy.wire import HttpError
from axtary.runtime.action import Action, check_action, time_text
from axtary.runtime.errors import DoorError

MACHINERY = ("approval",)  # members of a context that say how it is asked again, and not what
_ENTITIES: Mapping[str, tuple[str, ...]] = {"subject": ("type", "id"), "action": ("name",), "resource": ("type", "id")}


def question(body: Mapping[str, Any], defaults: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Subject, action, resource and context of an item, whole from it or from the defaults. Raises HttpError 400.

    Members that are not known are ignored, as the standard says.
    """
    found: dict[str, Any] = {}
    for name, required in _ENTITIES.items():
        found[name] = _entity(name, required, body.get(name), (defaults or {}).get(name))
    context = body.get("context", (defaults or {}).get("context"))
    if context is not None:
        found["context"] = _object("context", context)
    return found


def action_of(asked: Mapping[str, Any], caller: Caller, trace: str | None) -> Action:
    """The action that a question is about. Raises HttpError 400, and 403 for a subject that the caller is not."""
    subject, verb, resource = asked["subject"], asked["action"], asked["resource"]
    context: dict[str, Any] = {"source": "authzen", "subject": subject, "resource": resource.get("properties", {})}
    if given := {name: value for name, value in asked.get("context", {}).items() if name not in MACHINERY}:
        context["request"] = given
    if trace is not None:
        context["trace_id"] = trace
    action = {
        "version": 1,
        "tool": verb["name"],
        "resource": named(resource),
        "payload": verb.get("properties", {}),
        "context": context,
        "actor": _actor(subject, given, caller),
    }
    try:
        return stamped(check_action(action, "evaluation"), caller)
    except DoorError as error:
        first = error.problems[0]
        raise HttpError(400, first.code, first.message, first.help) from None


def named(entity: Mapping[str, Any]) -> str:
    """`type:id`: two entities have two names."""
    kind = str(entity["type"]).replace("%", "%25").replace(":", "%3A")
    return f"{kind}:{entity['id']}"


def answer(result: Result, endpoint: str, expires: float | None, now: float) -> dict[str, Any]:
    """The decision, which is true for a plain yes only. `expires` is when the request for approval ends, in seconds.

    `evaluation_id` is the number of the decision in the ledger, and behind it the request.
    """
    reasons = [{"code": each.code, "rule": each.rule, "message": each.message} for each in result.grounds]
    decided = result.decision
    context: dict[str, Any] = {"evaluated_at": time_text(now)}
    if reasons:
        context["reason"] = "approval_required" if result.status == "pending" else reasons[0]["code"]
        context["reasons"] = reasons
    if decided is not None:
        context["policy_version"] = decided.policy_version
    if result.record is not None:
        context["evaluation_id"] = str(result.record) + (f".{result.request}" if result.request else "")
        if result.request and expires is not None:
            context["access_request"] = {"endpoint": endpoint, "expires_at": time_text(expires)}
    return {"decision": result.status == "authorized", "context": context}


# --- steps ----------------------------------------------------------------------------------------------------------


def _entity(name: str, required: tuple[str, ...], given: Any, default: Any) -> dict[str, Any]:
    if given is None and default is None:
        raise HttpError(400, "AX0812", f"`{name}` is missing", f"send `{name}` with {' and '.join(required)}")
    whole = _object(name, given if given is not None else default)
    found: dict[str, Any] = {}
    for member in required:
        value = whole.get(member, default.get(member) if type(default) is dict else None)
        if type(value) is not str or not value:
            code = "AX0812" if value is None else "AX0813"
            raise HttpError(400, code, f"`{name}.{member}` is no text", "write a string that is not empty")
        found[member] = value
    if (properties := whole.get("properties")) is not None:
        found["properties"] = _object(f"{name}.properties", properties)
    return found


def _object(name: str, value: Any) -> dict[str, Any]:
    if type(value) is not dict:
        raise HttpError(400, "AX0813", f"`{name}` is not an object", "send an object")
    return value


def _actor(subject: Mapping[str, Any], context: Mapping[str, Any], caller: Caller) -> dict[str, Any]:
    """Whom the question is about. The subject's roles and the agent in the context are a gateway's to say."""
    if subject["type"] == "agent":
        return {"agent": named(subject)} | _roles(subject, caller)
    agent = context.get("agent") if caller.gateway else None
    actor = {"agent": agent} if isinstance(agent, str) else {}
    return actor | {"owner": named(subject)} | _roles(subject, caller)


def _roles(subject: Mapping[str, Any], caller: Caller) -> dict[str, Any]:
    roles = subject.get("properties", {}).get("roles")
    return {"roles": roles} if caller.gateway and roles is not None else {}

"""`/access/v1/requests`: the Access Request and Approval profile.

The request waits from the moment of the denial: submitting it only makes sure that it is the same question, and gives
its handle. An approval permits nothing by itself: the question is asked again, and the policy decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from axtary.approvals.service import Standing, Status
from axtary.proxy.approving import visible
from axtary.proxy.authzen.evaluate import endpoint
from axtary.proxy.authzen.mapping import action_of, question
from axtary.proxy.service import Service
from axtary.proxy.wire import PROBLEM, Call, HttpError, Reply
from axtary.runtime.action import time_text
from axtary.runtime.hashing import canonical

_URN = "urn:openid:authzen:access-request:error:"
_SECOND = 1_000_000
STATUS: Mapping[Standing, str] = {
    "pending": "pending",
    "approved": "approved",
    "used": "approved",
    "blocked": "pending",
    "denied": "denied",
    "expired": "expired",
    "cancelled": "cancelled",
    "stale": "failed",
}
"""How a request stands, in the words of the profile."""


def submitted(service: Service, call: Call) -> Reply:
    """The handle of the request that a denial began."""
    body = call.json("access request")
    denial = body.get("denial")
    asked = question(body)
    name = _bound(denial)
    try:
        found = visible(service, Call(call.caller, parts={"id": name}))
    except HttpError as error:
        if error.status != 404:
            raise
        return _problem(400, "invalid_denial_binding", "no denial that this caller was given has this `evaluation_id`")
    if not _is_of(found.request.action, action_of(asked, call.known, None)):
        return _problem(400, "invalid_denial_binding", "the denial was of another question")
    if found.standing == "expired":
        return _problem(400, "expired_denial", "the denial has expired: ask again")
    shown = _shown(service, found)
    headers = {"Location": shown["task"]["status_endpoint"], "Retry-After": "5"}
    return Reply(201 if found.standing == "approved" else 202, shown, headers)


def followed(service: Service, call: Call) -> Reply:
    """How it stands."""
    try:
        found = visible(service, call)
    except HttpError as error:
        if error.status != 404:
            raise
        return _problem(404, "unknown_task", "no request has this id")
    return Reply(200, _shown(service, found))


# --- steps ----------------------------------------------------------------------------------------------------------


def _bound(denial: Any) -> str:
    """The id of the request in the `evaluation_id` of a denial; "" for none."""
    found = denial.get("evaluation_id") if type(denial) is dict else None
    return found.partition(".")[2] if type(found) is str else ""


def _is_of(waiting: Mapping[str, Any], asked: Mapping[str, Any]) -> bool:
    """Is it the same question? Context may be added, but none that was there changed or left out."""
    before, now = dict(_context(waiting)), dict(_context(asked))
    given = now.get("request", {})
    now["request"] = {name: given[name] for name in before.get("request", {}) if name in given}
    if not now["request"]:
        del now["request"]
    for context in (before, now):
        context.pop("trace_id", None)
    return _same({**waiting, "context": before}, {**asked, "context": now})


def _context(action: Mapping[str, Any]) -> Mapping[str, Any]:
    found = action.get("context")
    return found if isinstance(found, Mapping) else {}


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    contents = ({name: value for name, value in each.items() if name not in ("id", "time")} for each in (one, other))
    return len({canonical(each) for each in contents}) == 1


def _shown(service: Service, found: Status) -> dict[str, Any]:
    request = found.request
    task = {
        "id": request.id,
        "status": STATUS[found.standing],
        "status_endpoint": f"{endpoint(service)}/{request.id}",
        "expires_at": time_text(request.expires / _SECOND),
    }
    if task["status"] != "approved":
        return {"task": task}
    yes = [each for each in request.verdicts if each.verdict == "approve"]
    approval: dict[str, Any] = {"id": request.id}
    if yes:
        approval["approved_at"] = time_text(max(each.at for each in yes) / _SECOND)
        approval["approved_until"] = time_text(min(each.expires for each in yes))
    return {"task": task, "result": {"mode": "reevaluate", "approval": approval}}


def _problem(status: int, kind: str, detail: str) -> Reply:
    shown = {"type": _URN + kind, "title": kind.replace("_", " "), "status": status, "detail": detail}
    return Reply(status, shown, media=PROBLEM)

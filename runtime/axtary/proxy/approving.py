"""`/v1/approvals`: what waits for people, and what they signed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from axtary.approvals.queue import State
from axtary.approvals.service import RequestError, Status
from axtary.ledger import LedgerError
from axtary.passes.errors import RefusedError
from axtary.proxy.identity import may_see
from axtary.proxy.service import Service
from axtary.proxy.wire import Call, HttpError, Reply, unavailable
from axtary.runtime.state import StateError

T = TypeVar("T")
_STATES: dict[str, State | None] = {
    "open": "open",
    "used": "used",
    "denied": "denied",
    "cancelled": "cancelled",
    "expired": "expired",
    "all": None,
}
_STATUS = {"request_unknown": 404, "request_over": 409, "request_stale": 409}


def listed(service: Service, call: Call) -> Reply:
    """Those that the caller may see, oldest first."""
    state = call.query.get("state", "open")
    if state not in _STATES:
        raise HttpError(400, "AX0814", "`state` is not a state", f"write one of {', '.join(_STATES)}")
    seen = _kept(
        lambda: service.approvals.queue.list(_STATES[state], wanted=lambda action: may_see(action, call.known))
    )
    return Reply(200, {"approvals": [_kept(lambda: service.approvals.status(each)).to_json() for each in seen]})  # noqa: B023


def shown(service: Service, call: Call) -> Reply:
    """One request, with the exact payload."""
    return Reply(200, visible(service, call).to_json())


def answered(service: Service, call: Call) -> Reply:
    """Keep an artifact that an approver signed: verified, recorded, and then kept."""
    body = call.json("answer")
    artifact: Any = body.get("artifact")
    if body.keys() != {"artifact"} or type(artifact) is not str:
        raise HttpError(
            400, "AX0813", "the answer has no artifact", 'send `{"artifact": "…"}` as `axtary approval sign` prints it'
        )
    name = visible(service, call).request.id
    return Reply(200, _kept(lambda: service.approvals.answer(name, artifact)).to_json())


def visible(service: Service, call: Call) -> Status:
    """The request that the path names. One that the caller may not see is not there. Raises HttpError."""
    found = _kept(lambda: service.approvals.find(call.parts["id"]))
    if not may_see(found.request.action, call.known):
        raise HttpError(404, "request_unknown", "no request has this id")
    return found


def _kept(work: Callable[[], T]) -> T:
    try:
        return work()
    except RequestError as error:
        raise HttpError(_STATUS.get(error.code, 409), error.code, error.message, error.help) from None
    except RefusedError as error:
        raise HttpError(422, error.reason.value, error.message, "sign an approval of exactly this request") from None
    except (StateError, LedgerError) as error:
        raise unavailable(error) from None

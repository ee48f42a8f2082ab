"""The queue: what waits, all of the request that is looked at, and the form that answers it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from starlette.responses import RedirectResponse, Response

from axtary.approvals import MAX_REASON
from axtary.approvals.changes import Change, changes
from axtary.approvals.errors import RequestError
from axtary.approvals.service import Status
from axtary.approvals.showing import APPROVAL_REQUIRED, Holder, hashed, holders, is_unseen
from axtary.compiler import Compiled
from axtary.ledger import LedgerError
from axtary.passes.errors import RefusedError
from axtary.proxy.pages.web import Call, PageError
from axtary.runtime.decision import Ground
from axtary.runtime.state import StateError

SHOWN = 50  # requests of the queue: each may be a mebibyte long
_STATUS = {"request_unknown": 404}
_DECISIONS: dict[str, Literal["approve", "deny"]] = {"approve": "approve", "deny": "deny"}
T = TypeVar("T")
_NO_SEAL = "You logged in elsewhere, or the script of the page does not run. Nothing was done. Log in here again."


@dataclass(frozen=True)
class Row:
    """A line of the queue."""

    status: Status
    tool: str
    resource: str
    agent: str
    owner: str


@dataclass(frozen=True)
class View:
    """All of a request. `refusal` says why the person may not approve it, "" if they may."""

    status: Status
    row: Row
    members: dict[str, Any]  # what the hash is over
    unseen: int  # characters that nobody sees
    changes: list[Change]
    holders: list[Holder]
    grounds: tuple[Ground, ...]  # besides approvals that are missing
    refusal: str


def queue(call: Call) -> Response:
    """The queue, with the request that the address names, or the first one."""
    name = call.request.path_params.get("request")
    every = bool(call.query("all"))
    approvals = call.services.approvals
    waiting = len(_kept(approvals.queue.waiting))
    statuses = _kept(lambda: approvals.list(None if every else "open", SHOWN, newest=every))
    current = next((each for each in statuses if name in (None, each.request.id)), None)
    if current is None and name is not None:
        current = _kept(lambda: approvals.find(name))
    return call.page(
        "approvals.html",
        rows=list(map(_row, statuses)),
        more=0 if every else waiting - len(statuses),
        waiting=waiting,
        every=every,
        view=_view(call, current) if current is not None else None,
        longest=MAX_REASON,
    )


def answer(call: Call) -> Response:
    """Yes or no, to exactly what was shown."""
    name, session = call.request.path_params["request"], call.session
    decision = _DECISIONS.get(call.form.get("verdict", ""))
    if session is None or decision is None:
        raise PageError(400, "no answer", "The form says neither yes nor no. Nothing was done.")
    if not session.is_sealed(call.form.get("seal", "")):
        raise PageError(403, "not from here", _NO_SEAL)
    asked = _kept(lambda: call.services.approvals.find(name)).request
    if call.form.get("action_hash") != asked.action_hash:
        raise PageError(409, "something else", "The form is about another action than this request. Nothing was done.")
    reason = call.form.get("reason", "").strip()
    status = _kept(lambda: call.services.approvals.answer_for(session.person, name, decision, reason))
    done = "approved" if decision == "approve" else "denied"
    session.notice = f"You {done} {asked.action['tool']}. It is {status.standing} now."
    return RedirectResponse(f"/ui/approvals/{status.request.id}", 303)


def _row(status: Status) -> Row:
    action = status.request.action
    actor = action.get("actor") or {}
    agent, owner = (found if isinstance(found := actor.get(name), str) else "" for name in ("agent", "owner"))
    return Row(status, action["tool"], action.get("resource", ""), agent, owner)


def _view(call: Call, status: Status) -> View:
    request, services = status.request, call.services
    members = hashed(request.action)
    compiled: Compiled = services.compiled()
    current = compiled.policy.policy_version == request.policy_version
    return View(
        status,
        _row(status),
        members,
        _unseen(members),
        changes(request.action, services.workspace),
        holders(request.reasons, compiled.policy) if current else [],
        tuple(each for each in status.grounds if each.code != APPROVAL_REQUIRED),
        _refusal(call, status),
    )


def _unseen(members: dict[str, Any]) -> int:
    text = json.dumps(members, ensure_ascii=False)
    return 0 if text.isascii() and text.isprintable() else sum(map(is_unseen, text))


def _refusal(call: Call, status: Status) -> str:
    if call.session is None or status.request.state != "open":
        return ""
    try:
        call.services.approvals.sign_for(call.session.person, status.request.id, "approve")
    except (RefusedError, RequestError) as error:
        return error.message
    return ""


def _kept(work: Callable[[], T]) -> T:
    try:
        return work()
    except RequestError as error:
        raise PageError(_STATUS.get(error.code, 409), "not done", f"{error.message}.") from None
    except RefusedError as error:
        raise PageError(403, "refused", f"The approval is refused: {error.message}.") from None
    except LedgerError:
        raise PageError(503, "not recorded", "The ledger cannot be written, so the answer is not kept.") from None
    except StateError:
        raise PageError(503, "no state", "The state cannot be used now.") from None

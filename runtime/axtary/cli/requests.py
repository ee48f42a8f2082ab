"""`axtary approvals list`, `show` and `cancel`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from axtary.approvals.changes import changes
from axtary.approvals.errors import RequestError
from axtary.approvals.queue import Queue, Request
from axtary.approvals.service import Approvals, Status
from axtary.approvals.showing import APPROVAL_REQUIRED, holders
from axtary.approvals.verify import Approval
from axtary.cli.approval_text import action_lines, change_lines, holder_lines
from axtary.cli.approvals import those_of
from axtary.cli.ledger_kept import keep
from axtary.cli.output import FINDINGS, INVALID, OK, colour, fail, invalid_input, leave, load, print_json
from axtary.cli.texts import columns, time_text
from axtary.compiler import Compiled
from axtary.compiler.diagnostics import printable
from axtary.pipeline.approving import cancelled as recorded
from axtary.runtime.engine import Engine, state_of
from axtary.runtime.messages import cut
from axtary.runtime.policyfile import UnreadableError
from axtary.runtime.state import Once, SqlStore, StateError, is_url, open_database

_SECOND = 1_000_000
_WIDE = 48  # characters of what an agent named
_HEAD = ("request", "status", "tool", "resource", "agent", "expires")


@dataclass(frozen=True)
class Place:
    """Where the requests are: of a policy, in its state or another one. `approvers` is a file, if not the policy's."""

    policy: Path
    state: str | None
    approvers: Path | None = None


@dataclass(frozen=True)
class Opened:
    """What commands work with."""

    compiled: Compiled
    approvals: Approvals


Record = Callable[[Request, Approval], None]


def _no_record(_request: Request, _found: Approval) -> None:
    raise AssertionError("a command that answers nothing recorded an answer")


@contextmanager
def opened(place: Place, as_json: bool, record: Record = _no_record) -> Iterator[Opened]:
    """The requests of a policy. A state that is not there is an error: nothing is made by looking."""
    compiled = load(place.policy, as_json)
    found = place.state if place.state is not None else state_of(place.policy, compiled.settings, os.environ)
    with invalid_input(as_json):
        if not is_url(str(found)) and not Path(found).exists():
            raise UnreadableError(found, "no state is there", "it is made when an engine first counts or asks")
        try:
            database = open_database(found, compiled.settings.durability)
            try:
                engine = Engine(compiled.policy, SqlStore(database))
                approvers = compiled.approvers
                if place.approvers is not None:
                    approvers = those_of(compiled, place.approvers, as_json)
                queue, once = Queue(database), Once(database)
                yield Opened(
                    compiled,
                    Approvals(engine=engine, queue=queue, approvers=lambda: approvers, record=record, once=once),
                )
            finally:
                database.close()
        except StateError as error:
            raise UnreadableError("state", str(error), "give the file or database with `--state`") from None
        except RequestError as error:
            over(error, as_json)


def over(error: RequestError, as_json: bool) -> None:
    """Say why there is nothing to answer: exit 2 if there is no such request, 1 if there is none any more."""
    if error.code == "request_unknown":
        fail(error.message, "list them with `axtary approvals list`", as_json)
    if as_json:
        print_json({"refused": {"code": error.code, "message": error.message}})
    else:
        sys.stderr.write(f"{colour('refused', 'red', sys.stderr)}[{error.code}]: {printable(error.message)}\n")
    leave(FINDINGS)


def listed(every: bool, place: Place, as_json: bool) -> None:
    """Those that wait, or all."""
    with opened(place, as_json) as found:
        rows = found.approvals.list(None if every else "open")
    if as_json:
        print_json([status.to_json() for status in rows])
    elif rows:
        sys.stdout.write(columns(_HEAD, list(map(_row, rows))))
    else:
        sys.stdout.write("nothing waits for approval\n")
    leave(OK)


def _row(status: Status) -> tuple[str, ...]:
    request, action = status.request, status.request.action
    named = (action["tool"], action.get("resource", ""), agent_of(action))
    return (request.id, status.standing, *(cut(each, _WIDE) for each in named), _end(request))


def agent_of(action: Any) -> str:
    """Who asks: the agent, as the runtime named it."""
    found = (action.get("actor") or {}).get("agent")
    return found if isinstance(found, str) else "-"


def _end(request: Request) -> str:
    return time_text(request.expires // _SECOND)


def shown(name: str, place: Place, as_json: bool) -> None:
    """All of one."""
    with opened(place, as_json) as found:
        status = found.approvals.find(name)
        if as_json:
            print_json(status.to_json())
        else:
            sys.stdout.write("\n".join(status_lines(status, found.compiled, place.policy)) + "\n")
    leave(OK)


def status_lines(status: Status, compiled: Compiled, policy: Path) -> list[str]:
    """The action, what it changes, why it is held, the answers so far, and how it stands."""
    request = status.request
    lines = [*action_lines(request.action), *change_lines(changes(request.action, policy.parent)), ""]
    if request.policy_version == compiled.policy.policy_version:
        beside = [each.message for each in status.grounds if each.code != APPROVAL_REQUIRED]
        lines += holder_lines(holders(request.reasons, compiled.policy), beside, policy)
    else:
        lines += [printable(each.message) for each in (*request.reasons, *status.grounds)]
    lines += ["", *map(_said, request.verdicts)] if request.verdicts else []
    ends = f"asked {time_text(request.at // _SECOND)}, expires {_end(request)}"
    return [*lines, "", f"{request.id}  {status.standing}, {ends}"]


def _said(verdict: Any) -> str:
    verb = "approved" if verdict.verdict == "approve" else "denied"
    why = f": {printable(verdict.reason)}" if verdict.reason else ""
    return f"{printable(verdict.approver)} {verb}, good until {time_text(verdict.expires)}{why}"


def cancelled(name: str, place: Place, as_json: bool) -> None:
    """End one. Exit 1 if that is not recorded."""
    with opened(place, as_json) as found:
        status = found.approvals.cancel(name)
    kept = keep(place.policy, [recorded(status.request)])
    if as_json:
        print_json(status.to_json())
    else:
        sys.stdout.write(f"{printable(name)} is cancelled\n")
    leave(OK if kept else FINDINGS)


__all__ = ["INVALID", "Opened", "Place", "agent_of", "cancelled", "listed", "opened", "shown", "status_lines"]

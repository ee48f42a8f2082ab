"""`axtary proxy token`: who may call."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from axtary.cli.output import OK, invalid_input, leave, print_json
from axtary.cli.texts import columns, time_text
from axtary.compiler.diagnostics import printable
from axtary.proxy.callers import FILE, Caller, Callers

_HEAD = ("name", "agent", "owner", "tenant", "may", "by", "since", "revoked")


@dataclass(frozen=True)
class Given:
    """What the command line says of a caller."""

    name: str
    agent: str
    owner: str
    tenant: str
    roles: tuple[str, ...]
    gateway: bool
    approvals: bool
    certificate: str
    workspace: str
    task: str
    ask: bool
    whole_commands: bool


def add(policy: Path, given: Given, with_token: bool, as_json: bool) -> None:
    """Let a caller in."""
    with invalid_input(as_json):
        token = _callers(policy).add(Caller(**vars(given)), with_token)
    if as_json:
        print_json({"name": given.name, "token": token or None})
    elif token:
        sys.stdout.write(token + "\n")
        sys.stderr.write("this is the only time that the token is shown\n")
    else:
        sys.stdout.write(f"{printable(given.name)} is let in by its certificate\n")
    leave(OK)


def listed(policy: Path, as_json: bool) -> None:
    """All callers."""
    with invalid_input(as_json):
        found = _callers(policy).stored()
    if as_json:
        print_json([_to_json(each) for each in found])
    else:
        sys.stdout.write(columns(_HEAD, [_row(each) for each in found]))
    leave(OK)


def revoke(policy: Path, name: str, as_json: bool) -> None:
    """Put a caller out."""
    with invalid_input(as_json):
        gone = _callers(policy).revoke(name)
    if as_json:
        print_json(_to_json(gone))
    else:
        sys.stdout.write(f"revoked {printable(name)}\n")
    leave(OK)


def _callers(policy: Path) -> Callers:
    return Callers(policy.parent / FILE)


def _row(caller: Caller) -> tuple[str, ...]:
    may = ",".join(word for word, has in (("gateway", caller.gateway), ("approvals", caller.approvals)) if has)
    by = " and ".join(word for word, has in (("token", caller.token), ("certificate", caller.certificate)) if has)
    gone = time_text(caller.revoked) if caller.revoked is not None else ""
    texts = (caller.name, caller.agent, caller.owner, caller.tenant, may, by, time_text(caller.created), gone)
    return tuple(printable(each) or "-" for each in texts)


def _to_json(caller: Caller) -> dict[str, Any]:
    shown = caller.to_json()
    shown |= {"token": bool(caller.token), "created": time_text(caller.created)}
    return shown | {"revoked": time_text(caller.revoked) if caller.revoked is not None else None}

"""`axtary approvals approve` and `deny`: the request, the question, the signature, the answer."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

from axtary.approvals.queue import Request
from axtary.approvals.service import Status
from axtary.approvals.verify import Approval
from axtary.cli.approval_signer import Signer, Words, checked
from axtary.cli.approval_text import ask, question
from axtary.cli.approvals import refused, those_of
from axtary.cli.output import OK, fail, invalid_input, leave, load, print_json
from axtary.cli.requests import Place, opened, status_lines
from axtary.compiler.diagnostics import printable
from axtary.ledger import LedgerError, ledger_of, open_ledger
from axtary.passes.errors import RefusedError
from axtary.passes.keyfile import read_private_key
from axtary.pipeline.approving import recorder


def run(name: str, words: Words, place: Place, as_json: bool) -> None:
    """Answer a request. Exit 1 if the answer would be refused or is too late, or if the person says no."""
    ttl = checked(words, as_json)
    compiled = load(place.policy, as_json)
    people = those_of(compiled, place.approvers, as_json)
    with invalid_input(as_json):
        key = read_private_key(words.key, "approval")
    try:
        with opened(place, as_json, _recording(place.policy, compiled.settings.durability)) as found:
            request = found.approvals.opened(name)
            signer = Signer(words, request.action, request.policy_version, people, key, ttl)
            signer.artifact()  # before anybody is asked: would it be worth anything?
            lines = status_lines(found.approvals.status(request), found.compiled, place.policy)
            sentence = question(request.action, words.approver, people, words.deny, ttl)
            sys.stderr.write("\n".join([*lines, "", sentence]) + "\n")
            ask(words.yes, as_json)
            _, artifact = signer.artifact()
            status = found.approvals.answer(name, artifact)
    except RefusedError as error:
        refused(error, as_json)
    except LedgerError as error:
        fail(f"the answer cannot be recorded, so it is not kept: {error}", "check the ledger", as_json)
    _report(status, as_json)
    leave(OK)


def _recording(policy: Path, durability: str) -> Callable[[Request, Approval], None]:
    """Opens the ledger when there is something to record."""

    def record(request: Request, found: Approval) -> None:
        with open_ledger(ledger_of(policy, os.environ), durability=durability) as ledger:
            recorder(ledger)(request, found)

    return record


def _report(status: Status, as_json: bool) -> None:
    if as_json:
        print_json(status.to_json())
        return
    missing = "".join(f"; {printable(each.message)}" for each in status.grounds)
    sys.stdout.write(f"{printable(status.request.id)} is {status.standing}{missing}\n")

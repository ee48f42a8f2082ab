"""The approvals of a pipeline: an answer is in its ledger before it counts."""

from __future__ import annotations

from collections.abc import Callable

from axtary.approvals.queue import Request
from axtary.approvals.service import Approvals
from axtary.approvals.verify import Approval
from axtary.ledger import Entry, Ledger, of
from axtary.passes.keys import PrivateKey
from axtary.pipeline.pipeline import Pipeline
from axtary.runtime.action import time_text
from axtary.runtime.decision import Decision


def approvals_of(pipeline: Pipeline, signer: Callable[[], PrivateKey | None] = lambda: None) -> Approvals:
    """`signer` gives the key with which the service signs for people, None if there is none."""
    return Approvals(
        engine=pipeline.engine,
        queue=pipeline.queue,
        approvers=pipeline.approvers,
        record=recorder(pipeline.ledger),
        once=pipeline.once,
        signer=signer,
        clock=pipeline.clock,
    )


def recorder(ledger: Ledger) -> Callable[[Request, Approval], None]:
    """Writes answers into a ledger. What it gives raises LedgerError."""

    def record(request: Request, found: Approval) -> None:
        claims, person = found.claims, found.approver
        entry = of.approval(
            _held(request),
            jti=claims.jti,
            approver=person.id,
            roles=person.roles,
            verdict="approved" if claims.decision == "approve" else "rejected",
            expires=time_text(claims.exp),
        )
        ledger.append(entry)

    return record


def cancelled(request: Request) -> Entry:
    """What the ledger says of a request that was cancelled."""
    return of.cancelled(_held(request), request.id)


def _held(request: Request) -> Decision:
    return Decision("step_up", request.reasons, (), {}, request.policy_version, request.action)

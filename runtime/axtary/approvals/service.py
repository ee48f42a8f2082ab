"""Requests that wait, and answers to them: what the command line, the page and the API have in common.

    status = service.answer(request, artifact)      # signed by the approver
    status = service.answer_for(who, request, "approve", "as agreed")  # signed by the service, for whom it knows

An answer is verified, recorded in the ledger, and kept: in this order, so that nothing counts that is not recorded. It
permits nothing by itself: whoever executes verifies all artifacts again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from axtary.approvals.artifact import HEADER, MAX_TOKEN, TTL, TYP, new_claims, read, sign
from axtary.approvals.decide import KIND
from axtary.approvals.errors import RequestError, request_error
from axtary.approvals.queue import Queue, Request, State, Verdict
from axtary.approvals.verify import Approval, Asked, check, remembered, verify
from axtary.compiler.approvers import ApproverList
from axtary.passes import jose
from axtary.passes.errors import Reason, RefusedError
from axtary.passes.keys import PrivateKey
from axtary.runtime.action import time_text
from axtary.runtime.decision import Ground
from axtary.runtime.engine import Engine
from axtary.runtime.state import Once

Standing = Literal["pending", "approved", "blocked", "stale", "denied", "expired", "used", "cancelled"]
"""pending: approvals are missing. approved: they suffice, until the first one expires. blocked: something else denies
it now, whatever is approved. stale: asked under another policy. The others have ended."""

_SECOND = 1_000_000


@dataclass(frozen=True)
class Status:
    """How a request stands. `grounds` say what is missing or in the way; a request that ended has none."""

    request: Request
    standing: Standing
    grounds: tuple[Ground, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """For a caller: everything but the artifacts, which are evidence for whoever executes and nobody else."""
        request = self.request
        return {
            "request": request.id,
            "status": self.standing,
            "action": dict(request.action),
            "action_hash": request.action_hash,
            "payload_hash": Asked.of(request.action, "").payload_hash,
            "policy_version": request.policy_version,
            "asked": time_text(request.at / _SECOND),
            "expires": time_text(request.expires / _SECOND),
            "reasons": [_ground_json(each) for each in request.reasons],
            "open": [_ground_json(each) for each in self.grounds],
            "answers": [_verdict_json(each) for each in request.verdicts],
        }


@dataclass(frozen=True, kw_only=True)
class Approvals:
    """Safe to use from any thread. `record` writes an answer into the ledger and raises if it cannot: then the answer
    is not kept. `once` knows which artifacts were used or taken back. `signer` is the key of the service, None if there
    is none.
    """

    engine: Engine
    queue: Queue
    approvers: Callable[[], ApproverList]
    record: Callable[[Request, Approval], None]
    once: Once
    signer: Callable[[], PrivateKey | None] = field(default=lambda: None)
    clock: Callable[[], float] = time.time

    # --- looking ----------------------------------------------------------------------------------------------------

    def list(self, state: State | None = "open", limit: int = 1000, newest: bool = False) -> list[Status]:
        """Oldest first, or `newest`. Raises StateError."""
        return [self.status(each) for each in self.queue.list(state, limit, newest)]

    def find(self, name: str) -> Status:
        """By the id of the request. Raises RequestError `request_unknown`; StateError."""
        return self.status(self._found(name))

    def opened(self, name: str) -> Request:
        """One that an answer may be given to. Raises RequestError, StateError."""
        request = self._found(name)
        if request.state != "open":
            raise request_error("request_over", f"it is {request.state}")
        if request.policy_version != self.engine.policy_version:
            raise request_error("request_stale")
        return request

    def status(self, request: Request) -> Status:
        """How it stands now, with the artifacts that were given: nothing is reserved or used up."""
        if request.state != "open":
            return Status(request, request.state)
        if request.policy_version != self.engine.policy_version:
            return Status(request, "stale", (Ground("request_stale", "", request_error("request_stale").message),))
        now = self.clock()
        try:
            artifacts = request.artifacts(int(now))
            approved = verify(artifacts, request.action, self.approvers(), request.policy_version, now)
        except RefusedError as error:
            return Status(request, "blocked", (Ground(error.reason.value, "", error.message),))
        decision = self.engine.preview({**request.action, "time": time_text(now)}, {"approval": approved.facts})
        return Status(request, _STANDINGS[decision.decision], decision.grounds if decision.decision != "allow" else ())

    # --- answering --------------------------------------------------------------------------------------------------

    def answer(self, name: str, artifact: str) -> Status:
        """Keep what an approver signed for this request. The same artifact again changes nothing.

        Raises RefusedError if it is worth nothing, RequestError, StateError, and what `record` raises.
        """
        request = self.opened(name)
        asked = Asked.of(request.action, request.policy_version)
        found = check(artifact, asked, self.approvers(), self.clock())
        if any(each.artifact == artifact for each in request.verdicts):
            return self.status(request)
        if self.once.is_used(KIND, found.claims.jti):
            raise RefusedError(Reason.APPROVAL_USED)
        self.record(request, found)
        self._take_back(request, found.approver.id)
        claims = found.claims
        verdict = Verdict(found.approver.id, claims.decision, claims.reason, artifact, claims.exp)
        if not self.queue.answer(name, verdict):
            raise request_error("request_over")
        return self.find(name)

    def sign_for(
        self, approver: str, name: str, decision: Literal["approve", "deny"], reason: str = "", ttl: int = TTL
    ) -> str:
        """An artifact that the service signs for an approver, who must have been authenticated and asked.

        Raises RequestError, RefusedError (also if it would be worth nothing), StateError.
        """
        request, people = self.opened(name), self.approvers()
        service, key = people.service, self.signer()
        if service is None or key is None or key.kid != service.key:
            raise request_error("service_missing", help_text=NO_SERVICE)
        now = self.clock()
        claims = new_claims(
            request.action,
            approver=approver,
            policy_version=request.policy_version,
            now=int(now),
            ttl=ttl,
            decision=decision,
            reason=reason,
            audience=people.audience,
            service=service.id,
        )
        artifact = sign(claims, key)
        check(artifact, Asked.of(request.action, request.policy_version), people, now)
        return artifact

    def answer_for(
        self, approver: str, name: str, decision: Literal["approve", "deny"], reason: str = "", ttl: int = TTL
    ) -> Status:
        """`sign_for` and `answer`."""
        return self.answer(name, self.sign_for(approver, name, decision, reason, ttl))

    def cancel(self, name: str) -> Status:
        """Nobody waits for it any more. Raises RequestError, StateError."""
        if not self.queue.end(self._found(name).id, "cancelled"):
            raise request_error("request_over")
        return self.find(name)

    # --- steps ------------------------------------------------------------------------------------------------------

    def _take_back(self, request: Request, approver: str) -> None:
        """What they said before is worth nothing from now on, for whoever has it and for a request that comes later."""
        for each in request.verdicts:
            if each.approver == approver:
                claims = read(jose.parse(each.artifact, TYP, HEADER, MAX_TOKEN).payload)
                self.once.use(KIND, claims.jti, remembered(claims))

    def _found(self, name: str) -> Request:
        request = self.queue.find(name)
        if request is None:
            raise request_error("request_unknown")
        return request


NO_SERVICE = (
    "make a key with `axtary keys init --purpose approval`, and name it under `approvers`: "
    '`service: {id: "service:approvals", key: …}`'
)


_STANDINGS: Mapping[str, Standing] = {"allow": "approved", "step_up": "pending", "deny": "blocked"}


def _ground_json(ground: Ground) -> dict[str, str]:
    return {"code": ground.code, "rule": ground.rule, "message": ground.message}


def _verdict_json(verdict: Verdict) -> Mapping[str, str]:
    return {
        "approver": verdict.approver,
        "verdict": verdict.verdict,
        "reason": verdict.reason,
        "at": time_text(verdict.at / _SECOND),
        "expires": time_text(verdict.expires),
    }


__all__ = ["NO_SERVICE", "Approvals", "RequestError", "Standing", "Status"]

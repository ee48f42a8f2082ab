"""What an entry point gets back: how far an action came, why, and how long each stage took."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from axtary.connectors.provider import Ran
from axtary.runtime.decision import Decision, Ground

Status = Literal["executed", "authorized", "blocked", "pending", "failed", "malformed"]
"""executed: it ran, and did what it should. authorized: the caller runs it, and says what came of it. blocked: denied.
pending: a human is asked. failed: it did not run, or it did and went wrong. malformed: nothing was decided."""


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that must not happen, and did."""

    code: str
    message: str

    def to_json(self) -> dict[str, str]:
        """For a caller."""
        return {"code": self.code, "message": self.message}


@dataclass(frozen=True)
class Result:
    """`attempt` is the caller's key, `record` the number of the decision in the ledger. `token` is the pass, which only
    an authorized caller gets. `timings` are microseconds by stage, in their order. `repeated`: it is what came of the
    attempt that had this key before.
    """

    status: Status
    attempt: str
    grounds: tuple[Ground, ...] = ()
    decision: Decision | None = None
    record: int | None = None
    ran: Ran | None = None
    request: str | None = None  # for an approval
    token: str | None = None
    incidents: tuple[Incident, ...] = ()
    timings: Mapping[str, int] = field(default_factory=dict)
    repeated: bool = False

    def to_json(self) -> dict[str, Any]:
        """For a caller; without members that have nothing to say."""
        decision, ran = self.decision, self.ran
        found: dict[str, Any] = {
            "status": self.status,
            "attempt": self.attempt,
            "decision": decision.decision if decision is not None else None,
            "reasons": [{"code": g.code, "rule": g.rule, "message": g.message} for g in self.grounds],
            "fired": list(decision.fired) if decision is not None else None,
            "obligations": dict(decision.obligations) if decision is not None else None,
            "policy_version": decision.policy_version if decision is not None else None,
            "action_hash": decision.action_hash if decision is not None else None,
            "payload_hash": decision.payload_hash if decision is not None else None,
            "record": self.record,
            "outcome": ran.outcome if ran is not None else None,
            "result": ran.result if ran is not None else None,
            "message": (ran.message or None) if ran is not None else None,
            "request": self.request,
            "pass": self.token,
            "incidents": [incident.to_json() for incident in self.incidents] or None,
            "timings": dict(self.timings),
            "repeated": self.repeated or None,
        }
        return {name: value for name, value in found.items() if value is not None}

"""What comes of an action: the decision with its grounds, what it was decided with, and what is held for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from axtary.backends.verdict import Decision as Effect
from axtary.backends.verdict import Verdict
from axtary.compiler.ir import Policy
from axtary.runtime import hashing
from axtary.runtime.messages import message

BUDGET_EXHAUSTED = "budget_exhausted"
LOST_RACE = "lost_race"
STATE_UNAVAILABLE = "state_unavailable"
ENGINE_FAILED = "engine_failed"


@dataclass(frozen=True, slots=True)
class Ground:
    """Why: the code of a reason, the rule ("" for none), and one phrase."""

    code: str
    rule: str
    message: str


@dataclass(frozen=True)
class Decision:
    """The answer to one action. `allow` is the only permission, and only for exactly this action.

    `facts` are those that it was decided with. `reservation` is what must be committed or rolled back, None if nothing
    is held; it expires at `expires` (microseconds since 1970).
    """

    decision: Effect
    grounds: tuple[Ground, ...]
    fired: tuple[str, ...]
    obligations: Mapping[str, Any]
    policy_version: str
    action: Mapping[str, Any]
    facts: Mapping[str, Any] = field(default_factory=dict)
    reservation: str | None = None
    expires: int | None = None

    @cached_property
    def action_hash(self) -> str:
        """`sha256:` + hex, as `axtary.runtime.hashing` says."""
        return hashing.action_hash(self.action)

    @cached_property
    def payload_hash(self) -> str:
        """`sha256:` + hex, as `axtary.runtime.hashing` says."""
        return hashing.payload_hash(self.action)

    def to_json(self) -> dict[str, Any]:
        """The decision for a ledger or a caller; the action stands for itself, by its hashes."""
        return {
            "decision": self.decision,
            "reasons": [{"code": g.code, "rule": g.rule, "message": g.message} for g in self.grounds],
            "fired": list(self.fired),
            "obligations": dict(self.obligations),
            "policy_version": self.policy_version,
            "action_hash": self.action_hash,
            "payload_hash": self.payload_hash,
            "facts": dict(self.facts),
            "reservation": self.reservation,
            "expires": self.expires,
        }


def of_verdict(verdict: Verdict, policy: Policy, action: Mapping[str, Any], facts: Mapping[str, Any]) -> Decision:
    """What an engine said."""
    grounds = tuple(Ground(code.value, rule, message((code, rule), policy)) for code, rule in verdict.reasons)
    return Decision(verdict.decision, grounds, verdict.fired, verdict.obligations, policy.policy_version, action, facts)


def denied(grounds: tuple[Ground, ...], given: Decision) -> Decision:
    """A deny in place of what an engine said."""
    return Decision("deny", grounds, given.fired, given.obligations, given.policy_version, given.action, given.facts)

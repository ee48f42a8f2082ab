"""Entries from what the runtime has: a decision, the outcome of an action."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from axtary.ledger.record import Entry, entry
from axtary.runtime.decision import Decision


def decision(given: Decision, *, jti: str | None = None, payloads: bool = False) -> Entry:
    """A decision, before anything runs. The payload stands for itself by its hash, unless `payloads`.

    `jti` names the pass. Raises LedgerError.
    """
    payload = given.action.get("payload") if payloads else None
    return entry(
        "decision",
        {
            **about(given),
            "decision": given.decision,
            "reasons": [{"code": g.code, "rule": g.rule, "message": g.message} for g in given.grounds],
            "fired": list(given.fired),
            "payload_hash": given.payload_hash,
            "pass": jti,
            "payload": payload,
        },
    )


def outcome(
    given: Decision,
    how: str,
    *,
    result: Any = None,
    costs: Mapping[str, str] | None = None,
    jti: str | None = None,
    message: str | None = None,
) -> Entry:
    """What came of an action that was allowed: `how` is `succeeded`, `failed` or `unknown`. Raises LedgerError.

    `costs` are the actual ones by rule, as decimal text.
    """
    members = {"outcome": how, "result": result, "costs": costs, "pass": jti, "message": message}
    return entry("outcome", {**about(given), **members})


def approval(given: Decision, *, jti: str, approver: str, roles: Sequence[str], verdict: str, expires: str) -> Entry:
    """What an approver said of an action that waits: `verdict` is `approved` or `rejected`. Raises LedgerError.

    `jti` names the artifact. The reason is not recorded: it stands in the artifact, and people write anything there.
    """
    members = {"approval": jti, "approver": approver, "roles": roles, "verdict": verdict, "expires": expires}
    return entry("approval", {**about(given), "payload_hash": given.payload_hash, **members})


def about(given: Decision) -> dict[str, Any]:
    """Whose action it is, and which, for an entry of any kind."""
    action = given.action
    actor, intent, context = (_object(action.get(name)) for name in ("actor", "intent", "context"))
    found = {
        "agent": actor.get("agent"),
        "owner": actor.get("owner"),
        "tenant": actor.get("tenant"),
        "task": intent.get("task"),
        "tool": action.get("tool"),
        "resource": action.get("resource"),
        "trace": context.get("trace_id"),
        "reservation": given.reservation,
    }
    hashes = {"action_hash": given.action_hash, "policy_version": given.policy_version}
    return {name: value for name, value in found.items() if isinstance(value, str)} | hashes


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}

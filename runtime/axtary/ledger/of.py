"""Entries from what the runtime has: a decision, the outcome of an action, a decision of somebody else.

A decision has all that it depended on, so that it can be made again (`axtary.ledger.replay`): what the runtime knows
always, what the action itself says only with `payloads`. `withheld` names what was there and is not in the record just
as it was: not asked for, cut, or with something removed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from axtary.ledger.record import Entry, entry, is_hash
from axtary.ledger.redact import sanitised, text
from axtary.runtime import hashing
from axtary.runtime.decision import Decision
from axtary.runtime.decisionlog import Entry as Logged

_TEXTS = ("agent", "owner", "tenant", "task", "tool", "resource")
_PRIVATE = ("payload", "paths", "context", "summary")  # of the action: kept only if asked for


def decision(given: Decision, *, jti: str | None = None, payloads: bool = False) -> Entry:
    """A decision, before anything runs. What the action says stands for itself by its hashes, unless `payloads`.

    `jti` names the pass. Raises LedgerError.
    """
    counted = {name: given.obligations[name] for name in ("rates", "budgets") if name in given.obligations}
    return entry(
        "decision",
        {
            **about(given),
            "decision": given.decision,
            "reasons": [{"code": g.code, "rule": g.rule, "message": g.message} for g in given.grounds],
            "fired": list(given.fired),
            "payload_hash": given.payload_hash,
            "pass": jti,
            **_asked(given.action, given.facts, counted, payloads),
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


def cancelled(given: Decision, request: str) -> Entry:
    """That nobody waits any more for the approval of an action: of whom the `request` was. Raises LedgerError."""
    members = {"revoked": request, "what": "request", "payload_hash": given.payload_hash}
    return entry("revocation", {**about(given), **members})


def imported(logged: Logged, system: str, *, payloads: bool = False) -> Entry:
    """What another `system` says that it decided. It is no decision of ours, and has none of the members of one.

    Raises LedgerError.
    """
    result = logged.result or {}
    said = result.get("decision")
    version = result.get("policy_version")
    return entry(
        "imported",
        {
            **_who(logged.action),
            "action_hash": hashing.action_hash(logged.action),
            "payload_hash": hashing.payload_hash(logged.action),
            "policy_version": version if is_hash(version) else None,
            "system": system,
            "source": logged.where,
            "source_id": logged.id,
            "source_time": logged.time,
            "answer": said if said in ("allow", "deny", "step_up") else None,
            "grounds": list(_grounds(result.get("reasons"))) if result else None,
            "rules": [rule for rule in _list(result.get("fired")) if isinstance(rule, str)] if result else None,
            **_asked(logged.action, logged.facts, {}, payloads),
        },
    )


def about(given: Decision) -> dict[str, Any]:
    """Whose action it is, and which, for an entry of any kind."""
    hashes = {"action_hash": given.action_hash, "policy_version": given.policy_version}
    return _who(given.action) | ({"reservation": given.reservation} if given.reservation is not None else {}) | hashes


def _who(action: Mapping[str, Any]) -> dict[str, Any]:
    actor, intent, context = (_object(action.get(name)) for name in ("actor", "intent", "context"))
    found = {
        "agent": actor.get("agent"),
        "owner": actor.get("owner"),
        "tenant": actor.get("tenant"),
        "task": intent.get("task"),
        "tool": action.get("tool"),
        "resource": action.get("resource"),
        "trace": context.get("trace_id"),
    }
    return {name: value for name, value in found.items() if isinstance(value, str)}


def _asked(
    action: Mapping[str, Any], facts: Mapping[str, Any], counted: Mapping[str, Any], payloads: bool
) -> dict[str, Any]:
    """All that a decision can depend on besides who asks; members that are None are not there."""
    whole = {
        "action_time": action.get("time"),
        "actor_roles": _object(action.get("actor")).get("roles"),
        "facts": dict(facts),
        "meters": dict(counted) or None,
        "payload": action.get("payload"),
        "paths": action.get("paths"),
        "context": None if _is_trace(action.get("context")) else action.get("context"),
        "summary": _object(action.get("intent")).get("summary"),
    }
    kept = {name: sanitised(value) for name, value in whole.items() if payloads or name not in _PRIVATE}
    differs = [name for name, value in whole.items() if value is not None and kept.get(name) != value]
    cut = [name for name, value in _who(action).items() if name in _TEXTS and text(value) != value]
    return {**kept, "withheld": sorted([*differs, *cut, *_nulls(action)])}


def _nulls(action: Mapping[str, Any]) -> Iterator[str]:
    """What is null, and so is neither kept nor absent."""
    actor = _object(action.get("actor"))
    if "paths" in action and action["paths"] is None:
        yield "paths"
    if "roles" in actor and actor["roles"] is None:
        yield "actor_roles"


def _is_trace(context: Any) -> bool:
    """A context that is told by the member `trace`."""
    return isinstance(context, Mapping) and context.keys() == {"trace_id"} and isinstance(context["trace_id"], str)


def _grounds(reasons: Any) -> Iterator[dict[str, str]]:
    for each in _list(reasons):
        code, rule = _object(each).get("code"), _object(each).get("rule")
        if isinstance(code, str) and isinstance(rule, str):
            yield {"code": code, "rule": rule}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}

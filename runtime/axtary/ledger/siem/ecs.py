"""Elastic Common Schema 9.5: one document a line. What ECS has no field for stands under `axtary.`

`agent.*` of ECS is who ships the event, so the agent that acts is `gen_ai.agent.*`. A step_up is `denied`.
"""

from __future__ import annotations

from typing import Any

from axtary.ledger.siem.event import PRODUCT, Event, Level, ascii_json, present

VERSION = "9.5.0"
_SEVERITIES = {Level.INFO: 1, Level.NOTICE: 2, Level.WARNING: 3, Level.ALERT: 4}
_TYPES = {
    "decision.allow": ["allowed"],
    "decision.deny": ["denied"],
    "decision.step_up": ["denied"],
    "outcome.succeeded": ["access"],
    "outcome.failed": ["access"],
    "outcome.unknown": ["access"],
    "approval.approved": ["admin"],
    "approval.rejected": ["admin"],
    "revocation.pass": ["admin", "deletion"],
    "revocation.approval": ["admin", "deletion"],
    "revocation.key": ["admin", "deletion"],
    "revocation.agent": ["admin", "deletion"],
    "policy": ["change"],
}


def line(event: Event) -> str:
    """A document, without a line end."""
    trace = event.text("trace")
    found = {
        "@timestamp": event.time,
        "ecs": {"version": VERSION},
        "message": event.message,
        "event": _event(event),
        "gen_ai": _named("agent", {"id": event.text("agent")}),
        "user": present({"id": event.text("approver") or event.text("owner")}),
        "organization": present({"id": event.text("tenant")}),
        "rule": present({"id": event.rules, "version": event.text("policy_version")}),
        "trace": present({"id": trace}),
        "observer": {"vendor": PRODUCT, "product": PRODUCT, "type": "policy", "version": event.version},
        PRODUCT: {**event.flat(), "origin": event.origin},
    }
    return ascii_json(present(found))


def _named(name: str, fields: dict[str, Any]) -> dict[str, Any]:
    return present({name: present(fields)})


def _event(event: Event) -> dict[str, Any]:
    return present(
        {
            "kind": "alert" if event.kind == "incident" else "event",
            "category": ["configuration"] if event.kind == "policy" else ["api"],
            "type": _TYPES.get(event.id, ["info"]),
            "action": event.id,
            "outcome": _outcome(event),
            "reason": event.reason,
            "severity": _SEVERITIES[event.meaning.level],
            "id": event.hash,
            "hash": event.hash,
            "sequence": event.seq,
            "dataset": f"{PRODUCT}.ledger",
            "module": PRODUCT,
            "provider": PRODUCT,
        }
    )


def _outcome(event: Event) -> str | None:
    if event.kind != "outcome":
        return None
    return {True: "success", False: "failure", None: "unknown"}[event.success]

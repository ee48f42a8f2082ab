"""Elastic Common Schema 9.4: one document a line. What ECS has no field for stands under `axtary.`

`agent.*` of ECS is who ships the event, so the agent that acts is `gen_ai.agent.*`. A step_up is `denied`.
"""

from __future__ import annotations

from typing import Any

from axtary.ledger.siem.event import PRODUCT, Event, Level, ascii_json, line_text, present

VERSION = "9.4.0"
MAX_KEYWORD = 1024  # characters: a longer text is stored, but not found
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
    "revocation.request": ["admin", "deletion"],
    "policy": ["change"],
}


def line(event: Event) -> str:
    """A document, without a line end."""
    found = {
        "@timestamp": event.time,
        "ecs": {"version": VERSION},
        "message": event.message,
        "event": _event(event),
        "gen_ai": _named("agent", {"id": _keyword(event, "agent")}),
        "user": present({"id": _keyword(event, "approver") or _keyword(event, "owner")}),
        "organization": present({"id": _keyword(event, "tenant")}),
        "rule": present({"id": "".join(event.rules[:1])[:MAX_KEYWORD], "version": event.text("policy_version")}),
        "trace": present({"id": _keyword(event, "trace")}),
        "observer": {"vendor": PRODUCT, "product": PRODUCT, "type": "policy", "version": event.version},
        PRODUCT: present({**event.flat(), "origin": event.origin, "rules": event.rules}),
    }
    return ascii_json(present(found))


def _keyword(event: Event, name: str) -> str:
    """A member as text that is searched for. What ends with the hash of a longer text ends before it."""
    return (event.text(name) or "")[:MAX_KEYWORD]


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
            "reason": line_text(event.reason, MAX_KEYWORD),
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

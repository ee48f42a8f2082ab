"""OCSF 1.8.0: API Activity (6003) with the profile `security_control`, one event a line.

What OCSF has no member for stands in `unmapped`. A decision is an action and a disposition, and has no status: nothing
was tried yet. A step_up is denied with the disposition Challenge.
"""

from __future__ import annotations

from typing import Any

from axtary.ledger.siem.event import PRODUCT, Event, Level, ascii_json, present

VERSION = "1.8.0"
_CATEGORY, _CLASS, _OTHER = 6, 6003, 99
_SEVERITIES = {
    Level.INFO: (1, "Informational"),
    Level.NOTICE: (2, "Low"),
    Level.WARNING: (3, "Medium"),
    Level.ALERT: (4, "High"),
}
_ALLOWED, _DENIED, _OBSERVED = (1, "Allowed"), (2, "Denied"), (3, "Observed")
_LOGGED = (_OBSERVED, (17, "Logged"))
_CONTROLS = {
    "decision.allow": (_ALLOWED, (1, "Allowed")),
    "decision.deny": (_DENIED, (2, "Blocked")),
    "decision.step_up": (_DENIED, (23, "Challenge")),
    "approval.approved": (_ALLOWED, (8, "Approved")),
    "approval.rejected": (_DENIED, (25, "Rejected")),
    "revocation.pass": (_DENIED, (24, "Access Revoked")),
    "revocation.approval": (_DENIED, (24, "Access Revoked")),
    "revocation.key": (_DENIED, (24, "Access Revoked")),
    "revocation.agent": (_DENIED, (24, "Access Revoked")),
    "incident": (_OBSERVED, (19, "Alert")),
}
_STATUS = {"succeeded": (1, "Success"), "failed": (2, "Failure"), "unknown": (0, "Unknown")}


def line(event: Event) -> str:
    """An event, without a line end."""
    action, disposition = _CONTROLS.get(event.id, _LOGGED)
    named = [
        ("severity", _SEVERITIES[event.meaning.level]),
        ("action", action),
        ("disposition", disposition),
        ("status", _STATUS.get(event.word)),
    ]
    found = {
        "category_uid": _CATEGORY,
        "category_name": "Application Activity",
        "class_uid": _CLASS,
        "class_name": "API Activity",
        "activity_id": _OTHER,
        "activity_name": event.meaning.name,
        "type_uid": _CLASS * 100 + _OTHER,
        "type_name": "API Activity: Other",
        "time": event.milliseconds,
        "message": event.message,
        "status_detail": event.reason,
        "metadata": _metadata(event),
        "actor": _actor(event),
        "api": present({"operation": _operation(event), "request": _request(event)}),
        "src_endpoint": {"name": event.text("agent")} if event.text("agent") else {"svc_name": PRODUCT},
        "resources": [{"name": event.text("resource")}] if event.text("resource") else [],
        "policy": present({"uid": event.text("policy_version")}),
        "authorizations": _authorizations(event),
        "unmapped": {PRODUCT: event.flat()},
    }
    for name, what in named:
        if what is not None:
            found[f"{name}_id"], found[name] = what
    return ascii_json(present(found))


def _metadata(event: Event) -> dict[str, Any]:
    return present(
        {
            "version": VERSION,
            "profiles": ["security_control"],
            "product": {"name": PRODUCT, "vendor_name": PRODUCT, "version": event.version},
            "uid": event.hash,
            "sequence": event.seq,
            "event_code": event.id,
            "log_name": event.origin,
            "original_time": event.time,
            "tenant_uid": event.text("tenant"),
            "correlation_uid": event.text("trace"),
        }
    )


def _actor(event: Event) -> dict[str, Any]:
    """Who did it: an approver approves; an agent acts, for its owner."""
    user = event.text("approver") or event.text("owner")
    found = present({"app_name": event.text("agent"), "user": {"uid": user} if user else None})
    return found or {"app_name": PRODUCT}


def _operation(event: Event) -> str:
    """The tool that is called; else what axtary itself did."""
    tool = event.text("tool") if event.kind in ("decision", "outcome") else None
    return tool or f"{PRODUCT}.{event.kind}"


def _request(event: Event) -> dict[str, str] | None:
    found = event.text("action_hash")
    return {"uid": found} if found else None


def _authorizations(event: Event) -> list[dict[str, Any]]:
    """Each ground of a decision: the rule, and what is said of it."""
    return [
        {"decision": event.word, "policy": {"name": reason["rule"] or reason["code"], "desc": reason["message"]}}
        for reason in event.content.get("reasons", ())
    ]

"""LEEF 2.0 (QRadar): one event a line, without a syslog header. Attributes are separated by tabs.

LEEF has no escapes. No value has a tab or a line end (`line_text`), and the header has no text that others named.
"""

from __future__ import annotations

from axtary.ledger.siem.event import PRODUCT, Event, Level, line_text, present

_SEVERITIES = {Level.INFO: 2, Level.NOTICE: 4, Level.WARNING: 6, Level.ALERT: 9}
DELIMITER = "\t"
OWN = (
    *("owner", "tenant", "task", "trace", "approver", "action_hash", "payload_hash", "policy_version"),
    *("pass", "reservation", "approval", "revoked", "code", "previous", "file"),
)
"""Members that are attributes by their own names."""


def line(event: Event) -> str:
    """An event, without a line end."""
    head = ["LEEF:2.0", PRODUCT, PRODUCT, event.version, event.id, "0x09"]
    told = present(_attributes(event))
    return "|".join([*head, DELIMITER.join(f"{key}={line_text(value)}" for key, value in told.items())])


def _attributes(event: Event) -> dict[str, str | None]:
    return {
        "devTime": f"{event.time[:23]}+0000",
        "devTimeFormat": "yyyy-MM-dd'T'HH:mm:ss.SSSZ",
        "cat": event.kind,
        "sev": str(_SEVERITIES[event.meaning.level]),
        "usrName": event.text("agent"),
        "action": event.word,
        "tool": event.text("tool"),
        "resource": event.text("resource"),
        "policy": ", ".join(event.rules),
        "reason": event.reason,
        "msg": event.message,
        "seq": str(event.seq),
        "origin": event.origin,
        "hash": event.hash,
        **{name: event.text(name) for name in OWN},
    }

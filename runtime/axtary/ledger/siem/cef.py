"""CEF (ArcSight Common Event Format), version 0: one event a line, without a syslog header.

The header has no text that others named. In a value, `\\` and `=` are escaped, and line ends never stand: they are
written as `\\u{a}` is, because who takes the escape `\\n` back has two lines again.
"""

from __future__ import annotations

from axtary.ledger.siem.event import PRODUCT, Event, Level, line_text, present

_SEVERITIES = {Level.INFO: 2, Level.NOTICE: 4, Level.WARNING: 6, Level.ALERT: 9}
_LONG = 1023  # characters that a key holds, by the dictionary of extensions, if it is not one of these
_LIMITS = {"act": 63, "outcome": 63, "externalId": 40, "deviceExternalId": 255}
OWN = ("pass", "reservation", "approval", "revoked", "code", "previous", "file")
"""Members for which CEF has no key: `axtaryPass` and so on."""


def line(event: Event) -> str:
    """An event, without a line end."""
    level = _SEVERITIES[event.meaning.level]
    head = ["CEF:0", PRODUCT, PRODUCT, event.version, event.id, event.meaning.name, str(level)]
    told = present(_extension(event))
    extension = " ".join(f"{key}={value_text(value, _LIMITS.get(key, _LONG))}" for key, value in told.items())
    return "|".join([*map(_header_text, head), extension])


def _extension(event: Event) -> dict[str, str | None]:
    outcome = {True: "success", False: "failure", None: None}[event.success]
    found = {
        "rt": str(event.milliseconds),
        "externalId": str(event.seq),
        "deviceExternalId": event.origin,
        "cat": event.kind,
        "act": event.word,
        "outcome": outcome,
        "suser": event.text("agent"),
        "suid": event.text("owner"),
        "duser": event.text("approver"),
        "requestMethod": event.text("tool"),
        "request": event.text("resource"),
        "reason": event.reason,
        "msg": event.message,
    }
    for number, (label, value) in enumerate(_custom(event).items(), 1):
        key = f"cs{number}" if number <= 6 else f"flexString{number - 6}"
        found |= {f"{key}Label": label, key: value} if value else {}
    return found | {f"{PRODUCT}{name.title()}": event.text(name) for name in OWN}


def _custom(event: Event) -> dict[str, str | None]:
    """What goes into the fields that each product gives a meaning of its own. Their numbers never change."""
    return {
        "recordHash": event.hash,
        "policyVersion": event.text("policy_version"),
        "rules": ", ".join(event.rules),
        "actionHash": event.text("action_hash"),
        "payloadHash": event.text("payload_hash"),
        "task": event.text("task"),
        "tenant": event.text("tenant"),
        "trace": event.text("trace"),
    }


def value_text(value: str, limit: int) -> str:
    """A value of an extension, escaped. What is cut is cut before, so that no escape is halved."""
    return line_text(value, limit).replace("\\", "\\\\").replace("=", "\\=")


def _header_text(value: str) -> str:
    return line_text(value).replace("\\", "\\\\").replace("|", "\\|")

"""Syslog by RFC 5424, as lines or with octets counted (RFC 6587, section 3.4.1).

The facility is 13 (log audit). There is no host: records of one ledger come from many. Members are parameters of one
structured element; its number (32473) is that of examples, because the project has none of its own.
"""

from __future__ import annotations

from axtary.ledger.siem.event import PRODUCT, Event, Level, line_text, present

_AUDIT = 13
_SEVERITIES = {Level.INFO: 6, Level.NOTICE: 5, Level.WARNING: 4, Level.ALERT: 2}
ELEMENT = f"{PRODUCT}@32473"
MAX_MESSAGE = 8000  # bytes. Where a receiver stops reading, what is left over could become a message of its own
_LIMITS = (255, 79)  # characters of a value; the second for a message that is too long with the first: it never is then
MEMBERS = (
    *("agent", "owner", "tenant", "task", "tool", "resource", "trace", "approver", "policy_version"),
    *("action_hash", "payload_hash", "pass", "reservation", "approval", "revoked", "code", "previous", "file"),
)
"""Members that are parameters by their own names."""


def line(event: Event) -> str:
    """A message, without a line end, of at most MAX_MESSAGE bytes."""
    found = ""
    for limit in _LIMITS:
        found = _message(event, limit)
        if len(found.encode()) <= MAX_MESSAGE:
            break
    return found


def counted(message: str) -> bytes:
    """A message with its length in octets before it, and nothing after it."""
    data = message.encode()
    return b"%d %s" % (len(data), data)


def _message(event: Event, limit: int) -> str:
    priority = _AUDIT * 8 + _SEVERITIES[event.meaning.level]
    told = present(_parameters(event))
    parameters = "".join(f' {name}="{parameter_text(value, limit)}"' for name, value in told.items())
    head = f"<{priority}>1 {event.time} - {PRODUCT} - {event.kind} [{ELEMENT}{parameters}]"
    return f"{head} \ufeff{line_text(event.message, limit)}"


def _parameters(event: Event) -> dict[str, str | None]:
    return {
        "seq": str(event.seq),
        "event": event.id,
        **{name: event.text(name) for name in MEMBERS},
        "rules": ", ".join(event.rules),
        "reason": event.reason,
        "origin": event.origin,
        "hash": event.hash,
    }


def parameter_text(value: str, limit: int) -> str:
    """The value of a parameter: `\\`, `"` and `]` are escaped, and nothing else is."""
    return line_text(value, limit).replace("\\", "\\\\").replace('"', '\\"').replace("]", "\\]")

"""JSON Lines: the records, and nothing else. The RFC 8785 form of a line is the record that was hashed."""

from __future__ import annotations

from axtary.ledger.siem.event import Event, ascii_json


def line(event: Event) -> str:
    """A record, without a line end."""
    return ascii_json(dict(event.content))

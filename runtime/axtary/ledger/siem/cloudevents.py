"""CloudEvents 1.0 in the JSON format, one event a line. `data` is the record, as it is."""

from __future__ import annotations

from urllib.parse import quote

from axtary.ledger.siem.event import PRODUCT, Event, ascii_json


def line(event: Event) -> str:
    """An event, without a line end. `source` and `id` together are the record's alone: origin and hash."""
    return ascii_json(
        {
            "specversion": "1.0",
            "id": event.hash,
            "source": quote(event.origin, safe="/"),  # a relative reference: no colon makes a scheme of its beginning
            "type": f"{PRODUCT}.ledger.{event.kind}",
            "subject": str(event.seq),
            "time": event.time,
            "datacontenttype": "application/json",
            "sequence": f"{event.seq:016}",  # an extension, compared as text
            "data": dict(event.content),
        }
    )

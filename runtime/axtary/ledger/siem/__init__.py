"""Records in the formats that a SIEM reads: one module per format, one mapping for all (`event`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from axtary.ledger.export import Filter, Looked, records
from axtary.ledger.siem import cef, cloudevents, csv, ecs, jsonl, leef, ocsf, syslog
from axtary.ledger.siem.event import Event
from axtary.ledger.store import Rows

__all__ = ["FORMATS", "Event", "Form", "exported"]


@dataclass(frozen=True)
class Form:
    """How records are written: each as a line, after a header if there is one."""

    line: Callable[[Event], str]
    header: Callable[[], str] | None = None


FORMATS: Mapping[str, Form] = MappingProxyType(
    {
        "ocsf": Form(ocsf.line),
        "ecs": Form(ecs.line),
        "cef": Form(cef.line),
        "leef": Form(leef.line),
        "syslog": Form(syslog.line),
        "cloudevents": Form(cloudevents.line),
        "jsonl": Form(jsonl.line),
        "csv": Form(csv.line, csv.header),
    }
)


def exported(rows: Rows, form: Form, wanted: Filter, version: str, looked: Looked) -> Iterator[str]:
    """The lines of all records that are wanted, one at a time, without line ends. Raises LedgerError.

    `version` is that of axtary, which the events name.
    """
    head = rows.head()
    if form.header is not None:
        yield form.header()
    for record in records(rows, head.size, looked):
        if wanted.takes(record.content):
            yield form.line(Event(head.origin, version, record.hash.hex(), record.content))

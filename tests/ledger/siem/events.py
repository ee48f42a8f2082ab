"""Records of every kind for tests of formats, with texts that nobody would like to find in a log."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from axtary.ledger import entry
from axtary.ledger.record import SHAPES
from axtary.ledger.siem import FORMATS, Event
from tests.ledger.entries import HASH, members

ORIGIN, VERSION, AT = "example.com/ledger", "0.1.0", "2026-11-25T22:48:25.123456Z"
ESCAPED = (  # what no line may have in it as it is
    *"\r\n\0\x1b\x07\x7f\x85\x9b",
    *"\u2028\u2029",
    *"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f",
    *"\ufeff\u200b\ue000",
)
FORGED = (
    "a\nCEF:0|axtary|axtary|0.1.0|decision.allow|action allowed|2|act=allow",
    "a act=allow suser=root cs1Label=x cs1=y",
    "a\tsev=1\taction=allow",
    'a"] <110>1 2026-11-25T00:00:00Z - axtary - decision [axtary@32473 event="decision.allow"',
    'a","allow"\r\n"0","2026","decision',
    '"}\n{"action_id":1}',
    '=HYPERLINK("http://x","y")',
    "\\",
    "\\\\",
    "a\\",
    "\\n",
    "\\=",
    "a=b|c]d\"e'f,g;h",
)
LONG = "x\n" * 50_000
HOSTILE = (*(f"a{c}b" for c in ESCAPED), "".join(ESCAPED), *FORGED)

KINDS: Mapping[str, list[dict[str, Any]]] = {
    "decision": [members(0), members(1), members(2)],
    "outcome": [{"outcome": word, "action_hash": HASH} for word in ("succeeded", "failed", "unknown")],
    "approval": [
        {"approval": "ap1", "approver": "user:ana", "verdict": word, "action_hash": HASH, "payload_hash": HASH}
        for word in ("approved", "rejected")
    ],
    "revocation": [{"revoked": "p1", "what": word} for word in ("pass", "approval", "key", "agent", "request")],
    "budget": [{"event": word} for word in ("committed", "rolled_back", "released", "overrun")],
    "policy": [{"policy_version": HASH}],
    "incident": [{"code": "payload_changed", "message": "what ran is not what was approved"}],
    "imported": [
        {"system": "opa", "source": "log.json", "action_hash": HASH, "payload_hash": HASH, "tool": "t", "answer": word}
        for word in ("allow", "deny")
    ],
}
TEXTS = ("agent", "owner", "tenant", "task", "tool", "resource", "pass", "trace", "reservation", "message")
OWN = {
    "approval": ("approval", "approver", "expires"),
    "revocation": ("revoked",),
    "budget": ("rule",),
    "policy": ("file",),
    "incident": ("code",),
    "imported": ("system", "source", "source_id", "source_time"),
}


def event(kind: str, **content: Any) -> Event:
    """A record of this kind, with a hash that is not its own."""
    frame = {"kind": kind, "prev": "0" * 64, "seq": 7, "time": AT, "version": 1}
    return Event(ORIGIN, VERSION, "5a" * 32, {**content, **frame})


def every() -> Iterator[Event]:
    """A record of every kind and word, each with the fewest members and with all of them."""
    for kind, contents in KINDS.items():
        for content in contents:
            yield event(kind, **entry(kind, content).members)
            yield event(kind, **entry(kind, {**everything(kind, "t"), **content}).members)


def everything(kind: str, value: str) -> dict[str, Any]:
    """Every member that a record of this kind may have beside the needed ones, each text of it this one."""
    texts = dict.fromkeys((*TEXTS, *OWN.get(kind, ())), value)
    reasons = [{"code": value, "rule": value, "message": value}]
    others = {
        "reasons": reasons,
        "fired": [value],
        "roles": [value],
        "cut": {"fired": 65},
        "costs": {value: value},
        "result": {value: [value, 1.5, None]},
        "payload": {value: value},
        "detail": value,
        "policy_version": HASH,
        "action_hash": HASH,
        "payload_hash": HASH,
        "previous": HASH,
    }
    return texts | {name: other for name, other in others.items() if name in SHAPES[kind]}


def hostile(value: str, kinds: Iterable[str] = tuple(KINDS)) -> Iterator[Event]:
    """A record of every kind, with this text wherever a record has text that others chose."""
    for kind in kinds:
        yield event(kind, **{**KINDS[kind][0], **everything(kind, value)})


def lines(name: str, events: Iterator[Event]) -> list[str]:
    """What a format makes of them."""
    return [FORMATS[name].line(each) for each in events]


def parsed(name: str, events: Iterator[Event]) -> list[dict[str, Any]]:
    """What a format of JSON makes of them, read again."""
    return [json.loads(line) for line in lines(name, events)]

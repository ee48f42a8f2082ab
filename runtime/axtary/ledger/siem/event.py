"""What a record is to a SIEM: the one mapping that every format prints.

Everything in a record that others named is text that nobody trusts. Formats of JSON keep it as it is, escaped to
ASCII. Formats of lines print it with every control, format and separator character written as an escape (`\\u{1b}`),
and cut: so whatever an agent calls a tool, one record is one line.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from types import MappingProxyType
from typing import Any

from axtary.ledger.record import VALUES
from axtary.runtime.messages import cut

PRODUCT = "axtary"
MAX_MESSAGE = 1000  # characters of a text in a line
MAX_SENTENCE = 4000  # characters of what people read, also where nothing else is cut


class Level(IntEnum):
    """How much somebody should look at it. Each format has its own scale for these four."""

    INFO = 0
    NOTICE = 1
    WARNING = 2
    ALERT = 3


@dataclass(frozen=True)
class Meaning:
    """What happened, in words that are the project's own."""

    name: str
    level: Level


_WORDS: Mapping[str, str] = {
    "decision": "decision",
    "outcome": "outcome",
    "approval": "verdict",
    "revocation": "what",
    "budget": "event",
}
"""By kind, the member whose few words say what happened."""

MEANINGS: Mapping[tuple[str, str], Meaning] = MappingProxyType(
    {
        ("decision", "allow"): Meaning("action allowed", Level.INFO),
        ("decision", "deny"): Meaning("action denied", Level.WARNING),
        ("decision", "step_up"): Meaning("action held for approval", Level.NOTICE),
        ("outcome", "succeeded"): Meaning("action succeeded", Level.INFO),
        ("outcome", "failed"): Meaning("action failed", Level.WARNING),
        ("outcome", "unknown"): Meaning("outcome of action unknown", Level.WARNING),
        ("approval", "approved"): Meaning("action approved", Level.NOTICE),
        ("approval", "rejected"): Meaning("action rejected", Level.NOTICE),
        ("revocation", "pass"): Meaning("pass revoked", Level.NOTICE),
        ("revocation", "approval"): Meaning("approval revoked", Level.NOTICE),
        ("revocation", "key"): Meaning("key revoked", Level.NOTICE),
        ("revocation", "agent"): Meaning("agent revoked", Level.NOTICE),
        ("revocation", "request"): Meaning("request for approval cancelled", Level.NOTICE),
        ("budget", "committed"): Meaning("costs committed", Level.INFO),
        ("budget", "rolled_back"): Meaning("costs rolled back", Level.INFO),
        ("budget", "released"): Meaning("reservation released", Level.NOTICE),
        ("budget", "overrun"): Meaning("budget overrun", Level.WARNING),
        ("policy", ""): Meaning("policy loaded", Level.NOTICE),
        ("incident", ""): Meaning("incident", Level.ALERT),
        ("imported", ""): Meaning("decision of another system", Level.INFO),
    }
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_OBJECTS = VALUES | {"costs", "cut"}  # their members have names that others chose


@dataclass(frozen=True)
class Event:
    """A record that was read, with its hash in hex, the ledger that it is of, and the version of axtary that tells."""

    origin: str
    version: str
    hash: str
    content: Mapping[str, Any]

    @property
    def kind(self) -> str:
        """`decision`, `outcome`, …"""
        return str(self.content["kind"])

    @property
    def seq(self) -> int:
        """Its number in the ledger."""
        return int(self.content["seq"])

    @property
    def time(self) -> str:
        """RFC 3339 in UTC, with microseconds."""
        return str(self.content["time"])

    @property
    def milliseconds(self) -> int:
        """Since 1970."""
        return (datetime.fromisoformat(self.time) - _EPOCH) // timedelta(milliseconds=1)

    @property
    def word(self) -> str:
        """What happened, of a kind that has a few words for it: `deny`, `succeeded`; else nothing."""
        return str(self.content[_WORDS[self.kind]]) if self.kind in _WORDS else ""

    @property
    def id(self) -> str:
        """What kind of event: `decision.deny`, `policy`."""
        return f"{self.kind}.{self.word}" if self.word else self.kind

    @property
    def meaning(self) -> Meaning:
        """In words, and how serious it is."""
        return MEANINGS[self.kind, self.word]

    @property
    def success(self) -> bool | None:
        """Did an action do what it should? None: nothing says so."""
        return {"succeeded": True, "failed": False}.get(self.word) if self.kind == "outcome" else None

    @property
    def rules(self) -> list[str]:
        """The rules that the decision rests on, or whose budget it is."""
        named = [reason["rule"] for reason in self.content.get("reasons", ())] + [self.content.get("rule", "")]
        return [rule for rule in dict.fromkeys(named) if rule]

    @property
    def reason(self) -> str:
        """Codes with rules: `rule_denies secrets, default_deny`; the code of an incident. Escaped, for people."""
        told = [f"{reason['code']} {reason['rule']}".strip() for reason in self.content.get("reasons", ())]
        return cut(", ".join(told) or str(self.content.get("code", "")), MAX_SENTENCE)

    @property
    def message(self) -> str:
        """A sentence: what the record says, else what happened, to what, by whom, why. Escaped, for people."""
        if "message" in self.content:
            return cut(str(self.content["message"]), MAX_SENTENCE)
        tool, agent = self.text("tool"), self.text("agent")
        told = self.meaning.name + (f": {tool}" if tool else "") + (f" by {agent}" if agent else "")
        return cut(told + (f" ({self.reason})" if self.reason else ""), MAX_SENTENCE)

    def text(self, name: str) -> str | None:
        """A member that is one text. Not escaped."""
        value = self.content.get(name)
        return value if isinstance(value, str) else None

    def flat(self) -> dict[str, Any]:
        """Every member, with its hash. What has members that others named stands as the text of its JSON.

        So a SIEM that makes a column of every name can be made to have no new ones.
        """
        found = {name: ascii_json(v) if name in _OBJECTS else v for name, v in self.content.items()}
        return {**found, "hash": self.hash}


def ascii_json(value: Any) -> str:
    """JSON of ASCII characters alone: nothing in it ends a line, or is obeyed by a terminal."""
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))


def line_text(value: str, limit: int = MAX_MESSAGE) -> str:
    """A text for a format of lines: escaped, of at most `limit` characters."""
    return cut(value, limit)


def present(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is not there: None, and empty texts, lists and objects."""
    return {name: value for name, value in fields.items() if value is not None and value not in ("", [], {})}

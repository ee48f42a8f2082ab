"""Records: what each kind has, how one is made, and how the bytes of one are read again, strictly.

A record is one JSON object. Its bytes are its RFC 8785 form; its hash is their SHA-256, which stands beside it and not
in it. `prev` is the hash of the record before, 64 zeros in the first. So each record vouches for all before it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import rfc8785

from axtary.compiler.ir import INT_MAX
from axtary.ledger.errors import LedgerError
from axtary.ledger.redact import MAX_TEXT, MAX_VALUE, sanitised, text
from axtary.runtime import hashing
from axtary.runtime.errors import DoorError
from axtary.runtime.strictjson import loads

VERSION = 1
FIRST_PREV = "0" * 64
MAX_RECORD = 1024 * 1024  # bytes: what capped members can come to, each character escaped
MAX_LIST = 64  # items
MAX_ITEM = 200  # characters of a text in a list or object

MAX_CUT = MAX_TEXT + len("… sha256:") + 64  # characters of a text that was cut
_HASH = re.compile(r"sha256:[0-9a-f]{64}\Z")
_HEX = re.compile(r"[0-9a-f]{64}\Z")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z\Z")
VALUES = frozenset(  # members that hold any JSON value
    {"result", "payload", "detail", "actor_roles", "paths", "context", "facts", "meters"}
)
_LISTS = ("reasons", "fired", "roles", "grounds", "rules")  # that are cut
_REASON = {"code", "rule", "message"}

Check = Callable[[Any], bool]


def is_text(value: Any) -> bool:
    """A text that is not too long."""
    return type(value) is str and len(value) <= MAX_CUT


def is_hash(value: Any) -> bool:
    """Is it `sha256:` + hex?"""
    return type(value) is str and _HASH.match(value) is not None


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value <= INT_MAX


def is_value(value: Any) -> bool:
    """JSON that is not too large."""
    try:
        return len(rfc8785.dumps(value)) <= MAX_VALUE
    except (ValueError, RecursionError):
        return False


def are_texts(value: Any) -> bool:
    """A list of texts."""
    return type(value) is list and len(value) <= MAX_LIST and all(map(is_text, value))


def are_reasons(value: Any) -> bool:
    """A list of grounds."""
    return type(value) is list and len(value) <= MAX_LIST and all(map(_is_reason, value))


def _is_reason(value: Any) -> bool:
    return type(value) is dict and value.keys() == _REASON and all(map(is_text, value.values()))


def _are_grounds(value: Any) -> bool:
    return type(value) is list and len(value) <= MAX_LIST and all(map(_is_ground, value))


def _is_ground(value: Any) -> bool:
    return type(value) is dict and value.keys() == _REASON - {"message"} and all(map(is_text, value.values()))


def _are_named(check: Check) -> Check:
    return lambda value: (
        type(value) is dict
        and len(value) <= MAX_LIST
        and all(is_text(name) and check(item) for name, item in value.items())
    )


class Words(frozenset[str]):
    """A check that takes just these."""

    def __call__(self, value: Any) -> bool:
        """Is it one of them?"""
        return type(value) is str and value in self


def _one_of(*words: str) -> Words:
    return Words(words)


_WHO: Mapping[str, Check] = dict.fromkeys(
    ("agent", "owner", "tenant", "task", "tool", "resource", "pass", "trace", "reservation", "message"), is_text
) | {"action_hash": is_hash, "payload_hash": is_hash, "policy_version": is_hash}
DECISIONS = ("allow", "deny", "step_up")
_ASKED: Mapping[str, Check] = {
    **dict.fromkeys(("payload", "actor_roles", "paths", "context", "facts", "meters"), is_value),
    **dict.fromkeys(("action_time", "summary"), is_text),
    "withheld": are_texts,
}
"""What else a decision can depend on; `withheld` names what was there and is not here as it was."""

SHAPES: Mapping[str, Mapping[str, Check]] = MappingProxyType(
    {
        "decision": {
            **_WHO,
            "decision": _one_of(*DECISIONS),
            "reasons": are_reasons,
            "fired": are_texts,
            "cut": _are_named(_is_count),
            **_ASKED,
        },
        "outcome": {
            **_WHO,
            "outcome": _one_of("succeeded", "failed", "unknown"),
            "result": is_value,
            "costs": _are_named(is_text),
        },
        "approval": {
            **_WHO,
            "approval": is_text,
            "approver": is_text,
            "roles": are_texts,
            "verdict": _one_of("approved", "rejected"),
            "expires": is_text,
        },
        "revocation": {**_WHO, "revoked": is_text, "what": _one_of("pass", "approval", "key", "agent", "request")},
        "budget": {
            **_WHO,
            "event": _one_of("committed", "rolled_back", "released", "overrun"),
            "rule": is_text,
            "costs": _are_named(is_text),
        },
        "policy": {**_WHO, "previous": is_hash, "file": is_text},
        "incident": {**_WHO, "code": is_text, "detail": is_value},
        "imported": {
            **_WHO,
            "system": is_text,
            "source": is_text,
            "source_id": is_text,
            "source_time": is_text,
            "answer": _one_of(*DECISIONS),
            "grounds": _are_grounds,
            "rules": are_texts,
            "cut": _are_named(_is_count),
            **_ASKED,
        },
    }
)
"""The members that a record of each kind may have, beside those that every record has."""

REQUIRED: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "decision": frozenset(
            {"decision", "reasons", "fired", "policy_version", "action_hash", "payload_hash", "tool"}
        ),
        "outcome": frozenset({"outcome", "action_hash"}),
        "approval": frozenset({"approval", "approver", "verdict", "action_hash", "payload_hash"}),
        "revocation": frozenset({"revoked", "what"}),
        "budget": frozenset({"event"}),
        "policy": frozenset({"policy_version"}),
        "incident": frozenset({"code", "message"}),
        "imported": frozenset({"system", "source", "action_hash", "payload_hash", "tool"}),
    }
)

_EVERY = ("kind", "prev", "seq", "time", "version")


@dataclass(frozen=True)
class Entry:
    """What is to be recorded: a kind, and its members. `entry` makes one of any values; this takes no others."""

    kind: str
    members: Mapping[str, Any]

    def __post_init__(self) -> None:
        if self.kind not in SHAPES:
            raise LedgerError(f"no record is of the kind {text(repr(self.kind), 60)}: there are {', '.join(SHAPES)}")
        if problem := _problem(self.kind, self.members):
            raise LedgerError(f"this is no record of the kind {self.kind}: {problem}")


@dataclass(frozen=True)
class Record:
    """A record that was read, with the bytes that it was read from."""

    raw: bytes
    content: Mapping[str, Any]

    @property
    def seq(self) -> int:
        """Its number, from 0."""
        return int(self.content["seq"])

    @property
    def hash(self) -> bytes:
        """SHA-256 over its bytes."""
        return hashlib.sha256(self.raw).digest()


def entry(kind: str, members: Mapping[str, Any]) -> Entry:
    """What is to be recorded. Texts and lists that are too long are cut, members that are None left out.

    Raises LedgerError for a kind or member that there is not, one that is missing, and a value of another form.
    """
    made, cut = {}, {}
    for name, value in members.items():
        if value is None:
            continue
        if isinstance(value, (list, tuple)) and name in _LISTS and len(value) > MAX_LIST:
            cut[name] = len(value)
        made[name] = _fit(name, value)
    if cut and "cut" in SHAPES.get(kind, ()):
        made["cut"] = cut
    return Entry(kind, MappingProxyType(made))


def _fit(name: str, value: Any) -> Any:
    if name in VALUES:
        return sanitised(value)
    if isinstance(value, (list, tuple)):
        return [_fit(name, item) if isinstance(item, Mapping) else _item(item) for item in value[:MAX_LIST]]
    if isinstance(value, Mapping):
        return {_item(str(key)): _item(item) for key, item in list(value.items())[:MAX_LIST]}
    return text(value) if isinstance(value, str) else value


def _item(value: Any) -> Any:
    return text(value, MAX_ITEM) if isinstance(value, str) else value


def written(what: Entry, seq: int, at: int, prev: bytes) -> bytes:
    """The bytes of a record. `at` is in microseconds since 1970. Raises LedgerError."""
    content = {**what.members, "kind": what.kind, "prev": prev.hex(), "seq": seq, "time": time_text(at)}
    try:
        raw = canonical({**content, "version": VERSION})
    except (ValueError, TypeError, RecursionError) as error:  # somebody changed the entry since it was made
        raise LedgerError(f"a record without a canonical form: {type(error).__name__}") from None
    if len(raw) > MAX_RECORD:
        raise LedgerError(f"a record of {len(raw)} bytes, the limit is {MAX_RECORD}")
    return raw


def read(raw: bytes) -> Record:
    """The record of these bytes. Raises LedgerError if they are not what `written` gives."""
    try:
        content = loads(raw, source="record", limit=MAX_RECORD)
    except DoorError as error:
        raise LedgerError(f"it is no strict JSON: {error.problems[0].message}") from None
    if type(content) is not dict:
        raise LedgerError("it is no JSON object")
    if problem := _frame_problem(content) or _problem(
        content["kind"], {name: value for name, value in content.items() if name not in _EVERY}
    ):
        raise LedgerError(problem)
    if canonical(content) != raw:
        raise LedgerError("its bytes are not its RFC 8785 form")
    return Record(raw, MappingProxyType(content))


def canonical(content: Mapping[str, Any]) -> bytes:
    """The RFC 8785 form of a record. Raises what `rfc8785.dumps` does.

    `json` writes it too, many times faster, where nothing has a fraction and all text is ASCII: names sort alike then.
    """
    if content.keys().isdisjoint(VALUES):
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        if text.isascii():
            return text.encode("ascii")
    return hashing.canonical(content)


def _frame_problem(content: Mapping[str, Any]) -> str:
    missing = [name for name in _EVERY if name not in content]
    if missing:
        return f"the member `{missing[0]}` is missing"
    if content["version"] != VERSION or type(content["version"]) is not int:
        return "it is of another version"
    checks: Sequence[tuple[str, bool]] = (
        ("kind", type(content["kind"]) is str and content["kind"] in SHAPES),
        ("seq", _is_count(content["seq"])),
        ("prev", type(content["prev"]) is str and _HEX.match(content["prev"]) is not None),
        ("time", is_time(content["time"])),
    )
    return next((f"the member `{name}` has another form" for name, fine in checks if not fine), "")


def _problem(kind: str, members: Mapping[str, Any]) -> str:
    shape = SHAPES[kind]
    for name in sorted(members.keys() - shape.keys()):
        return f"it has no member {text(repr(name), 60)}"
    for name in sorted(REQUIRED[kind] - members.keys()):
        return f"the member `{name}` is missing"
    for name, value in members.items():
        if not shape[name](value):
            return f"the member `{name}` has another form"
    return ""


def is_time(value: Any) -> bool:
    """A time as `time_text` writes it."""
    if type(value) is not str or not _TIME.match(value):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def time_text(at: int) -> str:
    """RFC 3339 in UTC, always with microseconds: texts sort as times do. `at` is in microseconds since 1970."""
    seconds, rest = divmod(at, 1_000_000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest:06}Z"

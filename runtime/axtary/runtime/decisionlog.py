"""Decision logs of Open Policy Agent, read for replay: what did the fleet decide, and would this policy say the same?

An entry is a JSON object with `input` ({"action": …, "facts": …}) and `result`. Files are JSON Lines or arrays of
entries, also gzipped, as OPA uploads them and as it prints them (`decision_logs.console`). An entry whose input was
erased or masked cannot be decided again: it is counted, and left out.
"""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from axtary.runtime import strictjson
from axtary.runtime.action import MAX_INPUT_BYTES, Action, check_action
from axtary.runtime.errors import DoorError, Problem
from axtary.runtime.facts import Facts, check_facts

_GZIP = b"\x1f\x8b"
_MAX_ENTRY = 4 * strictjson.MAX_BYTES


@dataclass(frozen=True)
class Entry:
    """One decision of the fleet. `result` is None if the log does not have it in the form that axtary exports.

    `id` and `time` are those that the log gives it, as it spells them.
    """

    where: str  # `decisions.log, entry 3`
    action: Action
    facts: Facts
    result: Mapping[str, Any] | None
    id: str | None = None
    time: str | None = None


@dataclass(frozen=True)
class Log:
    """What is in a file: decisions, and how many more are not whole or not about a policy of axtary."""

    entries: tuple[Entry, ...]
    erased: int
    other: int


def read(data: bytes, source: str) -> Log:
    """The decisions of a file. Raises DoorError for what is no decision log, and for an input that is no action."""
    found = [
        _entry(value, f"{source}, entry {number}")
        for number, value in enumerate(_values(_plain(data, source), source), 1)
    ]
    return Log(tuple(each for each in found if isinstance(each, Entry)), found.count(_ERASED), found.count(_OTHER))


_ERASED, _OTHER = "erased", "other"


def _entry(value: object, where: str) -> Entry | str:
    if not isinstance(value, dict):
        raise DoorError([Problem("AX0813", "an entry is not an object", "give a decision log of OPA")], where)
    asked = value.get("input")
    if any(isinstance(path, str) and _is_input(path) for key in ("erased", "masked") for path in value.get(key) or ()):
        return _ERASED
    if not isinstance(asked, dict) or "action" not in asked:
        return _OTHER
    result = value.get("result")
    known = isinstance(result, dict) and {"decision", "fired", "reasons", "policy_version"} <= result.keys()
    action, facts = check_action(asked["action"], where), check_facts(asked.get("facts", {}), where)
    named = (value.get(key) for key in ("decision_id", "timestamp"))
    told = (text if isinstance(text, str) else None for text in named)
    return Entry(where, action, facts, result if known else None, *told)


def _is_input(path: str) -> bool:
    return path == "/input" or path.startswith("/input/")


def _values(data: bytes, source: str) -> Iterator[object]:
    if data.lstrip()[:1] == b"[":
        values = strictjson.loads(data, source=source, limit=MAX_INPUT_BYTES)
        yield from values
        return
    for number, line in enumerate(data.splitlines(), 1):
        if line.strip():
            yield strictjson.loads(line, source=f"{source}, line {number}", limit=_MAX_ENTRY)


def _plain(data: bytes, source: str) -> bytes:
    if not data.startswith(_GZIP):
        return data
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
            found = file.read(MAX_INPUT_BYTES + 1)
    except (OSError, EOFError, zlib.error):
        raise DoorError([Problem("AX0802", "the file is no whole gzip file", "fetch it again")], source) from None
    if len(found) > MAX_INPUT_BYTES:
        raise DoorError([Problem("AX0808", f"more than {MAX_INPUT_BYTES} bytes", "split the log")], source)
    return found

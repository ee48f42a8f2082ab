"""Recorded actions and facts from files, for every command that takes some."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from axtary.runtime.action import MAX_INPUT_BYTES, parse_actions
from axtary.runtime.facts import parse_facts
from axtary.runtime.policyfile import UnreadableError, read_bytes
from axtary.runtime.replay import MAGIC, Recorded, RecordingError
from axtary.runtime.strictjson import MAX_BYTES

_DATABASE = b"SQLite format 3\0"
INSTALL = "run `pip install 'axtary[replay]'`"


def read_recorded(source: str) -> Recorded:
    """The actions of a file, or of standard input for `-`; one at least. Raises DoorError, UnreadableError."""
    name = "standard input" if source == "-" else source
    data = _read(source)
    if data.startswith(_DATABASE):
        help_text = "the decisions of a ledger are made again by `axtary policy simulate --ledger FILE --policy NEW`"
        raise UnreadableError(name, "is a database, and has no actions", help_text)
    recorded = _stored(data, name) if data.startswith(MAGIC) else Recorded([a for a, _ in parse_actions(data, name)])
    if not recorded.actions:  # exit 0 is permission, and nothing was asked
        raise UnreadableError(name, "has no actions", "give one action at least")
    return recorded


def _stored(data: bytes, name: str) -> Recorded:
    try:
        return Recorded.stored(data)
    except ImportError:
        raise UnreadableError(name, "is a Parquet file, and pyarrow is not installed", INSTALL) from None
    except RecordingError as error:
        raise UnreadableError(name, str(error), "write it with `axtary policy pack`") from None


def read_facts(path: Path | None) -> dict[str, Any]:
    """The facts of a file; none without one. Raises DoorError, UnreadableError."""
    return parse_facts(read_bytes(path, MAX_BYTES), str(path)) if path is not None else {}


def _read(source: str) -> bytes:
    if source != "-":
        return read_bytes(Path(source), MAX_INPUT_BYTES, "give a file with actions, or - for standard input")
    data = sys.stdin.buffer.read(MAX_INPUT_BYTES + 1) if sys.stdin is not None else b""
    if not data:
        raise UnreadableError("standard input", "is empty", "pipe an action in, or give `--action FILE`")
    return data

"""Which records an option names, and where they go."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import BinaryIO

from axtary.compiler.diagnostics import did_you_mean, quoted
from axtary.ledger.export import Filter, begin_of
from axtary.ledger.record import DECISIONS, SHAPES
from axtary.runtime.policyfile import UnreadableError, writing

Asked = tuple[str | None, str | None, str | None, str | None, str | None, str | None]
"""As options name it: since, until, kind, decision, tool, actor."""

_TIME = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2}(T[0-9]{2}(:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?)?)?)?)?\Z")


def chosen(asked: Asked) -> Filter:
    """The filter that options name. Raises UnreadableError for a word or time that no record can have."""
    since, until, kind, decision, tool, actor = asked
    _one_of("--kind", kind, SHAPES)
    _one_of("--decision", decision, DECISIONS)
    return Filter(instant("--since", since), instant("--until", until), kind, decision, tool, actor)


def instant(option: str, value: str | None) -> str | None:
    """A time in UTC, or the beginning of one: `2026-11`. Raises UnreadableError."""
    if value is None:
        return None
    begun = value.removesuffix("Z")  # a record has microseconds before it, so the beginning sorts right without
    try:
        begin_of(begun)
    except ValueError:
        begun = ""
    if not _TIME.match(begun):
        raise UnreadableError(
            option, f"{quoted(value)} is no time", "write it as 2026-11, 2026-11-25 or 2026-11-25T09:30"
        )
    return begun


def _one_of(option: str, value: str | None, known: Iterable[str]) -> None:
    if value is not None and value not in known:
        near = did_you_mean(value, known).strip() or f"there are {', '.join(known)}"
        raise UnreadableError(option, f"no record has {quoted(value)}", near)


def is_stdout(output: Path | None) -> bool:
    """Do records go to standard output?"""
    return output is None or str(output) == "-"


def target(output: Path | None) -> AbstractContextManager[BinaryIO]:
    """Where records go: a file that stays only if all are written, or standard output."""
    if output is None or is_stdout(output):
        return nullcontext(sys.stdout.buffer)
    return writing(output)

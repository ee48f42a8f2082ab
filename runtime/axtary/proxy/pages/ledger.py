"""The ledger: a search from its end, single records, and verification."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from starlette.responses import RedirectResponse, Response

from axtary.ledger import LedgerError, Rows
from axtary.ledger.record import read
from axtary.ledger.store import Stored
from axtary.ledger.verify import Report
from axtary.ledger.verify import verify as verification
from axtary.proxy.pages.web import Call, PageError

SHOWN = 50  # records of a page
LOOKED_AT = 20_000  # records for one page; the next page goes on from there
LONGEST = 30.0  # seconds that a verification may take here
_PAGE = 500
T = TypeVar("T")
_WORDS = ("decision", "outcome", "verdict", "event", "what", "code")
_SEQ = re.compile(r"[0-9]{1,18}\Z")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9:.]{0,15})?Z?\Z")


@dataclass(frozen=True)
class Wanted:
    """What is searched for: parts of names, and a span of time. "" takes all."""

    tool: str
    actor: str
    word: str
    since: str
    until: str

    def takes(self, content: Mapping[str, Any]) -> bool:
        """Is it one of those?"""
        when = str(content.get("time", ""))
        who = " ".join(str(content.get(name, "")) for name in ("agent", "owner", "approver"))
        return (
            self.tool.lower() in str(content.get("tool", "")).lower()
            and self.actor.lower() in who.lower()
            and self.word in ("", content.get("kind"), *(content.get(name) for name in _WORDS))
            and (not self.since or when >= self.since)
            and (not self.until or when[: len(self.until)] <= self.until)
        )


@dataclass(frozen=True)
class Line:
    """A record in one line; `problem` if its bytes are none."""

    seq: int
    content: Mapping[str, Any]
    word: str
    problem: str = ""


@dataclass(frozen=True)
class Verified:
    """How a verification ended, and when (seconds since 1970)."""

    at: float
    by: str
    report: Report | None
    problem: str
    checked: bool  # with keys?


class _TooLongError(Exception):
    pass


@dataclass
class LedgerPages:
    """With the last verification, and one at a time."""

    _running: threading.Lock = field(default_factory=threading.Lock)
    _last: Verified | None = None

    def search(self, call: Call) -> Response:
        """The newest records that fit, and where to go on."""
        wanted = _wanted(call)
        before = int(text) if (text := call.query("before")).isascii() and text.isdigit() else None
        head = _kept(call.services.rows.head)
        lines, left = _kept(lambda: _found(call.services.rows, wanted, min(before or head.size, head.size)))
        return call.page(
            "ledger.html",
            lines=lines,
            left=left,
            wanted=wanted,
            head=head,
            words=_CHOICES,
            verified=self._last,
            signed=_kept(lambda: call.services.rows.checkpoint_of(0)),
        )

    def record(self, call: Call) -> Response:
        """All of one record, as it is."""
        name = call.request.path_params["seq"]
        seq = int(name) if _SEQ.match(name) else -1
        rows = call.services.rows
        size = _kept(rows.head).size
        found = _kept(lambda: rows.records(seq, 1)) if 0 <= seq < size else []
        if not found or found[0].seq != seq:
            raise PageError(404, "no such record", f"The ledger has {size} records, numbered from 0.")
        signed = _kept(lambda: rows.checkpoint_of(seq + 1))
        line = _line(found[0])
        return call.page("record.html", line=line, stored=found[0], size=size, signed=signed, raw=_text(found[0]))

    def verify(self, call: Call) -> Response:
        """Verify the whole ledger, as long as that is short enough for a page."""
        if not self._running.acquire(blocking=False):
            raise PageError(409, "under way", "A verification is under way. Look again in a moment.")
        try:
            self._last = _verified(call)
        finally:
            self._running.release()
        return RedirectResponse("/ui/ledger#verified", 303)


_CHOICES = ("allow", "deny", "step_up", "succeeded", "failed", "unknown", "approval", "budget", "policy", "incident")


def _wanted(call: Call) -> Wanted:
    tool, actor, word, since, until = (call.query(name) for name in ("tool", "actor", "word", "since", "until"))
    times = [text.replace(" ", "T") if _TIME.match(text) else "" for text in (since, until)]
    return Wanted(tool.strip(), actor.strip(), word if word in _CHOICES else "", *times)


def _found(rows: Rows, wanted: Wanted, end: int) -> tuple[list[Line], int]:
    """From the end back. The second is where to go on: the number before which nothing was looked at, 0 for no more."""
    lines: list[Line] = []
    stop = max(0, end - LOOKED_AT)
    while end > stop:
        first = max(stop, end - _PAGE)
        for row in reversed([each for each in rows.records(first, end - first) if each.seq < end]):
            line = _line(row)
            if line.problem or wanted.takes(line.content):
                lines.append(line)
            if len(lines) == SHOWN:
                return lines, row.seq
        end = first
    return lines, end


def _line(row: Stored) -> Line:
    try:
        content = read(row.body).content
    except LedgerError as error:
        return Line(row.seq, {}, "", str(error))
    word = next((str(content[name]) for name in _WORDS if name in content), "")
    return Line(row.seq, content, word)


def _text(row: Stored) -> Any:
    """The value of a record, or its bytes as text if it is none."""
    text = row.body.decode("utf-8", "backslashreplace")
    try:
        return json.loads(text)
    except ValueError:
        return text


def _verified(call: Call) -> Verified:
    services, end = call.services, time.monotonic() + LONGEST
    by = call.session.person if call.session is not None else ""

    def step(_done: int, _all: int) -> None:
        if time.monotonic() > end:
            raise _TooLongError

    keys = services.keys()
    try:
        report = verification(services.rows, keys, step=step)
    except _TooLongError:
        text = f"it takes longer than {LONGEST:g} seconds: run `axtary ledger verify`"
        return Verified(services.clock(), by, None, text, bool(keys))
    except LedgerError as error:
        return Verified(services.clock(), by, None, str(error), bool(keys))
    return Verified(services.clock(), by, report, "", bool(keys))


def _kept(work: Callable[[], T]) -> T:
    try:
        return work()
    except LedgerError:
        raise PageError(503, "no ledger", "The ledger cannot be read now.") from None

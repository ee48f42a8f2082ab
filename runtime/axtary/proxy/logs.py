"""The log: one JSON object a line. It has no payload, no token, no key of an attempt, and no text that an agent wrote
but for ids of requests, which are escaped.
"""

from __future__ import annotations

import json
import logging
import sys
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, TextIO

from axtary.pipeline import Result

_LONG = 200  # characters


class Log:
    """Safe to use from any thread: a line is written in one piece."""

    def __init__(self, stream: TextIO | None = None, requests: bool = True) -> None:
        self._stream = stream or sys.stderr
        self._requests = requests

    def info(self, event: str, **members: Any) -> None:
        """Something that is as it should be."""
        self._write("info", event, members)

    def warning(self, event: str, **members: Any) -> None:
        """Something that somebody should look at."""
        self._write("warning", event, members)

    def error(self, event: str, **members: Any) -> None:
        """Something that is not as it should be."""
        self._write("error", event, members)

    def request(self, method: str, route: str, status: int, milliseconds: float, **members: Any) -> None:
        """One that was answered."""
        if self._requests:
            self.info("request", method=method, route=route, status=status, ms=milliseconds, **members)

    def ended(self, result: Result) -> None:
        """What came of an action, by its number in the ledger."""
        decision = result.decision.decision if result.decision is not None else None
        outcome = result.ran.outcome if result.ran is not None else None
        self.info("action", status=result.status, decision=decision, record=result.record, outcome=outcome)
        for incident in result.incidents:
            self.error("incident", code=incident.code, message=incident.message, record=result.record)

    def _write(self, level: str, event: str, members: dict[str, Any]) -> None:
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        shown = {name: _cut(value) for name, value in members.items() if value is not None}
        line = json.dumps({"time": now, "level": level, "event": event, **shown}) + "\n"
        with suppress(OSError, ValueError):  # nobody reads it any more: what ran has run, and is to be answered
            self._stream.write(line)
            self._stream.flush()


class ServerLog(logging.Handler):
    """What the web server says, in the same form. It quotes nothing of a request."""

    def __init__(self, log: Log) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """One line."""
        found = type(record.exc_info[1]).__name__ if record.exc_info else None
        self._log.warning("server", message=record.getMessage(), error=found)


def _cut(value: Any) -> Any:
    return value[:_LONG] if isinstance(value, str) else value

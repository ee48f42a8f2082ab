"""What a hook needs of whoever decides, reserves and records: `axtary.pipeline.Pipeline` is one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from axtary.connectors.provider import Ran
from axtary.pipeline.result import Result


class Gate(Protocol):
    """Decides actions before they run, and hears what became of them. Whatever it raises is a denial."""

    def begin(self, action: Mapping[str, Any], key: str) -> Result:
        """Decide. Only the status `authorized` lets it run, and then `end` must be told."""

    def end(self, key: str, ran: Ran, executed: str | None = None) -> Result:
        """What became of it. `executed`: what ran if it was not what was authorized, which is an incident."""

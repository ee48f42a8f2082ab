"""What a hook needs of whoever decides, reserves and records: the pipeline, or an engine alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

Status = Literal["authorized", "pending", "blocked"]
Outcome = Literal["succeeded", "failed", "not_run"]


@dataclass(frozen=True)
class Begun:
    """What came of an action before it runs. `why`: one phrase; `approval`: what a human approves, if it is pending."""

    status: Status
    why: str = ""
    approval: str = ""


class Gate(Protocol):
    """Decides actions before they run, and hears what became of them. Whatever it raises is a denial."""

    def begin(self, action: Mapping[str, Any], key: str) -> Begun:
        """Decide; if it is allowed, hold what it costs under `key`, which names this call of the agent."""

    def end(self, key: str, outcome: Outcome, message: str) -> None:
        """What was authorized under `key` ran, or never will."""

    def incident(self, code: str, message: str, key: str) -> None:
        """Something happened that must not: a call ran that was not the one that was authorized."""

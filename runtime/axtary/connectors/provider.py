"""What the pipeline asks of whoever executes an action."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

Outcome = Literal["succeeded", "failed", "unknown"]


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of an action. `unknown`: it may have happened, and must not be tried again blindly.

    `result` is any JSON value, `costs` what it really cost as decimal text, by unit.
    """

    outcome: Outcome
    result: Any = None
    message: str = ""
    costs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """A call in the form in which it is decided and executed: names resolved, secrets taken out, versions pinned."""

    tool: str
    resource: str
    payload: Mapping[str, Any]
    paths: tuple[str, ...] | None = None


class ProviderError(Exception):
    """Nothing was sent. `code` is a word for programs, `help` what to do instead."""

    def __init__(self, code: str, message: str, help_text: str = "") -> None:
        self.code = code
        self.message = message
        self.help = help_text
        super().__init__(message)


class Provider(Protocol):
    """Makes calls exact, and executes what was authorised."""

    def normalise(self, tool: str, payload: Mapping[str, Any]) -> Call:
        """What will be decided upon, and executed. Raises ProviderError."""

    def execute(self, action: Mapping[str, Any], key: str) -> Ran:
        """Execute exactly `action`, once for each `key`. Raises ProviderError if nothing was sent."""

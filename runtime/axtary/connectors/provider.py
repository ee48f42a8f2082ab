"""What every connector is to the pipeline: it says what a call means, and later runs exactly what was decided.

The order: `normalise` (reads only: names become ids, what can move is pinned), then whatever decides, then `execute`
with the decided action. `execute` takes nothing but the action, so nothing can be swapped in between.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

Outcome = Literal["succeeded", "failed", "unknown"]


class ProviderError(Exception):
    """The call cannot be normalised, or not be run; nothing was sent that changes anything.

    `code` is a short name for programs; the message and `help` are for people, and hold no credential.
    """

    def __init__(self, code: str, message: str, help_text: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.help = code, message, help_text


@dataclass(frozen=True, slots=True)
class Call:
    """A call in the form that is decided upon and executed.

    `paths` None: the call touches no files that are known, and the action has none.
    """

    tool: str
    resource: str
    payload: dict[str, Any]
    paths: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Ran:
    """What became of an action that was sent.

    `failed`: the service refused it, it did not happen. `unknown`: it may have happened, and is not tried again.
    `result` is JSON. `costs` are amounts by unit, as the service reports them: decimal text that is not negative.
    """

    outcome: Outcome
    result: Any = None
    message: str = ""
    costs: Mapping[str, str] = field(default_factory=dict)


class Provider(Protocol):
    """A connector, or all of them."""

    def normalise(self, tool: str, payload: Mapping[str, Any]) -> Call:
        """What a call means. Asks the service, changes nothing. Raises ProviderError."""

    def execute(self, action: Mapping[str, Any], key: str) -> Ran:
        """Run exactly the payload of an action. `key` is new for each action, and the same when it is tried again.

        Raises ProviderError as long as nothing was sent.
        """

"""What every engine answers, and the protocol by which it is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from axtary.compiler.clauses import Reason

Decision = Literal["allow", "deny", "step_up"]
Because = tuple[Reason, str]  # reason code and rule id; "" for default_deny


class EngineError(Exception):
    """The engine itself failed (missing, crashed, refused its input). Whoever sees it denies."""


class EngineMissing(EngineError):
    """No such engine is installed; the text says what to install."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A decision with its grounds. Two engines agree if their verdicts are equal."""

    decision: Decision
    fired: tuple[str, ...]  # rule ids, sorted
    reasons: tuple[Because, ...]  # sorted by code, then rule
    obligations: Mapping[str, Any] = field(default_factory=dict)


class Engine(Protocol):
    """A policy made ready to decide. Immutable; `decide` is a pure function of the action and the facts."""

    @property
    def name(self) -> str:
        """`native`, `cedar` or `rego`."""

    @property
    def version(self) -> str:
        """What answers, with its version: `opa 1.20.2 (opa-golib-python-bindings 0.4.4)`."""

    def decide(self, action: Mapping[str, Any], facts: Mapping[str, Any]) -> Verdict:
        """Decide one action. Both are validated JSON values. Raises EngineError."""

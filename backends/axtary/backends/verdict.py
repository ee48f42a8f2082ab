"""What every engine answers, and the protocol by which it is asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from axtary.compiler.clauses import Reason, merged_obligations
from axtary.compiler.ir import Effect, Policy

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


def settle(
    policy: Policy,
    fired: Iterable[str],
    definite: Iterable[str],
    restrictions: Iterable[Because],
    unmet: Iterable[str],
) -> Verdict:
    """From truth to verdict: which rules fired, which grants are definite, which restrictions stand, whose approval
    is not met (only fired step_up rules count)."""
    fired_ids = tuple(sorted(fired))
    rules = [policy.by_id[rule_id] for rule_id in fired_ids]
    obligations = merged_obligations(rules)
    denied = tuple(sorted(restrictions))
    if denied:
        return Verdict("deny", fired_ids, denied, obligations)
    granted = tuple(sorted((Reason.GRANTED, rule_id) for rule_id in definite))
    if not granted:
        return Verdict("deny", fired_ids, ((Reason.DEFAULT_DENY, ""),), obligations)
    missing = set(unmet)
    held = tuple((Reason.APPROVAL_REQUIRED, r.id) for r in rules if r.effect is Effect.STEP_UP and r.id in missing)
    if held:
        return Verdict("step_up", fired_ids, held, obligations)
    return Verdict("allow", fired_ids, granted, obligations)

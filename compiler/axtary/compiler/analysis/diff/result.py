"""What a comparison of two policies finds."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Json = Any


class Verdict(StrEnum):
    """The whole comparison in a word. UNDECIDED: no change was found, or none that settles it, and a part is open."""

    EQUIVALENT = "equivalent"
    MORE = "more permissive"
    LESS = "less permissive"
    INCOMPARABLE = "incomparable"
    UNDECIDED = "undecided"


class Kind(StrEnum):
    """What changed: which rules decide, or what a rule obliges to."""

    EFFECT = "effect"
    BLOCKED_PATHS = "blocked_paths"
    HOURS = "hours"
    RATE = "rate"
    BUDGET = "budget"
    APPROVERS = "approvers"
    TTL = "ttl"


class Direction(StrEnum):
    """Where a change leads."""

    MORE = "more permissive"
    LESS = "less permissive"
    OTHER = "different"


@dataclass(frozen=True)
class Change:
    """One region in which the policies differ, shown by the smallest action in it.

    old, new: the decisions `allow`, `deny`, `step_up`. old_rules, new_rules: the rules that decide there, sorted by id;
    none for the default deny. cause: those of them that changed. tools: the tools for which it was found.
    old_terms, new_terms: what is obliged to, where the decision is the same and that changed.
    """

    old: str
    new: str
    kind: Kind
    direction: Direction
    old_rules: tuple[str, ...]
    new_rules: tuple[str, ...]
    cause: tuple[str, ...]
    action: dict[str, Json]
    facts: dict[str, Json]
    tools: tuple[str, ...]
    old_terms: Json = None
    new_terms: Json = None


@dataclass(frozen=True)
class Undecided:
    """A part that was not settled: for which tools (examples), and why."""

    tools: tuple[str, ...]
    why: str


@dataclass
class Difference:
    """All changes, in a fixed order, and what stays open. work: the steps that it took."""

    changes: list[Change] = field(default_factory=list)
    undecided: list[Undecided] = field(default_factory=list)
    work: int = field(default=0, compare=False)

    @property
    def verdict(self) -> Verdict:
        """`equivalent` only if there is no change and nothing is open."""
        found = {change.direction for change in self.changes}
        if Direction.OTHER in found or {Direction.MORE, Direction.LESS} <= found:
            return Verdict.INCOMPARABLE
        if self.undecided:
            return Verdict.UNDECIDED
        if not found:
            return Verdict.EQUIVALENT
        return Verdict.MORE if Direction.MORE in found else Verdict.LESS

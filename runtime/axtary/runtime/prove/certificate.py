"""What was compared, with what result: the same bytes for the same policy, seed and engines."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Cases(_Part):
    """How many actions were decided by every engine, by where they come from."""

    generated: int
    random: int
    recorded: int


class Gap(_Part):
    """Something that no case shows, and why."""

    rule: str
    what: str
    outcome: str
    why: str


class Coverage(_Part):
    """What the cases show of the policy. `unreachable` cannot happen; `missed` might, and no case was found."""

    rules: int
    rules_fired: int
    rules_decisive: int
    conditions: int
    outcomes: int
    outcomes_seen: int
    unreachable: list[Gap]
    missed: list[Gap]


class Certificate(_Part):
    """The result of `prove`. Hashes are `sha256:` + hex of the bytes that `policy compile` writes."""

    certificate_version: Literal[1] = 1
    result: Literal["equivalent", "disagreement"]
    policy_version: str
    artifacts: dict[str, str]
    engines: dict[str, str]
    tzdata: str
    zones: dict[str, str]
    seed: int
    cases: Cases
    decisions: dict[str, int]
    disagreements: int
    smallest: dict[str, Any] | None
    coverage: Coverage

    def text(self) -> str:
        """The file form: JSON, sorted as declared, ending in a newline."""
        return self.model_dump_json(indent=2) + "\n"

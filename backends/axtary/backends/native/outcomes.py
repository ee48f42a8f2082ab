"""From the rules that fire to the verdict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from axtary.backends.native.masks import rows_of
from axtary.backends.native.rows import Head, Meaning
from axtary.backends.native.values import Frame
from axtary.backends.verdict import Because, Decision, Verdict
from axtary.compiler.clauses import Reason, merged_obligations


class _Nothing(Mapping[str, Any]):
    """No obligations, in a verdict that is given more than once: nobody can write into it."""

    def __getitem__(self, key: str) -> Any:
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __repr__(self) -> str:
        return "{}"


_NOTHING = _Nothing()
_DEFAULT_DENY: tuple[Because, ...] = ((Reason.DEFAULT_DENY, ""),)


class Part(Protocol):
    """Rows that are decided together."""

    @property
    def heads(self) -> Sequence[Head]:
        """Of each row."""

    @property
    def meaning(self) -> Meaning:
        """Of all rows."""

    def left(self, action: Mapping[str, Any]) -> int:
        """The mask of the rows that hold."""


Found = tuple[tuple[Part, int], ...]
"""The rows that hold: a mask for each part that has some."""


class Outcome:
    """What follows from the rows that hold.

    If neither the facts nor an obligation can change it, the verdict is made once.
    """

    def __init__(self, found: Found) -> None:
        self.fired = tuple([head.id for head in _heads(found, "fires")])
        self._denied = tuple([head.denies for head in _heads(found, "denies") if head.denies])
        # whatever may grant does not matter any more where a rule denies
        self._granted = () if self._denied else tuple([head.granted for head in _heads(found, "definite")])
        self._checks = [check for head in _heads(found, "checks") for check in head.checks]
        self._holds = [head.hold for head in _heads(found, "holds") if head.hold]
        self._asks = [head.rule for head in _heads(found, "asks")]
        self._settled = None if self._checks else self._without_facts()
        self._verdict: Verdict | None = None
        if self._settled and not self._asks:
            self._verdict = Verdict(self._settled[0], self.fired, self._settled[1], _NOTHING)

    def verdict(self, action: Mapping[str, Any], facts: Mapping[str, Any]) -> Verdict:
        """The verdict for an action by which these rules fire."""
        if self._verdict is not None:
            return self._verdict
        decision, reasons = self._settled or self._with_facts(Frame(action, facts))
        return Verdict(decision, self.fired, reasons, merged_obligations(self._asks))

    def _without_facts(self) -> tuple[Decision, tuple[Because, ...]] | None:
        if self._denied:
            return "deny", self._denied
        if not self._granted:
            return "deny", _DEFAULT_DENY
        return None if self._holds else ("allow", self._granted)

    def _with_facts(self, frame: Frame) -> tuple[Decision, tuple[Because, ...]]:
        broken = [why for why, met in self._checks if not met(frame)]
        if broken or self._denied:
            return "deny", tuple(sorted([*self._denied, *broken]))
        if not self._granted:
            return "deny", _DEFAULT_DENY
        held = tuple(why for why, met in self._holds if not met(frame))
        return ("step_up", held) if held else ("allow", self._granted)


def _heads(found: Found, meaning: str) -> list[Head]:
    """Of the rules with a row of this meaning, each once, by id."""
    heads = [part.heads[row] for part, mask in found for row in rows_of(mask & getattr(part.meaning, meaning))]
    if len(found) > 1:
        heads.sort(key=lambda head: head.id)
    return list(dict.fromkeys(heads))

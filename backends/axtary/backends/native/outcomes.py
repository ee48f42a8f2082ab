"""From the rules that fire to the verdict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from axtary.backends.native.masks import rows_of
from axtary.backends.native.rows import Head, Meaning
from axtary.backends.native.values import Frame
from axtary.backends.verdict import Because, Decision, Verdict
from axtary.compiler.clauses import Reason, merged_obligations
from axtary.compiler.ir import Rule


class Merged(Mapping[str, Any]):
    """What some rules ask for together: merged when it is read, and anew each time, so nobody can write into it."""

    __slots__ = ("_rules",)

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = tuple(rules)

    def __getitem__(self, key: str) -> Any:
        return merged_obligations(self._rules)[key]

    def __iter__(self) -> Iterator[str]:
        return iter(merged_obligations(self._rules))

    def __len__(self) -> int:
        return len(merged_obligations(self._rules))

    def __repr__(self) -> str:
        return repr(merged_obligations(self._rules))


_NO_APPROVAL = Frame({}, {})
_Decided = tuple[Decision, tuple[Because, ...]]
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
        self._asks = Merged([head.rule for head in _heads(found, "asks")])
        self._settled = None if self._checks else self._without_facts()
        # Where no obligation is checked, all that facts can add are approvals, and most facts have none.
        self._usual = None if self._checks else self._verdict(self._settled or self._with_facts(_NO_APPROVAL))

    def verdict(self, action: Mapping[str, Any], facts: Mapping[str, Any]) -> Verdict:
        """The verdict for an action by which these rules fire."""
        if self._usual is not None and (self._settled is not None or "approval" not in facts):
            return self._usual
        return self._verdict(self._with_facts(Frame(action, facts)))

    def _verdict(self, decided: _Decided) -> Verdict:
        return Verdict(decided[0], self.fired, decided[1], self._asks)

    def _without_facts(self) -> _Decided | None:
        if self._denied:
            return "deny", self._denied
        if not self._granted:
            return "deny", _DEFAULT_DENY
        return None if self._holds else ("allow", self._granted)

    def _with_facts(self, frame: Frame) -> _Decided:
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

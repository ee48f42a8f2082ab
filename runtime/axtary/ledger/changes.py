"""What changed, by decision and by rule: counted while records go by, with a few examples of each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from axtary.compiler.ir import path_text
from axtary.ledger.replay import BUDGETS, STATE, Again, Grounds

EXAMPLES = 5  # numbers of records
MOST = 1000  # groups that are told apart: a record can name any rule
Json = Any

_MISSING = {BUDGETS: "what is left of budgets", STATE: "the state"}


@dataclass
class Group:
    """Records that changed, or that are indeterminate, alike."""

    count: int = 0
    examples: list[int] = field(default_factory=list)

    def add(self, seq: int) -> None:
        """One more."""
        self.count += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(seq)


@dataclass
class Changes:
    """All that is told of a replay. `whole` are decisions of which everything is known; `others` no decisions."""

    decisions: int = 0
    whole: int = 0
    others: int = 0
    imported: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    changed: dict[tuple[str, str, Grounds, Grounds], Group] = field(default_factory=dict)
    indeterminate: dict[tuple[str, tuple[str, ...]], Group] = field(default_factory=dict)
    rules: dict[str, Counter[tuple[str, str]]] = field(default_factory=dict)

    def add(self, again: Again) -> None:
        """Count one decision."""
        self.decisions += 1
        self.whole += again.whole
        if again.now is None:
            self.counts["indeterminate"] += 1
            missing = tuple(sorted({_MISSING.get(path) or path_text(path) for path in again.missing}))
            _group(self.indeterminate, (again.then, missing), ("", ())).add(again.seq)
        elif again.changed:
            self.counts["changed"] += 1
            key = (again.then, again.now, again.was, again.because)
            _group(self.changed, key, ("", "", (), ())).add(again.seq)
            for rule in {rule for _, rule in {*again.was} ^ {*again.because} if rule}:
                counted = _counter(self.rules, rule)
                counted[again.then, again.now] += 1
        else:
            self.counts["unchanged"] += 1

    def to_json(self) -> dict[str, Json]:
        """The most frequent first; `""` in place of a decision stands for all that is not told apart."""
        return {
            "decisions": self.decisions,
            **{name: self.counts[name] for name in ("unchanged", "changed", "indeterminate")},
            "whole": self.whole,
            "imported": self.imported,
            "other_records": self.others,
            "changes": [
                {"from": then, "to": now, "was": _json(was), "now": _json(because), **_counted(group)}
                for (then, now, was, because), group in _sorted(self.changed)
            ],
            "rules": [
                {"rule": rule, "changed": [{"from": a, "to": b, "count": n} for (a, b), n in sorted(counted.items())]}
                for rule, counted in sorted(self.rules.items(), key=lambda item: (-item[1].total(), item[0]))
            ],
            "missing": [
                {"from": then, "missing": list(missing), **_counted(group)}
                for (then, missing), group in _sorted(self.indeterminate)
            ],
        }


def _group(groups: dict[Any, Group], key: object, rest: object) -> Group:
    return groups.setdefault(key if key in groups or len(groups) < MOST else rest, Group())


def _counter(rules: dict[str, Counter[tuple[str, str]]], rule: str) -> Counter[tuple[str, str]]:
    return rules.setdefault(rule if rule in rules or len(rules) < MOST else "", Counter())


def _sorted(groups: dict[Any, Group]) -> list[tuple[Any, Group]]:
    return sorted(groups.items(), key=lambda item: (-item[1].count, item[0]))


def _json(grounds: Grounds) -> list[dict[str, str]]:
    return [{"code": code, "rule": rule} for code, rule in grounds]


def _counted(group: Group) -> dict[str, Json]:
    return {"count": group.count, "examples": group.examples}

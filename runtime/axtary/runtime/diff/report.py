"""What was found, as one JSON-ready result: the form that text, Markdown and HTML are made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from axtary.compiler.analysis.diff import Change, Difference, Undecided, diff
from axtary.compiler.analysis.diff.sentences import sentence
from axtary.compiler.ir import Policy, Rule
from axtary.runtime.diff.verify import Verifier

Json = Any
Progress = Callable[[str, int, int], None]  # phase, done, of how many
ENGINES = ["native", "cedar", "rego"]


@dataclass(frozen=True)
class Side:
    """A policy, and the name of each of its files as the user wrote it."""

    policy: Policy
    name: str
    file: Callable[[str], str] = str

    def rule(self, rule_id: str) -> dict[str, Json]:
        """A rule with its place."""
        rule = self.policy.by_id[rule_id]
        return {"rule": rule.id, "effect": rule.effect.value} | self.place(rule)

    def place(self, rule: Rule) -> dict[str, Json]:
        """File and line of a rule."""
        return {"file": self.file(rule.span.file), "line": rule.span.line}


@dataclass(frozen=True)
class Report:
    """A verified difference between two sides."""

    old: Side
    new: Side
    difference: Difference

    def change(self, change: Change) -> dict[str, Json]:
        """One change as JSON."""
        found: dict[str, Json] = {
            "from": change.old,
            "to": change.new,
            "kind": change.kind.value,
            "direction": change.direction.value,
            "sentence": sentence(change),
            "witness": {"action": change.action, "facts": change.facts},
            "rules": {
                "old": [self.old.rule(rule) for rule in change.old_rules],
                "new": [self.new.rule(rule) for rule in change.new_rules],
                "changed": [self._cause(rule) for rule in change.cause],
            },
            "tools": list(change.tools),
            "verified": ENGINES,
        }
        if change.old == change.new:
            found["obligation"] = {"old": change.old_terms, "new": change.new_terms}
        return found

    def _cause(self, rule: str) -> dict[str, Json]:
        """A rule that is not the same on both sides, and what became of it."""
        before, after = rule in self.old.policy.by_id, rule in self.new.policy.by_id
        side = self.new if after else self.old
        return {"rule": rule, "what": "changed" if before and after else "new" if after else "removed"} | side.place(
            side.policy.by_id[rule]
        )

    def to_json(self) -> dict[str, Json]:
        """The whole result."""
        return {
            "verdict": self.difference.verdict.value,
            "old": {"name": self.old.name, "policy_version": self.old.policy.policy_version},
            "new": {"name": self.new.name, "policy_version": self.new.policy.policy_version},
            "changes": [self.change(change) for change in self.difference.changes],
            "undecided": [{"tools": list(each.tools), "why": each.why} for each in self.difference.undecided],
        }


def compare(old: Side, new: Side, progress: Progress = lambda _phase, _done, _all: None) -> Report:
    """Compare two policies. A witness that not every engine confirms is no change but a doubt.

    Raises EngineError, EngineMissing if there are witnesses and an engine is not installed.
    """
    found = diff(old.policy, new.policy, progress=lambda done, all_: progress("comparing", done, all_))
    return Report(old, new, verified(old.policy, new.policy, found, progress))


def verified(old: Policy, new: Policy, found: Difference, progress: Progress) -> Difference:
    """The difference, with the witnesses that no engine contradicts."""
    if not found.changes:
        return found
    progress("verifying", 0, len(found.changes))
    verifier = Verifier(old, new, found.changes)
    changes: list[Change] = []
    doubts: dict[str, list[str]] = {}
    for done, change in enumerate(found.changes):
        progress("verifying", done, len(found.changes))
        answer = verifier.confirmed(change)
        if isinstance(answer, Change):
            changes.append(answer)
        else:
            doubts.setdefault(answer, []).extend(change.tools)
    undecided = [*found.undecided, *(Undecided(tuple(tools), why) for why, tools in doubts.items())]
    return Difference(changes, undecided)

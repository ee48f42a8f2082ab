"""The rules that can have a say where a rule has one: those that are about a tool that it is about too.

Two policies that differ in one rule decide alike on every tool that neither form of that rule is about, so both the
comparison and the cases may leave all other rules out. Nothing is lost: the tool is the first thing that a rule asks.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from axtary.compiler.analysis.languages import Undecided, Wanted, witness
from axtary.compiler.ir import Match, Pattern, Policy, Rule

Patterns = tuple[Pattern, ...]


class Neighbours:
    """The rules of one policy by the tools that they share, remembered."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._meet: dict[tuple[Patterns, Patterns], bool] = {}
        self._found: dict[tuple[Patterns, ...], Policy] = {}

    def of(self, rules: Iterable[Rule]) -> Policy:
        """The policy with only those rules that share a tool with one of these."""
        tools = tuple(dict.fromkeys(rule.match[0].patterns for rule in rules))
        if tools not in self._found:
            near = (rule for rule in self._policy.rules if any(self._share(rule.match[0], each) for each in tools))
            self._found[tools] = replace(self._policy, rules=tuple(near))
        return self._found[tools]

    def _share(self, test: Match, tool: Patterns) -> bool:
        if (test.patterns, tool) not in self._meet:
            self._meet[test.patterns, tool] = self._meet[tool, test.patterns] = _meet(test.patterns, tool)
        return self._meet[test.patterns, tool]


def _meet(one: Patterns, other: Patterns) -> bool:
    """Is there a text that both match? True if it is not known."""
    literals = [{pattern.literal for pattern in patterns} for patterns in (one, other)]
    if None not in literals[0] | literals[1]:
        return bool(literals[0] & literals[1])
    try:
        return witness(Wanted((one, other), empty=False)) is not None
    except Undecided:
        return True

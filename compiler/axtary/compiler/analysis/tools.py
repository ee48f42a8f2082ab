"""The rules of a policy by the tool that they are about."""

from __future__ import annotations

from axtary.compiler.analysis.solve import Evaluate
from axtary.compiler.ir import Match, Policy, Rule


class Tools:
    """The rules for a tool, remembered: rules that name it are found without a look at the others."""

    def __init__(self, policy: Policy, evaluate: Evaluate) -> None:
        self._evaluate = evaluate
        self._exact: dict[str, list[Rule]] = {}
        self._others: dict[Match, list[Rule]] = {}
        self._found: dict[str, tuple[Rule, ...]] = {}
        for rule in policy.rules:
            tool = rule.match[0]
            literals = [pattern.literal for pattern in tool.patterns]
            if None in literals:
                self._others.setdefault(tool, []).append(rule)
                continue
            for literal in literals:
                self._exact.setdefault(str(literal), []).append(rule)

    def rules(self, tool: str) -> tuple[Rule, ...]:
        """The rules whose `tool` matches, sorted by id."""
        if tool not in self._found:
            found = list(self._exact.get(tool, ()))
            for match, rules in self._others.items():
                found += rules if self._evaluate(match, {"tool": tool}, {}) else ()
            self._found[tool] = tuple(sorted(found, key=lambda rule: rule.id))
        return self._found[tool]

"""What a test file says, typed; and whether the policy has the rules that it names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from axtary.compiler.clauses import Reason
from axtary.compiler.diagnostics import Reporter, did_you_mean, quoted
from axtary.compiler.ir import Policy, Span
from axtary.compiler.source import Text
from axtary.compiler.testfiles.jsontext import JsonText


@dataclass(frozen=True, slots=True)
class Expectation:
    """What must come of a case; None where it does not say. `fired` and `reasons` are complete, in any order.

    `obligations` are some of the keys of the merged obligations, each with its whole value; null: it is not there.
    """

    decision: str | None = None
    fired: tuple[Text, ...] | None = None
    not_fired: tuple[Text, ...] = ()
    reasons: tuple[tuple[Reason, Text | None], ...] | None = None  # the rule is None for the default deny
    obligations: Mapping[str, Any] | None = None

    @property
    def rules(self) -> Iterator[Text]:
        """Every rule id that it names."""
        yield from self.fired or ()
        yield from self.not_fired
        yield from (rule for _, rule in self.reasons or () if rule is not None)


@dataclass(frozen=True, slots=True)
class Case:
    """One action with facts, as JSON texts still to pass the door, and what is expected of them."""

    name: Text
    action: JsonText
    facts: JsonText
    expected: Expectation

    @property
    def span(self) -> Span:
        """The place of the name."""
        return self.name.span


@dataclass(frozen=True, slots=True)
class Suite:
    """A test file. `name` is its file, as spans show it; `policy` is the path that it gives, relative to itself."""

    name: str
    policy: Text | None
    cases: tuple[Case, ...]


def check_rules(suite: Suite, policy: Policy, report: Reporter) -> None:
    """Report each rule that a case names and the policy does not have."""
    for case in suite.cases:
        for rule in case.expected.rules:
            if rule.value not in policy.by_id:
                known = ", ".join([*list(policy.by_id)[:10], *["…"] * (len(policy.by_id) > 10)]) or "none"
                help_text = f"{did_you_mean(rule.value, policy.by_id)}rules of the policy: {known}"
                report.error("AX0905", rule.span, f"the policy has no rule {quoted(rule.value)}", help_text)

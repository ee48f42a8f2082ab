"""Every witness is decided by native, Cedar and Rego before anybody sees it.

Cedar and Rego get the rules whose tool matches that of some witness: no other rule can take part in these decisions,
and compiling thousands of rules for a few questions takes longer than the comparison itself. Native gets them all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from axtary.backends import native
from axtary.backends.verdict import Engine
from axtary.compiler.analysis.diff import Change
from axtary.compiler.ir import Policy, Rule
from axtary.runtime.action import check_action
from axtary.runtime.engines import NAMES, compile_engine
from axtary.runtime.errors import DoorError
from axtary.runtime.prove.compare import Disagreement, compare, said


class Verifier:
    """The engines of two policies, ready for the witnesses of some changes. Raises EngineError, EngineMissing."""

    def __init__(self, old: Policy, new: Policy, changes: Sequence[Change]) -> None:
        tools = sorted({change.action["tool"] for change in changes})
        self._old, self._new = (_engines(policy, tools) for policy in (old, new))

    def confirmed(self, change: Change) -> Change | str:
        """The change with the rules that the engines name; or why the witness does not show what is claimed of it."""
        try:
            check_action(change.action)
        except DoorError as error:
            return f"the action that shows a change would be refused: {error}"
        rules = []
        for engines, claimed in ((self._old, change.old), (self._new, change.new)):
            verdict, disagreement = compare(engines, change.action, change.facts)
            if verdict is None:
                return _disagreement(disagreement)
            if verdict.decision != claimed:
                return f"an action was to show {claimed} and shows {verdict.decision}: a bug, please report it"
            rules.append(tuple(sorted({rule for _, rule in verdict.reasons if rule})))
        if change.old == change.new:
            return change
        cause = tuple(rule for rule in change.cause if rule in (*rules[0], *rules[1]))  # none: a hold hides the grant
        return replace(change, old_rules=rules[0], new_rules=rules[1], cause=cause or change.cause)


def _disagreement(found: Disagreement | None) -> str:
    answers = found.verdicts if found is not None else {}
    told = ", ".join(f"{name} says {said(verdict).get('decision', 'error')}" for name, verdict in answers.items())
    return f"the engines disagree on an action that was to show a change ({told}): a bug, please report it"


def _engines(policy: Policy, tools: Iterable[str]) -> list[Engine]:
    about = replace(policy, rules=tuple(_about(policy, tools)))
    return [native.compile(policy) if name == "native" else compile_engine(name, about) for name in NAMES]


def _about(policy: Policy, tools: Iterable[str]) -> Iterator[Rule]:
    listed = [{"tool": tool} for tool in tools]
    for rule in policy.rules:
        if any(native.evaluate(rule.match[0], action, {}) for action in listed):
            yield rule

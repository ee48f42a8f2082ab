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
from axtary.runtime.prove.compare import compare, said


class Verifier:
    """The engines of two policies, ready for the witnesses of some changes. Raises EngineError, EngineMissing."""

    def __init__(self, old: Policy, new: Policy, changes: Sequence[Change]) -> None:
        tools = sorted({change.action["tool"] for change in changes})
        self._old, self._new = (_engines(policy, tools) for policy in (old, new))

    def doubts(self, change: Change) -> str | None:
        """Why the witness does not show what is claimed of it; None if every engine confirms it."""
        try:
            check_action(change.action)
        except DoorError as error:
            return f"the action that shows a change would be refused: {error}"
        for engines, claimed in ((self._old, change.old), (self._new, change.new)):
            verdict, disagreement = compare(engines, change.action, change.facts)
            if disagreement is not None or verdict is None:
                answers = disagreement.verdicts if disagreement is not None else {}
                told = ", ".join(f"{name} says {said(v).get('decision', 'error')}" for name, v in answers.items())
                return f"the engines disagree on an action that was to show a change ({told}): a bug, please report it"
            if verdict.decision != claimed:
                return f"an action was to show {claimed} and shows {verdict.decision}: a bug, please report it"
        return None


def _engines(policy: Policy, tools: Iterable[str]) -> list[Engine]:
    about = replace(policy, rules=tuple(_about(policy, tools)))
    return [native.compile(policy) if name == "native" else compile_engine(name, about) for name in NAMES]


def _about(policy: Policy, tools: Iterable[str]) -> Iterator[Rule]:
    listed = [{"tool": tool} for tool in tools]
    for rule in policy.rules:
        if any(native.evaluate(rule.match[0], action, {}) for action in listed):
            yield rule

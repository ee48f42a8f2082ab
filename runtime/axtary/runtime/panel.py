"""Every engine at once, for the actions that an analysis shows: nobody sees one that they do not confirm.

Cedar and Rego get the rules whose tool matches that of some action: no other rule can take part in these decisions,
and compiling thousands of rules for a few questions takes longer than the analysis itself. Native gets them all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from axtary.backends import native
from axtary.backends.verdict import Engine, Verdict
from axtary.compiler.ir import Policy, Rule
from axtary.runtime.action import check_action
from axtary.runtime.engines import NAMES, compile_engine
from axtary.runtime.errors import DoorError
from axtary.runtime.prove.compare import Disagreement, compare, said

Json = Any


class Panel:
    """The engines of a policy, ready for actions that name these tools. Raises EngineError, EngineMissing."""

    def __init__(self, policy: Policy, tools: Iterable[str]) -> None:
        self._engines = list(_engines(policy, tools))

    def verdict(self, action: Mapping[str, Json], facts: Mapping[str, Json], what: str) -> Verdict | str:
        """What every engine says, or why there is no such answer. `what` the action is to show: `a change`."""
        found, disagreement = compare(self._engines, action, facts)
        return found if found is not None else _disagreement(disagreement, what)


def refused(action: Mapping[str, Json], what: str) -> str | None:
    """Why the door would not take the action, or None."""
    try:
        check_action(action)
    except DoorError as error:
        return f"the action that shows {what} would be refused: {error}"
    return None


def unlike(claimed: str, verdict: Verdict) -> str | None:
    """That the engines decide otherwise than an analysis, or None."""
    if verdict.decision == claimed:
        return None
    return f"an action was to show {claimed} and shows {verdict.decision}: a bug, please report it"


def _disagreement(found: Disagreement | None, what: str) -> str:
    answers = found.verdicts if found is not None else {}
    told = ", ".join(f"{name} says {said(verdict).get('decision', 'error')}" for name, verdict in answers.items())
    return f"the engines disagree on an action that was to show {what} ({told}): a bug, please report it"


def _engines(policy: Policy, tools: Iterable[str]) -> Iterator[Engine]:
    about = replace(policy, rules=tuple(_about(policy, tools)))
    for name in NAMES:
        yield native.compile(policy) if name == "native" else compile_engine(name, about)


def _about(policy: Policy, tools: Iterable[str]) -> Iterator[Rule]:
    listed = [{"tool": tool} for tool in tools]
    for rule in policy.rules:
        if any(native.evaluate(rule.match[0], action, {}) for action in listed):
            yield rule

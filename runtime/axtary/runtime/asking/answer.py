"""One question answered: yes with actions that every engine confirms, no with a proof, or undecided."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from axtary.backends.verdict import Verdict
from axtary.compiler.analysis.asking import Found, Inquiry
from axtary.compiler.analysis.asking.sentences import decided
from axtary.compiler.analysis.diff import Undecided
from axtary.compiler.ir import Policy
from axtary.compiler.questions import Question
from axtary.runtime.panel import Panel, refused, unlike

Json = Any
Progress = Callable[[str, int, int], None]  # phase, done, of how many
_SHOWN = "an answer"


@dataclass(frozen=True)
class Witness:
    """An action that fits, with the verdict of every engine. tools: one of each class of tools with this outcome."""

    action: Mapping[str, Json]
    facts: Mapping[str, Json]
    verdict: Verdict
    tools: tuple[str, ...]

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules that decide, sorted; none for the default deny."""
        return tuple(sorted({rule for _, rule in self.verdict.reasons if rule}))

    @property
    def sentence(self) -> str:
        """What is decided, in words."""
        return decided(self.verdict.decision, self.verdict.reasons, self.action, self.facts)


@dataclass
class Answer:
    """What was found. classes, rules: how many classes of tools and how many rules were looked at.

    fits: may some action fit, whatever is decided? If not, any policy has this answer.
    """

    question: Question
    witnesses: list[Witness] = field(default_factory=list)
    undecided: list[Undecided] = field(default_factory=list)
    classes: int = 0
    rules: int = 0
    fits: bool = True

    @property
    def word(self) -> str:
        """`yes`, `no` or `undecided`: no only if nothing is open."""
        return "yes" if self.witnesses else "undecided" if self.undecided else "no"


def ask(
    policy: Policy,
    question: Question,
    every: bool = False,
    progress: Progress = lambda _phase, _done, _all: None,
) -> Answer:
    """Answer a question with one action, or with one for `every` outcome: each decision with its own reasons.

    Raises EngineError, EngineMissing if there are actions to show and an engine is not installed.
    """
    inquiry = Inquiry(policy, question)
    found: list[Found] = []
    answer = Answer(question)
    for each in inquiry.answers(lambda done, all_: progress("asking", done, all_)):
        if isinstance(each, Undecided):
            answer.undecided.append(each)
            continue
        found.append(each)
        if not every:
            break
    answer.classes, answer.rules = inquiry.classes, len(inquiry.rules)
    answer.fits = inquiry.fits or bool(answer.undecided)
    _confirm(policy, answer, found, progress)
    if answer.witnesses and not every:
        answer.undecided = []  # the one that was asked for is there
    return answer


def _confirm(policy: Policy, answer: Answer, found: Sequence[Found], progress: Progress) -> None:
    """Put each outcome once among the witnesses; what the engines do not confirm is open."""
    if not found:
        return
    tools = sorted({each.outcome.action["tool"] for each in found})
    deciding, fitting = Panel(policy, tools), Panel(Policy((answer.question.rule,)), tools)
    seen: dict[object, Witness] = {}
    for done, each in enumerate(found):
        progress("verifying", done, len(found))
        shown = _confirmed(each, deciding, fitting)
        if isinstance(shown, str):
            answer.undecided.append(Undecided(each.tools, shown))
            continue
        key = (shown.verdict.decision, shown.verdict.reasons)
        known = seen.get(key)
        seen[key] = shown if known is None else replace(known, tools=(*known.tools, *shown.tools))
    answer.witnesses = list(seen.values())


def _confirmed(found: Found, deciding: Panel, fitting: Panel) -> Witness | str:
    outcome = found.outcome
    if (why := refused(outcome.action, _SHOWN)) is not None:
        return why
    fits = fitting.verdict(outcome.action, outcome.facts, _SHOWN)
    if isinstance(fits, str):
        return fits
    verdict = deciding.verdict(outcome.action, outcome.facts, _SHOWN)
    if isinstance(verdict, str):
        return verdict
    doubts = (unlike("allow", fits), unlike(outcome.decision.value, verdict))
    why = next((doubt for doubt in doubts if doubt is not None), None)
    return why if why is not None else Witness(outcome.action, outcome.facts, verdict, found.tools)

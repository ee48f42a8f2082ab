"""What a question is: as it is written, and as it is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from axtary.compiler.ir import Approvers, Effect, Rule, Span
from axtary.compiler.source import Text

DECISIONS = (Effect.ALLOW, Effect.STEP_UP, Effect.DENY)  # in the order in which they are looked for


@dataclass(frozen=True)
class Question:
    """Is there an action, with some facts, that fits and is decided in one of these ways?

    rule: what fits, as an allow rule: where its match holds and its condition is true, not undefined.
    without: an approval that meets this is not among the facts. None: any facts will do.
    """

    rule: Rule
    decisions: tuple[Effect, ...] = (Effect.ALLOW,)  # in the order of `DECISIONS`
    without: Approvers | None = None
    sentence: str = field(default="", compare=False)  # the question in words; asked again, it is the same question


@dataclass(frozen=True)
class Invariant:
    """A question of a policy file that is to be answered with no. `span` and `path` are those of its id."""

    id: str
    question: Question
    description: str
    span: Span
    path: str = ""


@dataclass(frozen=True)
class Asked:
    """A question as it is written; a part that is not there asks for nothing."""

    actor: Sequence[Text] = ()
    tool: Sequence[Text] = ()
    resource: Sequence[Text] = ()
    when: Text | None = None
    decisions: tuple[Effect, ...] = ()
    unapproved: bool = False
    unapproved_by: tuple[str, ...] = ()  # roles

    @property
    def without(self) -> Approvers | None:
        """The approval that there is none of."""
        if self.unapproved or not self.unapproved_by:
            return Approvers() if self.unapproved else None
        return Approvers(tuple(sorted(set(self.unapproved_by))))

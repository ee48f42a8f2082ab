"""What would have to be otherwise: wants, the least of them that repair a predicate, and what a decision comes to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, assert_never

from axtary.compiler.analysis.entails import entails
from axtary.compiler.analysis.solve import Answer
from axtary.compiler.clauses import AllOf, AnyOf, Clauses, Literal, Predicate, Rail
from axtary.compiler.ir import Approvers, Atom, Match, Obligation, Rate, Rule

Wanted = Atom | Obligation | Approvers
Answers = Callable[[Rule, Wanted], Answer]

LARGEST = 6  # wants in a set: nobody acts on a longer list
_SETS = 32  # of the sets that repair one predicate, so many of the smallest are kept

RANK: Final = {"deny": 0, "step_up": 1, "allow": 2}
"""Which decision is better."""


@dataclass(frozen=True, slots=True)
class Want:
    """A test of a rule is to have an answer. Two rules that ask the same want the same."""

    rule: Rule = field(compare=False)
    test: Wanted
    answer: bool
    usage: str  # of a rate: the rule whose calls are counted; else ""

    @property
    def said(self) -> tuple[Wanted, bool]:
        """Without the rule."""
        return self.test, self.answer

    @property
    def opposite(self) -> Want:
        return Want(self.rule, self.test, not self.answer, self.usage)


Wants = tuple[Want, ...]


def want(rule: Rule, test: Wanted, answer: bool) -> Want:
    """A want, with its rule."""
    return Want(rule, test, answer, rule.id if isinstance(test, Rate) else "")


class Repairs(NamedTuple):
    """The least sets of wants that make a predicate hold, the smallest first; `cut` if there may be others."""

    sets: list[Wants]
    cut: bool = False


def holds(rail: Rail, answer: Answer) -> bool:
    """Is the question that a rail asks of a leaf answered with yes?"""
    match rail:
        case Rail.TRUE:
            return answer is True
        case Rail.FALSE:
            return answer is False
        case Rail.NOT_TRUE:
            return answer is not True
        case Rail.NOT_FALSE:
            return answer is not False
        case _:
            assert_never(rail)


def repairs(what: Predicate, rule: Rule, answers: Answers, can_change: Callable[[Wanted], bool]) -> Repairs:
    """What has to change for a predicate of a rule's condition to hold. A definite answer is wanted throughout."""
    if isinstance(what, Literal):
        test = what.test
        if isinstance(test, Match) or holds(what.rail, answers(rule, test)):
            return Repairs([()])
        positive = what.rail in (Rail.TRUE, Rail.NOT_FALSE)
        return Repairs([(want(rule, test, positive),)] if can_change(test) else [])
    parts = (repairs(item, rule, answers, can_change) for item in what.items)
    return either(parts) if isinstance(what, AnyOf) else both(parts)


def either(parts: Iterable[Repairs]) -> Repairs:
    """The sets of any of the parts."""
    found = list(parts)
    return _least([wants for part in found for wants in part.sets], any(part.cut for part in found))


def both(parts: Iterable[Repairs]) -> Repairs:
    """The sets that are enough for all of the parts together."""
    whole = Repairs([()])
    for part in parts:
        joined = [joint for one in whole.sets for other in part.sets if (joint := join(one, other)) is not None]
        whole = _least(joined, whole.cut or part.cut)
        if not whole.sets:
            break
    return whole


def join(one: Wants, other: Wants) -> Wants | None:
    """Both sets of wants as one, without those that follow from others.

    None if one wants what the other wants not, or if it is too large.
    """
    joint = list(dict.fromkeys((*one, *other)))
    if len(joint) > len(one) and any(each.opposite in one for each in other):
        return None
    if one and other:
        for each in list(joint):
            if any(entails(rest.said, each.said) for rest in joint if rest != each):
                joint.remove(each)
    return tuple(joint) if len(joint) <= LARGEST else None


def _least(sets: Sequence[Wants], cut: bool) -> Repairs:
    """Without those that contain another; the smallest, if there are many."""
    kept: list[Wants] = []
    for wants in sorted(sets, key=len):
        if len(kept) == _SETS:
            return Repairs(kept, True)
        if not any(set(smaller) <= set(wants) for smaller in kept):
            kept.append(wants)
    return Repairs(kept, cut)


def decided(normal: Sequence[Clauses], answers: Answers) -> str:
    """The decision that the normal form of some rules, all of which match, comes to under these answers."""

    def true(what: Predicate, rule: Rule) -> bool:
        match what:
            case AllOf():
                return all(true(item, rule) for item in what.items)
            case AnyOf():
                return any(true(item, rule) for item in what.items)
            case Literal():
                return isinstance(what.test, Match) or holds(what.rail, answers(rule, what.test))
            case _:
                assert_never(what)

    if any(true(each.predicate, each.rule) for part in normal for each in part.restrictions):
        return "deny"
    if not any(true(grant.definite, grant.rule) for part in normal for grant in part.grants):
        return "deny"
    holding = [hold.rule for part in normal for hold in part.holds if true(hold.possible, hold.rule)]
    unmet = [rule for rule in holding if rule.approvers is not None and answers(rule, rule.approvers) is not True]
    return "step_up" if unmet else "allow"

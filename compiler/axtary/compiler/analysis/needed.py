"""Of the answers that a change turns: those by which the rules come to their new decision."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from axtary.compiler.analysis.entails import entails
from axtary.compiler.analysis.wants import RANK, Answers, Want, Wanted, Wants, decided, want
from axtary.compiler.clauses import Clauses
from axtary.compiler.ir import Rule, atoms

_MOST = 64  # so many are told apart


def needed(
    rules: Sequence[Rule], normal: Sequence[Clauses], before: Answers, after: Answers, wants: Wants, decision: str
) -> Wants:
    """None can be left out: with the other answers alone, and everything else as before, the decision is worse.

    Taken from `wants` as far as these are enough. Nothing if it takes an undefined answer, which nobody can ask for,
    or too many.
    """

    def enough(chosen: Sequence[Want]) -> bool:
        def answers(rule: Rule, test: Wanted) -> bool | None:
            then, now = before(rule, test), after(rule, test)
            is_turned = now is not then and now is not None and _follows(want(rule, test, now), chosen)
            return now if is_turned else then

        return RANK[decided(normal, answers)] >= RANK[decision]

    turned = list(dict.fromkeys(_turned(rules, before, after)))
    chosen = [each for each in wants if each in turned]
    if not enough(chosen):
        chosen = [*(each for each in turned if each not in chosen), *chosen]
        if len(chosen) > _MOST or not enough(chosen):
            return ()
    for each in list(chosen):
        rest = [other for other in chosen if other != each]
        if enough(rest):
            chosen = rest
    return tuple(chosen)


def _follows(one: Want, chosen: Sequence[Want]) -> bool:
    return one in chosen or any(entails(each.said, one.said) for each in chosen if not one.usage)


def _turned(rules: Sequence[Rule], before: Answers, after: Answers) -> Iterator[Want]:
    for rule in rules:
        for test in tests(rule):
            answer = after(rule, test)
            if answer is not None and answer is not before(rule, test):
                yield want(rule, test, answer)


def tests(rule: Rule) -> Iterator[Wanted]:
    """All by which a rule that matches takes part in a decision."""
    yield from atoms(rule.when)
    yield from rule.obligations
    if rule.approvers is not None:
        yield rule.approvers

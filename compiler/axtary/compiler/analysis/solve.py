"""Finding an action on which chosen conditions have chosen answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice, product
from typing import Any

from axtary.compiler.analysis.actions import Action, Edits, edited
from axtary.compiler.analysis.candidates import Candidates, Test, touched
from axtary.compiler.ir import And, Condition, Effect, Not, Or, Rule, atoms

Answer = bool | None
Demand = tuple[int, Answer]  # the leaf with this index in `ir.atoms` order is to have this answer
Goal = tuple[Test, Answer]
Evaluate = Callable[[Any, Mapping[str, Any], Mapping[str, Any]], Answer]

_WAYS = 12  # so many ways to meet a demand on a condition are tried
_LOOKS = 600  # and so many evaluations are spent on each
_LOOKS_IN_ALL = 1_800  # and, about, on all


def kleene(condition: Condition, answers: Sequence[Answer]) -> Answer:
    """The value of a condition whose leaves have these answers."""
    return _kleene(condition, iter(answers))


def _kleene(condition: Condition, answers: Iterator[Answer]) -> Answer:
    if isinstance(condition, Not):
        answer = _kleene(condition.item, answers)
        return None if answer is None else not answer
    if isinstance(condition, And | Or):
        found = [_kleene(item, answers) for item in condition.items]
        decisive = isinstance(condition, Or)
        if decisive in found:
            return decisive
        return None if None in found else not decisive
    return next(answers)


def fires(effect: Effect, answer: Answer) -> bool:
    """Does a rule of this effect fire where its condition has this answer?"""
    return answer is True if effect is Effect.ALLOW else answer is not False


def ways(condition: Condition, answer: bool, first: int = 0) -> Iterator[list[Demand]]:
    """Demands on the leaves that give a condition this answer, each of them enough."""
    if isinstance(condition, Not):
        yield from ways(condition.item, not answer, first)
    elif isinstance(condition, And | Or):
        indexed = list(_indexed(condition, first))
        if isinstance(condition, And) == answer:
            yield from _all(indexed, answer)
        else:
            for item, start in indexed:
                yield from ways(item, answer, start)
    else:
        yield [(first, answer)]


def deciding(condition: Condition, leaf: int, first: int = 0) -> Iterator[list[Demand]]:
    """Demands on the other leaves under which this leaf alone decides the condition."""
    if isinstance(condition, Not):
        yield from deciding(condition.item, leaf, first)
    elif isinstance(condition, And | Or):
        indexed = list(_indexed(condition, first))
        inside = max(start for _, start in indexed if start <= leaf)
        others = [(item, start) for item, start in indexed if start != inside]
        for outer in _all(others, isinstance(condition, And)):
            for item, start in indexed:
                if start == inside:
                    yield from (outer + inner for inner in deciding(item, leaf, start))
    else:
        yield []


def _all(indexed: Sequence[tuple[Condition, int]], answer: bool) -> Iterator[list[Demand]]:
    options = [list(islice(ways(item, answer, start), _WAYS)) for item, start in indexed]
    return (list(chain.from_iterable(chosen)) for chosen in product(*options))


def _indexed(condition: And | Or, first: int) -> Iterator[tuple[Condition, int]]:
    for item in condition.items:
        yield item, first
        first += sum(1 for _ in atoms(item))


Trials = Callable[[Test, Action], Iterable[Edits]]


class Search:
    """Meets goals by trying edits; whatever it returns was looked at with `evaluate`."""

    def __init__(self, trials: Trials, evaluate: Evaluate) -> None:
        self._trials = trials
        self._evaluate = evaluate
        self._looks = 0

    def meet(self, goals: Sequence[Goal], action: Action) -> Action | None:
        """The action, edited so that all goals are met."""
        self._looks = _LOOKS
        return self._meet(goals, 0, action)

    def _meet(self, goals: Sequence[Goal], done: int, action: Action) -> Action | None:
        """Meet the goals one after another; an edit must leave those before as they are."""
        while done < len(goals) and self._holds(goals[done], action):
            done += 1
        if done == len(goals):
            return action
        for edits in self._trials(goals[done][0], action):
            if self._looks <= 0:
                return None
            changed = edited(action, edits)
            if self._holds(goals[done], changed) and self._keeps(goals[:done], edits, changed):
                found = self._meet(goals, done + 1, changed)
                if found is not None:
                    return found
        return None

    def _keeps(self, goals: Sequence[Goal], edits: Edits, changed: Action) -> bool:
        return all(self._holds(goal, changed) for goal in goals if touched(goal[0], edits))

    def _holds(self, goal: Goal, action: Action) -> bool:
        self._looks -= 1
        test, answer = goal
        return self._evaluate(test, action, {}) is answer


class Solver(Search):
    """Solves goals for the tests of one rule; they may be other rules' too."""

    def __init__(self, rule: Rule, evaluate: Evaluate) -> None:
        self.rule = rule
        self.leaves = tuple(atoms(rule.when))
        self.candidates = Candidates((*rule.match, *self.leaves, *rule.obligations))
        super().__init__(self.candidates.trials, evaluate)

    def answers(self, action: Action) -> list[Answer]:
        """What the leaves of the rule answer."""
        return [self._evaluate(leaf, action, {}) for leaf in self.leaves]

    def firing(self, action: Action) -> Action | None:
        """The action, edited so that the rule fires: by a true condition, else by one that cannot be evaluated."""
        when = self.rule.when
        if when is None:
            return self.solve([], action)
        found = self.first(ways(when, True), action)
        if found is not None or self.rule.effect is Effect.ALLOW:
            return found
        undefined = (self.leaf(index, None, action) for index in range(len(self.leaves)))
        return next((each for each in undefined if each and kleene(when, self.answers(each)) is not False), None)

    def leaf(self, index: int, answer: Answer, action: Action) -> Action | None:
        """The action, edited so that the leaf has this answer and decides its rule; or at least has it."""
        when = self.rule.when
        others = deciding(when, index) if when is not None else iter(())
        found = self.first(([*demands, (index, answer)] for demands in others), action)
        return found if found is not None else self.solve([(index, answer)], action)

    def first(self, demands: Iterator[list[Demand]], action: Action) -> Action | None:
        """The first of several lists of demands that can be solved."""
        spent = 0
        for each in islice(demands, _WAYS):
            found = self.solve(each, action)
            spent += _LOOKS - self._looks
            if found is not None or spent > _LOOKS_IN_ALL:
                return found
        return None

    def solve(self, demands: Sequence[Demand], action: Action) -> Action | None:
        """The action, edited so that the rule matches and the leaves answer as demanded."""
        goals: list[Goal] = [(test, True) for test in self.rule.match]
        return self.meet(goals + [(self.leaves[index], answer) for index, answer in demands], action)

    def state(self, action: Action) -> list[Goal]:
        """Goals that say: the rule's match and leaves are to stay as they are here."""
        answers = zip(self.leaves, self.answers(action), strict=True)
        return [*((test, True) for test in self.rule.match), *answers]

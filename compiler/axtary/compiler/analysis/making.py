"""Making the cases: for each rule an action on which it fires, and from there one change after another."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple

from axtary.compiler.analysis import grants, texts
from axtary.compiler.analysis.actions import Action, Edit, Edits, admitted, edited
from axtary.compiler.analysis.candidates import Test
from axtary.compiler.analysis.grants import Facts
from axtary.compiler.analysis.solve import Answer, Evaluate, Goal, Solver, fires, kleene, ways
from axtary.compiler.analysis.tools import Tools
from axtary.compiler.ir import Effect, Field, Has, Policy, Rate, Rule, atoms, path_text

_NEIGHBOURS = 64  # of the rules for one tool, so many are looked at
_SPOILERS = 8  # so many rules are kept from firing beside one that is to decide alone
_PARTNERS = 3  # rules of another effect that are made to fire with a rule
_UNKNOWN = 400  # cases with tools that no rule names, about
_MIXED = 4  # edits in a random mixture, at most

MIXTURE = "random mixture"
"""The note of a random case."""

START: Action = {
    "version": 1,
    "id": "act_0",
    "time": "2026-01-07T10:00:00Z",
    "actor": {"agent": "agent:a", "tenant": "org:t", "owner": "user:o", "roles": ["developer"]},
    "intent": {"task": "T-1", "summary": "s"},
    "tool": "no.such.tool",
    "resource": "r",
    "payload": {},
    "paths": ["a/b"],
    "context": {},
}
"""Where every search begins: a well-formed action, at ten on a Wednesday."""


class Case(NamedTuple):
    """An action and facts to decide, and what they are to show."""

    action: Action
    facts: Facts
    note: str


class _Work:
    """One rule, with what has been found for it so far."""

    def __init__(self, rule: Rule, evaluate: Evaluate) -> None:
        self.rule = rule
        self.solver = Solver(rule, evaluate)
        self.firing: Action | None = None  # the rule fires, alone if it can be, its condition is true
        self.leaves: dict[int, Action] = {}  # the leaf is true and decides the rule


class Maker:
    """Makes the cases of one policy."""

    def __init__(self, policy: Policy, evaluate: Evaluate, rng: random.Random) -> None:
        self._evaluate = evaluate
        self._rng = rng
        self._works = {rule.id: _Work(rule, evaluate) for rule in policy.rules}
        self._tools = Tools(policy, evaluate)

    def systematic(self) -> Iterator[Case]:
        """One round after another over all rules, so that a cut-off hits every rule alike."""
        yield Case(START, {}, "no rule names the tool")
        for make in (self._firing, self._leaves, self._obligations, self._approvals):
            for work in self._works.values():
                yield from make(work)
        yield from islice(self._other_tools(), _UNKNOWN)
        for make in (self._partners, self._match_boundaries, self._leaf_boundaries):
            for work in self._works.values():
                yield from make(work)

    def mixture(self) -> Case:
        """A random one: the action of some rule, with a few edits that concern it or a rule for the same tool."""
        rng = self._rng
        action, facts = START, dict[str, Any]()
        if self._works:
            work = rng.choice(list(self._works.values()))
            action = work.firing or START
            near = [work, *(self._works[rule.id] for rule in self._neighbours(action))]
            facts = grants.satisfying((each.rule for each in near), approved=rng.random() < 0.5)
            tests = [test for each in near for test in _tests(each.rule)]
            for _ in range(rng.randint(1, _MIXED)):
                trials = list(work.solver.candidates.trials(rng.choice(tests), action))
                action = edited(action, rng.choice(trials)) if trials else action
        return Case(action, facts, MIXTURE)

    # --- a rule on its own ------------------------------------------------------------------------------------------

    def _firing(self, work: _Work) -> Iterator[Case]:
        rule, solver = work.rule, work.solver
        action = solver.firing(START)
        if action is None:
            return
        duties: list[Goal] = [(ob, True) for ob in rule.obligations if not isinstance(ob, Rate)]
        work.firing = solver.meet([*solver.state(action), *duties], action) or action
        yield from self._both(work.firing, f"{rule.id}: fires")
        alone = self._alone(work, work.firing)
        if alone is not work.firing:
            work.firing = alone
            yield from self._both(alone, f"{rule.id}: fires alone")

    def _alone(self, work: _Work, action: Action) -> Action:
        """The action, edited so that as few other rules as can be fire with the rule."""
        kept = [*work.solver.state(action)]
        kept += [(ob, True) for ob in work.rule.obligations if not isinstance(ob, Rate)]
        others = [other for other in self._neighbours(action) if other.id != work.rule.id]
        spoilers = [other for other in others if _spoils(other, work.rule) and self._fires(other, action)]
        for other in spoilers[:_SPOILERS]:
            if not self._fires(other, action):
                continue
            for goals in _silencing(other):
                found = work.solver.meet([*kept, *goals], action)
                if found is not None:
                    action, kept = found, [*kept, *goals]
                    break
        return action

    def _leaves(self, work: _Work) -> Iterator[Case]:
        for index, leaf in enumerate(work.solver.leaves):
            answers: tuple[Answer, ...] = (True, False) if isinstance(leaf, Has) else (True, False, None)
            for answer in answers:
                action = work.solver.leaf(index, answer, work.firing or START)
                if action is None:
                    continue
                if answer is True:
                    work.leaves[index] = action
                yield from self._both(action, f"{work.rule.id}: condition {index + 1} is {_WORDS[answer]}")

    def _both(self, action: Action, note: str) -> Iterator[Case]:
        """Without an approval, and with one for every rule that asks for it."""
        rules = self._neighbours(action)
        yield Case(action, grants.satisfying(rules, approved=False), note)
        if any(rule.approvers for rule in rules):
            yield Case(action, grants.satisfying(rules, approved=True), f"{note}, approved")

    # --- obligations ------------------------------------------------------------------------------------------------

    def _obligations(self, work: _Work) -> Iterator[Case]:
        rule, action = work.rule, work.firing
        if action is None:
            return
        facts = grants.satisfying(self._neighbours(action), approved=True)
        for ob in rule.obligations:
            name = f"{rule.id}: {type(ob).__name__.lower()}"
            if isinstance(ob, Rate):
                for note, part in grants.usages(rule.id, ob):
                    yield Case(action, _merged(facts, part), f"{name}, {note}")
                continue
            for edits in work.solver.candidates.trials(ob, action):
                yield Case(edited(action, edits), facts, f"{name}, {_shown(edits)}")

    def _approvals(self, work: _Work) -> Iterator[Case]:
        if work.rule.approvers is None or work.firing is None:
            return
        facts = grants.satisfying(self._neighbours(work.firing), approved=False)
        for note, approval in grants.approvals(work.rule.approvers):
            yield Case(work.firing, facts | {"approval": approval}, f"{work.rule.id}: approval, {note}")

    # --- boundaries -------------------------------------------------------------------------------------------------

    def _match_boundaries(self, work: _Work) -> Iterator[Case]:
        for test in work.rule.match:
            yield from self._boundaries(work, test, work.firing, f"{test.field.value} of the match")

    def _leaf_boundaries(self, work: _Work) -> Iterator[Case]:
        for index, leaf in enumerate(work.solver.leaves):
            action = work.leaves.get(index, work.firing)
            yield from self._boundaries(work, leaf, action, f"condition {index + 1}")

    def _boundaries(self, work: _Work, test: Test, action: Action | None, name: str) -> Iterator[Case]:
        if action is None:
            return
        for edits in work.solver.candidates.trials(test, action):
            changed = edited(action, edits)
            facts = grants.satisfying(self._neighbours(changed), approved=True)
            yield Case(changed, facts, f"{work.rule.id}: {name}, {_shown(edits)}")

    # --- several rules ----------------------------------------------------------------------------------------------

    def _partners(self, work: _Work) -> Iterator[Case]:
        """The rule and one of another effect, firing together."""
        action = work.firing
        if action is None:
            return
        state = work.solver.state(action)
        near = [rule for rule in self._neighbours(action) if rule.effect is not work.rule.effect]
        for other in self._rng.sample(near, min(_PARTNERS, len(near))):
            matching: list[Goal] = [(test, True) for test in other.match]
            for goals in _answering(other, True):
                found = work.solver.meet([*state, *matching, *goals], action)
                if found is not None:
                    yield from self._both(found, f"{work.rule.id} and {other.id} fire")
                    break

    def _other_tools(self) -> Iterator[Case]:
        """Tools that only look like those of the rules."""
        groups = {test.patterns: work for work in self._works.values() for test in work.rule.match[:1]}
        for group, work in groups.items():
            for name in texts.own(group):
                edit = Edit(("tool",), name)
                if admitted(edit):
                    action = edited(work.firing or START, (edit,))
                    yield Case(action, grants.satisfying(self._neighbours(action), approved=True), "a tool's name")

    def _neighbours(self, action: Action) -> tuple[Rule, ...]:
        return self._tools.rules(action["tool"])[:_NEIGHBOURS]

    def _fires(self, rule: Rule, action: Action) -> bool:
        if not all(self._evaluate(test, action, {}) for test in rule.match):
            return False
        answers = [self._evaluate(leaf, action, {}) for leaf in atoms(rule.when)]
        return rule.when is None or fires(rule.effect, kleene(rule.when, answers))


_WORDS: dict[Answer, str] = {True: "true", False: "false", None: "undefined"}


def _spoils(other: Rule, rule: Rule) -> bool:
    """Can the other rule, firing too, be a ground of the same verdict, or of a stricter one?"""
    return rule.effect is Effect.ALLOW or other.effect is not Effect.ALLOW or bool(other.obligations)


def _silencing(other: Rule) -> Iterator[list[Goal]]:
    """Goals under which the rule does not fire."""
    for test in other.match:
        if test.field is not Field.TOOL:
            yield [(test, False)]
    yield from _answering(other, False)


def _answering(rule: Rule, answer: bool) -> Iterator[list[Goal]]:
    """Goals that give the rule's condition an answer; a rule without one is always true."""
    if rule.when is None:
        yield from ([[]] if answer else [])
        return
    leaves = tuple(atoms(rule.when))
    for demands in islice(ways(rule.when, answer), _PARTNERS):
        yield [(leaves[index], wanted) for index, wanted in demands]


def _tests(rule: Rule) -> Iterable[Test]:
    return (*rule.match, *atoms(rule.when), *(ob for ob in rule.obligations if not isinstance(ob, Rate)))


def _merged(facts: Facts, part: Facts) -> Facts:
    """The facts with another usage: the rest of it stays where both are objects."""
    if "usage" not in part:
        return {key: value for key, value in facts.items() if key != "usage"}
    usage = part["usage"]
    return facts | {"usage": facts["usage"] | usage if isinstance(usage, dict) and usage else usage}


def _shown(edits: Edits) -> str:
    return ", ".join(f"{path_text(path)} = {value!r}"[:80] for path, value in edits)

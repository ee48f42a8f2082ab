"""Laws of near misses, on the random policies and actions, with the reference evaluator as the judge."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import combinations, permutations
from random import Random
from typing import Any

from tests import generate, reference
from tests.near_misses import RANK, differences, find, search

from axtary.compiler.analysis.actions import ABSENT, at, edited
from axtary.compiler.analysis.changes import FIXED
from axtary.compiler.analysis.entails import entails
from axtary.compiler.analysis.nearmiss import SHOWN, NearMiss, Want
from axtary.compiler.ir import (
    And,
    Approvers,
    Attribute,
    BlockedPaths,
    Budget,
    Condition,
    Has,
    Hours,
    Not,
    Number,
    OneOf,
    Or,
    Policy,
    Rate,
    Rule,
    Type,
)

SEEDS = range(9000, 9040)

Case = tuple[Policy, dict[str, Any], dict[str, Any], tuple[NearMiss, ...]]


@cache
def world() -> list[Case]:
    return [case for seed in SEEDS for case in _cases(seed)]


def _cases(seed: int) -> Iterator[Case]:
    policy = generate.compile_draft(generate.draft(seed))
    near = search(policy)
    for action, facts in generate.cases(Random(seed), policy, 10):
        if reference.decide(policy, action, facts).decision != "allow":
            yield policy, action, facts, near.find(action, facts).misses


def each_miss() -> Iterator[tuple[Policy, dict[str, Any], dict[str, Any], NearMiss]]:
    yield from ((policy, action, facts, miss) for policy, action, facts, misses in world() for miss in misses)


def test_there_are_many_of_every_kind() -> None:
    """Else the laws below would say little."""
    misses = [miss for *_, miss in each_miss()]
    kinds = {type(want.test) for miss in misses for want in miss.wants}
    assert len(misses) > 150
    assert {miss.decision for miss in misses} == {"allow", "step_up"}
    assert kinds >= {BlockedPaths, Hours, Rate, Budget, Approvers}
    assert {len(miss.wants) for miss in misses} >= {1, 2, 3}


def test_what_is_shown_gets_the_decision() -> None:
    """Law: the edited action of a near miss gets the decision that it names, and a better one than the action had."""
    for policy, action, facts, miss in each_miss():
        assert reference.decide(policy, miss.action, miss.facts).decision == miss.decision
        assert RANK[miss.decision] > RANK[reference.decide(policy, action, facts).decision]


def test_nothing_can_be_taken_back() -> None:
    """Law: with any of its edits left out, the edited action has a worse decision."""
    for policy, action, facts, miss in each_miss():
        given = {"action": action, "facts": facts}
        edits = list(differences(given, {"action": miss.action, "facts": miss.facts}))
        assert edits
        for size in range(len(edits)):
            for some in combinations(edits, size):
                less = edited(given, some)
                found = reference.decide(policy, less["action"], less["facts"]).decision
                assert RANK[found] < RANK[miss.decision], (action, facts, miss, some)


def test_what_is_wanted_was_not_so_and_is_so() -> None:
    """Law: each want is fulfilled by the edited action, and was not by the action as it is."""
    for _, action, facts, miss in each_miss():
        for want in miss.wants:
            assert _answer(want.rule, want.test, action, facts) is not want.answer
            assert _answer(want.rule, want.test, miss.action, miss.facts) is want.answer


def test_only_what_can_be_otherwise_is_changed() -> None:
    """Law: tool, resource, actor and task stay, and time never goes back."""
    for _, action, _, miss in each_miss():
        assert all(at(action, path) == at(miss.action, path) for path in FIXED)
        then, now = reference.timestamp(at(action, ("time",))), reference.timestamp(at(miss.action, ("time",)))
        if miss.action.get("time", ABSENT) != action.get("time", ABSENT):
            assert now is not None
            assert then is None or now > then


def test_the_smallest_come_first_and_none_contains_another() -> None:
    """Law: sorted by size, then by decision; a set is listed only if no part of it has a decision as good."""
    for *_, misses in world():
        assert len(misses) <= SHOWN
        assert [*misses] == sorted(misses, key=lambda miss: (len(miss.wants), -RANK[miss.decision]))
        for one, other in combinations(misses, 2):
            assert not (set(one.wants) <= set(other.wants) and RANK[one.decision] >= RANK[other.decision])


def test_no_want_says_less_than_another() -> None:
    """Law: of two wants in a set, none follows from the other by its words."""
    for *_, miss in each_miss():
        assert not any(entails(one.said, other.said) for one, other in permutations(miss.wants, 2))


def test_every_want_is_needed() -> None:
    """Law: with the answers of the others alone, and what follows from these, the rules do not decide so."""
    for policy, action, facts, miss in each_miss():
        for left_out in miss.wants:
            rest = [want for want in miss.wants if want != left_out]

            def answer(rule: Rule, test: Any, rest: list[Want] = rest) -> bool | None:
                then, now = _answer(rule, test, action, facts), _answer(rule, test, miss.action, miss.facts)  # noqa: B023
                is_so = now is not None and any(
                    each.said == (test, now) or entails(each.said, (test, now)) for each in rest
                )
                return now if is_so else then

            assert RANK[_decided(policy, action, answer)] < RANK[miss.decision], (action, facts, miss, left_out)


def test_a_second_search_finds_the_same() -> None:
    """Law: near misses depend on the policy, the action and the facts alone, and not on what was asked before."""
    for policy, action, facts, misses in world()[::7]:
        assert find(policy, action, facts).misses == misses


def test_what_is_allowed_has_none() -> None:
    """Law: an action that is allowed misses nothing."""
    for seed in SEEDS:
        policy = generate.compile_draft(generate.draft(seed))
        for action, facts in generate.cases(Random(seed), policy, 10):
            if reference.decide(policy, action, facts).decision == "allow":
                assert find(policy, action, facts).misses == ()


def _answer(rule: Rule, test: Any, action: dict[str, Any], facts: dict[str, Any]) -> bool | None:
    if isinstance(test, Approvers):
        return reference._approved(replace(rule, approvers=test), facts)
    if isinstance(test, BlockedPaths | Hours | Rate | Budget):
        return reference._met(test, rule, action, facts)
    return reference.truth(test, action)


def _decided(policy: Policy, action: dict[str, Any], answer: Any) -> str:
    """What the rules that match decide if their parts have these answers."""
    rules = []
    for rule in (rule for rule in policy.rules if reference._matches(rule, action)):
        when = None if rule.when is None else _constant(rule.when, lambda leaf, rule=rule: answer(rule, leaf))
        unmet = tuple(UNMET for obligation in rule.obligations if not answer(rule, obligation))
        approvers = Approvers(() if rule.approvers and answer(rule, rule.approvers) else ("nobody",))
        held = approvers if rule.approvers else None
        rules.append(replace(rule, match=(), when=when, obligations=unmet, approvers=held))
    anyone = {"approval": {"approvers": [{"id": "a", "roles": []}]}}
    return reference.decide(Policy(tuple(rules)), {"version": 1, "tool": "t"}, anyone).decision


UNMET = Budget(Number(0), "USD", "task", 1, Number(1))
CONSTANTS: dict[bool | None, Condition] = {
    True: Has("tool", ()),
    False: Has("time", ()),
    None: OneOf(Attribute("resource", (), Type.STRING), ("a",)),
}


def _constant(condition: Condition, answer: Any) -> Condition:
    """The condition with a leaf of the same answer in place of each leaf."""
    if isinstance(condition, Not):
        return Not(_constant(condition.item, answer))
    if isinstance(condition, And | Or):
        return replace(condition, items=tuple(_constant(item, answer) for item in condition.items))
    return CONSTANTS[answer(condition)]

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
from axtary.compiler.ir import Approvers, BlockedPaths, Budget, Hours, Policy, Rate

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
            assert _answer(want, action, facts) is not want.answer
            assert _answer(want, miss.action, miss.facts) is want.answer


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


def _answer(want: Want, action: dict[str, Any], facts: dict[str, Any]) -> bool | None:
    test = want.test
    if isinstance(test, Approvers):
        return reference._approved(replace(want.rule, approvers=test), facts)
    if isinstance(test, BlockedPaths | Hours | Rate | Budget):
        return reference._met(test, want.rule, action, facts)
    return reference.truth(test, action)

"""Few sets that have all: of what cases show, those are kept that are needed."""

from __future__ import annotations

from functools import reduce
from operator import or_

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.laws import examples

from axtary.compiler.analysis.mcdc.cover import Tokens, cover
from axtary.compiler.analysis.mcdc.seen import Seen

SETS = st.lists(st.integers(0, 2**12 - 1), max_size=12)


@settings(max_examples=examples(300), derandomize=True, deadline=None)
@given(SETS, st.integers(0, 2**12 - 1))
def test_a_cover_has_all_and_nothing_too_much(sets: list[int], wanted: int) -> None:
    """Law: what is chosen has all that the sets have of what is wanted, and without any one of it something is lost."""
    chosen = cover(wanted, sets)
    assert chosen == sorted(set(chosen))
    every = wanted & reduce(or_, sets, 0)
    assert wanted & reduce(or_, (sets[index] for index in chosen), 0) == every
    for left_out in chosen:
        assert wanted & reduce(or_, (sets[index] for index in chosen if index != left_out), 0) != every


@settings(max_examples=examples(300), derandomize=True, deadline=None)
@given(SETS, st.integers(0, 2**12 - 1))
def test_the_cover_is_greedy(sets: list[int], wanted: int) -> None:
    """Law: it is taken from what one gets by choosing, again and again, the set with the most that is left, the first
    of equal ones."""
    left, greedy = wanted, set()
    while any(each & left for each in sets):
        best = max(range(len(sets)), key=lambda index: ((sets[index] & left).bit_count(), -index))
        greedy.add(best)
        left &= ~sets[best]
    assert set(cover(wanted, sets)) <= greedy


def test_a_case_shows_which_rules_are_idle() -> None:
    tokens = Tokens([("idle", "a"), ("fires", "a"), ("idle", "b"), ("vector", "a", (True,))])
    seen = Seen({"a": (True,)}, frozenset({"a"}), frozenset(), frozenset())
    assert tokens.all == 0b1111
    assert tokens.shown(seen) == 0b1110
    assert tokens.shown(Seen({"a": (False,)}, frozenset(), frozenset(), frozenset())) == 0b0101

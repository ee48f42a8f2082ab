"""Bars: as long as what they stand for, and never nothing for something."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.laws import examples

from axtary.cli.bars import ASCII, BLOCKS

law = settings(derandomize=True, deadline=None, max_examples=examples(100))
COUNT = st.integers(0, 10**9)


@law
@given(COUNT, COUNT, st.integers(1, 200))
def test_a_bar_is_as_long_as_its_share(one: int, two: int, width: int) -> None:
    """Law: a bar has at most the width, all of it for all, something for something, and nothing for nothing."""
    value, whole = sorted((one, max(two, 1)))
    for ink in (ASCII, BLOCKS):
        bar = ink.bar(value, whole, width)
        assert len(bar) <= width and bool(bar.strip()) == bool(value)
        assert len(ink.bar(whole, whole, width)) == width
        assert abs(len(bar) - value * width / whole) <= 1


def test_blocks_tell_eighths_apart() -> None:
    assert [BLOCKS.bar(n, 8, 1) for n in range(9)] == ["", *"▏▎▍▌▋▊▉█"]
    assert BLOCKS.bar(12, 16, 2) == "█▌"
    assert ASCII.bar(12, 16, 4) == "###"


@law
@given(st.lists(COUNT, min_size=3, max_size=3), st.integers(0, 1000), st.integers(3, 200))
def test_a_stack_has_a_mark_for_each_part_that_is_something(values: list[int], more: int, width: int) -> None:
    """Law: a stack has at most the width, and shows each of its parts, in order, that is something, and no other."""
    for ink in (ASCII, BLOCKS):
        parts = ink.stack(values, sum(values) + more or 1, width)
        assert sum(map(len, parts)) <= width
        assert [bool(part) for part in parts] == [bool(value) for value in values]
        assert all(set(part) <= {mark} for part, mark in zip(parts, ink.parts, strict=True))


def test_parts_are_as_long_as_their_shares() -> None:
    assert ASCII.stack([5, 2, 1], 16, 16) == ["#####", "xx", "-"]
    assert ASCII.stack([1000, 1, 1], 1002, 10) == ["########", "x", "-"]

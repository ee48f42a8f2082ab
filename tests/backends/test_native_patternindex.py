"""Law: the index finds exactly the patterns that match, in an order that depends on nothing else."""

from __future__ import annotations

from random import Random

import pytest
from tests.backends.test_native_patterns import ALPHABETS, random_text, random_tokens

from axtary.backends.native.patternindex import PatternIndex
from axtary.backends.native.patterns import matcher
from axtary.compiler.ir import Pattern, Wildcard

STAR, ANY, SEGMENTS = Wildcard.STAR, Wildcard.ANY, Wildcard.SEGMENTS


@pytest.mark.parametrize("alphabet", [*ALPHABETS, "ab@/"])
@pytest.mark.parametrize("any_order", [False, True])
def test_finds_what_matches(alphabet: str, any_order: bool) -> None:
    rng = Random(f"{alphabet}{any_order}")
    found = 0
    for _ in range(60):
        made = [random_tokens(rng, alphabet, any_order=any_order) for _ in range(rng.randint(1, 40))]
        patterns = list(dict.fromkeys(Pattern(tokens, rng.random() < 0.3) for tokens in made))
        entries = [pattern if pattern.literal is None else pattern.literal for pattern in patterns]
        index = PatternIndex(entries)
        for _ in range(40):
            text = rng.choice(["", "@home/", "@root"]) + random_text(rng, rng.choice(made), alphabet)
            expected = tuple(number for number, pattern in enumerate(patterns) if matcher(pattern)(text))
            assert index.find(text) == expected, (patterns, text)
            found += len(expected)
    assert found > 1_000


def test_nested_beginnings_and_ends_are_all_found() -> None:
    nested = [Pattern(("a" * n, ANY)) for n in range(1, 60)] + [Pattern((ANY, "b" * n)) for n in range(1, 60)]
    index = PatternIndex(nested)
    for heads in (0, 1, 30, 59, 80):
        for tails in (0, 1, 30, 59, 80):
            expected = (*range(min(heads, 59)), *range(59, 59 + min(tails, 59)))
            assert index.find("a" * heads + "-" + "b" * tails) == expected


def test_a_pattern_is_reported_once_however_many_segments_begin_so() -> None:
    index = PatternIndex(
        [Pattern((SEGMENTS, "a", STAR)), Pattern((SEGMENTS, "a/", ANY)), Pattern((SEGMENTS, "ab", ANY))]
    )
    assert index.find("a/a/a/ab") == (0, 1, 2)
    assert index.find("a/a") == (0, 1)
    assert index.find("x/y/z/a/" * 9 + "xab") == (1,)
    assert index.find("x") == ()

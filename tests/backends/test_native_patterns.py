"""Law: the native matcher answers as the definition of the tokens does, and in time linear in the text."""

from __future__ import annotations

import time
from random import Random

import pytest

from axtary.backends.native.patterns import any_of, matcher
from axtary.compiler.ir import Pattern, Token, Wildcard

STAR, ANY, SEGMENTS = Wildcard.STAR, Wildcard.ANY, Wildcard.SEGMENTS


def defined(tokens: tuple[Token, ...], text: str) -> bool:
    """The definition, token by token: where in the text may each one end?"""
    ends = {0}
    for token in tokens:
        if isinstance(token, str):
            ends = {end + len(token) for end in ends if text.startswith(token, end)}
        else:
            ends = {stop for end in ends for stop in range(end, len(text) + 1) if _run(token, text[end:stop])}
    return len(text) in ends


def _run(token: Wildcard, run: str) -> bool:
    return token is ANY or (token is STAR and "/" not in run) or (token is SEGMENTS and run[-1:] in ("", "/"))


def random_tokens(rng: Random, alphabet: str, *, any_order: bool) -> tuple[Token, ...]:
    """Tokens as the language has them; in any order: also `**/` in the middle of a segment, and wildcards in a row."""
    tokens: list[Token] = []
    for _ in range(rng.randint(1, 7)):
        last = tokens[-1] if tokens else "/"
        if rng.random() < 0.5:
            if not tokens or isinstance(last, Wildcard):
                tokens.append("".join(rng.choices(alphabet, k=rng.randint(1, 3))))
            continue
        wildcard = rng.choice([STAR, ANY, SEGMENTS])
        fits = isinstance(last, str) and (wildcard is not SEGMENTS or last.endswith("/"))
        if any_order or fits:
            tokens.append(wildcard)
    return tuple(tokens)


def random_text(rng: Random, tokens: tuple[Token, ...], alphabet: str) -> str:
    if rng.random() < 0.5:
        return "".join(rng.choices(alphabet, k=rng.randint(0, 10)))
    return "".join(t if isinstance(t, str) else "".join(rng.choices(alphabet, k=rng.randint(0, 3))) for t in tokens)


ALPHABETS = ["ab/", "a/", "a\n/", "aé\U0001f600/."]


@pytest.mark.parametrize(("alphabet", "any_order"), [*((each, False) for each in ALPHABETS), ("ab/", True)])
def test_matches_as_defined(alphabet: str, any_order: bool) -> None:
    rng = Random(f"{alphabet}{any_order}")
    matched = 0
    for _ in range(700):
        tokens = random_tokens(rng, alphabet, any_order=any_order)
        match = matcher(Pattern(tokens))
        for _ in range(20):
            text = random_text(rng, tokens, alphabet)
            expected = defined(tokens, text)
            assert match(text) is expected, (tokens, text)
            matched += expected
    assert matched > 1_000


HOSTILE: list[tuple[Token, ...]] = [
    (ANY, "a", ANY, "a", ANY, "a", ANY, "b"),
    (STAR, "a", STAR, "a", STAR, "a", STAR, "b"),
    (ANY, "a", STAR, "a", STAR, "b"),
    (ANY, "a", STAR, "b", ANY, "c"),
    (SEGMENTS, "a", STAR, "a", STAR, "b"),
    (SEGMENTS, "a/", SEGMENTS, "a/", SEGMENTS, "a", STAR, "b"),
    (ANY, "aaaa", STAR, "aaab"),
]


@pytest.mark.parametrize("tokens", HOSTILE, ids=str)
@pytest.mark.parametrize("unit", ["a", "a/", "aaaa/", "/a"])
def test_time_is_linear_in_the_text(tokens: tuple[Token, ...], unit: str) -> None:
    match = matcher(Pattern(tokens))
    text = unit * (400_000 // len(unit))  # a quadratic matcher needs minutes for it
    start = time.process_time()
    assert match(text) is False
    assert time.process_time() - start < 1.0


@pytest.mark.parametrize(
    ("text", "inside", "anywhere"),
    [
        ("a", True, True),
        ("@home", False, True),
        ("@home/a", False, True),
        ("@root/a/b", False, True),
        ("@homes/a", True, True),
        ("a/@home/b", True, True),
        ("@@home/a", True, True),
    ],
)
def test_inside_patterns_stay_in_the_workspace(text: str, inside: bool, anywhere: bool) -> None:
    assert matcher(Pattern((ANY,), inside=True))(text) is inside
    assert matcher(Pattern((ANY,)))(text) is anywhere


def test_any_of_mixes_literals_and_wildcards() -> None:
    match = any_of((Pattern(("a",)), Pattern(("b", STAR)), Pattern(("@home/x",), inside=True)))
    assert [text for text in ("a", "b", "bc", "b/c", "ab", "", "@home/x") if match(text)] == ["a", "b", "bc"]


def test_only_the_empty_pattern_matches_nothing_but_the_empty_text() -> None:
    assert matcher(Pattern(()))("")
    assert not matcher(Pattern(()))("\n")

"""The law: a pattern's Cedar form and our own matcher accept just what the reference matcher accepts."""

from __future__ import annotations

import json
from itertools import product

import cedarpy
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests import reference
from tests.laws import examples

from axtary.backends.cedar import est
from axtary.backends.cedar.patterns import lower, matches
from axtary.backends.cedar.tree import Context, Get, Statement
from axtary.compiler.ir import Pattern, Token, Wildcard

STAR, ANY, SEGMENTS = Wildcard.STAR, Wildcard.ANY, Wildcard.SEGMENTS
ALPHABET = ["a", "/", "*", "\\", "@", "\n", "\U0001f600"]
LITERALS = ["a", "/", "a/", "/a", "aa", "*", "\\", "@home", "@root/", "\n", "\U0001f600"]
TOKENS = st.lists(st.sampled_from([*Wildcard, *LITERALS]), max_size=6).map(tuple)
SHORT = ["".join(letters) for size in range(5) for letters in product("a/b", repeat=size)]
OUTSIDE = ["@home", "@home/", "@home/a", "@root", "@root/a", "@homes", "@rooted/a", "@", "@@home/a", "a/@home/b"]
TEXTS = st.lists(st.sampled_from([*ALPHABET, "@home", "@root/"]), max_size=7).map("".join)


def _policy(pattern: Pattern) -> Statement | None:
    when = lower((pattern,), Get(Context(), "text"))
    return None if when is None else Statement("p", "permit", (), when, ())


def _cedar(policy: Statement, texts: list[str]) -> list[bool]:
    uid = {"type": "A", "id": ""}
    base = {"principal": uid, "action": {"type": "Action", "id": "x"}, "resource": uid}
    requests = [base | {"context": json.dumps({"text": text})} for text in texts]
    policies = cedarpy.PolicySet.from_json_str(est.program([policy]))
    answers = cedarpy.is_authorized_batch(requests, policies, "[]")
    assert not [error for answer in answers for error in answer.diagnostics.errors]
    return [answer.allowed for answer in answers]


@given(TOKENS, st.booleans(), st.lists(TEXTS, max_size=10))
@example((SEGMENTS, "a", SEGMENTS), False, ["a", "aa/", "/aa/"])
@example((STAR, "/", ANY), True, ["/", "a", "@home/a"])
@settings(max_examples=examples(250), deadline=None)
def test_three_matchers_agree(tokens: tuple[Token, ...], inside: bool, texts: list[str]) -> None:
    pattern = Pattern(tokens, inside)
    texts = texts + SHORT + OUTSIDE
    wanted = [reference.matches(pattern, text) for text in texts]
    assert [matches(pattern, text) for text in texts] == wanted
    policy = _policy(pattern)
    if policy is not None:
        assert _cedar(policy, texts) == wanted


@pytest.mark.parametrize(
    "tokens",
    [
        ("repo:acme/", STAR),
        ("repo:", STAR, "/prod-", STAR),
        ("src/", ANY),
        ("src/", SEGMENTS, STAR, ".py"),
        (SEGMENTS, STAR, ".md"),
        (SEGMENTS, "secrets/", ANY),
        (SEGMENTS, ".env"),
        (SEGMENTS, STAR),
        (STAR, "/", ANY),
        ("agent:", ANY, "-prod"),
        ("a", SEGMENTS, "b", SEGMENTS, "c"),
    ],
)
def test_common_patterns_are_native(tokens: tuple[Token, ...]) -> None:
    assert _policy(Pattern(tokens)) is not None


@pytest.mark.parametrize("tokens", [(SEGMENTS, ".env", STAR), ("a", STAR, "/b/", ANY), ("a", *(SEGMENTS, "b") * 4)])
def test_what_has_no_exact_form_is_never_approximated(tokens: tuple[Token, ...]) -> None:
    assert _policy(Pattern(tokens)) is None


def test_the_matcher_takes_linear_time() -> None:
    """A matcher that tries every split would not come back from this."""
    text = "a" * 20_000 + "b"
    assert not matches(Pattern(("a", ANY) * 12 + ("c",)), text)
    assert not matches(Pattern((STAR, "a") * 12 + ("c",)), text)
    assert not matches(Pattern((SEGMENTS, "a") * 12), "a/" * 10_000)

"""A token with any one character changed, left out, added or moved is no token."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from axtary.passes.errors import RefusedError
from tests.laws import examples
from tests.passes.making import ACTION, ED25519, KEY, NOW, VERIFIER, good

TOKENS = [good(KEY), good(ED25519), good(KEY, holder=KEY.kid)]
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ \n\u00e9"


def is_refused(token: str) -> bool:
    try:
        VERIFIER.verify(token, ACTION, NOW, proof=lambda *_: None)
    except RefusedError:
        return True
    return False


def test_unchanged_they_are_good() -> None:
    assert not any(map(is_refused, TOKENS))


@pytest.mark.parametrize("token", TOKENS[:2], ids=["ES256", "Ed25519"])
def test_each_character_counts(token: str) -> None:
    """Law: for every place, the token with its character replaced by a neighbour in the alphabet is refused."""
    for place, letter in enumerate(token):
        other = LETTERS[(LETTERS.index(letter) + 1) % 64]
        assert is_refused(token[:place] + other + token[place + 1 :]), place


@given(st.sampled_from(TOKENS), st.data())
@settings(max_examples=examples(600), deadline=None, derandomize=True)
def test_any_change_of_one_character_is_refused(token: str, data: st.DataObject) -> None:
    """Law: replace, remove, insert or swap with the next, anywhere, by anything: refused unless it is the same text."""
    place = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.one_of(st.sampled_from(LETTERS), st.characters()))
    changed = data.draw(
        st.sampled_from(
            [
                token[:place] + letter + token[place + 1 :],
                token[:place] + token[place + 1 :],
                token[:place] + letter + token[place:],
                token[:place] + token[place : place + 2][::-1] + token[place + 2 :],
            ]
        )
    )
    assert changed == token or is_refused(changed)


@given(st.one_of(st.text(), st.from_regex(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+", fullmatch=True)))
@settings(max_examples=examples(100), deadline=None, derandomize=True)
def test_any_text_is_refused_with_a_reason(text: str) -> None:
    """Law: no text makes another exception."""
    assert is_refused(text)

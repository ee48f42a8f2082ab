"""Every way in which a token is no good pass, by name, each with its own reason."""

from __future__ import annotations

import pytest

from axtary.passes.errors import RefusedError
from tests.passes.forgeries import BY_TOKEN
from tests.passes.making import ACTION, NOW, VERIFIER


@pytest.mark.parametrize("name", BY_TOKEN)
def test_a_token_is_refused_with_its_reason(name: str) -> None:
    token, reason = BY_TOKEN[name]
    with pytest.raises(RefusedError) as refused:
        VERIFIER.verify(token(), ACTION, NOW)
    assert refused.value.reason is reason, refused.value


def test_there_are_many() -> None:
    assert len(BY_TOKEN) >= 95


def test_a_refusal_shows_no_token() -> None:
    for make, _ in BY_TOKEN.values():
        token = make()
        with pytest.raises(RefusedError) as refused:
            VERIFIER.verify(token, ACTION, NOW)
        for part in filter(lambda part: len(part) > 20, token.split(".")):
            assert part not in str(refused.value)
        assert len(str(refused.value)) < 300

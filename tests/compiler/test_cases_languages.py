"""Law: `witness` gives a text exactly if there is one."""

from __future__ import annotations

from itertools import product
from random import Random

import pytest
from tests import reference

from axtary.compiler.analysis.languages import Undecided, Wanted, is_path, matches, witness
from axtary.compiler.ir import Pattern, Token, Wildcard

TEXTS = ["".join(text) for size in range(6) for text in product("ab/@x.", repeat=size)]


def random_pattern(rng: Random) -> Pattern:
    tokens: list[Token] = []
    for _ in range(rng.randint(1, 4)):
        if rng.random() < 0.5 and not (tokens and isinstance(tokens[-1], str)):
            tokens.append("".join(rng.choices("ab/@", k=rng.randint(1, 2))))
        elif not (tokens and isinstance(tokens[-1], Wildcard)):
            tokens.append(rng.choice(list(Wildcard)))
    return Pattern(tuple(tokens) or ("a",), inside=rng.random() < 0.2)


def holds(wanted: Wanted, text: str) -> bool:
    def some(group: tuple[Pattern, ...]) -> bool:
        return any(reference.matches(pattern, text) for pattern in group)

    form = wanted.form == "any" or reference.is_canonical(text) == (wanted.form == "path")
    return form and (wanted.empty or text != "") and all(map(some, wanted.accept)) and not some(wanted.reject)


def test_there_is_a_witness_exactly_if_a_text_holds() -> None:
    rng = Random(5)
    found = proved = 0
    for _ in range(60):
        accept = tuple(tuple(random_pattern(rng) for _ in range(rng.randint(1, 2))) for _ in range(rng.randint(0, 2)))
        reject = tuple(random_pattern(rng) for _ in range(rng.randint(0, 2)))
        wanted = Wanted(accept, reject, rng.choice(["any", "path", "no path"]), rng.random() < 0.5)
        text = witness(wanted)
        if text is None:
            proved += 1
            assert not any(holds(wanted, each) for each in TEXTS), wanted
        else:
            found += 1
            assert holds(wanted, text), (wanted, text)
    assert found > 10
    assert proved > 10


def test_matches_and_is_path_agree_with_the_reference() -> None:
    rng = Random(6)
    for _ in range(100):
        pattern = random_pattern(rng)
        for text in rng.sample(TEXTS, 50):
            assert matches((pattern,), text) is reference.matches(pattern, text)
            assert is_path(text) is reference.is_canonical(text)


def test_a_search_that_grows_too_large_is_given_up() -> None:
    pattern = Pattern(("a" * 3000,))
    with pytest.raises(Undecided):
        witness(Wanted(((pattern,),)))

"""The equivalence check catches each wrong lowering that it is shown: else its silence would mean nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.laws import examples
from tests.mutants import MUTANTS, survives


@pytest.fixture(scope="module")
def survivors() -> list[str]:
    with ThreadPoolExecutor(2) as pool:
        tried = MUTANTS[:: len(MUTANTS) // examples(len(MUTANTS))]
        outcomes = pool.map(survives, tried)
        return [f"{m.engine}: {m.name}" for m, survived in zip(tried, outcomes, strict=True) if survived]


def test_every_mutant_is_killed(survivors: list[str]) -> None:
    """Every third of them, or in a long run each."""
    assert survivors == []


def test_there_are_mutants_of_each_lowering() -> None:
    assert len(MUTANTS) >= 15
    assert {mutant.engine for mutant in MUTANTS} == {"native", "cedar", "rego"}
    assert len({(mutant.engine, mutant.name) for mutant in MUTANTS}) == len(MUTANTS)

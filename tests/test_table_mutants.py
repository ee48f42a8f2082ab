"""Large random policies catch each wrong decision table that they are shown."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial

from tests.laws import examples
from tests.mutants import survives
from tests.table_mutants import TABLE_MUTANTS


def test_every_mutant_of_the_table_is_killed() -> None:
    """Every second of them, or in a long run each."""
    tried = TABLE_MUTANTS[:: len(TABLE_MUTANTS) // examples(len(TABLE_MUTANTS))]
    with ThreadPoolExecutor(2) as pool:
        outcomes = pool.map(partial(survives, check="tests.table_mutants"), tried)
        survivors = [mutant.name for mutant, survived in zip(tried, outcomes, strict=True) if survived]
    assert survivors == []

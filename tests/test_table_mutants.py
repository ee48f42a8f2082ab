"""Large random policies catch each wrong decision table that they are shown."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial

from tests.mutants import survives
from tests.table_mutants import TABLE_MUTANTS


def test_every_mutant_of_the_table_is_killed() -> None:
    with ThreadPoolExecutor(2) as pool:
        outcomes = pool.map(partial(survives, check="tests.table_mutants"), TABLE_MUTANTS)
        survivors = [mutant.name for mutant, survived in zip(TABLE_MUTANTS, outcomes, strict=True) if survived]
    assert survivors == []

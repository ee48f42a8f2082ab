"""Each claim of the threat model names tests that are there, and each kind of attacker has a table."""

from __future__ import annotations

import re

import pytest

from tests.docs_pages import ROOT, code, table

PAGE = ROOT / "docs" / "threat-model.md"
NAMES = re.findall(r"^<!-- table: (\w+) -->$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)


def test_each_attacker_has_a_table_and_says_what_remains() -> None:
    assert NAMES == ["agent", "payload", "author", "passes", "supply", "records", "network"]
    assert PAGE.read_text(encoding="utf-8").count("\nWhat remains:") == len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_what_holds_is_held_by_tests_that_are_there(name: str) -> None:
    for attack, holds, tests in table(PAGE, name):
        assert attack and holds and code(tests), attack
        for test in code(tests):
            file, _, function = test.partition("::")
            assert re.search(rf"^def {function}\(", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE), test

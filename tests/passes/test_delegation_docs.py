"""docs/delegation.md says what the code does: reasons, members and steps."""

from __future__ import annotations

from axtary.passes import chain, scope
from axtary.passes.errors import PHRASES, Reason
from tests.docs_pages import ROOT, code, table

PAGE = ROOT / "docs" / "delegation.md"


def test_the_reasons_are_those_of_the_code() -> None:
    every = list(Reason)
    ours = every[every.index(Reason.SCOPE_ILL_FORMED) : every.index(Reason.COST_UNKNOWN) + 1]
    listed = [(code(name)[0], phrase) for name, phrase in table(PAGE, "reasons")]
    assert listed == [(each.value, PHRASES[each]) for each in ours]


def test_the_members_of_constraints_are_those_of_the_code() -> None:
    assert [code(name)[0] for name, _ in table(PAGE, "constraints")] == list(scope._READERS)


def test_the_steps_are_those_of_the_code() -> None:
    text = chain.__doc__ or ""
    assert [row[0] for row in table(PAGE, "steps")] == [str(n) for n in range(1, 13)]
    assert all(f"\n{n:>2}. " in text for n in range(1, 13))
    body = (ROOT / "runtime/axtary/passes/chain.py").read_text(encoding="utf-8")
    assert all(f"# {n}\n" in body for n in range(3, 13))

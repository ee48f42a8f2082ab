"""The page about proofs has the steps, the reasons and the normal forms of the code."""

from __future__ import annotations

import inspect
import re

import pytest

from axtary.passes import dpop
from axtary.passes.errors import Reason
from axtary.passes.nonces import LIFETIME
from axtary.passes.uris import MAX_URI, normalized
from tests.docs_pages import ROOT, code, table

PAGE = ROOT / "docs" / "dpop.md"


def test_each_step_of_the_code_is_on_the_page() -> None:
    steps = [int(step) for step, *_ in table(PAGE, "steps")]
    assert sorted(steps) == list(range(1, 14))
    assert set(steps) == {int(n) for n in re.findall(r"^ +# (\d+)\. ", inspect.getsource(dpop), re.MULTILINE)}


def test_each_reason_stands_at_its_step() -> None:
    listed = [name for *_, reasons in table(PAGE, "steps") for name in code(reasons)]
    every = list(Reason)
    first, last = every.index(Reason.PROOF_MISSING), every.index(Reason.PROOF_NOT_RECORDED)
    assert sorted(listed) == sorted(every[first : last + 1])


@pytest.mark.parametrize("row", table(PAGE, "uris"), ids=lambda row: row[0])
def test_uris_have_the_normal_form_that_the_table_says(row: list[str]) -> None:
    written, normal = code(row[1])
    assert normalized(written) == normal


def test_limits_are_those_of_the_code() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for stated in (
        f"at most {dpop.MAX_PROOF:,} characters",
        f"at most {dpop.WINDOW} seconds before or after",
        f"more than {MAX_URI:,}\ncharacters",
        f"good for {LIFETIME} seconds",
    ):
        assert stated in text, stated

"""The page about passes has every reason, every claim, and the steps of the verifier."""

from __future__ import annotations

import re
from dataclasses import fields

from axtary.passes import verify
from axtary.passes.claims import Claims, read
from axtary.passes.errors import PHRASES, Reason
from tests.docs_pages import PAGES, ROOT, code, table
from tests.passes.making import payload

PAGE = ROOT / "docs" / "actionpass.md"


def test_every_reason_stands_in_one_table_with_its_phrase() -> None:
    rows = [
        (code(row[0])[0], row[-1])
        for page in PAGES
        if "<!-- table: reasons -->" in page.read_text(encoding="utf-8")
        for row in table(page, "reasons")
    ]
    assert sorted(rows) == sorted((reason.value, PHRASES[reason]) for reason in Reason)


def test_every_reason_has_a_phrase_and_a_code_like_its_name() -> None:
    assert {*PHRASES} == {*Reason}
    assert all(reason.value == reason.name.lower() for reason in Reason)
    assert all(phrase[0].islower() and phrase[-1] != "." for phrase in PHRASES.values())


def test_every_claim_is_explained() -> None:
    rows = table(PAGE, "claims")
    assert [code(row[0])[0] for row in rows] == [each.name for each in fields(Claims)]
    needed = {code(row[0])[0] for row in rows if row[1] == "yes"}
    read({name: value for name, value in payload().items() if name in needed})
    assert needed == {each.name for each in fields(Claims)} - {
        "tool", "resource", "payload_hash", "action_hash", "reservation", "approval", "cnf", "parent",
    }  # fmt: skip


def test_the_steps_are_those_of_the_verifier() -> None:
    steps = re.findall(r"^ *([0-9]+\. .*)$", verify.__doc__ or "", re.MULTILINE)
    assert len(steps) == 22
    assert (
        re.findall(r"^([0-9]+\. .*)$", PAGE.read_text(encoding="utf-8").partition("## Verification")[2], re.MULTILINE)
        == steps
    )


def test_each_step_has_its_reason() -> None:
    steps = {row[1] for row in table(PAGE, "reasons")}
    assert steps >= {str(number) for number in range(1, 23)}

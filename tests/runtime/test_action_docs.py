"""docs/actions.md says what the door does: its example comes through, and its codes are the codes."""

from __future__ import annotations

import re
from pathlib import Path

from axtary.compiler import diagnostics
from axtary.runtime.action import parse_action
from axtary.runtime.errors import CODES

DOCS = (Path(__file__).parents[2] / "docs" / "actions.md").read_text(encoding="utf-8")


def test_the_example_is_an_action() -> None:
    (example,) = re.findall(r"```json\n(.*?)```", DOCS, re.DOTALL)
    assert parse_action(example.encode())["tool"] == "github.pull_requests.create"


def test_each_code_is_listed_with_its_meaning() -> None:
    assert dict(re.findall(r"^\| (AX\d{4}) \| (.+) \|$", DOCS, re.MULTILINE)) == CODES


def test_codes_of_the_door_are_not_those_of_the_compiler() -> None:
    assert not CODES.keys() & diagnostics.CODES.keys()

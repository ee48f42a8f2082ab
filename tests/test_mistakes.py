"""Policies that do not mean what their author hopes: each is told in one diagnostic, at the right place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from axtary.compiler import Diagnostic
from axtary.compiler.diagnostics import CODES
from tests.golden_files import MISTAKES, findings

EXPECTATIONS = sorted(MISTAKES.glob("*.json"))
NAMES = [path.stem for path in EXPECTATIONS]
MEMBERS = {"code", "line", "column", "under", "help"}


def expectation(name: str) -> dict[str, Any]:
    expected: dict[str, Any] = json.loads((MISTAKES / f"{name}.json").read_text(encoding="utf-8"))
    assert MEMBERS <= expected.keys() <= MEMBERS | {"file"}, name
    return expected


def under_the_caret(found: Diagnostic, sources: dict[str, str]) -> str:
    """The text of the span; of a span over several lines, its first line."""
    lines = sources.get(found.span.file, "").splitlines()
    line = lines[found.span.line - 1] if found.span.line <= len(lines) else ""
    end = found.span.end_column - 1 if found.span.end_line == found.span.line else len(line)
    return line[found.span.column - 1 : end]


@pytest.mark.parametrize("name", NAMES)
def test_mistake(name: str) -> None:
    expected = expectation(name)
    diagnostics, sources = findings(name)
    assert [found.code for found in diagnostics] == [expected["code"]]
    found = diagnostics[0]
    assert (found.span.file, found.span.line, found.span.column) == (
        expected.get("file", "policy.yml"),
        expected["line"],
        expected["column"],
    )
    assert under_the_caret(found, sources) == expected["under"]
    assert expected["help"], "say what the help must hold"
    assert expected["help"] in found.help
    assert found.severity == ("warning" if expected["code"].startswith("AX07") else "error")


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_a_mistake(code: str) -> None:
    assert code in {expectation(name)["code"] for name in NAMES}


def test_every_policy_has_an_expectation() -> None:
    def name(path: Path) -> str:
        return path.stem if path.is_file() else path.name

    assert {name(path) for path in MISTAKES.iterdir()} == set(NAMES)

"""Each error code has one page and at least one case, and the pages say what is so.

One to one are the codes in the tables (`compiler.diagnostics.CODES` for policies, `runtime.errors.CODES` for the door,
`compiler.testfiles.CODES` for test files, `runtime.bundle.errors.CODES`, `runtime.catalog.CODES` for tool catalogs,
`runtime.convert.errors.CODES`) and the pages in `grammars/codes/`, one file per code. There is no class per code: a
finding is one structure, `Diagnostic`, `Problem` or `Note`, that carries its code. Each code of a policy has at least
one golden mistake, each code of the door at least one input below.
"""

from __future__ import annotations

import re
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from axtary.compiler import CompileError, compile_policy, compile_text, diagnostics, testfiles
from axtary.compiler.lint import exact
from axtary.runtime import errors
from axtary.runtime.action import check_action, parse_action
from axtary.runtime.bundle import errors as bundle_errors
from axtary.runtime.catalog import Source, import_tools
from axtary.runtime.catalog import notes as catalog_notes
from axtary.runtime.codes import MEANINGS
from axtary.runtime.convert import errors as convert_errors
from axtary.runtime.invariants import checked
from tests.docs_pages import fences
from tests.golden_files import MISTAKES, findings
from tests.suites import loaded

FOLDER = files("axtary.grammars").joinpath("codes")
HEADINGS = ["What it says", "Why it is bad", "Example", "Write instead"]
DESCRIBED = {"AX0101", "AX0103", "AX0801", "AX0808", "AX0809", "AX1201"}  # examples that cannot be shown as text
COMMANDS = bundle_errors.CODES.keys() | convert_errors.CODES.keys()
DESCRIBED |= COMMANDS  # shown as commands; tests/runtime/test_bundle.py and tests/convert have cases of each

# Inputs at the door: bytes, or a Python value.
REFUSED: dict[str, bytes | object] = {
    "AX0801": '{"version": 1, "tool": "ü"}'.encode("latin-1"),
    "AX0802": b'{"version": 1, "tool": "t",}',
    "AX0803": b'{"version": 1, "tool": "t", "tool": "u"}',
    "AX0804": b'{"version": 1, "tool": "t", "payload": {"n": 9007199254740992}}',
    "AX0805": b'{"version": 1, "tool": "t", "payload": {"n": 0.10000000000000000001}}',
    "AX0806": b'{"version": 1, "tool": "t", "payload": {"s": "\\udc00"}}',
    "AX0807": b'{"version": 1, "tool": "t", "payload": {"a": ' + b"[" * 63 + b"]" * 63 + b"}}",
    "AX0808": b" " * (1024 * 1024) + b'{"version": 1, "tool": "t"}',
    "AX0809": {"version": 1, "tool": "t", "payload": {"due": date(2026, 1, 1)}},
    "AX0811": b'{"version": 1, "tool": "t", "facts": {}}',
    "AX0812": b'{"version": 1}',
    "AX0813": b'{"version": 1, "tool": "t", "payload": []}',
    "AX0814": b'{"version": 2, "tool": "t"}',
}

each_code = pytest.mark.parametrize("code", MEANINGS)


def page(code: str) -> str:
    return FOLDER.joinpath(f"{code}.md").read_text(encoding="utf-8")


def blocks(code: str) -> list[tuple[str, str]]:
    """Kind and text of the fenced blocks of a page."""
    return [(found["kind"], found["body"]) for found in fences(page(code))]


def in_policy(text: str) -> set[str]:
    """The codes of the findings on a policy, whose includes hold nothing."""
    try:
        compiled = checked(compile_policy("axtary.yml", text.encode(), lambda _: b"version: 1\n"))
        return {found.code for found in exact.check(compiled).compiled.warnings}
    except CompileError as error:
        return {found.code for found in error.diagnostics}


def at_the_door(value: bytes | object) -> set[str]:
    """The codes of the problems of an action."""
    try:
        parse_action(value) if isinstance(value, bytes) else check_action(value)
    except errors.DoorError as error:
        return {problem.code for problem in error.problems}
    return set()


TESTED = compile_text(
    "version: 1\npolicies:\n  - {id: small-prs, effect: allow, match: {tool: github.pull_requests.create}}\n"
)


def in_test_file(text: str, folder: Path) -> set[str]:
    """The codes of the findings on a test file of the policy `axtary.yml`, whose only rule is `small-prs`."""
    try:
        loaded(text, TESTED, folder)
    except CompileError as error:
        return {found.code for found in error.diagnostics}
    return set()


def in_catalog(text: str) -> set[str]:
    """The codes of the refusal of a tool catalog, or of the notes on it."""
    try:
        return {note.code for note in import_tools([Source("tools.json", text.encode())]).notes}
    except errors.DoorError as error:
        return {problem.code for problem in error.problems}


def codes_of(code: str, text: str, folder: Path) -> set[str]:
    """The codes that an example on the page of a code gives."""
    if code in testfiles.CODES:
        return in_test_file(text, folder)
    if code in catalog_notes.CODES:
        return in_catalog(text)
    return at_the_door(text.encode()) if code in errors.CODES else in_policy(text)


# --- pages ----------------------------------------------------------------------------------------------------------


def test_each_code_has_a_page_and_each_page_a_code() -> None:
    assert {entry.name for entry in FOLDER.iterdir()} == {f"{code}.md" for code in MEANINGS}


@each_code
def test_a_page_has_the_fixed_form(code: str) -> None:
    text = page(code)
    title, *rest = re.findall(r"^(#+ .*)$", re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL), re.M)
    assert title == f"# {code}: {MEANINGS[code]}"
    assert rest == [f"## {heading}" for heading in HEADINGS]
    parts = re.split(r"^## .*$", text, flags=re.MULTILINE)[1:]
    assert all(part.strip() for part in parts)
    assert [len(list(fences(part))) for part in parts] == [0, 0, 1, 1]
    assert 18 <= len(text.splitlines()) <= 40


@each_code
def test_the_example_gives_the_code(code: str, tmp_path: Path) -> None:
    kind, text = blocks(code)[0]
    assert (kind in ("text", "python")) == (code in DESCRIBED)
    if code not in DESCRIBED:
        assert codes_of(code, text, tmp_path) == {code}


@each_code
def test_what_to_write_instead_gives_nothing(code: str, tmp_path: Path) -> None:
    kind, text = blocks(code)[1]
    if code in COMMANDS:
        assert kind == "sh"
        return
    assert kind == ("json" if code in errors.CODES or code in catalog_notes.CODES else "yaml")
    assert codes_of(code, text, tmp_path) == set()


# --- cases ----------------------------------------------------------------------------------------------------------


def test_each_code_of_a_policy_has_a_golden_mistake_and_each_mistake_a_code() -> None:
    assert {found.code for path in MISTAKES.glob("*.json") for found in findings(path.stem)[0]} == set(
        diagnostics.CODES
    )


def test_each_code_of_the_door_has_a_case() -> None:
    assert REFUSED.keys() == errors.CODES.keys()


@pytest.mark.parametrize("code", errors.CODES)
def test_the_door_gives_the_code(code: str) -> None:
    assert at_the_door(REFUSED[code]) == {code}

"""The documentation says what is so: commands are run, policies compiled, tables compared, links followed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.docs_pages import NAMES, PAGES, ROOT, Command, anchors, blocks, code, commands, links, table

from axtary.backends import native
from axtary.compiler import compile as compilation
from axtary.compiler import (
    compile_policy,
    compile_text,
    declarations,
    diagnostics,
    obligations,
    rules,
    source,
    syntax,
    testfiles,
)
from axtary.runtime import errors
from axtary.runtime.action import check_action

# Commands that change the machine or need a program that is not a part of axtary: shown, never run.
NOT_RUN = ("pip install ", "python -m venv ", "python3 -m venv ", ". .venv/bin/activate", "git ", "opa ", "tests/run")

LANGUAGE = ROOT / "docs" / "language.md"
PATTERNS = ROOT / "docs" / "patterns.md"
each_page = pytest.mark.parametrize("page", PAGES, ids=NAMES)


# --- commands -------------------------------------------------------------------------------------------------------


@each_page
def test_commands_print_what_is_shown(page: Path, tmp_path: Path) -> None:
    for block in blocks(page):
        if block.file:
            (tmp_path / block.file).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / block.file).write_text(block.body, encoding="utf-8")
        for command in commands(block) if block.kind == "console" else ():
            if not command.line.startswith(NOT_RUN):
                printed = run(command, tmp_path)
                assert is_shown(printed, command.shown), f"line {block.line}: $ {command.line}\n{printed}"


def run(command: Command, folder: Path) -> str:
    """What a command prints, errors included."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {"PATH": path, "NO_COLOR": "1", "COLUMNS": "80", "HOME": str(folder), "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        ["sh", "-c", command.line],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    return done.stdout


def is_shown(printed: str, shown: str) -> bool:
    """Is the output the one on the page? A line `…` stands for any lines, also none."""
    parts = [re.escape(part) for part in re.split(r"^…\n", plain(shown), flags=re.MULTILINE)]
    return re.fullmatch("(?:.*\n)*?".join(parts), plain(printed)) is not None


def plain(text: str) -> str:
    """Without what differs between two versions or two machines: hashes, versions, which Rego answers, case counts."""
    text = re.sub(r"sha256:[0-9a-f]*…?", "sha256:…", text)
    text = re.sub(r"\b[0-9]+ (cases|generated|recorded|allow|deny|step_up)\b", r"… \1", text)
    text = re.sub(r"\brego (allow|deny|step_up) \(.*\)$", r"rego \1 (…)", text, flags=re.MULTILINE)
    return re.sub(r"\b(axtary|cedar|cedarpy|opa|regorus) [0-9][0-9.]*", r"\1 …", text).rstrip() + "\n"


def test_an_output_that_differs_is_seen() -> None:
    assert is_shown("a\nb\nc\n", "a\n…\nc\n")
    assert is_shown("a sha256:12ab\n", "a sha256:…\n")
    assert not is_shown("a\nb\n", "a\n")
    assert not is_shown("a\nb\nd\n", "a\n…\nc\n")


# --- policies -------------------------------------------------------------------------------------------------------


@each_page
def test_policies_compile_without_a_finding(page: Path) -> None:
    """A block of YAML is a policy if it begins with `version`, else the rules of one."""
    files = {block.file: block.body.encode() for block in blocks(page) if block.file}
    for block in blocks(page):
        if block.kind != "yaml":
            continue
        text = block.body if block.body.startswith("version: 1") else f"version: 1\npolicies:\n{block.body}"
        found = compile_policy(block.file or "axtary.yml", text.encode(), files.__getitem__)
        assert not found.warnings, f"line {block.line}: {found.warnings}"


# --- tables ---------------------------------------------------------------------------------------------------------


def holds(condition: str, action: dict[str, Any]) -> str:
    """The value of a condition on an action: `true`, `false` or `undefined`."""
    fired = {}
    for effect in ("allow", "deny"):
        rule = {"id": "r", "effect": effect, "match": {"tool": "t"}, "when": condition}
        tools = {"t": {"payload": {"due": "timestamp", "price": "decimal", "tags": ["string"]}}}
        policy = compile_text(json.dumps({"version": "1", "tools": tools, "policies": [rule]}))
        checked = check_action({"version": 1, "tool": "t"} | action)
        fired[effect] = bool(native.compile(policy).decide(checked, {}).fired)
    return {(True, True): "true", (False, False): "false", (False, True): "undefined"}[fired["allow"], fired["deny"]]


@pytest.mark.parametrize("row", table(LANGUAGE, "values of conditions"), ids=lambda row: row[0])
def test_condition_has_the_value_that_the_table_says(row: list[str]) -> None:
    (condition,), value = code(row[0]), row[2]
    for members in code(row[1]):
        assert holds(condition, json.loads(f"{{{members}}}")) == value, members


@pytest.mark.parametrize("row", table(PATTERNS, "name patterns"), ids=lambda row: row[0])
def test_name_pattern(row: list[str]) -> None:
    check_pattern(row, "payload.x like", "payload", "x")


@pytest.mark.parametrize("row", table(PATTERNS, "path patterns"), ids=lambda row: row[0])
def test_path_pattern(row: list[str]) -> None:
    check_pattern(row, "payload.x matches", "payload", "x")


@pytest.mark.parametrize("row", table(PATTERNS, "resource patterns"), ids=lambda row: row[0])
def test_resource_pattern(row: list[str]) -> None:
    (pattern,) = code(row[0])
    rule = {"id": "r", "effect": "allow", "match": {"tool": "t", "resource": pattern}}
    engine = native.compile(compile_text(json.dumps({"version": "1", "policies": [rule]})))
    for cell, wanted in ((row[1], "allow"), (row[2], "deny")):
        for text in code(cell):
            assert engine.decide({"version": 1, "tool": "t", "resource": text}, {}).decision == wanted, text


def check_pattern(row: list[str], test: str, root: str, key: str) -> None:
    (pattern,) = code(row[0])
    assert len(row) == 3
    for cell, wanted in ((row[1], "true"), (row[2], "false")):
        for text in code(cell):
            assert holds(f"{test} {json.dumps(pattern)}", {root: {key: text}}) == wanted, text


@pytest.mark.parametrize("row", table(PATTERNS, "refused patterns"), ids=lambda row: row[0])
def test_refused_pattern(row: list[str]) -> None:
    (pattern,), (error,) = code(row[0]), code(row[1])
    with pytest.raises(diagnostics.CompileError) as caught:
        holds(f"payload.x matches {json.dumps(pattern)}", {})
    assert [found.code for found in caught.value.diagnostics] == [error]


def test_each_code_is_listed_with_its_meaning() -> None:
    page = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| (AX\d{4}) \| (.+?) \|(?: .* \|)?$", page, re.MULTILINE)
    assert dict(listed) == diagnostics.CODES | errors.CODES | testfiles.CODES
    assert len(listed) == len(dict(listed))


def test_limits_are_those_of_the_code() -> None:
    pages = {page.stem: page.read_text(encoding="utf-8") for page in PAGES}
    for page, stated in (
        ("language", f"at most {source.MAX_BYTES // 2**20} MiB, {source.MAX_DEPTH} nested levels"),
        ("language", f"{source.MAX_NODES:,} values a file"),
        ("language", f"at most {compilation.MAX_INCLUDE:,} characters"),
        ("language", f"at most {compilation.MAX_FILES} files"),
        ("language", f"up to\n{declarations.MAX_LEVELS} levels"),
        ("language", f"at most {rules.MAX_ID} characters"),
        ("language", f"{syntax.MAX_CONDITION:,} characters and {syntax.MAX_CONDITION_DEPTH} nested levels"),
        ("language", f"`quorum` is 1 to {obligations.MAX_QUORUM}"),
        ("patterns", f"At most {syntax.MAX_PATTERN:,} characters"),
        ("patterns", f"stand for at most {syntax.MAX_ALTERNATIVES}"),
        ("semantics", f"{diagnostics.MAX_ERRORS} errors"),
        ("testing", f"{testfiles.MAX_VALUES:,} values"),
    ):
        assert stated in pages[page], stated


# --- links ----------------------------------------------------------------------------------------------------------


@each_page
def test_links_lead_somewhere(page: Path) -> None:
    for link in links(page):
        target, _, anchor = link.partition("#")
        file = (page.parent / target).resolve() if target else page
        assert file.exists(), link
        assert not anchor or anchor in anchors(file), link


def test_each_page_is_linked_from_the_index() -> None:
    index = ROOT / "docs" / "index.md"
    linked = {(index.parent / link).resolve() for link in links(index)}
    pages = {page for page in PAGES if page.is_relative_to(ROOT / "docs") and page != index}
    assert not pages - linked

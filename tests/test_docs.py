"""The documentation says what is so: commands are run, policies compiled, tables compared, links followed."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from axtary.backends import native
from axtary.compiler import compile as compilation
from axtary.compiler import (
    compile_policy,
    compile_text,
    declarations,
    diagnostics,
    ir,
    obligations,
    rules,
    source,
    syntax,
    testfiles,
)
from axtary.compiler.ir import Policy, Type
from axtary.grammars import grammar
from axtary.runtime import codes
from axtary.runtime.action import parse_actions
from tests import warm
from tests.docs_pages import NAMES, PAGES, ROOT, Command, anchors, blocks, code, commands, links, table

# Commands that change the machine or need a program that is not a part of axtary: shown, never run.
NOT_RUN = ("pip install ", "python -m venv ", "python3 -m venv ", ". .venv/bin/activate", "git ", "opa ", "tests/run")

LANGUAGE = ROOT / "docs" / "language.md"
PATTERNS = ROOT / "docs" / "patterns.md"
SEMANTICS = ROOT / "docs" / "semantics.md"
each_page = pytest.mark.parametrize("page", PAGES, ids=NAMES)


# --- commands -------------------------------------------------------------------------------------------------------


@each_page
def test_commands_print_what_is_shown(page: Path, tmp_path: Path) -> None:
    try:
        run_blocks(page, tmp_path)
    finally:
        for left in tmp_path.glob("*.pid"):  # what a page began in the background
            with suppress(ProcessLookupError):
                os.kill(int(left.read_text()), signal.SIGKILL)


def run_blocks(page: Path, tmp_path: Path) -> None:
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
    server = warm.server()
    warmed = [] if "$!" in command.line else [str(server.folder)]  # what is to be killed later is a real process
    path = os.pathsep.join([*warmed, str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {"PATH": path, warm.ADDRESS: server.address, "HOME": str(folder)}
    environment |= {"NO_COLOR": "1", "COLUMNS": "80", "LC_ALL": "C.UTF-8"}
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
    """Without what differs between two versions, machines or runs: hashes, ids, instants, versions, case counts."""
    text = re.sub(r"sha256:[0-9a-f]*…?", "sha256:…", text)
    text = re.sub(r"\b(ap|rsv|req)_([0-9a-f]{32}|…)", r"\1_…", text)
    text = re.sub(r"\b20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z", "2026-…Z", text)
    text = re.sub(r"^[A-Za-z0-9_-]{43} ", "… ", text, flags=re.MULTILINE)  # the kid of a key
    text = re.sub(r"\b[0-9]+ (cases|generated|recorded|allow|deny|step_up|bytes)\b", r"… \1", text)
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


DECLARED = {"due": "timestamp", "price": "decimal", "size": "integer", "tags": ["string"]}


def compiled(condition: str, effect: str = "allow", declared: dict[str, Any] = DECLARED) -> Policy:
    rule = {"id": "r", "effect": effect, "match": {"tool": "t"}, "when": condition}
    return compile_text(json.dumps({"version": "1", "tools": {"t": {"payload": declared}}, "policies": [rule]}))


def holds(condition: str, members: str, declared: dict[str, Any] = DECLARED) -> str:
    """The value of a condition on an action with these members: `true`, `false` or `undefined`."""
    text = f'{{"version": 1, "tool": "t", {members}}}'
    ((action, _),) = parse_actions(text.encode(), "the page")
    fired = {}
    for effect in ("allow", "deny"):
        fired[effect] = bool(native.compile(compiled(condition, effect, declared)).decide(action, {}).fired)
    return {(True, True): "true", (False, False): "false", (False, True): "undefined"}[fired["allow"], fired["deny"]]


@pytest.mark.parametrize("row", table(LANGUAGE, "values of conditions"), ids=lambda row: row[0])
def test_condition_has_the_value_that_the_table_says(row: list[str]) -> None:
    (condition,), value = code(row[0]), row[2]
    for members in code(row[1]):
        assert holds(condition, members) == value, members


@pytest.mark.parametrize("row", table(LANGUAGE, "values of operators"), ids=lambda row: row[0])
def test_operator_has_its_three_values(row: list[str]) -> None:
    (condition,) = code(row[0])
    for cell, value in zip(row[1:], ("true", "false", "undefined"), strict=True):
        for text in code(cell):
            members = f'"payload": {text}' if text.startswith("{") else text
            assert holds(condition, members) == value, text


@pytest.mark.parametrize("row", table(LANGUAGE, "refused conditions"), ids=lambda row: row[0])
def test_refused_condition(row: list[str]) -> None:
    (condition,), (error,) = code(row[0]), code(row[1])
    with pytest.raises(diagnostics.CompileError) as caught:
        compiled(condition)
    assert [found.code for found in caught.value.diagnostics] == [error]


# A condition on `x` that is true for each value of the type.
TYPED = {
    "string": 'payload.x == "" or payload.x != ""',
    "boolean": "payload.x == true or payload.x != true",
    "number": "payload.x == 0 or payload.x != 0",
    "integer": "payload.x == 0 or payload.x != 0",
    "decimal": "payload.x == 0 or payload.x != 0",
    "timestamp": 'payload.x == "2000-01-01T00:00:00Z" or payload.x != "2000-01-01T00:00:00Z"',
    "[string]": "count(payload.x) >= 0",
    "path": 'payload.x matches "**" or not payload.x matches "**"',
    "paths": "count(paths) >= 0",
}


@pytest.mark.parametrize("row", table(LANGUAGE, "values of types"), ids=lambda row: row[0])
def test_type_accepts_what_the_table_says(row: list[str]) -> None:
    name = code(row[0])[0]
    declared = {} if name in ("path", "paths") else {"x": ["string"] if name == "[string]" else name}
    assert code(row[1]) and code(row[2])
    for cell, value in ((row[1], "true"), (row[2], "undefined")):
        for text in code(cell):
            members = f'"paths": {text}' if name == "paths" else f'"payload": {{"x": {text}}}'
            assert holds(TYPED[name], members, declared | {"other": "string"}) == value, text


def test_each_type_has_its_values() -> None:
    named = [code(row[0])[0] for row in table(LANGUAGE, "values of types")]
    assert sorted(named) == sorted("[string]" if kind is Type.STRINGS else kind.value for kind in Type)


# --- operators ------------------------------------------------------------------------------------------------------

NO_OPERATORS = {"BOOLEAN", "NAME", "FIELD", "KEY", "STRING", "NUMBER", "AND_SIGN", "OR_SIGN", "NOT_SIGN"}
REFUSED = {"="}  # parsed for the sake of its message


def grammar_words() -> dict[str, set[str]]:
    """The words of each operator in the grammar by the name of its terminal; `""` has those that stand in rules."""
    text = re.sub(r"^//.*$", "", grammar("condition"), flags=re.MULTILINE)
    found = {"": set(re.findall(r'"([a-z]+)"', text[: text.index("COMPARE:")]))}
    for name, body in re.findall(r"^([A-Z_]+)(?:\.\d+)?: (.*)$", text, re.MULTILINE):
        if name not in NO_OPERATORS:
            choice = re.match(r"/\(([a-z|]+)\)", body)
            found[name] = set(choice[1].split("|")) if choice else set(re.findall(r'"([^"]+)"', body)) - REFUSED
    return found


def grammar_operators() -> set[str]:
    """Each operator, quantifiers and `count` with every verb and sign that they take."""
    words = grammar_words()
    assert words.keys() == {"", "COMPARE", "MATCHER", "QUANTIFIER", "AND", "OR", "NOT"}
    signs, verbs = words["COMPARE"], words["MATCHER"] | {"in"}
    found = signs | verbs | (words[""] - {"count"}) | words["AND"] | words["OR"] | words["NOT"]
    found |= {f"{quantifier} {verb}" for quantifier in words["QUANTIFIER"] for verb in verbs}
    return found | {f"count {sign}" for sign in signs}


def operator_of(condition: str) -> str:
    """The operator at the top of a condition."""
    tree = syntax.parse_condition(condition)
    match tree:
        case syntax.Comparison(ops=(sign,)):
            return sign
        case syntax.CountTest(op=sign):
            return f"count {sign}"
        case syntax.ListTest():
            return f"{tree.quantifier} {tree.operator}".strip()
        case syntax.Logic():
            return tree.operator
    assert isinstance(tree, syntax.HasTest)
    return "has"


def test_each_operator_of_the_grammar_has_its_three_values_on_the_page() -> None:
    shown: dict[str, set[str]] = {}
    for row in table(LANGUAGE, "values of operators"):
        (condition,) = code(row[0])
        values = {value for value, cell in zip(("true", "false", "undefined"), row[1:], strict=True) if code(cell)}
        shown.setdefault(operator_of(condition), set()).update(values)
    three = {"true", "false", "undefined"}
    assert shown == {name: three - ({"undefined"} if name == "has" else set()) for name in grammar_operators()}


def test_each_operator_of_the_grammar_is_explained() -> None:
    spans = " ".join(span for row in table(LANGUAGE, "operators") for span in code(row[0]))
    listed = set(re.findall(r"[a-z]+|[=!<>]+", spans))
    assert set().union(*grammar_words().values()) <= listed


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
            members = f'"{root}": {{"{key}": {json.dumps(text)}}}'
            assert holds(f"{test} {json.dumps(pattern)}", members) == wanted, text


@pytest.mark.parametrize("row", table(SEMANTICS, "tokens"), ids=lambda row: " ".join(row[:2]))
def test_tokens_of_a_pattern(row: list[str]) -> None:
    (place,), (pattern,) = code(row[0]), code(row[1])
    rule: dict[str, Any] = {"id": "r", "effect": "allow", "match": {"tool": "t"}}
    if place == "resource":
        rule["match"]["resource"] = pattern
    else:
        rule["when"] = f"payload.x {place} {json.dumps(pattern)}"
    (found,) = compile_text(json.dumps({"version": "1", "policies": [rule]})).rules
    (lowered,) = found.match[1].patterns if place == "resource" else next(ir.atoms(found.when)).patterns  # type: ignore[union-attr]
    assert [token if isinstance(token, str) else token.value for token in lowered.tokens] == code(row[2])
    assert lowered.inside == (row[3:] == ["yes"])


@pytest.mark.parametrize("row", table(PATTERNS, "refused patterns"), ids=lambda row: row[0])
def test_refused_pattern(row: list[str]) -> None:
    (pattern,), (error,) = code(row[0]), code(row[1])
    with pytest.raises(diagnostics.CompileError) as caught:
        compiled(f"payload.x matches {json.dumps(pattern)}")
    assert [found.code for found in caught.value.diagnostics] == [error]


def test_each_code_is_listed_with_its_meaning() -> None:
    page = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \[(AX\d{4})\]\((\S+)\) \| (.+?) \| .+ \|$", page, re.MULTILINE)
    assert {code: meaning for code, _, meaning in rows} == codes.MEANINGS
    assert len(rows) == page.count("\n| [AX")
    assert len(rows) == len({code for code, _, _ in rows})
    assert all(link == f"../grammars/axtary/grammars/codes/{code}.md" for code, link, _ in rows)


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

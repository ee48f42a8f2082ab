"""Hovers, definitions, references, outline and completion, of texts that compile and of texts that do not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.lsp.client import Editor, editor

NAME, TEST = "axtary.yml", "axtary.test.yml"
POLICY = """\
version: 1
preset: coding-agent
include: [more.yml]
groups:
  coders: ["agent:codex-*", "@others"]
tools:
  pr.create:
    payload: {base: string, files: integer, "odd key": decimal}
policies:
  - id: small-prs
    description: "[x](http://evil) <img src=x> `tick`"
    effect: allow
    match: {tool: "pr.*", actor: "@coders"}
    when: payload.base == "main" and payload.files <= 3 and has payload["odd key"] and payload.free == true
    obligations: {ttl: 5m}
  - id: no-prs
    effect: deny
    match: {tool: pr.create, resource: "repo:acme/*"}
    # axtary: ignore AX0703 because it is meant so
    when: actor.owner == "x"
"""
MORE = """\
version: 1
groups:
  others: ["agent:x"]
policies:
  - id: named
    effect: allow
    match: {tool: fs.read, resource: "repo:acme/web", actor: "@others"}
"""
CASES = """\
version: 1
policy: axtary.yml
actions: {pr: {tool: pr.create}}
cases:
  - {name: it is small, action: pr, expect: {decision: deny, not_fired: [small-prs], reasons: [[rule_denies, no-prs]]}}
"""
Json = Any


@pytest.fixture(scope="module")
def open_(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    """One editor for all questions: none of them changes anything."""
    folder = tmp_path_factory.mktemp("questions").resolve()
    (folder / "more.yml").write_text(MORE)
    (folder / NAME).write_text(POLICY)
    (folder / TEST).write_text(CASES)
    with editor(folder) as found:
        for name in (NAME, TEST):
            found.open(name)
            found.diagnostics(name)
        yield found


def at(text: str, words: str, inside: int = 1) -> tuple[int, int]:
    """Line and character of some words, which stand there once."""
    assert text.count(words) == 1, words
    before = text[: text.index(words) + inside].split("\n")
    return len(before) - 1, len(before[-1])


def hover(open_: Editor, words: str, inside: int = 1, name: str = NAME, text: str = POLICY) -> str:
    found = open_.ask("hover", name, *at(text, words, inside))
    return str(found["contents"]["value"]) if found else ""


@pytest.mark.parametrize(
    ("words", "inside", "said"),
    [
        ("payload.base ==", 9, ["`payload.base`: string", "declared in `axtary.yml:8`"]),
        ("payload.files <=", 3, ["`payload.files`: integer", "declared"]),
        ('payload["odd key"]', 12, ['`payload["odd key"]`: decimal', "declared"]),
        ("payload.free ==", 9, ["`payload.free`: boolean", "inferred from its use in `axtary.yml:14`"]),
        ("actor.owner", 7, ["`actor.owner`: string", "whose agent it is; built in"]),
        ('"@coders"', 3, ["group `@coders`", "- `agent:codex-*`\n- `agent:x`"]),
        ('"pr.*"', 2, ["`pr.*` matches 1 of", "- `pr.create`", "any run of characters"]),
        ('"repo:acme/*"', 4, ["`repo:acme/*` matches 1 of 1", "- `repo:acme/web`"]),
        ("effect: deny", 2, ["deny beats everything"]),
        ("effect: deny", 9, ["deny beats everything"]),
        ("AX0703", 2, ["AX0703: a rule that fires wherever its attribute is missing", "axtary explain AX0703"]),
        ("obligations: {ttl", 2, ["What must hold besides"]),
        ("coding-agent", 2, ["A built-in preset"]),
    ],
)
def test_hovers(open_: Editor, words: str, inside: int, said: list[str]) -> None:
    found = hover(open_, words, inside)
    for each in said:
        assert each in found


def test_the_hover_of_an_attribute_is_about_it_alone(open_: Editor) -> None:
    line, character = at(POLICY, "payload.files <=", 0)
    found = open_.ask("hover", NAME, line, character + 9)["range"]
    assert found["start"] == {"line": line, "character": character}
    assert found["end"] == {"line": line, "character": character + len("payload.files")}


def test_the_hover_of_a_rule_shows_what_it_does_and_its_line_of_the_table(open_: Editor) -> None:
    found = hover(open_, "small-prs", 3)
    assert "**allow `small-prs`**" in found
    assert '- `tool: "pr.*"`' in found
    assert '`when: payload.base == "main" and payload.files <= 3' in found
    assert "- `ttl: 5m`" in found
    assert "- `pr.create`: deny `no-prs`; allow `small-prs`" in found


def test_a_rule_is_shown_in_a_test_file_too(open_: Editor) -> None:
    assert "**deny `no-prs`**" in hover(open_, "no-prs", 2, TEST, CASES)
    assert "Rules that must not fire" in hover(open_, "not_fired", 2, TEST, CASES)


def test_policy_text_is_code_in_a_hover_and_nothing_else(open_: Editor) -> None:
    found = hover(open_, "small-prs", 3)
    assert "`` [x](http://evil) <img src=x> `tick` ``" in found


def test_without_markdown_a_hover_is_plain(tmp_path: Path) -> None:
    folder = tmp_path.resolve()
    (folder / "more.yml").write_text(MORE)
    with editor(folder, textDocument={"hover": {"contentFormat": ["plaintext"]}}) as found:
        found.open(NAME, POLICY)
        found.diagnostics(NAME)
        answer = found.ask("hover", NAME, *at(POLICY, '"@coders"', 3))
        assert answer["contents"] == {"kind": "plaintext", "value": "group @coders\n\n- agent:codex-*\n- agent:x"}


@pytest.mark.parametrize(
    ("name", "text", "words", "inside", "where", "target"),
    [
        (NAME, POLICY, '"@coders"', 3, NAME, ("coders:", 0)),
        (NAME, POLICY, '"@others"', 3, "more.yml", ("others:", 0)),
        (NAME, POLICY, "more.yml", 2, "more.yml", ("version", 0)),
        (TEST, CASES, "small-prs", 2, NAME, ("small-prs", 0)),
        (TEST, CASES, "axtary.yml", 2, NAME, ("version", 0)),
    ],
)
def test_definitions(
    open_: Editor, name: str, text: str, words: str, inside: int, where: str, target: tuple[str, int]
) -> None:
    (found,) = open_.ask("definition", name, *at(text, words, inside))
    assert found["uri"] == open_.uri(where)
    line, character = at(POLICY if where == NAME else MORE, *target)
    assert found["range"]["start"] == {"line": line, "character": character}


def test_what_is_no_reference_has_no_definition(open_: Editor) -> None:
    assert open_.ask("definition", NAME, *at(POLICY, "effect: deny")) is None


def test_references(open_: Editor) -> None:
    place = at(POLICY, "no-prs")
    found = open_.ask("references", NAME, *place, context={"includeDeclaration": True})
    assert [each["uri"] for each in found] == [open_.uri(NAME), open_.uri(TEST)]
    found = open_.ask("references", NAME, *place, context={"includeDeclaration": False})
    assert [each["uri"] for each in found] == [open_.uri(TEST)]


def test_the_outline(open_: Editor) -> None:
    found = open_.request("textDocument/documentSymbol", {"textDocument": {"uri": open_.uri(NAME)}})
    shown = {each["name"]: [(one["name"], one.get("detail")) for one in each["children"]] for each in found}
    assert shown == {
        "groups": [("coders", None)],
        "tools": [("pr.create", None)],
        "policies": [("small-prs", "allow"), ("no-prs", "deny")],
    }
    (first, second) = found[2]["children"]
    assert first["range"]["start"]["line"] == 9 and first["range"]["end"] == {"line": 14, "character": 26}
    assert second["selectionRange"]["start"] == {"line": 15, "character": 8}
    found = open_.request("textDocument/documentSymbol", {"textDocument": {"uri": open_.uri(TEST)}})
    assert [one["name"] for each in found for one in each["children"]] == ["pr", "it is small"]


def test_answers_come_from_the_last_readable_text_while_it_is_broken(tmp_path: Path) -> None:
    folder = tmp_path.resolve()
    (folder / "more.yml").write_text(MORE)
    with editor(folder) as found:
        found.open(NAME, POLICY)
        assert {each["severity"] for each in found.diagnostics(NAME)} <= {2}
        broken = POLICY.replace("groups:\n", "# 😀 two\n# lines\ngroups:\n").replace("effect: deny", 'effect: "den')
        found.change(NAME, broken)
        assert [each["code"] for each in found.diagnostics(NAME)] == ["AX0104"]
        answer = found.ask("hover", NAME, *at(broken, "payload.files <=", 9))
        assert "`payload.files`: integer" in answer["contents"]["value"]
        assert "declared in `axtary.yml:10`" in answer["contents"]["value"]  # two lines further down
        line, _ = at(broken, "payload.files <=", 0)
        assert answer["range"]["start"]["line"] == line
        (place,) = found.ask("definition", NAME, *at(broken, '"@coders"', 3))
        assert place["range"]["start"] == {"line": at(broken, "coders:", 0)[0], "character": 2}


def complete(open_: Editor, name: str, text: str) -> dict[str, str]:
    """What is offered at `|`: label to the text that is written, and what it replaces checked."""
    index = text.index("|")
    text = text.replace("|", "", 1)
    open_.change(name, text)
    before = text[:index].split("\n")
    place = {"line": len(before) - 1, "character": len(before[-1])}
    found = open_.request("textDocument/completion", {"textDocument": {"uri": open_.uri(name)}, "position": place})
    return {each["label"]: each["textEdit"]["newText"] for each in found or []}


HEAD = 'version: 1\ngroups: {coders: ["a"]}\ntools: {fs.read: {payload: {size: integer}}}\npolicies:\n  - id: x\n'


@pytest.mark.parametrize(
    ("typed", "offered", "not_offered"),
    [
        ("    eff|", {"effect": "effect: "}, ["id", "match"]),
        ("    |", {"match": "match: ", "when": "when: "}, ["tool"]),
        ("    effect: |", {"allow": "allow", "step_up": "step_up"}, ["effect"]),
        ("    effect: st|", {"step_up": "step_up"}, ["allow"]),
        ("    match: {to|", {"tool": "tool: "}, ["effect"]),
        ("    match: {tool: |", {"fs.read": "fs.read", "@coders": '"@coders"'}, ["resource"]),
        ('    match: {tool: "fs|', {"fs.read": "fs.read"}, ["@coders"]),
        ('    match: {tool: x, actor: ["@|', {"@coders": "@coders"}, ["fs.read"]),
        ("    match:\n      tool: x\n      |", {"resource": "resource: "}, ["effect"]),
        ("    match:\n      tool:\n        - |", {"fs.read": "fs.read"}, ["effect"]),
        ("    when: payload.s|", {"payload.size": "payload.size"}, ["and", "tool"]),
        ("    when: payload.size == 3 an|", {"and": "and", "any": "any"}, ["payload.size"]),
        ("    obligations: {budget: {p|", {"per": "per: "}, ["limit"]),
        ("    obligations:\n      budget: {per: |", {"task": "task"}, []),
        ('    match: {tool: ["x", "y"], actor: "z", ta|', {"task": "task: "}, ["effect", "tool"]),
        ("    match: {tool: {a: b}, ow|", {"owner": "owner: "}, ["effect"]),
        ("  - {id: y, effect: |", {"allow": "allow"}, ["id"]),
        ("  - {id: y, match: {tool: x}, wh|", {"when": "when: "}, ["effect", "tool"]),
        ("  - |", {"id": "id: ", "effect": "effect: "}, ["policies"]),
        ("inv|", {"invariants": "invariants: "}, ["id"]),
        ("preset: |", {"coding-agent": "coding-agent"}, []),
        ("    # eff|", {}, ["effect"]),
    ],
)
def test_completion(typing: Editor, typed: str, offered: dict[str, str], not_offered: list[str]) -> None:
    found = complete(typing, NAME, HEAD + typed)
    assert found.items() >= offered.items()
    assert not found.keys() & set(not_offered)


def test_completion_in_declarations(typing: Editor) -> None:
    head = "version: 1\ntools:\n  t:\n"
    assert complete(typing, NAME, head + "    |").keys() == {"complete", "payload"}
    assert complete(typing, NAME, head + "    complete: |").keys() == {"true", "false"}
    assert "any" in complete(typing, NAME, head + "    payload: {x: |")


def test_a_field_of_any_type_is_offered(typing: Editor) -> None:
    text = HEAD.replace("size: integer", "files: any") + "    effect: allow\n    match: {tool: fs.read}\n"
    typing.change(NAME, text)
    typing.diagnostics(NAME)
    assert complete(typing, NAME, text + "    when: payload.f|").items() >= {"payload.files": "payload.files"}.items()


@pytest.fixture(scope="module")
def typing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    folder = tmp_path_factory.mktemp("typing").resolve()
    with editor(folder) as found:
        found.open(NAME, HEAD + "    effect: allow\n    match: {tool: fs.read}\n")
        found.diagnostics(NAME)
        found.open(TEST, CASES)
        yield found


def test_completion_in_a_test_file(typing: Editor) -> None:
    typing.change(NAME, HEAD + "    effect: allow\n    match: {tool: fs.read}\n")
    typing.diagnostics(NAME)
    head = CASES.partition("  - {name")[0]
    assert complete(typing, TEST, head + "  - {name: a, expect: {fired: [|") == {"x": "x"}
    assert "expect" in complete(typing, TEST, head + "  - {name: a, |")

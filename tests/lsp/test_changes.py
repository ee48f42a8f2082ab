"""Renaming, fixes and formatting: what an editor gets is applied here as an editor would, and compiled."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.lsp.client import Editor, ServerError, editor

from axtary.compiler.format import format_policy
from axtary.runtime.policyfile import load_policy

NAME, TEST = "axtary.yml", "axtary.test.yml"
POLICY = """\
version: 1
include: [more.yml]
groups:
  coders: ["agent:codex-*"]
  "all": ["@coders", "agent:😀"]
policies:
  - id: reads
    effect: allow
    match: {tool: fs.read, actor: ["😀", '@coders'], owner: "@all"}
invariants:
  - id: never-x
    never: {tool: fs.x, actor: "@coders"}
"""
MORE = 'version: 1\npolicies:\n  - {id: writes, effect: deny, match: {tool: fs.write, actor: "\\u0040coders"}}\n'
CASES = """\
version: 1
facts: {usage: {reads: 1}}
cases:
  - {name: a, action: {tool: fs.read, actor: {agent: 😀}}, expect: {fired: [reads], reasons: [[granted, "reads"]]}}
  - {name: b, action: {tool: fs.x}, facts: {usage: {'reads': 2}}, expect: {fired: [], not_fired: reads}}
"""
Json = Any


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path.resolve()
    (found / NAME).write_text(POLICY)
    (found / "more.yml").write_text(MORE)
    (found / "tests").mkdir()
    (found / "tests" / TEST).write_text(CASES)
    (found / "other.test.yml").write_text(CASES.replace("version: 1", "version: 1\npolicy: other.yml"))
    return found


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    with editor(tmp_path_factory.mktemp("server")) as found:
        yield found


@pytest.fixture
def open_(server: Editor, folder: Path) -> Iterator[Editor]:
    with server.at(folder) as found:
        found.open(NAME)
        found.diagnostics(NAME)
        yield found


def applied(text: str, edits: list[Json]) -> str:
    """The text with edits made, in UTF-16 as an editor has it; edits do not overlap."""
    lines = [line.encode("utf-16-le") for line in text.split("\n")]

    def index(place: Json) -> int:
        line: int = place["line"]
        before = sum(len(each) + 2 for each in lines[:line])
        return before + min(int(place["character"]) * 2, len(lines[line]) if line < len(lines) else 0)

    data, last = text.encode("utf-16-le"), len(text.encode("utf-16-le"))
    for edit in sorted(edits, key=lambda each: index(each["range"]["start"]), reverse=True):
        start, end = index(edit["range"]["start"]), index(edit["range"]["end"])
        assert start <= end <= last
        data, last = data[:start] + edit["newText"].encode("utf-16-le") + data[end:], start
    return data.decode("utf-16-le")


def apply(folder: Path, found: Json) -> dict[str, str]:
    """What a workspace edit makes of the files on disk; they are written."""
    made = {}
    for change in found["documentChanges"]:
        path = Path(change["textDocument"]["uri"].removeprefix("file://"))
        made[str(path.relative_to(folder))] = applied(path.read_text(), change["edits"])
        path.write_text(made[str(path.relative_to(folder))])
    return made


def place(text: str, words: str, inside: int = 1) -> tuple[int, int]:
    before = text[: text.index(words) + inside].split("\n")
    return len(before) - 1, len(before[-1].encode("utf-16-le")) // 2


def rename(open_: Editor, words: str, new: str, inside: int = 1, name: str = NAME, text: str = POLICY) -> Json:
    return open_.ask("rename", name, *place(text, words, inside), newName=new)


def test_a_group_is_renamed_wherever_it_is_used(folder: Path, open_: Editor) -> None:
    version = load_policy(folder / NAME).policy.policy_version
    found = open_.ask("prepareRename", NAME, *place(POLICY, "'@coders'", 4))
    assert found["placeholder"] == "coders"
    assert found["range"]["end"]["character"] - found["range"]["start"]["character"] == len("coders")
    made = apply(folder, rename(open_, "'@coders'", "devs.2", 4))
    assert made.keys() == {NAME, "more.yml"}
    assert made[NAME] == POLICY.replace("coders", "devs.2")
    assert "coders" not in made["more.yml"]
    assert load_policy(folder / NAME).policy.policy_version == version


def test_a_group_in_quotes_keeps_them_and_the_sign_is_not_a_part_of_the_name(folder: Path, open_: Editor) -> None:
    made = apply(folder, rename(open_, '"all"', "@everyone"))
    assert made == {NAME: POLICY.replace('"all"', '"everyone"').replace("@all", "@everyone")}


def test_a_rule_is_renamed_in_the_test_files_of_its_policy_too(folder: Path, open_: Editor) -> None:
    made = apply(folder, rename(open_, "reads", "views"))
    assert made.keys() == {NAME, f"tests/{TEST}"}
    assert made[f"tests/{TEST}"] == CASES.replace("reads", "views")


def test_a_rule_is_renamed_from_a_test_file_with_what_is_not_saved(folder: Path, open_: Editor) -> None:
    name = f"tests/{TEST}"
    open_.open(name, "# new\n" + CASES)
    found = rename(open_, "[reads]", "views", 2, name, "# new\n" + CASES)
    edits = {each["textDocument"]["uri"]: each for each in found["documentChanges"]}
    assert edits.keys() == {open_.uri(NAME), open_.uri(name)}
    assert edits[open_.uri(name)]["textDocument"]["version"] == 1
    assert applied("# new\n" + CASES, edits[open_.uri(name)]["edits"]) == "# new\n" + CASES.replace("reads", "views")


@pytest.mark.parametrize(
    ("words", "new", "said"),
    [
        ("reads", "Reads", "`Reads` is not a rule id: use at most 128 lower-case letters"),
        ("reads", "", "is not a rule id"),
        ("reads", "a" * 129, "is not a rule id"),
        ("reads", "writes", "there is a rule `writes` already"),
        ("coders", "a b", "`a b` is not a group name: use letters"),
        ("coders", "@@a", "is not a group name"),
        ("coders", "all", "there is a group `all` already"),
    ],
)
def test_a_name_that_cannot_be_is_refused_and_says_why(open_: Editor, words: str, new: str, said: str) -> None:
    with pytest.raises(ServerError) as refused:
        rename(open_, words, new)
    assert said in refused.value.message
    assert refused.value.code == -32803


def test_what_has_no_name_is_not_renamed(open_: Editor) -> None:
    assert open_.ask("prepareRename", NAME, *place(POLICY, "effect")) is None
    assert rename(open_, "effect", "x") is None
    assert rename(open_, "reads", "reads")["documentChanges"] == []


def test_nothing_is_renamed_while_a_file_cannot_be_read(folder: Path, open_: Editor) -> None:
    (folder / "more.yml").write_text(MORE + " x: [")
    with pytest.raises(ServerError) as refused:
        rename(open_, "coders", "devs")
    assert "`more.yml` cannot be read as YAML now" in refused.value.message


def test_without_versions_the_edits_are_by_file(folder: Path) -> None:
    with editor(folder, workspace={}) as found:
        found.open(NAME)
        found.diagnostics(NAME)
        assert rename(found, "reads", "views")["changes"].keys() == {found.uri(NAME), found.uri(f"tests/{TEST}")}


# --- fixes ---

WRONG = """\
version: 1
policies:
  - id: "😀"
    effect: Allow
    match: {tool: fs.read}
    wen: payload.x = 1
"""


def ask_actions(open_: Editor, line: int, **context: Json) -> list[Json]:
    span = {"start": {"line": line, "character": 0}, "end": {"line": line, "character": 99}}
    params = {"textDocument": {"uri": open_.uri(NAME)}, "range": span, "context": {"diagnostics": []} | context}
    return list(open_.request("textDocument/codeAction", params))


def test_a_fix_is_offered_where_its_finding_is(open_: Editor) -> None:
    open_.change(NAME, WRONG)
    open_.diagnostics(NAME)
    (fix, every) = ask_actions(open_, 3)
    assert (fix["kind"], fix["title"], fix["isPreferred"]) == ("quickfix", "Write `allow`", True)
    assert [each["code"] for each in fix["diagnostics"]] == ["AX0204"]
    (change,) = fix["edit"]["documentChanges"]
    assert change["textDocument"]["version"] == 2
    assert applied(WRONG, change["edits"]) == WRONG.replace("Allow", "allow")
    assert every["kind"] == "source.fixAll.axtary" and "edit" not in every
    assert [each["kind"] for each in ask_actions(open_, 4)] == ["source.fixAll.axtary"]
    assert ask_actions(open_, 3, only=["refactor"]) == []
    assert [each["kind"] for each in ask_actions(open_, 3, only=["quickfix"])] == ["quickfix"]


def test_a_fix_of_an_older_text_is_not_offered(open_: Editor) -> None:
    open_.change(NAME, WRONG)
    open_.diagnostics(NAME)
    open_.change(NAME, "#\n" + WRONG)
    assert ask_actions(open_, 3) == ask_actions(open_, 4) == []


def test_all_fixes_together_leave_nothing_that_can_be_mended(open_: Editor) -> None:
    text = WRONG.replace("wen:", "when:").replace('"😀"', "Reads # 😀")
    open_.change(NAME, text)
    open_.diagnostics(NAME)
    (action,) = ask_actions(open_, 0, only=["source.fixAll"])
    found = open_.request("codeAction/resolve", action)
    mended = applied(text, found["edit"]["documentChanges"][0]["edits"])
    assert mended == text.replace("Reads", "reads").replace("Allow", "allow").replace("x = 1", "x == 1")
    open_.change(NAME, mended)
    open_.diagnostics(NAME)
    assert ask_actions(open_, 0, only=["source.fixAll"]) == []


def test_an_editor_that_resolves_nothing_gets_the_edits_at_once(folder: Path) -> None:
    with editor(folder, textDocument={}) as found:
        found.open(NAME, WRONG.replace("wen:", "when:"))
        found.diagnostics(NAME)
        assert [each["kind"] for each in ask_actions(found, 3)] == ["quickfix"]
        (action,) = ask_actions(found, 3, only=["source.fixAll.axtary"])
        assert action["edit"]["documentChanges"][0]["edits"]


# --- formatting ---


def formatted(open_: Editor, name: str = NAME) -> Json:
    options = {"tabSize": 8, "insertSpaces": False}
    return open_.request("textDocument/formatting", {"textDocument": {"uri": open_.uri(name)}, "options": options})


def test_formatting_gives_the_canonical_layout(open_: Editor) -> None:
    text = "version:   1\n# 😀\npolicies:\n    -   {effect: allow, id: x, match: {tool: 'fs.read'}}   # why\n"
    open_.change(NAME, text)
    made = applied(text, formatted(open_))
    assert made == format_policy(NAME, text.encode()) != text
    open_.change(NAME, made)
    assert formatted(open_) == []


def test_what_is_no_yaml_is_not_formatted_and_the_reason_is_said(open_: Editor) -> None:
    open_.change(NAME, "version: 1\npolicies: [\n")
    with pytest.raises(ServerError) as refused:
        formatted(open_)
    assert "not formatted: line" in refused.value.message and "AX0104" in refused.value.message


def test_a_test_file_is_not_formatted(open_: Editor) -> None:
    open_.open(f"tests/{TEST}")
    assert formatted(open_, f"tests/{TEST}") is None

"""Findings while a policy is written: of the text in the editor, in the editor's positions, gone when mended."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.lsp.client import Editor, editor

NAME = "axtary.yml"
RULE = """\
version: 1
policies:
  - id: reads
    effect: allow
    match: {tool: fs.read}
"""
Json = Any


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path.resolve()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    with editor(tmp_path_factory.mktemp("server")) as found:
        yield found


@pytest.fixture
def open_(server: Editor, folder: Path) -> Iterator[Editor]:
    with server.at(folder) as found:
        yield found


def under(text: str, finding: Json, encoding: str = "utf-16-le", width: int = 2) -> str:
    """The text at a finding's range, cut by the encoding's own units."""
    lines = [line.encode(encoding) for line in text.replace("\r\n", "\n").split("\n")]
    start, end = finding["range"]["start"], finding["range"]["end"]
    assert start["line"] == end["line"]
    line: bytes = lines[start["line"]]
    return line[start["character"] * width : end["character"] * width].decode(encoding)


def test_a_mistake_comes_with_code_help_and_page_and_goes_when_it_is_mended(open_: Editor) -> None:
    wrong = RULE.replace("allow", "alow")
    open_.open(NAME, wrong)
    (found,) = open_.diagnostics(NAME)
    assert (found["code"], found["severity"], found["source"]) == ("AX0204", 1, "axtary")
    assert under(wrong, found) == "alow"
    assert "`alow` is not an effect" in found["message"] and "did you mean `allow`?" in found["message"]
    page = found["codeDescription"]["href"]
    assert page.startswith("file://") and page.endswith("/AX0204.md")
    open_.change(NAME, RULE)
    assert open_.diagnostics(NAME) == []


def test_a_warning_is_one_and_what_is_needless_is_faint(open_: Editor) -> None:
    open_.open(NAME, RULE + "groups:\n  unused: [x]\n")
    (found,) = open_.diagnostics(NAME)
    assert (found["code"], found["severity"], found["tags"]) == ("AX0710", 2, [1])


def test_a_second_place_is_related_information(open_: Editor) -> None:
    text = RULE + RULE.partition("policies:\n")[2]
    open_.open(NAME, text)
    (found,) = open_.diagnostics(NAME)
    assert found["code"] == "AX0206"
    (related,) = found["relatedInformation"]
    assert related["message"] == "first used here"
    assert related["location"]["uri"] == open_.uri(NAME)
    assert related["location"]["range"]["start"] == {"line": 2, "character": 8}


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(("encoding", "codec", "width"), [("utf-8", "utf-8", 1), ("utf-16", "utf-16-le", 2)])
def test_astral_characters_and_line_ends_do_not_shift_a_range(
    folder: Path, end: str, encoding: str, codec: str, width: int
) -> None:
    text = RULE.replace("{tool: fs.read}", '{tool: "😀é.read"}\n    when: payload["😀"] = "é" and payload.x == 1')
    with editor(folder, general={"positionEncodings": [encoding]}) as found:
        found.open(NAME, text.replace("\n", end))
        (finding,) = found.diagnostics(NAME)
        assert finding["code"] == "AX0301"
        assert under(text, finding, codec, width) == 'payload["😀"] = "é"'


def test_characters_that_are_line_ends_to_python_alone_do_not_shift_a_range(open_: Editor) -> None:
    text = RULE.replace("policies:", "# a\x85b\x0bc\npolicies:").replace("allow", "alow")
    open_.open(NAME, text)
    shown = {under(text, finding) for finding in open_.diagnostics(NAME)}
    assert shown == {"\x85", "\x0b"}
    text = text.replace("\x85", "\xa0").replace("\x0b", "\u3000")
    open_.change(NAME, text)
    assert [under(text, finding) for finding in open_.diagnostics(NAME)] == ["alow"]


def test_what_is_included_is_read_from_the_editor_if_it_is_open_there(folder: Path, open_: Editor) -> None:
    (folder / NAME).write_text("version: 1\ninclude: [more.yml]\n")
    (folder / "more.yml").write_text(RULE)
    open_.open(NAME)
    assert open_.diagnostics(NAME) == []
    open_.open("more.yml", RULE.replace("fs.read", '"@nobody"'))
    (found,) = open_.diagnostics("more.yml")
    assert found["code"] == "AX0404"
    open_.change(NAME, "version: 1\ninclude: [more.yml]\ngroups: {nobody: [fs.x]}\n")
    assert open_.diagnostics(NAME) == []
    assert open_.diagnostics("more.yml")  # of its version that was there before
    open_.change("more.yml", RULE.replace("fs.read", '"@nobody"') + "\n")
    assert open_.diagnostics("more.yml") == []


def test_a_file_that_is_included_belongs_to_the_policy_above_it(folder: Path, open_: Editor) -> None:
    (folder / NAME).write_text("version: 1\ninclude: [sub/more.yml]\ngroups: {known: [fs.x]}\n")
    (folder / "sub").mkdir()
    (folder / "sub" / "more.yml").write_text(RULE.replace("fs.read", '"@known"'))
    open_.open("sub/more.yml")
    assert open_.diagnostics("sub/more.yml") == []


def test_findings_in_a_file_that_is_not_open_are_shown_and_taken_back(folder: Path, open_: Editor) -> None:
    (folder / "more.yml").write_text(RULE.replace("allow", "alow"))
    open_.open(NAME, "version: 1\ninclude: [more.yml]\n")
    (found,) = open_.diagnostics("more.yml")
    assert found["code"] == "AX0204"
    open_.change(NAME, "version: 1\n")
    assert open_.diagnostics(NAME) == []
    last = [m["params"]["diagnostics"] for m in open_.seen if m["params"].get("uri") == open_.uri("more.yml")]
    assert last[-1] == []


def test_a_policy_that_is_closed_takes_its_findings_along(open_: Editor) -> None:
    open_.open(NAME, RULE.replace("allow", "alow"))
    assert open_.diagnostics(NAME)
    open_.close(NAME)
    open_.ask("hover", NAME, 0, 0)
    last = [m["params"] for m in open_.seen if m["method"] == "textDocument/publishDiagnostics"][-1]
    assert (last["uri"], last["diagnostics"]) == (open_.uri(NAME), [])


def test_yaml_that_is_no_policy_is_left_alone(folder: Path, open_: Editor) -> None:
    (folder / NAME).write_text(RULE)
    open_.open("compose.yml", 'version: "3"\nservices: {a: {image: "x"}}\n')
    open_.open("other.test.yml", "tests: [x]\n")
    open_.open("note.txt", RULE.replace("allow", "alow"))
    open_.open("team.yml", RULE.replace("allow", "alow"))
    assert [found["code"] for found in open_.diagnostics("team.yml")] == ["AX0204"]
    open_.ask("hover", "compose.yml", 0, 0)
    shown = {m["params"]["uri"] for m in open_.seen if m["method"] == "textDocument/publishDiagnostics"}
    assert shown == {open_.uri("team.yml")}


def test_a_broken_invariant_is_shown_with_the_rule_that_breaks_it(open_: Editor) -> None:
    text = RULE + "invariants:\n  - id: no-reads\n    never: {tool: fs.read}\n"
    open_.open(NAME, text)
    while not (found := open_.diagnostics(NAME)):
        open_.seen.clear()  # what the compiler says comes first
    assert [each["code"] for each in found] == ["AX1001"]
    assert found[0]["relatedInformation"][0]["location"]["range"]["start"]["line"] == 2
    open_.change(NAME, text.replace("allow", "deny"))
    open_.change(NAME, text.replace("allow", "deny") + "\n")
    assert open_.diagnostics(NAME) == []


def test_with_lint_more_is_proved(folder: Path) -> None:
    text = RULE + "    when: payload.x == 1 and payload.x == 2\n"
    with editor(folder, "--lint") as found:
        found.open(NAME, text)
        while not (findings := found.diagnostics(NAME)):
            found.seen.clear()
        assert {"AX0720", "AX0721"} & {each["code"] for each in findings}


def test_a_test_file_is_checked_against_its_policy(folder: Path, open_: Editor) -> None:
    (folder / NAME).write_text(RULE)
    test = "version: 1\ncases:\n  - {name: it reads, action: {tool: fs.read}, expect: {fired: [reads]}}\n"
    open_.open("axtary.test.yml", test)
    assert open_.diagnostics("axtary.test.yml") == []
    open_.open(NAME, RULE.replace("reads", "views"))
    open_.change("axtary.test.yml", test + "\n")
    (found,) = open_.diagnostics("axtary.test.yml")
    assert found["code"] == "AX0905"
    assert under(test, found) == "reads"
    wrong = test.replace("tool: fs.read", "tool: 5, size: 3").replace("reads]", "views]")
    open_.change("axtary.test.yml", wrong)
    assert [each["code"] for each in open_.diagnostics("axtary.test.yml")]


def test_a_test_file_without_its_policy_is_checked_by_itself(open_: Editor) -> None:
    open_.open("axtary.test.yml", "version: 1\ncases:\n  - {name: a, action: {tool: x}, expect: alow}\n")
    assert [each["code"] for each in open_.diagnostics("axtary.test.yml")] == ["AX0204"]
    open_.ask("hover", "axtary.test.yml", 0, 0)
    while not open_.logged():
        open_.message()
    assert "axtary.yml: no such file" in open_.logged()[0]


def test_what_changes_on_disk_is_read_again(folder: Path, open_: Editor) -> None:
    (folder / "more.yml").write_text(RULE)
    open_.open(NAME, "version: 1\ninclude: [more.yml]\n")
    assert open_.diagnostics(NAME) == open_.diagnostics("more.yml") == []
    (folder / "more.yml").write_text(RULE.replace("allow", "alow"))
    open_.seen.clear()
    open_.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": open_.uri("more.yml"), "type": 2}]})
    assert [each["code"] for each in open_.diagnostics("more.yml")] == ["AX0204"]


def test_half_a_surrogate_pair_is_refused_and_nothing_else(open_: Editor) -> None:
    open_.open(NAME, RULE + "# \ud83d\n")
    (found,) = open_.diagnostics(NAME)
    assert found["code"] == "AX0101"

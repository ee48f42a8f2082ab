"""`axtary policy diff` as its users run it."""

from __future__ import annotations

import json
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.cli.command import POLICY, assert_plain, assert_refused, run

NEW = POLICY.replace("approvers: [lead]", "approvers: [lead, dev]").replace(
    "payload.secret == true", "payload.secret in [true, false]"
)
HOSTILE = 'version: 1\npolicies:\n  - {id: r, effect: allow, match: {tool: "<script>`|@all\\e[31m*"}}\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two policies."""
    (tmp_path / "old.yml").write_text(POLICY)
    (tmp_path / "new.yml").write_text(NEW)
    return tmp_path


def test_equivalent_policies_exit_0(folder: Path) -> None:
    (folder / "same.yml").write_text(POLICY.replace("payload.secret == true", "not payload.secret != true"))
    ran = run("policy", "diff", "old.yml", "same.yml", cwd=folder)
    assert (ran.code, ran.out, ran.err) == (0, "equivalent old.yml -> same.yml: 0 changes\n", "")


def test_changes_exit_1_and_name_rules_with_their_places(folder: Path) -> None:
    ran = run("policy", "diff", "old.yml", "new.yml", cwd=folder)
    assert ran.code == 1
    assert ran.out.startswith("incomparable old.yml -> new.yml: 2 changes\n")
    assert "fs.write needed an approval for writes, and is now allowed by writes" in ran.out
    assert "old.yml:6" in ran.out and "new.yml:10" in ran.out
    assert_plain(ran.out)


def test_json_has_the_documented_members(folder: Path) -> None:
    ran = run("policy", "diff", "old.yml", "new.yml", "--json", cwd=folder)
    result = ran.json()
    assert result.keys() == {"verdict", "old", "new", "changes", "undecided"}
    up, down = result["changes"]
    assert (up["from"], up["to"], up["kind"], up["direction"]) == ("step_up", "allow", "approvers", "more permissive")
    assert up["witness"]["facts"]["approval"]["approvers"][0]["roles"] == ["dev"]
    assert down["witness"] == {"action": {"version": 1, "tool": "fs.read", "payload": {"secret": False}}, "facts": {}}
    assert down["rules"]["old"] == [{"rule": "reads", "effect": "allow", "file": "old.yml", "line": 3}]
    assert down["rules"]["new"] == [{"rule": "secrets", "effect": "deny", "file": "new.yml", "line": 10}]
    assert down["rules"]["changed"] == [{"rule": "secrets", "what": "changed", "file": "new.yml", "line": 10}]
    assert up["verified"] == ["native", "cedar", "rego"]
    assert result["undecided"] == []


@pytest.mark.parametrize(
    ("gates", "code"),
    [
        (["--no-new-access"], 0),
        (["--no-less-approval"], 1),
        (["--no-new-access", "--no-less-approval"], 1),
        (["--within", "old.yml"], 1),
        (["--within", "new.yml"], 0),
        (["--within", "wide.yml"], 0),
    ],
)
def test_gates_decide_the_exit_code(folder: Path, gates: list[str], code: int) -> None:
    (folder / "wide.yml").write_text('version: 1\npolicies:\n  - {id: all, effect: allow, match: {tool: "*"}}\n')
    ran = run("policy", "diff", "old.yml", "new.yml", *gates, "--json", cwd=folder)
    result = ran.json()["gates"]
    assert ran.code == code
    assert all(gate["passed"] for gate in result) == (code == 0)
    assert all(bool(gate["violations"]) != gate["passed"] for gate in result)


def test_a_gate_that_fails_shows_the_witness(folder: Path) -> None:
    ran = run("policy", "diff", "old.yml", "new.yml", "--no-less-approval", cwd=folder)
    _, _, shown = ran.out.partition("failed --no-less-approval\n")
    assert '"tool": "fs.write"' in shown and '"dev"' in shown


# --- revisions ------------------------------------------------------------------------------------------------------


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A policy with an include, committed as `base`; then both were changed in the working tree."""
    folder = tmp_path / "policies"
    folder.mkdir()
    (folder / "axtary.yml").write_text("version: 1\ninclude: [more.yml]\n")
    (folder / "more.yml").write_text(POLICY)
    for arguments in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "first"],
        ["tag", "base"],
    ):
        subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)
    (folder / "more.yml").write_text(NEW)
    return tmp_path


def test_the_old_policy_comes_from_a_revision_with_its_includes(repository: Path) -> None:
    for cwd, path in ((repository, "policies/axtary.yml"), (repository / "policies", "axtary.yml")):
        ran = run("policy", "diff", "--git", "base", path, "--json", cwd=cwd)
        result = ran.json()
        assert (ran.code, result["verdict"]) == (1, "incomparable")
        more = str(Path(path).parent / "more.yml")
        assert result["changes"][1]["rules"]["old"][0]["file"] == f"base:{more}"
        assert result["changes"][1]["rules"]["new"][0]["file"] == more


def test_the_default_policy_is_compared_with_a_revision(repository: Path) -> None:
    assert run("policy", "diff", "--git", "base", cwd=repository / "policies").code == 1
    (repository / "policies" / "more.yml").write_text(POLICY)
    assert run("policy", "diff", "--git", "HEAD", cwd=repository / "policies").code == 0


@pytest.mark.parametrize(
    ("revision", "words"),
    [
        ("nowhere", "revision nowhere: no such revision"),
        ("--output=x", "not a revision"),
        ("", "not a revision"),
        ("base^{tree}", "no such revision"),
    ],
)
def test_a_revision_that_is_none_is_refused(repository: Path, revision: str, words: str) -> None:
    ran = run("policy", "diff", f"--git={revision}", "axtary.yml", cwd=repository / "policies")
    assert_refused(ran)
    assert words in ran.err


def test_a_file_that_is_not_in_the_revision_is_refused(repository: Path) -> None:
    (repository / "policies" / "other.yml").write_text(POLICY)
    ran = run("policy", "diff", "--git", "base", "other.yml", cwd=repository / "policies")
    assert_refused(ran)
    assert "base:other.yml: there is no such file in that revision" in ran.err


def test_without_a_repository_git_is_refused(folder: Path) -> None:
    ran = run("policy", "diff", "--git", "main", "old.yml", cwd=folder)
    assert_refused(ran)
    assert "git" in ran.err


def test_a_broken_policy_of_a_revision_is_shown_with_its_revision(repository: Path) -> None:
    (repository / "policies" / "more.yml").write_text("version: 1\npolicies: [{id: x}]\n")
    for arguments in (["add", "."], ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "broken"]):
        subprocess.run(["git", *arguments], cwd=repository / "policies", check=True, capture_output=True)
    (repository / "policies" / "more.yml").write_text(NEW)
    ran = run("policy", "diff", "--git", "HEAD", cwd=repository / "policies")
    assert ran.code == 2 and "more.yml:2" in ran.err and "HEAD:" in ran.err


# --- usage ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["old.yml"], "two policies are compared, and 1 given"),
        ([], "two policies are compared, and 0 given"),
        (["old.yml", "new.yml", "old.yml"], "two policies are compared, and 3 given"),
        (["old.yml", "new.yml", "--git", "main"], "with `--git` one policy is given"),
        (["old.yml", "gone.yml"], "gone.yml: no such file or directory"),
        (["old.yml", "new.yml", "--within", "gone.yml"], "gone.yml: no such file or directory"),
        (["old.yml", "new.yml", "-o", "page.txt"], "no page that can be written"),
        (["old.yml", "new.yml", "-o", "no/folder/page.html"], "no/folder/page.html"),
    ],
)
def test_wrong_usage_is_refused(folder: Path, arguments: list[str], words: str) -> None:
    ran = run("policy", "diff", *arguments, cwd=folder)
    assert_refused(ran)
    assert words in ran.err


# --- pages ----------------------------------------------------------------------------------------------------------


class Tags(HTMLParser):
    """The tags of a page, in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(tag)


def test_texts_of_a_policy_cannot_command_a_page_nor_a_terminal(folder: Path) -> None:
    (folder / "evil.yml").write_text(HOSTILE)
    (folder / "none.yml").write_text("version: 1\npolicies: []\n")
    ran = run("policy", "diff", "none.yml", "evil.yml", "-o", "page.html", cwd=folder)
    assert ran.code == 1
    assert_plain(ran.out)
    page = (folder / "page.html").read_text()
    assert "<script" not in page and "&lt;script&gt;" in page
    assert set(Tags(page).found) <= {
        *(
            "html",
            "meta",
            "title",
            "style",
            "h1",
            "p",
            "code",
            "section",
            "h2",
            "table",
            "tr",
            "td",
            "small",
            "br",
            "pre",
        )
    }
    run("policy", "diff", "none.yml", "evil.yml", "-o", "page.md", cwd=folder)
    text = (folder / "page.md").read_text()
    assert text == run("policy", "diff", "none.yml", "evil.yml", "--format", "markdown", cwd=folder).out
    outside = "".join(part for index, part in enumerate(text.split("``")) if index % 2 == 0)
    assert "<script>" not in outside and "\x1b" not in text


def test_a_page_is_whole_and_loads_nothing(folder: Path) -> None:
    run("policy", "diff", "old.yml", "new.yml", "--no-less-approval", "-o", "page.html", cwd=folder)
    page = (folder / "page.html").read_text()
    assert "incomparable" in page and "--no-less-approval: failed" in page and "&quot;dev&quot;" in page
    assert "http" not in page.replace("http-equiv", "") and "src=" not in page
    assert json.dumps("script") not in page


def test_recorded_actions_are_replayed(folder: Path) -> None:
    (folder / "h.jsonl").write_text('{"version": 1, "tool": "fs.read"}\n{"version": 1, "tool": "fs.write"}\n')
    (folder / "f.json").write_text('{"approval": {"approvers": [{"id": "user:a", "roles": ["dev"]}]}}')
    replay = ["policy", "diff", "old.yml", "new.yml", "--replay", "h.jsonl", "--facts", "f.json"]
    result = run(*replay, "--json", cwd=folder).json()
    assert result["history"] == {
        "name": "h.jsonl",
        "actions": 2,
        "changed": 1,
        "transitions": [{"from": "step_up", "to": "allow", "count": 1, "first": 2}],
    }
    assert [change["happened"] for change in result["changes"]] == [1, 0]
    text = run(*replay, cwd=folder).out
    assert "1 of 2 actions in h.jsonl change: 1 step_up -> allow (first: 2)" in text
    assert "happened once" in text and "happened never yet" in text
    marked = run(*replay, "--format", "markdown", "-o", "d.html", cwd=folder).out
    assert "Recorded: `1 of 2 actions in h.jsonl change" in marked and "- happened: never yet" in marked
    assert "<td>happened</td><td>once</td>" in (folder / "d.html").read_text()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--facts", "f.json"], "`--facts` go with recorded actions"),
        (["--replay", "no.jsonl"], "no.jsonl: no such file or directory"),
        (["--replay", "bad.jsonl"], "AX0812"),
        (["--replay", "empty.json"], "empty.json: has no actions"),
    ],
)
def test_recorded_actions_that_are_none_are_refused(folder: Path, options: list[str], said: str) -> None:
    (folder / "f.json").write_text("{}")
    (folder / "bad.jsonl").write_text('{"tool": "fs.read"}\n')
    (folder / "empty.json").write_text("[]")
    ran = run("policy", "diff", "old.yml", "new.yml", *options, "-o", "d.html", cwd=folder)
    assert_refused(ran)
    assert said in ran.err
    assert not (folder / "d.html").exists()

"""`axtary policy table` as its users run it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from tests.browser import elements
from tests.cli.command import assert_plain, assert_refused, batch, run

POLICY = """\
version: 1
groups:
  coders: ["agent:codex-*", "agent:claude-*"]
tools:
  svc.unused: {payload: {x: string}}
policies:
  - id: reads
    description: >-
      Agents may read
      the files of the workspace.
    effect: allow
    match: {tool: fs.read, actor: "@coders", resource: "repo:acme/*"}
    when: payload.size <= 10 and payload.kind != "a  b"
    obligations: {hours: Mon-Fri 08:00-19:00 Europe/Berlin, rate: 20 per 90m per actor, ttl: 90s}
  - id: asks
    effect: step_up
    match: {tool: "*"}
    when: has payload.x
    obligations: {approvers: {roles: [a, b], quorum: 2}}
  - id: never
    effect: deny
    match: {tool: "fs.*"}
    when: any paths matches [%s]
"""
LONG = ", ".join(f'"secrets-{n:03}/"' for n in range(100))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "axtary.yml").write_text(POLICY % LONG)
    (tmp_path / "narrow.yml").write_text(
        "version: 1\ntools: {svc.unused: {payload: {x: string}}}\n"
        "policies:\n  - {id: never, effect: deny, match: {tool: fs.write}}\n"
    )
    return tmp_path


def test_a_tool_in_words(folder: Path) -> None:
    ran = run("policy", "table", "--tool", "fs.read", cwd=folder, env={"COLUMNS": "80"})
    assert ran.code == 0
    head, *lines = ran.out.splitlines()
    assert head == "fs.read"
    assert lines[0] == "  deny     never  axtary.yml:20"
    assert lines[1] == "           tool  fs.*"
    assert lines[lines.index("  step_up  asks  axtary.yml:15") :] == [
        "  step_up  asks  axtary.yml:15",
        "           tool  *",
        "           when  has payload.x",
        "           with  approvers: 2 of a or b",
        "  allow    reads  axtary.yml:7",
        "           Agents may read the files of the workspace.",
        '           for   resource: "repo:acme/*"',
        '                 actor: ["agent:codex-*", "agent:claude-*"]',
        '           when  payload.size <= 10 and payload.kind != "a  b"',
        "           with  hours: Mon-Fri 08:00-19:00 Europe/Berlin",
        "                 rate: 20 per 1h30m per actor",
        "                 ttl: 1m30s",
    ]


@pytest.mark.parametrize("columns", ["40", "60", "200"])
def test_lines_fit_the_terminal_and_long_texts_are_cut(folder: Path, columns: str) -> None:
    rule = {"id": "w", "effect": "allow", "description": "漢字" * 100, "match": {"tool": "t"}}
    rules = [rule | {"when": f'payload.x == "{"a" * 300}"'}]
    (folder / "wide.yml").write_text(json.dumps({"version": "1", "policies": rules}))
    for file in ("axtary.yml", "wide.yml"):
        ran = run("policy", "table", file, cwd=folder, env={"COLUMNS": columns})
        assert max(cell_len(line) for line in ran.out.splitlines()) <= int(columns)
    ran = run("policy", "table", cwd=folder, env={"COLUMNS": columns})
    assert "… --json has all of it" in ran.out
    assert "secrets-099" not in ran.out


def test_json_has_it_all(folder: Path) -> None:
    found = run("policy", "table", "--json", cwd=folder, env={"COLUMNS": "40"}).json()
    assert found["filters"] == {"tool": None, "actor": None, "effect": None}
    assert {tool["tool"]: tool["kind"] for tool in found["tools"]} == {
        "fs.read": "name",
        "svc.unused": "name",
        "*": "pattern",
        "fs.*": "pattern",
    }
    assert found["tools"][0]["rules"] == [
        {"rule": "never", "pattern": "fs.*"},
        {"rule": "asks", "pattern": "*"},
        {"rule": "reads", "pattern": "fs.read"},
    ]
    assert [tool["declared"] for tool in found["tools"]] == [False, True, False, False]
    rules = {rule["rule"]: rule for rule in found["rules"]}
    assert rules["never"]["when"] == f"any paths matches [{LONG}]"
    assert rules["reads"]["match"]["actor"] == ["agent:codex-*", "agent:claude-*"]
    assert (rules["reads"]["file"], rules["reads"]["line"]) == ("axtary.yml", 7)


def test_filters(folder: Path) -> None:
    def rules(*options: str) -> list[list[str]]:
        found = run("policy", "table", "--json", *options, cwd=folder).json()
        return [[rule["rule"] for rule in tool["rules"]] for tool in found["tools"]]

    assert rules("--tool", "fs.read", "--actor", "agent:other") == [["never", "asks"]]
    assert rules("--tool", "fs.write") == [["never", "asks"]]
    assert rules("--tool", "fs.read", "--effect", "allow") == [["reads"]]
    assert rules("--effect", "allow") == [["reads"]]
    assert rules("--tool", "svc", "--effect", "deny") == [[]]


def test_what_is_denied_by_default_says_so(folder: Path) -> None:
    calls = [
        ["policy", "table", "narrow.yml"],
        ["policy", "table", "narrow.yml", "--tool", "fs.delete"],
        ["policy", "table", "narrow.yml", "--tool", "fs.write", "--actor", "agent:x"],
        ["policy", "table", "narrow.yml", "--effect", "allow"],
        ["policy", "table", "--tool", "x", "--effect", "allow"],
        ["policy", "table"],
    ]
    table, tool, actor, none, other, star = (ran.out for ran in batch(calls, folder))
    assert table == (
        "fs.write\n  deny     never  narrow.yml:4\n"
        "  no allow or step_up rule concerns it: every call is denied by default\n\n"
        "svc.unused\n  no rule concerns it: every call is denied by default\n\n"
        "any other tool\n  no rule names it: every call is denied by default\n"
    )
    assert tool == "fs.delete\n  no rule concerns it: every call is denied by default\n"
    assert "every call by agent:x is denied by\n  default" in actor
    assert none == "no allow rule concerns any tool\n"
    assert other == "x\n  no allow rule concerns it\n"
    assert "any other tool" not in star  # `*` covers it
    assert "concerns them all" not in star
    (folder / "narrow.yml").write_text((folder / "narrow.yml").read_text().replace("fs.write", '"fs.*"'))
    ran = run("policy", "table", "narrow.yml", cwd=folder, env={"COLUMNS": "200"})
    assert "  no allow or step_up rule concerns them all: what no other row grants is denied by default\n" in ran.out


def test_a_page_is_written_whole_with_the_filters_set(folder: Path) -> None:
    ran = run("policy", "table", "-o", "t.html", "--tool", "fs.read", cwd=folder)
    assert (ran.code, ran.out) == (0, "wrote t.html\n")
    found = elements((folder / "t.html").read_text(encoding="utf-8"))
    (data,) = [json.loads(e.text) for e in found if e.attributes.get("id") == "data"]
    assert data["filters"] == {"tool": "fs.read", "actor": "", "effect": ""}
    assert len([e for e in found if "data-effect" in e.attributes]) == 3
    assert f"any paths matches [{LONG}]" in " ".join(e.text for e in found if e.tag == "code")
    ran = run("policy", "table", "-o", "t.html", "--json", cwd=folder)
    assert ran.json()["written"] == ["t.html"]
    assert not list(folder.glob(".axtary*"))


def test_bad_input_is_refused_and_writes_nothing(folder: Path) -> None:
    (folder / "broken.yml").write_text("version: 1\npolicies: x\n")
    calls = [
        ["policy", "table", "missing.yml"],
        ["policy", "table", "broken.yml", "-o", "t.html"],
        ["policy", "table", "-o", "nowhere/t.html"],
        ["policy", "table", "-o", "."],
        ["policy", "table", "--tool", ""],
        ["policy", "table", "--actor", ""],
        ["policy", "table", "--effect", "permit"],
    ]
    for call, ran in zip(calls, batch(calls, folder), strict=True):
        assert (ran.code, ran.out, ran.crash) == (2, "", ""), call
        if call[-2] != "--effect":
            assert_refused(ran)
            assert "help" in ran.err
    assert not list(folder.glob("*.html"))


def test_what_a_terminal_would_obey_is_written_out(folder: Path) -> None:
    odd = "\x1b[31m\u202e"
    rule: dict[str, Any] = {"id": "r", "effect": "allow", "description": odd, "when": f"payload.x == {json.dumps(odd)}"}
    rule |= {"match": {"tool": [f"t{odd}", f"{odd}*"], "owner": odd}}
    (folder / "axtary.yml").write_text(json.dumps({"version": "1", "policies": [rule]}))
    for options in ([], ["--tool", f"x{odd}", "--actor", odd], ["--json"]):
        ran = run("policy", "table", *options, cwd=folder)
        assert ran.code == 0
        assert_plain(ran.out)


def test_help_has_an_example(folder: Path) -> None:
    ran = run("policy", "table", "--help", cwd=folder)
    assert "Example: axtary policy table" in ran.out and "--json" in ran.out

"""`axtary policy check` in its formats, and with --fix: what is written, printed and returned."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
from tests.cli.command import POLICY, assert_plain, assert_refused, batch, run

BROKEN = POLICY.replace("== true", "= true").replace("effect: step_up", "effect: perhaps")
WARNED = POLICY.replace("payload.secret == true", 'any paths matches ".env*"')
CHECK = ["policy", "check"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a policy that is fine, one with errors and one with a warning."""
    for name, text in (("axtary.yml", POLICY), ("broken.yml", BROKEN), ("warned.yml", WARNED)):
        (tmp_path / name).write_bytes(text.encode())
    return tmp_path


def test_each_format_has_the_same_exit_codes(folder: Path) -> None:
    formats = ("text", "json", "sarif", "github", "junit")
    calls = [
        [*CHECK, file, "--format", form, *strict]
        for form in formats
        for file, *strict in (("axtary.yml",), ("warned.yml",), ("warned.yml", "--strict"), ("broken.yml",))
    ]
    codes = [ran.code for ran in batch(calls, folder)]
    assert codes == [0, 0, 1, 2] * len(formats)


def test_json_is_the_format_json(folder: Path) -> None:
    one, two = batch([[*CHECK, "broken.yml", "--json"], [*CHECK, "broken.yml", "--format", "json"]], folder)
    assert one.out == two.out and not one.err
    found = one.json()["diagnostics"]
    assert [entry["path"] for entry in found] == ["policies[1].effect", "policies[2].when"]
    assert found[0]["fix"] is None
    edit = {"file": "broken.yml", "line": 13, "column": 26, "end_line": 13, "end_column": 27, "text": "=="}
    assert found[1]["fix"] == {"title": "write `==`", "edits": [edit]}


def test_formats_for_machines_go_to_standard_output(folder: Path) -> None:
    sarif, github, junit = batch([[*CHECK, "broken.yml", "--format", f] for f in ("sarif", "github", "junit")], folder)
    assert not sarif.err + github.err + junit.err
    assert len(sarif.json()["runs"][0]["results"]) == 2
    assert [line.split(" ")[0] for line in github.out.splitlines()] == ["::error"] * 2
    assert Xml.fromstring(junit.out).get("failures") == "2"


def test_what_is_ignored_is_a_suppressed_result(folder: Path) -> None:
    reason = "notes are meant too"
    rule = "  - {id: notes, effect: allow, match: {tool: fs.read}, when: 'all paths matches \"*.md\"'}\n"
    (folder / "ignored.yml").write_text(f"version: 1\npolicies:\n  # axtary: ignore AX0702 because {reason}\n{rule}")
    calls = [[*CHECK, "ignored.yml", "--strict", "--format", form] for form in ("sarif", "junit")]
    sarif, junit = batch(calls, folder)
    (result,) = sarif.json()["runs"][0]["results"]
    assert (result["ruleId"], result["locations"][0]["physicalLocation"]["region"]["startLine"]) == ("AX0702", 4)
    assert result["suppressions"] == [{"kind": "inSource", "status": "accepted", "justification": reason}]
    assert [sarif.code, junit.code] == [0, 0]
    assert Xml.fromstring(junit.out).get("tests") == "1"  # the one that passes


def test_names_of_files_are_as_seen_from_the_command(folder: Path) -> None:
    (folder / "deep").mkdir()
    (folder / "deep/axtary.yml").write_text("version: 1\ninclude: [more.yml]\n")
    (folder / "deep/more.yml").write_text(BROKEN)
    (folder / "elsewhere").mkdir()
    calls = [[*CHECK, "../deep/axtary.yml", "--format", form] for form in ("text", "json", "sarif", "github", "junit")]
    text, as_json, sarif, github, junit = batch(calls, folder / "elsewhere")
    name = "../deep/more.yml"
    assert f"  --> {name}:13:11 (policies[2].when)\n" in text.err
    last = as_json.json()["diagnostics"][1]
    assert (last["file"], last["fix"]["edits"][0]["file"]) == (name, name)
    assert f'"uri": "{name}"' in sarif.out
    assert f"::error file={name},line=13," in github.out
    suites = Xml.fromstring(junit.out)
    assert [(suite.get("name"), suite.get("failures")) for suite in suites] == [
        ("../deep/axtary.yml", "0"),
        (name, "2"),
    ]


def test_what_is_no_finding_is_told_as_ever(folder: Path) -> None:
    for form in ("text", "sarif", "github", "junit"):
        assert_refused(run(*CHECK, "missing.yml", "--format", form, cwd=folder))
    assert run(*CHECK, "missing.yml", "--json", cwd=folder).json()["errors"][0]["code"] == "AX0001"


def test_the_end_of_the_text_counts(folder: Path) -> None:
    broken, warned = batch([[*CHECK, "broken.yml"], [*CHECK, "warned.yml"]], folder)
    assert broken.err.endswith("\n2 errors; 1 can be fixed with `axtary policy check --fix`\n")
    assert "1 warning; 1 can be fixed with `axtary policy check --fix`\n" in warned.out


def test_fix_writes_says_so_and_reports_the_rest(folder: Path) -> None:
    ran = run(*CHECK, "broken.yml", "--fix", cwd=folder)
    assert ran.code == 2
    assert ran.out == "fixed broken.yml:13:11: write `==`\n"
    assert "AX0301" not in ran.err and ran.err.count("error[") == 1
    assert (folder / "broken.yml").read_text() == BROKEN.replace("= true", "== true")
    warned = run(*CHECK, "warned.yml", "--strict", "--fix", cwd=folder)
    assert (warned.code, warned.err) == (0, "")
    assert warned.out.startswith('fixed warned.yml:13:29: add `".env*/"` beside it\nok warned.yml: 3 rules')
    assert run(*CHECK, "warned.yml", "--strict", cwd=folder).code == 0


def test_fix_keeps_ends_of_lines_links_and_what_is_fine(folder: Path) -> None:
    (folder / "crlf.yml").write_bytes(BROKEN.replace("\n", "\r\n").encode())
    (folder / "link.yml").symlink_to("crlf.yml")
    before = (folder / "axtary.yml").stat()
    run(*CHECK, "link.yml", "--fix", cwd=folder)
    run(*CHECK, "axtary.yml", "--fix", cwd=folder)
    assert (folder / "crlf.yml").read_bytes() == BROKEN.replace("= true", "== true").replace("\n", "\r\n").encode()
    assert (folder / "link.yml").is_symlink()
    after = (folder / "axtary.yml").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


@pytest.mark.parametrize("option", ["--diff", "--dry-run"])
def test_a_diff_is_shown_and_nothing_written(folder: Path, option: str) -> None:
    ran = run(*CHECK, "broken.yml", "--fix", option, cwd=folder)
    assert ran.code == 2
    assert ran.out.startswith("--- broken.yml\n+++ broken.yml\n@@ ")
    assert "\n-    when: payload.secret = true\n+    when: payload.secret == true\n" in ran.out
    assert ran.err.endswith("1 fix in 1 file, nothing written\n")
    assert (folder / "broken.yml").read_text() == BROKEN


def test_a_diff_has_the_exit_code_of_the_files_as_they_are(folder: Path) -> None:
    (folder / "one.yml").write_text(POLICY.replace("== true", "= true"))
    ran = run(*CHECK, "one.yml", "--diff", cwd=folder)
    assert ran.code == 2 and "error[" not in ran.err


def test_fix_as_json(folder: Path) -> None:
    shown = run(*CHECK, "broken.yml", "--json", "--diff", cwd=folder)
    assert shown.json()["diff"].startswith("--- broken.yml\n")
    ran = run(*CHECK, "broken.yml", "--json", "--fix", cwd=folder)
    found = ran.json()
    assert not ran.err and ran.code == 2
    assert [entry["code"] for entry in found["fixed"]] == ["AX0301"]
    assert [entry["code"] for entry in found["diagnostics"]] == ["AX0204"]
    assert found["refused"] == [] and "diff" not in found


def test_hostile_text_begins_no_command_and_reaches_no_terminal(folder: Path) -> None:
    hostile = (
        'version: 1\npolicies:\n  - {id: "x\\n::set-output name=a::b\\e[31m%0A", effect: allow, match: {tool: t}}\n'
    )
    (folder / "axtary.yml").write_text(hostile)
    for form in ("github", "junit", "sarif", "json"):
        ran = run(*CHECK, "--format", form, cwd=folder)
        assert ran.code == 2
        assert_plain(ran.out)
        assert not any(line.lstrip().startswith("::set-output") for line in ran.out.splitlines())
    ran = run(*CHECK, "--diff", cwd=folder)
    assert_plain(ran.out + ran.err)


def test_every_error_is_told_though_others_stand_in_the_same_rule(folder: Path) -> None:
    text = """\
version: 1
tools: {pay: {payload: {due: timestamp, amount: decimal}}}
policies:
  - id: one
    effect: allw
    match: {resource: "a{", actor: "@nobody"}
    when: payload.due < time and payload.amount = 3 and any paths like ["a{", "b{"]
    obligations:
      ttl: 5 moons
      rate: 0 per 1h per actor
      budget: {limit: "-5", per: nobody, window: 1x, cost: "-3"}
      blocked_paths: ["a{", "b{"]
      approvers: []
"""
    (folder / "axtary.yml").write_text(text)
    found = run(*CHECK, "--json", cwd=folder).json()["diagnostics"]
    assert [(entry["line"], entry["code"]) for entry in found] == [
        (5, "AX0204"),
        (6, "AX0202"),
        (6, "AX0402"),
        (6, "AX0404"),
        (7, "AX0301"),
        (7, "AX0402"),
        (7, "AX0402"),
        (9, "AX0604"),
        (10, "AX0604"),
        (11, "AX0202"),
        (11, "AX0604"),
        (11, "AX0204"),
        (11, "AX0604"),
        (11, "AX0604"),
        (12, "AX0402"),
        (12, "AX0402"),
        (13, "AX0401"),
    ], json.dumps(found, indent=1)


# --- lints ----------------------------------------------------------------------------------------------------------

NEEDLESS = """version: 1
policies:
  - {id: small, effect: allow, match: {tool: t}, when: payload.n < 5}
  - {id: large, effect: allow, match: {tool: t}, when: payload.n < 9}
"""
IGNORED = NEEDLESS.replace("  - {id: small", "  # axtary: ignore AX0723 because it is\u001b[31m kept\n  - {id: small")
IDLE = NEEDLESS.replace("  - {id: small", "  # axtary: ignore AX0722 because so\n  - {id: small")


def test_what_takes_a_proof_is_looked_for_with_lint(tmp_path: Path) -> None:
    (tmp_path / "axtary.yml").write_text(NEEDLESS)
    options = ["", "--lint", "--lint --strict", "--lint --json", "--lint --format sarif"]
    plain, linted, strict, as_json, sarif = batch([[*CHECK, *some.split()] for some in options], tmp_path)
    assert [ran.code for ran in (plain, linted, strict, as_json, sarif)] == [0, 0, 1, 0, 0]
    assert not plain.err and "0 warnings" in plain.out
    assert "warning[AX0723]: every decision is the same without the rule `small`" in linted.err
    assert "1 warning" in linted.out
    assert [each["code"] for each in as_json.json()["diagnostics"]] == ["AX0723"]
    assert as_json.json()["diagnostics"][0]["path"] == "policies[0].id"
    assert as_json.json()["undecided"] == []
    assert sarif.json()["runs"][0]["results"][0]["ruleId"] == "AX0723"


def test_what_is_ignored_is_counted_and_listed(tmp_path: Path) -> None:
    (tmp_path / "axtary.yml").write_text(IGNORED.replace("\u001b[31m", ""))
    text, as_json = batch([[*CHECK, "--lint", "--strict"], [*CHECK, "--lint", "--json"]], tmp_path)
    assert text.code == 0 and "0 warnings, 1 ignored" in text.out
    (ignored,) = as_json.json()["ignored"]
    assert (ignored["code"], ignored["reason"]) == ("AX0723", "it is kept")


def test_fix_deletes_a_comment_that_ignores_nothing_only_if_it_was_looked_for(tmp_path: Path) -> None:
    (tmp_path / "axtary.yml").write_text(IDLE)
    plain, linted = batch([[*CHECK, "--fix"], [*CHECK, "--fix", "--lint"]], tmp_path)
    assert "fixed" not in plain.out
    assert "fixed axtary.yml:3:3: delete the comment" in linted.out
    assert (tmp_path / "axtary.yml").read_text() == NEEDLESS


def test_what_is_not_decided_is_said(tmp_path: Path) -> None:
    rules = [f'  - {{id: r{n}, effect: allow, match: {{tool: t, resource: "**word{n}**"}}}}' for n in range(16)]
    (tmp_path / "axtary.yml").write_text("version: 1\npolicies:\n" + "\n".join(rules) + "\n")
    text, as_json = batch([[*CHECK, "--lint"], [*CHECK, "--lint", "--json"]], tmp_path)
    assert text.code == 0
    assert text.err.startswith("not decided: r0, r1, r10, r11, r12 and 11 more: ")
    assert len(as_json.json()["undecided"][0]["rules"]) == 16

"""`axtary policy test` and `axtary schema` as their users run them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from tests.cli.command import COMMAND, POLICY, assert_plain, assert_refused, batch, run

SUITE = """\
version: 1
actions:
  read: {tool: fs.read}
cases:
  - name: reads are allowed
    action: read
    with: {payload.secret: false}
    expect: {decision: allow, fired: [reads]}
  - name: secrets are denied
    action: read
    with: {payload.secret: true}
    expect: {decision: deny, reasons: [[rule_denies, secrets]]}
"""
WRONG = SUITE.replace("fired: [reads]", "fired: [reads, writes]")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a policy and a test file that passes."""
    (tmp_path / "axtary.yml").write_text(POLICY)
    (tmp_path / "axtary.test.yml").write_text(SUITE)
    return tmp_path


def test_all_pass(folder: Path) -> None:
    ran = run("policy", "test", cwd=folder)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "ok   axtary.test.yml: 2 cases\n2 passed: axtary.yml on native\n"
    ran = run("policy", "test", "--engine", "all", cwd=folder)
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "2 passed: axtary.yml on native, cedar, rego")


def test_a_failure_says_what_differs_and_why(folder: Path) -> None:
    (folder / "axtary.test.yml").write_text(WRONG)
    ran = run("policy", "test", cwd=folder)
    assert ran.code == 1
    assert ran.out.splitlines() == [
        "FAIL axtary.test.yml: 1 of 2 cases failed",
        "",
        "axtary.test.yml:5 reads are allowed",
        "  fired:",
        "    - writes  expected",
        "  why",
        "    granted: the rule reads grants this action",
        "    fired  reads  allow  axtary.yml:3",
        "",
        "1 failed, 1 passed: axtary.yml on native",
    ]


def test_a_rule_that_should_have_fired_says_what_stopped_it(folder: Path) -> None:
    text = SUITE.replace("payload.secret: false", "payload.secret: true").replace(
        "reasons: [[rule_denies, secrets]]", ""
    )
    (folder / "axtary.test.yml").write_text(text.replace("decision: deny, ", "decision: allow, not_fired: secrets"))
    ran = run("policy", "test", cwd=folder)
    assert "  decision: expected allow, got deny\n" in ran.out
    assert "  not_fired: expected secrets, got secrets\n" in ran.out
    assert "    rule_denies: the rule secrets denies this action\n" in ran.out
    (folder / "axtary.test.yml").write_text(SUITE.replace("true", "false"))
    ran = run("policy", "test", cwd=folder)
    assert "did not fire  secrets  deny  axtary.yml:13  payload.secret == true; payload.secret is false\n" in ran.out


def test_json_holds_the_same(folder: Path) -> None:
    (folder / "axtary.test.yml").write_text(WRONG)
    ran = run("policy", "test", "--json", "--engine", "all", "--fail-under", "50", cwd=folder)
    found = ran.json()
    assert ran.code == 1
    assert (found["ok"], found["passed"], found["failed"], found["fail_under"]) == (False, 1, 1, 50)
    assert set(found["engine_versions"]) == {"native", "cedar", "rego"}
    first, second = found["cases"]
    assert {d["engine"] for d in first["differences"]} == {"native", "cedar", "rego"}
    assert first["differences"][0] == {
        "what": "fired",
        "engine": "native",
        "expected": ["reads", "writes"],
        "got": ["reads"],
    }
    assert second == {
        "file": "axtary.test.yml",
        "line": 9,
        "name": "secrets are denied",
        "passed": True,
        "decision": "deny",
        "fired": ["reads", "secrets"],
        "reasons": [["rule_denies", "secrets"]],
        "differences": [],
    }
    assert found["coverage"]["coverage_version"] == 1


def test_a_filter_chooses_by_name_and_file(folder: Path) -> None:
    (folder / "tests").mkdir()
    (folder / "tests/more.test.yml").write_text(SUITE)
    calls = [["policy", "test", "--filter", text] for text in ("secrets", "more.test", "", "nothing")]
    secrets, more, every, nothing = batch(calls, folder)
    assert [ran.out.splitlines()[-1].split()[0] for ran in (secrets, more, every)] == ["2", "2", "4"]
    assert_refused(nothing)
    assert "4 cases" in nothing.err


def test_coverage_and_its_limit(folder: Path) -> None:
    calls = [["policy", "test", "--fail-under", limit] for limit in ("0", "50", "50.1", "100")]
    calls += [["policy", "test", "--coverage"], ["policy", "test"]]
    codes = [ran.code for ran in batch(calls, folder)]
    assert codes == [0, 0, 1, 1, 0, 0]
    *_, missed, shown, plain = batch(calls, folder)
    assert "FAIL coverage is 50 %, below the 100 % of --fail-under" in missed.out
    assert "  50 %: 4 of 8 outcomes shown, 0 cannot happen\n" in shown.out
    assert "  secrets     75 %  fired        conditions 1/1 true, 1/1 false, 0/1 undefined\n" in shown.out
    assert "  writes       0 %  never fired  obligations 0/1 met, 0/1 violated\n" in shown.out
    hint = "add a case that the rule matches without `payload.secret`, or with a value of another type"
    assert f"  axtary.yml:13 secrets: `payload.secret == true` undefined: {hint}\n" in shown.out
    assert "coverage" not in plain.out


def test_many_gaps_are_cut_for_people_only(folder: Path) -> None:
    rules = "".join(f"  - {{id: r{n:02}, effect: allow, match: {{tool: t}}}}\n" for n in range(60))
    (folder / "axtary.yml").write_text("version: 1\npolicies:\n" + rules)
    (folder / "axtary.test.yml").write_text("version: 1\ncases: [{name: a, action: {tool: x}, expect: deny}]\n")
    text, document, no_number = batch(
        [["policy", "test", "--coverage", *more] for more in ([], ["--json"], ["--fail-under", "nan"])], folder
    )
    assert text.out.count(" fires: add a case") == 50
    assert "  … and 10 more: --coverage-json has all\n" in text.out
    assert len(document.json()["coverage"]["rules"]) == 60
    assert_refused(no_number)


def test_files_are_written(folder: Path) -> None:
    arguments = ["--junit", "out.xml", "--coverage-html", "out.html", "--coverage-json", "out.json"]
    ran = run("policy", "test", *arguments, cwd=folder)
    assert ran.code == 0
    assert ran.out.endswith("wrote out.xml\nwrote out.json\nwrote out.html\n")
    assert ElementTree.fromstring((folder / "out.xml").read_text()).attrib["tests"] == "2"
    assert json.loads((folder / "out.json").read_text())["shown"] == 4
    assert (folder / "out.html").read_text().startswith("<!doctype html>")
    assert_refused(run("policy", "test", "--junit", ".", cwd=folder))
    assert_refused(run("policy", "test", "--coverage-html", "axtary.yml/x", cwd=folder))


def test_a_policy_without_tests_says_what_to_write(folder: Path) -> None:
    (folder / "axtary.test.yml").unlink()
    ran = run("policy", "test", cwd=folder)
    assert_refused(ran)
    assert "`axtary.test.yml`" in ran.err
    text = ran.err.split("with `version: 1` and `")[1].rsplit("`", 1)[0]
    (folder / "axtary.test.yml").write_text(f"version: 1\n{text}\n")
    assert run("policy", "test", cwd=folder).code in (0, 1), "the help is itself a test file"


def test_files_about_another_policy(folder: Path) -> None:
    (folder / "other.yml").write_text(POLICY)
    (folder / "other.test.yml").write_text(SUITE.replace("version: 1", "version: 1\npolicy: other.yml", 1))
    found, named, alone, two = batch(
        [
            ["policy", "test", "axtary.yml"],
            ["policy", "test", "axtary.yml", "other.test.yml"],
            ["policy", "test", "other.test.yml"],
            ["policy", "test", "axtary.yml", "other.yml"],
        ],
        folder,
    )
    assert found.out.endswith("2 passed: axtary.yml on native\n1 test file beside it about another policy\n")
    assert_refused(named)
    assert "error[AX0906]" in named.err and "other.test.yml:2:9" in named.err
    assert alone.out.endswith("2 passed: other.yml on native\n")
    assert_refused(two)


def test_a_wrong_file_is_refused_with_every_mistake(folder: Path) -> None:
    (folder / "axtary.test.yml").write_text(SUITE.replace("action: read", "action: raed", 1).replace("deny,", "dney,"))
    ran = run("policy", "test", cwd=folder)
    assert_refused(ran)
    assert "error[AX0902]" in ran.err and "axtary.test.yml:6:13" in ran.err
    assert "error[AX0204]" in ran.err and "did you mean `deny`?" in ran.err
    found = run("policy", "test", "--json", cwd=folder)
    assert (found.code, [d["code"] for d in found.json()["diagnostics"]]) == (2, ["AX0902", "AX0204"])


def test_names_never_reach_the_terminal_raw(folder: Path) -> None:
    (folder / "axtary.test.yml").write_text(WRONG.replace("reads are allowed", r'"\e[31m\u202e evil"'))
    ran = run("policy", "test", "--coverage", cwd=folder)
    assert ran.code == 1
    assert_plain(ran.out)


# --- watch ----------------------------------------------------------------------------------------------------------


def wait_for(log: Path, text: str, times: int = 1) -> None:
    """Until the log holds the text so often; a minute at most."""
    for _ in range(600):
        if log.read_text().count(text) >= times:
            return
        time.sleep(0.1)
    pytest.fail(f"{text!r} never came:\n{log.read_text()}")


def test_watch_runs_again_at_each_change_and_ends_with_an_interrupt(folder: Path) -> None:
    policy, more, log = folder / "axtary.yml", folder / "more.yml", folder / "log"
    more.write_text("version: 1\n")
    policy.write_text(POLICY.replace("version: 1", "version: 1\ninclude: more.yml"))
    steps: list[tuple[str, Callable[[], object]]] = [
        ("changed axtary.test.yml", lambda: (folder / "axtary.test.yml").write_text(WRONG)),
        ("changed more.yml", lambda: more.write_text("version: 1\npolicies: 3\n")),
        ("changed more.yml", lambda: more.write_text("version: 1\n\n")),
        ("changed new.test.yml", lambda: (folder / "new.test.yml").write_text(SUITE)),
        ("changed axtary.yml", lambda: policy.write_text(POLICY)),
    ]
    with log.open("wb") as out:
        command = [*COMMAND, "policy", "test", "--watch"]
        child = subprocess.Popen(command, cwd=folder, stdout=out, stderr=out, env={**os.environ, "NO_COLOR": "1"})
    try:
        wait_for(log, "Ctrl-C ends")
        for number, (message, change) in enumerate(steps, 2):
            change()
            wait_for(log, "Ctrl-C ends", number)
            assert message in log.read_text()
    finally:
        child.send_signal(signal.SIGINT)
        code = child.wait(60)
    text = log.read_text()
    assert code == 130
    assert "Traceback" not in text
    assert text.startswith("ok   axtary.test.yml: 2 cases\n2 passed: axtary.yml on native\nwatching ")
    assert "watching axtary.test.yml, axtary.yml, more.yml; Ctrl-C ends\n" in text
    assert "error[AX0203]" in text
    assert [line for line in text.splitlines() if " passed" in line] == [
        "2 passed: axtary.yml on native",
        "1 failed, 1 passed: axtary.yml on native",
        "1 failed, 1 passed: axtary.yml on native",
        "1 failed, 3 passed: axtary.yml on native",
        "1 failed, 3 passed: axtary.yml on native",
    ]


# --- schema ---------------------------------------------------------------------------------------------------------


def test_schemas_are_listed_and_printed(tmp_path: Path) -> None:
    listed, names, printed, wrapped, unknown = batch(
        [["schema", *arguments] for arguments in ([], ["--json"], ["axtary"], ["test", "--json"], ["tset"])], tmp_path
    )
    assert [line.split()[0] for line in listed.out.splitlines()] == ["action", "axtary", "facts", "test"]
    assert [entry["name"] for entry in names.json()] == ["action", "axtary", "facts", "test"]
    assert json.loads(printed.out)["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert wrapped.json()["schema"]["title"] == "axtary test file"
    assert_refused(unknown)
    assert "did you mean `test`?" in unknown.err


# --- missing cases and mutants --------------------------------------------------------------------------------------


def test_missing_cases_are_written_once(folder: Path) -> None:
    ran = run("policy", "test", "--generate", "-o", "more.test.yml", cwd=folder)
    assert (ran.code, ran.err) == (0, "")
    assert "  wrote more.test.yml: " in ran.out
    text = (folder / "more.test.yml").read_text()
    assert "policy: axtary.yml\n" in text and "name: secrets are denied" not in text
    ran = run("policy", "test", "--engine", "all", "--fail-under", "100", cwd=folder)
    assert ran.code == 0, ran.out
    ran = run("policy", "test", "--generate", "-o", "again.test.yml", cwd=folder)
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "  no case is missing")
    assert not (folder / "again.test.yml").exists()


def test_without_a_test_file_all_cases_are_missing(folder: Path) -> None:
    (folder / "axtary.test.yml").unlink()
    first, again = (run("policy", "test", "--generate", "--engine", "all", cwd=folder) for _ in range(2))
    assert (first.code, first.err) == (0, "")
    assert first.out == again.out and first.out.startswith("# Written by")
    (folder / "all.test.yml").write_text(first.out)
    assert run("policy", "test", "--fail-under", "100", cwd=folder).code == 0
    ran = run("policy", "test", "--generate", cwd=folder)
    assert (ran.code, ran.out, ran.err) == (0, "", "no case is missing\n")


def test_an_existing_file_is_not_overwritten(folder: Path) -> None:
    ran = run("policy", "test", "--generate", "-o", "axtary.test.yml", cwd=folder)
    assert_refused(ran)
    assert "axtary.test.yml: file exists" in ran.err
    assert (folder / "axtary.test.yml").read_text() == SUITE


def test_the_file_names_its_policy_from_where_it_lies(folder: Path) -> None:
    (folder / "tests").mkdir()
    ran = run("policy", "test", "--generate", "-o", "tests/more.test.yml", cwd=folder)
    assert ran.code == 0
    assert "policy: ../axtary.yml\n" in (folder / "tests/more.test.yml").read_text()
    assert run("policy", "test", cwd=folder).out.splitlines()[1].startswith("ok   tests/more.test.yml: ")


def test_survivors_come_with_the_case_that_kills_them(folder: Path) -> None:
    ran = run("policy", "test", "--mutate", "--json", cwd=folder)
    found = ran.json()["mutation"]
    states = [each["state"] for each in found["mutants"]]
    assert ran.code == 0 and {"killed", "survived"} <= set(states)
    assert found["percent"] < 100 and found["killed"] == states.count("killed")
    survivor = next(each for each in found["mutants"] if each["state"] == "survived")
    assert survivor["case"]["expect"]["decision"] and survivor["line"] > 1 and survivor["killed_by"] is None
    killed = next(each for each in found["mutants"] if each["state"] == "killed")
    assert killed["killed_by"]["file"] == "axtary.test.yml" and killed["case"] is None
    text = run("policy", "test", "--mutate", cwd=folder).out
    assert f"  survived axtary.yml:{survivor['line']}:{survivor['column']} " in text
    assert f"{found['percent']:g} %: {found['killed']} of " in text


def test_the_mutation_score_is_a_gate(folder: Path) -> None:
    ran = run("policy", "test", "--mutation-fail-under", "100", cwd=folder)
    assert ran.code == 1 and "below the 100 % of --mutation-fail-under" in ran.out.splitlines()[-1]
    assert run("policy", "test", "--mutation-fail-under", "0", cwd=folder).code == 0
    ran = run("policy", "test", "--generate", "--mutate", "-o", "more.test.yml", cwd=folder)
    assert ran.code == 0 and ran.out.splitlines()[-1].startswith("  100 %: ")
    ran = run("policy", "test", "--mutation-fail-under", "100", cwd=folder)
    assert ran.code == 0, ran.out


def test_tests_that_fail_are_no_ground_for_more(folder: Path) -> None:
    (folder / "axtary.test.yml").write_text(WRONG)
    ran = run("policy", "test", "--mutate", "--generate", "-o", "more.test.yml", cwd=folder)
    assert ran.code == 1 and "mutants and missing cases need tests that pass" in ran.out
    assert not (folder / "more.test.yml").exists()


def test_obligations_can_be_expected(folder: Path) -> None:
    suite = """\
version: 1
cases:
  - name: writes need a lead
    action: {tool: fs.write}
    expect: {decision: step_up, obligations: {approvers: [{rule: writes, roles: [lead], quorum: 1}], ttl_seconds: null}}
"""
    (folder / "axtary.test.yml").write_text(suite)
    assert run("policy", "test", "--engine", "all", cwd=folder).code == 0
    (folder / "axtary.test.yml").write_text(suite.replace("quorum: 1", "quorum: 2"))
    ran = run("policy", "test", "--junit", "junit.xml", cwd=folder)
    assert ran.code == 1 and "  obligations: expected {" in ran.out
    (folder / "axtary.test.yml").write_text(suite.replace("ttl_seconds", "ttl"))
    assert_refused(run("policy", "test", cwd=folder))
    (folder / "axtary.test.yml").write_text(
        suite.replace("decision: step_up, ", "").split("obligations")[0] + "obligations: {}}\n"
    )
    assert_refused(run("policy", "test", cwd=folder))


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--generate", "-o", "more.yml"], "give a name that ends in `.test.yml`: `more.test.yml`"),
        (["-o", "more.test.yml"], "add `--generate`"),
        (["--generate", "--filter", "x"], "leave `--filter` out"),
        (["--generate", "--mutate"], "give a file: `-o more.test.yml`"),
        (["actions.jsonl"], "axtary policy simulate --action actions.jsonl"),
        (["cases.yml"], "rename it to `cases.test.yml`"),
    ],
)
def test_what_cannot_be_done_says_what_to_write(folder: Path, arguments: list[str], told: str) -> None:
    (folder / "actions.jsonl").write_text('{"version": 1, "tool": "fs.read"}\n')
    (folder / "cases.yml").write_text(SUITE)
    ran = run("policy", "test", *arguments, cwd=folder)
    assert_refused(ran)
    assert told in ran.err


def test_names_that_a_terminal_would_obey_are_escaped(folder: Path) -> None:
    (folder / "axtary.yml").write_text(
        "version: 1\npolicies:\n  - id: a\n    effect: allow\n    match: {tool: fs.read}\n"
        '    when: payload.x == "\\u001b[31m\\u202e"\n'
    )
    (folder / "axtary.test.yml").unlink()
    ran = run("policy", "test", "--generate", "--mutate", "-o", "more.test.yml", cwd=folder)
    assert ran.code == 0, ran.err
    assert_plain(ran.out)
    assert_plain((folder / "more.test.yml").read_text())
    (folder / "more.test.yml").unlink()
    (folder / "axtary.test.yml").write_text("version: 1\ncases: [{name: n, action: {tool: x}, expect: deny}]\n")
    assert_plain(run("policy", "test", "--mutate", cwd=folder).out)

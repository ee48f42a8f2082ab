"""`axtary policy ask`, and invariants in `axtary policy check`, as their users run them."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest
from tests.cli.command import POLICY, assert_plain, assert_refused, run

INVARIANTS = "invariants:\n  - {id: reads, never: {tool: fs.read, when: payload.secret == false}}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A policy in a folder of its own."""
    (tmp_path / "axtary.yml").write_text(POLICY)
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "policy.yml").write_text(POLICY)
    return tmp_path


def test_no_exits_0_with_the_proof(folder: Path) -> None:
    ran = run("policy", "ask", "can anyone call fs.write without approval", cwd=folder)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == ("no: can anyone call fs.write without approval\n   proved for 1 class of tools, with 1 rule\n")


def test_yes_exits_1_and_names_rules_with_their_places(folder: Path) -> None:
    ran = run("policy", "ask", "can anyone call fs.write", "--policy", "sub/policy.yml", cwd=folder)
    assert ran.code == 1
    assert "1. allow  fs.write is allowed by writes, once approved\n" in ran.out
    assert "   rule     writes  sub/policy.yml:6  step_up\n" in ran.out
    assert '   facts    {"approval": {"approvers": [{"id": "user:1", "roles": ["lead"]}]}}\n' in ran.out


@pytest.mark.parametrize(
    ("question", "expected", "code"),
    [("can anyone call fs.read", "yes", 0), ("can anyone call x", "yes", 1), ("can anyone call x", "no", 0)],
)
def test_the_expected_answer_exits_0(folder: Path, question: str, expected: str, code: int) -> None:
    assert run("policy", "ask", question, "--expect", expected, cwd=folder).code == code


@pytest.mark.parametrize("expected", ["yes", "no"])
def test_what_is_undecided_never_passes(folder: Path, expected: str) -> None:
    names = "abcdefgh"
    when = " and ".join(f"payload.{one} < payload.{two}" for one, two in pairwise(names))
    (folder / "axtary.yml").write_text(
        f"version: 1\npolicies:\n  - {{id: r, effect: allow, match: {{tool: t}}, when: {when} and payload.h < 1}}\n"
    )
    ran = run("policy", "ask", "can anyone call t", "--expect", expected, cwd=folder)
    assert ran.code == 1
    assert ran.out.startswith("undecided: can anyone call t\nundecided for t: more than 6 attributes")


def test_json_has_the_documented_members(folder: Path) -> None:
    arguments = ["--tool", "fs.read", "--decision", "allow,deny", "--decision", "step_up", "--all", "--json"]
    ran = run("policy", "ask", *arguments, cwd=folder)
    result = ran.json()
    assert result.keys() == {"question", "policy", "answer", "witnesses", "undecided"}
    assert result["question"] == "can anyone call fs.read and be allowed or stepped up or denied"
    assert (ran.code, result["answer"], result["undecided"]) == (1, "yes", [])
    allowed, denied = result["witnesses"]
    assert allowed == {
        "decision": "allow",
        "sentence": "fs.read is allowed by reads",
        "action": {"version": 1, "tool": "fs.read", "payload": {"secret": False}},
        "facts": {},
        "rules": [{"rule": "reads", "effect": "allow", "file": "axtary.yml", "line": 3}],
        "reasons": [{"code": "granted", "rule": "reads"}],
        "tools": ["fs.read"],
        "verified": ["native", "cedar", "rego"],
    }
    assert denied["reasons"] == [{"code": "rule_denies", "rule": "secrets"}]
    none = run("policy", "ask", "can anyone call fs.list", "--json", cwd=folder).json()
    assert none["proof"] == {"tool_classes": 1, "rules": 0, "fits": True}


def test_a_question_that_nothing_fits_says_so(folder: Path) -> None:
    ran = run("policy", "ask", "can anyone call t when payload.n > 2 and payload.n < 1", cwd=folder)
    assert ran.code == 0
    assert "no action fits the question, whatever the policy says" in ran.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "there is no question"),
        (["could x call t"], "--> question:1:1"),
        (["can x call t when payload.secret == 1"], "axtary.yml:13:"),
        (["--tool", "fs.{"], "--> --tool:1:4"),
        (["--decision", "alow"], "did you mean `allow`?"),
        (["can x call t", "--tool", "u"], "the question and `--tool` both say it"),
        (["can x call \udcff"], "U+DCFF is not allowed"),
        (["can x call \x1b[31m"], "U+001B is not allowed"),
        (["--policy", "none.yml", "can x call t"], "none.yml"),
        (["--tool", ""], "an empty pattern"),
    ],
)
def test_bad_input_is_refused(folder: Path, arguments: list[str], words: str) -> None:
    ran = run("policy", "ask", *arguments, cwd=folder)
    assert_refused(ran)
    assert words in ran.err


def test_bad_input_is_told_in_json(folder: Path) -> None:
    ran = run("policy", "ask", "can x cal t", "--json", cwd=folder)
    (found,) = ran.json()["diagnostics"]
    assert (ran.code, found["code"], found["column"]) == (2, "AX0001", 7)


def test_hostile_texts_do_not_command_the_terminal(folder: Path) -> None:
    (folder / "axtary.yml").write_text(
        'version: 1\npolicies:\n  - {id: r, effect: allow, match: {tool: "a\\e[31m\\u202e*"}}\n'
    )
    ran = run("policy", "ask", "can anyone call anything", cwd=folder)
    assert ran.code == 1
    assert_plain(ran.out)


# --- invariants -----------------------------------------------------------------------------------------------------


def test_check_proves_the_invariants(folder: Path) -> None:
    path = folder / "sub" / "policy.yml"
    path.write_text(POLICY + INVARIANTS.replace("secret == false", "secret == true"))
    assert run("policy", "check", "sub/policy.yml", cwd=folder).code == 0
    path.write_text(POLICY + INVARIANTS)
    ran = run("policy", "check", "sub/policy.yml", cwd=folder)
    assert_refused(ran)
    assert "error[AX1001]: the invariant `reads` does not hold: fs.read is allowed by reads\n" in ran.err
    assert "--> sub/policy.yml:15:10 (invariants[0].id)" in ran.err
    assert "--> sub/policy.yml:3:9" in ran.err


def test_a_broken_invariant_is_in_every_format(folder: Path) -> None:
    (folder / "axtary.yml").write_text(POLICY + INVARIANTS)
    for form in ("json", "sarif", "github", "junit"):
        ran = run("policy", "check", "--format", form, cwd=folder)
        assert ran.code == 2
        assert "AX1001" in ran.out
    found = json.loads(run("policy", "check", "--json", cwd=folder).out)
    assert found["policy_version"] is None


def test_other_commands_read_invariants_and_do_not_prove_them(folder: Path) -> None:
    (folder / "axtary.yml").write_text(POLICY + INVARIANTS)
    assert run("policy", "compile", "--target", "ir", cwd=folder).out == run(
        "policy", "compile", "sub/policy.yml", "--target", "ir", cwd=folder
    ).out.replace("policy.yml:", "axtary.yml:")
    assert run("policy", "diff", "axtary.yml", "sub/policy.yml", cwd=folder).code == 0
    action = b'{"version": 1, "tool": "fs.read", "payload": {"secret": false}}'
    assert run("policy", "simulate", cwd=folder, stdin=action).code == 0
    (folder / "axtary.yml").write_text(POLICY + INVARIANTS.replace("payload.secret", "payloads"))
    assert run("policy", "simulate", cwd=folder, stdin=action).code == 2


def test_fmt_lays_invariants_out(folder: Path) -> None:
    loose = "invariants:\n- never: {unapproved: 'true',tool: 'fs.read' , when: 'payload.secret==false'}\n  id: reads\n"
    (folder / "axtary.yml").write_text(loose + POLICY)
    assert run("policy", "fmt", cwd=folder).code == 0
    text = (folder / "axtary.yml").read_text()
    assert text.endswith(
        "\ninvariants:\n  - id: reads\n    never: {tool: fs.read, when: payload.secret == false, unapproved: true}\n"
    )
    assert run("policy", "fmt", "--check", cwd=folder).code == 0

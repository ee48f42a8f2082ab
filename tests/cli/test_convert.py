"""`axtary policy convert` as its users run it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.command import assert_plain, assert_refused, batch, run

SETTINGS = {"permissions": {"allow": ["Bash(npm test)", "Bash(npm run:*)"], "deny": ["Read(.env)"]}}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "settings.json").write_text(json.dumps(SETTINGS))
    return tmp_path


def test_nothing_is_written_if_something_cannot_be_kept(folder: Path) -> None:
    ran = run("policy", "convert", "settings.json", "-o", "axtary.yml", cwd=folder)
    assert_refused(ran)
    assert "error[AX1303]: `Bash(npm run:*)`: a pattern over a command grants" in ran.err
    assert "--> settings.json:1:46" in ran.err and "= help: allow the exact commands" in ran.err
    assert not (folder / "axtary.yml").exists()


def test_what_is_left_out_is_listed_and_the_rest_is_a_policy(folder: Path) -> None:
    ran = run("policy", "convert", "settings.json", "-o", "axtary.yml", "--partial", cwd=folder)
    assert (ran.code, ran.out) == (0, "ok wrote axtary.yml: 4 rules\n")
    assert "left out: settings.json:1:46: `Bash(npm run:*)`" in ran.err and "note: settings.json:1:" in ran.err
    assert run("policy", "check", "--strict", "--lint", cwd=folder).code == 0
    assert run("policy", "fmt", "--check", cwd=folder).code == 0
    again = run("policy", "convert", "settings.json", "-o", "axtary.yml", "--partial", cwd=folder)
    assert_refused(again)
    assert "axtary.yml" in again.err


def test_the_policy_goes_to_standard_output(folder: Path) -> None:
    first, second, told = batch(
        [
            ["policy", "convert", "settings.json", "--partial"],
            ["policy", "convert", "settings.json", "--partial", "--from", "claude-code"],
            ["policy", "convert", "settings.json", "--partial", "--json"],
        ],
        folder,
    )
    assert first.code == 0 and first.out.startswith("# Converted from Claude Code permission rules: settings.json\n")
    assert second.out == first.out
    found = told.json()
    assert found["policy"] == first.out and found["written"] is None and found["from"] == "claude-code"
    assert found["left_out"][0]["code"] == "AX1303" and found["left_out"][0]["line"] == 1
    assert {rule["id"] for rule in found["rules"]} == {
        "allow-bash-npm-test",
        "deny-read-.env",
        "default-read",
        "default-ask",
    }


def test_refusals_are_told_in_json(folder: Path) -> None:
    ran = run("policy", "convert", "settings.json", "--json", cwd=folder)
    assert ran.code == 2
    (error,) = ran.json()["errors"]
    assert {name: error[name] for name in ("code", "file", "line", "column")} == {
        "code": "AX1303",
        "file": "settings.json",
        "line": 1,
        "column": 46,
    }


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.txt", b"rules: []\n", "AX1301"),
        ("a.yml", b"x: 1\n", "AX1301"),
        ("a.rego", b"package a\n", "AX1305"),
        ("a.cedar", b"permit;", "AX1302"),
        ("a.json", b'{"permissions": {"deny": ["Read(\x1b[31m?)"]}}', "AX0802"),
        ("b.json", b'{"permissions": {"deny": ["Read(\\u001b[31m?)"]}}', "AX1304"),
        (
            "a.yaml",
            b"rules:\n"
            b"  - {name: a, action: deny, condition: {field: size, operator: eq, value: 5}}\n"
            b"  - {name: b, action: deny, condition: {field: size, operator: eq, value: large}}\n",
            "AX1306",
        ),
    ],
)
def test_refusals_have_their_codes(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    (tmp_path / name).write_bytes(content)
    plain, told = batch([["policy", "convert", name], ["policy", "convert", name, "--json"]], tmp_path)
    assert_refused(plain)
    assert f"error[{code}]: " in plain.err
    assert {error["code"] for error in told.json()["errors"]} == {code}


def test_a_terminal_obeys_nothing_of_a_source(tmp_path: Path) -> None:
    name = "\\u001b[31m\\u202e"
    condition = f'{{"field": "f", "operator": "eq", "value": "{name}"}}'
    text = f'{{"rules": [{{"name": "{name}", "action": "audit", "condition": {condition}}}]}}'
    (tmp_path / "a.yaml").write_text(text)
    ran = run("policy", "convert", "a.yaml", cwd=tmp_path)
    assert ran.code == 0, ran.err
    assert_plain(ran.out)
    assert_plain(ran.err)

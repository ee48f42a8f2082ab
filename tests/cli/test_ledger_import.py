"""`axtary ledger import`: decision logs of a real OPA's answers, and what is not whole."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from tests.cli.command import POLICY, run

from axtary.backends.rego.evaluators import EVALUATORS
from axtary.backends.rego.text import module_text
from axtary.compiler import compile_text


def asked(tool: str, facts: dict[str, Any] | None = None, **payload: Any) -> dict[str, Any]:
    known = {"version": 1, "tool": tool, "actor": {"agent": "agent:a"}, "payload": payload}
    return {"action": known, "facts": facts or {}}


APPROVED = {"approval": {"approvers": [{"id": "user:l", "roles": ["lead"]}]}}
INPUTS = [
    asked("fs.read", secret=False),
    asked("fs.read", secret=True),
    asked("fs.write"),
    asked("fs.write", APPROVED),
    asked("x\x1b[31m"),
]


def logged(number: int, question: dict[str, Any], result: Any) -> dict[str, Any]:
    known = {
        "decision_id": str(number),
        "labels": {"id": "opa"},
        "path": "axtary/decision",
        "timestamp": "2026-11-25T00:00:00Z",
    }
    return known | {"input": question, "result": result, "metrics": {"timer_rego_query_eval_ns": 7}}


@pytest.fixture(scope="module")
def entries() -> list[dict[str, Any]]:
    """What the preferred Rego engine here answers."""
    evaluator = next(each for each in EVALUATORS.values() if each.installed())(module_text(compile_text(POLICY)))
    return [logged(number, question, evaluator.evaluate(question)) for number, question in enumerate(INPUTS)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "axtary.yml").write_text(POLICY)
    return tmp_path


@pytest.mark.parametrize("form", ["lines", "array", "gzip"])
def test_logs_are_read_written_and_compared(folder: Path, entries: list[Any], form: str) -> None:
    lines = "".join(json.dumps(entry) + "\n" for entry in entries)
    data = json.dumps(entries) if form != "lines" else lines
    (folder / "log").write_bytes(gzip.compress(data.encode()) if form == "gzip" else data.encode())
    ran = run("ledger", "import", "log", "-o", "a.jsonl", "--policy", "axtary.yml", "--json", cwd=folder)
    assert ran.code == 0
    assert ran.json() == {
        "decisions": 5,
        "erased": 0,
        "other": 0,
        "compared": 5,
        "differences": [],
        "written": "a.jsonl",
        "policy_versions": [compile_text(POLICY).policy_version],
    }
    written = [json.loads(line) for line in (folder / "a.jsonl").read_text().splitlines()]
    assert written == [question["action"] for question in INPUTS]
    assert run("policy", "simulate", "--summary", "--action", "a.jsonl", cwd=folder).out.startswith("5 actions")


def test_another_policy_is_seen_to_differ(folder: Path, entries: list[Any]) -> None:
    (folder / "axtary.yml").write_text(
        POLICY.replace("effect: step_up", "effect: deny").replace("    obligations: {approvers: [lead]}\n", "")
    )
    (folder / "log").write_text(json.dumps(entries))
    ran = run("ledger", "import", "log", "--policy", "axtary.yml", cwd=folder)
    assert ran.code == 1
    assert ran.out.splitlines()[2:] == [
        "5 compared, 2 differ",
        "  log, entry 3: fs.write  step_up in the log, deny by the policy",
        "  log, entry 4: fs.write  allow in the log, deny by the policy",
    ]


def test_what_is_not_whole_is_counted_and_left_out(folder: Path, entries: list[Any]) -> None:
    erased = entries[0] | {"erased": ["/input/action/payload/secret"]}
    masked = entries[0] | {"masked": ["/input"]}
    other = entries[0] | {"input": {"method": "GET"}}
    result_erased = entries[1] | {"erased": ["/result"], "result": None}
    (folder / "log").write_text(json.dumps([erased, masked, other, result_erased, entries[2]]))
    shown = run("ledger", "import", "log", "--policy", "axtary.yml", "--json", cwd=folder).json()
    assert (shown["decisions"], shown["erased"], shown["other"], shown["compared"]) == (2, 2, 1, 1)
    text = run("ledger", "import", "log", cwd=folder).out
    assert "2 left out: their input was erased or masked\n1 left out: not about a policy of axtary\n" in text


STRANGE = ("decision", "fired", "reasons", "policy_version")  # members that can be anything in a log


@pytest.mark.parametrize("payloads", [False, True])
def test_a_ledger_takes_them_and_never_as_decisions_of_ours(folder: Path, entries: list[Any], payloads: bool) -> None:
    masked = entries[1] | {"result": None}
    strange = entries[0] | {"decision_id": 7, "result": {**entries[0]["result"], **dict.fromkeys(STRANGE, 5)}}
    (folder / "log").write_text(json.dumps([*entries, masked, strange]))
    flag = ["--payloads"] if payloads else []
    ran = run("ledger", "import", "log", "--into", "l.db", *flag, "--json", cwd=folder)
    assert (ran.code, ran.json()["appended"]) == (0, {"first": 0, "last": 6})
    lines = run("ledger", "tail", "--ledger", "l.db", "--json", cwd=folder).out.splitlines()
    found = [json.loads(line) for line in lines]
    assert {each["kind"] for each in found} == {"imported"} and all("decision" not in each for each in found)
    assert [each.get("answer") for each in found] == ["allow", "deny", "step_up", "allow", "deny", None, None]
    assert found[0]["system"] == "opa" and found[0]["source"] == "log, entry 1" and found[2]["source_id"] == "2"
    assert found[0]["source_time"] == "2026-11-25T00:00:00Z" and found[0]["rules"] == ["reads"]
    assert found[0]["policy_version"] == compile_text(POLICY).policy_version and "policy_version" not in found[5]
    assert (found[1]["payload"] == {"secret": "[removed]"}) if payloads else ("payload" not in found[1])
    assert run("ledger", "verify", "--ledger", "l.db", cwd=folder).code == 0
    chosen = run("ledger", "export", "-o", "d.jsonl", "--ledger", "l.db", "--decision", "allow", cwd=folder)
    assert chosen.out.startswith("0 of the first 7 records")
    replayed = run("policy", "simulate", "--ledger", "l.db", cwd=folder)
    assert replayed.code == 2 and "has no decisions" in replayed.err


def test_a_ledger_that_cannot_be_written_is_said(folder: Path, entries: list[Any]) -> None:
    (folder / "log").write_text(json.dumps(entries))
    (folder / "text.db").write_text("no database" * 99)
    ran = run("ledger", "import", "log", "--into", "text.db", cwd=folder)
    assert ran.code == 2 and "0 of 5 are appended" in ran.err and "Traceback" not in ran.err
    assert run("ledger", "import", "log", "--payloads", cwd=folder).code == 2


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "no decision of an axtary policy"),
        (b"[1]", "AX0813"),
        (b"{", "AX0802"),
        (b'{"input": {"action": {"tool": "t", "tool": "u"}}}', "AX0803"),
        (b'{"input": {"action": {"tool": 1}}}', "AX0813"),
        (b'{"input": {"action": {"version": 1, "tool": "t"}, "facts": 1}}', "AX0813"),
        (b"\x1f\x8b\x08\x00nothing", "AX0802"),
        (gzip.compress(b"[]", mtime=0)[:-9], "AX0802"),
        (b'{"input": {}}', "no decision of an axtary policy"),
    ],
)
def test_what_is_no_log_is_refused_and_nothing_is_written(folder: Path, data: bytes, says: str) -> None:
    (folder / "log").write_bytes(data)
    ran = run("ledger", "import", "log", "-o", "a.jsonl", cwd=folder)
    assert (ran.code, ran.out) == (2, "")
    assert says in ran.err
    assert not (folder / "a.jsonl").exists()


def test_no_control_character_reaches_the_terminal(folder: Path, entries: list[Any]) -> None:
    (folder / "axtary.yml").write_text("version: 1\npolicies: [{id: all, effect: allow, match: {tool: '*'}}]\n")
    (folder / "log").write_text(json.dumps(entries))
    assert "\x1b" not in run("ledger", "import", "log", "--policy", "axtary.yml", cwd=folder).out

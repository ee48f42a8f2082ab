"""`policy simulate --ledger` and `policy prove --ledger`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.cli.command import POLICY, assert_plain, assert_refused, batch, run

from axtary.compiler import compile_text
from axtary.ledger import entry, of, open_ledger
from axtary.runtime.engine import Engine
from axtary.runtime.state import StateError

HARMLESS = {"secret": False}
HASH = "sha256:" + "5a" * 32


def no_store() -> Any:
    raise StateError("no state is needed")


def call(tool: str, payload: dict[str, Any] | None = None) -> dict[str, Any]:
    action = {"version": 1, "tool": tool, "actor": {"agent": "agent:a"}}
    return action | ({"payload": payload} if payload is not None else {})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A ledger: 0 and 1 with payloads, 2 and 3 the same without, 4 held, 5 approved, 6 of no rule, 7 no decision."""
    engine = Engine(compile_text(POLICY), no_store)
    approval = {"approvers": [{"id": "user:l", "roles": ["lead"]}]}
    with open_ledger(tmp_path / "ledger.db", durability="normal", origin="example.com/l") as ledger:
        for payloads in (True, False):
            for secret in (False, True):
                decision = engine.decide(call("fs.read", {"flag": 1, "confidential": secret} | HARMLESS))
                ledger.append(of.decision(decision, payloads=payloads))
        for given in (None, approval):
            ledger.append(of.decision(engine.decide(call("fs.write", {"x": 1}), given)))
        ledger.append(of.decision(engine.decide(call("\x1b[31m", {"x": 1}))))
        ledger.append(entry("outcome", {"outcome": "failed", "action_hash": HASH}))
    (tmp_path / "axtary.yml").write_text(POLICY)
    (tmp_path / "new.yml").write_text(
        POLICY.replace("payload.secret == true", "payload.confidential == true").replace("[lead]", "[manager]")
    )
    return tmp_path


def test_nothing_changes_and_what_is_not_known_is_counted(folder: Path) -> None:
    ran = run("policy", "simulate", "--ledger", "ledger.db", "--json", cwd=folder)
    assert ran.code == 0
    found = ran.json()
    assert [found[name] for name in ("decisions", "unchanged", "changed", "indeterminate")] == [7, 3, 0, 4]
    assert (found["other_records"], found["imported"], found["origin"]) == (1, 0, "example.com/l")
    # Payloads that have a member `secret` count as not kept, also where they were asked for.
    assert found["missing"] == [{"from": "allow", "missing": ["payload.secret"], "count": 4, "examples": [0, 1, 2, 3]}]


def test_what_changes_is_told_by_rule(folder: Path) -> None:
    ran = run("policy", "simulate", "--ledger", "ledger.db", "--policy", "new.yml", cwd=folder)
    assert ran.code == 1
    assert_plain(ran.out)
    assert ran.out.splitlines() == [
        "7 decisions of example.com/l by new.yml: 2 unchanged, 1 changed, 4 indeterminate",
        "kept whole: 0",
        "changed",
        "  1  allow -> step_up: was granted writes, now approval_required writes (record 5)",
        "by rule",
        "  writes: 1 allow -> step_up",
        "indeterminate",
        "  4 allow: not recorded: payload.confidential (record 0, 1, 2, 3)",
    ]


def test_an_export_is_read_too(folder: Path) -> None:
    assert run("ledger", "export", "-o", "e.jsonl", "--ledger", "ledger.db", "--tool", "fs.write", cwd=folder).code == 0
    ran = run("policy", "simulate", "new.yml", "--ledger", "e.jsonl", "--json", cwd=folder)
    assert (ran.code, ran.json()["decisions"], ran.json()["changed"]) == (1, 2, 1)
    (folder / "e.jsonl").write_text((folder / "e.jsonl").read_text() + "{}\n")
    assert_refused(run("policy", "simulate", "new.yml", "--ledger", "e.jsonl", cwd=folder))


def test_prove_takes_what_is_known_whole(folder: Path) -> None:
    with open_ledger(folder / "ledger.db", durability="normal") as ledger:
        engine = Engine(compile_text(POLICY), no_store)
        ledger.append(of.decision(engine.decide(call("fs.read", {"flag": 2})), payloads=True))
    ran = run("policy", "prove", "--ledger", "ledger.db", "--cases", "5", "--json", cwd=folder)
    assert ran.code == 0
    assert ran.json()["ledger"] == {"decisions": 8, "withheld": 7}
    assert ran.json()["cases"]["recorded"] == 1
    text = run("policy", "prove", "--ledger", "ledger.db", "--cases", "5", cwd=folder).out
    assert "7 of 8 decisions left out: the ledger does not have all that they were decided with\n" in text


def test_inputs_that_are_refused(folder: Path) -> None:
    (folder / "text.db").write_text("no database" * 99)
    (folder / "none.jsonl").write_text("{}\n")
    simulate = ["policy", "simulate"]
    calls = [
        [*simulate, "--ledger", "missing.db"],
        [*simulate, "--ledger", "text.db"],
        [*simulate, "--ledger", "none.jsonl"],
        [*simulate, "--ledger", "."],
        [*simulate, "--policy", "new.yml"],
        [*simulate, "new.yml", "--policy", "axtary.yml", "--ledger", "ledger.db"],
        [*simulate, "--ledger", "ledger.db", "--facts", "new.yml"],
        [*simulate, "--ledger", "ledger.db", "--engine", "rego"],
        [*simulate, "--ledger", "ledger.db", "--summary"],
        [*simulate, "--ledger", "postgresql://u:hunter2@localhost:1/x"],
        ["policy", "prove", "--ledger", "missing.db"],
    ]
    for ran in batch(calls, folder):
        assert_refused(ran)
        assert "hunter2" not in ran.err

"""What people do by command is in the ledger too, if there is one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from tests.cli.command import run

from axtary.ledger import open_ledger, open_rows
from axtary.ledger.record import read
from axtary.passes.keystore import KeyStore
from axtary.pipeline import open_pipeline

POLICY = """\
version: 1
policies:
  - id: pays
    effect: allow
    match: {tool: pay}
    obligations:
      budget: {limit: "10", unit: USD, per: actor, window: 1d, cost: 1}
  - {id: wires, effect: step_up, match: {tool: wire}}
"""
PASS = "ap_" + "0" * 32


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "axtary.yml").write_text(POLICY)
    KeyStore(tmp_path / ".axtary" / "keys").init()
    return tmp_path


def recorded(folder: Path) -> list[Any]:
    rows = open_rows(folder / ".axtary" / "ledger.db")
    try:
        return [read(row.body).content for row in rows.records(0, 100)]
    finally:
        rows.close()


def test_a_revocation_is_recorded(folder: Path) -> None:
    open_ledger(folder / ".axtary" / "ledger.db").close()
    assert run("pass", "revoke", PASS, cwd=folder).code == 0
    (found,) = recorded(folder)
    assert (found["kind"], found["what"], found["revoked"]) == ("revocation", "pass", PASS)


def test_a_release_is_recorded(folder: Path) -> None:
    with open_pipeline(folder / "axtary.yml", {}) as pipeline:
        held = pipeline.begin({"version": 1, "tool": "pay", "actor": {"agent": "agent:a"}}).decision
        assert held is not None
    assert run("budget", "release", str(held.reservation), cwd=folder).code == 0
    last = recorded(folder)[-1]
    assert (last["kind"], last["event"], last["reservation"]) == ("budget", "released", held.reservation)


def test_a_request_that_is_cancelled_is_recorded(folder: Path) -> None:
    with open_pipeline(folder / "axtary.yml", {}) as pipeline:
        held = pipeline.begin({"version": 1, "tool": "wire", "actor": {"agent": "agent:a"}})
        assert held.request is not None and held.decision is not None
    assert run("approvals", "cancel", held.request, cwd=folder).code == 0
    last = recorded(folder)[-1]
    assert (last["kind"], last["what"], last["revoked"]) == ("revocation", "request", held.request)
    assert (last["action_hash"], last["agent"]) == (held.decision.action_hash, "agent:a")
    assert run("approvals", "cancel", held.request, cwd=folder).code == 1
    assert len(recorded(folder)) == 2


def test_a_request_is_cancelled_also_if_that_cannot_be_recorded(folder: Path) -> None:
    with open_pipeline(folder / "axtary.yml", {}) as pipeline:
        held = pipeline.begin({"version": 1, "tool": "wire", "actor": {"agent": "agent:a"}})
    (folder / ".axtary" / "ledger.db").write_bytes(os.urandom(4096))
    ran = run("approvals", "cancel", str(held.request), cwd=folder)
    assert ran.code == 1 and "it is done, and not recorded" in ran.err
    assert run("approvals", "list", "--all", "--json", cwd=folder).json()[0]["status"] == "cancelled"


def test_a_ledger_is_no_file_of_actions(folder: Path) -> None:
    open_ledger(folder / ".axtary" / "ledger.db").close()
    for command in (["diff", "axtary.yml", "axtary.yml", "--replay"], ["simulate", "--action"]):
        ran = run("policy", *command, ".axtary/ledger.db", cwd=folder)
        assert ran.code == 2 and "is a database, and has no actions" in ran.err and "--ledger FILE" in ran.err, ran


def test_no_ledger_is_made(folder: Path) -> None:
    assert run("pass", "revoke", PASS, cwd=folder).code == 0
    assert not (folder / ".axtary" / "ledger.db").exists()


def test_a_ledger_that_cannot_be_written_is_told_and_the_pass_is_revoked(folder: Path) -> None:
    (folder / ".axtary" / "ledger.db").write_bytes(os.urandom(4096))
    ran = run("pass", "revoke", PASS, cwd=folder)
    assert ran.code == 1
    assert "not recorded in the ledger" in ran.err
    assert f"revoked {PASS}" in ran.out

"""`axtary approvals`: the queue on the command line."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.cli.command import COMMAND, Ran, assert_plain, batch

from axtary.approvals.queue import Queue
from axtary.ledger import open_rows
from axtary.ledger.record import read
from axtary.passes.keys import PrivateKey, generate
from axtary.runtime.engine import Engine
from axtary.runtime.state import open_database

ANA, BEN, SERVICE = generate(), generate("Ed25519"), generate()
POLICY = f"""\
version: 1
policies:
  - id: writes-need-two
    description: Nobody writes alone.
    effect: step_up
    match: {{tool: fs.write}}
    obligations: {{approvers: {{roles: [security], quorum: 2}}}}
approvers:
  service: {{id: "service:ok", key: {SERVICE.kid}}}
  people:
    - {{id: "user:ana", roles: [security], key: {ANA.kid}}}
    - {{id: "user:ben", roles: [security], key: {BEN.kid}}}
    - {{id: "user:cy", roles: [security]}}
"""
ACTION = {
    "version": 1,
    "tool": "fs.write",
    "actor": {"agent": "agent:codex-1", "owner": "user:cy"},
    "paths": ["a.txt"],
    "payload": {"content": "one\n\x1b[2Jtwo\n", "note": "\u202eevil"},
}


def written_key(folder: Path, name: str, key: PrivateKey) -> None:
    path = folder / f"{name}.jwk"
    path.write_text(json.dumps(key.secret()))
    path.chmod(0o600)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "axtary.yml").write_text(POLICY)
    (tmp_path / "a.txt").write_text("one\n")
    for name, key in {"ana": ANA, "ben": BEN, "service": SERVICE}.items():
        written_key(tmp_path, name, key)
    return tmp_path


def ask(folder: Path, **other: Any) -> str:
    """What a runtime does with a step_up."""
    database = open_database(folder / ".axtary" / "state.db")
    try:
        return Queue(database).ask(Engine.open(folder / "axtary.yml", {}).decide({**ACTION, **other})).id
    finally:
        database.close()


def one(folder: Path, *arguments: str) -> Ran:
    (found,) = batch([["approvals", *arguments]], folder)
    assert not found.crash, found.crash
    return found


def answer(verb: str, name: str, who: str, key: str, *more: str) -> list[str]:
    return ["approvals", verb, name, "--as", f"user:{who}", "--key", f"{key}.jwk", "--yes", *more]


def test_two_people_approve_and_all_of_it_is_seen(folder: Path) -> None:
    name = ask(folder)
    listed, shown, first, second, after = batch(
        [
            ["approvals", "list"],
            ["approvals", "show", name],
            answer("approve", name, "ana", "ana", "--reason", "fine by me"),
            answer("approve", name, "ben", "service"),
            ["approvals", "show", name, "--json"],
        ],
        folder,
    )
    assert listed.out.split("\n")[1].split()[:4] == [name, "pending", "fs.write", "agent:codex-1"]
    for text in (
        '"content": "one\\n\\u001b[2Jtwo\\n"',
        '"note": "\\u202eevil"',
        "a.txt (the file as it is now)\n",
        "  +\\u001b[2Jtwo\n",
        "held by writes-need-two (axtary.yml:3): it needs the approval of 2 of security\n",
        "  Nobody writes alone.\n",
        f"{name}  pending, asked 20",
    ):
        assert text in shown.out, shown.out
        assert text in first.err, first.err
    assert_plain(shown.out)
    assert "user:ana (security) approves fs.write, exactly as it stands above, for 10m\n" in first.err
    assert first.out == f"{name} is pending; the rule writes-need-two needs the approval of 2 of security\n"
    assert "user:ana approved, good until" in second.err and ": fine by me\n" in second.err
    assert second.out == f"{name} is approved\n"
    told = after.json()
    assert (told["status"], [each["approver"] for each in told["answers"]]) == ("approved", ["user:ana", "user:ben"])
    rows = open_rows(folder / ".axtary" / "ledger.db")
    records = [read(row.body).content for row in rows.records(0, 10)]
    rows.close()
    assert [(each["kind"], each["approver"]) for each in records] == [
        ("approval", "user:ana"),
        ("approval", "user:ben"),
    ]


def test_a_no_ends_it_and_what_comes_later_is_refused(folder: Path) -> None:
    name = ask(folder)
    no, late, cancel, listed, every = batch(
        [
            answer("deny", name, "ana", "ana", "--json", "--reason", "not today"),
            answer("approve", name, "ben", "ben"),
            ["approvals", "cancel", name, "--json"],
            ["approvals", "list"],
            ["approvals", "list", "--all", "--json"],
        ],
        folder,
    )
    assert (no.code, no.json()["status"], no.json()["answers"][0]["reason"]) == (0, "denied", "not today")
    assert (late.code, late.err) == (
        1,
        "refused[request_over]: the request has ended, so no answer is taken: it is denied\n",
    )
    assert (cancel.code, cancel.json()["refused"]["code"]) == (1, "request_over")
    assert listed.out == "nothing waits for approval\n"
    assert [each["status"] for each in every.json()] == ["denied"]


def test_who_may_not_approve_is_refused_before_anybody_is_asked(folder: Path) -> None:
    name = ask(folder)
    own, other_key, unknown = batch(
        [
            answer("approve", name, "cy", "service"),
            answer("approve", name, "ana", "ben"),
            answer("approve", "req_x", "ana", "ana"),
        ],
        folder,
    )
    assert (own.code, own.err) == (
        1,
        "refused[self_approval]: nobody approves what is their own: the approver is the owner\n",
    )
    assert other_key.code == 1 and "unknown_approver" in other_key.err
    assert (unknown.code, unknown.err) == (
        2,
        "error: no request has this id\n  = help: list them with `axtary approvals list`\n",
    )
    assert not (folder / ".axtary" / "ledger.db").exists()


def test_a_changed_policy_makes_it_stale(folder: Path) -> None:
    name = ask(folder)
    (folder / "axtary.yml").write_text(POLICY.replace("quorum: 2", "quorum: 1"))
    shown, refused, cancelled = batch(
        [["approvals", "show", name], answer("approve", name, "ana", "ana"), ["approvals", "cancel", name]], folder
    )
    assert "the policy has changed since it was asked" in shown.out and f"{name}  stale" in shown.out
    assert refused.code == 1 and "request_stale" in refused.err
    assert (cancelled.code, cancelled.out) == (0, f"{name} is cancelled\n")


def test_nothing_is_made_by_looking(folder: Path) -> None:
    found = one(folder, "list")
    assert (found.code, "no state is there" in found.err) == (2, True)
    assert not (folder / ".axtary").exists()


@pytest.mark.parametrize(("typed", "code"), [("yes\n", 0), ("no\n", 1), ("\n", 1)])
def test_at_a_terminal_it_is_asked(folder: Path, typed: str, code: int) -> None:
    name = ask(folder)
    master, terminal = pty.openpty()
    os.write(master, typed.encode())
    command = [*COMMAND, *(each for each in answer("approve", name, "ana", "ana") if each != "--yes")]
    done = subprocess.run(command, cwd=folder, stdin=terminal, capture_output=True, timeout=60, check=False)
    os.close(master)
    os.close(terminal)
    assert done.returncode == code, done.stderr
    assert b"Sign? Type `yes`: " in done.stderr
    answers = one(folder, "show", name, "--json").json()["answers"]
    assert len(answers) == (1 if code == 0 else 0)


def test_where_nobody_can_be_asked_nothing_is_signed(folder: Path) -> None:
    name = ask(folder)
    (found,) = batch([[each for each in answer("approve", name, "ana", "ana") if each != "--yes"]], folder)
    assert (found.code, "nobody can be asked" in found.err) == (2, True)

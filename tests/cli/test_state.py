"""`axtary budget`, `axtary rate`, and `simulate --state`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.cli.command import run

from axtary.runtime.engine import Engine

POLICY = """\
version: 1
policies:
  - id: spending
    effect: allow
    match: {tool: pay}
    obligations:
      rate: 3 per 90m per actor
      budget: {limit: "50.00", unit: USD, per: task, window: 1d, cost: payload.amount}
"""
ACTION = {"version": 1, "tool": "pay", "actor": {"agent": "agent:a"}, "intent": {"task": "\x1b[31mT"}}


def asked(amount: float) -> dict[str, Any]:
    return {**ACTION, "payload": {"amount": amount}}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "axtary.yml").write_text(POLICY)
    return tmp_path


@pytest.fixture
def held(folder: Path) -> str:
    """A reservation of 20 of 50, with 5.5 spent and an attempt denied."""
    engine = Engine.open(folder / "axtary.yml", {})
    spent, kept = engine.decide(asked(5)), engine.decide(asked(20))
    engine.commit(spent, {"spending": "5.5"})
    assert engine.decide(asked(30)).decision == "deny"
    assert kept.reservation is not None
    return kept.reservation


def test_lists_show_what_is_spent_held_left_and_denied(folder: Path, held: str) -> None:
    (budget,) = run("budget", "list", "--json", cwd=folder).json()
    assert budget.pop("denied_at").endswith("Z")
    assert budget == {
        "rule": "spending",
        "per": "task",
        "subject": "\x1b[31mT",
        "unit": "USD",
        "window_seconds": 86400,
        "limit": "50",
        "spent": "5.5",
        "reserved": "20",
        "left": "24.5",
        "overrun": "0.5",
        "denied": 1,
    }
    (rate,) = run("rate", "list", "--json", cwd=folder).json()
    assert rate == {
        "rule": "spending",
        "per": "actor",
        "subject": "agent:a",
        "window_seconds": 5400,
        "limit": 3,
        "calls": 2,
        "left": 1,
        "denied": 0,
        "denied_at": None,
    }
    table = run("budget", "list", cwd=folder).out.splitlines()
    assert table[1].split() == ["spending", "task", "\\u{1b}[31mT", "USD", "50", "5.5", "20", "24.5", "1d", "1"]
    assert run("rate", "list", cwd=folder).out.splitlines()[1].split()[2:] == ["agent:a", "3", "2", "1", "1h30m", "0"]


@pytest.mark.parametrize("by", ["rule", "reservation"])
def test_show_has_the_reservations_that_are_open(folder: Path, held: str, by: str) -> None:
    name = held if by == "reservation" else "spending"
    shown = run("budget", "show", name, "--json", cwd=folder).json()
    (reservation,) = shown["reservations"]
    assert reservation["reservation"] == held
    assert reservation["amounts"] == [
        {"rule": "spending", "per": "task", "subject": "\x1b[31mT", "amount": "20", "unit": "USD"}
    ]
    assert (reservation["agent"], reservation["tool"], reservation["expired"]) == ("agent:a", "pay", False)
    text = run("budget", "show", name, cwd=folder).out
    assert held in text
    assert "\x1b" not in text


def test_release_gives_back_once(folder: Path, held: str) -> None:
    ran = run("budget", "release", held, "--json", cwd=folder)
    assert (ran.code, ran.json()) == (0, {"released": [held], "failed": []})
    (budget,) = run("budget", "list", "--json", cwd=folder).json()
    assert (budget["reserved"], budget["left"]) == ("0", "44.5")
    again = run("budget", "release", held, "rsv_none", cwd=folder)
    assert (again.code, again.out) == (1, "")
    assert again.err.splitlines() == [
        f"error: the reservation '{held}' is rolled back already",
        "error: there is no reservation 'rsv_none'",
    ]


def test_release_of_what_expired(folder: Path) -> None:
    engine = Engine.open(folder / "axtary.yml", {})
    engine._hold = -1  # expired from the beginning
    gone = engine.decide(asked(20)).reservation
    engine._hold = 600
    engine.decide(asked(10))
    assert run("budget", "release", "--expired", "--json", cwd=folder).json() == {"released": [gone], "failed": []}
    assert len(engine.store().open()) == 1


def test_simulate_takes_the_facts_from_the_state(folder: Path, held: str) -> None:
    (folder / "three.jsonl").write_text("".join(json.dumps(asked(n)) + "\n" for n in (24.5, 24.6, 60)))
    ran = run("policy", "simulate", "--state", "--action", "three.jsonl", "--json", cwd=folder)
    assert ran.code == 1
    assert [each["reasons"][0]["code"] for each in ran.json()] == ["granted", "budget_exhausted", "budget"]
    assert [each["decision"] for each in ran.json()] == ["allow", "deny", "deny"]
    (folder / "facts.json").write_text('{"usage": {"spending": 3}}')
    ran = run("policy", "simulate", "--state", "--facts", "facts.json", "--action", "three.jsonl", "--json", cwd=folder)
    assert {each["reasons"][-1]["code"] for each in ran.json()} == {"rate"}
    (rate,) = run("rate", "list", "--json", cwd=folder).json()
    assert rate["calls"] == 2  # nothing was counted


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["budget", "list"], "no state is there"),
        (["rate", "list", "--state", "none.db"], "none.db: no state is there"),
        (["budget", "list", "--state", "axtary.yml"], "file is not a database"),
        (["budget", "list", "--policy", "none.yml"], "none.yml"),
        (["budget", "list", "--state", "postgresql://u:hush@localhost:1/d"], "PostgreSQL: cannot be reached"),
        (["budget", "release"], "nothing says what to release"),
        (["budget", "release", "rsv_1", "--expired"], "nothing says what to release"),
        (["policy", "simulate", "--state", "--action", "a.json"], "no state is there"),
        (["policy", "simulate", "--state", "--summary", "--action", "a.json"], "the same facts for all actions"),
    ],
)
def test_bad_input_is_named(folder: Path, args: list[str], says: str) -> None:
    (folder / "a.json").write_text(json.dumps(asked(1)))
    ran = run(*args, cwd=folder)
    assert (ran.code, ran.out) == (2, "")
    assert says in ran.err
    assert "hush" not in ran.err
    assert not (folder / ".axtary").exists()
    assert run(*args, "--json", cwd=folder).json()["errors"]


def test_an_unknown_name_is_an_error(folder: Path, held: str) -> None:
    ran = run("budget", "show", "spendings", cwd=folder)
    assert ran.code == 2
    assert ran.err.startswith("error: no budget and no open reservation is called `spendings`\n  = help: list them")

"""Law: a replay decides every action as a single decision does, and counts the rules that fire."""

from __future__ import annotations

import importlib.util
from collections import Counter
from random import Random
from typing import Any

import pytest
from tests import generate, large_policies

from axtary.backends import native
from axtary.backends.native import plans, table
from axtary.compiler import compile_text
from axtary.compiler.ir import Policy
from axtary.runtime import replay
from axtary.runtime.replay import Recorded

HAS_NUMPY = importlib.util.find_spec("numpy") is not None


def one_by_one(policy: Policy, actions: list[Any], facts: Any) -> tuple[list[str], Counter[str]]:
    engine, fired = native.compile(policy), Counter[str]()
    verdicts = [engine.decide(action, facts) for action in actions]
    for verdict in verdicts:
        fired.update(verdict.fired)
    return [verdict.decision for verdict in verdicts], fired


def check(policy: Policy, cases: list[Any]) -> Counter[str]:
    actions = [action for action, _ in cases]
    recorded = Recorded(actions)
    seen = Counter[str]()
    given: list[dict[str, Any]] = [{}, cases[0][1], cases[-1][1]]
    for facts in given:
        decisions, fired = one_by_one(policy, actions, facts)
        found = replay.replay(native.compile(policy), recorded, facts)
        assert list(found.decisions) == decisions
        assert found.fired == fired
        seen.update(decisions)
    return seen


@pytest.mark.parametrize("seed", range(7000, 7020))
def test_small_policies(seed: int) -> None:
    policy = generate.compile_draft(generate.draft(seed))
    check(policy, list(generate.cases(Random(seed), policy, 50)))


@pytest.mark.parametrize("divided", [False, True])
def test_large_policies(divided: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if divided:
        monkeypatch.setattr(table, "_LARGE", 4)
        monkeypatch.setattr(plans, "_FEW", 4)
    seen = Counter[str]()
    for seed, size in ((4, 200), (5, 12), (6, 25)):
        policy = large_policies.large_policy(seed, size)
        seen += check(policy, list(large_policies.cases(Random(seed), policy, 100)))
    assert len(seen) == 3


def test_no_actions_at_all() -> None:
    policy = large_policies.large_policy(1, 20)
    assert replay.replay(native.compile(policy), Recorded([])) == replay.Replayed([], Counter())


RULES = """
version: 1
policies:
  - {id: a, effect: allow, match: {tool: "t*"}}
  - {id: d, effect: deny, match: {tool: t}, when: payload.n > 3}
"""


def test_progress_ends_with_all_of_the_work() -> None:
    seen: list[tuple[int, int]] = []
    actions = [{"tool": tool, "payload": {"n": n}} for tool in ("t", "tt", "x") for n in range(6)]
    found = replay.replay(native.compile(compile_text(RULES)), Recorded(actions), {}, lambda *at: seen.append(at))
    assert Counter(found.decisions) == {"allow": 10, "deny": 8}
    assert found.fired == {"a": 12, "d": 2}
    assert seen[-1][0] == seen[-1][1] > 0


def test_without_numpy_actions_are_decided_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    policy = large_policies.large_policy(2, 60)
    actions = [action for action, _ in large_policies.cases(Random(1), policy, 40)]
    expected = replay.replay(native.compile(policy), Recorded(actions))
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    plain = Recorded(actions)
    assert plain.columns() is None
    assert replay.replay(native.compile(policy), plain) == expected


@pytest.mark.skipif(not HAS_NUMPY, reason="numpy is not installed")
def test_with_numpy_columns_are_made_once() -> None:
    recorded = Recorded([{"tool": "t", "payload": {"n": 1}}])
    replay.replay(native.compile(compile_text(RULES)), recorded)
    columns = recorded.columns()
    assert columns is not None
    column = columns.coded(("tool",))
    replay.replay(native.compile(compile_text(RULES)), recorded)
    assert recorded.columns() is columns
    assert columns.coded(("tool",)) is column

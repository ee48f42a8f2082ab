"""Recorded actions beside a diff: which of them change, and which changes they show."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from tests.diff.worlds import world

from axtary.backends import native
from axtary.compiler import compile_text
from axtary.compiler.analysis.diff import Difference, Direction
from axtary.runtime.diff import Report, Side, compare, history
from axtary.runtime.replay import Recorded

OLD = """\
version: 1
policies:
  - {id: reads, effect: allow, match: {tool: read}, obligations: {ttl: 5m}}
  - {id: writes, effect: step_up, match: {tool: write}}
"""
NEW = OLD.replace("tool: read}", 'tool: "read*"}').replace("5m", "10m").replace("step_up", "deny")


def _report(old: str, new: str) -> Report:
    return compare(Side(compile_text(old), "old.yml"), Side(compile_text(new), "new.yml"))


def _actions(*tools: str) -> list[dict[str, Any]]:
    return [{"version": 1, "tool": tool} for tool in tools]


def test_each_change_counts_the_actions_that_show_it() -> None:
    actions = _actions("read", "reader", "read", "other", "write", "readme")
    _, found = history(_report(OLD, NEW), "h", Recorded(actions), {})
    assert found.transitions == {("deny", "allow"): [2, 6], ("step_up", "deny"): [5]}
    assert found.to_json()["changed"] == 3
    report = _report(OLD, NEW)
    kinds = [(change.old, change.new, change.kind.value) for change in report.difference.changes]
    assert dict(zip(kinds, found.happened, strict=True)) == {
        ("deny", "allow", "effect"): 2,
        ("allow", "allow", "ttl"): 2,
        ("step_up", "deny", "effect"): 1,
        ("allow", "deny", "effect"): 0,  # with an approval, which these facts do not hold
    }


def test_facts_hold_for_every_action() -> None:
    approved = {"approval": {"approvers": [{"id": "user:1", "roles": []}]}}
    _, found = history(_report(OLD, NEW), "h", Recorded(_actions("write", "write")), approved)
    assert found.transitions == {("allow", "deny"): [1, 2]}


def test_only_the_obligation_that_changed_counts() -> None:
    rated = OLD.replace("ttl: 5m", "ttl: 5m, rate: 5 per 1h per actor")
    report = _report(rated, rated.replace("5 per 1h", "6 per 1h"))
    kinds = [change.kind.value for change in report.difference.changes]
    facts = {"usage": {"reads": 4}}
    happened = history(report, "h", Recorded(_actions("read", "write", "none")), facts)[1].happened
    assert [count for kind, count in zip(kinds, happened, strict=True) if kind == "rate"] == [0, 1]


@pytest.mark.parametrize("seed", range(60))
def test_recorded_actions_change_as_they_do_one_by_one_and_a_change_explains_each(seed: int) -> None:
    """Laws: transitions are those of single decisions; none is without a change; a change that never happened is
    shown by no action."""
    this = world(seed)
    old, new = this.policies()
    cases, _ = this.cases(120)
    actions, facts = [action for action, _ in cases], cases[0][1]
    report = compare(Side(old, "old"), Side(new, "new"))
    again, found = history(report, "h", Recorded(actions), facts)
    engines = native.compile(old), native.compile(new)
    pairs: Counter[tuple[str, str]] = Counter()
    for action in actions:
        before, after = (engine.decide(action, facts).decision for engine in engines)
        pairs[before, after] += before != after
    pairs = +pairs
    assert {pair: len(numbers) for pair, numbers in found.transitions.items()} == pairs
    assert again == report
    shown: Counter[tuple[str, str]] = Counter()
    for change, count in zip(report.difference.changes, found.happened, strict=True):
        shown[change.old, change.new] += count
    assert all(shown[pair] >= count for pair, count in pairs.items())


def test_an_action_that_no_change_explains_is_a_doubt() -> None:
    """Law: what happened refutes a proof, never the other way round."""
    blind = replace(_report(OLD, NEW), difference=Difference())
    doubted, _ = history(blind, "h.jsonl", Recorded(_actions("read", "reader")), {})
    assert doubted.difference.verdict == "undecided"
    assert "action 2 of h.jsonl goes from deny to allow" in doubted.difference.undecided[0].why


def test_a_gate_does_not_pass_a_doubt() -> None:
    from axtary.runtime.diff import gate

    blind = replace(_report(OLD, NEW), difference=Difference())
    assert gate("no-new-access", blind).passed
    assert not gate("no-new-access", history(blind, "h", Recorded(_actions("reader")), {})[0]).passed
    assert Direction.MORE in {change.direction for change in _report(OLD, NEW).difference.changes}

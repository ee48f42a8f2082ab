"""Law: the table gives the reference's verdict on large policies, however it is divided and whatever it forgets."""

from __future__ import annotations

import gc
import threading
from dataclasses import replace
from functools import cache
from random import Random
from typing import Any

import pytest
from tests import large_policies, reference
from tests.generate_policies import TOOLS

from axtary.backends import native
from axtary.backends.native import rows, table
from axtary.backends.native.engine import NativeEngine
from axtary.backends.verdict import EngineError, Verdict
from axtary.compiler import compile_text
from axtary.compiler.ir import Effect, Policy, Rule

Cases = list[tuple[dict[str, Any], dict[str, Any], Verdict]]

SIZES = [(1, 20, 100), (2, 150, 60), (3, 400, 40)]  # seed, rules, actions
DIVISIONS: dict[str, dict[str, int]] = {
    "as it is": {},
    "by everything that is named": {"_LARGE": 0, "_MANY": 0, "_SHARED": 0},
    "not at all": {"_LARGE": 10**9, "_NAMED": 0},
    "one text at most": {"_LARGE": 4, "_SPREAD": 1, "_SHARED": 10**9},
}


@cache
def known(seed: int, size: int, count: int) -> tuple[Policy, Cases]:
    policy = large_policies.large_policy(seed, size)
    found = large_policies.cases(Random(seed), policy, count)
    return policy, [(action, facts, reference.decide(policy, action, facts)) for action, facts in found]


@pytest.mark.parametrize("division", DIVISIONS)
@pytest.mark.parametrize("size", SIZES)
def test_agrees_with_the_reference(size: tuple[int, int, int], division: str, monkeypatch: pytest.MonkeyPatch) -> None:
    policy, cases = known(*size)
    for name, value in DIVISIONS[division].items():
        monkeypatch.setattr(table, name, value)
    engine = native.compile(policy)
    for turn in ("cold", "warm"):
        for action, facts, expected in cases:
            assert engine.decide(action, facts) == expected, (turn, action, facts)


def test_the_cases_show_every_decision_and_many_rules() -> None:
    verdicts = [verdict for _, cases in (known(*size) for size in SIZES) for *_, verdict in cases]
    assert {verdict.decision for verdict in verdicts} == {"allow", "deny", "step_up"}
    assert max(len(verdict.fired) for verdict in verdicts) > 30


@pytest.mark.parametrize("alternatives", [1, 3])
def test_alternatives_that_are_not_multiplied_out(alternatives: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "ALTERNATIVES", alternatives)
    policy, cases = known(*SIZES[1])
    engine = native.compile(policy)
    for action, facts, expected in cases:
        assert engine.decide(action, facts) == expected, (action, facts)


@pytest.mark.parametrize("memory", [0, 2_000, 50_000])
def test_what_is_forgotten_is_worked_out_again(memory: int) -> None:
    policy, cases = known(*SIZES[1])
    engine = NativeEngine(policy, memory=memory)
    for action, facts, expected in cases * 2:
        assert engine.decide(action, facts) == expected


def test_threads_share_caches_that_are_emptied_all_the_time() -> None:
    policy, cases = known(*SIZES[1])
    engine, wrong = NativeEngine(policy, memory=3_000), list[Any]()

    def work(seed: int) -> None:
        for action, facts, expected in Random(seed).sample(cases, len(cases)) * 3:
            found = engine.decide(action, facts)
            if found != expected:
                wrong.append((action, found))

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_memory_is_bounded_whatever_the_actions_hold() -> None:
    policy, _ = known(*SIZES[1])
    limit = 200_000
    engine = NativeEngine(policy, memory=limit)
    caches = engine._budget._caches
    largest = 0
    for number in range(3_000):
        text = f"repo:acme/{number}"
        body = {"base": text, "n": number / 1000, "labels": [text], "file": text, "deep": text}
        action = {"tool": f"fs.read{number}" if number % 2 else TOOLS[0], "resource": text, "actor": {"agent": text}}
        engine.decide(action | {"payload": body, "context": {"source": text}, "paths": [text]}, {})
        largest = max(largest, sum(map(len, caches)))
    assert largest * 160 <= limit  # each entry is weighed with more
    assert largest > 500  # so much is really remembered, and forgotten six times and more


def test_long_texts_are_not_remembered() -> None:
    policy, _ = known(*SIZES[1])
    engine = NativeEngine(policy)
    engine.decide({"tool": TOOLS[0]}, {})
    before = engine._budget._used
    for number in range(50):
        text = f"{number}" + "x" * 1000
        engine.decide({"tool": text, "resource": text, "actor": {"agent": text}, "paths": [text]}, {})
    assert engine._budget._used - before < 50 * 1000


def test_a_changed_rule_is_made_anew_and_the_rest_is_taken_over() -> None:
    policy, cases = known(*SIZES[2])
    first = native.compile(policy)
    named = next(rule for rule in policy.rules if rule.match[0].patterns[0].literal == TOOLS[1])
    changed = replace(named, effect=Effect.DENY, approvers=None, obligations=())
    edited = Policy(tuple(changed if rule is named else rule for rule in policy.rules), policy.tzdata)
    second = native.compile(edited, first)
    for action, facts, _ in cases:
        assert second.decide(action, facts) == reference.decide(edited, action, facts)
        assert first.decide(action, facts) == reference.decide(policy, action, facts)
    for tool in (TOOLS[0], TOOLS[1]):
        before, after = first.table._places[tool].always, second.table._places[tool].always
        assert (before == after) is (tool == TOOLS[0])


def test_explanations_after_a_change_show_the_places_of_the_new_text() -> None:
    rule = "policies:\n  - id: r\n    effect: allow\n    match: {tool: t}\n    when: payload.a == 1\n"
    first, second = compile_text(f"version: 1\n{rule}"), compile_text(f"version: 1\n\n\n{rule}")
    engine = native.compile(second, native.compile(first))
    (stop,) = engine.explain({"tool": "t"}, {})
    assert stop.node.span.line == 8


@pytest.mark.parametrize("enabled", [True, False])
def test_compiling_leaves_the_garbage_collector_as_it_was(enabled: bool) -> None:
    before = gc.isenabled()
    try:
        (gc.enable if enabled else gc.disable)()
        native.compile(known(*SIZES[0])[0])
        with pytest.raises(EngineError):
            native.compile(Policy((Rule("r", Effect.ALLOW, ()),)))
        assert gc.isenabled() is enabled
    finally:
        (gc.enable if before else gc.disable)()

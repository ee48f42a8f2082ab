"""In a world of three numbers, where every action can be tried, near misses leave nothing out."""

from __future__ import annotations

import itertools
from random import Random
from typing import Any

import pytest
from tests import reference
from tests.near_misses import RANK, differences, find

from axtary.compiler import compile_text
from axtary.compiler.analysis.actions import ABSENT

NAMES = ("a", "b", "c")
VALUES = (ABSENT, -1, 0, 0.5, 1, 1.5, 2, 2.5, 3)  # each literal of the policies, and what lies between them
OPERATORS = ("==", "!=", "<", "<=", ">", ">=")


@pytest.mark.parametrize("seed", range(40))
def test_the_fewest_changes_are_found(seed: int) -> None:
    """Law: if some other values get a better decision, a near miss says so, and changes as few as can be changed."""
    rng = Random(seed)
    policy = compile_text(_policy(rng))
    decisions = {values: _decision(policy, _action(values)) for values in itertools.product(VALUES, repeat=3)}
    for values in rng.sample([each for each, decision in decisions.items() if decision != "allow"] or [()], 1):
        if not values:
            continue
        action = _action(values)
        misses = find(policy, action, {}).misses
        for goal in ("step_up", "allow"):
            if RANK[goal] > RANK[decisions[values]]:
                good = [other for other, decision in decisions.items() if RANK[decision] >= RANK[goal]]
                fewest = min((_distance(action, _action(other)) for other in good), default=None)
                shown = [m for m in misses if RANK[m.decision] >= RANK[goal] and not m.facts]
                assert min((_distance(action, m.action) for m in shown), default=None) == fewest


def _distance(one: dict[str, Any], other: dict[str, Any]) -> int:
    return len(list(differences(one, other)))


def _decision(policy: Any, action: dict[str, Any]) -> str:
    return reference.decide(policy, action, {}).decision


def _action(values: tuple[Any, ...]) -> dict[str, Any]:
    payload = {name: value for name, value in zip(NAMES, values, strict=True) if value is not ABSENT}
    return {"version": 1, "tool": "t", "payload": payload}


def _policy(rng: Random) -> str:
    rules = []
    for number in range(rng.randint(1, 4)):
        when = f", when: '{_condition(rng, 2)}'" if rng.random() < 0.9 else ""
        effect = rng.choice(["allow", "allow", "deny", "step_up"])
        rules.append(f"  - {{id: r{number}, effect: {effect}, match: {{tool: t}}{when}}}\n")
    return "version: 1\npolicies:\n" + "".join(rules)


def _condition(rng: Random, depth: int) -> str:
    if depth == 0 or rng.random() < 0.3:
        name = rng.choice(NAMES)
        is_comparison = rng.random() < 0.85
        return f"payload.{name} {rng.choice(OPERATORS)} {rng.randint(0, 2)}" if is_comparison else f"has payload.{name}"
    word = rng.choice(["and", "or", "not"])
    if word == "not":
        return f"not ({_condition(rng, depth - 1)})"
    return "(" + f" {word} ".join(_condition(rng, depth - 1) for _ in range(rng.randint(2, 3))) + ")"

"""Large random policies: many small ones of the generator put together, so that the decision table is used in full."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Any

from axtary.compiler.ir import Effect, Field, Match, Pattern, Policy, Rule
from tests import generate, generate_actions
from tests.generate_policies import TOOLS

RESOURCES = ["repo:acme/a", "repo:acme/a/b", "repo:x", "a", "a//b", "repo:acme/b"]
ACTORS = ["agent:codex-1", "agent:claude-x", "@odd", ""]


def large_policy(seed: int, size: int) -> Policy:
    """At least `size` rules. Half of them are for one tool, and some name resources or actors exactly."""
    rng = Random(f"large {seed}")
    rules: list[Rule] = []
    tzdata, number = "", seed * 10_000
    while len(rules) < size:
        number += 1
        policy = generate.compile_draft(generate.draft(number))
        tzdata = policy.tzdata or tzdata
        rules += [_varied(rng, replace(rule, id=f"{rng.choice('abc')}{number}-{rule.id}")) for rule in policy.rules]
    return Policy(tuple(sorted(rules, key=lambda rule: rule.id)), tzdata)


def _varied(rng: Random, rule: Rule) -> Rule:
    tool, *others = rule.match
    if rng.random() < 0.5:
        tool = Match(Field.TOOL, (Pattern((TOOLS[0],)),))
    for field, texts in ((Field.RESOURCE, RESOURCES), (Field.ACTOR, ACTORS)):
        if rng.random() < 0.3:
            named = rng.sample(texts, rng.choice([1, 1, 2, 3]))
            others = [test for test in others if test.field is not field]
            others.append(Match(field, tuple(Pattern((text,) if text else ()) for text in named)))
    if rng.random() < 0.9:  # else every verdict is a deny
        rule = replace(rule, effect=Effect.ALLOW if rule.effect is Effect.DENY else rule.effect, obligations=())
    return replace(rule, match=(tool, *others))


def cases(rng: Random, policy: Policy, count: int) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Actions and facts, half of them for the tool of most rules."""
    found = generate_actions.cases(rng, policy)
    for _ in range(count):
        action, facts = next(found)
        if rng.random() < 0.5:
            action["tool"] = TOOLS[0]
        yield action, facts

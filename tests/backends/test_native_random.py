"""Law: the native engine gives the verdict of the reference evaluator, on random policies and on generated cases."""

from __future__ import annotations

from random import Random

import pytest
from tests import generate, reference

from axtary.backends import native
from axtary.compiler.analysis.cases import generate as cases


@pytest.mark.parametrize("seed", range(5000, 5040))
def test_agrees_on_random_actions(seed: int) -> None:
    policy = generate.compile_draft(generate.draft(seed))
    engine = native.compile(policy)
    for action, facts in generate.cases(Random(seed), policy, 40):
        assert engine.decide(action, facts) == reference.decide(policy, action, facts), (action, facts)


@pytest.mark.parametrize("seed", range(6000, 6006))
def test_agrees_on_the_cases_of_the_policy(seed: int) -> None:
    policy = generate.compile_draft(generate.draft(seed))
    engine = native.compile(policy)
    for case in cases(policy, native.evaluate, seed, limit=400):
        assert engine.decide(case.action, case.facts) == reference.decide(policy, case.action, case.facts), case

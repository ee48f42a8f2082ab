"""The law: Cedar's verdict is the reference evaluator's, for every policy, action and facts."""

from __future__ import annotations

import json

import cedarpy
import pytest
from tests.backends.cedar_random import Maker
from tests.reference import decide

from axtary.backends.cedar import compile
from axtary.backends.cedar.lower import lower
from axtary.backends.cedar.schema import schema
from axtary.backends.cedar.text import program


@pytest.mark.parametrize("seed", range(120))
def test_cedar_decides_as_the_reference_does(seed: int) -> None:
    make = Maker(seed)
    policy = make.policy()
    engine = compile(policy)
    for _ in range(25):
        action, facts = make.action(policy), make.facts(policy)
        assert engine.decide(action, facts) == decide(policy, action, facts), json.dumps([action, facts])


@pytest.mark.parametrize("seed", range(1000, 1030))
def test_every_policy_validates_in_strict_mode(seed: int) -> None:
    lowering = lower(Maker(seed).policy())
    text = program(clause.statement for clause in lowering.clauses + lowering.witnesses)
    assert cedarpy.validate_policies(text, schema(lowering)).errors == []

"""What the random policies and actions cover: a generator that misses a construct proves nothing about it."""

from __future__ import annotations

import itertools
from functools import cache
from random import Random
from typing import Any, get_args

from axtary.compiler import ir
from axtary.compiler.clauses import Reason
from axtary.compiler.ir import Type
from axtary.runtime.action import check_action
from axtary.runtime.facts import check_facts
from tests import generate, reference
from tests.differential import reductions

SEEDS = range(1, 171)

Case = tuple[dict[str, Any], dict[str, Any]]


@cache
def world() -> list[tuple[ir.Policy, list[Case]]]:
    policies = [(seed, generate.compile_draft(generate.draft(seed))) for seed in SEEDS]
    return [(policy, list(generate.cases(Random(f"actions {seed}"), policy, 40))) for seed, policy in policies]


def test_every_policy_compiles_and_every_case_passes_the_door() -> None:
    for _, cases in world():
        for action, facts in cases:
            assert check_action(action) == action
            assert check_facts(facts) == facts


def test_a_seed_makes_the_same_again() -> None:
    policy = generate.compile_draft(generate.draft(5))
    once, again = (list(generate.cases(Random("x"), policy, 20)) for _ in range(2))
    assert once == again
    assert generate.draft(5) == generate.draft(5) != generate.draft(6)


def test_every_leaf_is_seen_true_false_and_undefined() -> None:
    """By operator and by type, because each pair is lowered in its own way."""
    seen = set()
    for policy, cases in world():
        leaves = {leaf for rule in policy.rules for leaf in ir.atoms(rule.when)}
        for (action, _), leaf in itertools.product(cases, leaves):
            seen.add((*_kind(leaf), reference.truth(leaf, action)))
    kinds = {kind[:-1] for kind in seen}
    assert {kind[0] for kind in kinds} == {node.__name__ for node in get_args(ir.Atom)}
    assert {kind[1] for kind in kinds if len(kind) > 1} >= set(Type)
    for kind in kinds:
        wanted = {True, False} if kind[0] == "Has" else {True, False, None}
        found = {value for *name, value in seen if tuple(name) == kind}
        assert found == wanted, kind


def _kind(leaf: ir.Atom) -> tuple[str, ...]:
    name = type(leaf).__name__
    match leaf:
        case ir.Has():
            return (name,)
        case ir.CompareAttributes():
            is_mixed = leaf.left.type is not leaf.right.type
            return (name, "mixed" if is_mixed else leaf.left.type, leaf.op if leaf.op == "==" else "order")
        case ir.Compare() | ir.Count():
            return (name, leaf.attribute.type, leaf.op)
        case ir.Quantified():
            return (name, leaf.attribute.type, leaf.quantifier, "values" if leaf.values else "patterns")
        case ir.OneOf() | ir.Like():
            return (name, leaf.attribute.type)


def test_every_decision_reason_and_obligation_is_seen() -> None:
    verdicts = [reference.decide(policy, *case) for policy, cases in world() for case in cases]
    decisions = {verdict.decision for verdict in verdicts}
    assert decisions == {"allow", "deny", "step_up"}
    for decision in decisions:
        share = sum(verdict.decision == decision for verdict in verdicts) / len(verdicts)
        assert share > 0.03, (decision, share)
    assert {reason for verdict in verdicts for reason, _ in verdict.reasons} == set(Reason)
    assert {key for verdict in verdicts for key in verdict.obligations} == {
        "ttl_seconds",
        "approvers",
        "rates",
        "budgets",
    }
    assert max(len(verdict.fired) for verdict in verdicts) >= 4


def test_every_pattern_token_and_match_field_is_used() -> None:
    matches = [match for policy, _ in world() for rule in policy.rules for match in rule.match]
    leaves = [leaf for policy, _ in world() for rule in policy.rules for leaf in ir.atoms(rule.when)]
    likes = [pattern for leaf in leaves if isinstance(leaf, ir.Like) for pattern in leaf.patterns]
    assert {match.field for match in matches} == set(ir.Field)
    assert {token for pattern in likes for token in pattern.tokens} >= set(ir.Wildcard)
    assert {pattern.inside for pattern in likes} == {True, False}


def test_reductions_leave_out_one_part() -> None:
    value = {"when": {"and": ["a", {"not": "b"}]}, "list": [1, 2]}
    found = list(reductions(value))
    assert {"list": [1, 2]} in found
    assert value | {"when": "a"} in found
    assert value | {"when": {"and": ["a", "b"]}} in found
    assert value | {"list": [2]} in found
    assert value not in found

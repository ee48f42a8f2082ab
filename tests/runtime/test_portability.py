"""How rules reach the targets: what is said there must be what the exports say."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from tests.golden_files import behaviours, compiled

from axtary.backends import cedar
from axtary.backends.cedar.lower import MAX_NESTING
from axtary.compiler import compile_text
from axtary.compiler.ir import And, Condition, Or, Policy
from axtary.runtime.portability import TARGETS, portability

POLICY = compile_text(
    "version: 1\npolicies:\n"
    "  - {id: plain, effect: allow, match: {tool: t}, when: payload.a == 1}\n"
    "  - {id: lists, effect: allow, match: {tool: t}, when: 'any paths matches \"src/**\"'}\n"
)


def _deep(policy: Policy) -> Policy:
    """The first rule with a condition nested deeper than Cedar can take."""
    rule = policy.by_id["plain"]
    leaf = rule.when
    assert leaf is not None
    condition: Condition = leaf
    for level in range(MAX_NESTING + 2):
        condition = (And if level % 2 else Or)((condition, leaf))
    others = tuple(each for each in policy.rules if each is not rule)
    return replace(policy, rules=(*others, replace(rule, when=condition)))


def test_each_rule_is_native_or_hoisted_with_its_place() -> None:
    found = portability(POLICY)
    assert {target: found["plain"][target].how for target in TARGETS} == dict.fromkeys(TARGETS, "native")
    assert {target: found["lists"][target].how for target in TARGETS} == {
        "native": "native",
        "cedar": "hoisted",
        "rego": "native",
    }
    assert found["lists"]["cedar"].to_json()["hoisted"] == [
        {"name": "lists:when.1", "meaning": 'any paths matches any of ["src/**"]', "source": "axtary.yml:4"}
    ]


def test_a_rule_that_a_target_cannot_say_is_refused_and_the_others_are_not() -> None:
    found = portability(_deep(POLICY))
    assert found["plain"]["cedar"].how == "refused" and "nested deeper" in found["plain"]["cedar"].why
    assert found["lists"]["cedar"].how == "hoisted"
    assert found["plain"]["native"].how == "native"


@pytest.mark.parametrize("name", behaviours())
def test_what_is_hoisted_is_what_the_export_reports(name: str) -> None:
    """Law: the booleans of all rules together are those of `report.json`."""
    policy = compiled(name).policy
    reported = {item["name"] for item in json.loads(cedar.export(policy)["report.json"])["derived"]}
    told = [item["name"] for each in portability(policy).values() for item in each["cedar"].hoisted]
    assert sorted(told) == sorted(reported)

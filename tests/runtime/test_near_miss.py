"""Near misses in words: the common shapes, worked out by hand."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from tests import generate, reference

from axtary.compiler import compile_text, ir
from axtary.compiler.analysis import changes
from axtary.runtime.nearmiss import opposite
from axtary.runtime.simulate import prepare

SECRETS = 'allow, when: \'all paths matches "src/**"\', obligations: {blocked_paths: [".env*"]}'
SHOP_HOURS = "allow, obligations: {hours: 'Mon-Fri 08:00-19:00 Europe/Berlin'}"
RATE = "allow, obligations: {rate: 5 per 1h per actor}"
BUDGET = "allow, obligations: {budget: {limit: '50', unit: EUR, per: task, window: 1d, cost: payload.cost}}"
TWO_OF_FINANCE = "step_up, obligations: {approvers: {roles: [finance], quorum: 2}}"
DENIED = [f"deny, when: 'any paths matches \"{name}/.env\"'" for name in "abcdefg"]
BUDGET_TEXT = "budget: payload.cost of 50 EUR per 1d per task"
SEVEN = "allow, when: " + " and ".join(f"payload.n{number} == 1" for number in range(7))
ANA = {"approval": {"approvers": [{"id": "user:ana", "roles": ["finance"]}]}}

Members = dict[str, Any]


def simulate(rules: list[str], action: Members, facts: Members | None = None) -> Members:
    """The rules are named a, b, c and so on; each is written as its effect and what follows."""
    named = (
        f"  - {{id: {name}, match: {{tool: t}}, effect: {rule}}}\n"
        for name, rule in zip("abcdefgh", rules, strict=False)
    )
    policy = compile_text("version: 1\npolicies:\n" + "".join(named))
    return prepare(policy, ["native"]).run({"version": 1, "tool": "t"} | action, facts or {})


def sentences(found: Members) -> list[str]:
    return [miss["sentence"] for miss in found["near_miss"]]


CASES: dict[str, tuple[list[str], Members, Members, list[str]]] = {
    "one condition": (
        ["allow, when: payload.files_changed <= 20"],
        {"payload": {"files_changed": 40}},
        {},
        ["would be allowed if payload.files_changed <= 20 (it is 40)"],
    ),
    "two conditions": (
        ['allow, when: payload.files_changed <= 20 and payload.base == "main" and payload.draft == false'],
        {"payload": {"files_changed": 40, "draft": False}},
        {},
        ['would be allowed if payload.files_changed <= 20 (it is 40) and payload.base == "main" (it is missing)'],
    ),
    "one of two conditions": (
        ["allow, when: payload.a == 1 or payload.b == 1"],
        {},
        {},
        [
            "would be allowed if payload.a == 1 (it is missing)",
            "would be allowed if payload.b == 1 (it is missing)",
        ],
    ),
    "a negated condition": (
        ['allow, when: not payload.base like "release*"'],
        {"payload": {"base": "release-1"}},
        {},
        ['would be allowed if not payload.base like "release*" (it is "release-1")'],
    ),
    "a deny rule that fires": (
        ["allow", "deny, when: payload.amount > 100"],
        {"payload": {"amount": 101}},
        {},
        ["would be allowed if payload.amount <= 100 (it is 101)"],
    ),
    "a deny rule that fires because an attribute is missing": (
        ["allow", 'deny, when: payload.country != "DE"'],
        {},
        {},
        ['would be allowed if payload.country == "DE" (it is missing)'],
    ),
    "a deny rule and a grant that ask for the same": (
        ['allow, when: \'payload.env in ["dev", "qa"]\'', 'deny, when: payload.env == "prod"'],
        {"payload": {"env": "prod"}},
        {},
        ['would be allowed if payload.env in ["dev", "qa"] (it is "prod")'],
    ),
    "a condition that keeps a deny rule from firing": (
        ["allow, when: 'payload.env like \"dev*\"'", 'deny, when: \'payload.env like ["prod*", "*-live"]\''],
        {"payload": {"env": "prod"}},
        {},
        [
            'would be allowed if payload.env like "dev*" (it is "prod")'
            ' and not payload.env like ["prod*", "*-live"] (it is "prod")'
        ],
    ),
    "a condition from which another follows": (
        ["allow, when: 'payload.env like \"dev*\"'", 'deny, when: \'payload.env like ["prod*", "live-*"]\''],
        {"payload": {"env": "prod"}},
        {},
        ['would be allowed if payload.env like "dev*" (it is "prod")'],
    ),
    "a blocked path": (
        [SECRETS],
        {"paths": ["src/a", "src/.env"]},
        {},
        ['would be allowed if none paths matches ".env*" (leave out "src/.env")'],
    ),
    "many blocked paths": (
        [SECRETS],
        {"paths": ["src/a", *(f"src/.env{n}" for n in range(5))]},
        {},
        [
            'would be allowed if none paths matches ".env*" '
            '(leave out "src/.env0", "src/.env1", "src/.env2" and 2 more)',
        ],
    ),
    "only blocked paths": (
        [SECRETS],
        {"paths": ["src/.env"]},
        {},
        ['would be allowed if none paths matches ".env*" (it is ["src/.env"])'],
    ),
    "paths elsewhere": (
        [SECRETS],
        {"paths": ["src/a", "docs/b"]},
        {},
        ['would be allowed if all paths matches "src/**" (leave out "docs/b")'],
    ),
    "no paths": (
        ["allow, obligations: {blocked_paths: [a]}"],
        {},
        {},
        ['would be allowed if none paths matches "a" (it is missing)'],
    ),
    "too many paths": (
        ["allow, when: count(paths) <= 1"],
        {"paths": ["a", "b"]},
        {},
        ['would be allowed if count(paths) <= 1 (it is ["a", "b"])'],
    ),
    "outside the hours": (
        [SHOP_HOURS],
        {"time": "2027-01-08T22:00:00Z"},
        {},
        ['would be allowed at a time in Mon-Fri 08:00-19:00 Europe/Berlin (it is "2027-01-08T22:00:00Z")'],
    ),
    "a time that has passed": (
        ['allow, when: time < "2026-01-01T00:00:00Z"', 'allow, when: time > "2028-01-01T00:00:00Z"'],
        {"time": "2027-01-01T00:00:00Z"},
        {},
        ['would be allowed if time > "2028-01-01T00:00:00Z" (it is "2027-01-01T00:00:00Z")'],
    ),
    "opening hours far from now": (
        [SHOP_HOURS.replace("allow,", 'allow, when: time > "2031-01-01T00:00:00Z",')],
        {"time": "2027-01-08T22:00:00Z"},
        {},
        [
            'would be allowed if time > "2031-01-01T00:00:00Z" (it is "2027-01-08T22:00:00Z"),'
            ' at a time in Mon-Fri 08:00-19:00 Europe/Berlin (it is "2027-01-08T22:00:00Z")'
        ],
    ),
    "a rate that is used up": (
        [RATE],
        {},
        {"usage": {"a": 5}},
        ["would be allowed with fewer than 5 calls in 1h per actor (it is 5)"],
    ),
    "a condition and a rate that matters only then": (
        [RATE.replace("allow,", "allow, when: payload.n <= 20,")],
        {"payload": {"n": 40}},
        {"usage": {"a": 5}},
        ["would be allowed if payload.n <= 20 (it is 40), with fewer than 5 calls in 1h per actor (it is 5)"],
    ),
    "a budget that is too small": (
        [BUDGET],
        {"payload": {"cost": 51}},
        {},
        ["would be allowed if payload.cost from 0 to 50 EUR (it is 51)"],
    ),
    "an approval that is missing": (
        ["step_up, obligations: {approvers: [release-manager, cto]}"],
        {},
        {},
        ["would be allowed with an approval by release-manager or cto"],
    ),
    "an approval by anyone": (["step_up"], {}, {}, ["would be allowed with an approval by any approver"]),
    "an approval with the wrong role": (
        ["step_up, obligations: {approvers: [security]}"],
        {},
        ANA,
        ["would be allowed with an approval by security"],
    ),
    "half a quorum": ([TWO_OF_FINANCE], {}, ANA, ["would be allowed with approvals by 2 of finance"]),
    "one approval that serves two rules": (
        ["step_up, obligations: {approvers: [a, b]}", "step_up, obligations: {approvers: [b]}"],
        {},
        {},
        ["would be allowed with an approval by b"],
    ),
    "a hold that can be avoided": (
        ["allow", "step_up, when: payload.n > 20"],
        {"payload": {"n": 21}},
        {},
        [
            "would be allowed if payload.n <= 20 (it is 21)",
            "would be allowed with an approval by any approver",
        ],
    ),
    "a step_up rule that is merely possible": (
        ["step_up, when: payload.n > 5, obligations: {approvers: [security]}"],
        {},
        {},
        ["would need the approval of security if payload.n > 5 (it is missing)"],
    ),
    "allowed is listed before held": (
        ["allow, when: payload.a == 1", "step_up, when: payload.a == 2"],
        {"payload": {"a": 3}},
        {},
        [
            "would be allowed if payload.a == 1 (it is 3)",
            "would need the approval of any approver if payload.a == 2 (it is 3)",
        ],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_sentences(name: str) -> None:
    rules, action, facts, expected = CASES[name]
    found = simulate(rules, action, facts)
    assert sorted(sentences(found)) == sorted(expected)
    assert found["near_miss_note"] == ""


def test_allowed_comes_before_held_and_few_before_many() -> None:
    rules, action, facts, expected = CASES["allowed is listed before held"]
    assert sentences(simulate(rules, action, facts)) == expected
    found = simulate(
        ["allow, when: payload.a == 1 and payload.b == 1", "step_up, when: payload.c == 1"], {"payload": {"c": 0}}
    )
    assert [len(miss["changes"]) for miss in found["near_miss"]] == [1, 2]


def test_a_change_in_full() -> None:
    (miss,) = simulate(['allow, when: payload.base != "dev"'], {"payload": {"base": "dev"}})["near_miss"]
    assert miss == {
        "decision": "allow",
        "changes": [
            {
                "rule": "a",
                "effect": "allow",
                "kind": "condition",
                "file": "axtary.yml",
                "line": 3,
                "text": 'payload.base != "dev"',
                "seen": [{"attribute": "payload.base", "present": True, "value": "dev"}],
                "want": 'payload.base != "dev"',
                "by": "agent",
            }
        ],
        "sentence": 'would be allowed if payload.base != "dev" (it is "dev")',
    }


def test_what_is_not_known_to_follow_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A search for texts that is given up has shown nothing."""
    rules, action, facts, expected = CASES["a condition from which another follows"]
    assert sentences(simulate(rules, action, facts)) == expected
    monkeypatch.setattr(changes, "_WORK", 1)
    (miss,) = simulate(rules, action, facts)["near_miss"]
    assert [change["rule"] for change in miss["changes"]] == ["a", "b"]


@pytest.mark.parametrize(
    ("name", "kind", "by", "text", "attribute"),
    [
        ("one condition", "condition", "agent", "payload.files_changed <= 20", "payload.files_changed"),
        ("a deny rule that fires", "condition", "agent", "payload.amount > 100", "payload.amount"),
        ("a blocked path", "blocked_paths", "agent", 'blocked_paths: ".env*"', "paths"),
        ("outside the hours", "hours", "time", "hours: Mon-Fri 08:00-19:00 Europe/Berlin", "time"),
        ("a time that has passed", "condition", "time", 'time > "2028-01-01T00:00:00Z"', "time"),
        ("a rate that is used up", "rate", "time", "rate: 5 per 1h per actor", "facts.usage.a"),
        (
            "a budget that is too small",
            "budget",
            "agent",
            "budget: payload.cost of 50 EUR per 1d per task",
            "payload.cost",
        ),
        ("half a quorum", "approval", "approver", "approvers: 2 of finance", "facts.approval.approvers"),
    ],
)
def test_kinds(name: str, kind: str, by: str, text: str, attribute: str) -> None:
    rules, action, facts, _ = CASES[name]
    (change,) = simulate(rules, action, facts)["near_miss"][0]["changes"]
    assert (change["kind"], change["by"], change["text"]) == (kind, by, text)
    assert [seen["attribute"] for seen in change["seen"]] == [attribute]


def test_of_two_attributes_the_agent_changes_what_it_may() -> None:
    rule = "allow, when: actor.agent == payload.author"
    action = {"actor": {"agent": "agent:a"}, "payload": {"author": "agent:b"}}
    (change,) = simulate([rule], action)["near_miss"][0]["changes"]
    assert change["by"] == "agent"
    assert [seen["attribute"] for seen in change["seen"]] == ["actor.agent", "payload.author"]


def test_roles_are_for_an_administrator() -> None:
    (miss,) = simulate(['allow, when: actor.roles contains "maintainer"'], {"actor": {"roles": []}})["near_miss"]
    assert [change["by"] for change in miss["changes"]] == ["administrator"]


@pytest.mark.parametrize(
    ("rules", "note"),
    [
        (["deny"], "no rule for `t` can grant it"),
        (['allow, when: actor.agent == "agent:b"'], "no 6 changes or fewer that help were found"),
        (
            ["allow, when: " + " and ".join(f"payload.n{i} == 1" for i in range(7))],
            "no 6 changes or fewer that help were found",
        ),
        (["allow", *DENIED], "no 6 changes or fewer that help were found"),
        (["allow", "deny"], "no 6 changes or fewer that help were found"),
    ],
)
def test_when_nothing_helps(rules: list[str], note: str) -> None:
    paths = [f"{name}/.env" for name in "abcdefg"]
    found = simulate(rules, {"actor": {"agent": "agent:a"}, "paths": paths})
    assert (found["near_miss"], found["near_miss_note"]) == ([], note)


def test_an_agent_cannot_become_another() -> None:
    policy = compile_text("version: 1\npolicies:\n  - {id: a, effect: allow, match: {tool: t, actor: 'agent:b'}}\n")
    found = prepare(policy, ["native"]).run({"version": 1, "tool": "t", "actor": {"agent": "agent:a"}}, {})
    assert found["near_miss"] == []
    assert found["near_miss_note"] == "no rule for `t` can grant it to this actor, on this resource and for this task"


def test_an_action_that_is_allowed_misses_nothing() -> None:
    found = simulate(["allow", "allow, when: payload.n == 1"], {})
    assert (found["near_miss"], found["near_miss_note"]) == ([], "")


def test_sentences_are_cut_and_printable() -> None:
    value = "\x1b[31m\u202e" + "x" * 10_000
    rule = f'allow, when: \'payload.s in ["{"y" * 500}", "z"]\''
    (miss,) = simulate([rule], {"payload": {"s": value}})["near_miss"]
    assert len(miss["sentence"]) < 300
    assert miss["sentence"].isprintable()
    assert miss["changes"][0]["seen"][0]["value"] == value
    assert "y" * 500 in miss["changes"][0]["want"]


@pytest.mark.parametrize("seed", range(40))
def test_the_opposite_of_a_leaf(seed: int) -> None:
    """Law: it is true where the leaf is false, false where that is true, else undefined. Of an order it is no `not`."""
    policy = generate.compile_draft(generate.draft(seed))
    cases = [action for action, _ in generate.cases(Random(seed), policy, 20)]
    for leaf in (leaf for rule in policy.rules for leaf in ir.atoms(rule.when)):
        assert not (isinstance(leaf, ir.Compare) and isinstance(opposite(leaf), ir.Not))
        for action in cases:
            answer = reference.truth(leaf, action)
            assert reference.truth(opposite(leaf), action) is (None if answer is None else not answer)

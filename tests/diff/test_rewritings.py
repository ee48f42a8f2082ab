"""Rewritings that change nothing are proved equivalent, and their nearest wrong relatives are not."""

from __future__ import annotations

import pytest
from tests.diff.texts import compared, policy

from axtary.compiler.analysis.diff import Verdict

HEAD = 'groups: {coders: ["agent:codex-*", "agent:claude-*"]}\n'
TYPES = "i: integer, d: decimal, a: number, b: number, c: number, f: boolean, s: string, l: [string]"
TOOLS = f"tools: {{t: {{payload: {{{TYPES}}}}}}}\n"

# a condition, the same in other words, and one that is not the same
CONDITIONS = """
not (payload.a == 1 or payload.b == 2) | payload.a != 1 and payload.b != 2 | payload.a != 1 or payload.b != 2
not (payload.a == 1 and payload.b == 2) | payload.b != 2 or payload.a != 1 | payload.a != 1 and payload.b != 2
not not payload.a == 1 | payload.a == 1 | payload.a != 1
payload.a <= 1 | not payload.a > 1 | payload.a < 1
payload.i > 5 | payload.i >= 6 | payload.i >= 5
payload.i > 5 and payload.i < 7 | payload.i == 6 | payload.i in [6, 7]
payload.a > 5 | payload.a >= 5.0001 | payload.a >= 5.0002
payload.s in ["x", "y"] | payload.s == "x" or payload.s == "y" | payload.s == "x"
payload.s like ["a*", "b"] | payload.s like "a*" or payload.s == "b" | payload.s like ["a*", "b*"]
payload.s like "{a,b}*" | payload.s like ["a*", "b*"] | payload.s like ["a*", "b"]
payload.s like "*" | payload.s like "*a*" or not payload.s like "*a*" | has payload.s
payload.s matches "x/**" | payload.s matches ["x/*", "x/*/**"] | payload.s matches ["x/*", "x/*/*"]
payload.f == true | not payload.f == false | has payload.f
none payload.l like "a*" | not any payload.l like "a*" | all payload.l like "a*"
count(payload.l) >= 1 | count(payload.l) != 0 | count(payload.l) > 1
any paths matches [".env", "x/"] | any paths matches ".env" or any paths matches "x/" | any paths matches ".env"
payload.a < payload.b | payload.b > payload.a | payload.b >= payload.a
payload.a < payload.b | not payload.a >= payload.b | not payload.a > payload.b
payload.d == 1.5 | payload.d >= 1.5 and payload.d <= 1.5 | payload.d >= 1.5
has payload.o.p | has payload.o and has payload.o.p | has payload.o
time >= "2026-01-01T00:00:00Z" | not time < "2026-01-01T01:00:00+01:00" | time > "2026-01-01T00:00:00Z"
tool == "t" and payload.a == 1 | payload.a == 1 | tool != "t" and payload.a == 1
payload.a == 1 or payload.a == 1 and payload.b == 2 | payload.a == 1 | payload.a == 1 or payload.b == 2
"""
# the same only where undefined does not count: for allow rules
GRANTING = """
payload.a == payload.b and payload.b == payload.c and payload.c == 0 \
| payload.a == 0 and payload.b == 0 and payload.c == 0 | payload.a == payload.b and payload.c == 0
payload.a < payload.b and payload.b < 2 and payload.a > 1.9998 | payload.a < 1 and payload.a > 1 \
| payload.a < payload.b and payload.b < 2 and payload.a > 1.9997
payload.a < payload.b and payload.b < payload.c and payload.c < payload.a | payload.a != payload.a \
| payload.a < payload.b and payload.b < payload.c and payload.c > payload.a
all payload.l in ["a"] and count(payload.l) == 1 | payload.l contains "a" and count(payload.l) < 2 \
| payload.l contains "a" and count(payload.l) < 3
payload.s == resource and resource like "r*" | payload.s like "r*" and payload.s == resource \
| payload.s like "r*" and has resource
"""
BOTH = [(effect, *line.split(" | ")) for line in CONDITIONS.strip().splitlines() for effect in ("allow", "deny")]
BOTH += [("allow", *line.split(" | ")) for line in GRANTING.strip().splitlines()]


@pytest.mark.parametrize(("effect", "one", "other", "wrong"), BOTH, ids=[f"{each[0]}: {each[1]}" for each in BOTH])
def test_conditions(effect: str, one: str, other: str, wrong: str) -> None:
    rule = f"{{id: r, effect: {effect}, match: {{tool: t}}, when: '{{}}'}}"
    others = ["{id: ok, effect: allow, match: {tool: t}}"] if effect == "deny" else []
    first, same, different = (policy(rule.replace("{}", each), *others, head=TOOLS) for each in (one, other, wrong))
    assert compared(first, same).verdict is Verdict.EQUIVALENT
    assert compared(same, first).verdict is Verdict.EQUIVALENT
    assert compared(first, different).verdict not in (Verdict.EQUIVALENT, Verdict.UNDECIDED)


def rule(match: str, rule_id: str = "r", rest: str = "") -> str:
    """An allow rule."""
    return f"{{id: {rule_id}, effect: allow, match: {match}{rest}}}"


def obliged(obligations: str) -> list[str]:
    """One rule with obligations."""
    return [rule("{tool: a}", rest=f", obligations: {{{obligations}}}")]


RULES = {
    "split": ([rule('{tool: ["a", "b"]}')], [rule("{tool: a}", "x"), rule("{tool: b}", "y")]),
    "with a duplicate": ([rule("{tool: a}")], [rule("{tool: a}"), rule("{tool: a}", "twin")]),
    "renamed": ([rule("{tool: a}")], [rule("{tool: a}", "other")]),
    "reordered": (
        [rule("{tool: a}", "x"), rule("{tool: b}", "y")],
        [rule("{tool: b}", "y"), rule("{tool: a}", "x")],
    ),
    "braces": ([rule('{tool: "gh.{pr,issue}.*"}')], [rule('{tool: ["gh.issue.*", "gh.pr.*"]}')]),
    "inlined group": ([rule('{tool: a, actor: "@coders"}')], [rule('{tool: a, actor: "agent:{codex,claude}-*"}')]),
    "pattern split": ([rule('{tool: a, resource: "r/**"}')], [rule('{tool: a, resource: ["r/*", "r/*/**"]}')]),
    "match and when": (
        [rule("{tool: a, owner: u}")],
        [rule("{tool: a}", rest=", when: 'actor.owner == \"u\"'")],
    ),
    "narrower duplicate": ([rule("{tool: a}")], [rule("{tool: a}"), rule("{tool: a}", "n", ", when: payload.x == 1")]),
    "any field": ([rule("{tool: a}")], [rule('{tool: a, resource: "**", actor: "*", task: "*"}')]),
    "split by a condition": (
        [rule("{tool: a}", rest=", when: payload.x <= 2")],
        [
            rule("{tool: a}", "x", ", when: payload.x <= 2 and payload.x > 1"),
            rule("{tool: a}", "y", ", when: not payload.x > 1"),
        ],
    ),
    "blocked paths": (obliged('blocked_paths: [".env", "x/"]'), obliged('blocked_paths: ["x/", "{.env,.env}"]')),
    "hours": (
        obliged("hours: Mon-Fri 08:00-12:00 Europe/Berlin"),
        obliged('hours: ["Mon-Wed 08:00-12:00 Europe/Berlin", "Thu,Fri 08:00-10:00 Europe/Berlin", '
                '"Thu,Fri 10:00-12:00 Europe/Berlin"]'),
    ),
    "hours over midnight": (
        obliged("hours: Mon 22:00-02:00 UTC"), obliged('hours: ["Mon 22:00-24:00 UTC", "Tue 00:00-02:00 UTC"]')
    ),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new"), RULES.values(), ids=RULES)
def test_rules(old: list[str], new: list[str]) -> None:
    found = compared(policy(*old, head=HEAD), policy(*new, head=HEAD))
    assert found.verdict is Verdict.EQUIVALENT, found

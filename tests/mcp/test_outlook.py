"""Which tools a caller is shown: those that it could be allowed for some payload, and no others."""

from __future__ import annotations

from random import Random

import pytest

from axtary.backends import native
from axtary.compiler import compile_policy
from axtary.compiler.ir import Field
from axtary.mcp.outlook import EVERY, Outlook
from tests.generate import cases, compile_draft, draft

POLICY = b"""\
version: 1
policies:
  - {id: log, effect: allow, match: {tool: "mcp.git.{log,show}", actor: "agent:me"}, when: payload.n < 4}
  - {id: push, effect: step_up, match: {tool: mcp.git.push, resource: "mcp:git"}}
  - {id: held, effect: step_up, match: {tool: mcp.git.log, owner: "user:*"}}
  - {id: never, effect: allow, match: {tool: mcp.git.tag}, when: payload.n == 1 and payload.n > 2}
  - {id: shut, effect: allow, match: {tool: mcp.git.gc}}
  - {id: closed, effect: deny, match: {tool: "mcp.git.{gc,show}"}}
  - {id: most, effect: allow, match: {tool: mcp.git.diff}}
  - {id: some, effect: deny, match: {tool: mcp.git.diff}, when: not (payload.path == "src")}
  - {id: read, effect: allow, match: {tool: mcp.git.resources.read, resource: "file:///src/**"}}
"""
OUTLOOK = Outlook(compile_policy("axtary.yml", POLICY).policy)


def bare(tool: str, agent: str = "agent:me", resource: str = "mcp:git", owner: str = "") -> dict[str, object]:
    return {"version": 1, "tool": f"mcp.git.{tool}", "resource": resource, "actor": {"agent": agent, "owner": owner}}


@pytest.mark.parametrize(
    ("action", "shown"),
    [
        (bare("log"), True),
        (bare("log", agent="agent:you"), False),
        (bare("log", agent="agent:you", owner="user:a"), True),  # a step_up rule grants what it holds
        (bare("push"), True),
        (bare("push", resource="mcp:other"), False),
        (bare("tag"), False),
        (bare("gc"), False),
        (bare("show"), False),
        (bare("diff"), True),
        (bare("status"), False),
        (bare("*"), False),
        (bare("{log,show}"), False),
        (bare("resources.read"), False),
    ],
)
def test_a_tool_is_shown_if_some_payload_could_pass(action: dict[str, object], shown: bool) -> None:
    assert OUTLOOK.may_pass(action) is shown
    assert OUTLOOK.may_pass(action) is shown  # remembered


def test_what_is_not_known_yet_may_be_anything() -> None:
    without = tuple(field for field in EVERY if field is not Field.RESOURCE)
    assert OUTLOOK.may_pass(bare("resources.read"), without)
    assert not OUTLOOK.may_pass(bare("prompts.get"), without)


def test_of_more_questions_than_are_worked_out_the_rules_match_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("axtary.mcp.outlook.MOST", 0)
    fresh = Outlook(compile_policy("axtary.yml", POLICY).policy)
    assert fresh.may_pass(bare("tag"))  # not worked out, so shown
    assert not fresh.may_pass(bare("status"))


@pytest.mark.parametrize("seed", range(12))
def test_what_passes_is_shown(seed: int) -> None:
    """For every policy, action and facts: decide(action, facts) != deny implies may_pass(action)."""
    policy = compile_draft(draft(seed))
    engine, outlook = native.compile(policy), Outlook(policy)
    for action, facts in cases(Random(seed), policy, 60):
        if engine.decide(action, facts).decision != "deny":
            assert outlook.may_pass(action), (seed, action)

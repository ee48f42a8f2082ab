"""A policy with approvers, their keys, and an action that is held. The keys are made once; nothing depends on them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from axtary.approvals import Claims, new_claims, sign
from axtary.compiler import compile_policy
from axtary.compiler.approvers import ApproverList
from axtary.compiler.ir import Policy
from axtary.passes.keys import PrivateKey, generate
from axtary.runtime.action import check_action

NOW = 1_800_000_000
ANA, BEN, CY, DEE, SERVICE = (
    "user:ana@acme.com",
    "user:ben@acme.com",
    "user:cy@acme.com",
    "user:dee@acme.com",
    "service:ok",
)
AGENT = "agent:codex-1"

ACTION: Mapping[str, Any] = check_action(
    {
        "version": 1,
        "id": "act_1",
        "tool": "deploy.start",
        "resource": "repo:acme/prod-api",
        "actor": {"agent": AGENT, "owner": CY},
        "intent": {"task": "AXT-418"},
        "payload": {"version": "1.4.2", "replicas": 3},
        "context": {"trace_id": "t-1", "source": "proxy"},
    }
)

_POLICY = """\
version: 1
policies:
  - id: prod-needs-two
    effect: step_up
    match: {{tool: deploy.start}}
    obligations:
      approvers: {{roles: [security, release-manager], quorum: 2}}
      budget: {{limit: 100, unit: USD, per: task, window: 1d, cost: 1}}
  - {{id: reads, effect: allow, match: {{tool: fs.read}}}}
approvers:
  audience: axtary:test
  service: {{id: "{service_id}", key: {service}}}
  people:
    - {{id: "{ana_id}", roles: [security], key: {ana}}}
    - {{id: "{ben_id}", roles: [release-manager], key: {ben}}}
    - {{id: "{cy_id}", roles: [security, release-manager], key: {cy}}}
    - {{id: "{dee_id}", roles: [release-manager], key: {dee}, may_approve_own: true}}
    - {{id: "user:eve@acme.com", roles: [security]}}
"""


@cache
def key(name: str) -> PrivateKey:
    """The key of a person: one of each kind is among them."""
    return generate("Ed25519" if name == BEN else "ES256")


def policy_text() -> str:
    ids = {"ana": ANA, "ben": BEN, "cy": CY, "dee": DEE, "service": SERVICE}
    return _POLICY.format(**{f"{name}_id": id for name, id in ids.items()}, **{n: key(id).kid for n, id in ids.items()})


@cache
def loaded() -> tuple[Policy, ApproverList]:
    compiled = compile_policy("axtary.yml", policy_text().encode())
    return compiled.policy, compiled.approvers


def claims(who: str, action: Mapping[str, Any] = ACTION, **other: Any) -> Claims:
    """What somebody says now, of the action, under the policy; `other` goes before."""
    given: dict[str, Any] = {"policy_version": loaded()[0].policy_version, "now": NOW, "audience": "axtary:test"}
    return new_claims(action, approver=who, **(given | other))


def artifact(who: str, action: Mapping[str, Any] = ACTION, **other: Any) -> str:
    return sign(claims(who, action, **other), key(SERVICE if other.get("service") else who))

"""The stage: a policy, keys, an approver, and a provider that does nothing but remember what it was asked to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axtary.approvals import new_claims, sign
from axtary.approvals.queue import Request, Verdict
from axtary.connectors.provider import Call, Ran
from axtary.passes.keys import PrivateKey, generate
from axtary.passes.keystore import KeyStore
from axtary.pipeline import Pipeline, open_pipeline

ANA = "user:ana@acme.com"
AGENT = "agent:codex-1"
OWNER = "user:joe@acme.com"

_POLICY = """\
version: 1
approvers:
  people: [{{id: "{ana}", roles: [maintainer], key: {key}}}]
tools:
  model.complete:
    payload: {{estimate: decimal, prompt: string}}
policies:
  - id: small-prs
    effect: allow
    match: {{tool: github.pull_requests.create, resource: "repo:acme/web", actor: "agent:*"}}
    when: payload.base == "main" and payload.files_changed <= 12
  - id: prod-needs-a-human
    effect: step_up
    match: {{tool: github.pull_requests.create, resource: "repo:acme/prod-*"}}
    obligations: {{approvers: [maintainer], ttl: 2m}}
  - id: engineering-channel
    effect: allow
    match: {{tool: slack.messages.post, actor: "agent:*"}}
    when: payload.channel == "C-ENGINEERING"
  - id: model-calls
    effect: allow
    match: {{tool: model.complete, actor: "agent:*"}}
    obligations:
      budget: {{limit: "5.00", unit: USD, per: task, window: 1d, cost: payload.estimate}}
"""


@dataclass
class FakeProvider:
    """Every call is a success; `calls` are the payloads that came."""

    calls: list[Mapping[str, Any]] = field(default_factory=list)

    def normalise(self, tool: str, payload: Mapping[str, Any]) -> Call:
        """As they come: but `repo` is the resource."""
        resource = f"repo:{payload['repo']}" if "repo" in payload else ""
        return Call(tool, resource, dict(payload))

    def execute(self, action: Mapping[str, Any], _key: str) -> Ran:
        """Remember it."""
        self.calls.append(action["payload"])
        return Ran("succeeded", {"number": len(self.calls)})


@dataclass
class World:
    """What the scenes share."""

    pipeline: Pipeline
    provider: FakeProvider
    ana: PrivateKey
    folder: Path

    def approve(self, request: Request) -> str:
        """Ana signs for exactly this action; the artifact."""
        version, now = request.policy_version, int(self.pipeline.clock())
        claims = new_claims(request.action, approver=ANA, policy_version=version, now=now, reason="read it")
        artifact = sign(claims, self.ana)
        self.pipeline.queue.answer(request.id, Verdict(ANA, "approve", claims.reason, artifact, claims.exp))
        return artifact


@contextmanager
def world(folder: Path) -> Iterator[World]:
    """Made in an empty folder."""
    ana = generate("ES256")
    policy = folder / "axtary.yml"
    policy.write_text(_POLICY.format(ana=ANA, key=ana.public.kid))
    keys = KeyStore(folder / ".axtary" / "keys")
    keys.init()
    keys.init("checkpoint", "Ed25519")
    with open_pipeline(policy, {}) as pipeline:
        yield World(pipeline, FakeProvider(), ana, folder)


def action(tool: str, payload: Mapping[str, Any], task: str = "AXT-418", repo: str | None = None) -> dict[str, Any]:
    """An action of the agent. Who asks and for which task is for the runtime to say, never for the agent."""
    found = {"version": 1, "tool": tool, "actor": {"agent": AGENT, "owner": OWNER}, "intent": {"task": task}}
    return {**found, "payload": dict(payload)} | ({"resource": f"repo:{repo}"} if repo is not None else {})

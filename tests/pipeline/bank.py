"""A policy about payments, approvers, and a provider that writes down what it was asked to do."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from axtary.approvals import new_claims, sign
from axtary.approvals.queue import Verdict
from axtary.connectors.provider import Call, ProviderError, Ran
from axtary.ledger.record import read
from axtary.passes.keys import PrivateKey, generate
from axtary.passes.keystore import KeyStore
from axtary.pipeline import Pipeline, Result, open_pipeline

ANA = "user:ana@acme.com"
KEY = generate("ES256")

POLICY = f"""\
version: 1
runtime: {{durability: normal}}
ledger: {{durability: normal, payloads: kept}}
approvers:
  people: [{{id: "{ANA}", roles: [cfo], key: {KEY.public.kid}}}]
policies:
  - id: small
    effect: allow
    match: {{tool: bank.pay}}
    when: payload.amount <= 100
    obligations:
      budget: {{limit: "300", unit: USD, per: actor, window: 1d, cost: payload.amount}}
  - id: big
    effect: step_up
    match: {{tool: bank.pay}}
    when: payload.amount > 100
    obligations: {{approvers: [cfo]}}
  - {{id: reads, effect: allow, match: {{tool: bank.read}}}}
"""


class Bank:
    """`answer` is what comes of a call, or a function that gives it. Calls are lines of a file: `KEY PAYLOAD`."""

    def __init__(self, calls: Path, answer: Ran | Callable[[], Ran] | None = None) -> None:
        self.calls = calls
        self.answer = answer

    def normalise(self, tool: str, payload: Mapping[str, Any]) -> Call:
        if payload.get("to") == "nobody":
            raise ProviderError("no_such_account", "there is no account `nobody`", "write another one")
        return Call(tool, "bank:acme", {**payload, "currency": "USD"}, ("accounts/1",))

    def execute(self, action: Mapping[str, Any], key: str) -> Ran:
        line = f"{key} {json.dumps(action['payload'], sort_keys=True)}\n"
        handle = os.open(self.calls, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(handle, line.encode())
        os.close(handle)
        if callable(self.answer):
            return self.answer()
        return self.answer or Ran("succeeded", {"receipt": action["payload"].get("amount")})

    def called(self) -> list[str]:
        """The keys of calls, in their order."""
        return [line.split()[0] for line in self.calls.read_text().splitlines()] if self.calls.exists() else []


def folder(path: Path) -> Path:
    """A policy with keys; gives the policy's path."""
    path.mkdir(exist_ok=True)
    policy = path / "axtary.yml"
    policy.write_text(POLICY)
    KeyStore(path / ".axtary" / "keys").init()
    return policy


@contextmanager
def opened(policy: Path, environment: Mapping[str, str] | None = None) -> Iterator[Pipeline]:
    """The pipeline of a folder, which is nowhere else."""
    with open_pipeline(policy, environment or {}) as pipeline:
        yield pipeline


def pay(amount: int, **others: Any) -> dict[str, Any]:
    """An action."""
    actor = {"agent": "agent:a", "owner": "user:o@acme.com"}
    return {"version": 1, "tool": "bank.pay", "actor": actor, "payload": {"amount": amount, **others}}


def approve(pipeline: Pipeline, result: Result, key: PrivateKey = KEY, ttl: int = 600, now: int = 0) -> str:
    """Ana says yes to what waits; the artifact."""
    assert result.request is not None
    request = pipeline.queue.find(result.request)
    assert request is not None
    moment = now or int(pipeline.clock())
    version = request.policy_version
    claims = new_claims(request.action, approver=ANA, policy_version=version, now=moment, ttl=ttl)
    artifact = sign(claims, key)
    assert pipeline.queue.answer(request.id, Verdict(ANA, "approve", "", artifact, claims.exp))
    return artifact


def records(pipeline: Pipeline, kind: str | None = None) -> list[Mapping[str, Any]]:
    """The records of the ledger, of one kind."""
    found = [read(row.body).content for row in pipeline.ledger.rows.records(0, 10_000)]
    return [each for each in found if kind is None or each["kind"] == kind]

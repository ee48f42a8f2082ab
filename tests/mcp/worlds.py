"""A policy folder with keys, and sessions in this process in front of a server that a test writes."""

from __future__ import annotations

import json
import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axtary.approvals import new_claims, sign
from axtary.approvals.queue import Queue, Verdict
from axtary.compiler import compile_policy
from axtary.mcp.actions import Caller, Identity
from axtary.mcp.definitions import Definitions
from axtary.mcp.frames import Frame, line
from axtary.mcp.outlook import Outlook
from axtary.mcp.pins import Pins, named
from axtary.mcp.session import Parts, Session
from axtary.mcp.words import Words
from axtary.passes.keys import PrivateKey, generate
from axtary.passes.keystore import KeyStore
from axtary.pipeline import Pipeline, open_pipeline

ANA = "user:ana@acme.com"
AGENT, OWNER = "agent:codex-1", "user:cy@acme.com"
KEY = generate("ES256")
POLICY = f"""\
version: 1
policies:
  - id: small
    effect: allow
    match: {{tool: mcp.bank.pay, actor: "agent:codex-*"}}
    when: payload.amount <= 10
  - id: large
    effect: step_up
    match: {{tool: mcp.bank.pay}}
    when: payload.amount > 10 and payload.amount <= 1000
    obligations: {{approvers: [treasury]}}
  - {{id: looks, effect: allow, match: {{tool: "mcp.bank.{{balance,resources.read}}"}}}}
  - {{id: asks, effect: allow, match: {{tool: mcp.bank.elicitation.create}}, when: payload.message == "Which account?"}}
  - {{id: never, effect: deny, match: {{tool: mcp.bank.close}}}}
approvers:
  audience: axtary:test
  people:
    - {{id: "{ANA}", roles: [treasury], key: {KEY.kid}}}
"""


def tool(name: str, description: str = "Does it.", **properties: str) -> dict[str, Any]:
    """A definition."""
    schema = {"type": "object", "properties": {each: {"type": kind} for each, kind in properties.items()}}
    return {"name": name, "description": description, "inputSchema": schema}


TOOLS = [tool("pay", amount="number"), tool("balance"), tool("close"), tool("odd")]


def folder(path: Path, policy: str = POLICY) -> Path:
    """A policy with keys beside it; gives the policy's path."""
    (path / "axtary.yml").write_text(policy, encoding="utf-8")
    store = KeyStore(path / ".axtary" / "keys")
    store.init("pass", "ES256")
    store.init("checkpoint", "ES256")
    return path / "axtary.yml"


def approve(waiting: Queue, name: str, key: PrivateKey = KEY) -> None:
    """What Ana says to a request, signed by her."""
    request = waiting.find(name)
    assert request is not None and request.state == "open"
    claims = new_claims(
        request.action,
        approver=ANA,
        policy_version=request.policy_version,
        audience="axtary:test",
        now=int(time.time()),
    )
    assert waiting.answer(name, Verdict(ANA, "approve", "", sign(claims, key), claims.exp))


@dataclass
class Bank:
    """A server: answers at once, unless `silent` is set; `got` are the messages as they were on the wire."""

    tools: list[dict[str, Any]] = field(default_factory=lambda: list(TOOLS))
    got: list[dict[str, Any]] = field(default_factory=list)
    silent: bool = False
    result: Mapping[str, Any] = field(default_factory=lambda: {"content": [{"type": "text", "text": "done"}]})
    instructions: str | None = None
    session: Session | None = None
    arrived: queue.Queue[dict[str, Any]] = field(default_factory=queue.Queue)
    version: str = ""

    def send(self, frame: Frame) -> None:
        message = json.loads(line(frame))
        self.got.append(message)
        self.arrived.put(message)
        answer = self.answer(message)
        if answer is not None:
            self.say({"jsonrpc": "2.0", "id": message["id"], **answer})

    def negotiated(self, version: str) -> None:
        self.version = version

    def say(self, message: Mapping[str, Any]) -> None:
        """Write a line."""
        assert self.session is not None
        threading.Thread(target=self.session.server_line, args=(json.dumps(message).encode(),)).start()

    def answer(self, message: Mapping[str, Any]) -> dict[str, Any] | None:
        method, params = message.get("method"), message.get("params", {})
        if "id" not in message or method is None:
            return None
        if method == "initialize":
            told = {"instructions": self.instructions} if self.instructions is not None else {}
            return {"result": {"protocolVersion": params["protocolVersion"], "capabilities": {}, **told}}
        if method == "tools/list":
            at = int(params.get("cursor", 0))
            more = {"nextCursor": str(at + 2)} if at + 2 < len(self.tools) else {}
            return {"result": {"tools": self.tools[at : at + 2], **more}}
        if method in ("resources/list", "prompts/list"):
            return {"result": {method.split("/")[0]: [{"name": "one"}]}}
        return None if self.silent else {"result": dict(self.result)}

    def calls(self) -> list[dict[str, Any]]:
        """The params of the calls that it got."""
        return [each["params"] for each in self.got if each.get("method") == "tools/call"]

    def next(self, method: str) -> dict[str, Any]:
        """The next message of a method, waited for."""
        while True:
            message = self.arrived.get(timeout=20)
            if message.get("method") == method:
                return message


@dataclass
class World:
    """A session with a client that writes lines and reads answers."""

    session: Session
    bank: Bank
    pipeline: Pipeline
    out: queue.Queue[dict[str, Any]]
    last: int = 0

    def send(self, message: Mapping[str, Any] | bytes) -> None:
        """A line of the client."""
        self.session.client_line(message if isinstance(message, bytes) else json.dumps(message).encode())

    def read(self, timeout: float = 20) -> dict[str, Any]:
        """What the client gets next."""
        return self.out.get(timeout=timeout)

    def ask(self, method: str, id: Any = None, **params: Any) -> dict[str, Any]:
        """The answer to a request."""
        self.last += 1
        self.send({"jsonrpc": "2.0", "id": self.last if id is None else id, "method": method, "params": params})
        return self.read()

    def call(self, name: str, arguments: Mapping[str, Any] | None = None, **more: Any) -> dict[str, Any]:
        """The result of a call."""
        given = {} if arguments is None else {"arguments": arguments}
        answer = self.ask("tools/call", name=name, **given, **more)
        assert "result" in answer, answer
        return dict(answer["result"])

    def begin(self) -> None:
        """The handshake of the old era."""
        answer = self.ask("initialize", protocolVersion="2025-11-25", capabilities={}, clientInfo={})
        assert answer["result"]["protocolVersion"] == "2025-11-25"
        self.send({"jsonrpc": "2.0", "method": "notifications/initialized"})

    def records(self) -> list[dict[str, Any]]:
        """What the ledger holds, without checkpoints."""
        return [json.loads(row.body) for row in self.pipeline.ledger.rows.records(0, 1000)]


def called(id: Any, name: str = "balance", **params: Any) -> dict[str, Any]:
    """A call, for the wire."""
    return {"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": {"name": name, **params}}


def text_of(result: Mapping[str, Any]) -> str:
    """What a model reads."""
    return " ".join(each["text"] for each in result["content"])


@contextmanager
def world(
    path: Path,
    bank: Bank | None = None,
    *,
    pins: Pins | str | None = "as they are",
    policy: str = POLICY,
    agent: str = AGENT,
    timeout: float = 20.0,
    keep: Callable[[Pins], None] | None = None,
    begin: bool = True,
) -> Iterator[World]:
    """A session of the old era, after its handshake."""
    bank = bank or Bank()
    file = path / "axtary.yml"
    if not file.exists():
        folder(path, policy)
    compiled = compile_policy("axtary.yml", policy.encode()).policy
    out: queue.Queue[dict[str, Any]] = queue.Queue()
    pinned = Pins(named(bank.tools), bank.instructions) if isinstance(pins, str) else pins
    with open_pipeline(file, {}) as pipeline:
        parts = Parts(
            pipeline=pipeline,
            identity=Identity("bank", "mcp:bank", "sha256:program", Caller(agent, OWNER)),
            definitions=Definitions(pinned, keep),
            outlook=Outlook(compiled),
            words=Words(compiled),
            timeout=timeout,
        )
        session = Session(parts, bank, lambda frame: out.put(json.loads(line(frame))))
        bank.session = session
        found = World(session, bank, pipeline, out)
        if begin:
            found.begin()
        yield found
        session.ended()
        session.client_ended()
        assert session.drain(20)

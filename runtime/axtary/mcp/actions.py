"""From a request to the action that is decided, and from the action that was authorised to the request that is sent.

What is sent is made from the authorised action alone, so it is what the hashes of the approval and the pass are of.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from axtary.mcp.frames import Request
from axtary.mcp.methods import Method, without_meta

_BOUND = {"inputResponses": "input_responses", "requestState": "request_state"}  # in the context, beside the arguments


@dataclass(frozen=True)
class Caller:
    """Who asks, as the configuration says; nothing of it comes from the client."""

    agent: str = ""
    owner: str = ""
    tenant: str = ""
    task: str = ""
    roles: tuple[str, ...] = ()

    def members(self) -> dict[str, Any]:
        """Of an action."""
        actor: dict[str, Any] = {"agent": self.agent, "owner": self.owner, "tenant": self.tenant}
        found = {name: text for name, text in actor.items() if text}
        if self.roles:
            found["roles"] = list(self.roles)
        return {"actor": found} | ({"intent": {"task": self.task}} if self.task else {})


@dataclass(frozen=True)
class Identity:
    """The server as the configuration names it, never as it names itself. `endpoint` is what runs, or its address."""

    server: str
    resource: str
    endpoint: str
    caller: Caller = Caller()

    def tool(self, name: str) -> str:
        """A tool of the server, or a method, as rules call it."""
        return f"mcp.{self.server}.{name}"

    def bare(self, name: str, resource: str | None = None) -> dict[str, Any]:
        """An action without content."""
        return {"version": 1, **self.caller.members(), "tool": self.tool(name), "resource": resource or self.resource}


def action_of(
    identity: Identity, request: Request, method: Method, version: str, definition: str | None = None
) -> dict[str, Any]:
    """The action that a request asks for. `definition` is the hash of that of the tool that is called."""
    params = without_meta(request.params)
    context = {"source": "mcp", "server": identity.server, "endpoint": identity.endpoint, "method": request.method}
    context["protocol"] = version
    if request.method != "tools/call":
        resource = params.get(method.resource) if method.resource else None
        found = identity.bare(method.action, resource if isinstance(resource, str) else None)
        return found | {"payload": params, "context": context}
    context |= {"definition": definition} if definition is not None else {}
    context |= {name: params[member] for member, name in _BOUND.items() if member in params}
    arguments = params.get("arguments", {})  # left out, and empty, are the same call
    return identity.bare(params["name"]) | {"payload": arguments, "context": context}


def request_of(identity: Identity, action: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The method and the params that an authorised action stands for."""
    context, payload = action["context"], dict(action["payload"])
    if context["method"] != "tools/call":
        return context["method"], payload
    params = {"name": action["tool"].removeprefix(identity.tool("")), "arguments": payload}
    return "tools/call", params | {member: context[name] for member, name in _BOUND.items() if name in context}

"""The methods of MCP that may pass, and how. What is not here is refused.

Two eras: up to 2025-11-25 a session begins with `initialize`; from 2026-07-28 on each request says its version, and a
server asks nothing of its client.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

OLD = ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25")
NEW = ("2026-07-28",)

_META = "io.modelcontextprotocol/"
VERSION, SUBSCRIPTION = f"{_META}protocolVersion", f"{_META}subscriptionId"
# What a request says beside what is authorised. Nothing else of `_meta` reaches a server.
META = (
    *(VERSION, f"{_META}clientInfo", f"{_META}clientCapabilities", f"{_META}logLevel"),
    *("traceparent", "tracestate", "baggage"),
)

Way = Literal["pass", "list", "act"]
Era = Literal["old", "new", "both"]


@dataclass(frozen=True)
class Method:
    """pass: goes on as it is. list: goes on if something in it could be allowed. act: it is decided as an action.

    `params` are the members that it may have beside `_meta`; None: any. `action` is the end of the tool's name, and of
    a list what it lists. `resource` is the member that names the resource, or "". `waits`: its answer may take long.
    """

    way: Way
    era: Era
    params: frozenset[str] | None = frozenset()
    action: str = ""
    resource: str = ""
    waits: bool = False

    def is_of(self, is_new: bool) -> bool:
        """Is it of this era?"""
        return self.era == "both" or (self.era == "new") == is_new


def _m(way: Way, era: Era, params: str = "", action: str = "", resource: str = "", waits: bool = False) -> Method:
    return Method(way, era, frozenset(params.split()), action, resource, waits)


_ROUNDS = " inputResponses requestState"  # of a request that is made again with what the server asked for

FROM_CLIENT: Mapping[str, Method] = {
    "initialize": _m("pass", "old", "protocolVersion capabilities clientInfo"),
    "ping": _m("pass", "old"),
    "logging/setLevel": _m("pass", "old", "level"),
    "server/discover": _m("pass", "new"),
    "subscriptions/listen": _m("pass", "new", "notifications", waits=True),
    "tools/list": _m("list", "both", "cursor", "tools"),
    "tools/call": _m("act", "both", "name arguments" + _ROUNDS),
    "resources/list": _m("list", "both", "cursor", "resources.read"),
    "resources/templates/list": _m("list", "both", "cursor", "resources.read"),
    "resources/read": _m("act", "both", "uri" + _ROUNDS, "resources.read", "uri"),
    "resources/subscribe": _m("act", "old", "uri", "resources.subscribe", "uri"),
    "resources/unsubscribe": _m("pass", "old", "uri"),
    "prompts/list": _m("list", "both", "cursor", "prompts.get"),
    "prompts/get": _m("act", "both", "name arguments" + _ROUNDS, "prompts.get"),
    "completion/complete": _m("act", "both", "ref argument context", "completion.complete"),
}
FROM_SERVER: Mapping[str, Method] = {
    "ping": _m("pass", "old"),
    "roots/list": Method("act", "old", None, "roots.list", waits=True),
    "sampling/createMessage": Method("act", "old", None, "sampling.create_message", waits=True),
    "elicitation/create": Method("act", "old", None, "elicitation.create", waits=True),
}
RESERVED = frozenset(method.action for method in (*FROM_CLIENT.values(), *FROM_SERVER.values()) if method.action)

# The members of notifications that pass, so that nothing else gets through with them.
CLIENT_SAYS: Mapping[str, tuple[str, ...]] = {
    "notifications/initialized": (),
    "notifications/roots/list_changed": (),
    "notifications/cancelled": ("requestId",),
    "notifications/progress": ("progressToken", "progress", "total"),
}
SERVER_SAYS = frozenset(
    f"notifications/{name}"
    for name in (
        *("cancelled", "progress", "message", "tools/list_changed", "prompts/list_changed"),
        *("resources/list_changed", "resources/updated", "subscriptions/acknowledged", "elicitation/complete"),
    )
)
EMPTY: Mapping[str, str] = {  # the member of an empty list
    "tools/list": "tools",
    "resources/list": "resources",
    "resources/templates/list": "resourceTemplates",
    "prompts/list": "prompts",
}


def meta(params: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a message says beside itself; {} if that is no object."""
    found = params.get("_meta")
    return found if isinstance(found, dict) else {}


def passed_meta(params: Mapping[str, Any]) -> dict[str, Any]:
    """Of `_meta`, what goes on to the server."""
    return {name: value for name, value in meta(params).items() if name in META}


def without_meta(params: Mapping[str, Any]) -> dict[str, Any]:
    """What is decided and hashed of a request."""
    return {name: value for name, value in params.items() if name != "_meta"}

"""Any service that speaks HTTP and JSON, by tools that are declared in the policy file.

A value of the payload can fill a place in the path and nothing more: it is percent-encoded, and what could still end a
segment on some server is refused. Each member of the payload goes to one place, and one that goes nowhere is refused:
nothing is decided upon that is not sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from axtary.compiler.connectortools import Template, ToolMapping
from axtary.compiler.diagnostics import quoted
from axtary.connectors import replies, shapes
from axtary.connectors.decided import decided
from axtary.connectors.limits import Answer
from axtary.connectors.provider import Call, ProviderError, Ran
from axtary.connectors.transport import Client, Request

_REPEATABLE = ("GET", "PUT", "DELETE")
_AMOUNT = re.compile(r"(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,4})?")
_NO_SEGMENT = re.compile(r"[/\\\x00-\x1f\x7f]")


class Declared:
    """A Provider for the tools of one connector."""

    def __init__(self, client: Client, tools: tuple[ToolMapping, ...]) -> None:
        self._client = client
        self._tools = {tool.name: tool for tool in tools}

    @property
    def tools(self) -> frozenset[str]:
        return frozenset(self._tools)

    def normalise(self, tool: str, payload: Mapping[str, Any]) -> Call:
        return self._form(tool, shapes.plain(payload))

    def execute(self, action: Mapping[str, Any], key: str) -> Ran:
        payload = decided(action, self._form)
        tool = self._tools[action["tool"]]
        headers = {tool.idempotency: key} if tool.idempotency else {}
        if headers and not re.fullmatch(r"[\x21-\x7e]{1,200}", key):
            raise ProviderError("bad_key", "the idempotency key cannot stand in a header", "give visible ASCII")
        repeatable = tool.method in _REPEATABLE or bool(headers)
        query = {name: _scalar(payload[name], name) for name in tool.query if name in payload}
        path, body = _filled(tool.path, payload), _body(tool, payload)
        request = Request(tool.method, path, query, body, headers, repeatable)
        service = self._client.name
        found = replies.settled(self._client.send(request), service, _reason)
        return found if isinstance(found, Ran) else _done(tool, found, service)

    def check(self) -> str:
        """No call of a service that is not known is harmless for sure. Raises ProviderError."""
        there = self._client.credential()
        return f"{'the credential is there' if there else 'no credential is needed'}; no call was made"

    def close(self) -> None:
        self._client.close()

    def _form(self, name: str, payload: dict[str, Any]) -> Call:
        tool = self._tools[name]
        _check_members(tool, payload)
        _filled(tool.path, payload)
        for member in tool.query:
            if member in payload:
                _scalar(payload[member], member)
        return Call(name, _filled(tool.resource, payload), payload, _paths(tool, payload))


def _check_members(tool: ToolMapping, payload: Mapping[str, Any]) -> None:
    roots = {name.split(".")[0] for name in tool.path.members}
    for root in sorted(roots & payload.keys()):
        for name in _leaves(payload[root], root):
            if name not in tool.path.members:
                help_text = f"of {quoted(root)}, the path has {', '.join(tool.path.members)} only: leave it out"
                raise shapes.bad(f"{quoted(name)} is not sent by {quoted(tool.name)}", help_text)
    if tool.body is None:
        return
    sent = {*(name.split(".")[0] for name in tool.path.members), *tool.query, *tool.body}
    for name in payload:
        if name not in sent:
            help_text = f"known are {', '.join(sorted(sent))}; declare it under `body` or `query` of the tool"
            raise shapes.bad(f"{quoted(name)} is not sent by {quoted(tool.name)}", help_text)


def _leaves(value: Any, name: str) -> Iterator[str]:
    """The names of all that stands in a value, itself if it is no object or an empty one."""
    if not isinstance(value, Mapping) or not value:
        yield name
        return
    for key, item in value.items():
        yield from _leaves(item, f"{name}.{key}")


def _body(tool: ToolMapping, payload: Mapping[str, Any]) -> dict[str, Any] | None:
    """What is sent: the members that are named, or all that go to no other place."""
    if tool.body is not None:
        found = {name: payload[name] for name in tool.body if name in payload}
        return found if tool.body else None
    elsewhere = {*(name.split(".")[0] for name in tool.path.members), *tool.query}
    return {name: value for name, value in payload.items() if name not in elsewhere}


def _filled(template: Template, payload: Mapping[str, Any]) -> str:
    """A template with its parameters, each percent-encoded but for the unreserved characters of RFC 3986."""
    parts = list(template.parts)
    for index in range(1, len(parts), 2):
        value = _scalar(_member(payload, parts[index]), parts[index])
        if not value or _NO_SEGMENT.search(value):
            message = f"`{parts[index]}` cannot stand in {quoted(template.text)}"
            raise shapes.bad(message, "write a value that is not empty and has no `/` or `\\`")
        parts[index] = quote(value, safe="")
    filled = "".join(parts)
    if {".", ".."} & set(filled.split("/")):
        raise shapes.bad(f"the values make a `.` or `..` of {quoted(template.text)}", "write other values")
    return filled


def _member(value: Any, name: str) -> Any:
    for step in name.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def _scalar(value: Any, name: str) -> str:
    """Text, a whole number or a boolean as it stands in a URL."""
    if type(value) is bool:
        return "true" if value else "false"
    if type(value) not in (str, int):
        raise shapes.bad(f"`{name}` of the payload is no text and no whole number", "write it as text")
    return str(value)


def _paths(tool: ToolMapping, payload: Mapping[str, Any]) -> tuple[str, ...] | None:
    """The paths that the payload names; None for a tool that has none declared."""
    if not tool.paths:
        return None
    found: list[str] = []
    for name in tool.paths:
        value = _member(payload, name)
        listed = value if isinstance(value, list) else [value]
        if value is not None and not all(isinstance(item, str) for item in listed):
            raise shapes.bad(f"`{name}` of the payload is no path and no list of paths", "write it as text")
        found += [shapes.canonical_path(item) for item in listed if value is not None]
    return tuple(sorted(set(found)))


def _done(tool: ToolMapping, answer: Answer, service: str) -> Ran:
    if tool.expect and answer.status not in tool.expect:
        expected = ", ".join(map(str, tool.expect))
        message = f"it may have happened: {service} answers with status {answer.status} in place of {expected}"
        return Ran("unknown", answer.body, message)
    costs, missing = {}, []
    for unit, name in tool.costs:
        amount = _amount(_member(answer.body, name))
        if amount is None:
            missing.append(f"`{name}`")
        else:
            costs[unit] = amount
    message = f"the answer has no amount in {', '.join(missing)}" if missing else ""
    return Ran("succeeded", answer.body, message, costs)


def _amount(value: Any) -> str | None:
    """A decimal that is not negative, from text or a number."""
    text = value if isinstance(value, str) else repr(value) if type(value) in (int, float) else ""
    return text if _AMOUNT.fullmatch(text) else None


def _reason(answer: Answer) -> str:
    """What the service says about an error, where it says it in a usual place (RFC 9457 among them)."""
    places = (("detail",), ("message",), ("error", "message"), ("error",), ("title",))
    return next((said for names in places if (said := shapes.text(answer.body, *names))), "")

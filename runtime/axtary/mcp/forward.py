"""Executes an authorised action: hands it to the other side as a request, and waits for what comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from axtary.connectors.provider import Call, ProviderError, Ran
from axtary.mcp.actions import Identity, request_of
from axtary.mcp.exchange import Exchange, GoneError
from axtary.mcp.frames import INVALID_PARAMS, INVALID_REQUEST, METHOD_NOT_FOUND, NOT_SENT, PARSE_ERROR, Id, Response
from axtary.mcp.pins import digest

_NOT_DONE = {PARSE_ERROR, INVALID_REQUEST, METHOD_NOT_FOUND, INVALID_PARAMS, NOT_SENT}
_RESERVED = range(-32099, -32019)  # codes of MCP: a frame that was refused before anything was done


@dataclass
class Asked:
    """A request that is under way here, by the id that whoever made it knows it by."""

    id: Id
    token: Id | None = None  # for its progress
    acts: bool = False  # is it an action, of which the outcome is to be known?
    is_cancelled: bool = False
    answer: Response | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Forward:
    """The provider of one request."""

    identity: Identity
    exchange: Exchange
    asked: Asked
    resource: str
    meta: Mapping[str, Any] = field(default_factory=dict)
    timeout: float | None = None

    def normalise(self, tool: str, payload: Mapping[str, Any]) -> Call:
        """A request of MCP is exact as it stands."""
        return Call(tool, self.resource, dict(payload))

    def execute(self, action: Mapping[str, Any], key: str) -> Ran:
        """Send it once, and wait. Raises ProviderError if nothing was sent."""
        if self.asked.is_cancelled:
            raise ProviderError("cancelled", "the client cancelled it")
        method, params = request_of(self.identity, action)
        if self.meta:
            params["_meta"] = dict(self.meta)
        try:
            waiting = self.exchange.begin(method, params, self.asked.id, self.asked.token)
        except GoneError as error:
            raise ProviderError("not_sent", str(error)) from None
        if self.asked.is_cancelled:  # between the look above and the sending
            self.exchange.cancel(self.asked.id)
        if not self.exchange.wait(waiting, self.timeout):
            return Ran("unknown", message=f"no answer in {self.timeout:g} s: it may have been done")
        if waiting.answer is None:
            why = "it was cancelled" if waiting.is_cancelled else "the other side ended before it answered"
            return Ran("unknown", message=f"{why}: it may have been done")
        self.asked.answer = waiting.answer
        return ran(waiting.answer)


def ran(answer: Response) -> Ran:
    """What an answer says came of it. Only its hash is recorded: content may hold anything."""
    if answer.error is not None:
        code = answer.error["code"]
        refused = code in _NOT_DONE or code in _RESERVED
        told = {"code": code, "hash": digest(answer.error)}
        return Ran("failed" if refused else "unknown", told, f"the answer is the error {code}")
    told = {"hash": digest(answer.result)}
    if answer.result.get("isError") is True:
        return Ran("failed", told, "the tool says that it failed")
    if answer.result.get("resultType", "complete") != "complete":
        told["type"] = str(answer.result["resultType"])
    return Ran("succeeded", told)

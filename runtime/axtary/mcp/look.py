"""A look at a server's tools, to pin them: as a client of either era."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from importlib.metadata import version
from typing import Any

from axtary.compiler.diagnostics import printable
from axtary.mcp.definitions import ListError, pages
from axtary.mcp.exchange import Exchange, GoneError
from axtary.mcp.frames import MAX_ANSWER, METHOD_NOT_FOUND, Notification, Request, Response, parse, refusal
from axtary.mcp.methods import NEW, OLD, VERSION
from axtary.mcp.pins import Pins, named
from axtary.mcp.serve import Server

# Some tools are offered only to a client that can answer.
_ABLE: dict[str, Any] = {"sampling": {}, "elicitation": {}, "roots": {}}
_CAPABILITIES, _INFO = "io.modelcontextprotocol/clientCapabilities", "io.modelcontextprotocol/clientInfo"


def look(server: Server, timeout: float) -> Pins:
    """What a server says of itself and its tools now. Raises ListError."""
    return _Look(server, timeout).seen()


class _Look:
    def __init__(self, server: Server, timeout: float) -> None:
        self._server, self._timeout = server, timeout
        self._exchange = Exchange(server.send)
        self._why = ""
        server.listen(self._hear, self._ended)

    def seen(self) -> Pins:
        info = {"name": "axtary", "version": version("axtary")}
        given = {"protocolVersion": OLD[-1], "capabilities": _ABLE, "clientInfo": info}
        told = self._asked("initialize", given)
        meta: dict[str, Any] = {}
        if told.error is None and told.result.get("protocolVersion") in OLD:
            self._server.negotiated(str(told.result["protocolVersion"]))
            self._server.send(Notification("notifications/initialized"))
        else:
            meta = {"_meta": {VERSION: NEW[-1], _CAPABILITIES: _ABLE, _INFO: info}}
            told = self._asked("server/discover", meta)
        if told.error is not None:
            raise ListError(_said("it does not introduce itself", told))
        instructions = told.result.get("instructions")
        tools = [tool for page in pages(lambda cursor: self._page(cursor, meta)) for tool in page]
        return Pins(named(tools), instructions if isinstance(instructions, str) else None)

    def _page(self, cursor: str | None, meta: Mapping[str, Any]) -> Mapping[str, Any]:
        answer = self._asked("tools/list", ({"cursor": cursor} if cursor else {}) | dict(meta))
        if answer.error is not None:
            raise ListError(_said("it does not list its tools", answer))
        return answer.result

    def _asked(self, method: str, params: Mapping[str, Any]) -> Response:
        try:
            waiting = self._exchange.begin(method, params)
        except GoneError as error:
            raise ListError(self._why or str(error)) from None
        if not self._exchange.wait(waiting, self._timeout):
            raise ListError(f"it does not answer to {method} in {self._timeout:g} s")
        if waiting.answer is None:
            raise ListError(self._why or "it ended")
        return waiting.answer

    def _hear(self, line: bytes) -> None:
        frame = parse(line, MAX_ANSWER)
        if isinstance(frame, Response):
            self._exchange.settle(frame)
        elif isinstance(frame, Request):
            with suppress(GoneError):
                self._server.send(refusal(frame.id, METHOD_NOT_FOUND, "nobody is here who could answer"))

    def _ended(self, why: str) -> None:
        self._why = why
        self._exchange.gone()


def _said(what: str, answer: Response) -> str:
    return f"{what}: {printable(str((answer.error or {}).get('message')))[:200]}"

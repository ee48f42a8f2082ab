"""One client and one server: what passes between them, and what is decided first.

Each request has a thread, so that one that waits holds up no other. What is not known to pass is refused, and nothing
that either side says is an instruction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

from axtary.compiler.diagnostics import printable
from axtary.compiler.ir import Field
from axtary.ledger import LedgerError, entry
from axtary.mcp.actions import Identity, action_of
from axtary.mcp.definitions import BlockedError, Definitions, ListError
from axtary.mcp.exchange import Exchange, GoneError, Waiting, in_words_of_asker
from axtary.mcp.forward import Asked, Forward
from axtary.mcp.frames import (
    INTERNAL_ERROR,
    MAX_ANSWER,
    NO_ANSWER,
    NOT_SENT,
    UNSUPPORTED_VERSION,
    Frame,
    FrameError,
    Notification,
    Request,
    Response,
    inexact_answer,
    parse,
    refusal,
)
from axtary.mcp.methods import (
    CLIENT_SAYS,
    EMPTY,
    FROM_CLIENT,
    FROM_SERVER,
    NEW,
    OLD,
    SERVER_SAYS,
    Method,
    passed_meta,
    without_meta,
)
from axtary.mcp.outlook import EVERY, Outlook
from axtary.mcp.refusals import RefusedError, method_of, version_of
from axtary.mcp.underway import UnderWay
from axtary.mcp.words import Words, denied, tool_error
from axtary.pipeline import Pipeline

TIMEOUT = 300.0  # seconds for an answer of the server
_ANY_RESOURCE = tuple(field for field in EVERY if field is not Field.RESOURCE)


class Peer(Protocol):
    """The way to a server."""

    def send(self, frame: Frame) -> None:
        """Raises GoneError if it certainly does not get there."""

    def negotiated(self, version: str) -> None:
        """The version that client and server agreed upon."""


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What a session decides with. `say` tells a person at the terminal, not the client."""

    pipeline: Pipeline
    identity: Identity
    definitions: Definitions
    outlook: Outlook
    words: Words
    timeout: float = TIMEOUT
    say: Callable[[str], None] = lambda _text: None


class Session:
    """Safe to use from any thread."""

    def __init__(self, parts: Parts, server: Peer, to_client: Callable[[Frame], None]) -> None:
        self._parts = parts
        self._peer = server
        self._to_client = to_client
        self._server = Exchange(server.send)
        self._client = Exchange(to_client)
        self._of_client = UnderWay(self._answer, self._tell_client, parts.say)
        self._of_server = UnderWay(self._answer_server, self._tell_server, parts.say)
        self._negotiated: str | None = None

    # --- what comes in ----------------------------------------------------------------------------------------------

    def client_line(self, line: bytes) -> None:
        """A line of the client. One that is no frame is refused, and nothing of it goes on."""
        try:
            frame = parse(line)
        except FrameError as error:
            self._tell_client(error.response())
            return
        if isinstance(frame, Request):
            self._of_client.begin(frame)
        elif isinstance(frame, Response):
            self._client.settle(frame)
        elif frame.method in CLIENT_SAYS:
            self._client_says(frame)

    def server_line(self, line: bytes) -> None:
        """A line of the server. Raises FrameError for one that is no frame: then nothing of it can be believed."""
        try:
            frame = parse(line, MAX_ANSWER)
        except FrameError:
            asked = inexact_answer(line)
            if asked is None:
                raise
            text = "the answer has a number that cannot be read exactly, and is withheld"
            frame = refusal(asked, INTERNAL_ERROR, text)
        if isinstance(frame, Request):
            self._of_server.begin(frame)
        elif isinstance(frame, Response):
            self._server.settle(frame)
        elif frame.method in SERVER_SAYS:
            self._server_says(frame)

    def ended(self) -> None:
        """The server is gone: nobody waits for it any more."""
        self._server.gone()
        self._client.gone()

    def client_ended(self) -> None:
        """The client is gone: no answer of it will come."""
        self._client.gone()

    def drain(self, timeout: float) -> bool:
        """Wait until the client's actions have ended. Is it so in time?"""
        return self._of_client.drain(timeout)

    # --- notifications ----------------------------------------------------------------------------------------------

    def _client_says(self, said: Notification) -> None:
        params = {name: said.params[name] for name in CLIENT_SAYS[said.method] if name in said.params}
        if said.method == "notifications/cancelled":
            asked = self._of_client.cancel(params.get("requestId"))
            if asked is not None:
                self._server.cancel(asked.id)
            return
        found = in_words_of_asker(self._client, Notification(said.method, params))
        if found is not None:
            self._tell_server(found)

    def _server_says(self, said: Notification) -> None:
        if said.method == "notifications/cancelled":
            asked = self._of_server.cancel(said.params.get("requestId"))
            if asked is not None:
                self._client.cancel(asked.id)
            return
        if said.method == "notifications/tools/list_changed":
            self._parts.definitions.stale()
        found = in_words_of_asker(self._server, said)
        if found is not None:
            self._tell_client(found)

    # --- requests of the client -------------------------------------------------------------------------------------

    def _answer(self, request: Request, asked: Asked) -> Response:
        try:
            version = version_of(request, self._negotiated)
            method = method_of(request, FROM_CLIENT, version in NEW)
            if method.way == "act":
                return self._act(request, asked, method, version)
            return self._list(request, asked, method, version) if method.way == "list" else self._pass(request, asked)
        except RefusedError as refused:
            return refused.response

    def _pass(self, request: Request, asked: Asked) -> Response:
        answer = self._forwarded(request, asked, FROM_CLIENT[request.method].waits)
        if answer.error is not None:
            return answer
        if request.method == "initialize":
            return self._initialized(answer)
        if request.method == "server/discover":
            return Response(answer.id, self._introduced(answer.result))
        return answer

    def _initialized(self, answer: Response) -> Response:
        version = answer.result.get("protocolVersion")
        if version not in OLD:
            return refusal(answer.id, UNSUPPORTED_VERSION, "the server speaks a version that is not passed on")
        self._negotiated = str(version)
        self._peer.negotiated(self._negotiated)
        return Response(answer.id, self._introduced(answer.result))

    def _introduced(self, result: Mapping[str, Any]) -> dict[str, Any]:
        """What a server says of itself, without instructions that nobody looked at."""
        told = self._parts.definitions.instructions(result.get("instructions"))
        rest = {name: value for name, value in result.items() if name != "instructions"}
        versions = rest.get("supportedVersions")
        if isinstance(versions, list):
            rest["supportedVersions"] = [each for each in versions if each in NEW or each in OLD]
        return rest | ({"instructions": told} if told is not None else {})

    def _list(self, request: Request, asked: Asked, method: Method, version: str) -> Response:
        parts, member = self._parts, EMPTY[request.method]
        if request.method != "tools/list":
            if parts.outlook.may_pass(parts.identity.bare(method.action), _ANY_RESOURCE):
                return self._forwarded(request, asked)
            kind = {"resultType": "complete", "ttlMs": 0, "cacheScope": "private"} if version in NEW else {}
            return Response(request.id, {member: [], **kind})
        try:
            parts.definitions.first(lambda cursor: self._page(request, cursor))
        except ListError as error:
            return refusal(request.id, INTERNAL_ERROR, str(error))
        answer = self._forwarded(request, asked)
        if answer.error is not None:
            return answer
        pinned = parts.definitions.shown(answer.result)
        shown = [tool for tool in pinned if parts.outlook.may_pass(parts.identity.bare(tool["name"]))]
        scope = {"cacheScope": "private"} if "cacheScope" in answer.result else {}  # it is for this caller
        return Response(request.id, {**answer.result, member: shown, **scope})

    def _forwarded(self, request: Request, asked: Asked, waits: bool = False) -> Response:
        """The server's answer, with the client's id; an error if there is none."""
        params = without_meta(request.params) | _meta_of(request)
        try:
            waiting = self._server.begin(request.method, params, asked.id, asked.token)
        except GoneError as error:
            return refusal(request.id, NOT_SENT, f"the server takes no messages: {error}")
        return self._awaited(waiting, request, None if waits else self._parts.timeout)

    def _awaited(self, waiting: Waiting, request: Request, timeout: float | None) -> Response:
        if not self._server.wait(waiting, timeout):
            return refusal(request.id, NO_ANSWER, f"the server does not answer in {timeout:g} s")
        if waiting.answer is None:
            return refusal(request.id, NO_ANSWER, "the server ended before it answered")
        return Response(request.id, waiting.answer.result, waiting.answer.error)

    def _page(self, request: Request, cursor: str | None) -> Mapping[str, Any]:
        """A page of the list of tools, asked for by us."""
        params = ({"cursor": cursor} if cursor else {}) | _meta_of(request)
        try:
            waiting = self._server.begin("tools/list", params)
        except GoneError as error:
            raise ListError(f"the server takes no messages: {error}") from None
        answer = self._awaited(waiting, request, self._parts.timeout)
        if answer.error is not None:
            raise ListError(f"the server does not list its tools: {printable(str(answer.error['message']))[:200]}")
        return answer.result

    # --- actions ----------------------------------------------------------------------------------------------------

    def _act(self, request: Request, asked: Asked, method: Method, version: str) -> Response:
        definition = None
        if request.method == "tools/call":
            name = request.params["name"]
            try:
                definition = self._parts.definitions.checked(name, lambda cursor: self._page(request, cursor))
            except BlockedError as error:
                return self._blocked(request, error, version)
            except ListError as error:
                return tool_error(request.id, f"refused: {error}. Nothing was done.", version in NEW)
        return self._submitted(request, asked, method, version, definition)

    def _submitted(
        self, request: Request, asked: Asked, method: Method, version: str, definition: str | None
    ) -> Response:
        parts = self._parts
        action = action_of(parts.identity, request, method, version, definition)
        asked.acts = True
        forward = Forward(
            parts.identity, self._server, asked, action["resource"], passed_meta(request.params), parts.timeout
        )
        result = parts.pipeline.submit(action, forward)
        if asked.answer is not None and not result.repeated:
            return Response(request.id, asked.answer.result, asked.answer.error)
        text = parts.words.why(result)
        if request.method == "tools/call":
            return tool_error(request.id, text, version in NEW)
        return denied(request.id, text, result)

    def _blocked(self, request: Request, error: BlockedError, version: str) -> Response:
        """A call of a tool that nobody looked at is worth a record."""
        identity, name = self._parts.identity, request.params["name"]
        text = f"the tool {printable(name)[:200]} of {identity.server} is blocked: {error}"
        about = {"agent": identity.caller.agent, "tool": identity.tool(name)[:300], "resource": identity.resource}
        with suppress(LedgerError):
            self._parts.pipeline.ledger.append(entry("incident", {**about, "code": error.code, "message": text}))
        self._parts.say(f"{text}; see `axtary mcp pin --check`")
        return tool_error(request.id, f"refused: {text}. Nothing was done. Do not try again.", version in NEW)

    # --- requests of the server -------------------------------------------------------------------------------------

    def _answer_server(self, request: Request, asked: Asked) -> Response:
        """Only after `initialize`: from 2026-07-28 on a server asks nothing."""
        parts = self._parts
        try:
            method = method_of(request, FROM_SERVER if self._negotiated is not None else {}, False)
        except RefusedError as refused:
            return refused.response
        if method.way == "pass":
            return Response(request.id)
        action = action_of(parts.identity, request, method, str(self._negotiated))
        forward = Forward(parts.identity, self._client, asked, action["resource"], {}, parts.timeout)
        result = parts.pipeline.submit(action, forward)
        if asked.answer is not None and not result.repeated:
            return Response(request.id, asked.answer.result, asked.answer.error)
        return denied(request.id, "the policy does not let the client answer this", result)

    # --- what goes out ----------------------------------------------------------------------------------------------

    def _tell_client(self, frame: Frame) -> None:
        with suppress(GoneError):  # then nobody is there who could be told
            self._to_client(frame)

    def _tell_server(self, frame: Frame) -> None:
        with suppress(GoneError):
            self._peer.send(frame)


def _meta_of(request: Request) -> dict[str, Any]:
    found = passed_meta(request.params)
    return {"_meta": found} if found else {}

"""A server that is somewhere: Streamable HTTP, each message a POST of its own.

Headers say what the body says, and are made from it. A redirect is not followed: it would take credentials and
arguments to where nobody pointed.
"""

from __future__ import annotations

import base64
import json
import re
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import httpx2

from axtary.mcp.exchange import GoneError
from axtary.mcp.frames import (
    INTERNAL_ERROR,
    MAX_ANSWER,
    NOT_SENT,
    Frame,
    FrameError,
    Id,
    Notification,
    Request,
    Response,
    line,
    parse,
    refusal,
)
from axtary.mcp.methods import VERSION, meta
from axtary.mcp.pins import Definition

MOST = 80  # messages under way; more than requests, so that answers and cancellations find a place
CONNECT = 30.0  # seconds to get there; for an answer it is the session that waits
_NAMED = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}
_ACCEPT = {"accept": "application/json, text/event-stream", "content-type": "application/json"}
_PLAIN = re.compile(r"[!-~](?:[ -~]*[!-~])?")
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_MAYBE = {408, 409}  # of the statuses that refuse: it may have been begun
_LOCAL = {"localhost", "127.0.0.1", "::1"}

Lookup = Callable[[str], Definition | None]
"""The definition of a tool as the server gave it last."""


class AddressError(Exception):
    """No server can be asked there; says why."""


def checked_url(url: str) -> str:
    """The URL, if messages and credentials may go there. Raises AddressError."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.password:
        raise AddressError("it is not of the form https://host/path")
    if parts.scheme == "http" and parts.hostname not in _LOCAL:
        raise AddressError("without TLS anybody on the way reads and changes what is sent")
    return url


class Endpoint:
    """Messages to one address. `headers` hold credentials: they are sent, and shown nowhere."""

    def __init__(self, url: str, headers: Mapping[str, str], definition: Lookup = lambda _name: None) -> None:
        self._url = url
        self._definition = definition
        limits = httpx2.Limits(max_connections=MOST)
        timeout = httpx2.Timeout(None, connect=CONNECT)
        self._client = httpx2.Client(headers=dict(headers), timeout=timeout, limits=limits, follow_redirects=False)
        self._places = threading.BoundedSemaphore(MOST)
        self._lock = threading.Lock()
        self._open: dict[Id, httpx2.Response] = {}  # answers that are being read, by request
        self._session: str | None = None
        self._version: str | None = None
        self._hear: Callable[[bytes], None] = lambda _line: None
        self._ended: Callable[[str], None] = lambda _why: None
        self._is_closed = False

    def listen(self, hear: Callable[[bytes], None], ended: Callable[[str], None]) -> None:
        """Hand on each message, from the threads that get it."""
        self._hear, self._ended = hear, ended

    def negotiated(self, version: str) -> None:
        """From now on each message says so, and the server may say something by itself."""
        self._version = version
        threading.Thread(target=self._listen_aside, name="from server", daemon=True).start()

    def send(self, frame: Frame) -> None:
        """Raises GoneError if too much is under way."""
        if self._is_closed:
            raise GoneError("it is closed")
        if isinstance(frame, Notification) and self._version is None:
            self._hang_up(frame)  # how a request is cancelled from 2026-07-28 on; there are no other notifications
            return
        if not self._places.acquire(timeout=CONNECT):
            raise GoneError(f"{MOST} messages are under way")
        threading.Thread(target=self._post, args=(frame,), name="to server", daemon=True).start()

    def close(self) -> None:
        """End the session, and hang up."""
        self._is_closed = True
        if self._session is not None:
            with suppress(httpx2.HTTPError):
                self._client.delete(self._url, headers=self._standing(), timeout=5.0)
        self._client.close()

    # --- one message ------------------------------------------------------------------------------------------------

    def _post(self, frame: Frame) -> None:
        try:
            self._told(frame)
        except FrameError as error:
            self._ended(f"the server answered what is no message: {error}")
        except (httpx2.ConnectError, httpx2.ConnectTimeout):
            self._fail(frame, NOT_SENT, "the server cannot be reached")
        except (httpx2.HTTPError, httpx2.StreamError, RuntimeError):  # RuntimeError: closed on the way
            self._fail(frame, INTERNAL_ERROR, "the connection broke")
        finally:
            self._places.release()

    def _told(self, frame: Frame) -> None:
        headers = self._standing() | self._routing(frame)
        with self._client.stream("POST", self._url, content=line(frame).rstrip(), headers=headers) as response:
            asked = frame.id if isinstance(frame, Request) else None
            with self._reading(asked, response):
                if isinstance(frame, Request) and frame.method == "initialize" and response.is_success:
                    self._session = response.headers.get("mcp-session-id")
                if not self._answered(frame, response):
                    status = response.status_code
                    code = NOT_SENT if 300 <= status < 500 and status not in _MAYBE else INTERNAL_ERROR
                    self._fail(frame, code, f"the server answers with HTTP status {status}, and no message")

    def _answered(self, frame: Frame, response: httpx2.Response) -> bool:
        """Hand on all messages of an answer. Was the answer to the frame among them, if it wants one?"""
        asked = frame.id if isinstance(frame, Request) else None
        found = asked is None
        if response.is_redirect:
            return False
        for each in _messages(response) if response.is_success else _refusal(response, asked):
            self._hear(each)
            found = found or _answers(each, asked)
            if found and asked is not None:
                break
        return found

    def _listen_aside(self) -> None:
        """What an old server says by itself, if it does. Nothing is lost if it does not."""
        headers = self._standing() | {"accept": "text/event-stream"}
        try:
            with self._client.stream("GET", self._url, headers=headers) as response:
                for each in _messages(response) if response.is_success else ():
                    self._hear(each)
        except FrameError as error:
            self._ended(f"the server sent what is no message: {error}")
        except (httpx2.HTTPError, httpx2.StreamError, RuntimeError):
            return

    def _fail(self, frame: Frame, code: int, text: str) -> None:
        """Whoever asked is told, in the server's place."""
        if isinstance(frame, Request):
            with suppress(FrameError):
                self._hear(line(refusal(frame.id, code, text)).rstrip())

    # --- headers ----------------------------------------------------------------------------------------------------

    def _standing(self) -> dict[str, str]:
        """Of every message."""
        found = dict(_ACCEPT)
        if self._session is not None:
            found["mcp-session-id"] = self._session
        if self._version is not None:
            found["mcp-protocol-version"] = self._version
        return found

    def _routing(self, frame: Frame) -> dict[str, str]:
        """What the headers repeat of the body, from 2026-07-28 on."""
        if not isinstance(frame, Request) or (version := meta(frame.params).get(VERSION)) is None:
            return {}
        found = {"mcp-protocol-version": str(version), "mcp-method": frame.method}
        member = _NAMED.get(frame.method)
        if member is not None:
            found["mcp-name"] = encoded(str(frame.params[member]))
        if frame.method == "tools/call":
            definition = self._definition(frame.params["name"]) or {}
            found |= parameters(definition.get("inputSchema"), frame.params.get("arguments", {}))
        return found

    # --- answers that are being read --------------------------------------------------------------------------------

    def _reading(self, asked: Id | None, response: httpx2.Response) -> _Reading:
        return _Reading(self._open, self._lock, asked, response)

    def _hang_up(self, said: Notification) -> None:
        with self._lock:
            response = self._open.get(said.params.get("requestId", ""))
        wire = response.extensions.get("network_stream") if response is not None else None
        found = wire.get_extra_info("socket") if wire is not None else None
        if found is not None:
            with suppress(OSError):
                found.shutdown(socket.SHUT_RDWR)  # to close it would not wake whoever reads


class _Reading:
    """While an answer is read it can be hung up on."""

    def __init__(
        self, open: dict[Id, httpx2.Response], lock: threading.Lock, asked: Id | None, response: httpx2.Response
    ) -> None:
        self._open, self._lock, self._asked, self._response = open, lock, asked, response

    def __enter__(self) -> None:
        if self._asked is not None:
            with self._lock:
                self._open[self._asked] = self._response

    def __exit__(self, *_error: object) -> None:
        if self._asked is not None:
            with self._lock:
                self._open.pop(self._asked, None)


def _messages(response: httpx2.Response) -> Iterator[bytes]:
    """The messages of an answer: one in JSON, or a stream of events. Another kind of answer has none."""
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "text/event-stream":
        for event in httpx2.EventSource(response, MAX_ANSWER):
            if event.data.strip():
                yield event.data.encode("utf-8", "surrogatepass")
    elif kind == "application/json":
        data = b""
        for chunk in response.iter_bytes():
            data += chunk
            if len(data) > MAX_ANSWER:
                break  # refused by whoever parses it
        if data.strip():
            yield data


def _refusal(response: httpx2.Response, asked: Id | None) -> Iterator[bytes]:
    """The error in an answer that is none; its id may be missing, if the request was refused before it was read."""
    for each in _messages(response):
        with suppress(FrameError):
            said = parse(each, MAX_ANSWER)
            if isinstance(said, Response) and said.error is not None and said.id in (None, asked):
                yield line(Response(asked, error=said.error)).rstrip()


def _answers(message: bytes, asked: Id | None) -> bool:
    """Is this the answer to a request? It was read before, by who decides what comes of it."""
    with suppress(FrameError):
        said = parse(message, MAX_ANSWER)
        return isinstance(said, Response) and said.id == asked
    return True  # its numbers are not exact: it was answered for


def encoded(text: str) -> str:
    """A text as the value of a header."""
    if _PLAIN.fullmatch(text) and not text.startswith("=?base64?"):
        return text
    return f"=?base64?{base64.b64encode(text.encode()).decode()}?="


def parameters(schema: Any, arguments: Any) -> dict[str, str]:
    """`Mcp-Param-*`: the arguments that a tool's schema wants to see in headers as well."""
    found: dict[str, str] = {}
    properties = schema.get("properties") if isinstance(schema, dict) else None
    if not isinstance(properties, dict) or not isinstance(arguments, dict):
        return found
    for name, inner in properties.items():
        value = arguments.get(name)
        token = inner.get("x-mcp-header") if isinstance(inner, dict) else None
        if isinstance(token, str) and _TOKEN.fullmatch(token) and isinstance(value, str | int):
            found[f"mcp-param-{token}"] = encoded(json.dumps(value) if not isinstance(value, str) else value)
        found |= parameters(inner, value)
    return found

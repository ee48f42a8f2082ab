"""Around every request: the host that it is for, its id, the headers of every answer, a log line, and its span."""

from __future__ import annotations

import time
from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from axtary.proxy.logs import Log
from axtary.proxy.metrics import Metrics
from axtary.proxy.replies import response
from axtary.proxy.tracing import Tracer
from axtary.proxy.wire import HttpError

_METHODS = ("GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE")
_ALWAYS = {"x-content-type-options": "nosniff", "cache-control": "no-store", "referrer-policy": "no-referrer"}


class Outer:
    """An ASGI middleware. Nothing that goes wrong further in gets out as anything but a plain 500."""

    def __init__(self, app: ASGIApp, hosts: Collection[str], metrics: Metrics, log: Log, tracer: Tracer) -> None:
        self._app = app
        self._hosts = frozenset(hosts)
        self._metrics = metrics
        self._log = log
        self._tracer = tracer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers, began, status = Headers(scope=scope), time.perf_counter(), 0
        method = scope["method"] if scope["method"] in _METHODS else "other"
        name = headers.get("x-request-id")

        async def sent(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                answered = MutableHeaders(scope=message)
                for key, value in _ALWAYS.items():
                    answered.setdefault(key, value)
                if name is not None:
                    answered["x-request-id"] = name
            await send(message)

        with self._tracer.request(method, headers) as span:
            try:
                refused = self._refused(headers)
                await (self._app if refused is None else response(refused.reply()))(scope, receive, sent)
            except Exception as error:
                self._log.error("request_failed", error=type(error).__name__)
                if status == 0:
                    await response(HttpError(500, "internal", "the proxy failed").reply())(scope, receive, sent)
            route = scope.get("axtary.route", "none")
            span.ended(route, status)
        seconds = time.perf_counter() - began
        self._metrics.answered(route, method, status, seconds)
        about = {"caller": scope.get("axtary.caller"), "request_id": name}
        self._log.request(method, route, status, round(seconds * 1000, 3), **about)

    def _refused(self, headers: Headers) -> HttpError | None:
        """A page that was told a false address for a name of its own must not reach what listens here."""
        host = headers.get("host", "")
        if host.lower() not in self._hosts:
            return HttpError(421, "other_host", "the proxy is not known by this name", "see `--allowed-host`")
        origin = headers.get("origin")
        if origin is not None and urlsplit_host(origin) not in self._hosts:
            return HttpError(403, "other_origin", "a page of another origin may not ask")
        return None


def urlsplit_host(origin: str) -> str:
    """The host of an origin; "" for none, as `null` has none."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""

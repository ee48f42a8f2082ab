"""The ASGI application: who calls, what they send, and the handler that answers, in a thread."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial
from ipaddress import ip_address
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.routing import Route as Mounted
from starlette.types import Lifespan

from axtary.connectors.provider import Provider
from axtary.passes.keyset import KeySet
from axtary.pipeline import Pipeline, Result, approvals_of
from axtary.proxy import bodies
from axtary.proxy.callers import Caller, Callers
from axtary.proxy.logs import Log
from axtary.proxy.metrics import Metrics
from axtary.proxy.openapi import document
from axtary.proxy.outer import Outer
from axtary.proxy.pool import Pool
from axtary.proxy.replies import response
from axtary.proxy.service import Service
from axtary.proxy.table import ROUTES, Route
from axtary.proxy.tracing import NoTracer, Tracer
from axtary.proxy.wire import Call, HttpError, Reply
from axtary.runtime.policyfile import UnreadableError

Extra = Callable[["App"], Sequence[BaseRoute]]
"""More routes, for pages and hooks. `App.route` makes one of a handler as those here are."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """`hosts` are the names, with ports, by which the proxy may be called; times in seconds. `is_local`: it listens to
    this machine alone. `folder`: that of the policy.
    """

    base: str
    hosts: Collection[str]
    folder: Path
    is_local: bool = True
    threads: int = 32
    seconds: float = 60.0
    body_seconds: float = 10.0


class App:
    """What routes are made of."""

    def __init__(self, service: Service, pool: Pool, options: Options) -> None:
        self.service = service
        self.pool = pool
        self._options = options

    @property
    def body_seconds(self) -> float:
        """Within which a body must have come."""
        return self._options.body_seconds

    def route(self, route: Route) -> Mounted:
        """A route of the web server."""

        async def answer(request: Request) -> Response:
            request.scope["axtary.route"] = route.path
            try:
                return response(await self._answered(route, request))
            except HttpError as error:
                return response(error.reply())

        path = route.path.replace("{key}", "{key:path}")  # a key may have a slash
        return Mounted(path, answer, methods=[route.method], name=f"{route.method} {route.path}")

    def caller(self, request: Request) -> Caller:
        """Whoever the credentials are of. Raises HttpError 401, 503."""
        try:
            found = self._caller(request)
        except UnreadableError:
            raise HttpError(503, "callers_unreadable", "the callers cannot be read", "see the log") from None
        if found is None:
            help_text = "send `Authorization: Bearer …` with a token of `axtary proxy token add`"
            headers = {"WWW-Authenticate": 'Bearer realm="axtary"'}
            raise HttpError(401, "not_authenticated", "no caller has these credentials", help_text, headers)
        request.scope["axtary.caller"] = found.name
        return found

    # --- steps ------------------------------------------------------------------------------------------------------

    async def _answered(self, route: Route, request: Request) -> Reply:
        caller = self._let_in(route, request)
        body = b""
        if route.body:
            body = await bodies.read_body(request, route.authzen, self._options.body_seconds, route.most)
        headers = {name.lower(): value for name, value in request.headers.items()}
        call = Call(caller, body, dict(request.path_params), dict(request.query_params), headers)
        work = partial(route.handler, self.service, call)
        return work() if route.quick else await self.pool.run(work)

    def _let_in(self, route: Route, request: Request) -> Caller | None:
        has = "authorization" in request.headers or bool(_certificate(request))
        if route.access == "open" or (route.access == "known" and not has):
            return None
        if route.access == "local" and not has and self._options.is_local and _is_near(request):
            return None
        return self.caller(request)

    def _caller(self, request: Request) -> Caller | None:
        given = request.headers.getlist("authorization")
        names = _certificate(request)
        if not given:
            return self.service.callers.of_certificate(names) if names else None
        scheme, _, token = given[0].partition(" ")
        if len(given) > 1 or scheme.lower() != "bearer":
            return None
        found = self.service.callers.of_token(token.strip())
        return None if found is not None and found.certificate and found.certificate not in names else found


def create_app(
    pipeline: Pipeline,
    provider: Provider,
    callers: Callers,
    *,
    options: Options,
    keys: Callable[[], KeySet],
    log: Log | None = None,
    tracer: Tracer | None = None,
    extra_routes: Sequence[Extra] = (),
    lifespan: Callable[[App], Lifespan[Starlette]] | None = None,
) -> Starlette:
    """The application. The pipeline reports to it as well as to whom it reported before."""
    log, tracer, metrics = log or Log(), tracer or NoTracer(), Metrics()
    watched = replace(pipeline, report=_reports(pipeline.report, metrics.ended, log.ended), watch=tracer.stage)
    service = Service(
        pipeline=watched,
        provider=provider,
        callers=callers,
        approvals=approvals_of(watched),
        keys=keys,
        metrics=metrics,
        base=options.base,
        folder=options.folder,
    )
    app = App(service, Pool(options.threads, options.seconds), options)
    _watch(app)
    described = Route("GET", "/openapi.json", _described, "This document", {200: "OpenAPI"}, "open", quick=True)
    routes: list[BaseRoute] = [app.route(each) for each in (*ROUTES, described)]
    for extra in extra_routes:
        routes += extra(app)
    outer = Middleware(Outer, hosts=options.hosts, metrics=metrics, log=log, tracer=tracer)
    made = Starlette(
        routes=routes,
        middleware=[outer],
        exception_handlers={404: _not_found, 405: _not_allowed},
        lifespan=lifespan(app) if lifespan is not None else None,
    )
    made.router.redirect_slashes = False
    made.state.axtary = app
    return made


def _reports(*each: Callable[[Result], None]) -> Callable[[Result], None]:
    def report(result: Result) -> None:
        for one in each:
            one(result)

    return report


def _watch(app: App) -> None:
    """What there is to see that no request tells."""
    pipeline, metrics = app.service.pipeline, app.service.metrics
    metrics.gauge("axtary_approvals_pending", "Requests for approval that are open.", pipeline.queue.count)
    unfinished = "Attempts that are not recorded and counted to the end."
    metrics.gauge("axtary_attempts_unfinished", unfinished, pipeline.attempts.count)
    metrics.gauge("axtary_running", "Requests at work and in line.", lambda: app.pool.running)
    metrics.gauge("axtary_busy", "Requests that were refused for want of a thread.", lambda: app.pool.refused)


def _described(service: Service, _call: Call) -> Reply:
    return Reply(200, document(ROUTES, service.base))


async def _not_found(_request: Request, _error: Exception) -> Response:
    help_text = "see `/openapi.json`"
    return response(HttpError(404, "no_such_path", "nothing is at this path", help_text).reply())


async def _not_allowed(_request: Request, error: Exception) -> Response:
    headers = getattr(error, "headers", None) or {}
    return response(HttpError(405, "no_such_method", "the path has another method", "", headers).reply())


def _certificate(request: Request) -> tuple[str, ...]:
    """The names in the certificate that the client showed, if it showed one."""
    return tuple(request.scope.get("axtary.certificate", ()))


def _is_near(request: Request) -> bool:
    """Does it come from this machine? A Unix socket has no address."""
    if request.client is None or not request.client.host:
        return True
    try:
        return ip_address(request.client.host).is_loopback
    except ValueError:
        return False

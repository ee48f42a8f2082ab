"""The process: it recovers what the one before left behind, serves, takes policies that change, and stops in order.

On SIGTERM or SIGINT it takes nothing more, waits for what runs, signs the ledger and leaves. What it cannot wait for
stays in the journal as executing, and the next one finishes it.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    asynccontextmanager,
    contextmanager,
    suppress,
)
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType

import uvicorn
from starlette.applications import Starlette

from axtary.approvals.notify import watching
from axtary.compiler import CompileError
from axtary.compiler.approvers import ApproverList
from axtary.connectors.provider import Provider
from axtary.ledger import LedgerError, entry
from axtary.passes import keystore
from axtary.passes.keystore import KeyStore
from axtary.pipeline import Pipeline, open_pipeline, recover
from axtary.proxy import callers, sockets, tls
from axtary.proxy.app import App, Extra, Options, create_app
from axtary.proxy.logs import Log, ServerLog
from axtary.proxy.pages.mounting import pages
from axtary.proxy.protocol import protocol
from axtary.proxy.tracing import Tracer
from axtary.runtime.policyfile import UnreadableError, load_policy
from axtary.runtime.reload import Reloaded, reloading
from axtary.runtime.state import StateError

RECOVERY = 60.0  # seconds between two looks for what was left behind
_CONNECTIONS = 1000
_HEAD = 32 * 1024  # bytes of a request's head


@dataclass(frozen=True, kw_only=True)
class Order:
    """What the command line says. Times in seconds: `reading` for the head and for the body of a
    request, `seconds` to answer it, `patience` for what runs when it is to stop."""

    policy: Path
    host: str = "127.0.0.1"
    port: int = 8411
    uds: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    authority: Path | None = None
    public_url: str | None = None
    allowed_hosts: Sequence[str] = ()
    anywhere: bool = False
    threads: int = 32
    seconds: float = 60.0
    reading: float = 10.0
    patience: int = 30


def run(
    order: Order,
    provider: Callable[[], AbstractContextManager[Provider]],
    tracer: Tracer,
    environment: Mapping[str, str] = os.environ,
    extra_routes: Sequence[Extra] = (),
) -> int:
    """Serve until told to stop; the exit code. `provider` is left when nothing runs any more.

    Raises CompileError, UnreadableError, StateError, LedgerError.
    """
    check(order)
    context = tls.context(order.certificate, order.key, order.authority) if order.certificate is not None else None
    log = Log()
    store = KeyStore(order.policy.parent / keystore.DEFAULT)
    with open_pipeline(order.policy, environment) as opened, _listening(order) as listener, provider() as executor:
        people = _People(order.policy)
        pipeline = replace(opened, approvers=people)
        options, stopping = _options(order, listener), threading.Event()
        shown = pages(order.policy, _origins(options, order), stopping.is_set)
        made = create_app(
            pipeline,
            executor,
            callers.Callers(order.policy.parent / callers.FILE),
            options=options,
            keys=store.trusted,
            log=log,
            tracer=tracer,
            extra_routes=(shown, *extra_routes),
            lifespan=lambda app: _lifespan(app, order, listener, log, tracer),
        )
        app: App = made.state.axtary
        with (
            reloading(opened.engine, order.policy, _on_reload(app, people, log)),
            watching(app.service.approvals, pipeline.once, environment),
        ):
            _serve(made, order, listener, context, log, stopping)
        left = app.pool.running
    if left:
        log.error("stopped_while_running", running=left)
        os._exit(1)  # threads that do not end would keep the process; the ledger is signed
    log.info("stopped")
    return 0


def check(order: Order) -> None:
    """Raises UnreadableError for what would be reached from elsewhere without TLS."""
    if (order.key is not None or order.authority is not None) and order.certificate is None:
        raise UnreadableError("--tls-cert", "TLS without a certificate", "give `--tls-cert` and `--tls-key`")
    local = order.uds is not None or sockets.is_loopback(order.host)
    if not local and order.certificate is None and not order.anywhere:
        help_text = "give `--tls-cert` and `--tls-key`; or `--insecure-bind`, if something in front of it has TLS"
        raise UnreadableError(
            order.host, "others could listen: it is no loopback address, and there is no TLS", help_text
        )


# --- steps ----------------------------------------------------------------------------------------------------------


@contextmanager
def _listening(order: Order) -> Iterator[socket.socket]:
    if order.uds is None:
        with sockets.listen(order.host, order.port) as found:
            yield found
        return
    with sockets.listen_at(order.uds) as found:
        try:
            yield found
        finally:
            with suppress(OSError):
                order.uds.unlink()


def _options(order: Order, listener: socket.socket) -> Options:
    scheme = "https" if order.certificate is not None else "http"
    if order.uds is not None:
        known, base = {"localhost", *(name.lower() for name in order.allowed_hosts)}, "http://localhost"
    else:
        port = listener.getsockname()[1]
        known = sockets.hosts(order.host, port, order.allowed_hosts)
        base = f"{scheme}://{order.host if ':' not in order.host else f'[{order.host}]'}:{port}"
    if order.public_url is not None:
        known.add(order.public_url.partition("://")[2].partition("/")[0].lower())
    return Options(
        base=(order.public_url or base).rstrip("/"),
        hosts=known,
        folder=order.policy.resolve().parent,
        is_local=order.uds is not None or sockets.is_loopback(order.host),
        threads=order.threads,
        seconds=order.seconds,
        body_seconds=order.reading,
    )


def _origins(options: Options, order: Order) -> set[str]:
    """As browsers name the proxy: by what others know it as, and by the names that it has itself."""
    scheme = "https" if order.certificate is not None else "http"
    known = options.base.partition("://")[2].partition("/")[0].lower()
    return {f"{scheme}://{host}" for host in options.hosts if host != known} | {
        f"{options.base.partition('://')[0]}://{known}"
    }


def _serve(
    made: Starlette,
    order: Order,
    listener: socket.socket,
    context: ssl.SSLContext | None,
    log: Log,
    stopping: threading.Event,
) -> None:
    for name in ("uvicorn.error", "axtary"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [ServerLog(log)], False
    config = uvicorn.Config(
        made,
        http=protocol(order.reading),
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=_CONNECTIONS,
        h11_max_incomplete_event_size=_HEAD,
        timeout_graceful_shutdown=order.patience,
        ssl_context_factory=(lambda _config, _default: context) if context is not None else None,
    )
    _Server(config, stopping).run([listener])


class _Server(uvicorn.Server):
    """Leaves by returning: the signal that ended it is not raised again, because the ledger is still to be signed."""

    def __init__(self, config: uvicorn.Config, stopping: threading.Event) -> None:
        super().__init__(config)
        self._stopping = stopping  # for pages that wait for news: they would be waited for

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """From here on a signal asks it to stop."""
        before = {each: signal.signal(each, self._asked) for each in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)

    def _asked(self, _signal: int, _frame: FrameType | None) -> None:
        self._stopping.set()
        self.should_exit = True


@asynccontextmanager
async def _running(app: App, order: Order, listener: socket.socket, log: Log, tracer: Tracer) -> AsyncIterator[None]:
    await asyncio.to_thread(_recover, app.service.pipeline, log)
    recovering = asyncio.create_task(_recovering(app.service.pipeline, log))
    where = str(order.uds) if order.uds is not None else f"{order.host}:{listener.getsockname()[1]}"
    log.info("listening", at=where, url=app.service.base, policy_version=app.service.pipeline.engine.policy_version)
    try:
        yield
    finally:
        recovering.cancel()
        await asyncio.to_thread(app.pool.close, order.patience)
        await asyncio.to_thread(tracer.close)


def _lifespan(
    app: App, order: Order, listener: socket.socket, log: Log, tracer: Tracer
) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    return lambda _made: _running(app, order, listener, log, tracer)


async def _recovering(pipeline: Pipeline, log: Log) -> None:
    while True:
        await asyncio.sleep(RECOVERY)
        await asyncio.to_thread(_recover, pipeline, log)


def _recover(pipeline: Pipeline, log: Log) -> None:
    try:
        found = recover(pipeline)
    except (StateError, LedgerError) as error:
        log.error("not_recovered", message=str(error))
        return
    if found:
        log.warning("recovered", attempts=len(found))


class _People:
    """Who may approve, as the policy in force says."""

    def __init__(self, policy: Path) -> None:
        self._policy = policy
        self._found = load_policy(policy).approvers

    def __call__(self) -> ApproverList:
        return self._found

    def look(self) -> None:
        """Read them again; if that cannot be done, those of before stay."""
        with suppress(CompileError, UnreadableError):
            self._found = load_policy(self._policy).approvers


def _on_reload(app: App, people: _People, log: Log) -> Callable[[Reloaded], None]:
    pipeline = app.service.pipeline
    before = [pipeline.engine.policy_version]

    def report(found: Reloaded) -> None:
        app.service.metrics.reloaded(found.problem is None)
        if found.problem is not None:
            log.error("policy_refused", policy_version=found.policy_version, problem=type(found.problem).__name__)
            return
        people.look()
        members = {"policy_version": found.policy_version, "previous": before[0]}
        before[0] = found.policy_version
        log.info("policy_taken", **members)
        try:
            pipeline.ledger.append(entry("policy", members))
        except LedgerError as error:
            log.error("policy_not_recorded", message=str(error))

    return report

"""`axtary proxy`."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass
from pathlib import Path

from axtary.cli.output import INVALID, fail, invalid_input, leave, report
from axtary.compiler import CompileError
from axtary.connectors.provider import Provider
from axtary.ledger import LedgerError
from axtary.runtime.policyfile import load_policy
from axtary.runtime.state import StateError


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """What the command line says; `axtary.proxy.serve.Order` says what it means."""

    policy: Path
    host: str
    port: int
    uds: Path | None
    certificate: Path | None
    key: Path | None
    authority: Path | None
    public_url: str | None
    allowed_hosts: tuple[str, ...]
    anywhere: bool
    threads: int
    patience: int


def run(given: Arguments, as_json: bool) -> None:
    """Serve until told to stop."""
    try:
        import jinja2  # noqa: F401
        import prometheus_client  # noqa: F401
        import starlette  # noqa: F401
        import uvicorn  # noqa: F401
    except ModuleNotFoundError as error:
        fail(f"the proxy needs the package `{error.name}`", "run `pip install 'axtary[proxy]'`", as_json)
    from axtary.proxy.serve import Order
    from axtary.proxy.serve import run as serve
    from axtary.proxy.tracing import open_tracer

    try:
        tracer = open_tracer(os.environ)
    except ImportError:
        help_text = "run `pip install 'axtary[otel]'`, or set OTEL_SDK_DISABLED=true"
        fail("the environment asks for traces, and OpenTelemetry is not installed", help_text, as_json)
    try:
        with invalid_input(as_json):
            code = serve(Order(**vars(given)), lambda: _provider(given.policy), tracer)
    except CompileError as error:
        report(error.diagnostics, error.sources, given.policy, as_json)
        leave(INVALID)
    except (StateError, LedgerError) as error:
        fail(str(error), "", as_json)
    leave(code)


def _provider(policy: Path) -> AbstractContextManager[Provider]:
    """The connectors that the policy names, closed at the end. Raises CompileError, UnreadableError."""
    from axtary.connectors import open_connectors
    from axtary.proxy.provider import NoProvider

    settings = load_policy(policy).connectors
    return closing(open_connectors(settings, os.environ, policy.parent)) if settings else nullcontext(NoProvider())

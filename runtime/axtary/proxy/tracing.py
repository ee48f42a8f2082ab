"""Traces, if OpenTelemetry is there: a span for each request and one for each stage. Never a payload."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, Protocol


class Span(Protocol):
    """Of one request."""

    def ended(self, route: str, status: int) -> None:
        """How it was answered."""


class Tracer(Protocol):
    """Where spans go."""

    def request(self, method: str, headers: Mapping[str, str]) -> AbstractContextManager[Span]:
        """The span of a request; a child of what `traceparent` names."""

    def stage(self, name: str) -> AbstractContextManager[object]:
        """The span of a stage, in that of its request."""

    def close(self) -> None:
        """Send what is not sent."""


class NoSpan:
    """Nobody traces."""

    def ended(self, route: str, status: int) -> None:
        """Nothing."""


class NoTracer:
    """Nobody traces."""

    def request(self, method: str, headers: Mapping[str, str]) -> AbstractContextManager[Span]:
        """Nothing."""
        return nullcontext(_NO_SPAN)

    def stage(self, name: str) -> AbstractContextManager[object]:
        """Nothing."""
        return nullcontext()

    def close(self) -> None:
        """Nothing."""


_NO_SPAN = NoSpan()
_QUIET = {"record_exception": False, "set_status_on_exception": False}  # texts of errors may quote what was asked


def is_wanted(environment: Mapping[str, str]) -> bool:
    """Does the environment name a collector, as OpenTelemetry has it?"""
    if environment.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return False
    return any(environment.get(f"OTEL_EXPORTER_OTLP_{kind}ENDPOINT") for kind in ("", "TRACES_"))


def open_tracer(environment: Mapping[str, str]) -> Tracer:
    """The tracer that the environment asks for. Raises ImportError if OpenTelemetry is not there for it."""
    if not is_wanted(environment):
        return NoTracer()
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    name = environment.get("OTEL_SERVICE_NAME") or "axtary-proxy"
    provider = TracerProvider(resource=Resource.create({"service.name": name}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return OtelTracer(provider)


class OtelTracer:
    """Spans of an OpenTelemetry provider."""

    def __init__(self, provider: Any) -> None:
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        self._provider = provider
        self._tracer = provider.get_tracer("axtary.proxy")
        self._propagator = TraceContextTextMapPropagator()

    @contextmanager
    def request(self, method: str, headers: Mapping[str, str]) -> Iterator[Span]:
        """A server span."""
        from opentelemetry.trace import SpanKind

        parent = self._propagator.extract(dict(headers))
        attributes = {"http.request.method": method}
        with self._tracer.start_as_current_span(method, parent, SpanKind.SERVER, attributes, **_QUIET) as span:
            yield OtelSpan(span, method)

    def stage(self, name: str) -> AbstractContextManager[object]:
        """An inner span."""
        found: AbstractContextManager[object] = self._tracer.start_as_current_span(f"axtary.{name}", **_QUIET)
        return found

    def close(self) -> None:
        """Send what is not sent."""
        self._provider.shutdown()


class OtelSpan:
    """Of one request."""

    def __init__(self, span: Any, method: str) -> None:
        self._span = span
        self._method = method

    def ended(self, route: str, status: int) -> None:
        """Named by its route."""
        from opentelemetry.trace import StatusCode

        self._span.update_name(f"{self._method} {route}")
        self._span.set_attribute("http.route", route)
        self._span.set_attribute("http.response.status_code", status)
        if status >= 500:
            self._span.set_status(StatusCode.ERROR)

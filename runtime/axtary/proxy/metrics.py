"""Counters and histograms for Prometheus. No label has values that a caller chooses."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4 as TYPE

from axtary.pipeline import Result
from axtary.runtime.state import StateError

_FINE = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)  # seconds
_CODES = 64  # of incidents, which are words in axtary's own code; more would be a mistake

__all__ = ["TYPE", "Metrics"]


class Metrics:
    """One set for each app. Safe to use from any thread."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = registry = CollectorRegistry()
        self._requests = Counter(
            "axtary_requests", "Requests that were answered.", ["route", "method", "status"], registry=registry
        )
        self._took = Histogram("axtary_request_seconds", "Time to answer.", ["route"], buckets=_FINE, registry=registry)
        self._results = Counter("axtary_results", "How actions ended.", ["status"], registry=registry)
        self._decisions = Counter("axtary_decisions", "Decisions by outcome.", ["decision"], registry=registry)
        self._stages = Histogram(
            "axtary_stage_seconds", "Time in each stage of the pipeline.", ["stage"], buckets=_FINE, registry=registry
        )
        self._incidents = Counter("axtary_incidents", "What must not happen, and did.", ["code"], registry=registry)
        self._reloads = Counter("axtary_policy_reloads", "Changes of the policy.", ["result"], registry=registry)
        self._codes: set[str] = set()

    def gauge(self, name: str, text: str, value: Callable[[], float]) -> None:
        """Ask for a value whenever somebody looks; NaN if the state cannot be used."""

        def asked() -> float:
            try:
                return value()
            except StateError:
                return float("nan")

        Gauge(name, text, registry=self.registry).set_function(asked)

    def answered(self, route: str, method: str, status: int, seconds: float) -> None:
        """`route` is a template, and `method` one that the proxy knows."""
        self._requests.labels(route, method, str(status)).inc()
        self._took.labels(route).observe(seconds)

    def ended(self, result: Result) -> None:
        """What came of an action."""
        self._results.labels(result.status).inc()
        if result.decision is not None:
            self._decisions.labels(result.decision.decision).inc()
        for stage, microseconds in result.timings.items():
            self._stages.labels(stage).observe(microseconds / 1e6)
        for incident in result.incidents:
            self.incident(incident.code)

    def incident(self, code: str) -> None:
        """Count one."""
        if code not in self._codes and len(self._codes) >= _CODES:
            code = "other"
        self._codes.add(code)
        self._incidents.labels(code).inc()

    def reloaded(self, good: bool) -> None:
        """The policy changed."""
        self._reloads.labels("taken" if good else "refused").inc()

    def text(self) -> str:
        """The exposition."""
        return generate_latest(self.registry).decode()

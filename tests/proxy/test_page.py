"""The page about the proxy lists every route and every metric."""

from __future__ import annotations

from prometheus_client.metrics_core import Metric

from axtary.proxy.metrics import Metrics
from axtary.proxy.table import ROUTES
from tests.docs_pages import ROOT, code, table

PAGE = ROOT / "docs" / "proxy.md"


def test_each_route_is_on_the_page() -> None:
    assert [code(row[0])[0] for row in table(PAGE, "routes")] == [f"{each.method} {each.path}" for each in ROUTES]


def test_each_metric_is_on_the_page() -> None:
    shown = {code(row[0])[0] for row in table(PAGE, "metrics")}
    found: set[str] = {_name(each) for each in Metrics().registry.collect()}
    asked = {"axtary_approvals_pending", "axtary_attempts_unfinished", "axtary_running", "axtary_busy"}
    assert shown == found | asked


def _name(metric: Metric) -> str:
    return metric.name + ("_total" if metric.type == "counter" else "")

"""What is logged and traced: enough to follow a request, and no payload, token or key."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.proxy.server import READ, prepare, running

SECRET = "hunter2-payload"  # noqa: S105


@contextmanager
def collector() -> Iterator[tuple[str, list[bytes]]]:
    """A place that traces are sent to, and what came."""
    bodies: list[bytes] = []

    class Take(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = HTTPServer(("127.0.0.1", 0), Take)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", bodies
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_trace_goes_on_with_a_span_for_each_stage(tmp_path: Path) -> None:
    trace, parent = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
    tokens = prepare(tmp_path)
    with (
        collector() as (url, bodies),
        running(tmp_path, tokens, {"OTEL_EXPORTER_OTLP_ENDPOINT": url}) as server,
    ):
        body = {**READ, "payload": {"name": SECRET}}
        headers = {"traceparent": f"00-{trace}-{parent}-01", "Idempotency-Key": "key-1"}
        assert server.ask("POST", "/v1/actions", body, headers=headers).status == 200
        assert server.stop() == 0
    spans = [span for each in bodies for span in _spans(each) if span.trace_id.hex() == trace]
    (outer,) = [span for span in spans if span.parent_span_id.hex() == parent]
    inner = [span for span in spans if span.parent_span_id == outer.span_id]
    assert outer.name == "POST /v1/actions"
    stages = {"normalise", "journal", "decide", "issue", "record", "verify", "execute", "outcome", "commit", "done"}
    assert {span.name for span in inner} == {f"axtary.{stage}" for stage in stages}
    sent = b"".join(bodies)
    for word in (SECRET, tokens["codex"], "key-1", "fs.read"):
        assert word.encode() not in sent


def _spans(body: bytes) -> list:  # type: ignore[type-arg]  # generated classes
    request = ExportTraceServiceRequest.FromString(body)
    return [span for each in request.resource_spans for scope in each.scope_spans for span in scope.spans]


def test_the_log_has_no_secrets(tmp_path: Path) -> None:
    tokens = prepare(tmp_path)
    with running(tmp_path, tokens) as server:
        headers = {"X-Request-ID": "r-7", "Idempotency-Key": "key-1"}
        body = {**READ, "payload": {"name": SECRET}}
        assert server.ask("POST", "/v1/actions", body, headers=headers).status == 200
        server.ask("POST", "/v1/actions", SECRET.encode() + b"{", headers=headers)
        server.get(f"/v1/attempts/{SECRET}")
        server.get("/v1/approvals", "", Authorization=f"Bearer {SECRET}")
        server.get(f"/{SECRET}?token={SECRET}")
        server.raw(f"GET /{SECRET} BROKEN\r\n\r\n".encode())
        assert server.stop() == 0
    requests = [line for line in server.lines if line["event"] == "request"]
    about = {"method": "POST", "route": "/v1/actions", "status": 200, "caller": "codex", "request_id": "r-7"}
    assert about.items() <= requests[0].items()
    (action,) = [line for line in server.lines if line["event"] == "action"]
    assert (action["status"], action["decision"], action["record"]) == ("executed", "allow", 0)
    for line in server.lines:
        assert {"time", "level", "event"} <= line.keys()
    text = str(server.lines)
    for word in (SECRET, tokens["codex"], "key-1", "axc_"):
        assert word not in text

"""The proxy over loopback: requests a second and latencies, beside a route that does nothing in the same server.

`python -m tests.bench.proxy`; one process serves and another asks, on connections that stay open. The ratio to the
no-op route says what a decision costs beyond HTTP; the stages are means of the server's own histograms.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.proxy.server import PEP, Server, prepare, running

CONCURRENCY = (1, 16, 64)
_POLICY = "version: 1\npolicies:\n  - {id: reads, effect: allow, match: {tool: fs.read}}\n"
_PAYLOAD = {"path": "src/login.py", "text": "x" * 500}
_ACTION = {"version": 1, "tool": "fs.read", "resource": "repo:acme/web", "payload": _PAYLOAD}
_QUESTION = {
    "subject": {"type": "user", "id": "ana"},
    "action": {"name": "fs.read", "properties": _PAYLOAD},
    "resource": {"type": "repo", "id": "acme/web"},
}
_STAGE = re.compile(r'^axtary_stage_seconds_(sum|count)\{stage="(\w+)"\} (\S+)$', re.MULTILINE)
ROUTES = {
    "no-op route": ("/noop", _ACTION),
    "/v1/actions": ("/v1/actions", _ACTION),
    "/access/v1/evaluation": ("/access/v1/evaluation", _QUESTION),
}


@dataclass(frozen=True)
class Load:
    """Requests a second, and latencies in milliseconds, sorted."""

    rate: float
    times: list[float]

    def at(self, percent: int) -> float:
        return self.times[len(self.times) * percent // 100]


def lines(seconds: float, concurrency: Sequence[int] = CONCURRENCY) -> Iterator[str]:
    """The report."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with running(folder, prepare(folder, _POLICY, (PEP,)), module="tests.bench.proxy_program") as server:
            for count in concurrency:
                yield from _compared(server, count, seconds)


def _compared(server: Server, count: int, seconds: float) -> Iterator[str]:
    base = None
    for name, (path, body) in ROUTES.items():
        before = _stages(server)
        load = asyncio.run(_load(server, path, json.dumps(body).encode(), count, seconds))
        base = base or load.rate
        latencies = ", ".join(f"p{percent} {load.at(percent):.1f}" for percent in (50, 95, 99))
        rate = f"{load.rate:>7,.0f} req/s {base / load.rate:>6.1f}x"
        yield f"proxy {count:>3} at a time  {name:<22} {rate}  {latencies} ms"
        if found := _means(before, _stages(server)):
            yield "      stages: " + ", ".join(f"{stage} {mean:,.0f}" for stage, mean in found.items()) + " us"


async def _load(server: Server, path: str, body: bytes, count: int, seconds: float) -> Load:
    head = f"POST {path} HTTP/1.1\r\nHost: {server.at}\r\nAuthorization: Bearer {server.tokens['pep']}\r\n"
    sent = f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
    times: list[float] = []
    began = time.perf_counter()
    await asyncio.gather(*(_client(server, sent, began + seconds, times) for _ in range(count)))
    return Load(len(times) / (time.perf_counter() - began), sorted(times))


async def _client(server: Server, sent: bytes, ends: float, times: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    while (start := time.perf_counter()) < ends:
        writer.write(sent)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200 "):
            raise AssertionError(head.decode())
        length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
        await reader.readexactly(int(length[1]) if length else 0)
        times.append((time.perf_counter() - start) * 1000)
    writer.close()


def _stages(server: Server) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for kind, stage, value in _STAGE.findall(server.get("/metrics", "").body.decode()):
        found.setdefault(stage, {})[kind] = float(value)
    return found


def _means(before: dict[str, dict[str, float]], after: dict[str, dict[str, float]]) -> dict[str, float]:
    """Microseconds for each time that a stage ran in between."""
    found = {}
    for stage, now in after.items():
        was = before.get(stage, {"sum": 0.0, "count": 0.0})
        if count := now["count"] - was["count"]:
            found[stage] = (now["sum"] - was["sum"]) * 1e6 / count
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.proxy", description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0, help="for each route at each concurrency")
    for line in lines(parser.parse_args().seconds):
        print(line, flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

"""What the MCP wrapper adds to a call: `python -m tests.bench.mcp`. The same client, server and calls, both ways.

A server that answers at once shows the way alone; one of the official SDK shows what is left of it beside the least
work that a real server does.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.cli.command import COMMAND
from tests.mcp.worlds import called, folder

CALLS = 300
BLOCK = 25  # calls in turn, so that whatever else the machine does meets both
SCRIPTED = Path(__file__).parent.parent / "mcp" / "scripted.py"
RULES = "".join(f"  - {{id: r{n}, effect: allow, match: {{tool: mcp.other.t{n}}}}}\n" for n in range(98))
POLICY = """\
version: 1
runtime: {{durability: {durability}}}
policies:
{rules}  - {{id: does, effect: allow, match: {{tool: "mcp.it.{{do,get_current_time}}"}}}}
"""


OPTIONS = ["--server", "it", "--agent", "agent:a", "--trust-on-first-use"]
ARGUMENTS = {
    "do": {"what": "go", "path": "/srv/app/file.txt", "content": "x" * 400},
    "get_current_time": {"timezone": "Europe/Berlin"},
}


class Way:
    """A client of one process, with or without the wrapper before the server."""

    def __init__(self, command: list[str], path: Path) -> None:
        self.process = subprocess.Popen(
            command, cwd=path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self.times: list[float] = []
        given = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "b", "version": "1"}}
        self.ask({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": given})

    def ask(self, message: dict[str, object]) -> float:
        """Microseconds to the answer."""
        assert self.process.stdin is not None and self.process.stdout is not None
        line = json.dumps(message).encode() + b"\n"
        start = time.perf_counter_ns()
        self.process.stdin.write(line)
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        spent = (time.perf_counter_ns() - start) / 1000
        assert json.loads(answer)["result"].get("isError") is not True, answer
        return spent

    def calls(self, tool: str, first: int, count: int) -> None:
        for n in range(first, first + count):
            self.times.append(self.ask(called(n, tool, arguments=ARGUMENTS[tool])))

    def end(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(60)


def lines(calls: int = CALLS) -> Iterator[str]:
    """The figures: with an fsync for each record of the ledger and the state, and without."""
    for durability in ("full", "normal"):
        yield from _compared(calls, durability, "do", [str(SCRIPTED), "log"])
        yield from _compared(calls, durability, "get_current_time", ["-m", "mcp_server_time"])


def _compared(calls: int, durability: str, tool: str, server: list[str]) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as place:
        path = Path(place)
        folder(path, POLICY.format(durability=durability, rules=RULES))
        command = [sys.executable, *server]
        bare = Way(command, path)
        wrapped = Way([*COMMAND, "mcp", *OPTIONS, "--", *command], path)
        for way in (bare, wrapped):
            way.ask({"jsonrpc": "2.0", "id": "list", "method": "tools/list"})  # pinned now
            way.calls(tool, 1_000_000, BLOCK)  # warm
            way.times.clear()
        for first in range(1, calls, BLOCK):
            for way in (bare, wrapped):
                way.calls(tool, first, BLOCK)
        for way in (bare, wrapped):
            way.end()
    for name, point in (("p50", 50), ("p95", 95)):
        one, two = (_percentile(way.times, point) for way in (bare, wrapped))
        ratio = f"{one:.0f} µs without the wrapper, {two:.0f} µs with it: {two / one:.1f} times"
        yield f"MCP call of `{tool}`, durability {durability}, {name}: {ratio}"


def _percentile(times: list[float], point: int) -> float:
    return statistics.quantiles(times, n=100)[point - 1]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.bench.mcp", description=__doc__)
    parser.add_argument("--calls", type=int, default=CALLS)
    for text in lines(parser.parse_args().calls):
        print(text)

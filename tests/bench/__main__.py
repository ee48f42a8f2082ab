"""Measure the native engine beside others: `python -m tests.bench`, or `--quick` for a first look.

Each size of each workload runs in a process of its own, in which the engines take turns. Medians of single decisions,
in microseconds; compare figures of one run only. "x" is the ratio of a median to axtary's.
"""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Iterator
from multiprocessing import get_context

from tests.bench import chains, ledger, mcp, proofs, report, state, workloads
from tests.bench.peers import PEERS

SIZES = [10, 100, 1_000, 10_000, 100_000]


def main() -> None:
    options = _options()
    print(f"{platform.python_implementation()} {platform.python_version()}, {os.cpu_count()} cores, load {_load()}")
    print(report.HEAD)
    for line in _lines(options):
        print(line, flush=True)
    print(f"load {_load()}")


def _lines(options: argparse.Namespace) -> Iterator[str]:
    with get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        for name in options.workloads:
            for size in options.sizes:
                work = name, size, options.peers, options.actions, options.seconds
                yield from map(str, pool.apply(report.compare, work))
        if not options.rest:
            return
        for size in options.sizes:
            if size <= 10_000:
                yield pool.apply(report.batch, (size, options.batch))
        yield pool.apply(report.memory, (min(1000, max(options.sizes)), options.memory))
        for size in options.sizes:
            yield pool.apply(report.hot_path, (size, options.actions))
        yield from pool.apply(state.lines, (min(options.seconds, 3.0), options.events))
        yield from pool.apply(report.passes, (options.actions,))
        yield from pool.apply(proofs.lines, (options.actions,))
        yield pool.apply(chains.report)
        yield from pool.apply(_ledger, (min(options.seconds, 3.0), min(ledger.RECORDS, max(options.events))))
        yield from pool.apply(_mcp, (options.actions,))


def _ledger(seconds: float, records: int) -> list[str]:
    return list(ledger.lines(seconds, records))


def _mcp(calls: int) -> list[str]:
    return list(mcp.lines(calls))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--sizes", type=_numbers, default=SIZES)
    parser.add_argument("--workloads", type=_names, default=workloads.WORKLOADS)
    parser.add_argument("--peers", type=_names, default=[peer.name for peer in PEERS], help="axtary always takes part")
    parser.add_argument("--actions", type=int, default=2000, help="timed decisions of each engine")
    parser.add_argument("--seconds", type=float, default=20.0, help="for each engine; a slow one decides fewer actions")
    parser.add_argument("--batch", type=int, default=200_000, help="recorded actions")
    parser.add_argument("--memory", type=int, default=1_000_000, help="actions that are all unique")
    parser.add_argument("--events", type=_numbers, default=state.EVENTS, help="of the past, that a rate counts")
    parser.add_argument("--quick", action="store_true", help="sizes up to 1,000, fewer actions")
    parser.add_argument("--no-rest", dest="rest", action="store_false", help="none of the other parts")
    found = parser.parse_args()
    unknown = {*found.workloads} - {*workloads.WORKLOADS} | {*found.peers} - {peer.name for peer in PEERS}
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    found.peers = ["axtary", *found.peers]
    if found.quick:
        found.sizes = [size for size in found.sizes if size <= 1_000]
        found.events = [count for count in found.events if count <= 1_000]
        found.actions, found.seconds, found.batch, found.memory = 300, 3.0, 20_000, 20_000
    return found


def _numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(",")]


def _names(text: str) -> list[str]:
    return text.split(",")


def _load() -> str:
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"


if __name__ == "__main__":
    main()

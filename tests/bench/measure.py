"""Timing engines beside each other: the same fresh actions for all, in turns, and the same answers from all.

An action is parsed anew for each engine just before it is decided, so that no text has a hash yet and nothing lies in
a cache of the processor by chance; the parse is not timed. Engines take turns in blocks, so that whatever else the
machine does meets all of them. The garbage collector is off while the clock runs.
"""

from __future__ import annotations

import gc
import json
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from tests.bench.peers import Engine, Peer
from tests.bench.workloads import Workload

_BLOCK = 25  # actions
_PAGE = 4096


@dataclass
class Result:
    """Of one engine: times in microseconds, memory in bytes."""

    name: str
    engine: Engine
    compile_seconds: float
    memory: int
    times: list[float] = field(default_factory=list)
    permitted: int = 0
    spent: float = 0.0  # seconds

    @property
    def median(self) -> float:
        return statistics.median(self.times)

    @property
    def p99(self) -> float:
        return sorted(self.times)[len(self.times) * 99 // 100]


def ready(peer: Peer, workload: Workload) -> Result:
    """Make an engine, and see what time and memory that takes."""
    gc.collect()
    before, start = resident(), time.process_time()
    engine = peer.make(workload.specs)
    seconds = time.process_time() - start
    gc.collect()
    return Result(peer.name, engine, seconds, resident() - before)


def run(results: Sequence[Result], workload: Workload, count: int, warm: int, seconds: float) -> None:
    """Time `count` actions at most on each engine, as many as it can in its `seconds`. Raises on another answer."""
    stream = workload.actions(Random("warm"))
    for text in islice(stream, warm):
        results[0].engine.decide(results[0].engine.prepare(json.loads(text)))
    for result in results[1:]:
        for text in islice(stream, 20):
            result.engine.decide(result.engine.prepare(json.loads(text)))
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        _rounds(results, list(islice(workload.actions(Random("timed")), count)), seconds)
    finally:
        gc.enable()
        gc.unfreeze()


def _rounds(results: Sequence[Result], texts: Sequence[bytes], seconds: float) -> None:
    for start in range(0, len(texts), _BLOCK):
        answers: list[bool] | None = None
        for result in results:
            if result.spent > seconds and start:
                continue
            begun = time.perf_counter()
            found = [_timed(result, text) for text in texts[start : start + _BLOCK]]
            result.spent += time.perf_counter() - begun
            answers = answers or found
            for text, one, other in zip(texts[start:], found, answers, strict=False):
                if one != other:
                    raise AssertionError(f"{result.name} and {results[0].name} differ: {text.decode()}")


def _timed(result: Result, text: bytes) -> bool:
    engine = result.engine
    prepared = engine.prepare(json.loads(text))
    clock = time.perf_counter_ns
    start = clock()
    answer = engine.decide(prepared)
    end = clock()
    result.times.append((end - start) / 1000)
    permits = engine.permits(answer)
    result.permitted += permits
    return permits


def resident() -> int:
    """Bytes of this process in memory (Linux; elsewhere 0)."""
    path = Path("/proc/self/statm")
    return int(path.read_text().split()[1]) * _PAGE if path.exists() else 0


def timed(work: Callable[[Any], Any], items: Sequence[Any]) -> float:
    """Median microseconds of a step, over items each used once."""
    found = []
    for item in items:
        start = time.perf_counter_ns()
        work(item)
        found.append((time.perf_counter_ns() - start) / 1000)
    return statistics.median(found)

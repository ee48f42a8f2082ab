"""The parts of the report. Each is made in a process of its own, so that nothing is left over from another."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from random import Random

from tests.bench import evidence, hotpath, workloads
from tests.bench.measure import ready, resident, run
from tests.bench.peers import PEERS, is_installed
from tests.bench.policies import policy

from axtary.backends import native
from axtary.runtime import recording
from axtary.runtime.replay import Recorded, replay

LARGE_ACTIONS = ("long_texts", "long_lists")


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    workload: str
    size: int
    engine: str
    note: str = ""  # instead of figures
    median: float = 0.0
    p99: float = 0.0
    ratio: float = 1.0
    compile_seconds: float = 0.0
    memory: int = 0
    actions: int = 0
    permitted: int = 0

    def __str__(self) -> str:
        head = f"{self.workload:<11} {self.size:>7} {self.engine:<11}"
        if self.note:
            return f"{head} {self.note}"
        return (
            f"{head} {self.median:>10.2f} {self.p99:>10.1f} {self.ratio:>8.1f}x {self.compile_seconds:>9.3f} "
            f"{self.memory / 2**20:>8.1f} {self.actions:>7} {self.permitted / self.actions:>6.0%}"
        )


HEAD = f"{'workload':<11} {'rules':>7} {'engine':<11} {'median us':>10} {'p99 us':>10} {'x':>9} {'compile s':>9} "
HEAD += f"{'MB':>8} {'actions':>7} permits"


def compare(name: str, size: int, peers: Sequence[str], count: int, seconds: float) -> list[Row]:
    """One size of one workload on all engines that can."""
    workload = workloads.make(name, size)
    results, rows = [], list[Row]()
    for peer in (peer for peer in PEERS if peer.name in peers):
        if not is_installed(peer):
            rows.append(Row(name, size, peer.name, "not installed: pip install 'axtary[bench]'"))
        elif size > peer.most:
            rows.append(Row(name, size, peer.name, "not run: it needs minutes for so many rules"))
        else:
            results.append(ready(peer, workload))
    count = min(count, 200) if name in LARGE_ACTIONS else count
    run(results, workload, count, warm=10 * count, seconds=seconds)
    base = results[0].median
    measured = [
        Row(
            name,
            size,
            r.name,
            "",
            r.median,
            r.p99,
            r.median / base,
            r.compile_seconds,
            r.memory,
            len(r.times),
            r.permitted,
        )
        for r in results
    ]
    return measured + rows


def batch(size: int, count: int) -> str:
    """Decisions a second, recorded actions against single ones."""
    workload = workloads.make("realistic", size)
    engine = native.compile(policy(workload.specs))
    actions = [json.loads(text) for text in islice(workload.actions(Random("batch")), count)]
    replay(engine, Recorded(actions[:1000]))  # what a table makes when it is first asked
    recorded, seconds = Recorded(actions), []
    for _ in range(3):
        start = time.process_time()
        replay(engine, recorded)
        seconds.append(time.process_time() - start)
    start = time.process_time()
    for action in actions[: count // 10]:
        engine.decide(action, {})
    single = (time.process_time() - start) * 10
    kept = recording.dump(actions)
    start = time.process_time()
    replay(engine, Recorded.stored(kept))
    stored = time.process_time() - start
    first, again, parquet, plain = (f"{count / each:,.0f}" for each in (seconds[0], min(seconds[1:]), stored, single))
    return (
        f"batch       {size:>7} {first} decisions/s, {again} on columns already loaded,"
        f" {parquet} from a Parquet file ({len(kept) / count:.0f} bytes an action), {plain} one by one (CPU time)"
    )


def memory(size: int, count: int) -> str:
    """Memory while ever new actions come: it must stop growing."""
    workload = workloads.make("unique", size)
    engine = native.compile(policy(workload.specs))
    start, seen = resident(), []
    for number, text in enumerate(islice(workload.actions(Random("memory")), count), 1):
        engine.decide(json.loads(text), {})
        if number % (count // 10) == 0:
            seen.append(f"{(resident() - start) / 2**20:+.0f}")
    return f"memory      {size:>7} MB after each tenth of {count:,} all-unique actions: {' '.join(seen)}"


def hot_path(size: int, count: int) -> str:
    """The steps of a tool call."""
    steps = hotpath.steps(size, count)
    return f"hot path    {size:>7} " + ", ".join(f"{step} {us:.1f}" for step, us in steps.items()) + " us"


def passes(count: int) -> list[str]:
    """Passes beside tokens of others, and the signatures alone."""
    lines = [f"evidence    {step:<36} {us:>8.1f} us" for step, us in evidence.steps(count).items()]
    return lines + [f"evidence    {name}: not installed: pip install 'axtary[bench]'" for name in evidence.missing()]

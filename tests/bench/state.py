"""What counting costs: reservations and commits of one and of four processes, and a rate with a long past.

`python -m tests.bench.state` alone. A store is named with its durability; PostgreSQL runs on this machine, with fsync,
and is reached by a socket. Times are milliseconds as whoever asks sees them.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests import postgres

from axtary.runtime.state import About, Claim, Key, Reserved, SqlStore, open_store

WRITERS = (1, 4)
EVENTS = (1, 1_000, 100_000, 1_000_000)
_HOUR = 3_600_000_000
_CHUNK = 100_000  # rows that are inserted at once


def lines(seconds: float, events: Sequence[int] = EVENTS) -> list[str]:
    """One for each store and durability; `seconds` for each figure."""
    folder, server = Path(tempfile.mkdtemp(prefix="axbench")), postgres.start(fsync=True)
    try:
        found = [_line("sqlite", str(folder / mode), mode, seconds, events) for mode in ("full", "normal")]
        if server is None:
            return [*found, f"state postgresql: {postgres.NOT_RUN}"]
        for mode in ("full", "normal"):
            server.run("createdb", "-h", str(server.folder), "-U", "axtary", mode)
            found.append(_line("postgresql", server.url(mode), mode, seconds, events))
        return found
    finally:
        shutil.rmtree(folder)
        if server is not None:
            server.stop()
            shutil.rmtree(server.folder)


def _line(name: str, where: str, mode: str, seconds: float, events: Sequence[int]) -> str:
    store = open_store(where, mode)
    parts = [_spending(where, mode, writers, seconds) for writers in WRITERS]
    rates = [f"{count:,}: {_rate(store, count, seconds):.2f}" for count in events]
    text = f"state {name} ({store.durability}): {'; '.join(parts)}; rate with past events {', '.join(rates)} ms"
    store.close()
    return text


def _spending(where: str, mode: str, writers: int, seconds: float) -> str:
    """All writers on one meter, which is the hardest."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(each for each in sys.path if each)}
    command = [sys.executable, "-m", "tests.bench.state", where, mode, str(seconds)]
    pipe = subprocess.PIPE
    all_of_them = [subprocess.Popen(command, stdin=pipe, stdout=pipe, env=environment) for _ in range(writers)]
    for each in all_of_them:
        assert each.stdout
        each.stdout.readline()  # it is ready
    for each in all_of_them:
        assert each.stdin
        each.stdin.write(b"go\n")
        each.stdin.flush()
    times = sorted(took for each in all_of_them for took in json.loads(each.communicate()[0]))
    median, p99 = statistics.median(times), times[len(times) * 99 // 100]
    return f"{writers} at once {len(times) / seconds:,.0f} reserve+commit/s, median {median:.2f} ms, p99 {p99:.2f} ms"


def write(where: str, mode: str, seconds: float) -> Iterator[float]:
    """Reserve and commit for some seconds; milliseconds of each."""
    store = open_store(where, mode)
    claim = Claim(Key("budget", "bench", "task", "t", "USD"), 10**15, _HOUR, 1)
    store.reserve([claim], About(), 1)
    print("ready", flush=True)
    sys.stdin.readline()
    end = time.perf_counter() + seconds
    while (start := time.perf_counter()) < end:
        found = store.reserve([claim], About("agent", "owner", "task", "tool"), _HOUR)
        assert isinstance(found, Reserved) and found.id
        store.commit(found.id, {})
        yield (time.perf_counter() - start) * 1000


def _rate(store: SqlStore, events: int, seconds: float) -> float:
    """Median milliseconds of a call that is counted, with so many calls in its window."""
    claim = Claim(Key("rate", "bench", "actor", str(events)), 10**15, _HOUR, 1)
    store.reserve([claim], About(), 0)
    _past(store, claim, events)
    (level,) = store.levels([claim])
    assert level.committed == events
    times, end = [], time.perf_counter() + seconds
    while (start := time.perf_counter()) < end:
        store.reserve([claim], About(), 0)
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def _past(store: SqlStore, claim: Claim, events: int) -> None:
    """Half a window ago, a microsecond apart."""
    with store._database.write() as tx:
        ((meter, now),) = tx.rows("SELECT id, last_at FROM meter WHERE subject = ?", claim.key.subject)
        tx.run("DELETE FROM entry WHERE meter = ?", meter)
        tx.run("UPDATE meter SET n = ?, total = ? WHERE id = ?", events, str(events), meter)
    for first in range(1, events + 1, _CHUNK):
        numbers = "WITH RECURSIVE c(x) AS (SELECT {} UNION ALL SELECT x + 1 FROM c WHERE x < {})"
        some = numbers.format(first, min(first + _CHUNK - 1, events))
        rows = f"SELECT {meter}, {now - _HOUR // 2} + x, x, CAST(x - 1 AS TEXT) FROM c"  # noqa: S608
        with store._database.write() as tx:
            tx.run(f"INSERT INTO entry (meter, at, n, before) {some} {rows}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(list(write(sys.argv[1], sys.argv[2], float(sys.argv[3])))))
    else:
        for line in lines(3.0):
            print(line)

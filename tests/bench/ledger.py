"""What the ledger costs: appends by durability and writers, verification, proofs.

`python -m tests.bench.ledger` alone. Writers are processes with some threads each; times are milliseconds as whoever
appends sees them.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from tests import postgres
from tests.ledger.entries import KEY, KEYS, opened, some

from axtary.ledger import Interval, Ledger, merkle
from axtary.ledger.verify import verify

WRITERS = ((1, 1), (1, 16), (4, 1), (4, 16))  # processes, threads of each
RECORDS = 100_000
_AHEAD = 256  # appends that are under way while a ledger is filled


def lines(seconds: float, records: int = RECORDS) -> Iterator[str]:
    """Appends to each store, `seconds` for each figure; then one ledger of so many records is verified and proved."""
    folder, server = Path(tempfile.mkdtemp(prefix="axbench")), postgres.start(fsync=True)
    try:
        for mode in ("full", "normal"):
            yield _appends("sqlite", str(folder / mode), mode, seconds)
            if server is not None:
                server.run("createdb", "-h", str(server.folder), "-U", "axtary", mode)
                yield _appends("postgresql", server.url(mode), mode, seconds)
        if server is None:
            yield f"ledger postgresql: {postgres.NOT_RUN}"
        with opened(folder / "large", KEY, Interval(1000, 60)) as ledger:
            yield _filled(ledger, records)
            yield _verified(ledger)
            yield _proved(ledger)
    finally:
        shutil.rmtree(folder)
        if server is not None:
            server.stop()
            shutil.rmtree(server.folder)


def _appends(name: str, where: str, mode: str, seconds: float) -> str:
    parts = []
    for processes, threads in WRITERS:
        times = sorted(_times(where, mode, processes, threads, seconds))
        median, p99 = statistics.median(times), times[len(times) * 99 // 100]
        rate = f"{len(times) / seconds:,.0f} records/s, median {median:.2f} ms, p99 {p99:.2f} ms"
        parts.append(f"{processes} × {threads}: {rate}")
    return f"ledger {name} {mode}, processes × threads: {'; '.join(parts)}"


def _times(where: str, mode: str, processes: int, threads: int, seconds: float) -> Iterator[float]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(each for each in sys.path if each)}
    command = [sys.executable, "-m", "tests.bench.ledger", where, mode, str(threads), str(seconds)]
    pipe = subprocess.PIPE
    running = [subprocess.Popen(command, stdin=pipe, stdout=pipe, env=environment) for _ in range(processes)]
    for each in running:
        assert each.stdout
        each.stdout.readline()  # it is ready
    for each in running:
        assert each.stdin
        each.stdin.write(b"go\n")
        each.stdin.flush()
    for each in running:
        yield from json.loads(each.communicate()[0])


def append(where: str, mode: str, threads: int, seconds: float) -> list[float]:
    """Append for some seconds; milliseconds of each record."""
    times: list[float] = []
    with opened(where, KEY, Interval(1000, 60), mode) as ledger:
        ledger.append(some())
        print("ready", flush=True)
        sys.stdin.readline()
        end = time.perf_counter() + seconds

        def work() -> None:
            while (start := time.perf_counter()) < end:
                ledger.append(some(3, resource="repo:acme/web"))
                times.append((time.perf_counter() - start) * 1000)

        running = [threading.Thread(target=work) for _ in range(threads)]
        for each in running:
            each.start()
        for each in running:
            each.join()
    return times


def _filled(ledger: Ledger, records: int) -> str:
    start, waiting = time.perf_counter(), []
    for n in range(records):
        waiting.append(ledger.submit(some(n)))
        if len(waiting) == _AHEAD:
            for each in waiting:
                each.result()
            waiting.clear()
    for each in waiting:
        each.result()
    took = time.perf_counter() - start
    return f"ledger of {records:,} records, filled {_AHEAD} at a time: {records / took:,.0f} records/s"


def _verified(ledger: Ledger) -> str:
    start = time.perf_counter()
    report = verify(ledger.rows, KEYS)
    took = time.perf_counter() - start
    assert not report.findings
    return f"ledger verify: {report.size / took:,.0f} records/s, {report.checkpoints} checkpoints among them"


def _proved(ledger: Ledger) -> str:
    rows, whole = ledger.rows, ledger.rows.head().size
    root, times, checks, hashes = rows.root(whole), [], [], []
    for seq in range(0, whole, max(1, whole // 500)):
        (record,) = rows.records(seq, 1)
        start = time.perf_counter()
        proof = rows.inclusion(seq, whole)
        middle = time.perf_counter()
        assert merkle.is_included(merkle.leaf_hash(record.body), seq, whole, root, proof)
        times.append((middle - start) * 1000)
        checks.append((time.perf_counter() - middle) * 1000)
        hashes.append(len(proof))
    median, check = statistics.median(times), statistics.median(checks)
    most = max(hashes)
    return (
        f"ledger proofs: {most} hashes ({most * 32} bytes) at most, made in {median:.2f} ms, checked in {check:.3f} ms"
    )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(append(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))))
    else:
        for line in lines(3.0):
            print(line, flush=True)

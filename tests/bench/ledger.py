"""What the ledger costs: appends by durability and writers, verification, proofs.

`python -m tests.bench.ledger` alone. Writers are processes with some threads each; times are milliseconds as whoever
appends sees them.
"""

from __future__ import annotations

import argparse
import json
import math
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
from tests.ledger.entries import HASH, KEY, opened, some

from axtary.cli.progress import Step, progress
from axtary.ledger import Entry, Interval, Ledger, Rows, entry, merkle

WRITERS = ((1, 1), (1, 4), (1, 16), (4, 1), (4, 4), (4, 16))  # processes, threads of each
RECORDS = 1_000_000
_AHEAD = 256  # appends that are under way while a ledger is filled
_PROOFS = 300  # for each size of tree


def lines(seconds: float, records: int = RECORDS, step: Step = lambda _phase, _done, _all: None) -> Iterator[str]:
    """Appends to each store, `seconds` for each figure; then a ledger of so many records is verified and proved."""
    folder, server = Path(tempfile.mkdtemp(prefix="axbench")), postgres.start(fsync=True)
    try:
        for mode in ("full", "normal"):
            yield _appends("sqlite", str(folder / mode), mode, seconds)
            if server is not None:
                server.run("createdb", "-h", str(server.folder), "-U", "axtary", mode)
                yield _appends("postgresql", server.url(mode), mode, seconds)
        if server is None:
            yield f"ledger postgresql: {postgres.NOT_RUN}"
        yield from _large(folder, records, step)
    finally:
        shutil.rmtree(folder)
        if server is not None:
            server.stop()
            shutil.rmtree(server.folder)


def _large(folder: Path, records: int, step: Step) -> Iterator[str]:
    """One ledger, looked at when it has a tenth of its records and when it has all: what grows with it?"""
    where, public, secret = folder / "large.db", folder / "public.jwk", folder / "secret.jwk"
    public.write_text(json.dumps(dict(KEY.public.jwk)))
    secret.touch(0o600)
    secret.write_text(json.dumps(KEY.secret()))
    key = ("--ledger", str(where), "--key")
    for size in (records // 10, records):
        with opened(where, KEY, Interval(1000, 60)) as ledger:
            yield _filled(ledger, size, step)
        alone = _run(size, "ledger", "verify", *key, str(public), cores=1)
        yield f"ledger verify of {size:,}: {_run(size, 'ledger', 'verify', *key, str(public))}; on one core {alone}"
        export = folder / "large.jsonl"
        made = _run(size, "attest-ledger", *key, str(secret), "-o", str(export))
        checked = ("verify-export", str(export), "--key", str(public), "--attestation", f"{export}.jws")
        yield f"ledger attest of {size:,}: {made}; verify-export {_run(size, *checked)}"
        with opened(where) as ledger:
            yield from _proved(ledger)


def _run(records: int, *command: str, cores: int | None = None) -> str:
    """What a command costs, its processes with it: for one core, or those that there are."""
    start = time.perf_counter()
    some_cores = set(sorted(os.sched_getaffinity(0))[:cores])
    done = subprocess.Popen(
        [sys.executable, "-m", "axtary.cli", *command],
        stdout=subprocess.DEVNULL,
        preexec_fn=lambda: os.sched_setaffinity(0, some_cores),
    )
    _, status, used = os.wait4(done.pid, 0)
    done.returncode = os.waitstatus_to_exitcode(status)
    took, busy = time.perf_counter() - start, used.ru_utime + used.ru_stime
    assert done.returncode == 0, command
    rate = f"{records / took:,.0f} records/s, {records / busy:,.0f} a second of processor time"
    return f"{rate}, {used.ru_maxrss // 1024} MiB at most in a process"


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
    command = [sys.executable, "-m", "tests.bench.ledger", "append", where, mode, str(threads), str(seconds)]
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
            start = time.perf_counter()
            while True:  # once at least, on however slow a machine
                ledger.append(some(3, resource="repo:acme/web"))
                begun, start = start, time.perf_counter()
                times.append((start - begun) * 1000)
                if start >= end:
                    return

        running = [threading.Thread(target=work) for _ in range(threads)]
        for each in running:
            each.start()
        for each in running:
            each.join()
    return times


def _filled(ledger: Ledger, size: int, step: Step) -> str:
    start, waiting, first = time.perf_counter(), [], ledger.rows.head().size
    for n in range(first, size):
        waiting.append(ledger.submit(_entry(n)))
        if len(waiting) == _AHEAD or n == size - 1:
            step("filling a ledger", n, size)
            for each in waiting:
                each.result()
            waiting.clear()
    took = time.perf_counter() - start
    return f"ledger filled up to {size:,}, {_AHEAD} at a time: {(size - first) / took:,.0f} records/s"


def _entry(n: int) -> Entry:
    """Decisions and outcomes, in turns."""
    if n % 2 == 0:
        return some(n, resource="repo:acme/web")
    result = {"provider": "bank", "paid": n % 100, "id": f"tx_{n}"}
    return entry("outcome", {"outcome": "succeeded", "action_hash": HASH, "tool": f"tool.{n % 5}", "result": result})


def _proved(ledger: Ledger) -> Iterator[str]:
    """Proofs for trees of growing sizes, up to the whole."""
    whole, size = ledger.rows.head().size, 10
    while size < whole:
        yield _proofs(ledger.rows, size)
        size *= 10
    yield _proofs(ledger.rows, whole)


def _proofs(rows: Rows, size: int) -> str:
    root, times, checks, hashes = rows.root(size), [], [], []
    for seq in range(0, size, max(1, size // _PROOFS)):
        (record,) = rows.records(seq, 1)
        start = time.perf_counter()
        proof = rows.inclusion(seq, size)
        middle = time.perf_counter()
        assert merkle.is_included(merkle.leaf_hash(record.body), seq, size, root, proof)
        times.append((middle - start) * 1000)
        checks.append((time.perf_counter() - middle) * 1000)
        hashes.append(len(proof))
    median, check, most = statistics.median(times), statistics.median(checks), max(hashes)
    made = f"{most} hashes ({most * merkle.SIZE} bytes) at most, made in {median:.2f} ms, checked in {check:.3f} ms"
    return f"ledger proofs, log2({size:,}) = {math.log2(size):.1f}: {made}"


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.ledger", description=__doc__)
    parser.add_argument("--seconds", type=float, default=3.0, help="for each figure of appends")
    parser.add_argument("--records", type=int, default=RECORDS, help="of the ledger that is verified")
    options = parser.parse_args()
    with progress("records") as step:
        for line in lines(options.seconds, options.records, step):
            print(line, flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["append"]:
        print(json.dumps(append(sys.argv[2], sys.argv[3], int(sys.argv[4]), float(sys.argv[5]))))
    else:
        main()

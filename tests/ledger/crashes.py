"""Processes that append and are killed: `python -m tests.ledger.crashes --records 50000 --kills 100`.

Four processes append to one ledger. Each time that some more records were acknowledged, one of the four is killed
(SIGKILL) at a random moment, and another takes its place. At the end, every record that was acknowledged must be there.
"""

from __future__ import annotations

import argparse
import os
import random
import secrets
import selectors
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from axtary.cli.progress import progress
from axtary.ledger import open_rows
from axtary.ledger.glance import frame
from axtary.ledger.record import read
from axtary.ledger.verify import verify
from tests import postgres
from tests.ledger.entries import signer

PROCESSES = 4
_SOON = 0.02  # seconds: a kill comes at any moment of a transaction, not only just after one was acknowledged

Acknowledged = dict[int, tuple[str, str]]
"""By number: the hash and the task."""


class _Writer:
    """A process that appends, and what it said."""

    def __init__(self, where: str, durability: str, name: str) -> None:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(each for each in sys.path if each)}
        command = [sys.executable, "-m", "tests.ledger.worker", where, durability, name]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment)
        assert self._process.stdout
        self.pipe = self._process.stdout.fileno()
        self._rest = b""

    def lines(self) -> list[str]:
        """What it says next; waits for something. Nothing: it has ended."""
        *whole, self._rest = (self._rest + os.read(self.pipe, 1 << 16)).split(b"\n")
        return [line.decode() for line in whole]

    def killed(self) -> list[str]:
        """Kill it; what it said until then."""
        self._process.kill()
        self._process.wait()
        found = []
        while more := self.lines():
            found += more
        assert self._process.stdout
        self._process.stdout.close()
        return found


def run(
    where: str,
    records: int,
    kills: int,
    seed: int,
    durability: str = "full",
    step: Callable[[int], None] = lambda _done: None,
) -> int:
    """Let processes append until so many records are acknowledged and so many processes were killed.

    AssertionError if the ledger is not what was acknowledged. How many records it has.
    """
    rng, acknowledged = random.Random(seed), Acknowledged()
    running = {f"{slot}": _Writer(where, durability, f"{slot}") for slot in range(PROCESSES)}
    try:
        for turn in range(kills):
            first, end = records * turn // kills, records * (turn + 1) // kills
            _listen(running, acknowledged, end if turn == kills - 1 else rng.randint(first, end))
            step(len(acknowledged))
            time.sleep(rng.random() * _SOON)
            _note(acknowledged, running.pop(rng.choice(sorted(running))).killed())
            if turn < kills - PROCESSES:
                running[f"again.{turn}"] = _Writer(where, durability, f"again.{turn}")
    finally:
        for writer in running.values():
            _note(acknowledged, writer.killed())
    return _check(where, acknowledged)


def _listen(running: dict[str, _Writer], acknowledged: Acknowledged, until: int) -> None:
    with selectors.DefaultSelector() as selector:
        for writer in running.values():
            selector.register(writer.pipe, selectors.EVENT_READ, writer)
        while len(acknowledged) < until:
            for key, _ in selector.select():
                found = key.data.lines()
                assert found, "a process ended by itself"
                _note(acknowledged, found)


def _note(acknowledged: Acknowledged, lines: list[str]) -> None:
    for line in lines:
        seq, found, task = line.split()
        assert int(seq) not in acknowledged, f"the number {seq} was given twice"
        acknowledged[int(seq)] = found, task


def _check(where: str, acknowledged: Acknowledged) -> int:
    """Every record that was acknowledged is there, once, as it was; and the whole verifies."""
    rows = open_rows(where)
    report = verify(rows, {signer().kid: signer().public})
    assert report.findings == [], report.findings
    found, numbers = {}, []
    for row in rows.each(0, report.size, 1000):
        numbers.append(frame(row.body).seq)
        if row.seq in acknowledged:
            found[row.seq] = row.hash.hex(), read(row.body).content["task"]
    rows.close()
    assert numbers == list(range(report.size)) and report.anchored
    assert found == acknowledged
    assert len({task for _, task in found.values()}) == len(found)
    return report.size


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.ledger.crashes", description=__doc__)
    parser.add_argument("--records", type=int, default=50_000, help="acknowledged ones")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    parser.add_argument("--durability", default="full")
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    for name, where in _places(options.only):
        with progress("records acknowledged") as step:
            told = lambda done: step("appending and killing", done, options.records)  # noqa: E731
            size = run(where, options.records, options.kills, options.seed, options.durability, told)
        kills = f"{options.kills} processes were killed by SIGKILL, {PROCESSES} at a time appended"
        print(f"{name}: {kills}; {size} records, all that were acknowledged among them", flush=True)


def _places(only: str | None) -> Iterator[tuple[str, str]]:
    if only != "postgresql":
        with tempfile.TemporaryDirectory() as folder:
            yield "sqlite", str(Path(folder) / "ledger.db")
    if only == "sqlite":
        return
    if (server := postgres.start(fsync=True)) is None:
        print(postgres.NOT_RUN)
        return
    try:
        yield "postgresql", server.url()
    finally:
        server.stop()


if __name__ == "__main__":
    main()

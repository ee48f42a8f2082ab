"""Processes that append and are killed: for as long as you like by `python -m tests.ledger.crashes --rounds 500`."""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from axtary.ledger import open_rows
from axtary.ledger.record import read
from axtary.ledger.verify import verify
from tests import postgres
from tests.ledger.entries import signer

PROCESSES = 4


def run(where: str, rounds: int, seed: int, durability: str = "full") -> int:
    """Let processes append; kill each (SIGKILL) after some records and begin another, `rounds` times a process.

    AssertionError if the ledger is not what was acknowledged. How many records it has.
    """
    rng = random.Random(seed)
    running = [_begin(where, durability, f"{n}") for n in range(PROCESSES)]
    acknowledged: dict[int, tuple[str, str]] = {}
    for turn in range(rounds * PROCESSES):
        slot = turn % PROCESSES
        lines = [running[slot].stdout.readline() for _ in range(rng.randint(1, 30))]  # type: ignore[union-attr]
        running[slot].kill()
        lines += running[slot].communicate()[0].splitlines()
        _note(acknowledged, lines)
        if turn < (rounds - 1) * PROCESSES:
            running[slot] = _begin(where, durability, f"{slot}.{turn}")
    return _check(where, acknowledged)


def _begin(where: str, durability: str, name: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(each for each in sys.path if each)}
    command = [sys.executable, "-m", "tests.ledger.worker", where, durability, name]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)


def _note(acknowledged: dict[int, tuple[str, str]], lines: list[str]) -> None:
    for line in lines:
        seq, found, task = line.split()
        assert int(seq) not in acknowledged, f"the number {seq} was given twice"
        acknowledged[int(seq)] = found, task


def _check(where: str, acknowledged: dict[int, tuple[str, str]]) -> int:
    """Every record that was acknowledged is there, once, as it was; and the whole verifies."""
    rows = open_rows(where)
    report = verify(rows, {signer().kid: signer().public})
    assert report.findings == [], report.findings
    tasks = set()
    for seq, (hash_, task) in sorted(acknowledged.items()):
        (row,) = rows.records(seq, 1)
        assert (row.seq, row.hash.hex(), read(row.body).content["task"]) == (seq, hash_, task)
        tasks.add(task)
    assert len(tasks) == len(acknowledged) <= report.size and report.anchored
    rows.close()
    return report.size


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.ledger.crashes", description=__doc__)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--durability", default="full")
    options = parser.parse_args()
    for name, where in _places():
        size = run(where, options.rounds, options.seed, options.durability)
        print(f"{name}: {options.rounds * PROCESSES} processes were killed, {size} records, all that were acknowledged")


def _places() -> Iterator[tuple[str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        yield "sqlite", str(Path(folder) / "ledger.db")
    if (server := postgres.start(fsync=True)) is None:
        print(postgres.NOT_RUN)
        return
    try:
        yield "postgresql", server.url()
    finally:
        server.stop()


if __name__ == "__main__":
    main()

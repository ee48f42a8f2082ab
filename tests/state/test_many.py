"""Many processes spend from one budget, and are killed in the middle: never more than the limit is granted.

`AXTARY_KILLS=10000 pytest tests/state/test_many.py -s -k killed` is the long run, `AXTARY_SEED` its seed;
`AXTARY_ATTEMPTS=2000` has 16,000 attempts in place of 4,000.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

from axtary.runtime.state import SqlStore
from tests.state.claims import Clock, budget, granted, rate, shown
from tests.state.conftest import opened
from tests.state.worker import HOLD, WINDOW

PROCESSES = 8
ATTEMPTS = int(os.environ.get("AXTARY_ATTEMPTS", "500"))  # of each process
KILLS = int(os.environ.get("AXTARY_KILLS", "120"))  # on each store
SEED = int(os.environ.get("AXTARY_SEED", "1"))
LIMIT = 400


class Workers:
    """Processes that spend, and what they say."""

    def __init__(self) -> None:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(each for each in sys.path if each)}
        command = [sys.executable, "-m", "tests.state.worker"]
        pipe = subprocess.PIPE
        self._nursery = subprocess.Popen(command, stdin=pipe, stdout=pipe, env=environment, text=True)
        self.alive: list[int] = []

    def send(self, *words: object) -> None:
        assert self._nursery.stdin
        print(*words, file=self._nursery.stdin, flush=True)

    def begin(self, *words: object) -> None:
        self.send(*words)
        said, pid = self.hear()
        assert said == "began"
        self.alive.append(pid)

    def hear(self) -> tuple[str, int]:
        assert self._nursery.stdout
        line = self._nursery.stdout.readline()
        assert line.startswith(("began ", "granted ")), line
        word, number = line.split()
        return word, int(number)

    def kill(self, pid: int) -> None:
        """It must be alive: what was done before was no more than a part of its work."""
        self.alive.remove(pid)
        os.kill(pid, signal.SIGKILL)
        with suppress(ProcessLookupError):
            while True:
                os.kill(pid, 0)
                time.sleep(0.001)

    def end(self) -> None:
        for pid in list(self.alive):
            with suppress(ProcessLookupError):
                self.kill(pid)
        self._nursery.communicate()


@pytest.fixture
def workers() -> Iterator[Workers]:
    found = Workers()
    yield found
    found.end()


def test_of_many_attempts_of_8_processes_exactly_as_many_are_granted_as_may(where: str, workers: Workers) -> None:
    limit = ATTEMPTS // 2
    for _ in range(PROCESSES):
        workers.send(where, "calls", 0, ATTEMPTS, limit)
    seen = [workers.hear() for _ in range(2 * PROCESSES)]
    assert sum(number for word, number in seen if word == "granted") == limit
    store = opened(where)
    assert shown(store, rate(limit, window=WINDOW)) == (limit, 0)
    (meter,) = store.meters("rate")
    assert meter.denied == PROCESSES * ATTEMPTS - limit
    store.close()


def test_killed_processes_neither_oversubscribe_nor_keep_anything(where: str, workers: Workers) -> None:
    print(f"AXTARY_SEED={SEED} AXTARY_KILLS={KILLS}")
    rng = random.Random(SEED)
    store = opened(where)
    for _ in range(4):
        workers.begin(where, "money", rng.getrandbits(32), 10**9, LIMIT)
    for _ in range(KILLS):
        time.sleep(rng.random() * 0.04)  # at any moment of what they do, the first included
        workers.kill(rng.choice(workers.alive))
        workers.begin(where, "money", rng.getrandbits(32), 10**9, LIMIT)
        check(store)
    for pid in list(workers.alive):
        workers.kill(pid)
    check(store)
    store.close()
    settle(where)


def check(store: SqlStore) -> None:
    """At no moment is more out than the limit."""
    for level in store.levels([budget(limit=LIMIT, window=WINDOW), budget(limit=LIMIT, rule="c", window=WINDOW)]):
        assert level.committed + level.reserved <= LIMIT


def settle(where: str) -> None:
    """What was held is free when it has expired, and what is not committed can be had to the last ten-thousandth."""
    clock = Clock(0)  # the meters know the latest time
    store = opened(where, clock)
    held = store.open()
    assert held, "nobody was killed while it held something"
    both = [budget(limit=LIMIT, rule=rule, window=WINDOW) for rule in ("b", "c")]
    for claim in both:
        amounts = [each.amounts[claim.key] for each in held if not each.expired]
        assert shown(store, claim)[1] == sum(amounts)
    clock.now = max(each.expires for each in held) + HOLD
    spent = [shown(store, claim) for claim in both]
    assert 0 < spent[0][0] < spent[1][0] <= LIMIT
    assert [reserved for _committed, reserved in spent] == [0, 0]
    for claim, (committed, _reserved) in zip(both, spent, strict=True):
        granted(store, budget(LIMIT - committed, LIMIT, claim.key.rule, window=WINDOW))
        assert shown(store, claim) == (committed, LIMIT - committed)
    store.close()

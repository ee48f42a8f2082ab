"""Processes that spend: `python -m tests.state.worker`; each line of input makes one, `WHERE MODE SEED ATTEMPTS LIMIT`.

They are forked, so that hundreds are quick to make; whoever makes them has opened no state itself. They write a line
when they begin, and when they are done.
"""

from __future__ import annotations

import os
import random
import signal
import sys

from axtary.runtime.state import Refused
from tests.state.claims import ask, budget, rate
from tests.state.conftest import opened

HOLD = 2_000_000  # microseconds; long enough that nothing expires while somebody works with it
WINDOW = 3_600_000_000


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them
    for line in sys.stdin:
        if os.fork() == 0:
            work(*line.split())
            os._exit(0)


def work(where: str, mode: str, seed: str, attempts: str, limit: str) -> None:
    say(f"began {os.getpid()}")
    try:
        {"calls": calls, "money": money}[mode](where, random.Random(seed), int(attempts), int(limit))
    except Exception as error:
        say(f"failed {error!r}")


def calls(where: str, _rng: random.Random, attempts: int, limit: int) -> None:
    """One call after the other."""
    store = opened(where)
    claim = rate(limit, window=WINDOW)
    found = sum(not isinstance(ask(store, claim), Refused) for _ in range(attempts))
    say(f"granted {found}")


def money(where: str, rng: random.Random, attempts: int, limit: int) -> None:
    """Reserve from two budgets; then commit some, roll some back, and leave some to expire."""
    store = opened(where)
    for _ in range(attempts):
        amount = rng.randint(1, 5)
        claims = budget(amount, limit, window=WINDOW), budget(amount, limit, rule="c", window=WINDOW)
        found = ask(store, *claims, hold=HOLD)
        if isinstance(found, Refused) or found.id is None:
            continue
        fate = rng.random()
        if fate < 0.02:
            store.commit(found.id, {"b": rng.randint(0, amount)})
        elif fate < 0.95:
            store.roll_back(found.id)


def say(text: str) -> None:
    os.write(1, f"{text}\n".encode())


if __name__ == "__main__":
    main()

"""The equivalence check for as long as you like: `python -m tests.long_run --comparisons 1000000 --seed 1 --jobs 2`.

Each seed is one policy. A disagreement is shrunk and printed, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from importlib.resources import files
from itertools import count
from multiprocessing import get_context

from tests import differential

ACTIONS = 50


def run(
    comparisons: int, seed: int, jobs: int, engines: tuple[str, ...] = differential.THREE, actions: int = ACTIONS
) -> differential.Outcome:
    """Seeds from `seed` on until there are enough comparisons; the first disagreement of each engine is shrunk."""
    total, start = differential.Outcome(), time.monotonic()
    seeds = range(seed, seed + -(-comparisons // (actions * len(engines))))
    work = partial(differential.compare_seed, engines=engines, count=actions)
    # Spawned, not forked: OPA does not survive a fork.
    with _pinned_zones(), get_context("spawn").Pool(jobs, maxtasksperchild=250) as pool:
        for done, outcome in zip(count(1), pool.imap_unordered(work, seeds, chunksize=4), strict=False):
            for found in outcome.disagreements:
                print(f"\n{found}\n", flush=True)
            total.add(outcome)
            if done % 50 == 0 or done == len(seeds):
                _progress(total, done, len(seeds), time.monotonic() - start)
        first = {found.engine: found for found in reversed(total.disagreements)}
        total.shrunk = pool.map(differential.shrink, first.values())
    return total


@contextmanager
def _pinned_zones() -> Iterator[None]:
    """OPA would read the machine's zone data, which may be older: it reads this variable once, as a process starts."""
    before = os.environ.get("ZONEINFO")
    os.environ["ZONEINFO"] = str(files("tzdata").joinpath("zoneinfo"))
    try:
        yield
    finally:
        del os.environ["ZONEINFO"]
        if before is not None:
            os.environ["ZONEINFO"] = before


def _progress(total: differential.Outcome, done: int, seeds: int, seconds: float) -> None:
    rate = total.comparisons / seconds
    line = f"{done}/{seeds} policies, {total.comparisons} comparisons, {rate:.0f}/s"
    print(f"\r{line}, {len(total.disagreements)} disagreements", end="", file=sys.stderr, flush=True)


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.long_run", description=__doc__)
    parser.add_argument("--comparisons", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--engines", default=",".join(differential.THREE), help=", ".join(differential.ENGINES))
    parser.add_argument("--actions", type=int, default=ACTIONS, help="a policy; more of them cost less to compare")
    options = parser.parse_args()
    engines = tuple(options.engines.split(","))
    total = run(options.comparisons, options.seed, options.jobs, engines, options.actions)
    print(f"\n{total}")
    return 1 if total.disagreements else 0


if __name__ == "__main__":
    sys.exit(main())

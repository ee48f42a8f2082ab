"""The equivalence check for as long as you like: `python -m tests.long_run --comparisons 1000000 --seed 1 --jobs 2`.

Each seed is one policy. A disagreement is shrunk and printed, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from functools import partial
from itertools import count
from multiprocessing import get_context

from tests import differential

ACTIONS = 50


def run(comparisons: int, seed: int, jobs: int, engines: tuple[str, ...]) -> differential.Outcome:
    """Seeds from `seed` on until there are enough comparisons. Spawned workers: OPA does not survive a fork."""
    total, start = differential.Outcome(), time.monotonic()
    seeds = range(seed, seed + -(-comparisons // (ACTIONS * len(engines))))
    work = partial(differential.compare_seed, engines=engines, count=ACTIONS)
    with get_context("spawn").Pool(jobs, maxtasksperchild=1000) as pool:
        for done, outcome in zip(count(1), pool.imap_unordered(work, seeds, chunksize=4), strict=False):
            total.add(outcome)
            for found in outcome.disagreements:  # at once, as it is: shrinking waits for the end
                print(f"\n{found}\n", flush=True)
            if done % 50 == 0 or done == len(seeds):
                _progress(total, done, len(seeds), time.monotonic() - start)
    return total


def _progress(total: differential.Outcome, done: int, seeds: int, seconds: float) -> None:
    rate = total.comparisons / seconds
    line = f"{done}/{seeds} policies, {total.comparisons} comparisons, {rate:.0f}/s"
    print(f"\r{line}, {len(total.disagreements)} disagreements", end="", file=sys.stderr, flush=True)


def _lines(total: differential.Outcome) -> Iterator[str]:
    yield f"{total.comparisons} comparisons, {len(total.disagreements)} disagreements"
    yield ", ".join(f"{name} {number}" for name, number in sorted(total.seen.items()))
    shown: set[str] = set()
    for found in total.disagreements:
        if found.engine not in shown:
            shown.add(found.engine)
            yield str(differential.shrink(found))


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.long_run", description=__doc__)
    parser.add_argument("--comparisons", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--engines", default=",".join(differential.THREE), help=", ".join(differential.ENGINES))
    options = parser.parse_args()
    total = run(options.comparisons, options.seed, options.jobs, tuple(options.engines.split(",")))
    print("\n" + "\n".join(_lines(total)))
    return 1 if total.disagreements else 0


if __name__ == "__main__":
    sys.exit(main())

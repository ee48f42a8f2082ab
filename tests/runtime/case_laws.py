"""The laws of cases that are generated and of mutants, on many random policies.

`python -m tests.runtime.case_laws --worlds 500 --seed 1` is that run. A law that is broken ends it with its seed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from typing import Any

from tests.runtime import test_generated_cases, test_mutation


def _laws() -> Iterator[tuple[str, Callable[[int], None]]]:
    """The laws of both test modules, by name: hypothesis chooses their seeds there, the caller does here."""
    for module in (test_generated_cases, test_mutation):
        for name, test in sorted(vars(module).items()):
            handle: Any = getattr(test, "hypothesis", None)
            if handle is not None:
                yield name, handle.inner_test


def run(seeds: range) -> int:
    """Try each law on each seed. Returns how many were tried; raises AssertionError with the seed and the law."""
    laws = list(_laws())
    for seed in seeds:
        for name, law in laws:
            try:
                law(seed)
            except AssertionError as error:
                raise AssertionError(f"seed {seed}, {name}: {error}") from error
    return len(laws) * len(seeds)


def main() -> int:
    """A run over many policies."""
    parser = argparse.ArgumentParser(prog="python -m tests.runtime.case_laws", description=__doc__)
    parser.add_argument("--worlds", type=int, default=200, help="random policies")
    parser.add_argument("--seed", type=int, default=1, help="of the first one")
    options = parser.parse_args()
    tried = run(range(options.seed, options.seed + options.worlds))
    print(f"seeds {options.seed} to {options.seed + options.worlds - 1}: {tried} laws held")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""How long the exact lints take: `python -m tests.bench.lint`. Exit 1 if a budget is exceeded.

CPU seconds of the lints alone, and of compiling the same policy. The workloads are those of the diff and of the
engines; some are made to be hard, and there a part may stay undecided.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from random import Random

from tests.bench import policies, workloads
from tests.bench.diff import random_rule

from axtary.compiler import Compiled, compile_policy
from axtary.compiler.lint import exact

BUDGETS = {10: 0.1, 100: 1.0, 1_000: 10.0}  # rules -> seconds
ORDINARY = "mixed"


def _made(names: list[str], count: int, seed: int) -> Iterator[tuple[str, Compiled]]:
    for name in names:
        if name == ORDINARY:
            rng = Random(seed)
            text = json.dumps({"version": "1", "policies": [random_rule(rng, number) for number in range(count)]})
            begin = time.process_time()
            compiled = compile_policy("axtary.yml", text.encode())
            print(f"{count:>6} rules compiled in {time.process_time() - begin:.2f} s")
            yield name, compiled
        else:
            policy = policies.policy(workloads.make(name, count, seed).specs)
            yield name, replace(compile_policy("axtary.yml", b"version: 1\n"), policy=policy)


def main() -> int:
    """Measure, print, compare with the budgets."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.lint", description=__doc__)
    parser.add_argument("--rules", type=int, nargs="*", default=list(BUDGETS))
    parser.add_argument("--workloads", nargs="*", default=[ORDINARY, *workloads.WORKLOADS])
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    within = True
    for count in options.rules:
        for name, compiled in _made(options.workloads, count, options.seed):
            begin = time.process_time()
            linted = exact.check(compiled)
            seconds = time.process_time() - begin
            codes = [each.code for each in linted.compiled.warnings if each.code >= "AX0720"]
            counts = ", ".join(f"{code} {codes.count(code)}" for code in sorted(set(codes)))
            left = sum(len(each.rules) for each in linted.undecided)
            late = seconds > BUDGETS.get(count, float("inf"))
            within = within and not late
            text = f"{count:>6} rules {name:<10} {seconds:6.2f} s, {left} undecided; {counts or 'no findings'}"
            print(text + (", over the budget" if late else ""), flush=True)
    return 0 if within else 1


if __name__ == "__main__":
    sys.exit(main())

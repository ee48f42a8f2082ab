"""A short run of the fuzzer over policies, and that the fuzzer would see what it looks for."""

from __future__ import annotations

import sys

import pytest

from tests import fuzz_inputs, policy_fuzz

SEEDS = range(20261123, 20261126)
INPUTS = 500  # of each seed


@pytest.mark.parametrize("seed", SEEDS)
def test_every_input_ends_in_diagnostics_or_a_policy(seed: int) -> None:
    """Law: whatever the text, it compiles or is refused; nothing else happens."""
    outcome = policy_fuzz.run(seed, INPUTS)
    assert not outcome.finds, "\n".join(map(str, outcome.finds))
    assert outcome.counts.keys() == {"compiled", "refused"}
    assert outcome.counts.total() == INPUTS
    assert min(outcome.counts.values()) > INPUTS // 10


def test_an_input_is_made_of_its_number_alone() -> None:
    made = [fuzz_inputs.make(1, number) for number in range(50)]
    assert made == [fuzz_inputs.make(1, number) for number in range(50)]
    assert len(set(made)) > 45
    assert made != [fuzz_inputs.make(2, number) for number in range(50)]


CHILD = """
import json, os, sys, time
for number in range(int(sys.argv[1]), int(sys.argv[2])):
    if number == 1:
        os.abort()
    if number == 3:
        time.sleep(60)
    failed = {"outcome": "failed", "trace": "ValueError"} if number == 4 else {"outcome": "refused"}
    print(json.dumps({"number": number, "seconds": 1.5 if number == 5 else 0.5} | failed), flush=True)
"""


def test_crashes_hangs_exceptions_and_slow_inputs_are_found() -> None:
    def command(seed: int, first: int, stop: int) -> list[str]:
        return [sys.executable, "-c", CHILD, str(first), str(stop)]

    outcome = policy_fuzz.run(1, 7, slow=1.0, watchdog=2.0, command=command)
    assert [(find.number, find.what) for find in outcome.finds] == [
        (1, "the process died with -6"),
        (3, "the process hung"),
        (4, "ValueError"),
        (5, "took 1.50 s of CPU"),
    ]
    assert outcome.counts == {"refused": 4, "lost": 2, "failed": 1}
    assert outcome.slowest == (1.5, 5)

"""The law: every engine gives the reference's verdict (decision, fired rules, reasons, obligations) on every input.

Some 3,000 comparisons on fixed seeds; `python -m tests.long_run` does the same for as long as you like.
"""

from __future__ import annotations

from functools import partial
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from axtary.backends.native import NativeEngine
from axtary.backends.verdict import Verdict
from tests import differential, generate, long_run
from tests.laws import examples

COMPARISONS = 3_000
SEED = 1


def test_all_engines_agree_with_the_reference() -> None:
    total = long_run.run(COMPARISONS, SEED, jobs=2)
    print(f"seeds from {SEED} on: {total}")
    assert total.comparisons >= COMPARISONS
    assert {"allow", "deny", "step_up"} <= total.seen.keys()
    assert not total.disagreements, str(total)


def test_all_engines_agree_at_the_edges() -> None:
    total = differential.compare_edges()
    assert total.comparisons > 5000
    assert not total.disagreements, str(total.disagreements[0])


@settings(max_examples=examples(40), deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False))
def test_no_choice_of_the_generator_parts_native_and_cedar_from_the_reference(rng: Random) -> None:
    outcome = differential.compare(
        generate.draft_policy(rng), ("native", "cedar"), partial(generate.cases, rng, count=5)
    )
    assert not outcome.disagreements, str(outcome.disagreements[0])


def test_a_wrong_engine_is_found_and_its_case_is_shrunk(monkeypatch: pytest.MonkeyPatch) -> None:
    class ForgetsHours(NativeEngine):
        def decide(self, *case: object) -> Verdict:
            found = super().decide(*case)  # type: ignore[arg-type]
            kept = tuple(reason for reason in found.reasons if reason[0] != "hours")
            return Verdict(found.decision, found.fired, kept, found.obligations)

    monkeypatch.setitem(differential.ENGINES, "wrong", ForgetsHours)
    outcomes = (differential.compare_seed(seed, ("wrong",)) for seed in range(100))
    found = next(one for outcome in outcomes for one in outcome.disagreements)
    small = differential.shrink(found)
    (rule,) = small.draft["policies"]
    assert rule.keys() == {"id", "effect", "match", "obligations"}
    assert rule["obligations"].keys() == {"hours"}
    assert small.action.keys() == {"version", "tool"}
    assert small.facts == {}
    assert "hours" in str(small)

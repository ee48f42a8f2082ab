"""The laws of the semantic diff, on small worlds and on hostile policies."""

from __future__ import annotations

import pytest
from tests.diff import law

from axtary.compiler.analysis.diff import Difference

PAIRS, HOSTILE, SEED = 500, 30, 1


def test_the_diff_says_what_actions_show_and_shows_what_it_says() -> None:
    total = law.run(PAIRS, SEED, jobs=2, most=250)
    print(f"seeds from {SEED} on: {dict(total.seen)}")
    assert not total.wrong, total.wrong[0]
    assert total.seen["pairs"] == PAIRS
    assert total.seen["exhaustive"] > PAIRS // 3
    verdicts = ("equivalent", "more permissive", "less permissive", "incomparable")
    assert min(total.seen[each] for each in verdicts) > PAIRS // 20


def test_the_diff_holds_on_hostile_policies() -> None:
    total = law.run(HOSTILE, SEED, jobs=2, most=120, drafts=True)
    assert not total.wrong, total.wrong[0]
    assert total.seen["pairs"] > HOSTILE * 3 // 4


def test_a_diff_that_overlooks_a_change_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(law, "diff", lambda _old, _new: Difference())
    assert any(law.check_world(seed).wrong for seed in range(20))

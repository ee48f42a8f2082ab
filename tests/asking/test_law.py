"""The laws of questions, on small worlds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.asking import law

from axtary.compiler.analysis.asking import Inquiry

QUESTIONS, HOSTILE, SEED = 200, 8, 1


def test_a_question_is_answered_as_its_actions_say() -> None:
    total = law.run(QUESTIONS, SEED, jobs=2, most=300)
    print(f"seeds from {SEED} on: {dict(total.seen)}")
    assert not total.wrong, total.wrong[0]
    assert total.seen["questions"] == QUESTIONS
    assert min(total.seen["exhaustive yes"], total.seen["exhaustive no"]) > QUESTIONS // 12
    assert total.seen["outcomes"] > QUESTIONS // 2


def test_the_answers_hold_on_hostile_policies() -> None:
    total = law.run(HOSTILE, SEED, jobs=2, most=100, drafts=True)
    assert not total.wrong, total.wrong[0]
    assert total.seen["questions"] > HOSTILE * 3 // 4


def test_an_inquiry_that_overlooks_an_outcome_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    class Blind(Inquiry):
        def answers(self, *args: Any) -> Iterator[Any]:
            self.fits = True
            yield from list(super().answers(*args))[1:]

    monkeypatch.setattr(law, "Inquiry", Blind)
    assert any(law.check_world(seed).wrong for seed in range(20))

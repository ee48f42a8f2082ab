"""Four processes append while one after the other is killed: what was acknowledged is there, and all of it verifies."""

from __future__ import annotations

from tests.ledger import crashes


def test_what_was_acknowledged_survives(where: str) -> None:
    assert crashes.run(where, rounds=2, seed=7) > 8

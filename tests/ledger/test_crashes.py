"""Four processes append while one after the other is killed: what was acknowledged is there, and all of it verifies."""

from __future__ import annotations

import pytest

from tests.ledger import crashes


def test_what_was_acknowledged_survives(where: str) -> None:
    assert crashes.run(where, records=120, kills=8, seed=7) >= 120


def test_what_is_not_there_is_told(where: str) -> None:
    """A record that was acknowledged and is not there, or was changed since, fails the run."""
    acknowledged: crashes.Acknowledged = {}
    crashes._listen({"w": (writer := crashes._Writer(where, "normal", "w"))}, acknowledged, 60)
    crashes._note(acknowledged, writer.killed())
    assert crashes._check(where, acknowledged) >= 60
    for changed in (acknowledged | {10**6: ("00", "w")}, acknowledged | {0: ("00", acknowledged[0][1])}):
        with pytest.raises(AssertionError):
            crashes._check(where, changed)
    with pytest.raises(AssertionError, match="twice"):
        crashes._note(acknowledged, ["3 00 w"])

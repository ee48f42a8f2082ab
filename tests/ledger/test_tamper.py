"""Each byte of an export of 1,000 records counts: some of each kind here, any by `tests.ledger.tamper`."""

from __future__ import annotations

import pytest

from axtary.ledger.verify_export import verify_export
from tests.ledger import tamper


@pytest.fixture(scope="module")
def export() -> tamper.Export:
    return tamper.made()


def places(export: tamper.Export) -> dict[str, list[int]]:
    """Positions by what stands there."""
    starts, size = export.starts, export.size
    decision, outcome, last = starts[1], starts[500], starts[-2]
    return {
        "the first line": list(range(0, starts[1], 31)),
        "a decision": list(range(decision, starts[2], 31)),
        "an outcome": list(range(outcome, starts[501], 31)),
        "ends of lines": [starts[1] - 1, starts[2] - 1, starts[501] - 1, starts[-1] - 1],
        "the last line": list(range(last, starts[-1], 61)),
        "anywhere": list(range(0, starts[-1], starts[-1] // 30)),
        "the attestation": [*range(starts[-1], size, 23), size - 1],
    }


KINDS = ["the first line", "a decision", "an outcome", "ends of lines", "the last line", "anywhere", "the attestation"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_changed_byte_is_found_and_named(export: tamper.Export, kind: str) -> None:
    found = places(export)[kind]
    assert len(export.lines) == tamper.RECORDS + 1 and len(found) > 3
    flips = [1, 0x20, 0x80, 7]  # others of its kind, another case, no ASCII, and so on
    said = [tamper.escaped(export, n % 2 == 0, place, flips[n % 4]) for n, place in enumerate(found)]
    assert [each for each in said if each] == []


def test_an_export_that_is_not_changed_is_valid(export: tamper.Export) -> None:
    """Else everything would be found to be wrong."""
    for token in (None, export.attestation):
        assert verify_export(export.lines, tamper.KEYS, token).findings == []
    assert tamper.changed(export, 0, 0) == list(export.lines)


def test_positions_are_those_of_the_seed() -> None:
    export = tamper.Export((b"0123456789\n",) * 9, "0123456789")
    asked = tamper.positions(export, 50, 3)
    assert asked == tamper.positions(export, 50, 3) != tamper.positions(export, 50, 4)
    assert len({place for _, place, _ in asked}) == 50
    assert all(0 < flip < 256 and place < export.size for _, place, flip in asked)
    assert len(tamper.positions(export, 10**9, 3)) == export.size == 109

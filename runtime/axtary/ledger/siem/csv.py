"""CSV by RFC 4180 with a header, lines ended by LF, every cell in quotes.

A cell that a spreadsheet would take for a formula begins with an apostrophe, as does one that begins with an
apostrophe anyway: so to take one away gives the text back.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from axtary.ledger.record import SHAPES
from axtary.ledger.siem.event import Event, ascii_json, line_text

_FRAME = ("seq", "time", "kind")
COLUMNS = (*_FRAME, *dict.fromkeys(name for shape in SHAPES.values() for name in shape), "version", "prev", "hash")
MAX_CELL = 32_000  # characters: a spreadsheet has room for 32,767
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "'")  # also full-width, which some take for the same


def header() -> str:
    """The names of the columns."""
    return _row(COLUMNS)


def line(event: Event) -> str:
    """A record, without a line end."""
    found = {**event.content, "hash": event.hash}
    return _row(cell_text(_text(found.get(name, ""))) for name in COLUMNS)


def _row(cells: Iterable[str]) -> str:
    return ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ascii_json(value)


def cell_text(value: str) -> str:
    """A cell that is text and nothing else."""
    text = line_text(value, MAX_CELL)
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text

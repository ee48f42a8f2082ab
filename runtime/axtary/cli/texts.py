"""Rows and instants as commands print them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime


def columns(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table: each column as wide as its widest cell."""
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in [head, *rows])
    return "".join(line.rstrip() + "\n" for line in lines)


def time_text(seconds: int) -> str:
    """An instant in UTC, from seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")

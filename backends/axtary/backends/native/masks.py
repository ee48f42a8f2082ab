"""Sets of rows as integers: bit n stands for row n."""

from __future__ import annotations

from collections.abc import Iterable


def rows_mask(rows: Iterable[int], size: int) -> int:
    """The mask of some of `size` rows, in time linear in both."""
    bits = bytearray((size + 7) // 8)
    for row in rows:
        bits[row >> 3] |= 1 << (row & 7)
    return int.from_bytes(bits, "little")


def every_row(size: int) -> int:
    """The mask of all of `size` rows."""
    return (1 << size) - 1


def rows_of(mask: int) -> list[int]:
    """The rows of a mask, in order: in time linear in its length."""
    text = f"{mask:b}"[::-1]
    found, place = [], text.find("1")
    while place >= 0:
        found.append(place)
        place = text.find("1", place + 1)
    return found

"""What has become of places since a text was read: one run of characters changed, and what is beside it only moved."""

from __future__ import annotations


class Drift:
    """From an old text to a new one. Places in what was changed have no counterpart."""

    def __init__(self, old: str, new: str) -> None:
        self._same = old == new
        self._prefix = len(old) if self._same else _common(old, new, 0)
        suffix = 0 if self._same else _common(old[::-1], new[::-1], self._prefix)
        self._old_end, self._new_end = len(old) - suffix, len(new) - suffix

    def forward(self, index: int) -> int | None:
        """Where an index of the old text stands in the new one."""
        return _moved(index, self._prefix, self._old_end, self._new_end, self._same)

    def back(self, index: int) -> int | None:
        """Where an index of the new text stood in the old one."""
        return _moved(index, self._prefix, self._new_end, self._old_end, self._same)


def _moved(index: int, prefix: int, end: int, other: int, same: bool) -> int | None:
    if same or index <= prefix:
        return index
    return index - end + other if index >= end else None


def _common(one: str, two: str, taken: int) -> int:
    """The length of the common beginning that leaves `taken` characters of each; found by halving."""
    low, high = 0, min(len(one), len(two)) - taken
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == two[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low

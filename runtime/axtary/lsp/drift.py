"""What has become of places since a text was read: what was not changed only moved."""

from __future__ import annotations

from bisect import bisect_right
from difflib import SequenceMatcher
from functools import lru_cache

_MAX_LINES = 400  # between the first and the last change, to be compared line by line; of more, none has a counterpart

_Block = tuple[int, int, int]  # begin in one text, begin in the other, length


class Drift:
    """From an old text to a new one. Places in what was changed have no counterpart."""

    def __init__(self, old: str, new: str) -> None:
        self._same = old == new
        self._blocks = _blocks(old, new)
        self._flipped = [(new_at, old_at, length) for old_at, new_at, length in self._blocks]

    def forward(self, index: int) -> int | None:
        """Where an index of the old text stands in the new one."""
        return index if self._same else _moved(self._blocks, index)

    def back(self, index: int) -> int | None:
        """Where an index of the new text stood in the old one."""
        return index if self._same else _moved(self._flipped, index)


@lru_cache(maxsize=8)
def drift(old: str, new: str) -> Drift:
    """The same, kept for the next request about these texts."""
    return Drift(old, new)


def _moved(blocks: list[_Block], index: int) -> int | None:
    """Both ends of a block belong to it; between two that touch, the place is the first one's end."""
    at = bisect_right(blocks, index, key=lambda block: block[0]) - 1
    for begin, other, length in blocks[max(at - 1, 0) : at + 1]:
        if begin <= index <= begin + length:
            return other + index - begin
    return None


def _blocks(old: str, new: str) -> list[_Block]:
    """What both texts have, in order: the common beginning, common lines behind it, the common end."""
    prefix = len(old) if old == new else _common(old, new, 0)
    suffix = 0 if old == new else _common(old[::-1], new[::-1], prefix)
    found = [(0, 0, prefix)]
    before = old[prefix : len(old) - suffix].splitlines(keepends=True)
    after = new[prefix : len(new) - suffix].splitlines(keepends=True)
    if max(len(before), len(after)) <= _MAX_LINES:
        starts, others = _starts(before, prefix), _starts(after, prefix)
        for i, j, count in SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks():
            found.append((starts[i], others[j], starts[i + count] - starts[i]))
    found.append((len(old) - suffix, len(new) - suffix, suffix))
    return [block for block in found if block[2] or block[:2] in ((0, 0), (len(old), len(new)))]


def _starts(lines: list[str], begin: int) -> list[int]:
    found = [begin]
    for line in lines:
        found.append(found[-1] + len(line))
    return found


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

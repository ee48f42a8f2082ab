"""Of many cases, few that show all that is wanted. Sets of tokens are the bits of integers: there may be thousands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from heapq import heapify, heapreplace

from axtary.compiler.analysis.mcdc.goals import Token, tokens
from axtary.compiler.analysis.mcdc.seen import Seen


class Tokens:
    """What is to be shown, a bit each."""

    def __init__(self, wanted: Iterable[Token]) -> None:
        self._bits = {token: 1 << index for index, token in enumerate(dict.fromkeys(wanted))}
        self.all = (1 << len(self._bits)) - 1
        self._idle = sum(bit for token, bit in self._bits.items() if token[0] == "idle")

    def shown(self, case: Seen) -> int:
        """The bits of what a case shows."""
        found = self._idle
        for rule in case.fired:
            found &= ~self._bits.get(("idle", rule), 0)
        for token in tokens(case):
            found |= self._bits.get(token, 0)
        return found


def cover(wanted: int, shows: Sequence[int]) -> list[int]:
    """The indexes of sets that together have what all of them have of `wanted`; none of them can be left out.

    Greedy: the set with the most that is left comes first, of equal ones the first.
    """
    return _without_needless(_greedy(wanted, shows), shows, wanted)


def _greedy(left: int, shows: Sequence[int]) -> list[int]:
    """A count that was made before is never too small, so that only the set on top is counted again."""
    chosen: list[int] = []
    heap = [(-(each & left).bit_count(), index) for index, each in enumerate(shows)]
    heapify(heap)
    while heap and heap[0][0]:
        count, index = heap[0]
        now = -(shows[index] & left).bit_count()
        if now == count:
            chosen.append(index)
            left &= ~shows[index]
            now = 0
        heapreplace(heap, (now, index))
    return sorted(chosen)


def _without_needless(chosen: Sequence[int], shows: Sequence[int], wanted: int) -> list[int]:
    """Those that show something that neither the kept ones before nor all behind them show."""
    behind = [0]
    for index in reversed(chosen):
        behind.append(behind[-1] | shows[index])
    kept: list[int] = []
    before = 0
    for at, index in enumerate(chosen, start=1):
        if shows[index] & wanted & ~(before | behind[-1 - at]):
            kept.append(index)
            before |= shows[index]
    return kept

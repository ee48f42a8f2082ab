"""Bars of characters: blocks where a terminal has them, else ASCII."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass

_EIGHTHS = " ▏▎▍▌▋▊▉"
_FULL = "█"


@dataclass(frozen=True)
class Ink:
    """What bars are drawn with. `parts` are the marks of the parts of one bar, which tell them apart without colour."""

    parts: tuple[str, str, str]
    fine: bool
    rest: str = "…"

    def bar(self, value: int, whole: int, width: int) -> str:
        """As long for `value` as `width` is for `whole`, and never nothing for something."""
        if not self.fine:
            return self.parts[0] * (max(1, round(value * width / whole)) if value else 0)
        eighths = max(1, round(value * width * 8 / whole)) if value else 0
        return (_FULL * (eighths // 8) + _EIGHTHS[eighths % 8]).rstrip()

    def stack(self, values: Sequence[int], whole: int, width: int) -> list[str]:
        """One bar of parts. Each part that is something has a mark, if there are as many as parts."""
        sizes = [max(1, round(value * width / whole)) if value else 0 for value in values]
        while sum(sizes) > width and max(sizes) > 1:
            sizes[sizes.index(max(sizes))] -= 1
        return [mark * size for mark, size in zip(self.parts, sizes, strict=True)]


BLOCKS = Ink((_FULL, "▓", "░"), fine=True)
ASCII = Ink(("#", "x", "-"), fine=False, rest="...")


def ink() -> Ink:
    """What standard output can show."""
    try:
        "".join([*BLOCKS.parts, _EIGHTHS, BLOCKS.rest]).encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return ASCII
    return ASCII if os.environ.get("TERM") == "dumb" else BLOCKS

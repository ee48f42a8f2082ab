"""The column of a list of strings: what its elements touch, together.

`any` asks whether some element touches the row, `all` whether each does. The list is read once, element by element, and
the classes of elements that were seen before are remembered; so the time is that of one look-up in the index of
patterns for each new element, and of two integer operations for each, however many rules ask.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from axtary.backends.native.budget import Budget
from axtary.backends.native.classes import UNDEFINED, Classifier
from axtary.backends.native.columns import NO_MASKS, NO_TEXTS, Entry, Masks, answering, is_positive
from axtary.backends.native.conditions import asked
from axtary.backends.native.masks import every_row, rows_mask
from axtary.compiler.ir import Quantified


class Lists:
    """Quantified questions, one for each row."""

    def __init__(self, entries: Sequence[Entry], size: int, elements: Classifier, budget: Budget) -> None:
        every = every_row(size)
        self.classify, self._seen = elements.classify, elements.known
        self.touched = Masks(entries, size, elements, budget)
        self.any = rows_mask((row for row, literal in entries if _quantifier(literal.test) == "any"), size)
        self.turned = rows_mask((row for row, literal in entries if not is_positive(literal)), size)
        self.free = rows_mask((row for row, _ in entries), size) ^ every
        self.all = every ^ self.any ^ self.free
        self.undefined = answering(entries, size, lambda _: None)
        self.empty = answering(entries, size, lambda literal: asked(literal.test)([]))  # type: ignore[arg-type]
        self.known, self.masks = NO_TEXTS, NO_MASKS

    def mask(self, value: Any) -> int:
        if not isinstance(value, list):
            return self.undefined
        if not value:
            return self.empty
        seen, touched, some, each = self._seen.get, self.touched, 0, self.all
        for item in value:
            found = seen(item) if item.__class__ is str else None
            if found is None:
                found = self.classify(item)
                if found is UNDEFINED:
                    return self.undefined
            rows = touched[found]
            some |= rows
            each &= rows
        return ((some & self.any | each) ^ self.turned) | self.free


def _quantifier(test: object) -> str:
    return test.quantifier if isinstance(test, Quantified) else ""

"""The column of a list of strings: what its elements touch, together.

`any` asks whether some element touches the row, `all` whether each does. The list is read once, element by element, and
the elements that were seen before are remembered; so the time is that of one look-up in the pattern index for each new
element, however many rules ask.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from axtary.backends.native.budget import Budget
from axtary.backends.native.columns import Entry, Touch, answering, is_positive
from axtary.backends.native.conditions import asked
from axtary.backends.native.masks import every_row, rows_mask
from axtary.backends.native.values import CONVERT
from axtary.compiler.ir import Quantified, Type

_ELEMENT = {Type.STRINGS: Type.STRING, Type.PATHS: Type.PATH}


class Lists:
    """Quantified questions, one for each row."""

    def __init__(self, entries: Sequence[Entry], size: int, budget: Budget, kind: Type) -> None:
        every = every_row(size)
        self._read = CONVERT[_ELEMENT[kind]]
        self._touch = Touch(entries, size, budget)
        self._any = rows_mask((row for row, literal in entries if _quantifier(literal.test) == "any"), size)
        self._turned = rows_mask((row for row, literal in entries if not is_positive(literal)), size)
        self._free = rows_mask((row for row, _ in entries), size) ^ every
        self._all = every ^ self._any ^ self._free
        self._undefined = answering(entries, size, lambda _: None)
        self._empty = answering(entries, size, lambda literal: asked(literal.test)([]))  # type: ignore[arg-type]
        self.known: dict[str, int] = {}

    def mask(self, value: Any) -> int:
        if not isinstance(value, list):
            return self._undefined
        if not value:
            return self._empty
        known, some, each = self._touch.known, 0, self._all
        for item in value:
            touched = known.get(item) if item.__class__ is str else None
            if touched is None:
                if self._read(item) is None:
                    return self._undefined
                touched = self._touch.mask(item)
            some |= touched
            each &= touched
        return ((some & self._any | each) ^ self._turned) | self._free


def _quantifier(test: object) -> str:
    return test.quantifier if isinstance(test, Quantified) else ""

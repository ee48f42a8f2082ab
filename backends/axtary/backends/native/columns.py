"""Columns: for each value that an action can have at one place, the rows of a plan that are still possible.

A mask is an integer with one bit for each row. A row without a question about the place has its bit in every mask of
the column; a row with one has it in the masks of those values by which the question holds. *Undefined* is one value
more: the normal form says what it counts as.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, Protocol

from axtary.backends.native.budget import LONGEST, Budget, Cache
from axtary.backends.native.conditions import HOLDS, field_text
from axtary.backends.native.masks import every_row, rows_mask
from axtary.backends.native.patternindex import PatternIndex
from axtary.backends.native.places import sources
from axtary.backends.native.values import CONVERT
from axtary.compiler.clauses import Literal
from axtary.compiler.ir import Pattern, Type

Entry = tuple[int, Literal]  # a row, and a question of it


class Column(Protocol):
    """A place of the action, and what is possible by what stands there."""

    @property
    def known(self) -> Mapping[str, int]:
        """The masks of texts that were seen before."""

    def mask(self, value: Any) -> int:
        """The mask for the JSON value at the place, or MISSING."""


def is_positive(literal: Literal) -> bool:
    """Does it hold where its leaf is true?"""
    return HOLDS[literal.rail](True)


def answering(entries: Sequence[Entry], size: int, answer: Callable[[Literal], bool | None]) -> int:
    """The rows whose questions all hold if their leaves answer so, and the rows without a question."""
    failing = [row for row, literal in entries if not HOLDS[literal.rail](answer(literal))]
    return rows_mask(failing, size) ^ every_row(size)


class Touch:
    """Text -> the rows whose question names it, or has a pattern that matches it. One question for each row.

    The rows in `turned` are those that it does *not* name; the rows in `free` are always there.
    """

    def __init__(self, entries: Sequence[Entry], size: int, budget: Budget, turned: int = 0, free: int = 0) -> None:
        rows: dict[Pattern | str, list[int]] = {}
        for row, literal in entries:
            for source in dict.fromkeys(sources(literal.test)):  # type: ignore[arg-type]  # of a text or list column
                rows.setdefault(source, []).append(row)
        self._index = PatternIndex(list(rows))
        self._rows = [array("L", found) for found in rows.values()]
        self._exact = self._index.exact_only
        self._size, self._turned, self._free = size, turned, free
        self._budget = budget
        self._masks: Cache[tuple[int, ...], int] = budget.cache()  # by what matches: few, however many texts there are
        self._nothing = turned | free
        self.known: Cache[str, int] = budget.cache()

    def mask(self, text: str) -> int:
        """The rows touched, with what is turned and free; worked out anew."""
        if self._exact is not None and text not in self._exact:
            return self._nothing
        found = self._index.find(text)
        mask = self._mask(found) if found else self._nothing
        if len(text) <= LONGEST:
            self._budget.remember(self.known, text, mask, len(text))
        return mask

    def _mask(self, found: tuple[int, ...]) -> int:
        mask = self._masks.get(found)
        if mask is None:
            touched = rows_mask(chain.from_iterable(self._rows[number] for number in found), self._size)
            mask = (touched ^ self._turned) | self._free
            self._budget.remember(self._masks, found, mask, self._size // 8 + 8 * len(found))
        return mask


class Texts:
    """A string, or a field of `match`: by equality and by patterns. One question for each row."""

    def __init__(self, entries: Sequence[Entry], size: int, budget: Budget, kind: Type | None) -> None:
        self._read: Callable[[Any], str | None] = field_text if kind is None else CONVERT[kind]
        self._is_plain = kind is not Type.PATH
        turned = rows_mask((row for row, literal in entries if not is_positive(literal)), size)
        free = rows_mask((row for row, _ in entries), size) ^ every_row(size)
        self._touch = Touch(entries, size, budget, turned, free)
        self._undefined = answering(entries, size, lambda _: None)
        self.known = self._touch.known

    def mask(self, value: Any) -> int:
        text = value if value.__class__ is str and self._is_plain else self._read(value)
        return self._undefined if text is None else self._touch.mask(text)


class Answers:
    """Of a place with few answers, the mask of each: a boolean, the presence of a key."""

    def __init__(
        self,
        entries: Sequence[Entry],
        size: int,
        read: Callable[[Any], Any],
        answers: Iterable[Any],
        ask: Callable[[Literal, Any], bool | None],
    ) -> None:
        self._read = read
        self._masks = {value: answering(entries, size, lambda literal: ask(literal, value)) for value in answers}  # noqa: B023
        self.known: dict[str, int] = {}

    def mask(self, value: Any) -> int:
        return self._masks[self._read(value)]

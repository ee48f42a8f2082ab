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

from axtary.backends.native.budget import Budget, Cache
from axtary.backends.native.classes import UNDEFINED, Classifier, TextClass
from axtary.backends.native.conditions import HOLDS
from axtary.backends.native.masks import every_row, rows_mask
from axtary.backends.native.places import sources
from axtary.compiler.clauses import Literal

Entry = tuple[int, Literal]  # a row, and a question of it


class Column(Protocol):
    """A place of the action, and what is possible by what stands there."""

    @property
    def known(self) -> Mapping[str, TextClass]:
        """The classes of texts that were seen before; nothing in a column that is not asked by text."""

    @property
    def masks(self) -> Mapping[TextClass, int]:
        """The mask of each class, worked out where it is missing."""

    def mask(self, value: Any) -> int:
        """The mask for the JSON value at the place, or MISSING."""


NO_TEXTS: dict[str, TextClass] = {}
NO_MASKS: dict[TextClass, int] = {}


def is_positive(literal: Literal) -> bool:
    """Does it hold where its leaf is true?"""
    return HOLDS[literal.rail](True)


def answering(entries: Sequence[Entry], size: int, answer: Callable[[Literal], bool | None]) -> int:
    """The rows whose questions all hold if their leaves answer so, and the rows without a question."""
    failing = [row for row, literal in entries if not HOLDS[literal.rail](answer(literal))]
    return rows_mask(failing, size) ^ every_row(size)


class Masks(Cache[TextClass, int]):
    """Class -> the rows whose question has a source that matches. One question for each row.

    The rows in `turned` are those whose question has none; the rows in `free` are always there.
    """

    def __init__(
        self, entries: Sequence[Entry], size: int, texts: Classifier, budget: Budget, turned: int = 0, free: int = 0
    ) -> None:
        super().__init__()
        budget.add(self)
        rows: dict[int, list[int]] = {}
        for row, literal in entries:
            for source in dict.fromkeys(sources(literal.test)):  # type: ignore[arg-type]  # of a text or list column
                rows.setdefault(texts.numbers[source], []).append(row)
        self._rows = {number: array("L", found) for number, found in rows.items()}
        self._size, self._turned, self._free = size, turned, free
        self._budget = budget

    def __missing__(self, found: TextClass) -> int:
        rows = chain.from_iterable(self._rows[number] for number in found.matched or () if number in self._rows)
        mask = (rows_mask(rows, self._size) ^ self._turned) | self._free
        self._budget.remember(self, found, mask, self._size // 8)
        return mask


class Texts:
    """A string, or a field of `match`: by equality and by patterns. One question for each row."""

    def __init__(self, entries: Sequence[Entry], size: int, texts: Classifier, budget: Budget) -> None:
        turned = rows_mask((row for row, literal in entries if not is_positive(literal)), size)
        free = rows_mask((row for row, _ in entries), size) ^ every_row(size)
        self.undefined = answering(entries, size, lambda _: None)
        self.classify = texts.classify
        self.known = texts.known
        self.masks = Masks(entries, size, texts, budget, turned, free)

    def mask(self, value: Any) -> int:
        found = self.classify(value)
        return self.undefined if found is UNDEFINED else self.masks[found]


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
        self.known, self.masks = NO_TEXTS, NO_MASKS

    def mask(self, value: Any) -> int:
        return self._masks[self._read(value)]

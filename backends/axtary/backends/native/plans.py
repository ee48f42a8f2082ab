"""Rows that are decided together: as a plan with columns, or, where they are few, one by one.

What an action leaves of the rows of a plan is what the masks of all its columns have in common. A column is asked only
if a row that is left has a question for it. So a decision takes one look-up for each column that matters, and ANDs
integers of as many bits as there are rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from axtary.backends.native.budget import Budget
from axtary.backends.native.classes import TextClass
from axtary.backends.native.conditions import predicate
from axtary.backends.native.making import Classifiers, Placed, Question, make_columns
from axtary.backends.native.masks import every_row, rows_mask, rows_of
from axtary.backends.native.places import Kind
from axtary.backends.native.rows import Lowered, Row, meaning_of
from axtary.backends.native.values import MISSING, Frame, Reads

_FEW = 8  # rows: fewer are asked one by one, which takes less memory than columns, and no more time
_EMPTY: dict[str, Any] = {}


class Few:
    """A handful of rows, each a list of checks."""

    def __init__(self, rows: Sequence[Row], questions: Sequence[Sequence[Question]]) -> None:
        reads = Reads()
        self.heads = [row.head for row in rows]
        self.meaning = meaning_of(rows)
        self._checks = [
            (1 << number, (*(predicate(literal, row.head.id, reads) for _, literal in asked), *row.rest))
            for number, (row, asked) in enumerate(zip(rows, questions, strict=True))
        ]

    def left(self, action: Mapping[str, Any]) -> int:
        """The mask of the rows that hold."""
        frame, mask = Frame(action, _EMPTY), 0
        for bit, checks in self._checks:
            for check in checks:
                if not check(frame):
                    break
            else:
                mask |= bit
        return mask


class Plan:
    """Rows and their columns."""

    def __init__(
        self, rows: Sequence[Row], questions: Sequence[Sequence[Question]], texts: Classifiers, budget: Budget
    ) -> None:
        self.heads = [row.head for row in rows]
        self.meaning = meaning_of(rows)
        self.columns = make_columns(questions, texts, budget)
        self.every = every_row(len(rows))
        self._groups = _groups(placed for placed in self.columns if placed.place.kind is not Kind.PAIR)
        self._pairs = [(placed.need, placed.column) for placed in self.columns if placed.place.kind is Kind.PAIR]
        self._rest = {number: row.rest for number, row in enumerate(rows) if row.rest}
        self.has_rest = rows_mask(self._rest, len(rows))

    def left(self, action: Mapping[str, Any]) -> int:
        """The mask of the rows that hold."""
        mask = self.every
        for parent, columns in self._groups:
            box: Any = action
            for step in parent:
                box = box.get(step)
                if not isinstance(box, dict):
                    box = _EMPTY
                    break
            for need, key, known, masks, ask in columns:
                if mask & need:
                    value = box.get(key, MISSING)
                    found = known(value) if value.__class__ is str else None
                    mask &= ask(value) if found is None else masks[found]
            if not mask:
                return 0
        for need, column in self._pairs:
            if mask & need:
                mask &= column.mask(action)
        return self._asked(mask, action) if mask & self.has_rest else mask

    def _asked(self, mask: int, action: Mapping[str, Any]) -> int:
        """Without the rows that have a question which is no column's and does not hold."""
        frame = Frame(action, _EMPTY)
        for number in rows_of(mask & self.has_rest):
            if not all(check(frame) for check in self._rest[number]):
                mask ^= 1 << number
        return mask


_Asked = tuple[int, str, Callable[[str], TextClass | None], Mapping[TextClass, int], Callable[[Any], int]]
_Group = tuple[tuple[str, ...], list[_Asked]]


def _groups(columns: Iterable[Placed]) -> list[_Group]:
    """The columns by the object that they read from, in runs."""
    runs = groupby(columns, key=lambda placed: placed.place.path[:-1])
    return [(parent, [_asked(placed) for placed in run]) for parent, run in runs]


def _asked(placed: Placed) -> _Asked:
    column = placed.column
    return placed.need, placed.place.path[-1], column.known.get, column.masks, column.mask


def make_part(
    rules: Sequence[Lowered], texts: Classifiers, budget: Budget, *, own_tool: bool, cell: bool
) -> Plan | Few:
    """The rows of some rules (by id). With `own_tool` they ask whether their tool matches, else that is known.

    A cell is one of very many parts.
    """
    rows = [row for lowered in rules for row in lowered.rows]
    tools = [((lowered.tool_question,) if own_tool else ()) for lowered in rules for _ in lowered.rows]
    questions = [(*tool, *row.literals) for tool, row in zip(tools, rows, strict=True)]
    return Few(rows, questions) if cell and len(rows) < _FEW else Plan(rows, questions, texts, budget)

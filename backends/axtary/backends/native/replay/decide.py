"""The decision table on columns: what a decision does with one mask, done with an array of them.

A mask is a row of 64-bit words. Where a decision asks a column for the mask of one value, this asks it once for each
distinct answer (the class of a text, the slot of a number, a value), and fetches the words for all actions together.
What no column has (pairs of attributes, other checks, parts of few rows, obligations of rules that fire) is decided
action by action, as ever.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from axtary.backends.native.conditions import field_text
from axtary.backends.native.engine import NativeEngine
from axtary.backends.native.outcomes import Part
from axtary.backends.native.plans import Plan
from axtary.backends.native.replay.columns import Columns, Ints, Progress
from axtary.backends.native.replay.masks import Masks, Words, words
from axtary.backends.native.table import Place
from axtary.backends.native.values import Frame
from axtary.backends.verdict import Decision
from axtary.compiler.ir import Field

_CHUNK = 1 << 15  # actions

_Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class _Work:
    """A part, and the actions that it is asked about."""

    part: Part
    where: Ints


def decide(
    engine: NativeEngine, columns: Columns, facts: Mapping[str, Any], progress: Progress
) -> tuple[list[Decision], Counter[str]]:
    """The decision of each action, and how often each rule fires; all with the same facts. Raises EngineError."""
    answers, masks = _Answers(len(columns)), Masks(columns)
    work = list(_work(engine, columns))
    columns.prepare(placed.place.path for item in work if isinstance(item.part, Plan) for placed in item.part.columns)
    done, total = 0, sum(len(item.where) for item in work)
    for item in work:
        holds = _unapproved(item.part, facts)
        for start in range(0, len(item.where), _CHUNK):
            where = item.where[start : start + _CHUNK]
            answers.add(item.part, where, _left(item.part, columns, where, masks), holds)
            done += len(where)
            progress(done, total)
    return answers.decisions(lambda place: engine.decide(columns.actions[place], facts).decision), answers.fired


def _work(engine: NativeEngine, columns: Columns) -> Iterator[_Work]:
    """Every part with the actions that concern it."""
    tools = columns.coded((Field.TOOL.value,))
    groups: dict[int, tuple[Place, list[int]]] = {}
    for code, value in enumerate(tools.values):
        place = engine.table.place(field_text(value))
        groups.setdefault(id(place), (place, []))[1].append(code)
    for place, codes in groups.values():
        where = _places(tools.codes, codes, len(tools.values))
        for part in place.always:
            yield _Work(part, where)
        for path, cells in place.cells:
            texts = columns.coded(path)
            for found, part_codes in _cells(texts.values, cells):
                chosen = _places(texts.codes[where], part_codes, len(texts.values))
                if len(chosen):
                    yield _Work(found, where[chosen])


def _cells(values: Iterable[Any], cells: Mapping[str, Part]) -> Iterator[tuple[Part, list[int]]]:
    by_text: dict[str, list[int]] = {}
    for code, value in enumerate(values):
        by_text.setdefault(field_text(value), []).append(code)
    return ((cells[text], codes) for text, codes in by_text.items() if text in cells)


def _places(codes: Ints, wanted: list[int], size: int) -> Ints:
    """The places of some codes."""
    is_wanted = np.zeros(size, dtype=np.bool_)
    is_wanted[wanted] = True
    return np.flatnonzero(is_wanted[codes])


def _left(part: Part, columns: Columns, where: Ints, masks: Masks) -> Words:
    """For each action the mask of the rows that hold, as words."""
    size = len(part.heads)
    if not isinstance(part, Plan):
        return np.stack([words(part.left(columns.actions[place]), size) for place in where.tolist()])
    left = np.tile(words(part.every, size), (len(where), 1))
    for placed in part.columns:
        left &= masks.of(placed, where, size)
    if part.has_rest:
        for row in np.flatnonzero((left & words(part.has_rest, size)).any(axis=1)).tolist():
            left[row] = words(part.left(columns.actions[where[row]]), size)
    return left


def _unapproved(part: Part, facts: Mapping[str, Any]) -> int:
    """The rows that hold an action up with these facts."""
    frame = Frame({}, facts)
    rows = part.meaning.holds
    met = {head: head.hold[1](frame) for head in part.heads if head.hold is not None}
    return sum(1 << row for row, head in enumerate(part.heads) if rows >> row & 1 and not met[head])


class _Answers:
    """What all parts say of each action."""

    def __init__(self, count: int) -> None:
        self.fired: Counter[str] = Counter()
        self._denied, self._granted, self._held, self._checked = (np.zeros(count, dtype=np.bool_) for _ in range(4))

    def add(self, part: Part, where: Ints, left: Words, unapproved: int) -> None:
        """The rows that hold of a part, for some actions."""
        meaning = part.meaning
        for flags, mask in (
            (self._denied, meaning.denies),
            (self._granted, meaning.definite),
            (self._held, unapproved),
            (self._checked, meaning.checks),
        ):
            if mask:
                flags[where] |= (left & words(mask, len(part.heads))).any(axis=1)
        self._count(part, left & words(meaning.fires, len(part.heads)))

    def _count(self, part: Part, fires: Words) -> None:
        bits = np.unpackbits(fires.view(np.uint8), axis=1, count=len(part.heads), bitorder="little")
        rows: dict[str, list[int]] = {}
        for row in np.flatnonzero(bits.any(axis=0)).tolist():
            rows.setdefault(part.heads[row].id, []).append(row)
        for rule, found in rows.items():
            self.fired[rule] += int(np.count_nonzero(bits[:, found].any(axis=1)))

    def decisions(self, one: Callable[[int], Decision]) -> list[Decision]:
        """`one` decides an action by itself: that is left where an obligation is to be checked."""
        found: list[Decision] = [
            "deny" if denied or not granted else "step_up" if held else "allow"
            for denied, granted, held in zip(
                self._denied.tolist(), self._granted.tolist(), self._held.tolist(), strict=True
            )
        ]
        for place in np.flatnonzero(self._checked & ~self._denied & self._granted).tolist():
            found[place] = one(place)
        return found

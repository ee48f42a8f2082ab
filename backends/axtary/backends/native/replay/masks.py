"""The masks of a column for many actions, as rows of 64-bit words."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from axtary.backends.native.classes import UNDEFINED, TextClass
from axtary.backends.native.columns import Texts
from axtary.backends.native.lists import Lists
from axtary.backends.native.making import Placed
from axtary.backends.native.numbers import Numbers
from axtary.backends.native.places import Kind, Place
from axtary.backends.native.replay.columns import Columns, Ints, integers
from axtary.compiler.ir import Type

Words = NDArray[np.uint64]


def words(mask: int, size: int) -> Words:
    """A mask of `size` rows as one row of words."""
    return np.frombuffer(mask.to_bytes((size + 63) // 64 * 8, "little"), dtype=np.uint64)


def _table(codes: Ints, size: int, mask: Callable[[int], int]) -> Words:
    """The masks of codes, each worked out once."""
    used = np.flatnonzero(np.bincount(codes))
    places = np.zeros(int(used[-1]) + 1 if len(used) else 1, dtype=np.int64)
    places[used] = np.arange(len(used))
    found = b"".join(mask(code).to_bytes((size + 63) // 64 * 8, "little") for code in used.tolist())
    table: Words = np.frombuffer(found, dtype=np.uint64).reshape(len(used), -1)
    return table[places[codes]]


class Masks:
    """Asks columns about recorded actions; texts are classified once for all plans."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._classes: dict[Place, tuple[Ints, list[TextClass]]] = {}

    def of(self, placed: Placed, where: Ints, size: int) -> Words:
        """For each of some actions the mask of a column, as words."""
        column, place = placed.column, placed.place
        if isinstance(column, Texts):
            codes, classes = self._classified(place, column.classify, self._columns.coded(place.path).values)
            coded = codes[self._columns.coded(place.path).codes[where]]
            return _table(coded, size, lambda code: _text_mask(column, classes[code]))
        if isinstance(column, Numbers):
            return self._numbers(column, place, where, size)
        if isinstance(column, Lists):
            return self._lists(column, place, where, size)
        if place.kind is Kind.PAIR:
            return np.stack([words(column.mask(self._columns.actions[at]), size) for at in where.tolist()])
        values = self._columns.coded(place.path)
        return _table(values.codes[where], size, lambda code: column.mask(values.values[code]))

    def _classified(
        self, place: Place, classify: Callable[[object], TextClass], values: Sequence[object]
    ) -> tuple[Ints, list[TextClass]]:
        """For each distinct value its class, as a place in a list of classes."""
        if place not in self._classes:
            found = [classify(value) for value in values]
            numbers = {one: number for number, one in enumerate(dict.fromkeys(found))}
            self._classes[place] = np.array([numbers[one] for one in found], dtype=np.int64), list(numbers)
        return self._classes[place]

    def _numbers(self, column: Numbers, place: Place, where: Ints, size: int) -> Words:
        numbers, defined = self._columns.numbers(place.path, place.type or Type.NUMBER, place.kind is Kind.COUNT)
        slots = np.searchsorted(integers(column.points), numbers[where], side="right") + 1
        codes = np.where(defined[where], slots, 0)
        return _table(codes, size, lambda code: column.between(code - 1) if code else column.undefined)

    def _lists(self, column: Lists, place: Place, where: Ints, size: int) -> Words:
        lists = self._columns.elements(place.path)
        classes, found = self._classified(place, column.classify, lists.elements.values)
        lengths = lists.lengths[where]
        masks = np.tile(words(column.empty, size), (len(where), 1))
        masks[~lists.is_list[where]] = words(column.undefined, size)
        full = np.flatnonzero(lengths)
        if not len(full):
            return masks
        ends = np.cumsum(lengths[full])
        flat = np.arange(ends[-1]) + np.repeat(lists.starts[where][full] - ends + lengths[full], lengths[full])
        codes = classes[lists.elements.codes[flat]]
        touched = _table(codes, size, lambda code: column.touched[found[code]])
        begins = ends - lengths[full]
        some = np.bitwise_or.reduceat(touched, begins, axis=0) & words(column.any, size)
        each = np.bitwise_and.reduceat(touched, begins, axis=0) & words(column.all, size)
        masks[full] = ((some | each) ^ words(column.turned, size)) | words(column.free, size)
        is_odd = np.array([one is UNDEFINED for one in found])[codes]
        masks[full[np.logical_or.reduceat(is_odd, begins)]] = words(column.undefined, size)
        return masks


def _text_mask(column: Texts, found: TextClass) -> int:
    return column.undefined if found is UNDEFINED else column.masks[found]

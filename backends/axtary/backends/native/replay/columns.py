"""Recorded actions as columns: each place is read once, and stays read for every further policy.

A column is an array with a code for each action, and the distinct values that the codes stand for. What is made of it
(numbers, elements of lists) depends on the type only, not on the policy.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from axtary.backends.native.values import CONVERT, MISSING, lookup
from axtary.compiler.ir import Type

Ints = NDArray[np.int64]
Path = tuple[str, ...]

_INT64_MAX = 2**63 - 1
_BLOCK = 256  # actions that a cache holds


@dataclass(frozen=True)
class Coded:
    """`values[codes[n]]` is the value of action n."""

    codes: Ints
    values: list[Any]


@dataclass(frozen=True)
class Elements:
    """Lists, by their elements: those of action n begin at `starts[n]` and are `lengths[n]`."""

    elements: Coded
    starts: Ints
    lengths: Ints
    is_list: NDArray[np.bool_]


class Columns:
    """Actions, and the columns that some policy has asked for.

    `stored` knows the columns that need not be read from the actions: it says None of the others.
    """

    def __init__(
        self, actions: Sequence[Mapping[str, Any]], stored: Callable[[Path], Coded | None] = lambda _path: None
    ) -> None:
        self.actions = actions
        self._stored = stored
        self._read: dict[Path, list[Any]] = {}
        self._coded: dict[Path, Coded] = {}
        self._numbers: dict[tuple[Path, Type | None, bool], tuple[NDArray[Any], NDArray[np.bool_]]] = {}
        self._elements: dict[Path, Elements] = {}

    def __len__(self) -> int:
        return len(self.actions)

    def prepare(self, paths: Iterable[Path]) -> None:
        """Read what several columns are made of in one pass: some actions at a time, while they are in the cache."""
        known = self._coded.keys() | self._elements.keys()
        wanted = [path for path in dict.fromkeys(paths) if path not in known and self._from_store(path) is None]
        read: dict[Path, list[Any]] = {path: [] for path in wanted}
        readers = [(_reader(path), values.extend) for path, values in read.items()]
        for start in range(0, len(self.actions) if readers else 0, _BLOCK):
            block = self.actions[start : start + _BLOCK]
            for values_of, extend in readers:
                extend(values_of(block))
        self._read |= read

    def coded(self, path: Path) -> Coded:
        """The column of the JSON values at a path."""
        if path not in self._coded and self._from_store(path) is None:
            self._coded[path] = code(self._values(path))
        return self._coded[path]

    def _from_store(self, path: Path) -> Coded | None:
        if path not in self._coded and (found := self._stored(path)) is not None:
            self._coded[path] = found
        return self._coded.get(path)

    def _values(self, path: Path) -> list[Any]:
        """Those that were read ahead are given once: the column stands for them from then on."""
        found = self._read.pop(path, None)
        return [lookup(action, path) for action in self.actions] if found is None else found

    def numbers(self, path: Path, kind: Type, count: bool) -> tuple[NDArray[Any], NDArray[np.bool_]]:
        """The number of each action under a type (of a list: the count of its elements), and whether there is one."""
        key = path, kind, count
        if key not in self._numbers:
            coded = self.coded(path)
            found = [CONVERT[kind](value) for value in coded.values]
            plain = [None if value is None else len(value) if count else value for value in found]
            numbers = integers([value or 0 for value in plain])[coded.codes]
            self._numbers[key] = numbers, np.array([value is not None for value in plain])[coded.codes]
        return self._numbers[key]

    def elements(self, path: Path) -> Elements:
        """The column of the lists at a path."""
        if path not in self._elements:
            coded = self._from_store(path)
            lists = self._values(path) if coded is None else coded.values
            is_list = np.array([isinstance(value, list) for value in lists], dtype=np.bool_)
            lengths = np.array([len(value) if isinstance(value, list) else 0 for value in lists], dtype=np.int64)
            flat = code([item for value in lists if isinstance(value, list) for item in value])
            starts = np.cumsum(lengths) - lengths
            if coded is not None:
                starts, lengths, is_list = starts[coded.codes], lengths[coded.codes], is_list[coded.codes]
            self._elements[path] = Elements(flat, starts, lengths, is_list)
        return self._elements[path]


def integers(values: Sequence[int]) -> NDArray[Any]:
    """Exact integers; those of a column of large ones stay Python's."""
    fits = all(-_INT64_MAX <= value <= _INT64_MAX for value in values)
    return np.array(values, dtype=np.int64 if fits else np.object_)


def _reader(path: Path) -> Callable[[Sequence[Mapping[str, Any]]], list[Any]]:
    """What `lookup` says of each action; most places are one or two steps deep."""
    if len(path) == 1:
        return lambda actions, key=path[0]: [action.get(key, MISSING) for action in actions]  # type: ignore[misc]
    if len(path) == 2:
        return lambda actions, first=path[0], second=path[1]: [  # type: ignore[misc]
            inner.get(second, MISSING) if isinstance(inner := action.get(first), dict) else MISSING
            for action in actions
        ]
    return lambda actions: [lookup(action, path) for action in actions]


def code(values: Sequence[Any]) -> Coded:
    """A column of JSON values."""
    numbers: dict[Any, int] = {}
    number = numbers.setdefault
    codes = [number(value if value.__class__ is str else _key(value), len(numbers)) for value in values]
    return Coded(np.array(codes, dtype=np.int64), [_value(key) for key in numbers])


def _key(value: Any) -> tuple[Any, Any]:
    """Values of different types are different, also where Python has them equal: True and 1."""
    kind = value.__class__
    return (kind, json.dumps(value)) if kind in _CONTAINERS else (kind, value)


def _value(key: Any) -> Any:
    if key.__class__ is str:
        return key
    kind, value = key
    return json.loads(value) if kind in _CONTAINERS else value


_CONTAINERS = (list, dict)

Progress = Callable[[int, int], None]  # done, of

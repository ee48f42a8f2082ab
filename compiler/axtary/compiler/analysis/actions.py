"""Building actions: edits of JSON objects, and what an action may hold where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from axtary.compiler.ir import INT_MAX, SCALE, Number

Json = Any
Path = tuple[str, ...]
Action = dict[str, Json]


class _Absent:
    def __repr__(self) -> str:
        return "missing"


ABSENT: Final = _Absent()
"""In an edit: take the key away."""


class Edit(NamedTuple):
    """One key of an action set to a value, or taken away."""

    path: Path
    value: Json


Edits = tuple[Edit, ...]

_TEXTS: Final = frozenset(
    {("resource",), ("time",), ("id",)}
    | {("actor", key) for key in ("agent", "tenant", "owner")}
    | {("intent", key) for key in ("task", "summary")}
)
_OBJECTS: Final = frozenset({"actor", "intent", "payload", "context"})


def admitted(edit: Edit) -> bool:
    """May an action hold this there? Whatever else is refused before any rule is asked."""
    path, value = edit
    if path == ("tool",):
        return isinstance(value, str) and value != ""
    if path in _TEXTS:
        return value is ABSENT or isinstance(value, str)
    if len(path) == 1 and path[0] in _OBJECTS:
        return value is ABSENT or isinstance(value, dict)
    return True


def edited(action: Action, edits: Iterable[Edit]) -> Action:
    """A copy with the edits made; what stands in the way of a longer path gives way to an object."""
    for path, value in edits:
        action = _put(action, path, value)
    return action


def _put(node: Json, path: Path, value: Json) -> Action:
    copy = dict(node) if isinstance(node, dict) else {}
    key = path[0]
    if len(path) > 1:
        if value is ABSENT and not isinstance(copy.get(key), dict):
            return copy
        copy[key] = _put(copy.get(key), path[1:], value)
    elif value is ABSENT:
        copy.pop(key, None)
    else:
        copy[key] = value
    return copy


def at(action: Mapping[str, Json], path: Path) -> Json:
    """The value at a path, or ABSENT."""
    value: Json = action
    for key in path:
        if not isinstance(value, dict) or key not in value:
            return ABSENT
        value = value[key]
    return value


def number(scaled: int) -> int | float | None:
    """The JSON number with this value, or None if an action that holds it is refused.

    Refused are whole numbers that a double may not hold, and fractions whose nearest double has another shortest form.
    """
    whole, part = divmod(scaled, SCALE)
    if not part:
        return whole if -INT_MAX <= whole <= INT_MAX else None
    text = str(Number(scaled))
    value = float(text)
    return value if repr(value) == text else None

"""A value that is already parsed, held to the same rules as strict JSON text."""

from __future__ import annotations

import math
from typing import Any

from axtary.compiler.ir import INT_MAX
from axtary.compiler.steps import Steps, steps_text
from axtary.runtime.errors import MAX_PROBLEMS, DoorError, Problem
from axtary.runtime.locate import MAX_DEPTH, Finding
from axtary.runtime.strictjson import MAX_BYTES


def check(value: Any, *, source: str = "action") -> Any:
    """A copy of `value` as `strictjson.loads` would have read it. Raises DoorError for what no text could say.

    Exact built-in types only: a subclass could answer one thing here and another to an engine. A copy, so that
    nobody changes the value between the check and the decision.
    """
    copier = _Copier()
    copy = copier.copy(value, (), 1)
    if copier.problems:
        raise DoorError(copier.problems, source)
    return copy


class _Copier:
    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._room = MAX_BYTES  # less the fewest bytes that a text needs; stops values that contain one list often

    def copy(self, value: Any, steps: Steps, depth: int) -> Any:
        kind = type(value)
        if kind is str:
            return self._text(value, steps)
        if kind is dict:
            return self._object(value, steps, depth)
        if kind is list:
            return self._list(value, steps, depth)
        self._take(1, steps)
        if kind is int or kind is float:
            return self._number(value, steps)
        if kind is not bool and value is not None:
            message = f"a value of the Python type {Finding.quote(kind.__name__)}"
            self._refuse("AX0809", message, "pass str, int, float, bool, None, list or dict, and no subclass", steps)
        return value

    def _object(self, value: dict[Any, Any], steps: Steps, depth: int) -> dict[str, Any]:
        if not self._enter(steps, depth):
            return {}
        copy = {}
        for name, item in value.items():
            self._take(2, steps)
            if self._room < 0:
                break
            if type(name) is not str:
                message = f"a name of the Python type {Finding.quote(type(name).__name__)}"
                self._refuse("AX0809", message, "names are of type str", steps)
                continue
            copy[self._text(name, steps)] = self.copy(item, (*steps, name), depth + 1)
        return copy

    def _list(self, value: list[Any], steps: Steps, depth: int) -> list[Any]:
        if not self._enter(steps, depth):
            return []
        copy = []
        for index, item in enumerate(value):
            self._take(1, steps)
            if self._room < 0:
                break
            copy.append(self.copy(item, (*steps, index), depth + 1))
        return copy

    def _enter(self, steps: Steps, depth: int) -> bool:
        self._take(1, steps)
        if depth > MAX_DEPTH:
            message = f"more than {MAX_DEPTH} nested lists and objects"
            self._refuse("AX0807", message, "flatten the value", steps)
        return depth <= MAX_DEPTH and self._room >= 0

    def _text(self, value: str, steps: Steps) -> str:
        if len(value) > self._room:
            self._take(len(value) + 2, steps)
            return ""
        try:
            self._take(len(value.encode("utf-8")) + 2, steps)
        except UnicodeEncodeError as error:
            message = f"`\\u{ord(value[error.start]):04x}` is half of a surrogate pair"
            self._refuse("AX0806", message, "pass the whole character", steps)
        return value

    def _number(self, value: int | float, steps: Steps) -> int | float:
        if isinstance(value, float) and not math.isfinite(value):
            self._refuse("AX0809", f"`{value}` is not JSON", "leave the member out, or pass a string", steps)
        elif abs(value) > INT_MAX:
            self._refuse("AX0804", "a number beyond ±9007199254740991", "pass it as a string", steps)
        elif isinstance(value, float) and value.is_integer():
            return int(value)
        return value

    def _take(self, count: int, steps: Steps) -> None:
        if 0 <= self._room < count:
            help_text = "send large content by reference"
            self._refuse("AX0808", f"more than {MAX_BYTES} bytes as JSON", help_text, steps)
        self._room -= count

    def _refuse(self, code: str, message: str, help_text: str, steps: Steps) -> None:
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(Problem(code, message, help_text, steps_text(steps)))

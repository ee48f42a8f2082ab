"""Where in a policy somebody is typing: told by indentation alone, for a half-typed file is seldom YAML."""

from __future__ import annotations

import re
from dataclasses import dataclass

from axtary.compiler.edits import LINE_END

_LINE = re.compile(r"(?P<indent> *)(?P<dashes>(?:- +)*)(?P<rest>.*)", re.DOTALL)
_KEY = re.compile(r"""(?P<key>[^\s:{}\[\],"'#][^:{}\[\],"'#]*|"[^"]*"|'[^']*')[ \t]*:(?:[ \t]+|$)""")
_MAX_LINES = 5000  # above the place: rules are shorter

Steps = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is being typed: a key of the mapping at `steps`, or the value there. `word` of it is there already."""

    steps: Steps
    is_key: bool
    word: str
    quote: str = ""  # in which the word stands


def outlook(text: str, index: int) -> Outlook:
    """The place of an index."""
    lines = LINE_END.split(text[:index])
    indent, dashes, rest = _parts(lines[-1])
    steps: list[str | int] = []  # from the inside out
    column = indent + len(dashes)
    if dashes:
        steps.append(0)
        column = indent
    _climb(lines[-1 - _MAX_LINES : -1], column, bool(dashes), steps)
    return _Typing(tuple(reversed(steps)), rest).outlook()


def _parts(line: str) -> tuple[int, str, str]:
    found = _LINE.fullmatch(line)
    assert found is not None  # noqa: S101 - it matches any text
    return len(found["indent"]), found["dashes"], found["rest"]


def _climb(lines: list[str], column: int, in_list: bool, steps: list[str | int]) -> None:
    """Add the keys and lists that hold what begins at a column."""
    for line in reversed(lines):
        indent, dashes, rest = _parts(line)
        if not rest.strip() or rest.startswith("#"):
            continue
        key = _KEY.match(rest)
        begins = indent + len(dashes)
        if begins < column or (in_list and begins == column and not dashes and key is not None):
            if key is not None:
                steps.append(key["key"].strip("\"' "))
            column, in_list = begins, False
        if dashes and indent < column <= begins:
            steps.append(0)
            column, in_list = indent, True


class _Typing:
    """What stands on a line before the index, read from left to right: `steps` follow it into keys and brackets."""

    def __init__(self, steps: Steps, line: str) -> None:
        self._steps, self._line = steps, line
        self._is_key = True
        self._quote = ""
        self._start = 0  # of the word that is being typed
        self._open: list[str] = []  # brackets, and a colon for each key whose value has begun

    def outlook(self) -> Outlook:
        at = 0
        while at < len(self._line):
            at = self._take(at)
        word = self._line[self._start :]
        is_item = bool(self._steps) and self._steps[-1] == 0
        return Outlook(
            self._steps,
            self._is_key and not (self._quote and is_item),
            word if self._quote else word.lstrip(),
            self._quote,
        )

    def _take(self, at: int) -> int:
        """Read what begins at an index; the index behind it."""
        char, begins = self._line[at], not self._line[self._start : at].strip()
        if self._quote:
            self._quote = "" if char == self._quote else self._quote
        elif self._is_key and begins and (key := _KEY.match(self._line, at)) is not None:
            self._steps, self._is_key = (*self._steps, key["key"].strip("\"' ")), False
            self._open.append(":")
            self._start = key.end()
            return key.end()
        elif begins and char in "\"'":
            self._quote, self._start = char, at + 1
        elif begins and char in "{[":
            self._open.append(char)
            self._steps, self._is_key, self._start = (*self._steps, *([0] if char == "[" else [])), char == "{", at + 1
        elif char in "]}," and not {"{", "["}.isdisjoint(self._open):
            self._close(char)
            self._start = at + 1
        return at + 1

    def _close(self, char: str) -> None:
        """Leave a value behind a comma, and a bracket behind its end."""
        if self._open[-1] == ":":
            self._open.pop()
            self._steps = self._steps[:-1]
        if char == ",":
            self._is_key = not self._open or self._open[-1] == "{"
        elif self._open:
            self._steps = self._steps[:-1] if self._open.pop() == "[" else self._steps
            self._is_key = False

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
    return _typed(tuple(reversed(steps)), rest)


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


def _typed(steps: Steps, rest: str) -> Outlook:
    """What stands on the line before the index, brackets followed into their inside."""
    is_key, quote, start, open_, flow = True, "", 0, [], False
    at = 0
    while at < len(rest):
        char = rest[at]
        key = _KEY.match(rest, at) if is_key and at == start else None
        if quote:
            quote = "" if char == quote else quote
        elif key is not None:
            steps, is_key, at = (*steps, key["key"].strip("\"' ")), False, key.end() - 1
            open_.append(":")
            start = at + 1
        elif char in "\"'" and not rest[start:at].strip():
            quote, start = char, at + 1
        elif char in "{[" and not rest[start:at].strip():
            open_.append(char)
            flow, is_key, start = True, char == "{", at + 1
            steps = steps if char == "{" else (*steps, 0)
        elif char in "]}," and flow:
            steps, is_key = _closed(steps, char, open_)
            start, flow = at + 1, any(each in "{[" for each in open_)
        at += 1
        if start == at and at < len(rest) and rest[at] == " " and not quote:
            start = at + 1
    in_list = bool(steps) and steps[-1] == 0 and not quote
    word = rest[start:]
    return Outlook(steps, is_key and not (quote and in_list), word, quote)


def _closed(steps: Steps, char: str, open_: list[str]) -> tuple[Steps, bool]:
    """Where one is behind a comma or a closing bracket."""
    if open_ and open_[-1] == ":":
        open_.pop()
        steps = steps[:-1]
    if char == ",":
        return steps, not open_ or open_[-1] == "{"
    if open_:
        steps = steps[:-1] if open_.pop() == "[" else steps
    return steps, False

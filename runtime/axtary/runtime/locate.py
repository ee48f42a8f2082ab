"""Where the problems of a refused JSON text are: the second, slow reading, for error messages only.

Never decides that a text is good. Iterative, and linear in the text: refusing must not be a way to keep axtary busy.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

from axtary.compiler.diagnostics import quoted
from axtary.compiler.steps import Steps, steps_text
from axtary.runtime.errors import MAX_PROBLEMS, Problem

MAX_DEPTH = 64  # containers; the outermost is 1

# A string that is never closed runs to the end, so that each character is looked at once.
_STRING = r'"(?:[^"\\]++|\\.?)*+"?'
_BRACKET = re.compile(rf"{_STRING}|[\[\]{{}}]", re.DOTALL)
_TOKEN = re.compile(
    rf"{_STRING}|[\[\]{{}},]|-?[0-9][0-9.eE+-]*+|-?Infinity|NaN|true|false|null",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a text comes from: a name, the place in it of the text's first character, the path to the text's value."""

    source: str
    line: int = 1
    column: int = 1
    path: Steps = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem without its place."""

    code: str
    message: str
    help: str

    def at(self, text: str, index: int, origin: Origin, steps: Steps = ()) -> Problem:
        """The problem at `text[index]`, which belongs to the value at `steps`."""
        before = text[:index]
        line = before.count("\n")
        column = index - (before.rfind("\n") + 1) + (1 if line else origin.column)
        path = steps_text(origin.path + steps)
        return Problem(self.code, self.message, self.help, path, origin.line + line, column)

    @staticmethod
    def quote(text: str) -> str:
        """Input for a message: in backticks, printable, cut (before the costly part)."""
        return quoted(text[:100])


def too_deep(text: str) -> int | None:
    """The index of the first bracket that opens container number 65, or None."""
    depth = 0
    for token in _BRACKET.finditer(text):
        first = text[token.start()]
        if first in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                return token.start()
        elif first in "]}":
            depth -= 1
    return None


def undecodable(data: bytes, start: int, origin: Origin) -> Problem:
    """The problem of a byte that is not UTF-8; all before it is."""
    before = data[:start].decode("utf-8")
    message = f"byte {start + 1} (0x{data[start]:02x}) is not UTF-8"
    return Finding("AX0801", message, "encode the text as UTF-8").at(before, len(before), origin)


def find_problems(text: str, origin: Origin, check_number: Callable[[str], Finding | None]) -> list[Problem]:
    """Every problem up to the first syntax error, that one included; at most MAX_PROBLEMS."""
    stop, broken = _syntax(text)
    problems: list[Problem] = []
    walker = Walker(text)
    for role, start, word in walker.tokens(stop):
        finding = _inspect(role, word, check_number)
        if finding is not None:
            problems.append(finding.at(text, start, origin, walker.path))
            if len(problems) >= MAX_PROBLEMS:
                return problems
    if broken is not None:
        problems.append(broken.at(text, stop, origin, walker.path))
    return problems


def places(text: str, depth: int) -> dict[Steps, int]:
    """Where each member (its name) and element stands, down to `depth` steps. `text` is well-formed."""
    walker = Walker(text)
    found: dict[Steps, int] = {}
    for _, start, _ in walker.tokens(len(text)):
        if len(walker.path) <= depth:
            found.setdefault(walker.path, start)
    return found


class Role(Enum):
    """What a token is at its place."""

    NAME = "name"
    REPEATED_NAME = "repeated name"
    VALUE = "value"  # a scalar, or the bracket that opens a container


@dataclass(slots=True)
class _Container:
    step: str | int | None
    names: set[str] | None  # of an object; None for a list
    at_name: bool


class Walker:
    """Walks the tokens of a JSON text. Sound up to the first syntax error, and never fails behind it."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._stack: list[_Container] = []

    @property
    def path(self) -> Steps:
        """Where the walk stands."""
        return tuple(container.step for container in self._stack)

    def tokens(self, stop: int) -> Iterator[tuple[Role, int, str]]:
        """Role, index and text of each name and value before `stop`."""
        for token in _TOKEN.finditer(self._text, 0, stop):
            word = token[0]
            top = self._stack[-1] if self._stack else None
            if word in "{[":
                yield Role.VALUE, token.start(), word
                self._stack.append(_Container(None, set(), True) if word == "{" else _Container(0, None, False))
            elif word in "}]":
                del self._stack[-1:]
            elif word == ",":
                _advance(top)
            elif top is not None and top.at_name and top.names is not None:
                yield _enter(top, top.names, word), token.start(), word
            else:
                yield Role.VALUE, token.start(), word


def _advance(container: _Container | None) -> None:
    if container is not None and isinstance(container.step, int):
        container.step += 1
    elif container is not None:
        container.step, container.at_name = None, True


def _enter(container: _Container, names: set[str], word: str) -> Role:
    try:
        name = str(json.loads(word))
    except ValueError:  # cut by the syntax error, or no string at all
        return Role.VALUE
    repeated = name in names
    names.add(name)
    container.step, container.at_name = name, False
    return Role.REPEATED_NAME if repeated else Role.NAME


def _inspect(role: Role, word: str, check_number: Callable[[str], Finding | None]) -> Finding | None:
    if role is Role.REPEATED_NAME:
        message = f"the name {Finding.quote(json.loads(word))} stands twice in one object"
        return Finding("AX0803", message, "delete one of the two")
    if word[0] == '"':
        return _lone_surrogate(word)
    if word in ("NaN", "Infinity", "-Infinity"):
        return Finding("AX0802", f"`{word}` is not JSON", "leave the member out, or write a string")
    if word[0] in "-0123456789":
        return check_number(word)
    return None


def _lone_surrogate(word: str) -> Finding | None:
    if "\\u" not in word:
        return None
    try:
        json.loads(word).encode("utf-8")
    except UnicodeEncodeError as error:
        half = ord(error.object[error.start])
        message = f"`\\u{half:04x}` is half of a surrogate pair"
        return Finding("AX0806", message, "write both halves of the pair, or the character itself")
    except ValueError:  # cut by the syntax error that is reported anyway
        return None
    return None


# --- syntax ---------------------------------------------------------------------------------------------------------

_ANY_NUMBER = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)
_WHITE = " \t\r\n"
_TOO_DEEP = Finding("AX0807", f"more than {MAX_DEPTH} nested lists and objects", "flatten the value")


def _syntax(text: str) -> tuple[int, Finding | None]:
    """Up to where the text is well-formed, and what is wrong there (None: nothing, to the end)."""
    deep = too_deep(text)
    shallow = text if deep is None else text[:deep]
    try:
        _ANY_NUMBER.decode(shallow)
    except json.JSONDecodeError as error:
        if deep is not None and error.pos >= len(shallow.rstrip(_WHITE)):
            return deep, _TOO_DEEP
        return error.pos, _explain(text, error)
    return len(text), None


_VALUES = "write a string, a number, an object, a list, true, false or null"
_EXPLAIN = {
    "Expecting value": ("{seen} where a value should be", _VALUES),
    "Expecting property name": (
        "{seen} where a name should be",
        "write names in double quotes, and no comma behind the last member",
    ),
    "Illegal trailing comma": ("a comma behind the last element", "delete the comma"),
    "Expecting ':'": ("{seen} where a colon should be", "write a colon between name and value"),
    "Expecting ','": ("{seen} where a comma should be", "write a comma between two elements, or close the container"),
    "Extra data": ("{seen} behind the end of the value", "write exactly one JSON value"),
    "Unterminated string": ("a string that is not closed", 'close it with `"`'),
    "Invalid control": ("{seen} in a string", r"write control characters as escapes: `\n`, `\u0000`"),
    "Invalid \\": ("an escape that JSON does not have", r"write a backslash as `\\`, others as `\uXXXX`"),
}


def _explain(text: str, error: json.JSONDecodeError) -> Finding:
    """The parser's message in axtary's words."""
    rest = text[error.pos : error.pos + 100].lstrip(_WHITE)
    seen = quoted(rest[0]) if rest else "the text ends"
    if error.msg.startswith("Invalid control"):
        seen = f"the control character U+{ord(text[error.pos]):04X}"
    for prefix, (message, help_text) in _EXPLAIN.items():
        if error.msg.startswith(prefix):
            return Finding("AX0802", message.format(seen=seen), help_text)
    return Finding("AX0802", "not well-formed JSON", "write JSON as RFC 8259 has it")

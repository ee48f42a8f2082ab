"""Text -> syntax tree, for everything that the Lark grammars describe. Knows no names and no types.

Offsets are code point indices into the text that was parsed. `SyntaxProblem` is the only exception that leaves.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, cast

from lark import Lark, Token, Transformer, Tree, UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from axtary.compiler.diagnostics import quoted
from axtary.compiler.edits import Change, Mend, replaced
from axtary.compiler.hints import condition_habit
from axtary.compiler.ir import WEEKDAYS
from axtary.compiler.respelling import QUOTES, lowered, plain_window, requoted, short_units
from axtary.compiler.schedulehints import duration_problem, rate_problem, window_problem, word_at
from axtary.grammars.parsers import parser

MAX_CONDITION = 65_536
MAX_CONDITION_DEPTH = 16


class SyntaxProblem(Exception):
    """What is wrong between two offsets of the text, and what to write instead; `mend` does it."""

    def __init__(self, code: str, start: int, end: int, message: str, help_text: str, mend: Mend | None = None) -> None:
        super().__init__(message)
        self.code, self.start, self.end, self.message, self.help = code, start, end, message, help_text
        self.mend = mend


@dataclass(frozen=True, slots=True)
class Node:
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Path(Node):
    """An attribute path; `steps[0]` is the root."""

    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Constant(Node):
    """A literal. Numbers stay text: their type decides what they may be."""

    value: str | bool
    number: bool = False

    @property
    def kind(self) -> str:
        return "number" if self.number else "boolean" if isinstance(self.value, bool) else "string"


Operand = Path | Constant


@dataclass(frozen=True, slots=True)
class Bare(Node):
    """An operand alone: not a condition, kept for its error."""

    operand: Operand


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    """`a op b`; more operands than two are an error."""

    operands: tuple[Operand, ...]
    ops: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ListTest(Node):
    """`[any|all|none] subject in|like|matches|contains operands`. `negated`: written `not in`, an error.

    `is_list`: written in brackets.
    """

    subject: Operand
    operator: str
    operands: tuple[Operand, ...]
    quantifier: str = ""
    negated: bool = False
    is_list: bool = True


@dataclass(frozen=True, slots=True)
class CountTest(Node):
    subject: Operand
    op: str
    limit: Operand


@dataclass(frozen=True, slots=True)
class HasTest(Node):
    subject: Operand


@dataclass(frozen=True, slots=True)
class Logic(Node):
    """`and`, `or`, `not`. `depth` counts levels of them; `signs` are the places of foreign spellings (`&&`), errors."""

    operator: str
    items: tuple[Expression, ...]
    depth: int
    signs: tuple[Node, ...] = ()


Expression = Bare | Comparison | ListTest | CountTest | HasTest | Logic


# --- conditions ---


def _depth(node: Any) -> int:
    return node.depth if isinstance(node, Logic) else 0


def _extent(children: list[Any]) -> tuple[int, int]:
    """From the start of the first child to the end of the last; children are tokens and nodes."""
    first, last = children[0], children[-1]
    start: Any = first.start_pos if isinstance(first, Token) else first.start
    end: Any = last.end_pos if isinstance(last, Token) else last.end
    return start, end


@dataclass(frozen=True, slots=True)
class _Operands(Node):
    is_list: bool
    operands: tuple[Operand, ...]


class _ToExpression(Transformer[Token, Expression]):
    """Runs inside the parser, bottom up and without recursion, so that no depth of input can exhaust the stack.

    Every token is kept, so the extent of a node is that of its children.
    """

    def start(self, children: list[Any]) -> Any:
        return children[0]

    def group(self, children: list[Any]) -> Any:
        return children[1]

    def path(self, children: list[Token]) -> Path:
        steps = [str(children[0])]
        for token in children[1:]:
            steps.append(_string(token, token[1:-1].strip()) if token.type == "KEY" else token[1:])
        return Path(*_extent(children), tuple(steps))

    def string(self, children: list[Token]) -> Constant:
        return Constant(*_extent(children), _string(children[0], str(children[0])))

    def number(self, children: list[Token]) -> Constant:
        return Constant(*_extent(children), str(children[0]), number=True)

    def boolean(self, children: list[Token]) -> Constant:
        return Constant(*_extent(children), children[0] == "true")

    def operands(self, children: list[Any]) -> _Operands:
        kept = tuple(child for child in children if not isinstance(child, Token))
        return _Operands(*_extent(children), isinstance(children[0], Token), kept)

    def bare(self, children: list[Any]) -> Bare:
        return Bare(*_extent(children), children[0])

    def compare(self, children: list[Any]) -> Comparison:
        return Comparison(*_extent(children), tuple(children[::2]), tuple(str(op) for op in children[1::2]))

    def in_list(self, children: list[Any]) -> ListTest:
        subject, _, right = children
        return ListTest(*_extent(children), subject, "in", right.operands, is_list=right.is_list)

    def not_in(self, children: list[Any]) -> ListTest:
        subject, _, operator, right = children
        return ListTest(*_extent(children), subject, str(operator), right.operands, negated=True, is_list=right.is_list)

    def text_match(self, children: list[Any]) -> ListTest:
        subject, operator, right = children
        return ListTest(*_extent(children), subject, str(operator), right.operands, is_list=right.is_list)

    def contains(self, children: list[Any]) -> ListTest:
        return ListTest(*_extent(children), children[0], "contains", (children[2],), is_list=False)

    def quantified(self, children: list[Any]) -> ListTest:
        quantifier, subject, operator, right = children
        return ListTest(
            *_extent(children), subject, str(operator), right.operands, str(quantifier), False, right.is_list
        )

    def count(self, children: list[Any]) -> CountTest:
        return CountTest(*_extent(children), children[2], str(children[4]), children[5])

    def has(self, children: list[Any]) -> HasTest:
        return HasTest(*_extent(children), children[1])

    def or_(self, children: list[Any]) -> Logic:
        return _join("or", children)

    def and_(self, children: list[Any]) -> Logic:
        return _join("and", children)

    def not_(self, children: list[Any]) -> Logic:
        return _join("not", children)


def _join(operator: str, children: list[Any]) -> Logic:
    start, end = _extent(children)
    signs = [Node(*_extent([child])) for child in children if isinstance(child, Token) and child != operator]
    items: list[Expression] = []
    for child in children:
        if isinstance(child, Logic) and child.operator == operator != "not" and not child.signs:
            items.extend(child.items)  # a chain in parentheses is the same chain
        elif not isinstance(child, Token):
            items.append(child)
    depth = 1 + max(_depth(item) for item in items)
    if depth > MAX_CONDITION_DEPTH:
        message = f"more than {MAX_CONDITION_DEPTH} levels of and, or, not"
        raise SyntaxProblem("AX0305", start, end, message, "split the rule into several")
    return Logic(start, end, operator, tuple(items), depth, tuple(signs))


def _string(token: Token, raw: str) -> str:
    start = token.start_pos or 0
    try:
        value = str(json.loads(raw))
        value.encode("utf-8")
    except (ValueError, UnicodeEncodeError):
        message = f"{quoted(raw)} is not a JSON string"
        help_text = r"use the JSON escapes \" \\ \n \t \u00e9 in pairs that form a character"
        raise SyntaxProblem("AX0303", start, start + len(token), message, help_text) from None
    return value


@cache
def _parser(name: str) -> Lark:
    return parser(name, _ToExpression() if name == "condition" else None)


_WORDS = {
    "COMPARE": "`==`",
    "MATCHER": "`like`",
    "QUANTIFIER": "`any`",
    "RPAR": "`)`",
    "LPAR": "`(`",
    "RSQB": "`]`",
    "LSQB": "`[`",
    "AND": "`and`",
    "OR": "`or`",
    "IN": "`in`",
    "NAME": "an attribute",
    "STRING": "a string in double quotes",
    "NUMBER": "a number",
    "BOOLEAN": "`true`",
    "$END": "the end",
}


def parse_condition(text: str) -> Expression:
    """The syntax tree of a condition. Raises SyntaxProblem."""
    if len(text) > MAX_CONDITION:
        message = f"the condition has {len(text)} characters, the limit is {MAX_CONDITION}"
        raise SyntaxProblem("AX0305", 0, len(text), message, "split the rule into several")
    if not text.strip():
        raise SyntaxProblem("AX0301", 0, len(text), "the condition is empty", "delete `when:` if the rule has none")
    try:
        expression: Any = _parser("condition").parse(text)
    except UnexpectedInput as error:
        raise _condition_problem(text, error) from None
    return cast(Expression, expression)


def _condition_problem(text: str, error: UnexpectedInput) -> SyntaxProblem:
    at = min(error.pos_in_stream or 0, len(text)) if not _at_end(error) else len(text.rstrip())
    char = text[at : at + 1]
    if isinstance(error, UnexpectedCharacters) and char in QUOTES:
        mend = _respelt(text, at, requoted(text), "write double quotes")
        return SyntaxProblem(
            "AX0301", at, at + 1, f"{quoted(char)} cannot quote a string", 'use double quotes: "…"', mend
        )
    if isinstance(error, UnexpectedCharacters) and char == '"':
        end = text.find("\n", at) if "\n" in text[at:] else len(text)
        return SyntaxProblem(
            "AX0301", at, end, "the string is never closed", 'end it with `"`; write `\\"` for a quote'
        )
    mend = _respelt(text, at, lowered(text), "write keywords in lower case")
    if (habit := condition_habit(text, at)) is not None:
        return SyntaxProblem("AX0301", *habit, mend)
    if isinstance(error, UnexpectedCharacters):
        message = f"{quoted(char)} does not belong in a condition"
        help_text = "conditions have comparisons, `and`, `or`, `not`, parentheses; no functions, no arithmetic"
        return SyntaxProblem("AX0301", at, at + 1, message, help_text)
    expected = (error.accepts or error.expected) if isinstance(error, UnexpectedToken) else ()
    wanted = sorted({_WORDS[name] for name in expected if name in _WORDS})
    found = "the condition ends" if _at_end(error) else f"{quoted(str(getattr(error, 'token', char)))} stands"
    width = 1 if _at_end(error) else max(1, len(str(getattr(error, "token", char))))
    message = f"{found} where {_any_of(wanted)} is expected" if wanted else f"{found} where nothing more is expected"
    return SyntaxProblem("AX0301", at, at + width, message, _hint(text, at), mend)


def _respelt(text: str, at: int, changes: list[Change], title: str) -> Mend | None:
    """The changes, each as long as what it replaces, if the text then parses, or at least further than to `at`."""
    mend = Mend(title, tuple(changes))
    reached = len(text) + 1
    try:
        _parser("condition").parse(mend.made(text))
    except UnexpectedInput as error:
        reached = len(text.rstrip()) if _at_end(error) else error.pos_in_stream or 0
    except SyntaxProblem:
        pass  # it parses, and means nothing: that is told next
    return mend if changes and reached > at else None


def _hint(text: str, at: int) -> str:
    for change in lowered(text):
        if change.start <= at and len(text[:at].rstrip()) <= change.end:
            return f"write keywords in lower case: `{change.text}`"
    return 'conditions look like: payload.base == "main" and not payload.draft == true'


def _at_end(error: UnexpectedInput) -> bool:
    return isinstance(error, UnexpectedToken) and error.token.type == "$END"


def _any_of(words: list[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " or " + words[-1]


# --- patterns ---

MAX_ALTERNATIVES = 256
MAX_PATTERN = 4096


@dataclass(frozen=True, slots=True)
class Stars:
    """A run of `*`."""

    count: int


Piece = str | Stars


@dataclass(frozen=True, slots=True)
class _Alternatives:
    options: tuple[tuple[Piece, ...], ...] = field(default=())


def parse_pattern(text: str) -> tuple[tuple[Piece, ...], ...]:
    """The pattern's alternatives after brace expansion, each a sequence of literal text and stars.

    Raises SyntaxProblem.
    """
    if len(text) > MAX_PATTERN:
        message = f"the pattern has {len(text)} characters, the limit is {MAX_PATTERN}"
        raise SyntaxProblem("AX0402", 0, len(text), message, "split it into a list of patterns")
    if not re.search(r"[\\{}]", text):  # text and stars only: the common case, too frequent for a parser
        return (tuple(_piece(part) for part in re.split(r"(\*+)", text) if part),)
    try:
        tree = _parser("pattern").parse(text)
    except UnexpectedInput as error:
        raise _pattern_problem(text, error) from None
    parts = [_alternatives(child) for child in tree.children]
    total = 1
    for part in parts:
        total *= len(part.options)
        if total > MAX_ALTERNATIVES:
            message = f"the braces stand for more than {MAX_ALTERNATIVES} patterns"
            raise SyntaxProblem("AX0402", 0, len(text), message, "write a wider pattern, or a list")
    found: list[tuple[Piece, ...]] = [()]
    for part in parts:
        found = [_joined(head, option) for head in found for option in part.options]
    return tuple(found)


def _joined(head: tuple[Piece, ...], tail: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """Concatenation in which neighbours of one kind become one piece."""
    if head and tail and type(head[-1]) is type(tail[0]):
        last, first = head[-1], tail[0]
        both: Piece = (
            Stars(last.count + first.count)
            if isinstance(last, Stars) and isinstance(first, Stars)
            else str(last) + str(first)
        )
        return (*head[:-1], both, *tail[1:])
    return head + tail


def _piece(raw: str) -> Piece:
    if raw[0] == "*":
        return Stars(len(raw))
    return raw[1:] if raw[0] == "\\" else raw


def _alternatives(child: Token | Tree[Token]) -> _Alternatives:
    if isinstance(child, Token):
        return _Alternatives(((_piece(str(child)),),))
    options = []
    for option in child.children:
        if isinstance(option, Tree):
            pieces: tuple[Piece, ...] = ()
            for token in option.children:
                pieces = _joined(pieces, (_piece(str(token)),))
            options.append(pieces)
    return _Alternatives(tuple(options))


def _pattern_problem(text: str, error: UnexpectedInput) -> SyntaxProblem:
    at = error.pos_in_stream or 0
    char = text[at : at + 1]
    if _at_end(error):
        opened = text.rfind("{")
        return SyntaxProblem(
            "AX0402", opened, len(text), "the brace is never closed", r"add `}`, or write `\{` for a brace"
        )
    if isinstance(error, UnexpectedCharacters):
        message = f"{quoted(text[at : at + 2])} is not an escape"
        help_text = r"a backslash stands before * { } , \ or @ only; write `\\` for a backslash"
        return SyntaxProblem("AX0402", at, at + 2, message, help_text)
    if char == "{":
        return SyntaxProblem("AX0402", at, at + 1, "braces do not nest", "write the alternatives out, or use a list")
    return SyntaxProblem("AX0402", at, at + 1, "the brace was never opened", r"write `\}` for a brace")


# --- windows, rates, durations ---


@dataclass(frozen=True, slots=True)
class WindowText:
    """`days` as (first, last) weekdays, 0 = Monday; clock texts and the zone as written, with its offset."""

    days: tuple[tuple[int, int], ...]
    start: str
    end: str
    zone: str
    zone_at: int


_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def parse_window(text: str) -> WindowText:
    """`Mon-Fri 08:00-19:00 Europe/Berlin`. Raises SyntaxProblem."""
    tree = _schedule(text, "window", "AX0602", plain_window)
    children: list[Any] = tree.children
    days, start, end, zone = children
    ranges = []
    for child in days.children:
        numbers = [WEEKDAYS.index(str(token)) for token in child.children]
        ranges.append((numbers[0], numbers[-1]))
    return WindowText(tuple(ranges), str(start), str(end), str(zone), zone.start_pos or 0)


def parse_rate(text: str) -> tuple[int, int, str]:
    """`20 per 1h per actor` -> (20, 3600, "actor"). Raises SyntaxProblem."""
    tree = _schedule(text, "rate", "AX0604", short_units)
    children: list[Any] = tree.children
    count, duration, scope = children
    return _count(str(count), len(text)), _seconds(duration, len(text)), str(scope)


def parse_duration(text: str) -> int:
    """`1h30m` -> 5400 seconds. Raises SyntaxProblem."""
    return _seconds(_schedule(text, "duration", "AX0604", short_units), len(text))


_EXPLAIN: dict[str, Callable[[str, int, int], tuple[str, str]]] = {
    "window": window_problem,
    "rate": rate_problem,
    "duration": lambda text, _start, _end: duration_problem(text),
}


def _schedule(text: str, start: str, code: str, respell: Callable[[str], str]) -> Tree[Token]:
    try:
        return _parser("schedule").parse(text, start)
    except UnexpectedInput as error:
        at = len(text.rstrip()) if _at_end(error) else min(error.pos_in_stream or 0, len(text))
        if start == "duration":
            first, last = 0, len(text)
        else:
            first, last = (at, at) if _at_end(error) else word_at(text, at)
        plain = respell(text)
        mend = replaced(text, plain) if plain != text and _parses(plain, start) else None
        message, help_text = _EXPLAIN[start](text, first, last)
        raise SyntaxProblem(code, first, max(last, first + 1), message, help_text, mend) from None


def _parses(text: str, start: str) -> bool:
    try:
        _parser("schedule").parse(text, start)
    except UnexpectedInput:
        return False
    return True


def _count(digits: str, end: int) -> int:
    if len(digits) > 9 or int(digits) == 0:
        help_text = "write a whole number from 1 to 999999999"
        raise SyntaxProblem("AX0604", 0, end, f"{quoted(digits)} is not a count", help_text)
    return int(digits)


def _seconds(duration: Tree[Token], end: int) -> int:
    total, last = 0, len(_SECONDS)
    order = list(_SECONDS)
    for token in duration.children:
        digits, unit = str(token)[:-1], str(token)[-1]
        if order.index(unit) >= last or len(digits) > 9:
            message = f"{quoted(str(token))} is out of order" if len(digits) <= 9 else "the duration is too long"
            help_text = "write each of d, h, m, s once, the longest first: `1h30m`"
            raise SyntaxProblem("AX0604", 0, end, message, help_text, _ordered(duration))
        last = order.index(unit)
        total += int(digits) * _SECONDS[unit]
    if not 0 < total <= 366 * 86400:
        message = "the duration is zero" if total == 0 else "the duration is longer than 366 days"
        raise SyntaxProblem("AX0604", 0, end, message, "write a duration from `1s` to `366d`")
    return total


def _ordered(duration: Tree[Token]) -> Mend | None:
    """The parts from the longest unit to the shortest, if no unit stands twice."""
    tokens = [token for token in duration.children if isinstance(token, Token)]
    parts = sorted(map(str, tokens), key=lambda part: -_SECONDS[part[-1]])
    if len({part[-1] for part in parts}) < len(parts):
        return None
    start, end = _extent(tokens)
    return Mend(f"write `{''.join(parts)}`", (Change(start, end, "".join(parts)),))

"""Prints the target tree as Cedar text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import assert_never

from axtary.backends.cedar.tree import (
    TRUE,
    AndAlso,
    Call,
    Const,
    Context,
    Decimal,
    Expr,
    Get,
    HasKey,
    Negate,
    OrElse,
    Relate,
    Resembles,
    SetOf,
    Statement,
)

_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9]*\Z")
RESERVED = frozenset({"true", "false", "if", "then", "else", "in", "is", "like", "has"})

# How tightly a node binds; an operand that binds less is put in parentheses.
_OR, _AND, _RELATION, _UNARY, _MEMBER = range(5)


def quote(text: str) -> str:
    r"""A Cedar string literal. Its escapes are not JSON's: any code point is `\u{hex}`."""
    return f'"{_escaped(text)}"'


def _escaped(text: str) -> str:
    if text.isprintable() and '"' not in text and "\\" not in text:
        return text
    return "".join(_character(c) for c in text)


def _character(c: str) -> str:
    if c in '"\\':
        return "\\" + c
    # What does not print (controls, line ends, marks that change the writing direction) would hide in a review.
    return c if c.isprintable() else f"\\u{{{ord(c):x}}}"


def expression(node: Expr, outer: int = _OR) -> str:
    """The text of an expression, in parentheses if it binds less than its place asks for."""
    text, binding = _expression(node)
    return f"({text})" if binding < outer else text


def _expression(node: Expr) -> tuple[str, int]:
    match node:
        case Const(value=value):
            return _constant(value)
        case Decimal():
            return f"decimal({quote(str(node))})", _MEMBER
        case SetOf(items=items):
            return f"[{', '.join(expression(item) for item in items)}]", _MEMBER
        case Context():
            return "context", _MEMBER
        case Get(of=of, key=key):
            plain = isinstance(of, Context) and _IDENTIFIER.match(key) and key not in RESERVED
            return expression(of, _MEMBER) + (f".{key}" if plain else f"[{quote(key)}]"), _MEMBER
        case HasKey(of=of, key=key):
            return f"{expression(of, _UNARY)} has {quote(key)}", _RELATION
        case Negate(item=item):
            return f"!{expression(item, _MEMBER)}", _UNARY
        case AndAlso(items=items):
            return " && ".join(expression(item, _RELATION) for item in items), _AND
        case OrElse(items=items):
            return " || ".join(expression(item, _RELATION) for item in items), _OR
        case Relate(op=op, left=left, right=right):
            return f"{expression(left, _UNARY)} {op} {expression(right, _UNARY)}", _RELATION
        case Call(of=of, method=method, argument=argument):
            inner = "" if argument is None else expression(argument)
            return f"{expression(of, _MEMBER)}.{method}({inner})", _MEMBER
        case Resembles(of=of, pattern=pattern):
            return f"{expression(of, _UNARY)} like {_pattern(pattern)}", _RELATION
        case _:
            assert_never(node)


def _constant(value: bool | int | str) -> tuple[str, int]:
    if isinstance(value, bool):
        return ("true" if value else "false"), _MEMBER
    if isinstance(value, int):
        return str(value), (_UNARY if value < 0 else _MEMBER)
    return quote(value), _MEMBER


def _pattern(pattern: tuple[str | None, ...]) -> str:
    parts = ("*" if part is None else _escaped(part).replace("*", "\\*") for part in pattern)
    return f'"{"".join(parts)}"'


def statement(policy: Statement) -> str:
    """The text of one policy, with its annotations."""
    lines = [f"@{key}({quote(value)})" for key, value in policy.annotations]
    lines += [f"{policy.effect} (", "  principal,", f"  {_action(policy)},", "  resource", ")"]
    if policy.when == TRUE:
        lines[-1] += ";"
    else:
        lines += ["when {", *_body(policy.when), "};"]
    return "\n".join(lines) + "\n"


def _action(policy: Statement) -> str:
    names = [f"{policy.action_type}::{quote(action)}" for action in policy.actions]
    if not names:
        return "action"
    return f"action == {names[0]}" if len(names) == 1 else f"action in [{', '.join(names)}]"


def _body(when: Expr) -> list[str]:
    if not isinstance(when, AndAlso):
        return [f"  {expression(when)}"]
    lines = [f"  {expression(item, _RELATION)}" for item in when.items]
    return [f"{line} &&" for line in lines[:-1]] + lines[-1:]


def program(policies: Iterable[Statement]) -> str:
    """The text of a policy set."""
    return "\n".join(statement(policy) for policy in policies)

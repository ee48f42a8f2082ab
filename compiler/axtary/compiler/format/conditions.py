"""A condition in canonical form, on one line or on several. Order and meaning are the author's."""

from __future__ import annotations

import re
from typing import assert_never

from axtary.compiler.format.scalars import escaped, filled
from axtary.compiler.syntax import (
    Bare,
    Comparison,
    Constant,
    CountTest,
    Expression,
    HasTest,
    ListTest,
    Logic,
    Operand,
    SyntaxProblem,
    parse_condition,
)

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def read(text: str) -> Expression | None:
    """The tree of a condition; None if it must stay as it is.

    That is where it does not parse, is no condition, or has the signs of another language.
    """
    try:
        expression = parse_condition(text)
    except SyntaxProblem:
        return None
    return None if isinstance(expression, Bare) or _is_foreign(expression) else expression


def _is_foreign(node: Expression) -> bool:
    return isinstance(node, Logic) and (bool(node.signs) or any(map(_is_foreign, node.items)))


def one_line(node: Expression) -> str:
    """Single spaces; parentheses where `and` and `or` meet and behind `not`, so that nobody need know what binds."""
    match node:
        case Bare():
            return _operand(node.operand)
        case Comparison():
            parts = [_operand(node.operands[0])]
            for op, operand in zip(node.ops, node.operands[1:], strict=True):
                parts += [op, _operand(operand)]
            return " ".join(parts)
        case ListTest():
            return _head(node) + _listed(node)
        case CountTest():
            return f"count({_operand(node.subject)}) {node.op} {_operand(node.limit)}"
        case HasTest():
            return f"has {_operand(node.subject)}"
        case Logic(operator="not"):
            return f"not {_inner(node.items[0])}"
        case Logic():
            return f" {node.operator} ".join(_inner(item) for item in node.items)
        case _:
            assert_never(node)


def lines(node: Expression, width: int) -> list[str]:
    """One operand of `and` and `or` per line; lists and parentheses are opened where a line would be too long."""
    return _chain(node, width) if isinstance(node, Logic) and _joins(node) else _broken(node, "", "", width)


def _chain(node: Logic, width: int) -> list[str]:
    found: list[str] = []
    for item in node.items:
        found += _broken(item, f"{node.operator} " if found else "", "", width)
    return found


def _broken(node: Expression, before: str, after: str, width: int) -> list[str]:
    flat = f"{before}{_inner(node)}{after}"
    if len(flat) <= width:
        return [flat]
    if isinstance(node, Logic) and node.operator == "not":
        return _broken(node.items[0], f"{before}not ", after, width)
    if isinstance(node, Logic):
        return [f"{before}(", *(f"  {line}" for line in _chain(node, width - 2)), f"){after}"]
    if isinstance(node, ListTest) and node.is_list and node.operands:
        items = [_operand(operand) for operand in node.operands]
        inside = filled([f"{item}," for item in items[:-1]] + items[-1:], width - 2)
        return [f"{before}{_head(node)}[", *(f"  {line}" for line in inside), f"]{after}"]
    return [flat]


def _joins(node: Expression) -> bool:
    return isinstance(node, Logic) and node.operator != "not"


def _inner(node: Expression) -> str:
    return f"({one_line(node)})" if _joins(node) else one_line(node)


def _head(node: ListTest) -> str:
    """What stands before the operands of a list test."""
    quantifier = f"{node.quantifier} " if node.quantifier else ""
    return f"{quantifier}{_operand(node.subject)} {'not ' if node.negated else ''}{node.operator} "


def _listed(node: ListTest) -> str:
    operands = ", ".join(map(_operand, node.operands))
    return f"[{operands}]" if node.is_list else operands


def _operand(node: Operand) -> str:
    if not isinstance(node, Constant):
        steps = (f".{key}" if _NAME.fullmatch(key) else f"[{_string(key)}]" for key in node.steps[1:])
        return node.steps[0] + "".join(steps)
    if isinstance(node.value, bool):
        return "true" if node.value else "false"
    return node.value if node.number else _string(node.value)


def _string(text: str) -> str:
    return f'"{escaped(text, json=True)}"'

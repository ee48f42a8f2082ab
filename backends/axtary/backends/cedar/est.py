"""Prints the target tree in Cedar's JSON form ("EST"), where a policy has an id of our own choice."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import reduce
from typing import Any, assert_never

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

_DECIMAL_METHODS = {"lessThan", "lessThanOrEqual", "greaterThan", "greaterThanOrEqual"}


def expression(node: Expr) -> dict[str, Any]:
    """The JSON form of an expression."""
    match node:
        case Const(value=value):
            return {"Value": value}
        case Decimal():
            return {"decimal": [{"Value": str(node)}]}
        case SetOf(items=items):
            return {"Set": [expression(item) for item in items]}
        case Context():
            return {"Var": "context"}
        case Get(of=of, key=key):
            return {".": {"left": expression(of), "attr": key}}
        case HasKey(of=of, key=key):
            return {"has": {"left": expression(of), "attr": key}}
        case Negate(item=item):
            return {"!": {"arg": expression(item)}}
        case AndAlso(items=items):
            return _fold("&&", items)
        case OrElse(items=items):
            return _fold("||", items)
        case Relate(op=op, left=left, right=right):
            return _binary(op, expression(left), expression(right))
        case Call():
            return _call(node)
        case Resembles(of=of, pattern=pattern):
            return {"like": {"left": expression(of), "pattern": _pattern(pattern)}}
        case _:
            assert_never(node)


def _binary(op: str, left: dict[str, Any], right: dict[str, Any]) -> dict[str, Any]:
    return {op: {"left": left, "right": right}}


def _fold(op: str, items: tuple[Expr, ...]) -> dict[str, Any]:
    return reduce(lambda left, right: _binary(op, left, right), map(expression, items))


def _call(node: Call) -> dict[str, Any]:
    if node.argument is None:
        return {node.method: {"arg": expression(node.of)}}
    if node.method in _DECIMAL_METHODS:  # functions of the decimal extension have a list of arguments
        return {node.method: [expression(node.of), expression(node.argument)]}
    return _binary(node.method, expression(node.of), expression(node.argument))


def _pattern(pattern: tuple[str | None, ...]) -> list[Any]:
    found: list[Any] = []
    for part in pattern:
        found += ["Wildcard"] if part is None else [{"Literal": c} for c in part]
    return found


def statement(policy: Statement) -> dict[str, Any]:
    """The JSON form of one policy; its id is the key under which it stands in `program`."""
    when = [] if policy.when == TRUE else [{"kind": "when", "body": expression(policy.when)}]
    return {
        "effect": policy.effect,
        "principal": {"op": "All"},
        "action": _action(policy),
        "resource": {"op": "All"},
        "conditions": when,
        "annotations": dict(policy.annotations),
    }


def _action(policy: Statement) -> dict[str, Any]:
    entities = [{"type": policy.action_type, "id": action} for action in policy.actions]
    if not entities:
        return {"op": "All"}
    return {"op": "==", "entity": entities[0]} if len(entities) == 1 else {"op": "in", "entities": entities}


def program(policies: Iterable[Statement]) -> str:
    """The JSON form of a policy set: each policy on a line of its own, so that two versions can be compared."""
    lines = (f"{_dumps(policy.id)}: {_dumps(statement(policy))}" for policy in policies)
    return '{"staticPolicies": {\n' + ",\n".join(lines) + '\n}, "templates": {}, "templateLinks": []}\n'


_dumps = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode

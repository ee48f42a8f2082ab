"""Conditions of constraints, from the language: `payload.amount <= 50 and payload.base != "main"`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from axtary.compiler import CompileError, compile_text
from axtary.compiler.diagnostics import quoted
from axtary.compiler.ir import And, Compare, Condition, Like, Not, Number, OneOf, Type, Value
from axtary.compiler.text import condition_text, pattern_text
from axtary.passes.errors import Reason, RefusedError

_POLICY = """\
version: 1
policies:
  - id: pass
    effect: allow
    match: {{tool: "*"}}
    when: {when}
"""


def from_text(text: str) -> list[dict[str, Any]]:
    """The conditions that a text says, as constraints have them. Raises RefusedError SCOPE_ILL_FORMED.

    Only what constraints can say: comparisons of one value of the payload each, joined by `and`.
    """
    try:
        condition = compile_text(_POLICY.format(when=json.dumps(text))).rules[0].when
    except CompileError as error:
        first = error.diagnostics[0]
        raise _refused(f"{first.message}: {first.help}" if first.help else first.message) from None
    if condition is None:
        raise _refused(f"{quoted(text)} is no condition")
    return list(_conditions(condition))


def _conditions(condition: Condition) -> Iterator[dict[str, Any]]:
    match condition:
        case And(items):
            for item in items:
                yield from _conditions(item)
        case Not(OneOf(values=(value,)) as test):
            yield _said(test, "!=", _plain(value))
        case OneOf(values=(value,)):
            yield _said(condition, "==", _plain(value))
        case OneOf(values=values):
            yield _said(condition, "in", list(map(_plain, values)))
        case Compare(op=op, value=value):
            yield _said(condition, op, _plain(value))
        case Like(attribute=attribute, patterns=patterns):
            verb = "matches" if attribute.type is Type.PATH else "like"
            yield _said(condition, verb, list(map(pattern_text, patterns)))
        case _:
            raise _refused(f"{quoted(condition_text(condition))} is more than a pass can ask for")


def _said(test: OneOf | Compare | Like, op: str, value: Any) -> dict[str, Any]:
    if test.attribute.root != "payload":
        raise _refused(f"{quoted(condition_text(test))} is not about the payload")
    return {"path": list(test.attribute.keys), "op": op, "value": value}


def _plain(value: Value) -> Any:
    if isinstance(value, Number):
        found = json.loads(str(value))
        if Decimal(str(value)) != Decimal(repr(found)):
            raise _refused(f"the number {value} has more digits than JSON keeps")
        return found
    return value if isinstance(value, str | bool) else str(value)


def _refused(detail: str) -> RefusedError:
    return RefusedError(Reason.SCOPE_ILL_FORMED, detail)

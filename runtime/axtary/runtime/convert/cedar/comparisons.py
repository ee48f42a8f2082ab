"""What expressions compare: attributes of the request with literals, as conditions of axtary."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from axtary.compiler.diagnostics import quoted
from axtary.compiler.ir import Field
from axtary.runtime.convert.draft import exactly, text, texts

Expression = Mapping[str, Any]
_FIELDS = {item.value: ".".join(item.path) for item in Field}
_RECORDS = ("string", "boolean", "number", "strings", "paths")
_COMPUTED = {
    "approved": "which approvals are met is worked out by the service",
    "usage": "usage is counted by the service",
    "derived": "this boolean is worked out by the service, and its test is in report.json only",
    "path": "which texts are canonical paths is worked out by the service",
    "integer": "an integer is declared under `tools` of a policy, which Cedar does not have",
    "decimal": "a decimal is declared under `tools` of a policy, which Cedar does not have",
    "timestamp": "a timestamp is a number of nanoseconds in Cedar",
}
_STEP = re.compile(r'\.[A-Za-z_][A-Za-z0-9_]*|\[("(?:[^"\\]|\\.)*")\]')
_ORDER = {"lessThan": "<", "lessThanOrEqual": "<=", "greaterThan": ">", "greaterThanOrEqual": ">="}
_BINARY = ("==", "!=", "contains", "containsAll", "containsAny")
_HELP = "docs/migration.md lists the attributes and operators that are understood"


class Unsaid(Exception):
    """The expression cannot be said: why, and what to write."""

    def __init__(self, why: str, help_text: str = _HELP) -> None:
        super().__init__(why)
        self.why, self.help = why, help_text


@dataclass(frozen=True)
class Read:
    """An attribute of the context: of a record, which may lack it, or (record "") a field, empty if it is absent."""

    record: str
    path: str

    @property
    def key(self) -> str:
        return f"{self.record} {self.path}".strip()


@dataclass(frozen=True)
class Atom:
    """A comparison. `field`: it is about this field, and `empty` is its value where that is absent."""

    text: str
    reads: tuple[Read, ...] = ()
    field: str | None = None
    empty: bool = False
    tools: tuple[str, ...] = ()


def atom(operator: str, body: Any) -> Atom:
    if operator in _BINARY:
        return _binary(operator, body["left"], body["right"])
    if operator in _ORDER:
        read, bound = _read(body[0]), _number(body[1])
        _expect(read, "number")
        return Atom(f"{read.path} {_ORDER[operator]} {bound}", (read,))
    if operator == "like":
        return _like(_read(body["left"]), body["pattern"])
    if operator == "isEmpty":
        read = _read(body["arg"])
        _expect(read, "strings", "paths")
        return Atom(f"count({read.path}) == 0", (read,))
    if operator == ".":
        read = _read({operator: body})
        _expect(read, "boolean")
        return Atom(f"{read.path} == true", (read,))
    raise Unsaid(f"the operator {quoted(operator)} has no counterpart")


def _binary(operator: str, left: Expression, right: Expression) -> Atom:
    if operator == "!=":
        raise Unsaid("`!=` is not kept", "write `!(… == …)`")
    if operator == "==":
        if only(left)[0] == "Value" or _is_decimal(left):
            left, right = right, left
        return _one_of(_read(left), [right])
    if only(left)[0] == "Set":
        return _in_set(operator, only(left)[1], _read(right))
    if operator == "contains" and _is_present(left):
        return Atom(f"has {_path(_string(right))}")
    read = _read(left)
    _expect(read, "strings", "paths")
    if operator == "contains":
        return Atom(f"any {read.path} in [{text(_string(right))}]", (read,))
    if operator == "containsAny" and only(right)[0] == "Set":
        return Atom(f"any {read.path} in [{_strings(only(right)[1])}]", (read,))
    raise Unsaid(f"`{operator}` of these two has no counterpart")


def _in_set(operator: str, items: Sequence[Expression], read: Read) -> Atom:
    if operator == "contains":
        return _one_of(read, items)
    _expect(read, "strings", "paths")
    if operator == "containsAll" and items:
        return Atom(f"(count({read.path}) == 0 or all {read.path} in [{_strings(items)}])", (read,))
    raise Unsaid(f"`{operator}` of these two has no counterpart")


def _one_of(read: Read, items: Sequence[Expression]) -> Atom:
    if not items:
        raise Unsaid("an empty set has no member", "delete the comparison")
    if read.record in ("", "string"):
        values = [_string(item) for item in items]
        said = _among(read, map(text, values))
        return Atom(said, (read,)) if read.record else _field_atom(read, said, "" in values, values)
    _expect(read, "boolean", "number")
    say = _boolean if read.record == "boolean" else _number
    return Atom(_among(read, map(say, items)), (read,))


def _among(read: Read, literals: Iterable[str]) -> str:
    """The attribute is one of the literals."""
    found = list(dict.fromkeys(literals))
    return f"{read.path} == {found[0]}" if len(found) == 1 else f"{read.path} in [{', '.join(found)}]"


def _like(read: Read, pattern: Sequence[Any]) -> Atom:
    _expect(read, "string", "")
    parts = "".join("*" if part == "Wildcard" else exactly(part["Literal"]) for part in pattern)
    if not parts:
        return _one_of(read, [{"Value": ""}])
    if parts.startswith("\\@") and not isinstance(pattern[0], Mapping):
        parts = parts[1:]
    found = f"{read.path} like {texts([parts])}"
    if read.record:
        return Atom(found, (read,))
    return _field_atom(read, found, set(parts) == {"*"}, None, parts)


def _field_atom(read: Read, said: str, empty: bool, values: Sequence[str] | None, pattern: str = "") -> Atom:
    tools: tuple[str, ...] = ()
    if read.path == "tool":
        tools = (pattern,) if values is None else tuple(exactly(value) for value in values if value)
    return Atom(said, (), read.path, empty, tools)


def only(expression: Expression) -> tuple[str, Any]:
    if not isinstance(expression, Mapping) or len(expression) != 1:
        raise Unsaid("an expression of an unknown form")
    return next(iter(expression.items()))


def _read(expression: Expression) -> Read:
    """An access: `context.<record>["path"]`, or a field."""
    operator, body = only(expression)
    if operator != ".":
        raise Unsaid(f"{_shown(operator, body)} is no attribute of the context")
    inner, of = only(body["left"])
    if inner == "Var" and of == "context":
        return _field(body["attr"])
    return record_of(body["left"], body["attr"])


def _field(name: str) -> Read:
    if name not in _FIELDS:
        raise Unsaid(_COMPUTED.get(name, f"{quoted(f'context.{name}')} is no attribute that requests have"))
    return Read("", _FIELDS[name])


def record_of(expression: Expression, key: str) -> Read:
    operator, body = only(expression)
    if operator == "Var":
        raise Unsaid(f"{quoted(f'{body}.{key}')} is no record with a key", 'write `context.string has "payload.base"`')
    inner, of = only(body["left"]) if operator == "." else ("", None)
    if inner != "Var" or of != "context":
        raise Unsaid("an access to something else than a record of the context")
    record = body["attr"]
    if record not in _RECORDS:
        raise Unsaid(_COMPUTED.get(record, f"{quoted(f'context.{record}')} is no record that requests have"))
    if (record == "paths") != (key == "paths"):
        raise Unsaid(f"requests have no {quoted(key)} in the record {quoted(record)}")
    return Read(record, _path(key))


def _path(key: str) -> str:
    """The path of an attribute, which goes into a condition as it is: so nothing but a path passes."""
    root = re.match(r"[A-Za-z_][A-Za-z0-9_]*", key)
    at = root.end() if root else -1
    while 0 <= at < len(key):
        step = _STEP.match(key, at)
        at = step.end() if step and _is_string(step[1]) else -1
    if at < 0:
        raise Unsaid(f"{quoted(key)} is no path of an attribute", 'write for example `context.string["payload.base"]`')
    return key


def _is_string(quoted_step: str | None) -> bool:
    try:
        return quoted_step is None or isinstance(json.loads(quoted_step), str)
    except ValueError:
        return False


def _is_present(expression: Expression) -> bool:
    return dict(expression) == {".": {"left": {"Var": "context"}, "attr": "present"}}


def _expect(read: Read, *records: str) -> None:
    if read.record not in records:
        raise Unsaid(f"this operator does not fit {quoted(read.path)} of the record {quoted(read.record or 'context')}")


def _value(expression: Expression) -> Any:
    operator, body = only(expression)
    if operator != "Value":
        raise Unsaid(f"{_shown(operator, body)} is no literal", "compare an attribute with literals")
    return body


def _string(expression: Expression) -> str:
    value = _value(expression)
    if not isinstance(value, str):
        raise Unsaid(f"{quoted(json.dumps(value))} is no text")
    return value


def _strings(items: Sequence[Expression]) -> str:
    if not items:
        raise Unsaid("an empty set has no member", "delete the comparison")
    return ", ".join(dict.fromkeys(text(_string(item)) for item in items))


def _boolean(expression: Expression) -> str:
    value = _value(expression)
    if not isinstance(value, bool):
        raise Unsaid(f"{quoted(json.dumps(value))} is no boolean")
    return json.dumps(value)


def _is_decimal(expression: Expression) -> bool:
    return only(expression)[0] == "decimal"


def _number(expression: Expression) -> str:
    operator, body = only(expression)
    if operator != "decimal":
        raise Unsaid(
            "a number is compared with a decimal: the record `number` holds decimals", 'write `decimal("12.0")`'
        )
    try:
        number = Decimal(_string(body[0]))
    except InvalidOperation:
        raise Unsaid("it is no decimal", 'write for example `decimal("12.0")`') from None
    shown = f"{number:f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def _shown(operator: str, body: Any) -> str:
    return quoted(str(body)) if operator in ("Var", "Value") else f"the operator {quoted(operator)}"

"""What a grant is for: its `constraints`, read strictly, and asked of an action.

    {"tools": [name patterns], "resources": [path patterns, as `match.resource` has them],
     "payload": [{"path": ["amount"], "op": "<=", "value": 50}],
     "budget": [{"limit": "10.00", "unit": "USD"}], "hops": 1}

What is absent restricts nothing, but for `hops`: 0 says that the pass may not be handed on. All conditions on the
payload must definitely hold: one that cannot be evaluated does not.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from axtary.backends.native.conditions import Check, field_text, predicate
from axtary.backends.native.patterns import any_of
from axtary.backends.native.values import Frame, Reads
from axtary.compiler.clauses import Literal, Rail
from axtary.compiler.diagnostics import quoted
from axtary.compiler.ir import (
    Attribute,
    Compare,
    Instant,
    Like,
    Not,
    Number,
    OneOf,
    Order,
    Pattern,
    Type,
    Value,
    Wildcard,
    path_text,
)
from axtary.compiler.literals import parse_number, parse_timestamp
from axtary.compiler.patterns import Dialect, parse
from axtary.compiler.syntax import SyntaxProblem
from axtary.compiler.text import condition_text as language_text
from axtary.passes.errors import Reason, RefusedError
from axtary.runtime.claims import amount
from axtary.runtime.messages import shown
from axtary.runtime.state import StateError

Json = Any

MAX_HOPS = 7
MAX_PATTERNS = 64  # of one list, with the alternatives of braces
MAX_CHARACTERS = 4096  # of the patterns of one list, and of the values of one
MAX_CONDITIONS = 32
MAX_VALUES = 64
MAX_PAYLOAD = 4096  # characters of all conditions, as JSON
MAX_STEPS = 16  # of the path of a condition
MAX_BUDGETS = 8
MAX_UNIT = 64  # characters
OPS = ("==", "!=", "in", "<", "<=", ">", ">=", "like", "matches")
ANYTHING = (Pattern((Wildcard.ANY,), text="*"),)
_ORDERS: Mapping[str, Order] = {"<": "<", "<=": "<=", ">": ">", ">=": ">="}


@dataclass(frozen=True)
class Scope:
    """The actions that a pass is for. `budget`: unit -> limit in ten-thousandths."""

    tools: tuple[Pattern, ...] = ANYTHING
    resources: tuple[Pattern, ...] = ANYTHING
    payload: tuple[Literal, ...] = ()
    budget: Mapping[str, int] = field(default_factory=dict)
    hops: int = 0

    @classmethod
    def read(cls, constraints: Json) -> Scope:
        """The scope that `constraints` say. Raises RefusedError SCOPE_ILL_FORMED, TOO_COMPLEX."""
        if type(constraints) is not dict:
            raise _ill_formed("they are no object")
        for name in sorted(constraints.keys() - _READERS.keys()):
            raise _ill_formed(f"{quoted(name)} is not known: known are {', '.join(_READERS)}")
        return cls(**{name: _READERS[name](value) for name, value in constraints.items()})

    def admits(self, action: Mapping[str, Json]) -> str | None:
        """None if the pass is for the action, as far as the constraints say; else why it is not.

        The action came through the door. Of its payload, what is missing or of another type meets no condition.
        """
        tool, resource = field_text(action.get("tool")), field_text(action.get("resource"))
        if not self._matches_tool(tool):
            return f"the tool {quoted(tool)} is not among its tools"
        if not self._matches_resource(resource):
            return f"the resource {quoted(resource)} is not among its resources"
        frame = Frame(action, {})
        unmet = next((literal for literal, holds in self._checks if not holds(frame)), None)
        return None if unmet is None else f"it does not meet {condition_text(unmet)}"

    @cached_property
    def _matches_tool(self) -> Callable[[str], bool]:
        return any_of(self.tools)

    @cached_property
    def _matches_resource(self) -> Callable[[str], bool]:
        return any_of(self.resources)

    @cached_property
    def _checks(self) -> tuple[tuple[Literal, Check], ...]:
        reads = Reads()
        return tuple((each, predicate(each, "", reads)) for each in self.payload)


def condition_text(condition: Literal) -> str:
    """A condition of a payload, for a message."""
    test = condition_of(condition)
    return quoted(language_text(Not(test) if condition.rail is Rail.FALSE else test), 120)


def condition_of(literal: Literal) -> OneOf | Compare | Like:
    """What a condition of a scope asks of its value."""
    if not isinstance(literal.test, OneOf | Compare | Like):
        raise TypeError(f"{literal.test!r} is no condition of a scope")
    return literal.test


def _ill_formed(detail: str) -> RefusedError:
    return RefusedError(Reason.SCOPE_ILL_FORMED, detail)


# --- patterns -------------------------------------------------------------------------------------------------------


def _patterns(value: Json, dialect: Dialect, what: str, *, groups: bool = True) -> tuple[Pattern, ...]:
    """`groups`: would a leading `@` be one in a policy? A pass has none."""
    found: list[Pattern] = []
    for text in _texts(value, what):
        if groups and text.startswith("@"):
            raise _ill_formed(f"{what}: {quoted(text)}: a pass knows no groups: write `\\@` for the character")
        try:
            found += parse(text, dialect)
        except SyntaxProblem as problem:
            raise _ill_formed(f"{what}: {problem}: {problem.help}") from None
        _bounded(found, what)
    return tuple(found)


def _texts(value: Json, what: str) -> list[str]:
    if type(value) is not list or not value:
        raise _ill_formed(f"{what}: write a list with at least one pattern")
    for each in value:
        if type(each) is not str:
            raise _ill_formed(f"{what}: {shown(each)} is no text")
    return value


def _bounded(patterns: list[Pattern], what: str) -> None:
    size = sum(len(token) if isinstance(token, str) else 1 for pattern in patterns for token in pattern.tokens)
    if len(patterns) > MAX_PATTERNS or size > MAX_CHARACTERS:
        detail = f"{what}: more than {MAX_PATTERNS} patterns, or {MAX_CHARACTERS} characters of them"
        raise RefusedError(Reason.TOO_COMPLEX, detail)


# --- conditions on the payload --------------------------------------------------------------------------------------


def _payload(value: Json) -> tuple[Literal, ...]:
    if type(value) is not list:
        raise _ill_formed("payload: write a list of conditions")
    if len(value) > MAX_CONDITIONS:
        raise RefusedError(Reason.TOO_COMPLEX, f"payload: more than {MAX_CONDITIONS} conditions")
    if len(json.dumps(value)) > MAX_PAYLOAD:
        raise RefusedError(Reason.TOO_COMPLEX, f"payload: more than {MAX_PAYLOAD} characters")
    found = tuple(map(_condition, value))
    kinds: dict[tuple[str, ...], str] = {}
    for attribute in (condition_of(each).attribute for each in found):
        kind = _KINDS[attribute.type]
        if kinds.setdefault(attribute.keys, kind) != kind:
            text = f"{quoted(path_text(attribute.path))} is read as a {kinds[attribute.keys]} and as a {kind}"
            raise _ill_formed(f"payload: {text}: a value has one type")
    return found


_KINDS: Mapping[Type, str] = {
    Type.STRING: "text",
    Type.PATH: "text",
    Type.NUMBER: "number",
    Type.DECIMAL: "number",
    Type.BOOLEAN: "boolean",
    Type.TIMESTAMP: "timestamp",
}


def _condition(value: Json) -> Literal:
    if type(value) is not dict or value.keys() != {"path", "op", "value"}:
        raise _ill_formed('payload: write a condition as {"path": ["amount"], "op": "<=", "value": 50}')
    keys, op, wanted = _path(value["path"]), value["op"], value["value"]
    if type(op) is not str or op not in OPS:
        raise _ill_formed(f"payload: {shown(op)} is no operator: write one of {', '.join(OPS)}")
    if op in ("like", "matches"):
        texts = wanted if type(wanted) is list else [wanted]
        dialect, kind = (Dialect.NAME, Type.STRING) if op == "like" else (Dialect.PATH, Type.PATH)
        return Literal(Like(_read(keys, kind), _patterns(texts, dialect, "payload", groups=False)), Rail.TRUE)
    if op in _ORDERS:
        bound, kind = _bound(wanted)
        return Literal(Compare(_read(keys, kind), _ORDERS[op], bound), Rail.TRUE)
    if op == "in":
        values, kind = _values(wanted)
    else:
        values, kind = _values([wanted])
    return Literal(OneOf(_read(keys, kind), values), Rail.FALSE if op == "!=" else Rail.TRUE)


def _read(keys: tuple[str, ...], kind: Type) -> Attribute:
    return Attribute("payload", keys, kind)


def _path(value: Json) -> tuple[str, ...]:
    if type(value) is not list or not value or not all(type(key) is str for key in value):
        raise _ill_formed('payload: write a path below the payload as a list of names: ["amount"]')
    if len(value) > MAX_STEPS or sum(map(len, value)) > MAX_CHARACTERS:
        raise RefusedError(Reason.TOO_COMPLEX, f"payload: a path of more than {MAX_STEPS} steps")
    return tuple(value)


def _bound(value: Json) -> tuple[Number | Instant, Type]:
    """A number for numbers; as a text, a decimal for numbers and decimals that are texts, or a timestamp."""
    if type(value) is not str:
        return _number(value, Type.NUMBER), Type.NUMBER
    if "T" in value:
        try:
            return parse_timestamp(value), Type.TIMESTAMP
        except ValueError as error:
            raise _ill_formed(f"payload: {shown(value)} {error}") from None
    return _number(value, Type.DECIMAL), Type.DECIMAL


def _values(value: Json) -> tuple[tuple[Value, ...], Type]:
    if type(value) is not list or not value:
        raise _ill_formed("payload: `in` has a list with at least one value")
    if len(value) > MAX_VALUES or sum(len(each) for each in value if type(each) is str) > MAX_CHARACTERS:
        raise RefusedError(Reason.TOO_COMPLEX, f"payload: more than {MAX_VALUES} values in a list")
    kinds = {"number" if type(each) in (int, float) else type(each).__name__ for each in value}
    if kinds == {"str"}:
        return tuple(value), Type.STRING
    if kinds == {"bool"}:
        return tuple(value), Type.BOOLEAN
    if kinds == {"number"}:
        return tuple(_number(each, Type.NUMBER) for each in value), Type.NUMBER
    raise _ill_formed("payload: values are texts, numbers or booleans, and of one kind in a list")


def _number(value: Json, kind: Type) -> Number:
    if type(value) not in (int, float, str):
        raise _ill_formed(f"payload: {shown(value)} is no number")
    try:
        return parse_number(value if type(value) is str else json.dumps(value), kind)
    except ValueError as error:
        raise _ill_formed(f"payload: {shown(value)} {error}") from None


# --- the rest -------------------------------------------------------------------------------------------------------


def _budget(value: Json) -> Mapping[str, int]:
    listed = value if type(value) is list else [value]
    if not listed or len(listed) > MAX_BUDGETS:
        raise _ill_formed(f"budget: write one, or a list of at most {MAX_BUDGETS}")
    found: dict[str, int] = {}
    for each in listed:
        if type(each) is not dict or each.keys() != {"limit", "unit"} or type(each["limit"]) is not str:
            raise _ill_formed('budget: write {"limit": "10.00", "unit": "USD"}')
        unit = each["unit"]
        if type(unit) is not str or not unit.strip() or len(unit) > MAX_UNIT or unit in found:
            raise _ill_formed(f"budget: {shown(unit)} is no unit, or stands twice")
        try:
            found[unit] = amount(each["limit"])
        except StateError as error:
            raise _ill_formed(f"budget: {error}") from None
    return found


def _hops(value: Json) -> int:
    if type(value) is not int or not 0 <= value <= MAX_HOPS:
        raise _ill_formed(f"hops: write a whole number from 0 to {MAX_HOPS}")
    return value


_READERS: Mapping[str, Callable[[Json], Any]] = {
    "tools": lambda value: _patterns(value, Dialect.NAME, "tools"),
    "resources": lambda value: _patterns(value, Dialect.RESOURCE, "resources"),
    "payload": _payload,
    "budget": _budget,
    "hops": _hops,
}

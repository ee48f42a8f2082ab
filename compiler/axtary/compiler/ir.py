"""The intermediate representation: the one data structure between the policy text and every engine.

Frozen and typed; each node says what it means when the attribute it reads is missing or has another type.
A condition is three-valued (true, false, undefined) and and/or/not are Kleene's. Spans never take part in
equality, nor in the hash: two policies that decide alike by their text in another order are one policy.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from dataclasses import field as _field
from enum import Enum, StrEnum
from functools import cache, cached_property
from typing import Any, Literal

IR_VERSION = 1
SCALE = 10_000  # numbers are kept as whole ten-thousandths: four fraction digits, exact
INT_MAX = 2**53 - 1  # integers of I-JSON (RFC 7493)
NUMBER_MAX = 2**63 - 1  # of a scaled number: what Cedar's decimal can hold


@dataclass(frozen=True, slots=True)
class Span:
    """A place in a source: 1-based lines and columns in code points; the end is exclusive."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int


NOWHERE = Span("", 0, 0, 0, 0)


class Type(StrEnum):
    """The type by which a condition reads an attribute. A value of another type makes the read undefined."""

    STRING = "string"
    PATH = "path"  # a string in canonical path form
    BOOLEAN = "boolean"
    NUMBER = "number"  # JSON number, at most 4 fraction digits, |value * 10^4| in a signed 64-bit integer
    INTEGER = "integer"  # JSON number, integral, within +-(2^53-1)
    DECIMAL = "decimal"  # as number, or a JSON string of such a value
    TIMESTAMP = "timestamp"  # string, RFC 3339
    STRINGS = "strings"  # list of strings, typed as a whole
    PATHS = "paths"  # list of strings in canonical path form, typed as a whole

    @property
    def phrase(self) -> str:
        """What a value is, in a sentence: `an integer`, `a list of strings`."""
        if self in (Type.STRINGS, Type.PATHS):
            return f"a list of {self.value}"
        return f"{'an' if self is Type.INTEGER else 'a'} {self.value}"


NUMERIC = frozenset({Type.NUMBER, Type.INTEGER, Type.DECIMAL})


@dataclass(frozen=True, slots=True, order=True)
class Number:
    """An exact number with four fraction digits: value * 10^4."""

    scaled: int

    @classmethod
    def of(cls, text: str) -> Number:
        """Of what `str` gives. Raises ValueError."""
        whole, _, part = text.removeprefix("-").partition(".")
        scaled = int(whole) * SCALE + int(part.ljust(4, "0")[:4])
        return cls(-scaled if text.startswith("-") else scaled)

    def __str__(self) -> str:
        sign = "-" if self.scaled < 0 else ""
        whole, part = divmod(abs(self.scaled), SCALE)
        return f"{sign}{whole}" + (f".{part:04d}".rstrip("0") if part else "")


@dataclass(frozen=True, slots=True, order=True)
class Instant:
    """A point in time: nanoseconds since 1970-01-01T00:00:00Z."""

    ns: int

    def __str__(self) -> str:
        return str(self.ns)


Value = str | bool | Number | Instant


class Wildcard(Enum):
    """What a pattern has besides literal text."""

    STAR = "*"  # any run of characters without "/", also empty
    ANY = "**"  # any run of characters, also empty
    SEGMENTS = "**/"  # nothing, or any run that ends with "/"


Token = str | Wildcard


@dataclass(frozen=True, slots=True)
class Pattern:
    """One alternative, after groups and braces: matches a whole text, case-sensitively, by code points.

    Both dialects end here: a name pattern has `ANY` only. No two literals and no two wildcards that could be
    one stand side by side. `inside` patterns match no text that is, or begins with the segment, `@home` or `@root`.
    """

    tokens: tuple[Token, ...]
    inside: bool = False
    text: str = _field(default="", compare=False)
    span: Span = _field(default=NOWHERE, compare=False, repr=False)

    @property
    def literal(self) -> str | None:
        """The only text that it matches, or None if it has wildcards."""
        if not self.tokens:
            return ""
        first = self.tokens[0]
        return first if len(self.tokens) == 1 and isinstance(first, str) and not self.inside else None


@dataclass(frozen=True, slots=True)
class Attribute:
    """A read of one value of the action, e.g. `payload.a["odd key"]` is root `payload`, keys `a`, `odd key`.

    Undefined if a step is missing or goes through something that is not an object, if the value is null, or if it
    is not of `type`.
    """

    root: str
    keys: tuple[str, ...]
    type: Type
    span: Span = _field(default=NOWHERE, compare=False, repr=False)

    @property
    def path(self) -> tuple[str, ...]:
        return (self.root, *self.keys)


# --- conditions: the leaves ("atoms") ---


@dataclass(frozen=True, slots=True)
class OneOf:
    """`attribute == value`, `attribute in [values]`. Undefined if the attribute is."""

    attribute: Attribute
    values: tuple[Value, ...]
    span: Span = _field(default=NOWHERE, compare=False, repr=False)


Order = Literal["<", "<=", ">", ">="]
Comparison = Literal["==", "<", "<=", ">", ">="]
OPPOSITE: Mapping[str, Order] = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
"""The order that holds, of defined values, where another does not; `==` has none."""


@dataclass(frozen=True, slots=True)
class Compare:
    """`attribute < value`: numbers and timestamps only. Undefined if the attribute is."""

    attribute: Attribute
    op: Order
    value: Number | Instant
    span: Span = _field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class CompareAttributes:
    """`left op right` for two attributes of comparable types. Undefined if either is."""

    left: Attribute
    op: Comparison
    right: Attribute
    span: Span = _field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Like:
    """`attribute like p` (type STRING) and `attribute matches p` (type PATH): any of the patterns.

    Undefined if the attribute is; a text that is no canonical path is undefined for `matches`.
    """

    attribute: Attribute
    patterns: tuple[Pattern, ...]
    span: Span = _field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Quantified:
    """`any|all attribute like|matches|in ...`, `attribute contains value` (any, one value).

    True if some (every) element is one of `values` or matches one of `patterns`; exactly one of them is not empty.
    Both quantifiers are false on the empty list. Undefined if the attribute is.
    """

    attribute: Attribute
    quantifier: Literal["any", "all"]
    values: tuple[str, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    span: Span = _field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Count:
    """`count(attribute) op n`: the number of elements, duplicates counted. Undefined if the attribute is."""

    attribute: Attribute
    op: Comparison
    n: int
    span: Span = _field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Has:
    """`has path`: the key is there, whatever its value. Never undefined; a step through a non-object gives false."""

    root: str
    keys: tuple[str, ...]
    span: Span = _field(default=NOWHERE, compare=False, repr=False)

    @property
    def path(self) -> tuple[str, ...]:
        return (self.root, *self.keys)


Atom = OneOf | Compare | CompareAttributes | Like | Quantified | Count | Has


# --- conditions: the inner nodes ---


@dataclass(frozen=True, slots=True)
class And:
    """Kleene: false if an item is false, else undefined if an item is undefined, else true. Two items or more."""

    items: tuple[Condition, ...]
    span: Span = _field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Or:
    """Kleene: true if an item is true, else undefined if an item is undefined, else false. Two items or more."""

    items: tuple[Condition, ...]
    span: Span = _field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Not:
    """Kleene: undefined stays undefined. `a != b` is `not a == b`; `none` is `not any`."""

    item: Condition
    span: Span = _field(default=NOWHERE, compare=False, repr=False)


Condition = And | Or | Not | Atom


# --- rules ---


class Field(StrEnum):
    """What `match` looks at. Always a string: an absent attribute reads as the empty string."""

    TOOL = "tool"
    RESOURCE = "resource"
    ACTOR = "actor"  # actor.agent
    TENANT = "tenant"  # actor.tenant
    OWNER = "owner"  # actor.owner
    TASK = "task"  # intent.task

    @property
    def path(self) -> tuple[str, ...]:
        """Where the value stands in an action."""
        return _FIELD_PATHS[self.value]


_FIELD_PATHS = {
    "tool": ("tool",),
    "resource": ("resource",),
    "actor": ("actor", "agent"),
    "tenant": ("actor", "tenant"),
    "owner": ("actor", "owner"),
    "task": ("intent", "task"),
}


@dataclass(frozen=True, slots=True)
class Match:
    """The field matches any of the patterns. Two-valued."""

    field: Field
    patterns: tuple[Pattern, ...]
    span: Span = _field(default=NOWHERE, compare=False, repr=False)


class Effect(StrEnum):
    ALLOW = "allow"
    DENY = "deny"
    STEP_UP = "step_up"


@dataclass(frozen=True, slots=True)
class BlockedPaths:
    """Met if no element of `paths` matches a pattern. Not met if `paths` is missing, ill-typed or not canonical."""

    patterns: tuple[Pattern, ...]
    span: Span = _field(default=NOWHERE, compare=False, repr=False)


WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class Window:
    """Local weekdays (0 = Monday) and minutes of the day: `start` inclusive, `end` exclusive, 0..1440.

    `end < start` goes over midnight and belongs to the day on which it starts.
    """

    days: tuple[int, ...]
    start: int
    end: int
    zone: str
    span: Span = _field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Hours:
    """Met if the action's `time` lies in any of the windows. Not met if `time` is missing or no RFC 3339 time."""

    windows: tuple[Window, ...]
    span: Span = _field(default=NOWHERE, compare=False, repr=False)


Per = Literal["actor", "tenant", "owner", "task", "tool", "resource"]


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `limit` calls in `seconds`, counted per `per`. Met if facts.usage[rule] is an integer in [0, limit)."""

    limit: int
    seconds: int
    per: Per
    span: Span = _field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Budget:
    """Met, in the pure decision, if the cost is defined and 0 <= cost <= limit; the reservation does the rest."""

    limit: Number
    unit: str
    per: Per
    seconds: int
    cost: Number | Attribute
    span: Span = _field(default=NOWHERE, compare=False, repr=False)


Obligation = BlockedPaths | Hours | Rate | Budget


@dataclass(frozen=True, slots=True)
class Approvers:
    """Met if at least `quorum` distinct approvers hold one of `roles` (no roles: any role, or none)."""

    roles: tuple[str, ...] = ()
    quorum: int = 1
    span: Span = _field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `match` always has the tool first; a field that is not there matches anything."""

    id: str
    effect: Effect
    match: tuple[Match, ...]
    when: Condition | None = None
    obligations: tuple[Obligation, ...] = ()
    approvers: Approvers | None = None  # step_up: always there; else None
    ttl: int | None = None  # seconds
    description: str = _field(default="", compare=False)
    span: Span = _field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True)
class Policy:
    """A whole policy. Rules are sorted by id; `tzdata` names the zone data if a rule reads local time, else ''."""

    rules: tuple[Rule, ...]
    tzdata: str = ""

    @cached_property
    def by_id(self) -> dict[str, Rule]:
        return {rule.id: rule for rule in self.rules}

    @cached_property
    def policy_version(self) -> str:
        """`sha256:` + hex over the RFC 8785 form without positions and descriptions.

        `json` writes that form, several times faster, as this has ASCII keys and, of numbers, small integers only.
        """
        form = to_json(self, spans=False)
        text = json.dumps(form, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def atoms(condition: Condition | None) -> Iterator[Atom]:
    """The leaves in source order."""
    if isinstance(condition, And | Or):
        for item in condition.items:
            yield from atoms(item)
    elif isinstance(condition, Not):
        yield from atoms(condition.item)
    elif condition is not None:
        yield condition


def attributes(condition: Atom) -> tuple[Attribute, ...]:
    """The typed attributes that a leaf reads."""
    if isinstance(condition, CompareAttributes):
        return (condition.left, condition.right)
    return () if isinstance(condition, Has) else (condition.attribute,)


_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


def path_text(path: tuple[str, ...]) -> str:
    """An attribute path as an author writes it: `payload.a["odd key"]`."""
    steps = (f".{key}" if _PLAIN.match(key) else f"[{json.dumps(key, ensure_ascii=False)}]" for key in path[1:])
    return path[0] + "".join(steps)


# --- JSON form ---

_SILENT = {"span", "description", "text"}


@cache
def field_names(kind: Any, spans: bool = False) -> tuple[str, ...]:
    """The fields of a node that its JSON form holds."""
    return tuple(f.name for f in fields(kind) if spans or f.name not in _SILENT)


def to_json(node: Any, *, spans: bool = True) -> Any:
    """The JSON form. With `spans=False` it holds just what can change a decision: that form is hashed."""
    match node:
        case str() | bool() | int():
            return node.value if isinstance(node, StrEnum) else node
        case tuple():
            return [to_json(item, spans=spans) for item in node]
        case Span():
            return f"{node.file}:{node.line}:{node.column}-{node.end_line}:{node.end_column}"
        case Number():
            return {"number": str(node)}
        case Instant():
            return {"ns": str(node)}
        case Wildcard():
            return {"wildcard": node.value}
        case Policy():
            body = {"ir_version": IR_VERSION, "rules": to_json(node.rules, spans=spans)}
            return body | ({"tzdata": node.tzdata} if node.tzdata else {})
    kind: Any = type(node)
    found: dict[str, Any] = {"node": kind.__name__}
    for name in field_names(kind, spans):
        value = getattr(node, name)
        if value is not None and value != () and value != "":
            found[name] = to_json(value, spans=spans)
    return found

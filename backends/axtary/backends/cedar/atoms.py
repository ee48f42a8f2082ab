"""Leaves to Cedar: for each, when it is defined and, given that, what it is.

`defined && value` never errors: `defined` holds the `has` that guards every optional attribute in `value`.
"""

from __future__ import annotations

from typing import assert_never

from axtary.backends.cedar.patterns import exact_texts, lower
from axtary.backends.cedar.tree import (
    FALSE,
    Call,
    Const,
    Context,
    Decimal,
    Expr,
    Get,
    HasKey,
    Method,
    Relate,
    SetOf,
    both,
    negate,
)
from axtary.backends.verdict import EngineError
from axtary.compiler.clauses import Rail
from axtary.compiler.ir import (
    SCALE,
    Attribute,
    Compare,
    CompareAttributes,
    Comparison,
    Count,
    Instant,
    Like,
    Number,
    OneOf,
    Quantified,
    Type,
    Value,
    path_text,
)

Answer = tuple[Expr, Expr]  # defined, value
Typed = OneOf | Compare | CompareAttributes | Like | Quantified | Count  # leaves that read typed attributes

CONTEXT = Context()
_DECIMALS = frozenset({Type.NUMBER, Type.DECIMAL})
_LONGS = frozenset({Type.INTEGER, Type.TIMESTAMP})
_TEXTS = frozenset({Type.STRING, Type.PATH})
_METHODS: dict[str, Method] = {
    "<": "lessThan",
    "<=": "lessThanOrEqual",
    ">": "greaterThan",
    ">=": "greaterThanOrEqual",
}


def optional(record: str, key: str) -> Answer:
    """A key of one of the context's records that may be absent."""
    of = Get(CONTEXT, record)
    return HasKey(of, key), Get(of, key)


def read(attribute: Attribute) -> Answer:
    """An attribute by its type."""
    return optional(attribute.type.value, path_text(attribute.path))


def on_rail(answer: Answer, rail: Rail) -> Expr:
    """The two-valued question about a three-valued answer."""
    defined, value = answer
    match rail:
        case Rail.TRUE:
            return both((defined, value))
        case Rail.FALSE:
            return both((defined, negate(value)))
        case Rail.NOT_TRUE:
            return negate(both((defined, value)))
        case Rail.NOT_FALSE:
            return negate(both((defined, negate(value))))
        case _:
            assert_never(rail)


def native(atom: Typed) -> Answer | None:
    """The exact Cedar form of a leaf, or None if Cedar has none."""
    match atom:
        case OneOf():
            defined, value = read(atom.attribute)
            return defined, _one_of(value, atom.attribute.type, atom.values)
        case Compare():
            defined, value = read(atom.attribute)
            return defined, compare(value, atom.attribute.type, atom.op, atom.value)
        case CompareAttributes():
            return _compare_attributes(atom)
        case Like():
            defined, value = read(atom.attribute)
            found = lower(atom.patterns, value)
            return None if found is None else (defined, found)
        case Quantified():
            return _quantified(atom)
        case Count():
            return _count(atom)
        case _:
            assert_never(atom)


def _one_of(value: Expr, kind: Type, values: tuple[Value, ...]) -> Expr:
    constants = [constant for constant in (_constant(kind, v) for v in values) if constant is not None]
    if not constants:
        return FALSE
    if len(constants) == 1:
        return Relate("==", value, constants[0])
    return Call(SetOf(tuple(constants)), "contains", value)


def _constant(kind: Type, value: Value) -> Const | Decimal | None:
    """A literal beside an attribute of this type; None if no value of the type is equal to it."""
    if isinstance(value, bool) and kind is Type.BOOLEAN:
        return Const(value)
    if isinstance(value, str) and kind in _TEXTS:
        return Const(value)
    if isinstance(value, Instant) and kind is Type.TIMESTAMP:
        return Const(value.ns)
    if isinstance(value, Number) and kind in _DECIMALS:
        return Decimal(value.scaled)
    if isinstance(value, Number) and kind is Type.INTEGER:
        return None if value.scaled % SCALE else Const(value.scaled // SCALE)
    raise EngineError(f"a literal {value!r} beside an attribute of type {kind.value}")


def compare(value: Expr, kind: Type, op: Comparison, bound: Number | Instant) -> Expr:
    """`value op bound`, exactly, also for an integer and a fraction."""
    if kind is Type.INTEGER and isinstance(bound, Number):
        # x < 1.5 is x < 2 and x <= 1.5 is x <= 1: round the bound to the side where no integer changes places.
        down = bound.scaled // SCALE
        up = -(-bound.scaled // SCALE)
        return Relate(op, value, Const(up if op in ("<", ">=") else down))
    constant = _constant(kind, bound)
    if constant is None or kind not in _DECIMALS | _LONGS:
        raise EngineError(f"no order on the type {kind.value}")
    return _ordered(value, kind, op, constant)


def within(value: Expr, kind: Type, low: Number, high: Number) -> Expr:
    """`low <= value <= high`."""
    return both((compare(value, kind, ">=", low), compare(value, kind, "<=", high)))


def _ordered(left: Expr, kind: Type, op: Comparison, right: Expr) -> Expr:
    if kind in _DECIMALS and op != "==":
        return Call(left, _METHODS[op], right)
    return Relate(op, left, right)


def _compare_attributes(atom: CompareAttributes) -> Answer | None:
    kinds = {atom.left.type, atom.right.type}
    comparable = any(kinds <= family for family in (_DECIMALS, {Type.INTEGER}, {Type.TIMESTAMP}))
    if not comparable and not (atom.op == "==" and any(kinds <= family for family in (_TEXTS, {Type.BOOLEAN}))):
        return None
    (left_defined, left), (right_defined, right) = read(atom.left), read(atom.right)
    return both((left_defined, right_defined)), _ordered(left, atom.left.type, atom.op, right)


def _quantified(atom: Quantified) -> Answer | None:
    texts = atom.values or exact_texts(atom.patterns)
    if texts is None:
        return None
    defined, items = read(atom.attribute)
    return defined, quantify(items, atom.quantifier, texts)


def quantify(items: Expr, quantifier: str, texts: tuple[str, ...]) -> Expr:
    """Some (every) item is one of the texts; false for no items."""
    if not texts:
        return FALSE
    constants = SetOf(tuple(map(Const, texts)))
    if quantifier == "any":
        return Call(items, "containsAny", constants) if len(texts) > 1 else Call(items, "contains", Const(texts[0]))
    return both((negate(Call(items, "isEmpty")), Call(constants, "containsAll", items)))


def _count(atom: Count) -> Answer | None:
    """Cedar's sets have no size, and drop duplicates; but "none" and "some" they know."""
    none = {("==", 0), ("<=", 0), ("<", 1)}
    some = {(">", 0), (">=", 1)}
    if (atom.op, atom.n) not in none | some:
        return None
    defined, items = read(atom.attribute)
    empty = Call(items, "isEmpty")
    return defined, empty if (atom.op, atom.n) in none else negate(empty)

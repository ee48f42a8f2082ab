"""The target tree: what a Cedar policy is made of, before it is printed as text or as JSON.

It mirrors the shape of Cedar's own JSON form (the "EST") and knows nothing of axtary. `AndAlso` and `OrElse` are
built by `both` and `either` only, which keep each of them short: Cedar's parser and evaluator recurse, so a chain
of a thousand items has to be a shallow tree.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from axtary.compiler.ir import SCALE

WIDTH = 8  # items in one chain; Cedar folds a chain to the left, so this is also its depth


@dataclass(frozen=True, slots=True)
class Const:
    """A Bool, Long or String literal."""

    value: bool | int | str


@dataclass(frozen=True, slots=True)
class Decimal:
    """`decimal("1.5")`: whole ten-thousandths, just as Cedar keeps them."""

    scaled: int

    def __str__(self) -> str:
        return decimal_text(self.scaled)


@dataclass(frozen=True, slots=True)
class SetOf:
    """`[a, b]` of literals; never empty, as the strict validator cannot type an empty one."""

    items: tuple[Const | Decimal, ...]


@dataclass(frozen=True, slots=True)
class Context:
    """The variable `context`."""


@dataclass(frozen=True, slots=True)
class Get:
    """`of.key`: an error if the record has no such key."""

    of: Expr
    key: str


@dataclass(frozen=True, slots=True)
class HasKey:
    """`of has key`."""

    of: Expr
    key: str


@dataclass(frozen=True, slots=True)
class Negate:
    """`!item`."""

    item: Expr


@dataclass(frozen=True, slots=True)
class AndAlso:
    """`a && b`, from left to right: what stands right of a false item is not evaluated."""

    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class OrElse:
    """`a || b`, from left to right."""

    items: tuple[Expr, ...]


Relation = Literal["==", "<", "<=", ">", ">="]


@dataclass(frozen=True, slots=True)
class Relate:
    """`left op right`: `==` on any two values of one type, the others on Longs only."""

    op: Relation
    left: Expr
    right: Expr


Method = Literal[
    "contains",
    "containsAll",
    "containsAny",
    "isEmpty",
    "lessThan",
    "lessThanOrEqual",
    "greaterThan",
    "greaterThanOrEqual",
]


@dataclass(frozen=True, slots=True)
class Call:
    """`of.method(argument)`; `isEmpty` has no argument."""

    of: Expr
    method: Method
    argument: Expr | None = None


@dataclass(frozen=True, slots=True)
class Resembles:
    """`of like "..."`: None is the wildcard, any run of characters."""

    of: Expr
    pattern: tuple[str | None, ...]


Expr = Const | Decimal | SetOf | Context | Get | HasKey | Negate | AndAlso | OrElse | Relate | Call | Resembles

TRUE, FALSE = Const(True), Const(False)


@dataclass(frozen=True, slots=True)
class Statement:
    """One `permit` or `forbid`. No `actions`: any action. `annotations` keep their order in the text."""

    id: str
    effect: Literal["permit", "forbid"]
    actions: tuple[str, ...]
    when: Expr
    annotations: tuple[tuple[str, str], ...]


def decimal_text(scaled: int) -> str:
    """Cedar's spelling of a decimal: one to four fraction digits."""
    whole, part = divmod(abs(scaled), SCALE)
    return f"{'-' if scaled < 0 else ''}{whole}." + (f"{part:04d}".rstrip("0") or "0")


def both(items: Iterable[Expr]) -> Expr:
    """All of the items (true when there is none)."""
    return _chain(AndAlso, items, TRUE, FALSE)


def either(items: Iterable[Expr]) -> Expr:
    """Any of the items (false when there is none)."""
    return _chain(OrElse, items, FALSE, TRUE)


def _chain(node: type[AndAlso] | type[OrElse], items: Iterable[Expr], neutral: Const, absorbing: Const) -> Expr:
    flat: list[Expr] = []
    for item in items:
        flat += item.items if isinstance(item, node) else [item]
    if absorbing in flat:
        return absorbing
    parts: list[Expr] = [item for item in flat if item != neutral]
    while len(parts) > WIDTH:
        groups = [tuple(parts[at : at + WIDTH]) for at in range(0, len(parts), WIDTH)]
        parts = [node(group) if len(group) > 1 else group[0] for group in groups]
    if not parts:
        return neutral
    return node(tuple(parts)) if len(parts) > 1 else parts[0]


def negate(item: Expr) -> Expr:
    """Not the item."""
    if isinstance(item, Negate):
        return item.item
    if isinstance(item, Const):
        return FALSE if item.value else TRUE
    return Negate(item)

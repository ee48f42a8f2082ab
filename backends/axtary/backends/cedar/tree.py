"""The target tree: what a Cedar policy is made of, before it is printed as text or as JSON.

It mirrors the shape of Cedar's own JSON form (the "EST") and knows nothing of axtary. `AndAlso` and `OrElse` are
built by `both` and `either` only, which keep the tree shallow: Cedar's parser and evaluator recurse, and its JSON
reader refuses more than 128 levels, of which one `&&` or `!` takes two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from typing import Literal

from axtary.compiler.ir import SCALE

MAX_DEPTH = 56  # of a condition, in operators; with the policy around it that is under 128 levels of JSON
_WIDTH = 8  # items of a chain that is printed flat; Cedar folds it to the left, so they are also its depth
_FLAT = 16  # a deeper chain is balanced


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
    depth: int = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "depth", depth(self.item) + 1)


@dataclass(frozen=True, slots=True)
class AndAlso:
    """`a && b`, from left to right: what stands right of a false item is not evaluated."""

    items: tuple[Expr, ...]
    depth: int = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "depth", _folded_depth(self.items))


@dataclass(frozen=True, slots=True)
class OrElse:
    """`a || b`, from left to right."""

    items: tuple[Expr, ...]
    depth: int = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "depth", _folded_depth(self.items))


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
    action_type: str = "Action"  # of each action, with its namespace


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
    if not parts:
        return neutral
    if len(parts) <= _WIDTH:
        chain = node(tuple(parts)) if len(parts) > 1 else parts[0]
        if depth(chain) <= _FLAT:
            return chain
    return _balanced(node, list(_grouped(node, parts)))


def _grouped(node: type[AndAlso] | type[OrElse], parts: list[Expr]) -> Iterator[Expr]:
    """Neighbours that are shallow in short flat chains, deep items by themselves."""
    for is_deep, run in groupby(parts, key=lambda part: depth(part) > _WIDTH):
        items = tuple(run)
        width = 1 if is_deep else _WIDTH
        for at in range(0, len(items), width):
            group = items[at : at + width]
            yield node(group) if len(group) > 1 else group[0]


def _balanced(node: type[AndAlso] | type[OrElse], parts: list[Expr]) -> Expr:
    """Join the shallowest neighbours first: the deepest item ends up nearest to the root, the order is kept."""
    depths = [depth(part) for part in parts]
    while len(parts) > 1:
        shallowest = min(map(max, pairwise(depths)))
        at = 0
        while at < len(parts) - 1:
            if max(depths[at : at + 2]) <= shallowest:
                parts[at : at + 2] = [node((parts[at], parts[at + 1]))]
                depths[at : at + 2] = [max(depths[at : at + 2]) + 1]
            at += 1
    return parts[0]


def depth(node: Expr) -> int:
    """The operators one inside another; a leaf, with the attribute that it reads, counts as four."""
    return node.depth if isinstance(node, Negate | AndAlso | OrElse) else 4


def _folded_depth(items: tuple[Expr, ...]) -> int:
    """A chain is folded to the left: its first two items are the deepest."""
    deepest = depth(items[0])
    for item in items[1:]:
        deepest = max(deepest, depth(item)) + 1
    return deepest


def negate(item: Expr) -> Expr:
    """Not the item."""
    if isinstance(item, Negate):
        return item.item
    if isinstance(item, Const):
        return FALSE if item.value else TRUE
    return Negate(item)

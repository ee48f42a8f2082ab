"""Changes of a condition: a leaf dropped or negated, `and` for `or`, and what a leaf compares with moved by a step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import assert_never

from axtary.compiler.analysis.mutation.edits import Edit, replaced, without
from axtary.compiler.analysis.mutation.patterns import pattern_edits
from axtary.compiler.ir import (
    INT_MAX,
    NUMBER_MAX,
    SCALE,
    And,
    Atom,
    Compare,
    CompareAttributes,
    Condition,
    Count,
    Has,
    Instant,
    Like,
    Not,
    Number,
    OneOf,
    Or,
    Order,
    Pattern,
    Quantified,
    Type,
)
from axtary.compiler.patterns import Dialect
from axtary.compiler.text import condition_text

_OTHER: dict[str, Order] = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
_SECOND = 10**9
_LAST = 2**63 - 1  # of instants

Edits = Iterator[Edit[Condition]]


def condition_edits(node: Condition) -> Edits:
    """Every change of a condition by one step. `Edit.node` is None if nothing of it is left."""
    match node:
        case And(items) | Or(items):
            yield _joined_otherwise(node)
            for index, item in enumerate(items):
                yield from (_wrapped(each, _in_place(node, index)) for each in condition_edits(item))
        case Not(And() | Or() | Not() as inner):
            yield _negated(node, inner)
            yield from (_wrapped(each, _inverted) for each in condition_edits(inner))
        case Not(leaf):
            yield _dropped(node)
            yield _negated(node, leaf)
            yield from (_told(_wrapped(each, _inverted), node) for each in _leaf_edits(leaf))  # type: ignore[arg-type]
        case _:
            yield _dropped(node)
            yield _negated(node, Not(node, node.span))
            yield from (_told(each, node) for each in _leaf_edits(node))


def _dropped(node: Condition) -> Edit[Condition]:
    return Edit("condition", None, condition_text(node), None, node.span)


def _negated(node: Condition, opposite: Condition) -> Edit[Condition]:
    return Edit("condition", opposite, condition_text(node), condition_text(opposite), node.span)


def _joined_otherwise(node: And | Or) -> Edit[Condition]:
    other: Condition = Or(node.items, node.span) if isinstance(node, And) else And(node.items, node.span)
    return Edit("condition", other, condition_text(node), condition_text(other), node.span)


def _wrapped(edit: Edit[Condition], wrap: Callable[[Condition | None], Condition | None]) -> Edit[Condition]:
    return edit.within(wrap)


def _told(edit: Edit[Condition], whole: Condition) -> Edit[Condition]:
    """The same change, told as one of the whole condition."""
    after = condition_text(edit.node) if edit.node is not None else None
    return replace(edit, before=condition_text(whole), after=after)


def _in_place(node: And | Or, index: int) -> Callable[[Condition | None], Condition]:
    def wrap(item: Condition | None) -> Condition:
        if item is not None:
            return replace(node, items=replaced(node.items, index, item))
        rest = (*node.items[:index], *node.items[index + 1 :])
        return rest[0] if len(rest) == 1 else replace(node, items=rest)

    return wrap


def _inverted(item: Condition | None) -> Condition | None:
    return Not(item) if item is not None else None


# --- leaves ---------------------------------------------------------------------------------------------------------


def _leaf_edits(leaf: Atom) -> Edits:
    """Changes inside a leaf; `before` and `after` are for the caller to say."""
    match leaf:
        case OneOf(values=values):
            for _, rest in without(values):
                yield _edit("literal", leaf, replace(leaf, values=rest))
        case Compare(op=op, value=value):
            yield _edit("comparison", leaf, replace(leaf, op=_OTHER[op]))
            for moved in _beside(value, leaf.attribute.type):
                yield _edit("boundary", leaf, replace(leaf, value=moved))
        case CompareAttributes(op=op):
            if op in _OTHER:
                yield _edit("comparison", leaf, replace(leaf, op=_OTHER[op]))
        case Like(attribute, patterns):
            yield from _patterned(leaf, patterns, Dialect.PATH if attribute.type is Type.PATH else Dialect.NAME)
        case Quantified():
            yield from _quantified_edits(leaf)
        case Count(op=op, n=n):
            if op in _OTHER:
                yield _edit("comparison", leaf, replace(leaf, op=_OTHER[op]))
            for moved_n in (n - 1, n + 1):
                if moved_n >= 0:
                    yield _edit("boundary", leaf, replace(leaf, n=moved_n))
        case Has():
            pass
        case _:
            assert_never(leaf)


def _edit(kind: str, leaf: Atom, changed: Condition) -> Edit[Condition]:
    return Edit(kind, changed, "", None, leaf.span)


def _quantified_edits(leaf: Quantified) -> Edits:
    yield _edit("comparison", leaf, replace(leaf, quantifier="all" if leaf.quantifier == "any" else "any"))
    for _, rest in without(leaf.values):
        yield _edit("literal", leaf, replace(leaf, values=rest))
    yield from _patterned(leaf, leaf.patterns, Dialect.PATH if leaf.attribute.type is Type.PATHS else Dialect.NAME)


def _patterned(leaf: Like | Quantified, patterns: tuple[Pattern, ...], dialect: Dialect) -> Edits:
    for each in pattern_edits(patterns, dialect, lambda _: "", leaf.span):
        yield each.within(lambda kept: replace(leaf, patterns=kept or ()), leaf.span)


def _beside(value: Number | Instant, kind: Type) -> Iterator[Number | Instant]:
    """The values one step below and above: 1 of the last digit that is written, or a second."""
    if isinstance(value, Instant):
        step = _SECOND if value.ns % _SECOND == 0 else 1
        yield from (Instant(ns) for ns in (value.ns - step, value.ns + step) if -_LAST <= ns <= _LAST)
        return
    step = next(size for size in (SCALE, SCALE // 10, SCALE // 100, SCALE // 1000, 1) if value.scaled % size == 0)
    most = INT_MAX * SCALE if kind is Type.INTEGER else NUMBER_MAX
    yield from (Number(each) for each in (value.scaled - step, value.scaled + step) if -most <= each <= most)

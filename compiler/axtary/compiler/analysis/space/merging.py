"""Alternatives on one attribute as one: `a like "x*" or a like "y*"` asks for one set of texts, not for two.

The fewer sets are told apart, the fewer classes there are: a dozen patterns that float in a text make thousands of
classes one by one, and two together.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from axtary.compiler.analysis.space.survey import PATHS, TEXTS, group_of
from axtary.compiler.clauses import AllOf, AnyOf, Literal, Predicate, Rail
from axtary.compiler.ir import BlockedPaths, Like, Match, OneOf, Pattern, Quantified

_Joined = TypeVar("_Joined", AllOf, AnyOf)
_SOME = frozenset({Rail.TRUE, Rail.NOT_FALSE})  # in a disjunction: one of the patterns of any of them
_NONE = frozenset({Rail.FALSE, Rail.NOT_TRUE})  # in a conjunction: none of the patterns of any of them


def merged(what: Predicate) -> Predicate:
    """The same predicate with fewer literals."""
    if isinstance(what, AllOf):
        return merged_items(what)
    return merged_items(what) if isinstance(what, AnyOf) else what


def merged_items(what: _Joined) -> _Joined:
    """The same conjunction or disjunction with fewer literals."""
    items: list[Predicate] = []
    for item in map(merged, what.items):
        items += item.items if not isinstance(item, Literal) and type(item) is type(what) else (item,)
    rails = _NONE if isinstance(what, AllOf) else _SOME
    kept: dict[object, Predicate] = {}
    for item in items:
        key = subject(item, rails)
        known = kept.get(key) if key is not None else None
        if key is None or known is None:
            kept[key if key is not None else (len(kept), "alone")] = item
        elif isinstance(known, Literal) and isinstance(item, Literal):
            kept[key] = union([known, item])
    return replace(what, items=tuple(kept.values()))


def subject(item: Predicate, rails: frozenset[Rail] = _SOME) -> object:
    """What a literal is about, if it merges with others about the same; else None."""
    if not isinstance(item, Literal):
        return None
    test, rail = item.test, item.rail
    if isinstance(test, BlockedPaths):  # met where no path matches: the opposite of `any`
        rail = {Rail.TRUE: Rail.FALSE, Rail.NOT_TRUE: Rail.NOT_FALSE}.get(rail, rail)
        return (PATHS.path, PATHS.type, rail) if rail in rails else None
    if rail not in rails:
        return None
    if isinstance(test, Match):
        return test.field
    if isinstance(test, Quantified) and test.quantifier == "any":
        return test.attribute.path, test.attribute.type, rail
    if isinstance(test, Like) or (isinstance(test, OneOf) and test.attribute.type in TEXTS):
        return test.attribute.path, test.attribute.type, rail
    return None


def union(literals: Iterable[Literal]) -> Literal:
    """One literal for some that have one `subject`."""
    listed = list(literals)
    patterns: dict[Pattern, None] = {}
    for literal in listed:
        if isinstance(literal.test, Match | OneOf | Like | Quantified | BlockedPaths):
            patterns |= dict.fromkeys(sorted(group_of(literal.test), key=lambda pattern: repr(pattern.tokens)))
    every = tuple(patterns)
    first = next((each for each in listed if not isinstance(each.test, BlockedPaths)), listed[0])
    match first.test:
        case OneOf(attribute=attribute) | Like(attribute=attribute):
            return Literal(Like(attribute, every), first.rail)
        case Quantified(attribute=attribute):
            return Literal(Quantified(attribute, "any", patterns=every), first.rail)
        case Match() | BlockedPaths():
            return Literal(replace(first.test, patterns=every), first.rail)
    raise TypeError(f"{first.test!r} does not merge")

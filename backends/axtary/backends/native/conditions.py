"""Conditions and predicates as closures, built once.

A leaf answers True, False or None (undefined). A check answers whether a predicate of the normal form holds.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import assert_never

from axtary.backends.native.obligations import Met, obligation
from axtary.backends.native.patterns import any_of
from axtary.backends.native.values import MISSING, Frame, Json, Read, Reads, Typed, lookup
from axtary.compiler.clauses import AllOf, AnyOf, Literal, Predicate, Rail
from axtary.compiler.ir import (
    Atom,
    BlockedPaths,
    Budget,
    Compare,
    CompareAttributes,
    Count,
    Has,
    Hours,
    Instant,
    Like,
    Match,
    Number,
    OneOf,
    Quantified,
    Rate,
    Value,
)

Leaf = Callable[[Frame], bool | None]
Check = Callable[[Frame], bool]

COMPARE: dict[str, Callable[[Typed, Typed], bool]] = {
    "==": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def plain(value: Value) -> str | bool | int:
    """A literal of the policy in the form in which values are read."""
    if isinstance(value, Number):
        return value.scaled
    return value.ns if isinstance(value, Instant) else value


def match(test: Match) -> Check:
    """Does the field match? An absent attribute reads as the empty string."""
    path, matches = test.field.path, any_of(test.patterns)
    return lambda frame: matches(field_text(lookup(frame.action, path)))


def field_text(value: Json) -> str:
    """What `match` reads: the door admits strings only, and absence is the empty one."""
    return value if isinstance(value, str) else ""


def leaf(atom: Atom, reads: Reads) -> Leaf:
    """The three-valued answer of one leaf."""
    if isinstance(atom, Has):
        path = atom.path
        return lambda frame: lookup(frame.action, path) is not MISSING
    if isinstance(atom, CompareAttributes):
        return _compare_attributes(reads.of(atom.left), COMPARE[atom.op], reads.of(atom.right))
    return _defined(reads.of(atom.attribute), asked(atom))


def _defined(read: Read, test: Callable[[Typed], bool]) -> Leaf:
    def leaf(frame: Frame) -> bool | None:
        value = read(frame)
        return None if value is None else test(value)

    return leaf


def _compare_attributes(left: Read, compare: Callable[[Typed, Typed], bool], right: Read) -> Leaf:
    def leaf(frame: Frame) -> bool | None:
        one, other = left(frame), right(frame)
        return None if one is None or other is None else compare(one, other)

    return leaf


def asked(atom: OneOf | Compare | Like | Quantified | Count) -> Callable[[Typed], bool]:
    """What a leaf with one attribute asks of its value, where that is defined."""
    match atom:
        case OneOf(values=values):
            return frozenset(map(plain, values)).__contains__
        case Compare(op=op, value=value):
            compare, bound = COMPARE[op], plain(value)
            return lambda value: compare(value, bound)
        case Like(patterns=patterns):
            return any_of(patterns)
        case Count(op=op, n=n):
            compare = COMPARE[op]
            return lambda items: compare(len(items), n)
        case Quantified():
            return _quantified(atom)
        case _:
            assert_never(atom)


def _quantified(atom: Quantified) -> Callable[[Typed], bool]:
    accepts = frozenset(atom.values).__contains__ if atom.values else any_of(atom.patterns)
    if atom.quantifier == "any":
        return lambda items: any(map(accepts, items))
    return lambda items: bool(items) and all(map(accepts, items))


def predicate(what: Predicate, rule: str, reads: Reads) -> Check:
    """Does a predicate of the normal form hold?"""
    if isinstance(what, Literal):
        return _literal(what, rule, reads)
    checks = tuple(predicate(item, rule, reads) for item in what.items)
    if len(checks) == 1:
        return checks[0]
    match what:
        case AllOf():
            return lambda frame: all(check(frame) for check in checks)
        case AnyOf():
            return lambda frame: any(check(frame) for check in checks)
        case _:
            assert_never(what)


def _literal(literal: Literal, rule: str, reads: Reads) -> Check:
    answer, holds = test(literal.test, rule, reads), HOLDS[literal.rail]
    return lambda frame: holds(answer(frame))


HOLDS: dict[Rail, Callable[[bool | None], bool]] = {
    Rail.TRUE: lambda answer: answer is True,
    Rail.FALSE: lambda answer: answer is False,
    Rail.NOT_TRUE: lambda answer: answer is not True,
    Rail.NOT_FALSE: lambda answer: answer is not False,
}
"""Whether a literal holds, by what its leaf answers."""


def test(what: Match | Atom | BlockedPaths | Hours | Rate | Budget, rule: str, reads: Reads) -> Leaf | Met:
    """The answer of a match, a leaf or an obligation of a rule."""
    if isinstance(what, Match):
        return match(what)
    if isinstance(what, BlockedPaths | Hours | Rate | Budget):
        return obligation(what, rule, reads)
    return leaf(what, reads)

"""Wants that follow from others by what they say alone, without a search: `n >= 5` where `n >= 9` is wanted."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, Final

from axtary.compiler.ir import OPPOSITE, Approvers, BlockedPaths, Compare, OneOf, Pattern, Quantified, Value

_COMPARE: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def entails(one: tuple[Any, bool], other: tuple[Any, bool]) -> bool:
    """Is the other (test, answer) so wherever the one is? False also means that it is not known."""
    (test, answer), (asked, wanted) = one, other
    if isinstance(test, Approvers) and isinstance(asked, Approvers):
        return answer and wanted and _covers(test, asked)
    kept_out, asked_out = _kept_out(*one), _kept_out(*other)
    if asked_out and _where(test) == _where(asked):
        return asked_out <= kept_out
    if isinstance(test, Compare | OneOf) and isinstance(asked, Compare | OneOf) and test.attribute == asked.attribute:
        return _values_entail(test, answer, asked, wanted)
    return False


def _covers(one: Approvers, other: Approvers) -> bool:
    """Does whoever meets the one requirement meet the other?"""
    serves = not other.roles or (bool(one.roles) and set(one.roles) <= set(other.roles))
    return serves and one.quorum >= other.quorum


def _kept_out(test: Any, answer: bool) -> frozenset[Pattern]:
    """The patterns that no element of a list is to match, if that is what is wanted."""
    if isinstance(test, BlockedPaths) and answer:
        return frozenset(test.patterns)
    is_none = isinstance(test, Quantified) and test.quantifier == "any" and not answer
    return frozenset(test.patterns) if is_none else frozenset()


def _where(test: Any) -> tuple[str, ...]:
    return ("paths",) if isinstance(test, BlockedPaths) else test.attribute.path if isinstance(test, Quantified) else ()


def _values_entail(one: Compare | OneOf, answer: bool, other: Compare | OneOf, wanted: bool) -> bool:
    if isinstance(one, OneOf) and answer:
        return all(_holds(other, value) is wanted for value in one.values)
    if isinstance(other, OneOf):
        outside = all(_holds(one, value) is not answer for value in other.values)
        return outside and not wanted  # none of the values is left
    if isinstance(one, OneOf):
        return False
    op, asked = (one.op if answer else OPPOSITE[one.op]), (other.op if wanted else OPPOSITE[other.op])
    if op[0] != asked[0]:
        return False
    tighter = _COMPARE[op[0]](one.value, other.value)
    return tighter or (one.value == other.value and (op == asked or "=" in asked))


def _holds(test: Compare | OneOf, value: Value) -> bool:
    if isinstance(test, OneOf):
        return any(value == each and isinstance(value, type(each)) for each in test.values)
    return _COMPARE[test.op](value, test.value)

"""Wants that follow from others: what is claimed holds for every value."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from tests import reference

from axtary.compiler.analysis.entails import entails
from axtary.compiler.ir import (
    Approvers,
    Attribute,
    BlockedPaths,
    Compare,
    Number,
    OneOf,
    Pattern,
    Quantified,
    Type,
    Wildcard,
)

N = Attribute("payload", ("n",), Type.NUMBER)
VALUES: list[Any] = [None, -1, 0, 0.5, 1, 1.5, 2, 2.5, 3, "1"]
ONE, TWO = (Number(10_000 * n) for n in (1, 2))
TESTS: list[Any] = [Compare(N, op, bound) for op in ("<", "<=", ">", ">=") for bound in (ONE, TWO)]
TESTS += [OneOf(N, values) for values in ((ONE,), (TWO,), (ONE, TWO))]
SAID = list(itertools.product(TESTS, (True, False)))


def _so(said: tuple[Any, bool]) -> set[int]:
    test, answer = said
    return {i for i, value in enumerate(VALUES) if reference.truth(test, {"payload": {"n": value}}) is answer}


def test_of_numbers() -> None:
    """Law: claimed is just what is so for every value, but for a list of values that an order leaves only one of."""
    for one, other in itertools.product(SAID, SAID):
        if entails(one, other):
            assert _so(one) <= _so(other), (one, other)
        elif _so(one) <= _so(other):
            assert isinstance(one[0], Compare | OneOf) and _so(one) in (set(), *(_so(s) for s in SAID)), (one, other)


@pytest.mark.parametrize(
    ("one", "other", "follows"),
    [
        ((">=", 2), (">=", 1), True),
        ((">=", 1), (">=", 2), False),
        ((">", 1), (">=", 1), True),
        ((">=", 1), (">", 1), False),
        (("<", 1), ("<=", 1), True),
        (("<", 1), (">", 1), False),
    ],
)
def test_of_bounds(one: Any, other: Any, follows: bool) -> None:
    said = [(Compare(N, op, Number(n * 10_000)), True) for op, n in (one, other)]
    assert entails(said[0], said[1]) is follows


def test_of_an_order_and_values() -> None:
    assert entails((Compare(N, "<", ONE), True), (OneOf(N, (ONE, TWO)), False))
    assert not entails((Compare(N, "<=", ONE), True), (OneOf(N, (ONE, TWO)), False))
    assert entails((OneOf(N, (ONE, TWO)), True), (Compare(N, "<", ONE), False))
    assert not entails((OneOf(N, (ONE, TWO)), False), (Compare(N, "<", ONE), False))
    assert entails((OneOf(N, (ONE, TWO)), False), (OneOf(N, (ONE,)), False))
    assert not entails((OneOf(N, (ONE,)), False), (OneOf(N, (ONE, TWO)), False))


def test_of_attributes_and_types_that_differ() -> None:
    other = Attribute("payload", ("m",), Type.NUMBER)
    assert not entails((Compare(N, "<", ONE), True), (Compare(other, "<", ONE), True))
    flag = Attribute("payload", ("f",), Type.BOOLEAN)
    assert not entails((OneOf(flag, (True,)), True), (OneOf(flag, (False,)), True))
    assert entails((OneOf(flag, (True,)), True), (OneOf(flag, (False,)), False))


def test_of_lists_that_keep_elements_out() -> None:
    paths = Attribute("paths", (), Type.PATHS)
    env, key = Pattern((".env",)), Pattern((Wildcard.STAR, ".key"))
    none, all_ = Quantified(paths, "any", patterns=(env, key)), Quantified(paths, "all", patterns=(env, key))
    blocked = BlockedPaths((env,))
    assert entails((none, False), (blocked, True))
    assert not entails((blocked, True), (none, False))
    assert not entails((none, True), (blocked, True))
    assert not entails((all_, False), (blocked, True))
    labels = Quantified(Attribute("payload", ("labels",), Type.STRINGS), "any", patterns=(env,))
    assert not entails((labels, False), (blocked, True))


@pytest.mark.parametrize(
    ("one", "other", "follows"),
    [
        (Approvers(("a",)), Approvers(("a", "b")), True),
        (Approvers(("a", "b")), Approvers(("a",)), False),
        (Approvers(("a",), 2), Approvers(("a",), 1), True),
        (Approvers(("a",), 1), Approvers(("a",), 2), False),
        (Approvers(("a",)), Approvers(), True),
        (Approvers(), Approvers(("a",)), False),
    ],
)
def test_of_approvals(one: Approvers, other: Approvers, follows: bool) -> None:
    assert entails((one, True), (other, True)) is follows

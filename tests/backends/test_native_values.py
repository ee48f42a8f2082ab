"""Typed reading: what is a value of a type, and what is undefined."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from random import Random
from typing import Any

import pytest

from axtary.backends.native.values import CONVERT, MISSING, lookup
from axtary.compiler.ir import INT_MAX, NUMBER_MAX, Type

DEFINED: list[tuple[Type, Any, Any]] = [
    (Type.STRING, "", ""),
    (Type.STRING, "a//b", "a//b"),
    (Type.PATH, "a/b", "a/b"),
    (Type.PATH, "...", "..."),
    (Type.PATH, "a/ b/.c", "a/ b/.c"),
    (Type.BOOLEAN, False, False),
    (Type.NUMBER, 3, 30_000),
    (Type.NUMBER, -1.5, -15_000),
    (Type.NUMBER, 0.0001, 1),
    (Type.NUMBER, 922337203685477, 9223372036854770000),
    (Type.NUMBER, 0.1 + 0.7, None),  # 0.7999999999999999
    (Type.INTEGER, INT_MAX, INT_MAX * 10_000),
    (Type.DECIMAL, "1.50000", 15_000),
    (Type.DECIMAL, "-0.0", 0),
    (Type.DECIMAL, "-922337203685477.5808", -NUMBER_MAX - 1),
    (Type.DECIMAL, 1.5, 15_000),
    (Type.TIMESTAMP, "1970-01-01T00:00:00Z", 0),
    (Type.TIMESTAMP, "1970-01-01T01:00:00.5+01:00", 500_000_000),
    (Type.TIMESTAMP, "1969-12-31T23:59:59.999999999Z", -1),
    (Type.TIMESTAMP, "2024-02-29T00:00:00-23:59", 1709251140 * 10**9),
    (Type.STRINGS, [], []),
    (Type.STRINGS, ["a", "a"], ["a", "a"]),
    (Type.PATHS, ["a/b"], ["a/b"]),
]

UNDEFINED: dict[Type, list[Any]] = {
    Type.STRING: [1, True, ["a"]],
    Type.PATH: ["", "/a", "a/", "a//b", ".", "a/..", "./a", "a\\b", "a\0", 1, ["a"]],
    Type.BOOLEAN: [0, 1, "true", 1.0],
    Type.NUMBER: [True, "1", 0.00001, 1.00001, 922337203685478, 1e15, 1e300, float("nan"), float("inf"), [1]],
    Type.INTEGER: [True, 1.5, "1", INT_MAX + 1, -INT_MAX - 1, float("inf")],
    Type.DECIMAL: [
        "",
        "01",
        "+1",
        "1.",
        ".5",
        "1e2",
        " 1",
        "1\n",
        "\u0661",
        "1.00001",
        "922337203685477.5808",
        "9" * 9999,
    ],
    Type.TIMESTAMP: [
        *("2026-01-01t00:00:00Z", "2026-01-01T00:00:00z", "2026-01-01 00:00:00Z", "2026-01-01T00:00:00", 0),
        *("2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-01-01T24:00:00Z"),
        *("2026-01-01T00:00:60Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00.1234567890Z"),
        *("2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00+00:60", "2026-01-01T00:00:00+0000", "1677-12-31T23:59:59Z"),
        *("2262-01-01T00:00:00Z", "\u0662026-01-01T00:00:00Z", "2026-01-01T00:00:00Z\n"),
    ],
    Type.STRINGS: ["a", ["a", 1], ["a", None], {"0": "a"}, [["a"]]],
    Type.PATHS: ["a", ["a", "a//b"], [""], ["../a"], ["a", 1]],
}


@pytest.mark.parametrize(("kind", "value", "expected"), DEFINED, ids=repr)
def test_a_value_of_the_type_is_read(kind: Type, value: Any, expected: Any) -> None:
    read = CONVERT[kind](value)
    assert read == expected
    assert type(read) is type(expected)


@pytest.mark.parametrize("kind", UNDEFINED)
def test_any_other_value_is_undefined(kind: Type) -> None:
    for value in (*UNDEFINED[kind], None, {}, MISSING):
        assert CONVERT[kind](value) is None, value


def test_a_float_is_the_decimal_that_its_shortest_form_says() -> None:
    rng = Random(1)
    defined = 0
    for _ in range(20_000):
        value = float(f"{rng.randrange(-(10**9), 10**9)}e-{rng.randrange(8)}") or 0.0
        exact = Fraction(repr(value)) * 10_000
        expected = int(exact) if exact.denominator == 1 and abs(exact) <= NUMBER_MAX else None
        assert CONVERT[Type.NUMBER](value) == expected, value
        defined += expected is not None
    assert 1_000 < defined < 19_000


def test_a_timestamp_is_the_instant_that_datetime_gives() -> None:
    rng = Random(2)
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    for _ in range(2_000):
        moment = datetime(1678, 1, 1) + timedelta(seconds=rng.randrange(584 * 365 * 86400))
        offset = rng.randrange(-23 * 60 - 59, 24 * 60)
        hours, minutes = divmod(abs(offset), 60)
        text = f"{moment:%Y-%m-%dT%H:%M:%S}{'-' if offset < 0 else '+'}{hours:02d}:{minutes:02d}"
        expected = (moment.replace(tzinfo=UTC) - epoch) // timedelta(seconds=1) - offset * 60
        assert CONVERT[Type.TIMESTAMP](text) == expected * 10**9, text


def test_a_step_through_anything_but_an_object_is_missing() -> None:
    action = {"payload": {"a": {"b": None}, "s": "text", "l": [{"b": 1}], "n": None}}
    assert lookup(action, ("payload", "a", "b")) is None
    for step in ("s", "l", "n", "x"):
        assert lookup(action, ("payload", step, "b")) is MISSING
    assert lookup(action, ("context",)) is MISSING

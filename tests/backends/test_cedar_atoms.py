"""Each leaf on each rail: seen true, false and undefined, natively where Cedar has an exact form, else hoisted.

An allow rule fires if its condition is true, a deny rule if it is not false, and a `not` before it turns both round:
four rules show all four rails, and so the leaf's truth value.
"""

from __future__ import annotations

from typing import Any

import pytest
from tests.reference import truth

from axtary.backends.cedar import compile
from axtary.backends.cedar.lower import lower
from axtary.compiler.ir import (
    Attribute,
    Compare,
    CompareAttributes,
    Condition,
    Count,
    Effect,
    Field,
    Has,
    Instant,
    Like,
    Match,
    Not,
    Number,
    OneOf,
    Pattern,
    Policy,
    Quantified,
    Rule,
    Type,
    Wildcard,
)

TOOL = Match(Field.TOOL, (Pattern(("t",)),))
STAR, ANY, SEGMENTS = Wildcard.STAR, Wildcard.ANY, Wildcard.SEGMENTS
EXACT = Pattern(("a/b",), inside=True)
FLOATING = Pattern((SEGMENTS, ".env", STAR))


def at(key: str, kind: Type) -> Attribute:
    return Attribute("payload", (key,), kind)


def rails(condition: Condition) -> Policy:
    return Policy(
        (
            Rule("false", Effect.ALLOW, (TOOL,), Not(condition)),
            Rule("not_false", Effect.DENY, (TOOL,), condition),
            Rule("not_true", Effect.DENY, (TOOL,), Not(condition)),
            Rule("true", Effect.ALLOW, (TOOL,), condition),
        )
    )


FIRED = {True: ("not_false", "true"), False: ("false", "not_true"), None: ("not_false", "not_true")}

S, B, N, INT, D, T = Type.STRING, Type.BOOLEAN, Type.NUMBER, Type.INTEGER, Type.DECIMAL, Type.TIMESTAMP
L, P, PS = Type.STRINGS, Type.PATH, Type.PATHS
NOON = Instant(1795435200 * 10**9)  # 2026-11-23T12:00:00Z

# (leaf, whether it is hoisted, values of payload.a that make it true, false and undefined)
CASES: list[tuple[Condition, bool, list[Any], list[Any], list[Any]]] = [
    (OneOf(at("a", S), ("x",)), False, ["x"], ["", "X", "x\n", "x\0"], [None, 1, ["x"], {}, True]),
    (OneOf(at("a", S), ('"\\\n', "\0*")), False, ['"\\\n', "\0*"], ["\\", "\0x"], [None]),
    (OneOf(at("a", B), (True,)), False, [True], [False], [1, "true", None]),
    (OneOf(at("a", B), (True, False)), False, [True, False], [], [0, None]),
    (OneOf(at("a", N), (Number(15_000),)), False, [1.5], [1, 1.5001, -1.5], [1.50001, "1.5", True, 10**15, None]),
    (OneOf(at("a", INT), (Number(30_000), Number(15_000))), False, [3], [1, 2, -3], [1.5, "3", True, 2**53]),
    (OneOf(at("a", INT), (Number(15_000),)), False, [], [1, 2], [1.5, "1.5"]),
    (OneOf(at("a", D), (Number(-(2**63)),)), False, ["-922337203685477.5808"], [0], ["-922337203685477.5809", ".5"]),
    (OneOf(at("a", D), (Number(0), Number(1))), False, ["-0", "0.000100", 0.0001], ["1", 1], ["00", "1e0", "٠", ""]),
    (OneOf(at("a", T), (NOON,)), False, ["2026-11-23T13:00:00.0+01:00"], ["2026-11-23T12:00:00.000000001Z"], [0]),
    (Compare(at("a", N), "<=", Number(120_000)), False, [12, -5, 11.9999], [12.0001, 13], [12.00001, "1", None]),
    (Compare(at("a", INT), "<", Number(15_000)), False, [1, 0], [2], [1.5]),
    (Compare(at("a", INT), "<=", Number(15_000)), False, [1], [2], ["1"]),
    (Compare(at("a", INT), ">", Number(-15_000)), False, [-1], [-2], [None]),
    (Compare(at("a", INT), ">=", Number(-15_000)), False, [-1], [-2], [-1.5]),
    (Compare(at("a", INT), ">=", Number(20_000)), False, [2, 2**53 - 1], [1], [2**53]),
    (Compare(at("a", D), ">", Number(5_000)), False, ["0.5001", 1], ["0.5", "-7"], ["0.50001", "+1"]),
    (Compare(at("a", T), ">=", NOON), False, ["2026-11-23T12:00:00Z"], ["2026-11-23T11:59:59.999999999Z"], ["x", 5]),
    (Like(at("a", S), (Pattern(("a*", ANY)),)), False, ["a*", "a*\n/x"], ["ab", ""], [None, []]),
    (Like(at("a", P), (Pattern(("a/", STAR)),)), False, ["a/b"], ["a/b/c", "b"], ["a/", "a//b", "./a", "a\\b", ""]),
    (Like(at("a", P), (Pattern((ANY,), inside=True),)), False, ["a", "@homes"], ["@home", "@root/x"], ["", "/"]),
    (Like(at("a", P), (FLOATING,)), True, [".env", "@home/.env1"], [".env.d/k"], ["x/../.env", 1]),
    (Quantified(at("a", L), "any", values=("x", "y")), False, [["z", "y"]], [[], ["X"]], ["x", ["x", 1], None]),
    (Quantified(at("a", L), "any", values=("x",)), False, [["x", "x"]], [[], ["xx"]], [["x", None]]),
    (Quantified(at("a", L), "all", values=("x", "y")), False, [["y", "x", "x"]], [[], ["x", "z"]], [{}, ["x", ["y"]]]),
    (Quantified(at("a", PS), "any", patterns=(EXACT,)), False, [["a/b"]], [["a"]], [["a/b", ".."]]),
    (Quantified(at("a", PS), "all", patterns=(FLOATING,)), True, [[".env", "a/.env"]], [[], [".env", "b"]], [["/"]]),
    (Quantified(at("a", L), "any", patterns=(Pattern(("x", ANY)),)), True, [["", "xy"]], [[], ["y"]], ["xy"]),
    (Count(at("a", L), "==", 0), False, [[]], [["x"]], ["", None, [1]]),
    (Count(at("a", L), "<=", 0), False, [[]], [["x"]], [None]),
    (Count(at("a", L), "<", 1), False, [[]], [["x"]], [None]),
    (Count(at("a", L), ">", 0), False, [["x"]], [[]], [None]),
    (Count(at("a", L), ">=", 1), False, [["x"]], [[]], [None]),
    (Count(at("a", L), "==", 2), True, [["x", "x"]], [["x"]], [None, ["x", 2]]),
    (Count(at("a", PS), ">", 1), True, [["x", "x"]], [["x"]], [["x", "/x"]]),
    (Has("payload", ("a",)), False, [None, 0, "", [], {}], [], []),
    (Has("payload", ("a", "b")), False, [{"b": None}], [{}, None, "b", ["b"], {"c": {"b": 1}}], []),
]  # fmt: skip


@pytest.mark.parametrize(("leaf", "hoisted", "true", "false", "undefined"), CASES)
def test_a_leaf_on_every_rail(leaf: Condition, hoisted: bool, true: Any, false: Any, undefined: Any) -> None:
    policy = rails(leaf)
    assert bool(lower(policy).reads.derived) is hoisted
    engine = compile(policy)
    absent: list[dict[str, Any]] = [{}] if not isinstance(leaf, Has) else []
    seen = [(True, {"a": v}) for v in true] + [(False, {"a": v}) for v in false]
    for wanted, payload in seen + [(None, {"a": v}) for v in undefined] + [(None, p) for p in absent]:
        action = {"tool": "t", "payload": payload}
        assert truth(leaf, action) is wanted, payload
        assert engine.decide(action, {}).fired == FIRED[wanted], payload


HALF = Number(5_000)
PAIRS: list[tuple[Type, Type, Any, bool, Any, Any]] = [
    (S, S, "==", False, ("x", "x"), ("x", "X")),
    (B, B, "==", False, (False, False), (True, False)),
    (T, T, "<", False, ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00.000000001Z"), ("2026-01-01T00:00:00Z",) * 2),
    (INT, INT, ">=", False, (2, 2), (1, 2)),
    (N, D, "==", False, (1.5, "1.50"), (1.5, "1.51")),
    (D, N, ">", False, ("1.5", 1), ("1.5", 1.5)),
    (INT, D, "<", True, (1, "1.5"), (2, "1.5")),
    (N, INT, "<=", True, (922337203685477, 2**53 - 1), (1.5, 1)),
    (INT, N, "==", True, (3, 3), (2**53 - 1, 3)),
]


@pytest.mark.parametrize(("left", "right", "op", "hoisted", "true", "false"), PAIRS)
def test_two_attributes_on_every_rail(left: Type, right: Type, op: Any, hoisted: bool, true: Any, false: Any) -> None:
    policy = rails(CompareAttributes(at("a", left), op, at("b", right)))
    assert bool(lower(policy).reads.derived) is hoisted
    engine = compile(policy)
    a, b = true
    undefined: list[dict[str, Any]] = [{"a": a}, {"b": b}, {"a": None, "b": b}, {"a": a, "b": [b]}, {}]
    for wanted, payload in [(True, {"a": a, "b": b}), (False, dict(zip("ab", false, strict=True)))] + [
        (None, p) for p in undefined
    ]:
        assert engine.decide({"tool": "t", "payload": payload}, {}).fired == FIRED[wanted], payload


def test_a_path_and_a_type_never_collide() -> None:
    """One key read by two types, and two paths that look alike."""
    odd = Attribute("payload", ('a"].b["c', "d.e"), S)
    plain = Attribute("payload", ("a", "b", "c"), S)
    policy = Policy(
        (
            Rule("integer", Effect.ALLOW, (TOOL,), OneOf(at("a", INT), (Number(10_000),))),
            Rule("odd", Effect.ALLOW, (TOOL,), OneOf(odd, ("x",))),
            Rule("plain", Effect.ALLOW, (TOOL,), OneOf(plain, ("x",))),
            Rule("text", Effect.ALLOW, (TOOL,), OneOf(at("a", S), ("1",))),
        )
    )
    engine = compile(policy)
    for payload, fired in (
        ({"a": "1"}, ("text",)),
        ({"a": 1}, ("integer",)),
        ({'a"].b["c': {"d.e": "x"}}, ("odd",)),
        ({"a": {"b": {"c": "x"}}}, ("plain",)),
        ({"a.b.c": "x"}, ()),
    ):
        assert engine.decide({"tool": "t", "payload": payload}, {}).fired == fired

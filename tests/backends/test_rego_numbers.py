"""Numbers are compared by exact decimal value, within their types' bounds, however they are written."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

from tests.backends.rego_engines import action, agree, policy, rule

from axtary.backends import rego
from axtary.compiler.ir import Attribute, Compare, CompareAttributes, Effect, Not, Number, OneOf, Type

TOP = 2**63 - 1
EDGES = (
    0,
    1,
    -1,
    9_999,
    10_000,
    15_000,
    TOP,
    TOP - 1,
    -TOP - 1,
    -TOP,
    9_223_372_036_854_776_000,
    10**15,
    2**53 * 10_000,
)
TYPES = (Type.NUMBER, Type.DECIMAL, Type.INTEGER)


def written(scaled: int) -> str:
    return str(Number(scaled))


def hostile_texts(seed: int) -> list[str]:
    pick = random.Random(seed)
    fixed = [
        "-0",
        "-0.0",
        "00",
        "01",
        "+1",
        ".5",
        "1.",
        "1e3",
        "0x1",
        " 1",
        "1\n",
        "1_0",
        "",
        "-",
        "\u0661",
        "1\u0000",
        "NaN",
    ]
    fixed += [
        "9" * 400,
        "1." + "0" * 400,
        "0." + "0" * 400 + "1",
        "-" + "0" * 9,
        "1.00001",
        "1.00010",
        "922337203685477.58080",
    ]
    return fixed + [written(pick.randint(-TOP - 1, TOP) // 10 ** pick.randint(0, 18)) for _ in range(60)]


def doors(seed: int) -> list[int | float]:
    """Numbers as they pass the door: integral ones as int, others as the double whose shortest form is meant."""
    pick = random.Random(seed)
    found: list[int | float] = [
        0,
        2**53 - 1,
        -(2**53 - 1),
        922337203685477,
        922337203685478,
        1e-05,
        5e-324,
        0.0001,
        1.5,
        0.1 + 0.2,
    ]
    for _ in range(150):
        digits = pick.randint(1, 17)
        value = Decimal(pick.randint(-(10**digits), 10**digits)).scaleb(-pick.randint(0, 8))
        double = float(value)
        if Decimal(repr(double)) == value and abs(value) < 2**53:
            found.append(int(value) if value == int(value) else double)
    found += [922337203685477.0 + n / 8 for n in (1, 2, 3, 4, 5, 7)]
    return found


def ladder(kind: Type, seed: int) -> Any:
    """Rules that tell where a value stands among the edges, and whether it is defined at all."""
    pick = random.Random(seed)
    edges = [*EDGES, *(pick.randint(-TOP, TOP) // 10 ** pick.randint(0, 18) for _ in range(6))]
    read = Attribute("payload", ("x",), kind)
    rules = [rule(f"at-{n}", when=OneOf(read, (Number(edge),))) for n, edge in enumerate(edges)]
    rules += [rule(f"below-{n}", when=Compare(read, "<", Number(edge))) for n, edge in enumerate(edges)]
    rules.append(rule("undefined", Effect.DENY, when=Not(Compare(read, "<=", Number(TOP)))))
    return policy(*rules)


def test_json_numbers_stand_where_their_decimal_value_stands() -> None:
    for seed, kind in enumerate(TYPES):
        agree(ladder(kind, seed), [(action(payload={"x": value}), {}) for value in [*doors(seed), True, "1"]])


def test_decimal_strings_stand_where_their_value_stands() -> None:
    texts = [*hostile_texts(7), *(written(edge) for edge in EDGES), *(f"{written(edge)}.0" for edge in EDGES)]
    texts += ["922337203685477.5808", "-922337203685477.5809", "922337203685477.58070000"]
    for kind in (Type.DECIMAL, Type.NUMBER):
        agree(ladder(kind, 5), [(action(payload={"x": text}), {}) for text in texts])


def test_two_attributes_of_any_numeric_types_compare_by_value() -> None:
    values: list[Any] = [
        0,
        1,
        1.5,
        "1.5000",
        "1",
        2**53 - 1,
        "922337203685477.5807",
        922337203685477.6,
        -1,
        "-1.0",
        True,
        None,
    ]
    for left in TYPES:
        for right in TYPES:
            x, y = Attribute("payload", ("x",), left), Attribute("payload", ("y",), right)
            rules = [
                rule(name, when=wrap(CompareAttributes(x, op, y)))  # type: ignore[arg-type]
                for op, word in (("==", "eq"), ("<", "lt"), (">=", "ge"))
                for name, wrap in ((f"{word}", lambda it: it), (f"not-{word}", Not))
            ]
            documents: list[tuple[dict[str, Any], dict[str, Any]]]
            documents = [(action(payload={"x": a, "y": b}), {}) for a in values for b in values]
            agree(policy(*rules), documents)


def test_opa_reads_the_numerals_of_any_producer_by_value() -> None:
    """Other callers of the module may write 1.50000, 15e-1 or more digits than a double holds: no rounding."""
    read = Attribute("payload", ("x",), Type.NUMBER)
    whole = Attribute("payload", ("x",), Type.INTEGER)
    text = rego.module_text(
        policy(
            rule("is", when=OneOf(read, (Number(15_000),))),
            rule("three", when=OneOf(whole, (Number(30_000),))),
            rule("undefined", Effect.DENY, when=Not(Compare(read, "<=", Number(TOP)))),
        )
    )
    cases = {
        "1.5": ["is"], "1.50000": ["is"], "15e-1": ["is"], "0.00015E+4": ["is"], "3": ["three"],
        "3.0": ["three"], "3e0": ["three"], "30e-1": ["three"], "1.500000000000000000000000001": ["undefined"],
        "1500000000000000000001e-21": ["undefined"], "1e400": ["undefined"], "1e-400": ["undefined"],
        "922337203685477.5808": ["undefined"], "2.99999999999999999999999": ["undefined"],
        "922337203685477.5807": [], "-0": [], "-0.0": [],
    }  # fmt: skip
    if "opa-library" in rego.available():
        from opa_bindings import OpaEngine

        opa = OpaEngine()
        opa.add_policy("policy.rego", text)
        for numeral, fired in cases.items():
            document = f'{{"action": {{"tool": "t.do", "payload": {{"x": {numeral}}}}}}}'
            (answer,) = opa.eval_query(f"answer = data.axtary.decision with input as {document}")
            assert answer["answer"]["fired"] == fired, numeral

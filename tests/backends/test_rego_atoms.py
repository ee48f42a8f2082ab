"""Each leaf on each rail: a rule fires exactly if its leaf is true, false, not true, not false."""

from __future__ import annotations

from typing import Any

import pytest
from tests.backends.rego_engines import action, agree, policy, rule

from axtary.compiler.ir import (
    Approvers,
    Atom,
    Attribute,
    Compare,
    CompareAttributes,
    Count,
    Effect,
    Has,
    Instant,
    Like,
    Not,
    Number,
    OneOf,
    Pattern,
    Quantified,
    Rule,
    Type,
    Wildcard,
)

DOT_ENV = Pattern((Wildcard.SEGMENTS, ".env", Wildcard.STAR))
SRC = Pattern(("src/", Wildcard.ANY), inside=True)
ANYWHERE = Pattern((Wildcard.ANY,), inside=True)
NOON = Instant(1_795_694_400 * 10**9)


def at(kind: Type, *keys: str) -> Attribute:
    return Attribute("payload", keys or ("x",), kind)


ATOMS: dict[str, Atom] = {
    "string equality": OneOf(at(Type.STRING), ("main",)),
    "string membership": OneOf(at(Type.STRING), ("main", "", "true")),
    "path equality": OneOf(at(Type.PATH), ("src/a",)),
    "boolean": OneOf(at(Type.BOOLEAN), (True,)),
    "number equality": OneOf(at(Type.NUMBER), (Number(15_000),)),
    "integer membership": OneOf(at(Type.INTEGER), (Number(10_000), Number(120_000))),
    "decimal equality": OneOf(at(Type.DECIMAL), (Number(15_000),)),
    "time equality": OneOf(at(Type.TIMESTAMP), (NOON,)),
    "number order": Compare(at(Type.NUMBER), "<", Number(15_000)),
    "integer order": Compare(at(Type.INTEGER), ">=", Number(120_000)),
    "integer against a fraction": Compare(at(Type.INTEGER), "<", Number(15_000)),
    "decimal order": Compare(at(Type.DECIMAL), "<=", Number(15_000)),
    "time order": Compare(at(Type.TIMESTAMP), ">", NOON),
    "two strings": CompareAttributes(at(Type.STRING), "==", at(Type.STRING, "y")),
    "two booleans": CompareAttributes(at(Type.BOOLEAN), "==", at(Type.BOOLEAN, "y")),
    "integer and decimal": CompareAttributes(at(Type.INTEGER), "<=", at(Type.DECIMAL, "y")),
    "two integers": CompareAttributes(at(Type.INTEGER), "==", at(Type.INTEGER, "y")),
    "two times": CompareAttributes(at(Type.TIMESTAMP), ">=", at(Type.TIMESTAMP, "y")),
    "like": Like(at(Type.STRING), (Pattern(("ma", Wildcard.ANY)),)),
    "like one of several": Like(at(Type.STRING), (Pattern(("ma", Wildcard.ANY)), Pattern((Wildcard.ANY, "a")))),
    "like literals": Like(at(Type.STRING), (Pattern(("main",)), Pattern(("1",)))),
    "matches": Like(at(Type.PATH), (DOT_ENV,)),
    "matches inside": Like(at(Type.PATH), (ANYWHERE,)),
    "any matches": Quantified(at(Type.PATHS), "any", patterns=(DOT_ENV, SRC)),
    "all match": Quantified(at(Type.PATHS), "all", patterns=(DOT_ENV, SRC)),
    "any in": Quantified(at(Type.STRINGS), "any", values=("main", "src/a")),
    "all in": Quantified(at(Type.STRINGS), "all", values=("main",)),
    "count": Count(at(Type.STRINGS), "==", 2),
    "count of paths": Count(at(Type.PATHS), "<", 2),
    "has": Has("payload", ("x",)),
    "has, deeper": Has("payload", ("x", "y", "if")),
    "has a root": Has("paths", ()),
}
VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, 12, 1.5, 1.50001, -1, 2**53 - 1, "", "main", "Main", "ma", "ma\nin", "1", "1.5", "1.50000",
    "1.50001", "true", "src/a", "src/.env", "/src", "a//b", "@home/.env", "@root", "@homes/a", [], ["main"], ["src/a"],
    ["src/a", ".env"], ["src/a", "other", ".env"], ["main", "main"], ["main", 1], ["main", None], ["/"], [[]], {},
    {"y": None}, {"y": {"if": None}}, {"y": {"if": False}}, {"y": ["if"]}, {"y": "if"}, "2026-11-26T12:00:00Z",
    "2026-11-26T13:00:00.000000001+01:00", "2026-11-26T12:00:00z", "2026-02-29T12:00:00Z",
)  # fmt: skip


def rails(atom: Atom) -> tuple[Rule, ...]:
    """Rules that fire on the rails TRUE, FALSE, NOT_FALSE, NOT_TRUE, and step_ups that grant on the first two."""
    return (
        rule("true", when=atom),
        rule("false", when=Not(atom)),
        rule("not-false", Effect.DENY, when=atom),
        rule("not-true", Effect.DENY, when=Not(atom)),
        rule("up", Effect.STEP_UP, when=atom, approvers=Approvers()),
        rule("up-not", Effect.STEP_UP, when=Not(atom), approvers=Approvers()),
    )


@pytest.mark.parametrize("name", ATOMS)
def test_a_leaf_is_true_false_or_undefined_as_the_reference_says(name: str) -> None:
    payloads = [{}, *({"x": x} for x in VALUES), *({"x": x, "y": x} for x in VALUES), {"x": 1, "y": "1.0000"}]
    crossed = [{"x": x, "y": y} for x in (1, 1.5, "main", True) for y in (2, "0.5", "Main", False, None)]
    crossed.append({"x": "2026-01-01T00:00:00Z", "y": "2026-01-01T00:00:00.1Z"})
    documents: list[tuple[dict[str, Any], dict[str, Any]]]
    documents = [(action(payload=payload, paths=["a"]), {}) for payload in payloads + crossed]
    documents += [(action(), {}), (action(payload={}), {})]
    verdicts = agree(policy(*rails(ATOMS[name])), documents)
    fired = {rule_id for verdict in verdicts for rule_id in verdict.fired}
    expected = {"true", "false", "not-false", "not-true", "up", "up-not"}
    assert fired == expected

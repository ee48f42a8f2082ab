"""Random policies and hostile actions: small worlds, so that rules and actions meet."""

from __future__ import annotations

import random
from typing import Any, Literal

from axtary.compiler import ir
from axtary.compiler.ir import Effect, Field, Type, Wildcard

KEYS = ("a", "b", "odd key", "if", "\u00e9")
TEXTS = (
    "",
    "main",
    "a/b",
    "a/b.c",
    "a\nb",
    ".env",
    "@home",
    "@home/x",
    "@homely",
    "\U0001f600/\u0301",
    "1",
    "a*{",
    "../a",
)
NUMBERS = ("0", "1", "12", "12.5", "-0.0001", "922337203685477.5807", "-922337203685477.5808", "9007199254740991")
TIMES = (
    "2026-03-29T00:59:59Z",
    "2026-03-29T03:00:00.5+02:00",
    "2026-10-25T01:30:00Z",
    "2026-11-22T23:30:00-05:00",
    "2024-02-29T00:00:00Z",
)
JUNK: tuple[Any, ...] = (
    None, True, False, 0, 1, 12, 12.5, -0.0001, 1e-05, 922337203685477.6, 9007199254740991, -9007199254740991,
    "1.50000", "-0", "01", "1.00001", "12.5", "9" * 400, [], ["a/b", ".env"], ["a", 1], ["a//b"], [".env", ".env"],
    {}, {"a": 1}, {"a": {"b": True}}, "2023-02-29T00:00:00Z", "2024-02-29t00:00:00Z", "1677-12-31T00:00:00Z",
)  # fmt: skip
FIELDS = (Field.RESOURCE, Field.ACTOR, Field.TENANT, Field.OWNER, Field.TASK)
PER: tuple[ir.Per, ...] = ("actor", "tool")


class World:
    """All choices come from one seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.pick = self.random.choice

    def some(self, low: int, high: int) -> range:
        return range(self.random.randint(low, high))

    # --- policies ---

    def policy(self) -> ir.Policy:
        ids = self.random.sample(["a", "a-b", "a.b", "a_b", "b", "9z", "in", "zz"], self.random.randint(1, 6))
        return ir.Policy(tuple(self.rule(rule_id) for rule_id in sorted(ids)))

    def rule(self, rule_id: str) -> ir.Rule:
        effect = self.pick([*[Effect.ALLOW] * 3, *[Effect.STEP_UP] * 3, Effect.DENY])
        obligations: list[ir.Obligation] = []
        if effect is not Effect.DENY:
            obligations = [
                make() for make in (self.blocked, self.hours, self.rate, self.budget) if self.pick("100000") == "1"
            ]
        needs = ir.Approvers(self.pick([(), ("sec",), ("sec", "ops")]), self.pick([1, 2]))
        return ir.Rule(
            rule_id,
            effect,
            self.match(),
            self.condition(self.random.randint(0, 3)) if self.pick("1110") == "1" else None,
            tuple(obligations),
            needs if effect is Effect.STEP_UP else None,
            self.pick([None, 60, 300]) if effect is not Effect.DENY else None,
            description=self.pick(["", "two\nlines \u2028 \U0001f600"]),
        )

    def match(self) -> tuple[ir.Match, ...]:
        tools = self.pick([("fs.read",), ("fs.read", "fs.write"), ("fs.", Wildcard.ANY), (Wildcard.ANY,)])
        if tools[-1] is Wildcard.ANY:
            found = [ir.Match(Field.TOOL, (ir.Pattern(tools),))]
        else:
            found = [ir.Match(Field.TOOL, tuple(ir.Pattern((tool,)) for tool in tools))]
        if self.pick("100") == "1":
            found.append(ir.Match(self.pick(FIELDS), self.patterns(False)))
        return tuple(found)

    def pattern(self, inside: bool) -> ir.Pattern:
        tokens: list[ir.Token] = []
        for _ in self.some(1, 4):
            token: ir.Token = self.pick([*Wildcard, *TEXTS[1:], "/", "a", "."])
            if tokens and (isinstance(token, str) == isinstance(tokens[-1], str)):
                continue
            tokens.append(token)
        return ir.Pattern(tuple(tokens), inside=inside and self.pick([True, False]))

    def patterns(self, inside: bool) -> tuple[ir.Pattern, ...]:
        return tuple(self.pattern(inside) for _ in self.some(1, 3))

    def attribute(self, *types: Type) -> ir.Attribute:
        wanted = self.pick(types)
        if wanted in (Type.STRINGS, Type.PATHS) and self.pick("10") == "1":
            return ir.Attribute("paths", (), Type.PATHS)
        return ir.Attribute("payload", tuple(self.pick(KEYS) for _ in self.some(1, 2)), wanted)

    def value(self, kind: Type) -> ir.Value:
        match kind:
            case Type.BOOLEAN:
                return self.pick([True, False])
            case Type.TIMESTAMP:
                return ir.Instant(self.pick([0, 1774746000_000000000, 1774745999_000000000, 1709164800_000000000]))
            case Type.INTEGER | Type.NUMBER | Type.DECIMAL:
                return self.number()
            case _:
                return self.pick(TEXTS)

    def number(self) -> ir.Number:
        return ir.Number(self.pick([0, 10_000, 120_000, 125_000, -1, 2**63 - 1, -(2**63), 9_223_372_036_854_776_000]))

    def condition(self, depth: int) -> ir.Condition:
        kind = self.pick(["and", "or", "not", "leaf"]) if depth else "leaf"
        if kind == "not":
            return ir.Not(self.condition(depth - 1))
        if kind == "leaf":
            return self.leaf()
        items = tuple(self.condition(depth - 1) for _ in self.some(2, 3))
        return ir.And(items) if kind == "and" else ir.Or(items)

    def leaf(self) -> ir.Atom:
        order: ir.Order = self.pick(["<", "<=", ">", ">="])
        any_order: ir.Comparison = self.pick(["==", "<", "<=", ">", ">="])
        numeric = (Type.NUMBER, Type.INTEGER, Type.DECIMAL)
        match self.pick(range(8)):
            case 0 | 1:
                read = self.attribute(Type.STRING, Type.BOOLEAN, Type.TIMESTAMP, *numeric)
                return ir.OneOf(read, tuple(self.value(read.type) for _ in self.some(1, 2)))
            case 2:
                read = self.attribute(*numeric)
                return ir.Compare(read, order, self.number())
            case 3:
                if self.pick("10") == "1":
                    return ir.CompareAttributes(self.attribute(*numeric), any_order, self.attribute(*numeric))
                kind = self.pick([Type.STRING, Type.BOOLEAN, Type.TIMESTAMP])
                op = any_order if kind is Type.TIMESTAMP else "=="
                return ir.CompareAttributes(self.attribute(kind), op, self.attribute(kind))
            case 4:
                read = self.attribute(Type.STRING, Type.PATH)
                return ir.Like(read, self.patterns(read.type is Type.PATH))
            case 5:
                read = self.attribute(Type.STRINGS, Type.PATHS)
                quantifier: Literal["any", "all"] = self.pick(["any", "all"])
                if self.pick("10") == "1":
                    return ir.Quantified(read, quantifier, patterns=self.patterns(read.type is Type.PATHS))
                return ir.Quantified(read, quantifier, values=tuple(self.pick(TEXTS) for _ in self.some(1, 2)))
            case 6:
                return ir.Count(self.attribute(Type.STRINGS, Type.PATHS), any_order, self.pick([0, 1, 2]))
            case _:
                return ir.Has("payload", self.attribute(Type.STRING).keys)

    # --- obligations ---

    def blocked(self) -> ir.BlockedPaths:
        return ir.BlockedPaths(self.patterns(True))

    def hours(self) -> ir.Hours:
        zones = ("Europe/Berlin", "America/New_York", "Asia/Kathmandu", "UTC")
        windows = []
        for _ in self.some(1, 2):
            start, end = self.random.sample([0, 60, 119, 120, 180, 480, 1410, 1440], 2)
            days = tuple(sorted(self.random.sample(range(7), self.random.randint(1, 7))))
            windows.append(ir.Window(days, start % 1440, end or 1440, self.pick(zones)))
        return ir.Hours(tuple(w for w in windows if w.start != w.end) or (ir.Window((6,), 0, 1440, "UTC"),))

    def rate(self) -> ir.Rate:
        return ir.Rate(self.pick([1, 5]), 3600, self.pick(PER))

    def budget(self) -> ir.Budget:
        numbers = (Type.NUMBER, Type.INTEGER, Type.DECIMAL)
        cost = self.number() if self.pick("10") == "1" else self.attribute(*numbers)
        return ir.Budget(self.pick([ir.Number(0), ir.Number(120_000)]), "USD", self.pick(PER), 60, cost)

    # --- documents ---

    def action(self) -> dict[str, Any]:
        action: dict[str, Any] = {"tool": self.pick(["fs.read", "fs.write", "fs.x/y", "other"])}
        payload = {key: self.json() for key in KEYS if self.pick("110") == "1"}
        action |= {"payload": payload} if self.pick("1110") == "1" else {}
        paths = self.pick([[], [".env"], ["a/b", "a/b.c"], ["@home/x"], ["a\\b"], "a", [1], None, ["src/\U0001f600"]])
        action |= {"paths": paths} if self.pick("110") == "1" else {}
        action |= {"time": self.pick((*TIMES, "yesterday", "2026-02-30T00:00:00Z"))} if self.pick("110") == "1" else {}
        action |= {"resource": self.pick(TEXTS)} if self.pick("10") == "1" else {}
        actor = {key: self.pick(TEXTS) for key in ("agent", "tenant", "owner") if self.pick("10") == "1"}
        return action | {"actor": actor, "intent": {"task": self.pick(TEXTS)}}

    def json(self) -> Any:
        return self.pick([*JUNK, *TEXTS, *TIMES, *NUMBERS, {key: self.pick(JUNK) for key in KEYS}])

    def facts(self) -> dict[str, Any]:
        usage = {key: self.pick([0, 0, 4, 5, -1, 4.5, True, "0", None]) for key in ("a", "a-b", "b", "9z")}
        people: list[Any] = [
            {"id": self.pick("xy"), "roles": self.pick([[], ["sec"], ["ops"], ["sec", "ops"]])} for _ in self.some(0, 3)
        ]
        if self.pick("10000000") == "1":
            people.append(self.pick([None, {"id": 1, "roles": []}, {"id": "x"}, {"id": "x", "roles": [1]}, []]))
        approval = self.pick([{"approvers": people}, {"approvers": people}, {"approvers": {"x": people}}, None, people])
        return self.pick(
            [{}, {"usage": usage, "approval": approval}, {"usage": usage, "approval": approval, "more": 1}]
        )

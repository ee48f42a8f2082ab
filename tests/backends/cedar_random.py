"""Random policies, actions and facts for the Cedar tests: small vocabularies, with hostile members."""

from __future__ import annotations

from random import Random
from typing import Any, Literal

from axtary.compiler.ir import (
    And,
    Approvers,
    Attribute,
    BlockedPaths,
    Budget,
    Compare,
    CompareAttributes,
    Comparison,
    Condition,
    Count,
    Effect,
    Field,
    Has,
    Hours,
    Instant,
    Like,
    Match,
    Not,
    Number,
    Obligation,
    OneOf,
    Or,
    Pattern,
    Policy,
    Quantified,
    Rate,
    Rule,
    Token,
    Type,
    Value,
    Wildcard,
    Window,
    atoms,
    attributes,
)

HOSTILE = ['q"uo\\te', "a\nb", "nul\0", "\U0001f600", "st*r\\*", "é\u0301", "\u202e", ""]
TEXTS = ["main", "Main", "a/b", "src/a.py", ".env", "@home/.env", "@root", "@home", "x/.env.d/key", *HOSTILE]
PATHS = ["src/a.py", "src/b/c.py", ".env", "a/.env", "@home/.env", "@root/x", "secrets/k", "a*b", "\U0001f600/\n"]
BAD_PATHS = ["", "/a", "a/", "a//b", "./a", "a/../b", "a\\b", "nul\0"]
TOOLS = ["gh.pr", "gh.issue", "fs.read", "other tool", 'odd"\n\\tool', "nobody.names.this"]
KEYS = ["a", "b", "odd key", 'q"u.o[t]e', "\U0001f600\n"]
NUMBERS: list[Any] = [
    0,
    1,
    -1,
    2,
    0.5,
    -0.5,
    0.0001,
    0.00001,
    1.5,
    2**53 - 1,
    922337203685477,
    922337203685478,
    -922337203685477,
]
DECIMALS = [
    "0",
    "1.50000",
    "1.5",
    "-0",
    "01",
    "+1",
    ".5",
    "1.",
    "0.00001",
    "922337203685477.5807",
    "922337203685477.5808",
]
DECIMALS += ["-922337203685477.5808", "-922337203685477.5809", "9" * 5000, "1e3", "\u0661", "2"]
TIMES = [
    "2026-11-23T10:00:00Z",
    "2026-11-23T10:00:00.5+01:00",
    "2026-03-29T01:30:00Z",
    "2026-10-25T00:59:59.999999999Z",
]
TIMES += ["1678-01-01T00:00:00+23:59", "2261-12-31T23:59:59-23:59", "1677-12-31T23:59:59Z", "2262-01-01T00:00:00Z"]
TIMES += ["2026-02-29T00:00:00Z", "2026-11-23t10:00:00z", "2026-11-23T24:00:00Z", "2026-11-23T10:00:60Z", "2026-11-23"]
ZONES = ["Europe/Berlin", "UTC", "America/St_Johns", "Asia/Kathmandu", "Pacific/Apia"]
ROLES = ["security", "lead"]

_ORDERED = [Type.NUMBER, Type.INTEGER, Type.DECIMAL, Type.TIMESTAMP]
_NUMERIC = _ORDERED[:3]
_COMPARISONS: list[Comparison] = ["==", "<", "<=", ">", ">="]
_QUANTIFIERS: list[Literal["any", "all"]] = ["any", "all"]


class Maker:
    """Everything that one seed makes."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def pick(self, items: list[Any], low: int = 1, high: int = 3) -> tuple[Any, ...]:
        """Some different items."""
        count = self.random.randint(low, min(high, len(items)))
        return tuple(self.random.sample(items, count))

    # --- policies ---

    def policy(self, rules: int = 6) -> Policy:
        made = [self.rule(f"r{n}.{self.random.choice(['a', 'b-c', 'd_e'])}") for n in range(rules)]
        return Policy(tuple(sorted(made, key=lambda rule: rule.id)))

    def rule(self, name: str) -> Rule:
        effect = self.random.choice([Effect.ALLOW, Effect.ALLOW, Effect.DENY, Effect.STEP_UP])
        when = self.condition(3) if self.chance(0.85) else None
        obligations = () if effect is Effect.DENY or self.chance(0.4) else self.obligations()
        approvers = None
        if effect is Effect.STEP_UP:
            approvers = Approvers(self.pick(ROLES, 0, 2), self.random.randint(1, 2))
        ttl = self.random.choice([None, 60, 300]) if effect is not Effect.DENY else None
        return Rule(name, effect, self.match(), when, obligations, approvers, ttl)

    def match(self) -> tuple[Match, ...]:
        if self.chance(0.6):
            tools = tuple(Pattern((tool,)) for tool in self.pick(TOOLS[:-1]))
        else:
            tools = tuple(self.random.choice([Pattern((Wildcard.ANY,)), Pattern(("gh.", Wildcard.ANY))]) for _ in "ab")
        found = [Match(Field.TOOL, tools)]
        if self.chance(0.3):
            found.append(Match(self.random.choice(list(Field)[1:]), self.patterns()))
        return tuple(found)

    def patterns(self) -> tuple[Pattern, ...]:
        return tuple(self.pattern() for _ in range(self.random.randint(1, 3)))

    def pattern(self) -> Pattern:
        literals = ["src/", ".env", "/", "a", "@home", "@root/", ".py", "secrets/", "*", "\\", "\U0001f600", "b/"]
        tokens: list[Token] = []
        for _ in range(self.random.randint(0, 4)):
            token: Token = self.random.choice([*Wildcard, self.random.choice(literals)])
            if isinstance(token, Wildcard) and self.chance(0.3):
                tokens.append(self.random.choice(literals))
            tokens.append(token)
        return Pattern(tuple(tokens), inside=self.chance(0.4))

    def condition(self, depth: int) -> Condition:
        kind = self.random.choice(["and", "or", "not", "leaf", "leaf"]) if depth else "leaf"
        if kind == "leaf":
            return self.leaf()
        if kind == "not":
            return Not(self.condition(depth - 1))
        items = tuple(self.condition(depth - 1) for _ in range(self.random.randint(2, 3)))
        return And(items) if kind == "and" else Or(items)

    def attribute(self, kind: Type) -> Attribute:
        """A key says nothing about the type: the same path is read by several types in one policy."""
        if kind is Type.TIMESTAMP and self.chance(0.3):
            return Attribute("time", (), kind)
        if kind is Type.PATHS and self.chance(0.5):
            return Attribute("paths", (), kind)
        if kind is Type.STRING and self.chance(0.2):
            return Attribute(
                *self.random.choice([("actor", ("owner",)), ("intent", ("task",)), ("resource", ())]), kind
            )
        return Attribute("payload", self.pick(KEYS, 1, 2), kind)

    def leaf(self) -> Condition:
        make = self.random.choice(
            [self.one_of, self.compare, self.pair, self.like, self.quantified, self.count, self.has]
        )
        return make()

    def one_of(self) -> Condition:
        kind = self.random.choice([Type.STRING, Type.BOOLEAN, *_ORDERED])
        values = tuple(self.value(kind) for _ in range(self.random.randint(1, 3)))
        return OneOf(self.attribute(kind), values)

    def value(self, kind: Type) -> Value:
        if kind is Type.BOOLEAN:
            return self.chance(0.5)
        return self.random.choice(TEXTS) if kind is Type.STRING else self.bound(kind)

    def bound(self, kind: Type) -> Number | Instant:
        if kind is Type.TIMESTAMP:
            return Instant(self.random.choice([0, 1795428000 * 10**9, -(10**18)]))
        scaled = self.random.choice([0, 1, -1, 10_000, 15_000, -5_000, 20_000])
        return Number(scaled if kind is not Type.INTEGER or self.chance(0.2) else scaled // 10_000 * 10_000)

    def compare(self) -> Condition:
        kind = self.random.choice(_ORDERED)
        return Compare(self.attribute(kind), self.random.choice(["<", "<=", ">", ">="]), self.bound(kind))

    def pair(self) -> Condition:
        left = self.random.choice([Type.STRING, Type.BOOLEAN, *_ORDERED])
        right = self.random.choice(_NUMERIC) if left in _NUMERIC else left
        op = self.random.choice(_COMPARISONS) if left in _ORDERED else "=="
        return CompareAttributes(self.attribute(left), op, self.attribute(right))

    def like(self) -> Condition:
        return Like(self.attribute(self.random.choice([Type.STRING, Type.PATH])), self.patterns())

    def quantified(self) -> Condition:
        attribute = self.attribute(self.random.choice([Type.STRINGS, Type.PATHS]))
        quantifier = self.random.choice(_QUANTIFIERS)
        if self.chance(0.5):
            return Quantified(attribute, quantifier, values=self.pick(TEXTS + PATHS))
        return Quantified(attribute, quantifier, patterns=self.patterns())

    def count(self) -> Condition:
        op = self.random.choice(_COMPARISONS)
        return Count(self.attribute(self.random.choice([Type.STRINGS, Type.PATHS])), op, self.random.randint(0, 3))

    def has(self) -> Condition:
        return Has("payload", self.pick(KEYS, 1, 2))

    def obligations(self) -> tuple[Obligation, ...]:
        days = tuple(sorted(self.pick(list(range(7)), 1, 7)))
        start, end = self.random.sample(range(1441), 2)
        cost: Any = Number(self.random.choice([0, 10_000, 500_001]))
        if self.chance(0.7):
            cost = self.attribute(self.random.choice(_NUMERIC))
        made: list[Obligation] = [
            BlockedPaths(self.patterns()),
            Hours((Window(days, min(start, 1439), end, self.random.choice(ZONES)),)),
            Rate(self.random.randint(1, 3), 60, "actor"),
            Budget(Number(self.random.choice([0, 15_000, 20_000])), "USD", "task", 60, cost),
        ]
        return self.pick(made, 1, 2)

    # --- actions and facts ---

    def action(self, policy: Policy) -> dict[str, Any]:
        """An action that has most of what the policy reads; left to chance alone nearly all would be undefined."""
        action = self.loose_action()
        reads: list[Any] = [
            attribute for rule in policy.rules for atom in atoms(rule.when) for attribute in attributes(atom)
        ]
        reads += [ob.cost for rule in policy.rules for ob in rule.obligations if isinstance(ob, Budget)]
        for attribute in self.random.sample(reads, len(reads)):
            if isinstance(attribute, Attribute) and attribute.root == "payload" and self.chance(0.8):
                self.put(action, attribute)
        return action

    def put(self, action: dict[str, Any], attribute: Attribute) -> None:
        *steps, last = attribute.path
        at = action
        for step in steps:
            if not isinstance(at.get(step), dict):
                at[step] = {}
            at = at[step]
        at[last] = self.fitting(attribute.type)

    def fitting(self, kind: Type) -> Any:
        match kind:
            case Type.STRING:
                return self.random.choice(TEXTS)
            case Type.PATH:
                return self.random.choice(PATHS)
            case Type.BOOLEAN:
                return self.chance(0.5)
            case Type.NUMBER | Type.INTEGER:
                return self.random.choice(NUMBERS)
            case Type.DECIMAL:
                return self.random.choice(NUMBERS + DECIMALS)
            case Type.TIMESTAMP:
                return self.random.choice(TIMES)
            case Type.STRINGS:
                return self.list_of(TEXTS, [None])
            case Type.PATHS:
                return self.list_of(PATHS, BAD_PATHS)

    def loose_action(self) -> dict[str, Any]:
        action: dict[str, Any] = {"tool": self.random.choice(TOOLS), "payload": self.payload(2)}
        action["actor"] = {"agent": self.random.choice(TEXTS), "owner": self.random.choice(TEXTS), "roles": ["dev"]}
        if self.chance(0.8):
            action["resource"] = self.random.choice(TEXTS)
        if self.chance(0.8):
            action["time"] = self.random.choice(TIMES)
        if self.chance(0.8):
            action["paths"] = self.list_of(PATHS, BAD_PATHS)
        if self.chance(0.5):
            action["intent"] = {"task": self.random.choice(TEXTS)}
        return action

    def payload(self, depth: int) -> dict[str, Any]:
        return {key: self.json(depth) for key in self.pick(KEYS, 1, 5)}

    def json(self, depth: int) -> Any:
        kind = self.random.choice([*Type, *_NUMERIC, "wrong path", None, *["object"] * (2 if depth else 0)])
        if kind == "object":
            return self.payload(depth - 1)
        if kind == "wrong path":
            return self.random.choice(BAD_PATHS)
        return None if kind is None else self.fitting(Type(kind))

    def list_of(self, good: list[Any], bad: list[Any]) -> list[Any]:
        found = [self.random.choice(good) for _ in range(self.random.randint(0, 3))]
        if self.chance(0.1):
            found.append(self.random.choice(bad))
        return found

    def facts(self, policy: Policy) -> dict[str, Any]:
        counts: list[Any] = [0, 1, 2, 3, -1, 1.0, 1.5, "1", True, None, 2**70]
        facts: dict[str, Any] = {"unknown": [1]}
        if self.chance(0.9):
            facts["usage"] = {
                rule.id: self.random.choice(counts[:3] if self.chance(0.7) else counts) for rule in policy.rules
            }
        if self.chance(0.6):
            facts["approval"] = {"approvers": [self.approver() for _ in range(self.random.randint(0, 3))]}
        if self.chance(0.05):
            facts["approval"] = self.random.choice([None, [], {"approvers": "x"}, {"approvers": {}}])
        return facts

    def approver(self) -> Any:
        if self.chance(0.05):
            return self.random.choice([None, {"id": 1, "roles": []}, {"id": "x"}, {"id": "x", "roles": ["lead", 1]}])
        return {"id": self.random.choice(["ana", "bo"]), "roles": list(self.pick(ROLES, 0, 2)), "more": 1}

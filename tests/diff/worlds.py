"""Small worlds for the semantic diff: policies over a few attributes, and every action that they can tell apart.

A feature is an attribute with the conditions that may be written about it, and *pools*: for each path values that
cover every combination of answers which these conditions can have. So the product of the pools is the whole language as
far as the policies of a world can see, made without any of the code that is tested.
"""

from __future__ import annotations

import itertools
import json
import math
from copy import deepcopy
from dataclasses import dataclass, field
from random import Random
from typing import Any

from axtary.compiler import compile_text
from axtary.compiler.analysis.actions import ABSENT, Edit, edited
from axtary.compiler.ir import Policy

Json = Any
Draft = dict[str, Any]
RULES = ("a", "b", "c")
PEOPLE = [["r"], ["s"], ["r", "s"], ["t"]]


@dataclass(frozen=True)
class Feature:
    """What rules may ask, and values that show every answer. A pool of `usage` or `approval` is about the facts."""

    pools: dict[tuple[str, ...], list[Json]]
    leaves: list[str] = field(default_factory=list)
    match: dict[str, list[Json]] = field(default_factory=dict)
    obligations: dict[str, list[Json]] = field(default_factory=dict)
    effects: tuple[str, ...] = ("allow", "step_up")  # of rules with these obligations


_NUMBERS = [ABSENT, None, "1", 0, 0.5, 1, 1.25, 1.5, 2, 2.5, 3]
_TEXTS = [ABSENT, None, "", "a", "b", "ab", "ax", "xb", "x"]
_ELEMENTS = ["src/x", "x.env", "src/x.env", "x"]
_LISTS = [list(some) for size in range(4) for some in itertools.combinations_with_replacement(_ELEMENTS, size)]
# with a path that no pattern and no condition below names: what is about all of a list needs one
_PATHS = [list(some) for size in range(4) for some in itertools.combinations_with_replacement([*_ELEMENTS, "y"], size)]
_PEOPLE = [list(some) for size in range(3) for some in itertools.combinations_with_replacement(PEOPLE, size)]
# both sides of each edge of the windows and of the instant below, on a weekday and on a Saturday
_TIMES = [ABSENT, "soon"]
_TIMES += [
    f"2026-01-{day}T{clock}:00Z" for day in ("07", "10", "14", "17") for clock in ("07:30", "08:30", "12:30", "20:00")
]
_OPS = ("<", "<=", ">", ">=", "==", "!=")

FEATURES: dict[str, Feature] = {
    "number": Feature(
        {("payload", "n"): _NUMBERS},
        [f"payload.n {op} {bound}" for op in _OPS for bound in (1, 2)] + ["payload.n in [1, 2]", "has payload.n"],
    ),
    "two numbers": Feature(
        {("payload", "n"): _NUMBERS, ("payload", "m"): _NUMBERS},
        [f"payload.n {op} payload.m" for op in _OPS] + ["payload.n > 1", "payload.m <= 2", "payload.m == 1"],
    ),
    "integers": Feature(
        {("payload", "i"): [ABSENT, None, 0.5, 0, 1, 2, 3], ("payload", "j"): [ABSENT, 1.5, 0, 1, 2, 3]},
        [f"payload.i {op} payload.j" for op in _OPS] + ["payload.i > 1", "payload.j < 2", "payload.i == 2"],
    ),
    "decimal": Feature(
        {("payload", "d"): [ABSENT, None, 0, 1, 1.25, 1.5, 2, "0", "1", "1.2500", "1.50", "2", "01"]},
        [f"payload.d {op} {bound}" for op in _OPS for bound in (1, 1.5)],
    ),
    "text": Feature(
        {("payload", "s"): _TEXTS},
        [
            'payload.s == "a"',
            'payload.s != "b"',
            'payload.s in ["a", "b"]',
            'payload.s like "a*"',
            "has payload.s",
            'payload.s like ["*b", "a"]',
            'payload.s like "{a*,*b}"',
            'payload.s like "*"',
            'payload.s == ""',
        ],
    ),
    "two texts": Feature(
        {("payload", "s"): [*_TEXTS, "y", "ay", "yb", "ayb"], ("payload", "t"): [*_TEXTS, "y", "ay", "yb", "ayb"]},
        [
            "payload.s == payload.t",
            "payload.s != payload.t",
            'payload.s like "a*"',
            'payload.t like "*b"',
            'payload.t == "a"',
            'payload.s == "b"',
        ],
    ),
    "path text": Feature(
        {
            ("payload", "f"): [
                ABSENT,
                None,
                "",
                "a//b",
                "a//.env",
                "src//b",
                "src//.env",
                "x",
                "x.env",
                ".env",
                "src/x",
                "src/x.env",
                "src/.env",
            ]
        },
        ['payload.f matches "src/**"', 'payload.f matches ".env"', 'payload.f like "src/*"', 'payload.f like "*.env"'],
    ),
    "flag": Feature(
        {("payload", "flag"): [ABSENT, None, True, False, "true"]},
        ["payload.flag == true", "payload.flag != true", "payload.flag in [true, false]", "has payload.flag"],
    ),
    "nested": Feature(
        {
            ("payload", "o"): [ABSENT, None, "a", "x", {}, {"p": None}, {"p": 1}, {"p": 2}, {"p": 3}, {"p": "1"}],
            ("payload", "other"): [ABSENT, 0],  # a payload without `o`
        },
        ['payload.o == "a"', "payload.o.p <= 1", "has payload.o", "has payload.o.p", "payload.o.p == 2", "has payload"],
    ),
    "paths": Feature(
        {("paths",): [ABSENT, None, ["a//b"], ["src/x", 1], *_PATHS]},
        [f'{word} paths matches "{text}"' for word in ("any", "all", "none") for text in ("src/**", "*.env")]
        + ['paths contains "x"', 'all paths in ["x", "src/x"]', "has paths"]
        + [f"count(paths) {op} {n}" for op in _OPS for n in (0, 1, 2)],
        obligations={"blocked_paths": [["src/**"], ["*.env"], ["src/**", "*.env"]]},
    ),
    "labels": Feature(
        {("payload", "l"): [ABSENT, None, [1], ["x", None], *_LISTS]},
        [f'{word} payload.l like "{text}"' for word in ("any", "all", "none") for text in ("src*", "*env")]
        + [f'{word} payload.l matches "src/**"' for word in ("any", "all")]
        + [f"count(payload.l) {op} {n}" for op in ("<", "==", "!=") for n in (1, 2)],
    ),
    "actor": Feature(
        {("actor", "agent"): [ABSENT, "", "a", "ab", "b", "x"]},
        ['actor.agent == "a"', 'actor.agent like "a*"', "has actor.agent", 'actor.agent != ""'],
        {"actor": ["a", "a*", "*", ["b", "a"], "{a,b}"]},
    ),
    "resource": Feature(
        {("resource",): [ABSENT, "", "r", "r/x", "r/x/y", "q", "r/", "q/x", "r//"]},
        ['resource like "r*"', "has resource", 'resource == "q"'],
        {"resource": ["r/*", "r/**", "*", "**", ["r/*", "r/*/**"], "q"]},
    ),
    "owner": Feature(
        {("actor", "owner"): [ABSENT, "", "u", "v", "w"], ("payload", "by"): [ABSENT, 1, "", "u", "v", "w"]},
        ["payload.by == actor.owner", "payload.by != actor.owner", 'payload.by == "u"', 'actor.owner == "v"'],
        {"owner": ["u", "*", ["u", "v"]]},
    ),
    "time": Feature(
        {("time",): _TIMES},
        ['time < "2026-01-12T00:00:00Z"', "has time", 'time >= "2026-01-12T00:00:00Z"'],
        obligations={
            "hours": [
                "Mon-Fri 08:00-12:00 UTC",
                "Mon-Sun 08:00-19:00 UTC",
                ["Sat 08:00-12:00 UTC", "Wed 12:00-19:00 UTC"],
            ]
        },
    ),
    "rate": Feature(
        {("usage", rule): [ABSENT, -1, 0, 1, 2, 3] for rule in RULES},
        obligations={"rate": ["1 per 1h per actor", "2 per 1h per actor", "3 per 1h per actor", "2 per 2h per actor"]},
    ),
    "budget": Feature(
        {("payload", "n"): [-1, *_NUMBERS]},
        ["payload.n > 1"],
        obligations={
            "budget": [
                {"limit": limit, "unit": "USD", "per": "task", "window": "1d", "cost": cost}
                for limit in ("1", "2")
                for cost in ("payload.n", "1.5")
            ]
        },
    ),
    "approval": Feature(
        {("approval",): _PEOPLE},
        obligations={
            "approvers": [
                ["r"],
                ["s"],
                ["r", "s"],
                {"roles": ["r"], "quorum": "2"},
                {"roles": ["r", "s"], "quorum": "2"},
            ]
        },
        effects=("step_up",),
    ),
    "ttl": Feature({}, obligations={"ttl": ["1m", "2m", "3m"]}),
}
TOOLS = {"a": ["a", "a*", "*"], "b": ["b", "*", ["a", "b"]]}
TOOL_POOL = ["a", "b", "ab", "x"]
TOOL_LEAVES = ['tool == "a"', 'tool like "a*"', 'tool != "b"', "has tool"]
DECLARED: dict[str, Json] = {
    "i": "integer",
    "j": "integer",
    "d": "decimal",
    "s": "string",
    "t": "string",
    "n": "number",
    "m": "number",
}
DECLARED |= {"by": "string", "f": "string", "l": ["string"], "o": {"p": "number"}}


@dataclass(frozen=True)
class World:
    """Two policies over a few features."""

    seed: int
    features: tuple[str, ...]
    old: Draft
    new: Draft

    def policies(self) -> tuple[Policy, Policy]:
        """Both, compiled."""
        return compile_text(json.dumps(self.old)), compile_text(json.dumps(self.new))

    def cases(self, most: int, people: list[Json] | None = None) -> tuple[list[tuple[Json, Json]], bool]:
        """Every action, with every fact, that the policies can tell apart; or `most` of them, and False.

        `people`: approvals that are tried besides, whatever the policies ask for.
        """
        pools: dict[tuple[str, ...], list[Json]] = {("tool",): TOOL_POOL}
        if people is not None:
            pools["approval",] = people
        elif any(rule["effect"] == "step_up" for side in (self.old, self.new) for rule in side["policies"]):
            pools["approval",] = [[], [["r", "s"], ["r", "s"]]]
        for name in self.features:
            for path, values in FEATURES[name].pools.items():
                pools[path] = [*pools.get(path, []), *(v for v in values if not _among(v, pools.get(path, [])))]
        size = math.prod(map(len, pools.values()))
        if size <= most:
            every = itertools.product(*pools.values())
            return [_case(dict(zip(pools, values, strict=True))) for values in every], True
        rng = Random(f"cases {self.seed}")
        some = ([rng.choice(values) for values in pools.values()] for _ in range(most))
        return [_case(dict(zip(pools, values, strict=True))) for values in some], False


def _among(value: Json, known: list[Json]) -> bool:
    return any(value is other or (value == other and type(value) is type(other)) for other in known)


def _case(values: dict[tuple[str, ...], Json]) -> tuple[Json, Json]:
    action: Json = {"version": 1}
    facts: Json = {}
    for path, value in values.items():
        if value is ABSENT:
            continue
        if path[0] == "usage":
            facts.setdefault("usage", {})[path[1]] = value
        elif path == ("approval",):
            facts["approval"] = {"approvers": [{"id": f"u{n}", "roles": roles} for n, roles in enumerate(value)]}
        else:
            action = edited(action, (Edit(path, value),))
    return action, facts


def world(seed: int) -> World:
    """The world of a seed: two policies, of which the second is the first one edited, or another."""
    rng = Random(f"world {seed}")
    small = [name for name in FEATURES if name not in ("two texts", "labels", "paths", "rate", "two numbers")]
    features = tuple(dict.fromkeys([rng.choice(list(FEATURES)), *rng.sample(small, rng.choice([0, 1, 1]))]))
    old = _policy(rng, features)
    new = _policy(rng, features) if rng.random() < 0.25 else deepcopy(old)
    for _ in range(rng.choice([0, 1, 1, 2])):
        _edit(rng, features, new["policies"])
    rng.shuffle(new["policies"])
    return World(seed, features, old, new)


def _policy(rng: Random, features: tuple[str, ...]) -> Draft:
    ids = rng.sample(RULES, rng.choice([1, 2, 2, 3]))
    paths = {path[1] for name in features for path in FEATURES[name].pools if path[0] == "payload"}
    declared = {name: kind for name, kind in DECLARED.items() if name in paths}
    tools = {tool: {"payload": declared} for tool in TOOL_POOL} if declared else {}
    return {"version": "1", "tools": tools, "policies": [_rule(rng, features, rule) for rule in ids]}


def _rule(rng: Random, features: tuple[str, ...], rule_id: str) -> Draft:
    effect = rng.choice(["allow", "allow", "step_up", "deny"])
    rule: Draft = {
        "id": rule_id,
        "effect": effect,
        "match": {"tool": rng.choice(["a", "b", "a*", "*", ["a", "b"], "{a,b}"])},
    }
    for name in features:
        for key, values in FEATURES[name].match.items():
            if rng.random() < 0.5:
                rule["match"][key] = rng.choice(values)
    if rng.random() < 0.85 and any(FEATURES[name].leaves for name in features):
        rule["when"] = _condition(rng, features, rng.choice([0, 1, 1, 2]))
    found = {}
    for name in features:
        feature = FEATURES[name]
        for key, values in feature.obligations.items():
            if effect in feature.effects and rng.random() < 0.7:
                found[key] = rng.choice(values)
    return rule | ({"obligations": found} if found else {})


def _condition(rng: Random, features: tuple[str, ...], depth: int) -> str:
    if depth == 0:
        leaves = [leaf for name in features for leaf in FEATURES[name].leaves]
        return rng.choice(TOOL_LEAVES if rng.random() < 0.06 else leaves)
    kind = rng.choice(["and", "or", "not"])
    if kind == "not":
        return f"not ({_condition(rng, features, depth - 1)})"
    return f" {kind} ".join(f"({_condition(rng, features, depth - 1)})" for _ in range(2))


def question(rng: Random, features: tuple[str, ...]) -> Draft:
    """A match and perhaps a condition, over the features of a world."""
    rule = _rule(rng, features, "question")
    return (
        {"tool": rule["match"]["tool"]} | {key: rule[key] for key in ("when",) if key in rule} | _named(rule["match"])
    )


def _named(match: Draft) -> Draft:
    return {key: match[key] for key in ("resource", "actor") if key in match}


def _edit(rng: Random, features: tuple[str, ...], rules: list[Draft]) -> None:
    """One edit of the policy; often one that changes nothing."""
    rule = rng.choice(rules)
    kind = rng.randrange(7)
    if kind == 0 and len(rules) > 1:
        rules.remove(rule)
    elif kind == 1:
        rules[rules.index(rule)] = _rule(rng, features, rule["id"])
    elif kind == 2 and "when" in rule:
        rule["when"] = f"not (not ({rule['when']}))"
    elif kind == 3 and "when" in rule:
        rule["when"] = (
            f"({rule['when']}) {rng.choice(['and', 'or'])} ({_condition(rng, features, 0)})"
            if features != ("ttl",)
            else rule["when"]
        )
    elif kind == 4 and "obligations" in rule:
        other = _rule(rng, features, rule["id"])
        if other["effect"] == rule["effect"] and "obligations" in other:
            rule["obligations"] = other["obligations"]
    elif kind == 5:
        rule["match"] = _rule(rng, features, rule["id"])["match"]
    elif "when" in rule:
        twin = deepcopy(rule)  # the same rule twice
        free = [name for name in RULES if name not in {each["id"] for each in rules}]
        if free and "rate" not in rule.get("obligations", {}):
            rules.append(twin | {"id": free[0]})

"""Random policies that compile by construction, as drafts: the tree of an `axtary.yml`, so that it can be shrunk.

A condition in a draft is a leaf's text, or {"and": [...]}, {"or": [...]}, {"not": ...}.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from random import Random
from typing import Any

from axtary.compiler.ir import Type
from tests.generate_patterns import name_pattern, path_pattern, resource_pattern

Draft = dict[str, Any]
Draftable = Any  # JSON and conditions

TOOLS = ["fs.read", "fs.write", "github.pr.create", "pay.send", 'odd tool/é"x']
ACTORS = ["agent:codex-1", "agent:claude-x", "agent:é", "@odd", ""]
TENANTS = ["org:acme", "org:a/b"]
OWNERS = ["user:ana@acme.com", "user:ben", "agent:codex-1"]
TASKS = ["AXT-418", "AXT-1", "a\nb"]
SCOPES = ["actor", "tenant", "owner", "task", "tool", "resource"]
ROLES = ["security", "release manager", "é"]
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia"]
ZONES += ["Africa/Casablanca", "Europe/Dublin", "Pacific/Kiritimati", "America/St_Johns", "Etc/GMT+12"]
DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
CLOCKS = ["00:00", "00:01", "02:00", "02:30", "03:00", "08:00", "12:00", "19:00", "23:59"]

WORDS = [
    "main",
    "dev",
    "",
    "Main",
    "m*n",
    'quo"te',
    "back\\slash",
    "e\u0301",
    "é",
    "\U0001f600",
    "a/b",
    "a\nb",
    "1",
    "true",
]
PATHS = ["src/a", "a/b", ".env", "@home/a", "é/\n", "main", "a//b"]
WORDS += ["user:ben", "org:acme", "@home", "\u202e", "\x00"]
INTEGERS = ["0", "1", "-1", "12", "3", str(2**53 - 1), str(-(2**53) + 1)]
NUMBERS = [
    "0",
    "1",
    "-1",
    "12",
    "12.5",
    "0.0001",
    "-0.0001",
    "0.3",
    "1.10",
    "922337203685477.5807",
    "-922337203685477.5808",
]
NUMBERS += ["922337203685477", "-0", "2.5"]
TIMES = ["2026-11-22T10:00:00Z", "2026-03-29T02:30:00+01:00", "1970-01-01T00:00:00Z", "1678-01-01T00:00:00+23:59"]
TIMES += ["2261-12-31T23:59:59.999999999-23:59", "2026-11-22T10:00:00.000000001Z", "2024-02-29T23:59:59.5-03:30"]
ORDERED = [Type.NUMBER, Type.INTEGER, Type.DECIMAL, Type.TIMESTAMP]
NUMERIC = ORDERED[:3]


@dataclass(frozen=True)
class Field:
    """An attribute that a policy can use."""

    path: tuple[str, ...]
    type: Type
    declared: bool = False
    built_in: bool = False


FREE = [  # typed by use, or declared
    (("payload", "base"), Type.STRING),
    (("payload", "odd key"), Type.STRING),
    (("payload", "meta", "author"), Type.STRING),
    (("payload", "file"), Type.STRING),
    (("payload", "deep"), Type.STRING),
    (("payload", "draft"), Type.BOOLEAN),
    (("payload", "a.b"), Type.BOOLEAN),
    (("payload", "n"), Type.NUMBER),
    (("payload", "", "ключ"), Type.NUMBER),
    (("payload", "labels"), Type.STRINGS),
    (("payload", "meta", 'q"u\\o'), Type.STRINGS),
]
OPEN = [  # typed by use only
    (("payload", "deep", "er"), Type.NUMBER),
    (("context", "source"), Type.STRING),
    (("context", "n\n"), Type.NUMBER),
    (("context", "flags", "\U0001f600"), Type.STRINGS),
]
TYPED = [  # nothing but a declaration can say so
    (("payload", "files"), Type.INTEGER),
    (("payload", "max files"), Type.INTEGER),
    (("payload", "amount"), Type.DECIMAL),
    (("payload", "meta", "limit"), Type.DECIMAL),
    (("payload", "due"), Type.TIMESTAMP),
    (("payload", "start"), Type.TIMESTAMP),
]
BUILT_IN = [
    Field(("actor", "agent"), Type.STRING, built_in=True),
    Field(("actor", "tenant"), Type.STRING, built_in=True),
    Field(("actor", "owner"), Type.STRING, built_in=True),
    Field(("actor", "roles"), Type.STRINGS, built_in=True),
    Field(("intent", "task"), Type.STRING, built_in=True),
    Field(("intent", "summary"), Type.STRING, built_in=True),
    Field(("tool",), Type.STRING, built_in=True),
    Field(("resource",), Type.STRING, built_in=True),
    Field(("paths",), Type.PATHS, built_in=True),
    Field(("paths",), Type.PATHS, built_in=True),
    Field(("time",), Type.TIMESTAMP, built_in=True),
]
VARYING = ("payload", "v")  # decimal in the first tool, integer in the second, a number by use in the others
VARIED = {TOOLS[0]: Type.DECIMAL, TOOLS[1]: Type.INTEGER}


def draft_policy(rng: Random) -> Draft:
    """A policy of one to six rules that share a few attributes, names and literals."""
    return _Maker(rng).policy()


class _Maker:
    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._declares = rng.random() < 0.7
        self._fields = [Field(path, kind) for path, kind in rng.sample(OPEN, 1)]
        self._fields += [
            Field(path, kind, self._declares and self._flip(0.4)) for path, kind in rng.sample(FREE, rng.randint(2, 5))
        ]
        if self._declares:
            self._fields += [Field(path, kind, True) for path, kind in rng.sample(TYPED, rng.randint(1, 4))]
        self._fields += rng.sample(BUILT_IN, 3)
        self._words = rng.sample(WORDS, 4)
        self._numbers = rng.sample(NUMBERS, 3)

    def policy(self) -> Draft:
        rules = [self._rule(number) for number in range(self._rng.choice([1, 2, 2, 3, 4, 6]))]
        draft: Draft = {"version": "1", "groups": self._groups()}
        if self._declares:
            draft["tools"] = {tool: {"payload": self._declaration(tool)} for tool in TOOLS}
        return draft | {"policies": rules}

    # --- declarations ---

    def _groups(self) -> Draft:
        return {
            "coders": self._some(["agent:codex-*", "agent:{claude,é}*", r"\@odd"]),
            "all": ["@coders", self._rng.choice(["agent:*", "user:*", "org:*", "*a*"])],
            "mixed": self._some(["*/*", "**", "a*b", "repo:acme/*", "user:{ana@acme.com,ben}", "*"]),
        }

    def _declaration(self, tool: str) -> Draft:
        fields: Draft = {VARYING[1]: VARIED[tool].value} if tool in VARIED else {"unused": "string"}
        for field in self._fields:
            if field.declared:
                *parents, last = field.path[1:]
                body = fields
                for parent in parents:
                    body = body.setdefault(parent, {})
                body[last] = ["string"] if field.type is Type.STRINGS else field.type.value
        return fields

    # --- rules ---

    def _rule(self, number: int) -> Draft:
        effect = self._rng.choice(["allow"] * 5 + ["step_up"] * 3 + ["deny"] * 2)
        rule: Draft = {
            "id": f"{self._rng.choice(['r', '0', 'z_'])}{number}.{self._rng.choice('ab-')}",
            "effect": effect,
        }
        fields = list(self._fields)
        if self._declares and self._flip(0.25):
            tool = self._rng.choice(TOOLS)
            rule["match"] = {"tool": tool}
            fields += [Field(VARYING, VARIED.get(tool, Type.NUMBER), tool in VARIED)] * 2
        else:
            rule["match"] = {"tool": self._tool()}
        rule["match"] |= self._match()
        if self._flip(0.85):
            rule["when"] = self._condition(fields, self._rng.choice([0, 0, 1, 1, 2, 3, 4]))
        if effect != "deny" and (obligations := self._obligations(effect, fields)):
            rule["obligations"] = obligations
        return rule

    def _tool(self) -> Any:
        """Always covers a tool of the pool, so that what is declared for all of them is declared here."""
        tool = self._rng.choice(TOOLS)
        i, j = sorted((self._rng.randint(0, len(tool)), self._rng.randint(0, len(tool))))
        other = self._rng.choice(TOOLS)
        sure = self._rng.choice(
            [
                tool,
                "*",
                "**",
                tool[:j] + "*",
                "*" + tool[i:],
                tool[:i] + "*" + tool[j:],
                f"{{{tool},{other}}}",
                f"{tool}{{,2}}",
            ]
        )
        return (
            [sure, *self._some(["x*", "unknown", "*.*.*", "@mixed", "a" + name_pattern(self._rng)])]
            if self._flip(0.3)
            else sure
        )

    def _match(self) -> Draft:
        pools = {
            "actor": ["agent:*", "agent:codex-1", "@coders", "@all", "@mixed", "*-{1,x}", "*", r"\@odd", "a**t:*"],
            "tenant": ["org:acme", "org:*", "*/*", "@all"],
            "owner": ["user:*", "*@acme.com", "@mixed", "agent:codex-1", "*"],
            "task": ["AXT-*", "AXT-418", "*1*", "a*b", "*"],
        }
        found: Draft = {}
        if self._flip(0.3):
            found["resource"] = [resource_pattern(self._rng) for _ in range(self._rng.randint(1, 3))]
            if self._flip(0.1):
                found["resource"].append("@mixed")
        for field, pool in pools.items():
            if self._flip(0.12):
                found[field] = self._some(pool) if self._flip(0.5) else self._rng.choice(pool)
        return found

    # --- obligations ---

    def _obligations(self, effect: str, fields: list[Field]) -> Draft:
        found: Draft = {}
        if self._flip(0.2):
            found["blocked_paths"] = [path_pattern(self._rng) for _ in range(self._rng.randint(1, 3))]
        if self._flip(0.2):
            found["hours"] = [self._window() for _ in range(self._rng.randint(1, 3))]
        if self._flip(0.15):
            found["rate"] = f"{self._rng.choice([1, 2, 20])} per {self._duration()} per {self._rng.choice(SCOPES)}"
        if self._flip(0.15):
            found["budget"] = self._budget(fields)
        if self._flip(0.2):
            found["ttl"] = self._duration()
        if effect == "step_up" and self._flip(0.6):
            roles = self._some(ROLES)
            found["approvers"] = roles if self._flip(0.5) else {"roles": roles, "quorum": str(self._rng.randint(1, 3))}
        return found

    def _budget(self, fields: list[Field]) -> Draft:
        limit = self._rng.choice(["0", "1", "12.5", "50.00", "922337203685477.5807"])
        budget = {"limit": limit, "unit": "USD", "per": self._rng.choice(SCOPES), "window": self._duration()}
        costs = [f for f in fields if f.type in NUMERIC and not f.built_in]
        if costs and self._flip(0.7):
            budget["cost"] = self._path(self._rng.choice(costs).path)
        elif self._flip(0.5):
            budget["cost"] = self._rng.choice(["0", "12.5", "12.5001", "1"])
        return budget

    def _window(self) -> str:
        start, end = self._rng.sample(CLOCKS, 2)
        if self._flip(0.15):
            end = "24:00"
        day, last = self._rng.choice(DAYS), self._rng.choice(DAYS)
        days = self._rng.choice([day, f"{day}-{last}", "Mon-Fri", "Fri-Mon", "Mon-Sun", f"{day},{last}", "Mon-Sun"])
        return f"{days} {start}-{end} {self._rng.choice(ZONES)}"

    def _duration(self) -> str:
        return self._rng.choice(["1s", "5m", "1h", "1h30m", "1d", "7d", "90s"])

    # --- conditions ---

    def _condition(self, fields: list[Field], depth: int) -> Draftable:
        if depth == 0 or self._flip(0.1):
            return self._leaf(fields)
        kind = self._rng.choice(["and", "and", "or", "or", "not"])
        if kind == "not":
            return {"not": self._condition(fields, depth - 1)}
        return {kind: [self._condition(fields, depth - 1) for _ in range(self._rng.choice([2, 2, 3]))]}

    def _leaf(self, fields: list[Field]) -> Draftable:
        if self._flip(0.1):
            return self._has(fields)
        field = self._rng.choice(fields)
        others = [f for f in fields if f.path != field.path and self._comparable(field, f)]
        if others and self._flip(0.3):
            return self._attributes(field, self._rng.choice(others))
        return self._typed_leaf(field)

    def _has(self, fields: list[Field]) -> str:
        path = self._rng.choice(fields).path
        if path[0] in ("payload", "context"):
            path = path[: self._rng.randint(1, len(path))]
        return f"has {self._path(path)}"

    def _comparable(self, one: Field, two: Field) -> bool:
        lists = (Type.STRINGS, Type.PATHS)
        return (one.type is two.type and one.type not in lists) or (one.type in NUMERIC and two.type in NUMERIC)

    def _attributes(self, left: Field, right: Field) -> Draftable:
        """Attribute against attribute; a leaf with a literal tells the type of a side that nothing else tells."""
        op = self._rng.choice(["==", "!=", "<", "<=", ">", ">="] if left.type in ORDERED else ["==", "!="])
        leaf = f"{self._path(left.path)} {op} {self._path(right.path)}"
        told = [field for field in (left, right) if field.declared or field.built_in]
        return leaf if told else {self._rng.choice(["and", "or"]): [self._typed_leaf(left), leaf]}

    def _typed_leaf(self, field: Field) -> str:
        path = self._path(field.path)
        if field.type in (Type.STRINGS, Type.PATHS):
            return self._list_leaf(path)
        if field.type is Type.STRING and self._flip(0.6 if "file" in field.path else 0.35):
            operator = "matches" if self._flip(0.7 if "file" in field.path else 0.3) else "like"
            return f"{path} {operator} {self._patterns(operator)}"
        if self._flip(0.25):
            return f"{path} in [{', '.join(self._literal(field.type) for _ in range(self._rng.randint(1, 3)))}]"
        op = self._rng.choice(["==", "!=", "<", "<=", ">", ">="] if field.type in ORDERED else ["==", "!="])
        sides = [path, self._literal(field.type)]
        return f" {op} ".join(reversed(sides) if self._flip(0.2) else sides)

    def _list_leaf(self, path: str) -> str:
        quantifier = self._rng.choice(["any", "all", "none"])
        operator = "matches" if self._flip(0.6 if path == "paths" else 0.3) else "like"
        op = self._rng.choice(["==", "!=", "<", "<=", ">", ">="])
        kind = Type.PATHS if path == "paths" else Type.STRINGS
        words = ", ".join(self._literal(kind) for _ in range(self._rng.randint(1, 3)))
        return self._rng.choice(
            [
                f"{path} contains {self._literal(kind)}",
                f"{quantifier} {path} {operator} {self._patterns(operator)}",
                f"{quantifier} {path} {operator} {self._patterns(operator)}",
                f"{quantifier} {path} in [{words}]",
                f"count({path}) {op} {self._rng.choice([0, 1, 2, 3])}",
            ]
        )

    def _patterns(self, operator: str) -> str:
        make = path_pattern if operator == "matches" else name_pattern
        found = [self._quoted(make(self._rng)) for _ in range(self._rng.choice([1, 1, 2, 3]))]
        return found[0] if len(found) == 1 and self._flip(0.5) else f"[{', '.join(found)}]"

    def _literal(self, kind: Type) -> str:
        if kind is Type.BOOLEAN:
            return self._rng.choice(["true", "false"])
        if kind is Type.INTEGER:
            return self._rng.choice(INTEGERS)
        if kind in NUMERIC:
            return self._rng.choice(self._numbers)
        if kind is Type.PATHS:
            return self._quoted(self._rng.choice(PATHS))
        return self._quoted(self._rng.choice(TIMES if kind is Type.TIMESTAMP else self._words))

    # --- small texts ---

    def _path(self, path: tuple[str, ...]) -> str:
        text = path[0]
        for key in path[1:]:
            plain = re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", key) and (path[0] in ("actor", "intent") or self._flip(0.9))
            text += f".{key}" if plain else f"[{self._quoted(key)}]"
        return text

    def _quoted(self, text: str) -> str:
        return json.dumps(text, ensure_ascii=self._flip(0.5))

    def _some(self, pool: list[str]) -> list[str]:
        return self._rng.sample(pool, self._rng.randint(1, min(3, len(pool))))

    def _flip(self, chance: float) -> bool:
        return self._rng.random() < chance


# --- draft -> text ---


def policy_text(draft: Draft) -> str:
    """The draft as `axtary.yml`."""
    lines = []
    for key, value in draft.items():
        if key == "policies":
            lines += ["policies:", *(f"  - {yaml_text(written(rule))}" for rule in value)]
        else:
            lines.append(f"{key}: {yaml_text(value)}")
    return "\n".join(lines) + "\n"


def written(rule: Draft) -> Draft:
    """The rule with its condition as text."""
    return rule | {"when": condition_text(rule["when"])} if "when" in rule else rule


_BINDING = {"or": 1, "and": 2, "not": 3}


def condition_text(condition: Draftable, around: int = 0) -> str:
    """With the parentheses that the binding of the operators asks for, and no others."""
    if isinstance(condition, str):
        return condition
    ((kind, inner),) = condition.items()
    binding = _BINDING[kind]
    if kind == "not":
        text = f"not {condition_text(inner, binding)}"
    else:
        text = f" {kind} ".join(condition_text(item, binding) for item in inner)
    return f"({text})" if binding < around else text


def yaml_text(value: Draftable, indent: int | None = None) -> str:
    """JSON is YAML, but for characters that a policy file must not have as they are."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return re.sub("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]", lambda m: f"\\u{ord(m[0]):04x}", text)

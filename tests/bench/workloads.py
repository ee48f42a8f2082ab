"""Policies and actions to measure with: plain data from a seed, in a language that every peer can say.

A `Spec` is one rule. Patterns have one `*` at most, at their beginning or end. Every action has every attribute with
its type, so that no engine needs guards to give the same answer; axtary has them all the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

SERVICES = ["github", "slack", "jira", "stripe", "aws", "db", "mail", "fs", "web", "crm"]
TOOLS = [f"{service}.{verb}" for service in SERVICES for verb in ("read", "create", "update", "delete")]
TEAMS = [f"team{n}" for n in range(12)]
AGENTS = [f"agent:{team}-{n}" for team in TEAMS for n in range(10)]
STRINGS = {name: [f"{name}-{n}" for n in range(12)] for name in ("base", "channel", "env", "region", "kind", "source")}
NUMBERS = ["files", "amount", "additions", "risk", "retries"]
BOOLEANS = ["draft", "force", "verified"]
LABELS = [f"label{n}" for n in range(40)]
FOLDERS = [f"{top}/{sub}" for top in ("src", "infra", "docs", "ops", "web") for sub in ("prod", "test", "lib", "api")]
EFFECTS = ["allow"] * 6 + ["deny"] * 2 + ["step_up"] * 2
TOP = 1000  # numbers are below


@dataclass(frozen=True)
class Test:
    """One condition. `kind`: eq, in, le, ge, is (a boolean), has (a label), below (a path in a folder)."""

    kind: str
    name: str
    value: Any


@dataclass(frozen=True)
class Spec:
    """One rule."""

    id: str
    effect: str
    tool: str
    resource: str = "*"
    actor: str = "*"
    tests: tuple[Test, ...] = ()


Action = dict[str, Any]


@dataclass(frozen=True)
class Workload:
    """Rules, and a stream of actions as JSON texts."""

    name: str
    specs: list[Spec]
    actions: Callable[[Random], Iterator[bytes]]


def make(name: str, size: int, seed: int = 0) -> Workload:
    """A workload by name, with `size` rules."""
    rng = Random(f"{name} {size} {seed}")
    resources = [f"repo:org{n % 50}/project{n}" for n in range(max(20, size // 5 if name == "specific" else 200))]
    make_rule, change = _RULES.get(name, _realistic), _CHANGES.get(name)
    specs = [make_rule(f"r{n:06d}", n, rng, resources) for n in range(size)]

    def actions(stream: Random) -> Iterator[bytes]:
        for number in range(1 << 62):
            action = _action(stream, resources, number)
            if name in _ONE_TOOL:
                action["tool"] = TOOLS[0]
            if change is not None:
                change(action, stream, number)
            yield json.dumps(action).encode()

    return Workload(name, specs, actions)


# --- rules ----------------------------------------------------------------------------------------------------------


def _realistic(name: str, number: int, rng: Random, resources: list[str]) -> Spec:
    tool = rng.choice(TOOLS) if rng.random() < 0.7 else f"{rng.choice(SERVICES)}.*"
    resource = "*" if rng.random() < 0.5 else rng.choice([f"repo:org{rng.randrange(50)}/*", rng.choice(resources)])
    actor = "*" if rng.random() < 0.5 else rng.choice([f"agent:{rng.choice(TEAMS)}-*", rng.choice(AGENTS)])
    return Spec(name, rng.choice(EFFECTS), tool, resource, actor, _tests(rng))


def _specific(name: str, number: int, rng: Random, resources: list[str]) -> Spec:
    if number < 40 and number % 2:
        return _realistic(name, number, rng, resources)
    return Spec(name, rng.choice(EFFECTS), rng.choice(TOOLS), rng.choice(resources), "*", _tests(rng))


def _one_tool(name: str, number: int, rng: Random, resources: list[str]) -> Spec:
    return Spec(name, rng.choice(EFFECTS), TOOLS[0], tests=_tests(rng))


def _stars(name: str, number: int, rng: Random, resources: list[str]) -> Spec:
    verb = rng.choice(TOOLS)[rng.randint(1, 5) :]
    return Spec(name, rng.choice(EFFECTS), f"*{verb}", f"*{number}", f"*{rng.choice(AGENTS)[7:]}", _tests(rng))


def _ranges(name: str, number: int, rng: Random, resources: list[str]) -> Spec:
    low = rng.randrange(TOP * 100) / 100
    tests = (Test("ge", "amount", low), Test("le", "amount", round(low + rng.random() * 10, 2)))
    return Spec(name, rng.choice(EFFECTS), TOOLS[0], tests=tests)


_ONE_TOOL = ("one_tool", "ranges")
_RULES = {"specific": _specific, "one_tool": _one_tool, "stars": _stars, "ranges": _ranges}


def _tests(rng: Random) -> tuple[Test, ...]:
    found = {test.name: test for test in (_test(rng) for _ in range(rng.choice([1, 2, 2, 3])))}
    return tuple(found.values())


def _test(rng: Random) -> Test:
    kind = rng.choice(["eq", "eq", "in", "in", "le", "ge", "le", "is", "has", "below"])
    if kind in ("eq", "in"):
        name = rng.choice(sorted(STRINGS))
        return Test(kind, name, rng.choice(STRINGS[name]) if kind == "eq" else tuple(rng.sample(STRINGS[name], 4)))
    if kind in ("le", "ge"):
        return Test(kind, rng.choice(NUMBERS), rng.randrange(TOP))
    if kind == "is":
        return Test(kind, rng.choice(BOOLEANS), rng.random() < 0.5)
    return Test(kind, "labels", rng.choice(LABELS)) if kind == "has" else Test(kind, "paths", rng.choice(FOLDERS))


# --- actions --------------------------------------------------------------------------------------------------------


def _action(rng: Random, resources: list[str], number: int) -> Action:
    agent = rng.choice(AGENTS)
    payload: Action = {name: rng.choice(values) for name, values in STRINGS.items()}
    payload |= {name: rng.randrange(TOP) for name in NUMBERS} | {"amount": rng.randrange(TOP * 100) / 100}
    payload |= {name: rng.random() < 0.5 for name in BOOLEANS}
    payload["labels"] = rng.sample(LABELS, rng.randint(0, 4))
    payload["body"] = f"text {number} " * 12
    return {
        "version": 1,
        "id": f"act-{number}",
        "time": f"2026-11-23T10:{number // 60 % 60:02d}:{number % 60:02d}Z",
        "tool": rng.choice(TOOLS) if rng.random() < 0.98 else f"other.tool{number}",
        "resource": rng.choice(resources),
        "actor": {"agent": agent, "tenant": "org:acme", "owner": f"user:{agent[6:]}"},
        "intent": {"task": f"AXT-{number}"},
        "payload": payload,
        "paths": [f"{rng.choice(FOLDERS)}/file{rng.randrange(500)}.py" for _ in range(rng.randint(1, 5))],
    }


def _unique(action: Action, rng: Random, number: int) -> None:
    """No text, number or element of a list was seen before."""
    action |= {"resource": f"repo:org{number % 50}/unique{number}"}
    action["actor"] |= {"agent": f"agent:team{number % 12}-u{number}"}
    payload = action["payload"]
    payload |= {name: f"{payload[name]}-{number}" for name in STRINGS}
    payload |= {name: payload[name] + number % 10_000 / 10_000 for name in NUMBERS[2:]}
    payload["labels"] = [f"{label}-{number}" for label in payload["labels"]]
    action["paths"] = [f"{path}-{number}" for path in action["paths"]]


def _long(action: Action, rng: Random, number: int) -> None:
    """64 KB behind every text that a rule may read."""
    tail = f"{number}/" + "aA-" * 21_845
    action |= {"resource": action["resource"] + tail}
    action["actor"] |= {"agent": action["actor"]["agent"] + tail}
    action["payload"] |= {name: action["payload"][name] + tail for name in STRINGS}
    action["paths"] = [f"{path}{tail}" for path in action["paths"]]


def _lists(action: Action, rng: Random, number: int) -> None:
    """1,000 paths and 1,000 labels, none seen before."""
    action["payload"]["labels"] = [f"label{n}-{number}" for n in range(1000)]
    action["paths"] = [f"{FOLDERS[n % len(FOLDERS)]}/{number}/file{n}.py" for n in range(1000)]


_CHANGES = {"unique": _unique, "long_texts": _long, "long_lists": _lists}
WORKLOADS = ["realistic", *_RULES, *_CHANGES]

"""Random actions and facts for a policy: its own literals, patterns and boundaries, mixed with hostile values.

Every action passes the door: the hostile part is what the door lets through.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from axtary.compiler import ir
from axtary.compiler.ir import NUMERIC, Attribute, Type
from tests.generate_patterns import near_text
from tests.generate_policies import ACTORS, OWNERS, ROLES, TASKS, TENANTS, TOOLS, WORDS
from tests.reference import zone

Action = dict[str, Any]
Path = tuple[str, ...]

BAD_PATHS = ["", "/a", "a/", "a//b", "./a", "a/./b", "a/..", "..", "a\\b", "a\0", "../.env", "@home/", "/@home/a"]
NO_NUMBERS: list[Any] = [True, False, "1", "12", 1.00001, 1e-7, -0.00001, 5e-324, 922337203685478, -922337203685478]
NO_DECIMALS = ["01", "+1", "1e3", " 1", "1 ", "1.", ".5", "-", "١", "1\n", "NaN", "0x1", "1.00001", "1,5", "9" * 5000]
NO_DECIMALS += ["922337203685477.5808", "-922337203685477.5809", "9" * 40, "0." + "0" * 40 + "1"]
NO_TIMES = [
    "2026-02-29T00:00:00Z",
    "2100-02-29T00:00:00Z",
    "1900-02-29T12:00:00Z",
    "2026-04-31T00:00:00Z",
    "2026-11-22",
]
NO_TIMES += [
    "2026-11-22T10:00:00z",
    "2026-11-22t10:00:00Z",
    "2026-11-22 10:00:00Z",
    "2026-11-22T24:00:00Z",
    "",
    "2026-11-22",
]
NO_TIMES += ["2026-11-22T23:59:60Z", "2026-11-22T10:00:00+24:00", "2026-11-22T10:00:00+01:60", "2026-11-22T10:00:00.Z"]
NO_TIMES += ["1677-12-31T23:59:59Z", "2262-01-01T00:00:00Z", "2026-11-22T10:00:00.0000000001Z", "２026-11-22T10:00:00Z"]
NO_TIMES += ["2026-11-22T10:00:00Z\n", "2026-00-10T00:00:00Z", "0000-01-01T00:00:00Z", "+2026-11-22T10:00:00Z"]
NO_TIMES += ["2026-11-22T10:00:00,5Z", "2026-11-22T10:00:00", "2026-11-22T10:60:00Z", "2026-11-00T10:00:00Z"]
NEAR_MISS: dict[Type, list[Any]] = {  # null and what else the type just does not take, and its last values
    Type.STRING: [None, True, 0, 1, ["main"], [], {}, {"a": "main"}],
    Type.PATH: [None, ["a"], {}, *BAD_PATHS],
    Type.BOOLEAN: [None, 0, 1, "true", "false", "", [], [True]],
    Type.NUMBER: [None, [1], {}, *NO_NUMBERS, 922337203685477, -922337203685477],
    Type.INTEGER: [None, [1], {}, 0.5, 12.5, -0.0001, *NO_NUMBERS, 2**53 - 1, -(2**53) + 1],
    Type.DECIMAL: [None, True, 1.00001, 922337203685478, *NO_DECIMALS, "-0", "-0.00000", "1." + "0" * 40],
    Type.TIMESTAMP: [None, 0, 1795341600, [], *NO_TIMES, "2000-02-29T00:00:00Z", "2024-02-29T00:00:00Z"],
    Type.STRINGS: [None, "main", ["main", None], [1], [["a"]], {"0": "a"}, ["", True]],
    Type.PATHS: [None, "src/a", [None], ["a", 1], {}, *(["src/a", path] for path in BAD_PATHS)],
}
NEAR_MISS[Type.DECIMAL] += ["922337203685477.5807", "-922337203685477.5808"]
HOSTILE = [value for values in NEAR_MISS.values() for value in values]
SCALED = [0, 10_000, 120_000, -10_000, 125_000, 2**63 - 1, -(2**63)]
BAD_APPROVERS = [None, "ana", {}, {"id": 1, "roles": []}, {"id": "ana"}, {"id": "ana", "roles": ["é", 1]}]
DATES = ["2026-11-20", "2026-11-22", "2026-03-29", "2026-10-25", "2026-03-08", "2026-11-01", "2026-04-05", "2026-10-04"]
DATES += [
    "2024-02-29",
    "1890-01-01",
    "1945-07-01",
    "2011-12-29",
    "2011-12-31",
    "2200-07-01",
    "2026-02-15",
    "1970-01-01",
]
PLAIN_PATHS = ["src/a", "a/b", ".env", "src/.env", "x.md", "@home/a", "@root/.env", "@@home/a", "a/b/x.md", "é/\n"]


@dataclass
class Hints:
    """What a policy would like to see in an action."""

    types: dict[Path, list[Type]] = field(default_factory=dict)
    values: dict[Path, list[Any]] = field(default_factory=dict)
    patterns: dict[Path, list[ir.Pattern]] = field(default_factory=dict)
    counts: list[int] = field(default_factory=list)
    windows: list[ir.Window] = field(default_factory=list)

    def see(self, attribute: Attribute) -> None:
        self.types.setdefault(attribute.path, []).append(attribute.type)


def hints(policy: ir.Policy) -> Hints:
    """Collected once for a policy."""
    found = Hints()
    for rule in policy.rules:
        for atom in ir.atoms(rule.when):
            _see_atom(found, atom)
        for obligation in rule.obligations:
            _see_obligation(found, obligation)
    return found


def _see_atom(found: Hints, atom: ir.Atom) -> None:
    for attribute in ir.attributes(atom):
        found.see(attribute)
    match atom:
        case ir.OneOf() | ir.Quantified():
            found.values.setdefault(atom.attribute.path, []).extend(atom.values)
        case ir.Compare():
            found.values.setdefault(atom.attribute.path, []).append(atom.value)
        case ir.Count():
            found.counts.append(atom.n)
        case ir.Has():
            found.types.setdefault(atom.path, [])
    if isinstance(atom, ir.Like | ir.Quantified):
        found.patterns.setdefault(atom.attribute.path, []).extend(atom.patterns)


def _see_obligation(found: Hints, obligation: ir.Obligation) -> None:
    match obligation:
        case ir.BlockedPaths():
            found.see(Attribute("paths", (), Type.PATHS))
            found.patterns.setdefault(("paths",), []).extend(obligation.patterns)
        case ir.Hours():
            found.see(Attribute("time", (), Type.TIMESTAMP))
            found.windows.extend(obligation.windows)
        case ir.Budget(cost=Attribute() as cost):
            found.see(cost)
            found.values.setdefault(cost.path, []).extend([obligation.limit, ir.Number(0)])


def cases(rng: Random, policy: ir.Policy) -> Iterator[tuple[Action, dict[str, Any]]]:
    """Pairs of an action and facts, without end."""
    known = hints(policy)
    while True:
        maker = _Maker(rng, policy, known)
        yield maker.action(), maker.facts()


class _Maker:
    """Makes one action; how hostile it is, is drawn once, so that well-typed ones are common too."""

    def __init__(self, rng: Random, policy: ir.Policy, known: Hints) -> None:
        self._rng = rng
        self._policy = policy
        self._known = known
        self._hostility = rng.choice([0.0, 0.0, 0.03, 0.1, 0.3, 0.7])
        self._moment = rng.randrange(2**61)
        self._words = rng.sample(WORDS, 2)  # few, so that two attributes are equal now and then
        self._numbers = [ir.Number(rng.choice(SCALED)) for _ in range(2)]

    # --- actions ---

    def action(self) -> Action:
        action: Action = {"version": 1, "tool": self._rng.choice(TOOLS)}
        pools: list[tuple[Path, list[str]]] = [
            (("actor", "agent"), ACTORS),
            (("actor", "tenant"), TENANTS),
            (("actor", "owner"), OWNERS),
            (("intent", "task"), TASKS),
            (("resource",), ["repo:acme/a", "repo:acme/a/b", "repo:x", "a", "a//b"]),
        ]
        for path, pool in pools:
            if self._flip(0.9):
                _put(action, path, self._rng.choice(pool))
        if self._flip(0.9):
            action["time"] = self._time()
        if self._flip(0.9):
            action["paths"] = self._list(("paths",), Type.PATHS)
        for path in self._known.types:
            self._fill(action, path)
        self._aim(action)
        return action

    def _aim(self, action: Action) -> None:
        """Let one rule match, most of the time."""
        if self._flip(0.1):
            return
        for match in self._rng.choice(self._policy.rules).match:
            if self._flip(0.97):
                text = near_text(self._rng, self._rng.choice(match.patterns))
                _put(action, match.field.path, text or "a" if match.field is ir.Field.TOOL else text)

    def _fill(self, action: Action, path: Path) -> None:
        is_free = path[0] in ("payload", "context") and len(path) > 1
        types = self._known.types[path]
        if path == ("time",) or path[0] in ("tool", "paths"):
            return
        if self._flip(self._hostility):
            if self._flip(0.3):
                return
            if is_free or path == ("actor", "roles"):
                at = self._rng.randint(2, len(path)) if self._flip(0.3) else len(path)
                near = NEAR_MISS[self._rng.choice(types)] if types and at == len(path) else HOSTILE
                _put(action, path[:at], self._rng.choice(near))
                return
        if types:
            _put(action, path, self._value(path, self._rng.choice(types)))
        elif is_free and self._flip(0.6):
            _put(action, path, self._rng.choice(HOSTILE))
        elif path in (("payload",), ("context",), ("actor",), ("intent",)) and self._flip(0.5):
            action.setdefault(path[0], {})

    # --- values ---

    def _value(self, path: Path, kind: Type) -> Any:
        if kind is Type.BOOLEAN:
            return self._flip(0.5)
        if kind in NUMERIC:
            return self._number(path, kind)
        if kind is Type.TIMESTAMP:
            return self._instant(path)
        if kind in (Type.STRINGS, Type.PATHS):
            return self._list(path, kind)
        return self._text(path, kind)

    def _text(self, path: Path, kind: Type) -> str:
        literals = [value for value in self._known.values.get(path, []) if isinstance(value, str)]
        patterns = self._known.patterns.get(path, [])
        draw = self._rng.random()
        if patterns and draw < 0.5:
            return near_text(self._rng, self._rng.choice(patterns))
        if literals and draw < 0.75:
            return self._rng.choice(literals)
        if kind in (Type.PATH, Type.PATHS):
            return self._rng.choice(BAD_PATHS if self._flip(self._hostility / 2) else PLAIN_PATHS)
        return self._rng.choice(self._words)

    def _list(self, path: Path, kind: Type) -> Any:
        if self._flip(self._hostility / 3):
            return self._rng.choice(NEAR_MISS[kind])
        size = self._rng.choice([0, 1, 1, 2, 3, *self._known.counts, *(n + 1 for n in self._known.counts)])
        items: list[Any] = [self._text(path, kind) for _ in range(size)]
        if literals := [value for value in self._known.values.get(path, []) if isinstance(value, str)]:
            items = self._rng.choices(literals, k=size) if self._flip(0.2) else items
        if items and self._flip(0.2):
            items.append(items[0])
        if items and self._flip(self._hostility / 2):
            items[self._rng.randrange(len(items))] = self._rng.choice([None, 1, True, [], "", "../x", "a//b", {}])
        return items

    def _number(self, path: Path, kind: Type) -> Any:
        literals = [value for value in self._known.values.get(path, []) if isinstance(value, ir.Number)]
        near = self._rng.choice(literals + self._numbers).scaled
        step = ir.SCALE if kind is Type.INTEGER and self._flip(0.8) else 1
        scaled = near + self._rng.choice([0, 0, 0, step, -step])
        if kind is Type.DECIMAL and self._flip(0.5):
            text = str(ir.Number(scaled))
            return text + self._rng.choice(["", "", "0" if "." in text else ".0", "00000" if "." in text else ".00000"])
        return _json_number(scaled)

    def _instant(self, path: Path) -> str:
        literals = [value for value in self._known.values.get(path, []) if isinstance(value, ir.Instant)]
        if self._flip(0.25):
            return self._timestamp(self._moment)
        if not literals or self._flip(0.3):
            return self._clock()
        ns = self._rng.choice(literals).ns + self._rng.choice([0, 0, 1, -1, 10**9, -(10**9)])
        return self._timestamp(ns)

    def _timestamp(self, ns: int) -> str:
        """One of the ways to write an instant."""
        offset = self._rng.choice([0, 0, 60, -210, 1439, -1439])
        seconds, fraction = divmod(ns, 10**9)
        try:
            local = datetime(1970, 1, 1) + timedelta(seconds=seconds + offset * 60)
        except OverflowError:
            return "0000-01-01T00:00:00Z"
        digits = f".{fraction:09d}" if fraction else self._rng.choice(["", "", ".0", ".000000000"])
        if fraction and self._flip(0.5):
            digits = digits.rstrip("0")
        sign = "-" if offset < 0 else "+"
        zone = f"{sign}{abs(offset) // 60:02d}:{abs(offset) % 60:02d}"
        return local.isoformat() + digits + (zone if offset or self._flip(0.3) else "Z")

    def _clock(self) -> str:
        """At and next to the edges of the policy's windows, on days when clocks change too."""
        if not self._known.windows:
            return f"{self._rng.choice(DATES)}T{self._rng.randint(0, 23):02d}:00:00Z"
        window = self._rng.choice(self._known.windows)
        minute = self._rng.choice(
            [window.start, window.end, (window.start + window.end) // 2, self._rng.randint(0, 1439)]
        )
        day = datetime.fromisoformat(self._rng.choice(DATES)) + timedelta(
            days=self._rng.choice([0, 0, 1, 2, 3, 4, 5, 6])
        )
        local = (day + timedelta(minutes=minute)).replace(tzinfo=zone(window.zone), fold=self._rng.randint(0, 1))
        seconds = int(local.timestamp()) + self._rng.choice([0, 0, -1, 1, 59, -60])
        return self._timestamp(seconds * 10**9 + self._rng.choice([0, 0, 1, 999_999_999]))

    def _time(self) -> str:
        if self._flip(self._hostility / 2):
            return self._rng.choice(NO_TIMES)
        return self._instant(("time",)) if self._flip(0.4) else self._clock()

    # --- facts ---

    def facts(self) -> dict[str, Any]:
        facts: dict[str, Any] = {}
        if self._flip(0.9):
            facts["usage"] = {r.id: self._usage(r) for r in self._policy.rules if self._flip(0.95)} | {"nobody": 1}
        if self._flip(0.8):
            facts["approval"] = {"approvers": [self._approver() for _ in range(self._rng.choice([0, 1, 2, 3, 4]))]}
        if self._flip(self._hostility / 3):
            facts[self._rng.choice(["usage", "approval"])] = self._rng.choice([*HOSTILE, {"approvers": {"id": "ana"}}])
        if self._flip(0.2):
            facts["more"] = {"approvers": []}
        return facts

    def _usage(self, rule: ir.Rule) -> Any:
        if self._flip(self._hostility / 2):
            return self._rng.choice(HOSTILE)
        limit = next((ob.limit for ob in rule.obligations if isinstance(ob, ir.Rate)), 1)
        return self._rng.choice([0, limit - 1, limit - 1, limit, limit + 1, -1] if self._flip(0.4) else [0, limit - 1])

    def _approver(self) -> Any:
        if self._flip(self._hostility / 6):
            return self._rng.choice(
                [None, "ana", {}, {"id": 1, "roles": []}, {"id": "ana"}, {"id": "ana", "roles": ["é", 1]}]
            )
        roles = self._rng.sample([*ROLES, "other"], self._rng.choice([0, 1, 2, 4]))
        return {"id": self._rng.choice(["ana", "ben", "", "é"]), "roles": roles} | (
            {"more": None} if self._flip(0.1) else {}
        )

    def _flip(self, chance: float) -> bool:
        return self._rng.random() < chance


def _put(action: Action, path: Path, value: Any) -> None:
    """Set a member to a copy (values come from shared lists); what stands in the way and is no object stays."""
    body: Any = action
    for key in path[:-1]:
        body = body.setdefault(key, {})
        if not isinstance(body, dict):
            return
    body[path[-1]] = deepcopy(value)


def _json_number(scaled: int) -> int | float:
    """As the door gives it: an int if integral; the nearest double otherwise."""
    if scaled % ir.SCALE == 0 and abs(scaled) <= ir.INT_MAX * ir.SCALE:
        return scaled // ir.SCALE
    value = scaled / ir.SCALE
    if abs(value) > ir.INT_MAX:
        return ir.INT_MAX
    return int(value) if value.is_integer() else value

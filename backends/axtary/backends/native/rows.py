"""Rules as rows: each a conjunction of two-valued questions.

A rule whose condition has alternatives is several rows, and fires if one of them survives. A step_up rule has rows of
two kinds: those by which it fires, and those by which it is definite.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

from axtary.backends.native.conditions import Check, predicate
from axtary.backends.native.masks import rows_mask
from axtary.backends.native.obligations import Met, approved, obligation
from axtary.backends.native.places import Kind, Place, place
from axtary.backends.native.values import Reads
from axtary.backends.verdict import Because, EngineError
from axtary.compiler.clauses import AllOf, AnyOf, Literal, Predicate, Rail, Reason, Restriction, clauses
from axtary.compiler.ir import Effect, Field, Match, Policy, Rule

ALTERNATIVES = 16
"""Rows of one rule at most; alternatives beyond are asked one by one, of the rows that survive."""


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """What a verdict needs of a rule that fires."""

    rule: Rule
    id: str
    granted: Because
    denies: Because | None  # of a deny rule
    checks: tuple[tuple[Because, Met], ...]  # obligations
    hold: tuple[Because, Met] | None  # of a step_up rule: its approval
    asks: bool  # has it anything that is merged into the verdict's obligations?


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """`literals` and `rest` must all hold; the tool has been looked at before."""

    head: Head
    fires: bool  # shows that the rule fires
    definite: bool  # shows that a rule that can grant is definite
    literals: tuple[tuple[Place, Literal], ...]
    rest: tuple[Check, ...] = ()


class Meaning(NamedTuple):
    """The rows of a part by what it means that one holds, as masks."""

    fires: int
    definite: int
    denies: int
    checks: int
    holds: int
    asks: int


def meaning_of(rows: Sequence[Row]) -> Meaning:
    """What each of some rows means; only a row by which a rule fires brings its restrictions."""
    sets: dict[str, list[int]] = {name: [] for name in Meaning._fields}
    for number, row in enumerate(rows):
        head = row.head
        if row.definite:
            sets["definite"].append(number)
        if row.fires:
            sets["fires"].append(number)
            brings = {"denies": head.denies, "checks": head.checks, "holds": head.hold, "asks": head.asks}
            for name in (name for name, what in brings.items() if what):
                sets[name].append(number)
    return Meaning(**{name: rows_mask(numbers, len(rows)) for name, numbers in sets.items()})


@dataclass(frozen=True, slots=True, eq=False)
class Lowered:
    """A rule ready to be put into plans."""

    rule: Rule
    head: Head
    tool: Match
    rows: tuple[Row, ...]

    @property
    def tool_question(self) -> tuple[Place, Literal]:
        return Place(Kind.FIELD, Field.TOOL.path), Literal(self.tool, Rail.TRUE)


def lower(policy: Policy, ready: Mapping[str, Lowered]) -> dict[str, Lowered]:
    """The rules by id, in the order of the policy; equal ones are taken from `ready`.

    Raises EngineError for rules that no front end writes.
    """
    reads = Reads()
    return {rule.id: _ready(rule, ready) or _lowered(rule, reads) for rule in policy.rules}


def _ready(rule: Rule, ready: Mapping[str, Lowered]) -> Lowered | None:
    found = ready.get(rule.id)
    return found if found is not None and found.rule == rule else None


def _lowered(rule: Rule, reads: Reads) -> Lowered:
    normal = clauses(Policy((rule,)))
    head = _head(rule, normal.restrictions, reads)
    definite = normal.grants[0].definite if normal.grants else None
    return Lowered(rule, head, _tool(rule), _rows(head, normal.fires[rule.id], definite, reads))


def _tool(rule: Rule) -> Match:
    first = rule.match[0] if rule.match else None
    if first is None or first.field is not Field.TOOL:
        raise EngineError(f"rule `{rule.id}` does not begin with its tool")
    return first


def _head(rule: Rule, restrictions: Sequence[Restriction], reads: Reads) -> Head:
    checks = [
        ((r.reason, rule.id), obligation(r.obligation, rule.id, reads))
        for r in restrictions
        if r.obligation is not None
    ]
    hold = None if rule.approvers is None else ((Reason.APPROVAL_REQUIRED, rule.id), approved(rule.approvers))
    return Head(
        rule=rule,
        id=rule.id,
        granted=(Reason.GRANTED, rule.id),
        denies=(Reason.RULE_DENIES, rule.id) if rule.effect is Effect.DENY else None,
        checks=tuple(checks),
        hold=hold,
        asks=bool(rule.obligations or rule.approvers or rule.ttl is not None),
    )


def _rows(head: Head, fires: AllOf, definite: AllOf | None, reads: Reads) -> tuple[Row, ...]:
    if definite is None or definite == fires:
        return tuple(_conjunctions(head, fires, True, definite is not None, reads))
    return (*_conjunctions(head, fires, True, False, reads), *_conjunctions(head, definite, False, True, reads))


def _conjunctions(head: Head, what: AllOf, fires: bool, definite: bool, reads: Reads) -> list[Row]:
    """The alternatives of a predicate, multiplied out as far as `ALTERNATIVES` allows."""
    found: list[tuple[Literal, ...]] = [()]
    rest: list[Check] = []
    for item in what.items[1:]:  # the first is the tool
        options = _alternatives(item, ALTERNATIVES // len(found))
        if options is None:
            rest.append(predicate(item, head.rule.id, reads))
        else:
            found = [left + right for left, right in product(found, options)]
    return [_row(head, fires, definite, literals, rest, reads) for literals in found]


def _row(
    head: Head, fires: bool, definite: bool, literals: tuple[Literal, ...], rest: list[Check], reads: Reads
) -> Row:
    placed: list[tuple[Place, Literal]] = []
    others = list(rest)
    for literal in literals:
        where = place(literal)
        if where is None:
            others.append(predicate(literal, head.id, reads))
        else:
            placed.append((where, literal))
    return Row(head, fires, definite, tuple(placed), tuple(others))


def _alternatives(what: Predicate, limit: int) -> list[tuple[Literal, ...]] | None:
    """The disjunctive normal form, or None if it has more than `limit` conjunctions."""
    if isinstance(what, Literal):
        return [(what,)]
    found: list[tuple[Literal, ...]] = [()] if isinstance(what, AllOf) else []
    for item in what.items:
        options = _alternatives(item, limit)
        if options is None:
            return None
        if isinstance(what, AnyOf):
            found = found + options
        else:
            found = [left + right for left, right in product(found, options)]
        if len(found) > limit:
            return None
    return found

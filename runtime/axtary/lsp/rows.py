"""The decision table, kept for the policy that was compiled last."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from axtary.compiler import Compiled
from axtary.compiler.ir import Effect, Rule
from axtary.runtime.table import Row, table


@dataclass(frozen=True)
class Line:
    """A row of the table; `by_effect` has the ids of its rules, deny before step_up before allow."""

    tool: str
    by_effect: dict[Effect, list[str]]


def rows_of(compiled: Compiled, rule: Rule, limit: int) -> tuple[list[Line], int]:
    """The first rows in which a rule stands, and how many there are."""
    rows = _indexed(_Key(compiled)).get(rule.id, [])
    return [_line(row) for row in rows[:limit]], len(rows)


class _Key:
    """A compiled policy by identity: comparing two of them would be slow."""

    def __init__(self, compiled: Compiled) -> None:
        self.compiled = compiled

    def __hash__(self) -> int:
        return id(self.compiled)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and other.compiled is self.compiled


@lru_cache(maxsize=4)
def _indexed(key: _Key) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in table(key.compiled.policy, key.compiled.tools):
        for concern in row.concerns:
            found.setdefault(concern.rule.id, []).append(row)
    return found


def _line(row: Row) -> Line:
    found: dict[Effect, list[str]] = {}
    for concern in row.concerns:
        found.setdefault(concern.rule.effect, []).append(concern.rule.id)
    return Line(row.tool, found)

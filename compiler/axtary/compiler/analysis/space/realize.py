"""From a choice of classes to an action with facts: the plainest values, and no more of them than are needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from axtary.compiler.analysis.actions import ABSENT, Action, Edit, edited
from axtary.compiler.analysis.space.encode import Choice, place_of
from axtary.compiler.analysis.space.making import parse_decimal
from axtary.compiler.analysis.space.space import Space
from axtary.compiler.analysis.space.survey import Path
from axtary.compiler.analysis.space.variables import Class, Kind, Role, Variable
from axtary.compiler.ir import SCALE
from axtary.compiler.literals import parse_timestamp

Json = Any
_TRIES = 20_000


@dataclass(frozen=True)
class _Relation:
    """What must hold between the values of two variables."""

    line: str
    one: int
    other: int
    holds: str


def simplified(space: Space, choice: Choice, keeps: Callable[[Choice], bool]) -> Choice:
    """Without what is not needed: each attribute, usage and approver is left out if `keeps` allows it."""
    order = sorted(range(len(space.variables)), key=lambda index: (_depth(space.variables[index]), index), reverse=True)
    for index in order:
        absent = _absent(space.variables[index])
        if absent is None or choice.classes[index] == absent or _has_child(space, choice, index):
            continue
        smaller = choice.copy()
        smaller.classes[index] = absent
        smaller.elements[index] = 0
        if keeps(smaller):
            choice = smaller
    return choice


def _depth(variable: Variable) -> int:
    return len(variable.key) if variable.role is Role.PATH else 0


def _absent(variable: Variable) -> int | None:
    if variable.role is Role.APPROVAL:
        return 0  # nobody approves
    return next((index for index, each in enumerate(variable.classes) if each.kind is Kind.MISSING), None)


def _has_child(space: Space, choice: Choice, index: int) -> bool:
    children = (child for child, parent in space.parents.items() if parent == index)
    return any(space.variables[c].classes[choice.classes[c]].kind is not Kind.MISSING for c in children)


def linked(space: Space) -> list[int]:
    """The variables whose values depend on each other: those that are compared, and the comparisons."""
    found = [space.path(path) for _, paths in space.components for path in paths]
    found += [index for index, variable in enumerate(space.variables) if variable.role is Role.RELATION]
    return sorted(set(found))


def realize(space: Space, choice: Choice, tool: str) -> tuple[Action, dict[str, Json]] | None:
    """An action and facts in these classes, or None if none was found (see `linked`)."""
    pools = {index: _pool(space, choice, index) for index, v in enumerate(space.variables) if v.role is Role.PATH}
    if any(not pool for pool in pools.values()):
        return None
    relations = list(_relations(space, choice))
    values = _assigned(pools, relations)
    if values is None:
        return None
    action: Action = {"version": 1, "tool": tool}
    for index in sorted(values, key=lambda index: len(space.variables[index].key)):
        if values[index] is not ABSENT:
            action = edited(action, (Edit(space.variables[index].key, values[index]),))
    return action, _facts(space, choice)


def _pool(space: Space, choice: Choice, index: int) -> list[Json]:
    """Values of the class that was chosen for a path."""
    variable = space.variables[index]
    each = variable.classes[choice.classes[index]]
    match each.kind:
        case Kind.MISSING:
            return [ABSENT]
        case Kind.OBJECT:
            return [{}]
        case Kind.LIST:
            return [_list(variable, each, choice.elements[index])]
        case _:
            return list(each.values)


def _list(variable: Variable, each: Class, occurring: int) -> list[str]:
    kept = [index for index in range(len(variable.elements)) if occurring >> index & 1]
    for index in reversed(kept):  # what no test needs goes
        fewer = [other for other in kept if other != index]
        if fewer and _shows(variable, fewer) == _shows(variable, kept):
            kept = fewer
    texts = [variable.elements[index].text for index in kept]
    return texts + texts[-1:] * (each.sizes[0] - len(texts))


def _shows(variable: Variable, kept: Sequence[int]) -> tuple[int, int, bool]:
    """Which groups match some element, which do not match some, and whether all are paths."""
    some = missed = 0
    for index in kept:
        some |= variable.elements[index].bits
        missed |= ~variable.elements[index].bits
    return some, missed & (1 << len(variable.element_groups)) - 1, all(variable.elements[index].path for index in kept)


# --- values that are compared with each other -----------------------------------------------------------------------


def _relations(space: Space, choice: Choice) -> Iterator[_Relation]:
    for index, variable in enumerate(space.variables):
        if variable.role is not Role.RELATION:
            continue
        line, *paths = variable.key
        one, other = (space.path(path) for path in paths)
        classes = [space.variables[each].classes[choice.classes[each]] for each in (one, other)]
        if all(place_of(line, each) is not None for each in classes):
            yield _Relation(line, one, other, variable.classes[choice.classes[index]].values[0])


def _assigned(pools: dict[int, list[Json]], relations: Sequence[_Relation]) -> dict[int, Json] | None:
    """The first value of each pool; where values are compared, the first ones that fit."""
    values = {index: pool[0] for index, pool in pools.items()}
    compared = sorted({index for each in relations for index in (each.one, each.other)})
    tries = [_TRIES]
    chosen: dict[int, Json] = {}

    def assign(position: int) -> bool:
        if position == len(compared):
            return True
        index = compared[position]
        for value in pools[index]:
            tries[0] -= 1
            if tries[0] < 0:
                return False
            chosen[index] = value
            if all(_fits(each, chosen) for each in relations if index in (each.one, each.other)) and assign(
                position + 1
            ):
                return True
        chosen.pop(index, None)
        return False

    return values | chosen if assign(0) else None


def _fits(relation: _Relation, chosen: dict[int, Json]) -> bool:
    if relation.one not in chosen or relation.other not in chosen:
        return True
    one, other = (_measured(relation.line, chosen[index]) for index in (relation.one, relation.other))
    match relation.holds:
        case "=":
            return bool(one == other)
        case "<":
            return bool(one < other)
        case ">":
            return bool(one > other)
        case _:
            return bool(one != other)


def _measured(line: str, value: Json) -> Any:
    if line == "number":
        if isinstance(value, int):
            return value * SCALE
        return parse_decimal(value if isinstance(value, str) else repr(value))
    return _instant(value) if line == "time" else value


@lru_cache(maxsize=4096)
def _instant(text: str) -> int:
    return parse_timestamp(text).ns


def _facts(space: Space, choice: Choice) -> dict[str, Json]:
    usage: dict[str, Json] = {}
    facts: dict[str, Json] = {}
    for index, variable in enumerate(space.variables):
        each = variable.classes[choice.classes[index]]
        if variable.role is Role.USAGE and each.kind is Kind.VALUE:
            usage[variable.key] = each.values[0]
        if variable.role is Role.APPROVAL and each.values[0]:
            people = [{"id": f"user:{n}", "roles": list(roles)} for n, roles in enumerate(each.values[0], 1)]
            facts["approval"] = {"approvers": people}
    return ({"usage": usage} if usage else {}) | facts


__all__ = ["Path", "linked", "realize", "simplified"]

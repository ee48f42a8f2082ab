"""Values that a reader takes for values, where the plainest ones are empty or missing: kept only if nothing changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from axtary.compiler.analysis.actions import ABSENT, Edit, at, edited
from axtary.compiler.analysis.mcdc.goals import Goal
from axtary.compiler.clauses import Reason
from axtary.compiler.ir import Rate

Json = Any
Pair = tuple[dict[str, Json], dict[str, Json]]  # action, facts

_OTHER = "other"


def readable(pair: Pair, goal: Goal, same: Callable[[Pair], bool]) -> Pair:
    """The action and facts with plainer values; `same` says whether a pair shows just what the first one did."""
    for better in _violated(pair, goal):
        pair = better if same(better) else pair
    edits = [Edit(path, _filled(value)) for path, value in _leaves(pair[0], ()) if _filled(value) != value]
    if goal.field is not None and at(pair[0], goal.field.path) is ABSENT:
        edits.append(Edit(goal.field.path, _OTHER))
    for edit in edits:
        better = edited(pair[0], (edit,)), pair[1]
        pair = better if same(better) else pair
    return pair


def _violated(pair: Pair, goal: Goal) -> Iterator[Pair]:
    """A rate is violated by the call that is one too many."""
    rates = [ob for ob in goal.rule.obligations if isinstance(ob, Rate)]
    if goal.kind == "duty" and goal.reason is Reason.RATE and not goal.met:
        usage = pair[1].get("usage", {}) | {goal.rule.id: max(rate.limit for rate in rates)}
        yield pair[0], {"usage": usage} | {key: value for key, value in pair[1].items() if key != "usage"}


def _leaves(value: Json, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Json]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, (*path, key))
    else:
        yield path, value


def _filled(value: Json) -> Json:
    """The value without empty texts."""
    if isinstance(value, list):
        return [_filled(each) for each in value]
    return _OTHER if value == "" else value

"""Changing an action, and the facts beside it, so that wants are fulfilled: only what can be otherwise is changed.

The tool, the resource, who acts and the task stay: with another of them it would be another action. Time only goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Final, NamedTuple

from axtary.compiler.analysis import times
from axtary.compiler.analysis.actions import Action, Edit, Edits, Json, Path, at, edited
from axtary.compiler.analysis.candidates import Candidates, Test, reads
from axtary.compiler.analysis.entails import entails
from axtary.compiler.analysis.grants import Facts, person
from axtary.compiler.analysis.solve import Answer, Goal, Search
from axtary.compiler.analysis.wants import Want, Wanted, Wants
from axtary.compiler.ir import (
    Approvers,
    BlockedPaths,
    Compare,
    Count,
    Field,
    Hours,
    Instant,
    Quantified,
    Rate,
)
from axtary.compiler.literals import parse_timestamp

Ask = Callable[[Any, Mapping[str, Any], Mapping[str, Any], str], Answer]

FIXED: Final = frozenset(field.path for field in Field)
"""Paths that no change touches: all that `match` looks at."""

_TIME = ("time",)
_LONGEST = 4096  # elements of a list that are looked at one by one
_WORK = 10_000  # spent on a text that several patterns match: some 20 ms
_EPOCH = Instant(0)


def can_change(test: Wanted) -> bool:
    """Is there anything that the test reads and that can be otherwise?"""
    if isinstance(test, Rate | Approvers):
        return True
    return any(path not in FIXED for path in reads(test))


class Change(NamedTuple):
    """An action and facts that differ from those given in the units only; these are edits of the two as one object."""

    action: Action
    facts: Facts
    units: Edits = ()

    def only(self, action: Action, facts: Facts, units: Edits) -> Change:
        """The given action and facts with some of the units."""
        whole = edited({"action": action, "facts": facts}, units)
        return Change(whole["action"], whole["facts"], units)


class Changer:
    """Changes one action and its facts."""

    def __init__(self, action: Action, facts: Facts, ask: Ask) -> None:
        self._action = action
        self._facts = facts
        self._ask = ask
        self._now = _instant(at(action, _TIME))

    def fulfil(self, wants: Wants) -> Change | None:
        """A change by which each want is fulfilled; None if none was found."""
        goals = _goals(wants)
        action = self._search(_candidates(goals), goals).meet(goals, self._action)
        if action is None:
            return None
        paths = dict.fromkeys(path for test, _ in goals for path in reads(test))
        units = [Edit(("action", *path), at(action, path)) for path in paths]
        units = [unit for unit in units if repr(unit.value) != repr(at(self._action, unit.path[1:]))]
        units += self._facts_for(wants)
        return Change(self._action, self._facts).only(self._action, self._facts, tuple(units))

    def implied(self, one: Want, others: Wants, change: Change) -> bool:
        """Is a want fulfilled wherever the others are: does no value keep them apart, as far as that is known?"""
        if any(entails(other.said, one.said) for other in others):
            return True
        if isinstance(one.test, Rate | Approvers) or _TIME in reads(one.test):
            return False  # of times too few are tried to tell
        paths = set(reads(one.test))
        near = tuple(each for each in others if paths & set(_reads(each)))
        if not near:
            return False
        goals = _goals(near)
        candidates = _candidates([*goals, *_goals([one])])
        search = self._search(candidates, goals)
        answers: tuple[Answer, ...] = (not one.answer, None)
        apart = any(search.meet([*goals, (one.test, answer)], change.action) is not None for answer in answers)
        return not apart and candidates.is_known

    # --- the action -------------------------------------------------------------------------------------------------

    def _search(self, candidates: Candidates, goals: Sequence[Goal]) -> Search:
        bounds = [test.value for test, _ in goals if isinstance(test, Compare) and isinstance(test.value, Instant)]

        def trials(test: Test, action: Action) -> Iterator[Edits]:
            bases = [base for base in (_instant(at(action, _TIME)), *bounds) if base is not None]
            near = self._openings(test, bases) if isinstance(test, Hours) else self._near(test, action)
            tried = chain(near, candidates.trials(test, action))
            return (edits for edits in tried if self._reachable(edits, reads(test)))

        return Search(trials, lambda test, action, facts: self._ask(test, action, facts, ""))

    def _reachable(self, edits: Edits, paths: Sequence[Path]) -> bool:
        return all(
            path in paths and path not in FIXED and (path != _TIME or self._is_later(value)) for path, value in edits
        )

    def _is_later(self, value: Json) -> bool:
        then = _instant(value)
        return then is not None and (self._now is None or then > self._now)

    def _near(self, test: Test, action: Action) -> Iterator[Edits]:
        """Lists that leave the most as it is: without the elements in question, cut, or longer by the last."""
        for path in reads(test) if isinstance(test, BlockedPaths | Quantified | Count) else ():
            there = at(action, path)
            if not isinstance(there, list) or len(there) > _LONGEST:
                continue
            if isinstance(test, Count):
                sizes = [n for n in (test.n - 1, test.n, test.n + 1) if 0 <= n <= _LONGEST]
                yield from ((Edit(path, (there + there[-1:] * n)[:n]),) for n in sizes)
                continue
            alone = [self._ask(test, edited(action, [Edit(path, [element])]), {}, "") for element in there]
            for answer in (True, False):
                yield (Edit(path, [element for element, is_so in zip(there, alone, strict=True) if is_so is answer]),)

    def _openings(self, hours: Hours, bases: Sequence[Instant]) -> Iterator[Edits]:
        for base in bases or (_EPOCH,):
            yield from ((Edit(_TIME, text),) for text in times.openings(hours, base))

    # --- the facts --------------------------------------------------------------------------------------------------

    def _facts_for(self, wants: Wants) -> Iterator[Edit]:
        for each in wants:
            if isinstance(each.test, Rate):
                yield Edit(("facts", "usage", each.usage), 0)
        required = [each.test for each in wants if isinstance(each.test, Approvers)]
        if required:
            yield Edit(("facts", "approval", "approvers"), [*self._approvers(), *self._people(required)])

    def _approvers(self) -> list[Json]:
        """Those who approved already; none if what is there does not count at all."""
        known = self._ask(Approvers(), {}, self._facts, "")
        return list(at(self._facts, ("approval", "approvers"))) if known else []

    def _people(self, required: Sequence[Approvers]) -> Iterator[Json]:
        """For each requirement a quorum, with a role that serves no other if there is one."""
        taken = {each["id"] for each in self._approvers()}
        numbers = (n for n in range(len(taken) + sum(each.quorum for each in required)) if f"user:{n}" not in taken)
        for each in required:
            others = {role for other in required if other is not each for role in other.roles}
            role = next((role for role in each.roles if role not in others), None) or next(iter(each.roles), None)
            yield from (person(next(numbers), *([] if role is None else [role])) for _ in range(each.quorum))


def _goals(wants: Iterable[Want]) -> list[Goal]:
    return [(each.test, each.answer) for each in wants if not isinstance(each.test, Rate | Approvers)]


def _candidates(goals: Sequence[Goal]) -> Candidates:
    return Candidates((test for test, _ in goals), _WORK)


def _reads(each: Want) -> tuple[Path, ...]:
    return () if isinstance(each.test, Approvers) else reads(each.test)


def _instant(value: Json) -> Instant | None:
    try:
        return parse_timestamp(value) if isinstance(value, str) else None
    except ValueError:
        return None

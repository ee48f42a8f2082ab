"""A small solver for formulas in conjunctive normal form: clause learning, decisions in a fixed order.

The fixed order is the point. A variable gets another value than the preferred one only if the decisions before it
leave no choice, so the first model found is the first of all in the lexicographic order of the preferences, whatever
was learned on the way: the answer is a property of the formula, not of the search.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from axtary.compiler.analysis.space.limits import Exhausted

_BASE, _ASSUMED = 1, 2  # the level of the first assumptions, and of the last ones; above it are decisions


class Solver:
    """Literals are +-variable, variables count from 1. `order` holds preferred literals, to be decided in that order.

    Variables outside the order must be determined by those in it.
    """

    def __init__(self) -> None:
        self.order: list[int] = []
        self.size = 0
        self.clauses = 0
        self.steps = 0  # values that were set, clauses and literals that were looked at for it, over all questions
        self.core: tuple[int, ...] = ()
        self._values: list[int] = [0]  # of a variable: 1, -1, or 0 for unknown
        self._levels: list[int] = [0]
        self._reasons: list[list[int] | None] = [None]
        self._watches: dict[int, list[list[int]]] = {}
        self._trail: list[int] = []
        self._marks: list[int] = []  # length of the trail where each level begins
        self._read = 0  # of the trail
        self._broken = False
        self._base: tuple[int, ...] = ()

    def variable(self) -> int:
        """A new variable."""
        self.size += 1
        self._values.append(0)
        self._levels.append(0)
        self._reasons.append(None)
        self._watches[self.size] = []
        self._watches[-self.size] = []
        return self.size

    def add(self, literals: Iterable[int]) -> None:
        """Add a clause. Only between two calls of `solve`."""
        self._back(0)
        distinct = dict.fromkeys(literals)
        if any(-literal in distinct for literal in distinct):
            return
        clause = [literal for literal in distinct if self._value(literal) >= 0]
        if any(self._value(literal) > 0 for literal in clause):
            return
        self.clauses += 1
        if not clause:
            self._broken = True
        elif len(clause) == 1:
            self._set(clause[0], None)
        else:
            self._watch(clause)

    def solve(self, assumptions: Sequence[int] = (), conflicts: int = 20_000, base: tuple[int, ...] = ()) -> bool:
        """Is there a model in which the assumptions hold? Raises Exhausted after so many conflicts.

        If there is none, `core` holds assumptions that are enough for that, perhaps more than are needed. `base` are
        assumptions too; what follows from them is kept for the next question if that has the same ones.
        """
        self.core = ()
        self._back(_BASE if base == self._base else 0)
        self._base = base
        at = 0
        pointers: list[int] = []
        while True:
            conflict = self._propagate()
            level = len(self._marks)
            if level == 0 and (self._broken or conflict is not None):
                self._broken = True
                return False
            if conflict is None and level < _ASSUMED:
                if not self._assume(assumptions if level else base):
                    self._back(level)
                    return False
                pointers, at = [0] * _ASSUMED, 0
                continue
            if conflict is not None:
                if level <= _ASSUMED:
                    self.core = self._causes(conflict)
                    self._back(level - 1)
                    return False
                conflicts -= 1
                if conflicts < 0:
                    raise Exhausted("the search for an action took too many steps")
                learned, level = self._analyze(conflict)
                self._back(level)
                del pointers[level:]
                at = pointers[-1] if pointers else 0
                if len(learned) > 1:
                    self._watch(learned)
                self._set(learned[0], learned if len(learned) > 1 else None)
                continue
            while at < len(self.order) and self._values[abs(self.order[at])]:
                at += 1
            if at == len(self.order):
                return True
            self._marks.append(len(self._trail))
            pointers.append(at)
            self._set(self.order[at], None)

    def _assume(self, assumptions: Sequence[int]) -> bool:
        """A level of its own: these assumptions at once. Are they free of contradiction, as far as it is known?"""
        self._marks.append(len(self._trail))
        for literal in assumptions:
            value = self._value(literal)
            if value < 0:
                self.core = (literal, *self._causes([literal]))
                return False
            if not value:
                self._set(literal, None)
        return True

    def holds(self, literal: int) -> bool:
        """The value of a literal in the model that was found."""
        return self._value(literal) > 0

    # --- inside ---

    def _value(self, literal: int) -> int:
        value = self._values[abs(literal)]
        return value if literal > 0 else -value

    def _set(self, literal: int, reason: list[int] | None) -> None:
        variable = abs(literal)
        self._values[variable] = 1 if literal > 0 else -1
        self._levels[variable] = len(self._marks)
        self._reasons[variable] = reason
        self._trail.append(literal)

    def _watch(self, clause: list[int]) -> None:
        self._watches[clause[0]].append(clause)
        self._watches[clause[1]].append(clause)

    def _back(self, level: int) -> None:
        if len(self._marks) <= level:
            return
        cut = self._marks[level]
        for literal in self._trail[cut:]:
            self._values[abs(literal)] = 0
        del self._trail[cut:]
        del self._marks[level:]
        self._read = min(self._read, cut)

    def _propagate(self) -> list[int] | None:
        """Set what follows; the clause that is broken, if one is."""
        values, watches, trail, read = self._values, self._watches, self._trail, self._read
        level, steps, broken = len(self._marks), len(self._trail) - self._read, None
        while broken is None and read < len(trail):
            false = -trail[read]
            read += 1
            watching = watches[false]
            steps += len(watching)
            kept = watches[false] = []
            for position, clause in enumerate(watching):
                if clause[0] == false:
                    clause[0], clause[1] = clause[1], false
                first = clause[0]
                value = values[first] if first > 0 else -values[-first]
                if value > 0:
                    kept.append(clause)
                    continue
                for index in range(2, len(clause)):
                    other = clause[index]
                    if (values[other] if other > 0 else -values[-other]) >= 0:
                        clause[1], clause[index] = other, false
                        watches[other].append(clause)
                        steps += index - 2
                        break
                else:
                    kept.append(clause)
                    if value < 0:
                        kept += watching[position + 1 :]
                        broken = clause
                        break
                    variable = abs(first)  # as in `_set`, without a call: nothing is done more often
                    values[variable] = 1 if first > 0 else -1
                    self._levels[variable] = level
                    self._reasons[variable] = clause
                    trail.append(first)
                    steps += 1
        self._read = read
        self.steps += steps
        return broken

    def _analyze(self, conflict: list[int]) -> tuple[list[int], int]:
        """The clause learned (first unique implication point), its literal of this level first; the level below."""
        current = len(self._marks)
        seen: set[int] = set()
        learned: list[int] = []
        open_literals, at = 0, len(self._trail)
        clause: list[int] | None = conflict
        while True:
            for literal in clause or ():
                variable = abs(literal)
                if variable in seen or not self._levels[variable]:
                    continue
                seen.add(variable)
                if self._levels[variable] == current:
                    open_literals += 1
                else:
                    learned.append(literal)
            at -= 1
            while abs(self._trail[at]) not in seen:
                at -= 1
            literal = self._trail[at]
            open_literals -= 1
            if not open_literals:
                break
            clause = self._reasons[abs(literal)]
        learned.sort(key=lambda literal: -self._levels[abs(literal)])
        return [-literal, *learned], self._levels[abs(learned[0])] if learned else 0

    def _causes(self, clause: Sequence[int]) -> tuple[int, ...]:
        """The assumptions by which all literals of the clause are false."""
        found: list[int] = []
        seen = {abs(literal) for literal in clause}
        for literal in reversed(self._trail[self._marks[0] :]):
            if abs(literal) in seen:
                reason = self._reasons[abs(literal)]
                seen |= {abs(other) for other in reason or ()}
                if reason is None:
                    found.append(literal)
        return tuple(found)

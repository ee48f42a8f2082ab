"""Actions on which formulas of a space hold: the plainest one, the proof that there is none, or the doubt."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any

from axtary.compiler.analysis.space.encode import Choice, Search
from axtary.compiler.analysis.space.limits import Exhausted
from axtary.compiler.analysis.space.nodes import FALSE
from axtary.compiler.analysis.space.realize import linked, realize, simplified
from axtary.compiler.analysis.space.space import Space

_NO_VALUES = "no values were found for attributes that are compared with each other"
_NO_TEXT = "no text was found that is read as a number or a timestamp and matches the patterns too"
_SPURIOUS = 50  # choices that turn out to have no values, before the question is given up


class _Doubtful(Exhausted):
    """The formula may hold somewhere, but no action was found that shows it."""


class Witnesses:
    """Searches one space, for the tool of this name. Raises Exhausted where it can neither show nor refute."""

    def __init__(self, space: Space, tool: str) -> None:
        self._space, self._tool = space, tool
        self._linked = linked(space)
        self._spurious = False

    @cached_property
    def _search(self) -> Search:
        return Search(self._space)

    @property
    def work(self) -> int:
        """The steps so far: classes and formulas that were made, clauses, and all that searches have set."""
        made = sum(len(each.classes) for each in self._space.variables) + len(self._space.graph.nodes)
        search: Search | None = vars(self).get("_search")
        return made + (search.size + search.work if search is not None else 0)

    def find(self, wanted: int) -> Choice | None:
        """A choice that fulfils the formula and has values; None: it is proved that no action does."""
        for _ in range(_SPURIOUS):
            choice = self._search.find([wanted]) if wanted != FALSE else None
            if choice is None:
                self._refuted(wanted)
                return None
            if self._realized(choice) is not None:
                return choice
            self._spurious = True
            self._search.exclude(choice, self._linked)
        raise _Doubtful(_NO_VALUES)

    def choices(self, base: int, causes: Mapping[int, object]) -> Iterator[tuple[Choice, set[int]]]:
        """Choices at which `base` and a cause hold, until each possible cause was seen; with the causes that hold."""
        left = [formula for formula in causes if formula != FALSE]
        graph = self._space.graph
        while left and base != FALSE:
            choice = self.find(self._focused(base, graph.any_of(left)))
            if choice is None:
                return
            holds = self.holds(choice)
            true = {formula for formula in left if holds(formula)}
            yield self.smallest(choice, graph.all_of([base, *true])), true
            left = [formula for formula in left if formula not in true]

    def holds(self, choice: Choice) -> Callable[[int], bool]:
        """The truth of formulas at a choice."""
        return lambda formula: self._space.graph.evaluate(
            formula, choice.classes.__getitem__, lambda variable: choice.elements.get(variable, 0)
        )

    def smallest(self, choice: Choice, kept: int) -> Choice:
        """The choice without what the formula does not need."""
        return simplified(self._space, choice, lambda each: self._is_shown(each, kept))

    def shown(self, choice: Choice) -> tuple[dict[str, Any], dict[str, Any]]:
        """An action and facts that lie in the classes of a choice."""
        found = self._realized(choice)
        if found is None:
            raise _Doubtful(_NO_VALUES)
        return found

    def _focused(self, base: int, cause: int) -> int:
        """Both formulas; the first without what cannot matter where the second holds: most rules, as a rule."""
        graph = self._space.graph
        needs = graph.needs(cause)
        scope = [graph.is_in(variable, mask) for variable, mask in needs.items()]
        return graph.all_of([cause, *scope, graph.within(base, needs)])

    def _refuted(self, wanted: int) -> None:
        """There is no such action, unless classes count of which nothing is known, or some were left out."""
        if self._spurious and wanted != FALSE:
            raise _Doubtful(_NO_VALUES)
        if wanted != FALSE and self._search.has_unsure and self._search.find([wanted], sure=False) is not None:
            raise _Doubtful(_NO_TEXT)

    def _is_shown(self, choice: Choice, formula: int) -> bool:
        return self.holds(choice)(formula) and (not self._linked or self._realized(choice) is not None)

    def _realized(self, choice: Choice) -> tuple[dict[str, Any], dict[str, Any]] | None:
        return realize(self._space, choice, self._tool)

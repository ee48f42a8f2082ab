"""Questions about a space whose answers are actions: choices that fulfil a formula, each with its action and facts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from axtary.compiler.analysis.space.encode import Choice, Search
from axtary.compiler.analysis.space.limits import Exhausted
from axtary.compiler.analysis.space.nodes import FALSE
from axtary.compiler.analysis.space.realize import linked, realize, simplified
from axtary.compiler.analysis.space.space import Space

_NO_VALUES = "no values were found for attributes that are compared with each other"
_SPURIOUS = 50  # choices that turn out to have no values, before the question is given up


class _Doubtful(Exhausted):
    """The formula may hold somewhere, but no action was found that shows it."""


class Witnesses:
    """Searches one space, for the tool of this name. Raises Exhausted where it can neither show nor refute."""

    def __init__(self, space: Space, tool: str) -> None:
        self._space = space
        self._tool = tool
        self._made: Search | None = None
        self._spurious = False
        self._linked = linked(space)

    def choices(self, base: int, causes: Mapping[int, object]) -> Iterator[tuple[Choice, set[int]]]:
        """Choices at which `base` and a cause hold, until each possible cause was seen; with the causes that hold."""
        left = [formula for formula in causes if formula != FALSE]
        graph = self._space.graph
        tries = _SPURIOUS
        while left and base != FALSE:
            wanted = self._focused(base, graph.any_of(left))
            choice = self._search.find([wanted]) if wanted != FALSE else None
            if choice is None:
                self._refuted(wanted)
                return
            if self._realized(choice) is None:
                tries -= 1
                self._spurious = True
                self._search.exclude(choice, self._linked)
                if not tries:
                    raise _Doubtful(_NO_VALUES)
                continue
            holds = self.holds(choice)
            true = {formula for formula in left if holds(formula)}
            kept = graph.all_of([base, *true])
            choice = simplified(self._space, choice, lambda each, kept=kept: self._is_shown(each, kept))  # type: ignore[misc]
            yield choice, true
            left = [formula for formula in left if formula not in true]

    def holds(self, choice: Choice) -> Callable[[int], bool]:
        """The truth of formulas at a choice."""
        return lambda formula: self._space.graph.evaluate(
            formula, choice.classes.__getitem__, lambda variable: choice.elements.get(variable, 0)
        )

    def shown(self, choice: Choice) -> tuple[dict[str, Any], dict[str, Any]]:
        """An action and facts that lie in the classes of a choice."""
        found = self._realized(choice)
        if found is None:
            raise _Doubtful(_NO_VALUES)
        return found

    @property
    def _search(self) -> Search:
        if self._made is None:
            self._made = Search(self._space)
        return self._made

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
            raise _Doubtful("no text was found that is read as a number or a timestamp and matches the patterns too")

    def _is_shown(self, choice: Choice, formula: int) -> bool:
        return self.holds(choice)(formula) and (not self._linked or self._realized(choice) is not None)

    def _realized(self, choice: Choice) -> tuple[dict[str, Any], dict[str, Any]] | None:
        return realize(self._space, choice, self._tool)

"""Texts by class: those that the same patterns match are one to every rule.

There is one classifier for each place where rules read text, for the whole policy. So a text is looked up in the index
of patterns once, whichever tool it comes with, and what a plan remembers are masks of classes, not of texts: however
many texts are sent, they are of few classes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from axtary.backends.native.budget import LONGEST, Budget, Cache
from axtary.backends.native.patternindex import PatternIndex
from axtary.compiler.ir import Pattern


class TextClass:
    """What a text matches, by number of the source; None for a text that is undefined under its type."""

    __slots__ = ("matched",)

    def __init__(self, matched: tuple[int, ...] | None) -> None:
        self.matched = matched


UNDEFINED = TextClass(None)
NOTHING = TextClass(())
"""The class of what no source matches."""


class Classifier:
    """The sources (patterns and texts) of all rules at one place, and the classes of the texts seen there."""

    def __init__(self, sources: Iterable[Pattern | str], read: Callable[[Any], str | None], budget: Budget) -> None:
        """`read` gives a text back if it is defined under the type of the place, else None."""
        self.numbers = {source: number for number, source in enumerate(dict.fromkeys(sources))}
        self._index = PatternIndex(list(self.numbers))
        self._read, self._budget = read, budget
        self.known: Cache[str, TextClass] = budget.cache()
        self._classes: Cache[tuple[int, ...], TextClass] = budget.cache()

    def classify(self, value: Any) -> TextClass:
        """The class of a JSON value."""
        text = self._read(value)
        if text is None:
            return UNDEFINED
        exact = self._index.exact_only
        if exact is not None and text not in exact:
            return NOTHING
        found = self._class(self._index.find(text))
        if len(text) <= LONGEST:
            self._budget.remember(self.known, text, found, len(text))
        return found

    def _class(self, matched: tuple[int, ...]) -> TextClass:
        if not matched:
            return NOTHING
        found = self._classes.get(matched)
        if found is None:
            # Two threads may each make one of the same: then both are right, and one is remembered.
            found = TextClass(matched)
            self._budget.remember(self._classes, matched, found, 8 * len(matched))
        return found

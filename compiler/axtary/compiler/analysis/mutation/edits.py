"""One change of a node, as every part of a rule reports it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from axtary.compiler.ir import NOWHERE, Span

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True, slots=True)
class Edit(Generic[T]):
    """A node as it is changed, or None if it is dropped. before, after: what the author wrote and what it becomes."""

    kind: str
    node: T | None
    before: str
    after: str | None = None
    span: Span = NOWHERE

    def within(self, wrap: Callable[[T | None], U | None], where: Span = NOWHERE) -> Edit[U]:
        """The same change of the node around it. `where` counts if the inner node was written nowhere."""
        return Edit(self.kind, wrap(self.node), self.before, self.after, self.span if self.span.line else where)


def without(items: Sequence[T]) -> Iterator[tuple[T, tuple[T, ...]]]:
    """Each item of a list of two or more, with the others."""
    if len(items) > 1:
        for index, item in enumerate(items):
            yield item, (*items[:index], *items[index + 1 :])


def replaced(items: Sequence[T], index: int, new: T) -> tuple[T, ...]:
    """The items with another one at an index."""
    return (*items[:index], new, *items[index + 1 :])

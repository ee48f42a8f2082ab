"""The place in a file of which an editor asks something."""

from __future__ import annotations

from dataclasses import dataclass

from lsprotocol import types

from axtary.compiler.places import Place
from axtary.compiler.source import Node
from axtary.compiler.steps import Steps
from axtary.lsp import names
from axtary.lsp.names import Name
from axtary.lsp.workspace import View


@dataclass(frozen=True)
class Spot:
    """A place in a file of which something is asked. `index` is in the text that was read."""

    view: View
    place: Place
    index: int

    @property
    def steps(self) -> Steps:
        return self.place.steps

    @property
    def owner(self) -> Node | None:
        """The rule, invariant or case in which the place lies."""
        tree = self.view.parsed.tree
        key, index = (*self.steps, None, None)[:2]
        listed = names.items(names.get(tree, key)) if isinstance(key, str) else ()
        return listed[index] if isinstance(index, int) and index < len(listed) else None

    @property
    def name(self) -> Name | None:
        """What the text at the place names."""
        return name_at(self.view, self.index)


def name_at(view: View, index: int) -> Name | None:
    """The group or rule that is named at an index."""
    return next((each for each in view.parsed.names if each.text.start <= index <= each.text.end), None)


def spot_at(view: View, position: types.Position) -> Spot | None:
    """The place at a position; None where the text was changed since it was read, and between values."""
    index = view.index(position)
    place = view.parsed.place(index) if index is not None else None
    return Spot(view, place, index) if place is not None and index is not None else None

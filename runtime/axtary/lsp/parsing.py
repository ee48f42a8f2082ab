"""One file, read: its tree and the names in it, whatever else is wrong with it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from axtary.compiler.diagnostics import Reporter, TooManyErrors
from axtary.compiler.ir import Span
from axtary.compiler.places import Place, Places
from axtary.compiler.source import Node, Source, read
from axtary.lsp import names
from axtary.lsp.names import Name
from axtary.runtime.testing.files import is_test_file


@dataclass(frozen=True)
class Parsed:
    """A file. `tree` is None if it is no YAML; `names` are in the order of the text."""

    path: Path
    source: Source
    tree: Node | None
    names: tuple[Name, ...]
    _places: Places = field(repr=False)

    @property
    def text(self) -> str:
        return self.source.text

    def place(self, index: int) -> Place | None:
        """The innermost value or key at an index."""
        return self._places.find(Span(self.source.name, *self.source.position(index), *self.source.position(index)))


def parse(path: Path, name: str, data: bytes) -> Parsed:
    """Read a policy or a test file; spans call it `name`."""
    source, tree = Source(name, ""), None
    with suppress(TooManyErrors):
        source, tree = read(name, data, Reporter())
    places = Places()
    if tree is not None:
        places.add(name, tree)
    found = () if tree is None else tuple(names.of_tests(tree) if is_test_file(path) else names.of_policy(tree))
    return Parsed(path, source, tree, tuple(sorted(found, key=lambda each: each.text.start)), places)

"""Variables and their classes. Every action and all facts lie, for each variable, in just one class, and every test of
the policy gives all values of a class the same answer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any

from axtary.compiler.analysis.space.automaton import Group
from axtary.compiler.analysis.space.moments import Moment
from axtary.compiler.analysis.space.texts import TextClass
from axtary.compiler.ir import Type

Json = Any
Path = tuple[str, ...]


class Kind(Enum):
    """What stands there."""

    VALUE = "value"
    LIST = "list"  # with elements; which, is said apart
    EMPTY = "empty list"
    OBJECT = "object"
    MISSING = "missing"
    OTHER = "other"  # a value that every test finds undefined


@dataclass(frozen=True, slots=True)
class Class:
    """Values that no test tells apart.

    values: some of them, the plainest first; none only if it is not `sure` that there are any. reads: the types that
    they have. `cell`, `moment`, `text` and `truth` say what the tests of those types see; `sizes` are the first and
    last length of a list.
    """

    kind: Kind
    values: tuple[Json, ...] = ()
    reads: frozenset[Type] = frozenset()
    text: TextClass | None = None
    cell: int | None = None
    moment: Moment | None = None
    truth: bool | None = None
    sizes: tuple[int, int] = (0, 0)
    whole: bool | None = None  # a whole number, where that is told apart
    sure: bool = True


class Role(Enum):
    """What a variable is about."""

    PATH = "path"  # key: the path
    USAGE = "usage"  # key: the rule; class value: the calls before this one
    APPROVAL = "approval"  # class value: roles of each approver
    RELATION = "relation"  # key: (line, path, path); classes: = < > or = !=


@dataclass(frozen=True)
class Variable:
    """A variable with its classes, the preferred first."""

    role: Role
    key: Any
    classes: tuple[Class, ...]
    groups: tuple[Group, ...] = ()  # what the bits of its texts stand for
    elements: tuple[TextClass, ...] = ()  # classes of the elements of its lists, the preferred first
    element_groups: tuple[Group, ...] = ()

    @cached_property
    def full(self) -> int:
        """The mask of all classes."""
        return (1 << len(self.classes)) - 1

    def mask(self, *kinds: Kind) -> int:
        """The classes of these kinds."""
        return mask_of(each.kind in kinds for each in self.classes)

    def reading(self, kind: Type) -> int:
        """The classes whose values have a type; for lists of paths their elements count too."""
        return self._reading.get(kind, 0)

    @cached_property
    def _reading(self) -> dict[Type, int]:
        return {kind: mask_of(kind in each.reads for each in self.classes) for kind in Type}

    @cached_property
    def unsure(self) -> int:
        """The classes of which it is not known whether they have a value."""
        return mask_of(not each.sure for each in self.classes)

    @cached_property
    def matched(self) -> dict[Group, int]:
        """For each group: the classes whose texts it matches."""
        found = [0] * len(self.groups)
        for index, each in enumerate(self.classes):
            bits = each.text.bits if each.text is not None else 0
            for group in range(bits.bit_length()):
                if bits >> group & 1:
                    found[group] |= 1 << index
        return dict(zip(self.groups, found, strict=True))

    @cached_property
    def element_matched(self) -> dict[Group, int]:
        """For each group: the classes of elements that it matches."""
        return {
            group: mask_of(element.matches(index) for element in self.elements)
            for index, group in enumerate(self.element_groups)
        }

    @cached_property
    def no_paths(self) -> int:
        """The classes of elements that are no canonical paths."""
        return mask_of(not element.path for element in self.elements)


def mask_of(flags: Any) -> int:
    """Bit i for flag i."""
    return sum(1 << index for index, flag in enumerate(flags) if flag)

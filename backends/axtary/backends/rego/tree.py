"""The part of Rego that axtary writes, as a tree: what is built here is printed by `printer`, nothing else is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """A string."""

    value: str


@dataclass(frozen=True, slots=True)
class Regex:
    """An RE2 expression: printable ASCII without a backtick, so that it can stand as a raw string."""

    value: str


@dataclass(frozen=True, slots=True)
class Integer:
    """A whole number; fractions are never written."""

    value: int


@dataclass(frozen=True, slots=True)
class Boolean:
    """`true` or `false`."""

    value: bool


@dataclass(frozen=True, slots=True)
class Name:
    """A variable or a rule of the module."""

    name: str


@dataclass(frozen=True, slots=True)
class Input:
    """`input.a.b`: undefined if a step is missing or goes through something that is not an object."""

    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a builtin or of a function of the module."""

    name: str
    arguments: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Infix:
    """`left operator right`, also `in`. Operands are never infix themselves."""

    left: Term
    operator: str
    right: Term


@dataclass(frozen=True, slots=True)
class Array:
    """`[a, b]`."""

    items: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Set:
    """`{a, b}`."""

    items: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Object:
    """`{"a": b}`; `wide` prints one member per line."""

    members: tuple[tuple[str, Term], ...]
    wide: bool = False


Term = Text | Regex | Integer | Boolean | Name | Input | Call | Infix | Array | Set | Object


@dataclass(frozen=True, slots=True)
class Holds:
    """The term is defined and not false."""

    term: Term


@dataclass(frozen=True, slots=True)
class Not:
    """The term is undefined or false.

    Only over total rules, and over calls whose arguments are constants or bound variables: an engine may evaluate
    an argument outside the `not`, and an undefined one then makes the whole expression undefined.
    """

    term: Term


@dataclass(frozen=True, slots=True)
class Assign:
    """`name := term`: undefined if the term is."""

    name: str
    term: Term


@dataclass(frozen=True, slots=True)
class Some:
    """`some name in domain`."""

    name: str
    domain: Term


@dataclass(frozen=True, slots=True)
class Every:
    """`every name in domain { body }`: true for an empty domain, which must be defined."""

    name: str
    domain: Term
    body: tuple[Expression, ...]


Expression = Holds | Not | Assign | Some | Every
Body = tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """`name if body`, `name(parameter) if body`, `name contains element if body`, `name := value if body`."""

    name: str
    body: Body = ()
    parameter: str | None = None
    element: Term | None = None
    value: Term | None = None
    comment: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Default:
    """`default name := value`, `default name(_) := value`."""

    name: str
    value: Term
    function: bool = False
    comment: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Module:
    """A package: a leading comment, then rules in order."""

    package: str
    comment: tuple[str, ...]
    rules: tuple[Rule | Default, ...]

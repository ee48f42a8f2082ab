"""Formulas that are on their way to be conditions: three-valued, as conditions are.

A literal knows what it reads, because where it is true (or its negation is) that is defined.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

Reads = frozenset[str]  # "string payload.base": a record and its key; "resource": a field that is there


@dataclass(frozen=True)
class Literal:
    """A comparison, or its negation. `tools`: the patterns, of a comparison of the tool with some."""

    text: str
    negated: bool = False
    reads: Reads = frozenset()
    tools: tuple[str, ...] = ()


@dataclass(frozen=True)
class Joined:
    """`and` or `or` of formulas; of none it is true or false."""

    word: str
    items: tuple[Formula, ...]


Formula = Literal | Joined
TRUE, FALSE = Joined("and", ()), Joined("or", ())


def implied(formula: Formula) -> Reads:
    """What is defined wherever the formula is true."""
    if isinstance(formula, Literal):
        return formula.reads
    of_items = [implied(item) for item in formula.items]
    if formula.word == "and":
        return frozenset().union(*of_items)
    return frozenset.intersection(*of_items) if of_items else frozenset()


def joined(word: str, items: Iterable[Formula]) -> Formula:
    """The formulas joined: nested ones are opened, constants and repetitions fall away."""
    flat: list[Formula] = []
    for item in items:
        flat += item.items if isinstance(item, Joined) and item.word == word else [item]
    neutral, final = (TRUE, FALSE) if word == "and" else (FALSE, TRUE)
    if final in flat:
        return final
    kept = tuple(dict.fromkeys(item for item in flat if item != neutral))
    return kept[0] if len(kept) == 1 else Joined(word, kept)


def negation(formula: Formula) -> Formula:
    """`not` of it, pushed down to the literals."""
    if isinstance(formula, Literal):
        return Literal(formula.text, not formula.negated, formula.reads, formula.tools)
    return joined("or" if formula.word == "and" else "and", map(negation, formula.items))


def condition(formula: Formula) -> str:
    """The formula as a condition of the language; not for constants."""
    if isinstance(formula, Literal):
        return f"not {formula.text}" if formula.negated else formula.text
    return f" {formula.word} ".join(
        f"({condition(item)})" if isinstance(item, Joined) else condition(item) for item in formula.items
    )

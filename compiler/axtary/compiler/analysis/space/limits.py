"""How much work one question may cost. Limits are counts, never time: an answer does not depend on the machine."""

from __future__ import annotations

from dataclasses import dataclass


class Exhausted(Exception):
    """A limit was reached: the question stays undecided. The text says which."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one space."""

    states: int = 30_000  # of the automaton of one attribute
    work: int | None = None  # of the automaton of one attribute: edges times the nodes that each is looked up in
    classes: int = 6_000  # of one attribute
    clauses: int = 1_000_000  # of the formula
    conflicts: int = 20_000  # of one search
    compared: int = 6  # attributes that are compared with each other, directly or through others

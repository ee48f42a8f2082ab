"""Texts by what the patterns of an attribute say of them: the classes, each with readable texts that belong to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from axtary.compiler.analysis.space.automaton import Automaton, Group
from axtary.compiler.analysis.space.limits import Exhausted, Limits
from axtary.compiler.ir import Pattern, Wildcard

_SAMPLES = 4  # texts that are kept of a class that has more


@dataclass(frozen=True, slots=True)
class TextClass:
    """Texts on which all groups agree.

    bits: bit g says whether group g is matched. path: are they canonical paths? texts: some of them, the most readable
    first; all of them if `complete`.
    """

    bits: int
    path: bool
    texts: tuple[str, ...]
    complete: bool

    @property
    def text(self) -> str:
        """The text that stands for the class."""
        return self.texts[0]

    def matches(self, group: int) -> bool:
        """Is the group matched by the texts of this class?"""
        return bool(self.bits >> group & 1)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the classes are to tell apart.

    paths: also canonical paths from other texts; only_paths: nothing but canonical paths; empty: may the text be empty?
    distinct: a class with fewer texts than this is split into single ones; focus: only texts that match one of these.
    """

    groups: tuple[Group, ...]
    paths: bool = False
    only_paths: bool = False
    empty: bool = True
    distinct: int = 1
    focus: int | None = None


@lru_cache(maxsize=512)
def classes(asked: Asked, limits: Limits) -> tuple[TextClass, ...]:
    """All classes that have a text, the most readable first. Raises Exhausted."""
    automaton = Automaton(
        asked.groups,
        limit=limits.states,
        work=limits.work,
        paths=asked.paths,
        only_paths=asked.only_paths,
        focus=asked.focus,
    )
    ends = _ends(automaton, asked)
    if len(ends) > limits.classes:
        raise Exhausted(f"its patterns combine in more than {limits.classes} ways")
    readable = _readable(automaton, asked)
    counts = automaton.counts(asked.distinct + 1) if asked.distinct > 1 else None
    found = []
    for signature, states in ends.items():
        texts = [*readable.get(signature, ()), *_shortest(automaton, states, asked)]
        if counts is not None:
            texts += automaton.enumerate(set(states), asked.distinct + _SAMPLES)
        texts = list(dict.fromkeys(text for text in texts if text or asked.empty))
        if counts is not None and sum(counts[state] for state in states) <= asked.distinct:
            found += [(text in _literals(asked), TextClass(*signature, (text,), True)) for text in texts]
        else:
            kept = tuple(texts[: asked.distinct + _SAMPLES])
            found.append((signature in readable, TextClass(*signature, kept, False)))
    found.sort(key=lambda item: (not item[0], len(item[1].text), item[1].text))
    return tuple(each for _, each in found)


def _ends(automaton: Automaton, asked: Asked) -> dict[tuple[int, bool], list[int]]:
    found: dict[tuple[int, bool], list[int]] = {}
    for state in range(len(automaton.states)):
        if state == 0 and not asked.empty and not any(0 in edges.values() for edges in automaton.edges):
            continue
        signature = automaton.signature(state)
        if asked.focus is not None and not signature[0] & asked.focus:
            continue
        if asked.only_paths and not signature[1]:
            continue
        found.setdefault(signature, []).append(state)
    return found


def _shortest(automaton: Automaton, states: Sequence[int], asked: Asked) -> Iterator[str]:
    for state in states:  # in the order of their discovery: short texts first, and plain letters before named ones
        text = automaton.texts[state]
        if text or asked.empty:
            yield text
        else:  # the start state, reached again by a longer text
            yield from automaton.enumerate({state}, 2)[1:2]


def _readable(automaton: Automaton, asked: Asked) -> dict[tuple[int, bool], list[str]]:
    """Texts that a reader recognizes: the literals of the patterns, and patterns with their wildcards filled in."""
    found: dict[tuple[int, bool], list[str]] = {}
    for text in sorted(_literals(asked), key=lambda text: (len(text), text)):
        state = automaton.run(text) if text or asked.empty else None
        if state is not None:
            found.setdefault(automaton.signature(state), []).append(text)
    return found


@lru_cache(maxsize=512)
def _literals(asked: Asked) -> frozenset[str]:
    return frozenset(text for group in asked.groups for pattern in group for text in _filled(pattern))


def _filled(pattern: Pattern) -> Iterable[str]:
    if pattern.literal is not None:
        return (pattern.literal,)
    filling = {Wildcard.STAR: "x", Wildcard.ANY: "x", Wildcard.SEGMENTS: ""}
    return ("".join(filling[token] if isinstance(token, Wildcard) else token for token in pattern.tokens),)

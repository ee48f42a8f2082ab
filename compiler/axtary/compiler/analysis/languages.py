"""Texts that match some patterns and not others: a shortest one, or the proof that there is none.

The search walks the product of the patterns' state sets, so an answer of None is exact. Characters that no pattern
names behave alike; one stands for all of them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from axtary.compiler.ir import Pattern, Token, Wildcard

_EXPANSIONS = 2_000  # states looked at before the search gives up
_OTHERS = "xyz0"  # letters to stand for every character that is not named
_OUTSIDE = ("@home/", "@root/")

Form = Literal["any", "path", "no path"]
_Position = tuple[int, bool]  # (index of the step, inside a run of `**/` that must still end with a slash)
_State = tuple[frozenset[_Position], ...]


class Undecided(Exception):
    """The search was given up: there may or may not be such a text."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a text must be: match one pattern of each group in `accept`, and none of `reject`."""

    accept: tuple[tuple[Pattern, ...], ...] = ()
    reject: tuple[Pattern, ...] = ()
    form: Form = "any"
    empty: bool = True  # may the text be empty?


def matches(patterns: Iterable[Pattern], text: str) -> bool:
    """Does the text match one of the patterns?"""
    return any(_accepts(pattern, _run(_steps(pattern), text), text) for pattern in patterns)


def is_path(text: str) -> bool:
    """Is the text a canonical path?"""
    return not any(segment in ("", ".", "..") for segment in text.split("/")) and not {"\\", "\0"} & set(text)


def witness(wanted: Wanted, work: int | None = None) -> str | None:
    """A shortest such text, or None if there is none. Raises Undecided.

    `work` bounds the search further: so many steps of one pattern by one character at most, about.
    """
    is_decided, text = _search(wanted, work)
    if not is_decided:
        raise Undecided
    return text


@lru_cache(maxsize=4096)
def _search(wanted: Wanted, work: int | None) -> tuple[bool, str | None]:
    """Whether it is known, and the text; remembered, also that the search was given up."""
    patterns = tuple(dict.fromkeys((*(p for group in wanted.accept for p in group), *wanted.reject)))
    alphabet = _alphabet(patterns, wanted.form)
    steps = [_steps(pattern) for pattern in patterns]
    start: _State = tuple(_closed(each, {(0, False)}) for each in steps)
    queue: deque[tuple[_State, str]] = deque([(start, "")])
    seen = {_key(start, "", wanted)}
    expansions = _EXPANSIONS if work is None else min(_EXPANSIONS, work // (len(alphabet) * max(1, len(patterns))))
    for _ in range(expansions):
        if not queue:
            return True, None
        state, text = queue.popleft()
        if _is_wanted(wanted, patterns, state, text):
            return True, text
        for char in alphabet:
            longer = text + char
            after: _State = tuple(_advance(each, at, char) for each, at in zip(steps, state, strict=True))
            key = _key(after, longer, wanted)
            if key not in seen and _may_succeed(wanted, patterns, after, longer):
                seen.add(key)
                queue.append((after, longer))
    return False, None


def _alphabet(patterns: Sequence[Pattern], form: Form) -> list[str]:
    named = {char for p in patterns for token in p.tokens if isinstance(token, str) for char in token}
    if any(p.inside for p in patterns):
        named |= set("".join(_OUTSIDE))
    if form == "no path":
        named |= {"."}
    other = next((c for c in _OTHERS if c not in named), None) or _unnamed(named)
    return [other, *sorted(named - {other, "/"}), "/"]


def _unnamed(named: set[str]) -> str:
    return next(char for char in map(chr, range(0x61, 0x10000)) if char not in named)


def _key(state: _State, text: str, wanted: Wanted) -> tuple[object, ...]:
    """All that the rest of the search can depend on."""
    return state, _head(text), _tail(text) if wanted.form != "any" else "", not text


def _head(text: str) -> str:
    """How much of `@home/` or `@root/` has been read; `-` once it is neither."""
    begun = text[: len(_OUTSIDE[0])]
    return begun if any(outside.startswith(begun) for outside in _OUTSIDE) else "-"


def _tail(text: str) -> str:
    """What decides whether the text, and what is appended to it, is a path."""
    done, _, last = text.rpartition("/")
    if ("/" in text and not is_path(done)) or "\\" in text or "\0" in text:
        return "broken"
    return last if last in ("", ".", "..") else "name"


def _may_succeed(wanted: Wanted, patterns: Sequence[Pattern], state: _State, text: str) -> bool:
    if wanted.form == "path" and _tail(text) == "broken":
        return False
    alive = {pattern for pattern, positions in zip(patterns, state, strict=True) if positions}
    return all(any(pattern in alive for pattern in group) for group in wanted.accept)


def _is_wanted(wanted: Wanted, patterns: Sequence[Pattern], state: _State, text: str) -> bool:
    if not text and not wanted.empty:
        return False
    if wanted.form != "any" and is_path(text) != (wanted.form == "path"):
        return False
    matching = {p for p, positions in zip(patterns, state, strict=True) if _accepts(p, positions, text)}
    return all(matching.intersection(group) for group in wanted.accept) and not matching.intersection(wanted.reject)


# --- one pattern ----------------------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def _steps(pattern: Pattern) -> tuple[Token, ...]:
    return tuple(step for token in pattern.tokens for step in ((token,) if isinstance(token, Wildcard) else token))


def _accepts(pattern: Pattern, positions: frozenset[_Position], text: str) -> bool:
    if pattern.inside and (text + "/").startswith(_OUTSIDE):
        return False
    return (len(_steps(pattern)), False) in positions


def _run(steps: Sequence[Token], text: str) -> frozenset[_Position]:
    positions = _closed(steps, {(0, False)})
    for char in text:
        positions = _advance(steps, positions, char)
    return positions


def _advance(steps: Sequence[Token], positions: frozenset[_Position], char: str) -> frozenset[_Position]:
    reached: set[_Position] = set()
    for index, _ in positions:
        step = steps[index] if index < len(steps) else None
        if step is Wildcard.SEGMENTS:
            reached.add((index, True))
            if char == "/":
                reached.add((index + 1, False))
        elif step is Wildcard.ANY or (step is Wildcard.STAR and char != "/"):
            reached.add((index, False))
        elif step == char:
            reached.add((index + 1, False))
    return _closed(steps, reached)


def _closed(steps: Sequence[Token], positions: set[_Position]) -> frozenset[_Position]:
    """Also the positions behind wildcards that may be empty."""
    found = set(positions)
    for index, running in positions:
        while not running and index < len(steps) and isinstance(steps[index], Wildcard):
            index += 1
            found.add((index, False))
    return frozenset(found)

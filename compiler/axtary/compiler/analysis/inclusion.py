"""Is all that some patterns, or some conditions, admit admitted by others too? A text or an action that is not, or the
proof that there is none.

Patterns are compared as languages, by an automaton of both sides; conditions by the space of their attributes. Work is
bounded by counts: what exceeds them is undecided, never a yes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat
from typing import Any

from axtary.compiler.analysis.entails import entails
from axtary.compiler.analysis.languages import matches
from axtary.compiler.analysis.space import Exhausted, Limits, Space, Survey, Witnesses
from axtary.compiler.analysis.space.texts import Asked, classes
from axtary.compiler.clauses import Literal, Rail
from axtary.compiler.ir import Compare, Like, OneOf, Pattern, Wildcard

_LIMITS = Limits(states=5_000, work=100_000, classes=400, clauses=40_000, conflicts=500)
_TRIED = 200_000  # characters of texts times places in patterns, for guesses
_FILLINGS: tuple[Mapping[Wildcard, str], ...] = (
    {Wildcard.STAR: "x", Wildcard.ANY: "x", Wildcard.SEGMENTS: ""},
    {Wildcard.STAR: "x", Wildcard.ANY: "x/y", Wildcard.SEGMENTS: "x/"},
)
_TOOL = "tool"  # of the actions that are shown; no condition is about it
_ANSWERS = {Rail.TRUE: True, Rail.FALSE: False}
_OPPOSITE = {Rail.TRUE: Rail.NOT_TRUE, Rail.NOT_TRUE: Rail.TRUE, Rail.FALSE: Rail.NOT_FALSE, Rail.NOT_FALSE: Rail.FALSE}


def text_outside(some: Iterable[Pattern], others: Iterable[Pattern], *, empty: bool = True) -> str | None:
    """A short text that one of `some` matches and none of `others`; None: there is none. Raises Exhausted.

    `empty`: does the empty text count?
    """
    known = frozenset(others)
    asked = tuple(dict.fromkeys(pattern for pattern in some if not _plainly_in(pattern, known)))
    if not asked:
        return None
    text = _readable(asked, known, empty)
    if text is not None:
        return text
    found = classes(Asked((frozenset(asked), known), empty=empty, focus=1), _LIMITS)
    return next((each.text for each in found if each.matches(0) and not each.matches(1)), None)


def _plainly_in(pattern: Pattern, known: frozenset[Pattern]) -> bool:
    """Is it one of them, or does it begin with all that one of them asks for? False says nothing."""
    first = pattern.tokens[0] if pattern.tokens else ""
    begins = first if isinstance(first, str) else ""
    return pattern in known or any(_begins_with(each, begins) for each in known if not each.inside)


def _begins_with(pattern: Pattern, text: str) -> bool:
    """Does it match all texts that begin so, since it asks for nothing more than a beginning?"""
    match pattern.tokens:
        case (Wildcard.ANY,):
            return True
        case (str() as head, Wildcard.ANY):
            return text.startswith(head)
    return False


def _readable(asked: Iterable[Pattern], known: frozenset[Pattern], empty: bool) -> str | None:
    """A text outside that a reader would think of; None says nothing."""
    size, tried = _size(known), 0
    for pattern in asked:
        for text in (_filled(pattern, filling) for filling in _FILLINGS):
            tried += len(text) * size
            if tried > _TRIED:
                return None
            if (text or empty) and matches([pattern], text) and not matches(known, text):
                return text
    return None


def _filled(pattern: Pattern, filling: Mapping[Wildcard, str]) -> str:
    """A text that the pattern matches, as a reader would think of one."""
    return "".join(filling[token] if isinstance(token, Wildcard) else token for token in pattern.tokens)


def action_outside(some: Sequence[Literal], others: Iterable[Literal]) -> tuple[Literal, dict[str, Any]] | None:
    """One of `others`, and an action on which all of `some` hold and it does not. Raises Exhausted.

    None: there is no such action. All are conditions on one value each. Of `some`, only what is about the same values
    is looked at: that all of them can hold together is for `admits_some` to say.
    """
    left = [each for each in others if not any(map(_entails, some, repeat(each)))]
    while left:
        together = _about([*some, *left], left[0])
        found = _search([each for each in together if each in some], [each for each in together if each in left])
        if found is not None:
            return found
        left = [each for each in left if each not in together]
    return None


def admits_some(conditions: Sequence[Literal]) -> bool:
    """Is there an action on which all conditions hold? Raises Exhausted."""
    left = list(conditions)
    while left:
        together = _about(left, left[0])
        if _search(together[1:], [_opposite(together[0])]) is None:
            return False
        left = [each for each in left if each not in together]
    return True


def _search(some: Sequence[Literal], others: Sequence[Literal]) -> tuple[Literal, dict[str, Any]] | None:
    """The plainest action on which all of `some` hold and one of `others` does not, and that one."""
    survey = Survey()
    for each in (*some, *others):
        survey.predicate(each, "")
    space = Space(survey, _LIMITS)
    graph = space.graph
    fails = {each: space.formula(_opposite(each), "") for each in others}
    formula = graph.all_of([*(space.formula(each, "") for each in some), graph.any_of(fails.values())])
    witnesses = Witnesses(space, _TOOL)
    choice = witnesses.find(formula)
    if choice is None:
        return None
    choice = witnesses.smallest(choice, formula)
    holds = witnesses.holds(choice)
    return next(each for each in others if holds(fails[each])), witnesses.shown(choice)[0]


def _entails(one: Literal, other: Literal) -> bool:
    """Does the other plainly hold wherever the one does? False says nothing."""
    if one == other:
        return True
    both = {one.rail, other.rail} <= _ANSWERS.keys()
    return both and entails((one.test, _ANSWERS[one.rail]), (other.test, _ANSWERS[other.rail]))


def _opposite(literal: Literal) -> Literal:
    return Literal(literal.test, _OPPOSITE[literal.rail])


def _about(conditions: Sequence[Literal], one: Literal) -> list[Literal]:
    """The conditions on a value that stands at, above or below that of `one`, or of another of them."""
    found: list[Literal] = []
    waiting, left = [one], list(conditions)
    while waiting:
        path = _test(waiting.pop()).attribute.path
        near = [each for each in left if _touch(path, _test(each).attribute.path)]
        left = [each for each in left if each not in near]
        found += near
        waiting += near
    return found


def _touch(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    length = min(len(one), len(other))
    return one[:length] == other[:length]


def _test(literal: Literal) -> OneOf | Compare | Like:
    test = literal.test
    if not isinstance(test, OneOf | Compare | Like):
        raise TypeError(f"{test!r} is no condition on one value")
    return test


def _size(patterns: Iterable[Pattern]) -> int:
    """Places in the patterns: characters, and two for a wildcard."""
    tokens = [token for pattern in patterns for token in pattern.tokens]
    return 1 + sum(2 if isinstance(token, Wildcard) else len(token) for token in tokens)


__all__ = ["Exhausted", "action_outside", "admits_some", "text_outside"]

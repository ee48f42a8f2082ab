"""Patterns as predicates on text, in time linear in the text.

A pattern becomes one regular expression that never goes back over a choice that cannot matter:

* After the pattern's wildcards up to some point, only the *earliest* end of what matched so far counts. Before
  `**` that is plain. Before `*`: two ends for one start lie in the same segment (the text between them is part of a
  `*` run), so what the later one reaches, the earlier one reaches. Before `**/`: it follows a literal that ends with
  "/" (or nothing), so the later end is itself a place where a `**/` run of the earlier one may stop.
  Hence every wildcard but the last of its kind is lazy and atomic.
* `**` is `**/` and then `*`. Written so where more `*` follow, one attempt per segment is made, not one per character.

`**/` after anything else can only be built by hand; it is simulated state by state.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from axtary.compiler.ir import Pattern, Token, Wildcard

Matcher = Callable[[str], bool]

_STAR, _ANY, _SEGMENTS = Wildcard.STAR, Wildcard.ANY, Wildcard.SEGMENTS
_OUTSIDE = ("@home", "@root")
_BELOW_OUTSIDE = ("@home/", "@root/")


def any_of(patterns: Iterable[Pattern]) -> Matcher:
    """A predicate: does the whole text match one of the patterns?"""
    literals: set[str] = set()
    rest: list[Matcher] = []
    for pattern in patterns:
        if pattern.literal is not None:
            literals.add(pattern.literal)
        else:
            rest.append(matcher(pattern))
    if not rest:
        return frozenset(literals).__contains__
    if len(rest) == 1 and not literals:
        return rest[0]
    exact, others = frozenset(literals), tuple(rest)
    return lambda text: text in exact or any(match(text) for match in others)


def matcher(pattern: Pattern) -> Matcher:
    """A predicate: does the whole text match the pattern?"""
    match = _tokens(pattern.tokens)
    return (lambda text: stays_inside(text) and match(text)) if pattern.inside else match


def stays_inside(text: str) -> bool:
    """Is the path relative to the workspace?"""
    return text not in _OUTSIDE and not text.startswith(_BELOW_OUTSIDE)


def _tokens(tokens: Sequence[Token]) -> Matcher:
    match tokens:
        case ():
            return lambda text: not text
        case (str() as only,):
            return lambda text: text == only
        case (Wildcard.ANY,):
            return lambda text: True
        case (str() as head, Wildcard.ANY):
            return lambda text: text.startswith(head)
        case (Wildcard.ANY, str() as tail):
            return lambda text: text.endswith(tail)
        case (Wildcard.ANY, str() as middle, Wildcard.ANY):
            return lambda text: middle in text
        case (str() as head, Wildcard.STAR):
            return lambda text: text.startswith(head) and text.find("/", len(head)) < 0
        case (Wildcard.STAR, str() as tail):
            return lambda text: text.endswith(tail) and text.find("/", 0, len(text) - len(tail)) < 0
        case (Wildcard.SEGMENTS, str() as name):
            return lambda text: text == name or text.endswith(f"/{name}")
    return _by_regex(tokens) if _regular(tokens) else lambda text: _simulate(tokens, text)


def _by_regex(tokens: Sequence[Token]) -> Matcher:
    """The expression is compiled when it is first asked: most patterns of a large policy never are."""
    compiled: Callable[[str], object] | None = None

    def match(text: str) -> bool:
        nonlocal compiled
        if compiled is None:
            compiled = re.compile(_regex(tokens), re.DOTALL).match
        return compiled(text) is not None

    return match


def _regular(tokens: Sequence[Token]) -> bool:
    """Does each `**/` come first, or after a literal that ends with a slash?"""
    pairs = pairwise(("/", *tokens))
    return all(isinstance(left, str) and left.endswith("/") for left, token in pairs if token is _SEGMENTS)


def _regex(tokens: Sequence[Token]) -> str:
    heads = [i for i, token in enumerate(tokens) if token in (_ANY, _SEGMENTS)]
    bounds = [0, *heads, len(tokens)]
    chunks = [tokens[start:end] for start, end in pairwise(bounds)]
    return "".join(_middle(chunk) for chunk in chunks[:-1]) + _last(chunks[-1]) + r"\Z"


def _middle(chunk: Sequence[Token]) -> str:
    """A run of literals and `*` that `**` or `**/` follows: its earliest end is the only one that counts."""
    head, body = _split(chunk)
    text = _earliest(body)
    return f"(?>{_LAZY[head]}{text})" if head is not None and text else text


def _last(chunk: Sequence[Token]) -> str:
    """The run at the end of the text: only its last `*`, and where it starts, are free."""
    head, body = _split(chunk)
    stars = [i for i, token in enumerate(body) if token is _STAR]
    cut = stars[-1] if stars else len(body)
    tail = "".join("[^/]*" if token is _STAR else re.escape(str(token)) for token in body[cut:])
    return _GREEDY[head] + _earliest(body[:cut]) + tail


_LAZY = {_ANY: ".*?", _SEGMENTS: "(?:.*?/)??"}
_GREEDY = {None: "", _ANY: ".*", _SEGMENTS: "(?:.*/)?"}


def _split(chunk: Sequence[Token]) -> tuple[Wildcard | None, Sequence[Token]]:
    """The leading `**` or `**/` and the rest; `**` before some `*` is written `**/*`."""
    if not chunk or chunk[0] not in (_ANY, _SEGMENTS):
        return None, chunk
    body = chunk[1:]
    if chunk[0] is _ANY and _STAR in body:
        return _SEGMENTS, (_STAR, *body)
    return (_ANY if chunk[0] is _ANY else _SEGMENTS), body


def _earliest(body: Sequence[Token]) -> str:
    """Literals, each at its first place after a `*`. A `*` at the end may be empty, so it is left out."""
    text, free = "", False
    for token in body:
        if isinstance(token, str):
            text += f"(?>[^/]*?{re.escape(token)})" if free else re.escape(token)
        free = token is _STAR
    return text


def _simulate(tokens: Sequence[Token], text: str) -> bool:
    """The set of token positions reached after each character."""
    steps = [step for token in tokens for step in ((token,) if isinstance(token, Wildcard) else token)]
    # A `**/` run must end with "/": position (i, True) is inside such a run, before the slash that may end it.
    states = _skip(steps, {(0, False)})
    for char in text:
        reached: set[tuple[int, bool]] = set()
        for i, running in states:
            step = steps[i] if i < len(steps) else None
            if step is _SEGMENTS:
                reached.add((i, True))
                if char == "/":
                    reached.add((i + 1, False))
            elif step is _ANY or (step is _STAR and char != "/"):
                reached.add((i, running))
            elif step == char:
                reached.add((i + 1, False))
        states = _skip(steps, reached)
    return (len(steps), False) in states


def _skip(steps: Sequence[Token], states: set[tuple[int, bool]]) -> set[tuple[int, bool]]:
    """Also the positions behind wildcards that may be empty."""
    found = set(states)
    for i, running in states:
        while not running and i < len(steps) and isinstance(steps[i], Wildcard):
            i += 1
            found.add((i, False))
    return found

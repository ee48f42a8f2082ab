"""Patterns: an exact Cedar `like` where one exists, and a matcher of our own for the rest.

Cedar's `like` has one wildcard, any run of characters, so `ANY` is native. The rest is exact too:

* `STAR` alone: matching with any runs, and having just as many slashes as the pattern's literal text, leaves no slash
  for the wildcards.
* `SEGMENTS` is one of two patterns: nothing, or any run and a slash.
* Some pairs are one wildcard: `**/*` is any run, because whatever stands after the last slash is the `*`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product

from axtary.backends.cedar.tree import Call as _Call
from axtary.backends.cedar.tree import Const, Expr, Relate, Resembles, SetOf, both, either, negate
from axtary.compiler.ir import Pattern, Token, Wildcard

_STAR, _ANY, _SEGMENTS = Wildcard.STAR, Wildcard.ANY, Wildcard.SEGMENTS
_MAX_SEGMENTS = 3  # each doubles the number of Cedar patterns
_OUTSIDE = ("@home", "@root")


def matches(pattern: Pattern, text: str) -> bool:
    """Whether the pattern matches the whole text; time is linear in the text for each token."""
    if pattern.inside and _is_outside(text):
        return False
    at: Sequence[int] = (0,)  # places in the text, ascending, that the tokens so far can reach
    for token in pattern.tokens:
        at = (
            [p + len(token) for p in at if text.startswith(token, p)]
            if isinstance(token, str)
            else _run(token, text, at)
        )
        if not at:
            return False
    return at[-1] == len(text)


def _is_outside(text: str) -> bool:
    return text in _OUTSIDE or text.startswith(tuple(f"{root}/" for root in _OUTSIDE))


def _run(wildcard: Wildcard, text: str, at: Sequence[int]) -> Sequence[int]:
    if wildcard is _ANY:
        return range(at[0], len(text) + 1)
    if wildcard is _STAR:
        return _star(text, at)
    after_slashes = {p + 1 for p in range(at[0], len(text)) if text[p] == "/"}
    return sorted(after_slashes.union(at))


def _star(text: str, at: Sequence[int]) -> list[int]:
    reached: list[int] = []
    for start in at:
        if reached and start <= reached[-1]:
            continue  # this run up to its slash is already in
        slash = text.find("/", start)
        reached.extend(range(start, (len(text) if slash < 0 else slash) + 1))
    return reached


def exact_texts(patterns: Iterable[Pattern]) -> tuple[str, ...] | None:
    """The only texts that the patterns match, or None if one of them has a wildcard."""
    texts: list[str] = []
    for pattern in patterns:
        if not all(isinstance(token, str) for token in pattern.tokens):
            return None
        text = "".join(token for token in pattern.tokens if isinstance(token, str))
        if not (pattern.inside and _is_outside(text)):
            texts.append(text)
    return tuple(dict.fromkeys(texts))


def one_of(value: Expr, texts: Sequence[str]) -> Expr:
    """`value` is one of the texts."""
    if len(texts) == 1:
        return Relate("==", value, Const(texts[0]))
    return _Call(SetOf(tuple(map(Const, texts))), "contains", value) if texts else either(())


def lower(patterns: Sequence[Pattern], value: Expr) -> Expr | None:
    """The exact Cedar form of "value matches any of the patterns", or None if there is none."""
    texts = [text for pattern in patterns for text in exact_texts((pattern,)) or ()]
    found = [one_of(value, texts)]
    for pattern in patterns:
        if exact_texts((pattern,)) is None:
            lowered = _lower(pattern, value)
            if lowered is None:
                return None
            found.append(lowered)
    return either(found)


def _lower(pattern: Pattern, value: Expr) -> Expr | None:
    tokens = simplified(pattern.tokens)
    wildcards = {token for token in tokens if isinstance(token, Wildcard)}
    if _STAR in wildcards:
        if len(wildcards) > 1:
            return None
        found = both((_like(tokens, value), negate(_like_slashes(tokens, value))))
    elif tokens.count(_SEGMENTS) > _MAX_SEGMENTS:
        return None
    else:
        found = either(_like(choice, value) for choice in _choices(tokens))
    return both((found, _stays_inside(value))) if _may_be_outside(pattern) else found


def simplified(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """The same language with fewer kinds of wildcards."""
    found: list[Token] = []
    for token in tokens:
        if isinstance(token, str) and found and isinstance(found[-1], str):
            found[-1] += token
        else:
            found.append(token)
        while _merge(found):
            pass
    return tuple(found)


def _merge(tokens: list[Token]) -> bool:
    """Rewrite the end of the list, if there is something to rewrite."""
    pair = tokens[-2:]
    if len(pair) == 2 and _ANY in pair and all(isinstance(token, Wildcard) for token in pair):
        tokens[-2:] = [_ANY]  # any run swallows the wildcard beside it
        return True
    if pair == [_SEGMENTS, _STAR]:
        tokens[-2:] = [_ANY]  # all up to the last slash, then the rest
        return True
    if tokens[-3:] in ([_STAR, "/", _ANY], [_ANY, "/", _STAR]):
        tokens[-3:] = [_ANY, "/", _ANY]  # split at the first (the last) slash
        return True
    return False


def _choices(tokens: Sequence[Token]) -> Iterator[tuple[Token, ...]]:
    options = [((), (_ANY, "/")) if token is _SEGMENTS else ((token,),) for token in tokens]
    for choice in product(*options):
        yield simplified([token for part in choice for token in part])


def _like(tokens: Sequence[Token], value: Expr) -> Expr:
    if all(isinstance(token, str) for token in tokens):
        return Relate("==", value, Const("".join(token for token in tokens if isinstance(token, str))))
    return Resembles(value, tuple(token if isinstance(token, str) else None for token in tokens))


def _like_slashes(tokens: Sequence[Token], value: Expr) -> Expr:
    """Has more slashes than the literal text."""
    slashes = sum(token.count("/") for token in tokens if isinstance(token, str)) + 1
    return Resembles(value, (None, *("/", None) * slashes))


def _may_be_outside(pattern: Pattern) -> bool:
    first = pattern.tokens[0] if pattern.tokens else ""
    return pattern.inside and not (isinstance(first, str) and first and not first.startswith("@"))


def _stays_inside(value: Expr) -> Expr:
    roots = [Resembles(value, (f"{root}/", None)) for root in _OUTSIDE]
    return negate(either((one_of(value, _OUTSIDE), *roots)))

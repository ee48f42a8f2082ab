"""Patterns that match a little more or a little less than they should: by one segment."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from axtary.compiler.analysis.mutation.edits import Edit, replaced, without
from axtary.compiler.ir import Pattern, Span, Token, Wildcard
from axtary.compiler.patterns import OUTSIDE, Dialect

_SEPARATORS = {Dialect.NAME: ".:/", Dialect.RESOURCE: "/:", Dialect.PATH: "/"}


def pattern_edits(
    patterns: Sequence[Pattern], dialect: Dialect, text: Callable[[tuple[Pattern, ...]], str], where: Span
) -> Iterator[Edit[tuple[Pattern, ...]]]:
    """Each pattern of a list dropped, if it is not the only one, widened and narrowed; `text` writes the list."""
    for pattern, rest in without(patterns):
        yield Edit("literal", rest, text((pattern,)), None, _place(pattern, where))
    for index, pattern in enumerate(patterns):
        for changed in (_widened(pattern, dialect), _narrowed(pattern, dialect)):
            if changed is not None and changed not in patterns:
                all_of_them = replaced(patterns, index, changed)
                before, after = ((each,) for each in (pattern, changed))
                yield Edit("pattern", all_of_them, text(before), text(after), _place(pattern, where))


def _place(pattern: Pattern, where: Span) -> Span:
    return pattern.span if pattern.span.line else where


def _widened(pattern: Pattern, dialect: Dialect) -> Pattern | None:
    """The last segment becomes a wildcard; of a pattern that ends with one, the segment before it is swallowed."""
    *head, last = pattern.tokens or ("",)
    if last is Wildcard.STAR:
        return _made(pattern, dialect, [*head, Wildcard.ANY])
    star = Wildcard.ANY if dialect is Dialect.NAME else Wildcard.STAR
    if isinstance(last, str):
        return _made(pattern, dialect, [*head, *_without_last(last, dialect), star])
    if head and isinstance(head[-1], str):
        return _made(pattern, dialect, [*head[:-1], *_without_last(head[-1][:-1], dialect), last])
    return None


def _without_last(text: str, dialect: Dialect) -> list[Token]:
    """A literal without what stands behind its last separator."""
    end = max(text.rfind(separator) for separator in _SEPARATORS[dialect]) + 1
    return [text[:end]] if end else []


def _narrowed(pattern: Pattern, dialect: Dialect) -> Pattern | None:
    """One segment less deep, one more asked for, or no wildcard at the end."""
    *head, last = pattern.tokens or ("",)
    if last is Wildcard.ANY and dialect is not Dialect.NAME:
        return _made(pattern, dialect, [*head, Wildcard.STAR])
    if last is Wildcard.ANY and head and isinstance(head[-1], str) and head[-1].endswith("."):
        return _made(pattern, dialect, [*pattern.tokens, ".", last])
    if isinstance(last, Wildcard):
        return _made(pattern, dialect, head) if head else None
    if head and head[0] is Wildcard.SEGMENTS:
        return _made(pattern, dialect, [*head[1:], last])
    return None


def _made(pattern: Pattern, dialect: Dialect, tokens: Sequence[Token]) -> Pattern:
    """The pattern of these tokens. Wildcards side by side are one; no anchored path pattern leaves the workspace."""
    merged: list[Token] = []
    for token in tokens:
        if merged and isinstance(token, Wildcard) and isinstance(merged[-1], Wildcard):
            merged[-1] = Wildcard.ANY
        elif merged and isinstance(token, str) and isinstance(merged[-1], str):
            merged[-1] += token
        else:
            merged.append(token)
    inside = pattern.inside
    if dialect is Dialect.PATH and pattern.tokens[:1] != (Wildcard.SEGMENTS,):
        first = pattern.tokens[0] if pattern.tokens else ""
        outside = isinstance(first, str) and first.startswith(OUTSIDE)
        inside = inside or (not outside and bool(merged) and isinstance(merged[0], Wildcard))
    shown = "".join("*" if isinstance(t, Wildcard) else t for t in merged) if dialect is Dialect.NAME else ""
    return Pattern(tuple(merged), inside, shown, pattern.span)

"""Which of many patterns match a text, without trying each.

A pattern is filed under the longer of its literal beginning and its literal end, and looked at only if the text begins
or ends so. `**/x...` is filed under the text that begins a segment. What is left has wildcards at both ends, and is
tried if the text contains its longest literal.

Bounds, for a text of n characters: one dictionary look-up; a binary search for beginnings, one for ends, and one for
each segment (or, where there are more segments than patterns filed so, each of these is tried); then the patterns
found, each in time O(n). Nested beginnings (`a`, `aa`, `aaa`, ...) are walked one by one: as many as there are, which
is at most the square root of twice the length of the policy's text.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from axtary.backends.native.patterns import Matcher, matcher, stays_inside
from axtary.compiler.ir import Pattern, Token, Wildcard

_Entry = tuple[int, Matcher | None]  # a number, and the test that is left, if any


class PatternIndex:
    """Patterns and literal texts, by their place in `entries`."""

    def __init__(self, entries: Sequence[Pattern | str]) -> None:
        self._exact: dict[str, int] = {}
        self._rest: list[tuple[str, Matcher, int]] = []
        self._in_segments: list[_Entry] = []
        heads, tails, segments = _Book(), _Book(), _Book()
        for number, entry in enumerate(entries):
            text = entry if isinstance(entry, str) else entry.literal
            if text is not None:
                self._exact[text] = number
            elif isinstance(entry, Pattern):
                self._file(entry, number, heads, tails, segments)
        self._heads, self._segments = _Beginnings(heads), _Beginnings(segments)
        self._tails = _Beginnings({text[::-1]: found for text, found in tails.items()})
        self.exact_only = None if heads or tails or segments or self._rest else self._exact
        """The texts, if there is nothing but texts."""

    def _file(self, pattern: Pattern, number: int, heads: _Book, tails: _Book, segments: _Book) -> None:
        tokens = pattern.tokens
        head, tail = _text(tokens[0]), _text(tokens[-1])
        if head and len(head) >= len(tail):
            heads.add(head, number, pattern, tokens[1:])
        elif tail:
            tails.add(tail, number, pattern, tokens[:-1])
        elif tokens[0] is Wildcard.SEGMENTS and len(tokens) > 1 and _text(tokens[1]):
            segments.add(_text(tokens[1]), number, pattern, tokens[2:])
            self._in_segments.append((number, matcher(pattern)))
        else:
            self._rest.append((max(map(_text, tokens), key=len), matcher(pattern), number))

    def find(self, text: str) -> tuple[int, ...]:
        """The numbers of the entries that match the whole text, in order."""
        exact = self._exact.get(text)
        if self.exact_only is not None:
            return () if exact is None else (exact,)
        found = set() if exact is None else {exact}
        entries = self._heads.of(text)
        if self._tails.longest:
            entries += self._tails.of(text[-self._tails.longest :][::-1])
        if self._segments.longest:
            entries += self._of_segments(text)
        found.update(number for number, test in entries if test is None or test(text))
        found.update(number for needle, matches, number in self._rest if needle in text and matches(text))
        return tuple(sorted(found))

    def _of_segments(self, text: str) -> list[_Entry]:
        book = self._segments
        if text.count("/") >= len(self._in_segments):
            return self._in_segments
        found: dict[int, Matcher | None] = {}
        start = 0
        while True:
            found.update(book.of(text[start : start + book.longest]))
            start = text.find("/", start) + 1
            if not start:
                return list(found.items())


def _text(token: Token) -> str:
    return token if isinstance(token, str) else ""


class _Book(dict[str, list[_Entry]]):
    """Literal text -> what is filed under it."""

    def add(self, text: str, number: int, pattern: Pattern, others: tuple[Token, ...]) -> None:
        """`others` are the tokens of the pattern beside the text and what stands for any beginning of a segment."""
        if others != (Wildcard.ANY,):
            test: Matcher | None = matcher(pattern)
        else:
            test = stays_inside if pattern.inside else None
        self.setdefault(text, []).append((number, test))


class _Beginnings:
    """Literal beginnings, sorted, each with the longest other one that it begins with itself."""

    def __init__(self, book: dict[str, list[_Entry]]) -> None:
        self._texts = sorted(book)
        self._entries = [tuple(book[text]) for text in self._texts]
        self._parents: list[int] = []
        for place, text in enumerate(self._texts):
            parent = place - 1
            while parent >= 0 and not text.startswith(self._texts[parent]):
                parent = self._parents[parent]
            self._parents.append(parent)
        self.longest = max(map(len, self._texts), default=0)

    def of(self, text: str) -> list[_Entry]:
        """What is filed under a beginning of the text."""
        found: list[_Entry] = []
        # Whatever sorts between a text and one of its beginnings begins so too: all of them are ancestors of the last.
        place = bisect_right(self._texts, text) - 1
        while place >= 0:
            if text.startswith(self._texts[place]):
                found += self._entries[place]
            place = self._parents[place]
        return found

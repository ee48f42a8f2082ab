"""The located tree of a file with its comments, each attached to the node that it stands before or beside.

YAML parsers drop comments, but leave the place of every scalar and bracket: a `#` between them begins a comment. Where
a comment belongs is told by what stands before it on its line, by the node that follows, and by its column.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from axtary.compiler.source import Mapping, Node, Sequence, Source, Text


@dataclass(slots=True)
class Comment:
    """A comment on a line of its own. `blank`: an empty line stands above it."""

    text: str
    blank: bool = False


@dataclass(slots=True, eq=False)
class Collection:
    """A mapping or a list. `end` holds the comments after the last entry."""

    mapping: bool
    flow: bool
    column: int
    owner: Entry | None
    entries: list[Entry] = field(default_factory=list)
    end: list[Comment] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Entry:
    """A key with its value, or an item of a list (`key` is None).

    `leading` are the comments above it, `trailing` those on its line; `blank`: an empty line stands above the node
    itself, that is between it and its last leading comment.
    """

    parent: Collection
    key: Text | None
    value: Text | Collection = field(init=False)
    blank: bool = False
    leading: list[Comment] = field(default_factory=list)
    trailing: list[str] = field(default_factory=list)

    @property
    def separated(self) -> bool:
        """An empty line stands above the node and its comments."""
        return self.leading[0].blank if self.leading else self.blank


@dataclass(slots=True, eq=False)
class _Anchor:
    """A piece of the text to which comments attach: a scalar or a bracket.

    `entry` is the entry whose key, value or bracket it is; `first` is the outermost entry that begins with it.
    """

    start: int
    end: int
    entry: Entry
    first: Entry
    opens: bool = False
    closes: Collection | None = None


class Document:
    """The tree as `root.value`, comments attached."""

    def __init__(self, source: Source, tree: Node) -> None:
        self._source = source
        self._anchors: list[_Anchor] = []
        lines = re.split(r"\r\n|\r|\n", source.text)
        self._blank = {number for number, line in enumerate(lines, 1) if not line.strip(" \t")}
        self.top = Collection(False, False, 0, None)
        self.root = Entry(self.top, None)
        self.top.entries.append(self.root)
        self.root.value = self._value(tree, self.root, None)
        self.root.blank = self._below_blank(self._anchors[0].start)
        self._starts = [anchor.start for anchor in self._anchors]
        for start, end in self.comments():
            self._attach(start, source.text[start:end].rstrip(" \t"))
        self._hand_over(self.root)

    # --- the tree ---

    def _value(self, node: Node, entry: Entry, first: Entry | None) -> Text | Collection:
        if not isinstance(node, Text):
            return self._collection(node, entry, first)
        if node.style or node.value or entry.key is None:  # the place of an absent value is that of the next token
            self._anchors.append(_Anchor(node.start, node.end, entry, first or entry))
        return node

    def _collection(self, node: Sequence | Mapping, owner: Entry, first: Entry | None) -> Collection:
        start = self._source.index(node.span.line, node.span.column)
        brackets = self._source.text[start] in "[{"
        flow = brackets or owner.parent.flow  # a pair alone in a flow list has no braces
        found = Collection(isinstance(node, Mapping), flow, node.span.column, owner)
        if brackets:
            self._anchors.append(_Anchor(start, start + 1, owner, first or owner, opens=True))
            first = None
        pairs = node.entries if isinstance(node, Mapping) else [(None, item) for item in node.items]
        for key, value in pairs:
            self._entry(found, key, value, first)
            first = None
        if brackets:
            end = self._source.index(node.span.end_line, node.span.end_column)
            self._anchors.append(_Anchor(end - 1, end, owner, owner, closes=found))
        return found

    def _entry(self, parent: Collection, key: Text | None, value: Node, first: Entry | None) -> None:
        entry = Entry(parent, key)
        parent.entries.append(entry)
        at = len(self._anchors)
        if key is not None:
            self._anchors.append(_Anchor(key.start, key.end, entry, first or entry))
        entry.value = self._value(value, entry, (first or entry) if key is None else None)
        entry.blank = self._below_blank(self._anchors[at].start)

    def _below_blank(self, index: int) -> bool:
        return self._source.position(index)[0] - 1 in self._blank

    # --- comments ---

    def comments(self) -> Iterator[tuple[int, int]]:
        """Start and end of each comment, in order."""
        text, at = self._source.text, 0
        for start, end in [*((anchor.start, anchor.end) for anchor in self._anchors), (len(text), len(text))]:
            while (found := text.find("#", at, start)) >= 0:
                at = self._line_end(found)
                yield found, at
            if text[start : start + 1] in ("|", ">") and end > start:
                header = self._line_end(start)
                if (found := text.find("#", start, header)) >= 0:
                    yield found, header
            at = max(at, end)

    def _line_end(self, index: int) -> int:
        found = re.compile(r"[^\r\n]*").match(self._source.text, index)
        return found.end() if found else index

    def _attach(self, start: int, text: str) -> None:
        after = bisect_right(self._starts, start)
        before = self._anchors[after - 1] if after else None
        following = self._anchors[after] if after < len(self._anchors) else None
        line, column = self._source.position(start)
        if before is not None and (start < before.end or self._source.position(before.end)[0] == line):
            _trail(before, text)  # on its line, or in the header of a block scalar
            return
        alone = not self._source.text[start - column + 1 : start].strip(" \t")
        comment = Comment(text, line - 1 in self._blank)
        if following is not None and following.closes is not None:
            following.closes.end.append(comment)
        elif following is not None and following.first.parent.flow:
            following.first.leading.append(comment)
        else:
            _between(before, following, comment, column if alone else None, self.top)

    def _hand_over(self, entry: Entry) -> None:
        """The comments inside `[]` and `{}` go to the entry that has it: there is no line for them."""
        if isinstance(entry.value, Text):
            return
        if not entry.value.entries:
            entry.leading += entry.value.end
            entry.value.end = []
        for inner in entry.value.entries:
            self._hand_over(inner)


def _trail(anchor: _Anchor, text: str) -> None:
    if anchor.opens and anchor.entry.key is None:
        anchor.first.leading.append(Comment(text))
    else:
        anchor.entry.trailing.append(text)


def _between(
    before: _Anchor | None, following: _Anchor | None, comment: Comment, column: int | None, top: Collection
) -> None:
    """A comment between block nodes goes above the next entry, or to the end of a collection that ends here.

    `column` is None behind a dash or a marker, where it says nothing.
    """
    ending = list(_around(before.entry)) if before is not None else []
    target = following.first if following is not None else None
    if target is not None:
        if target.parent not in ending:
            target.leading.append(comment)
            return
        ending = ending[: ending.index(target.parent) + 1]
    last = ending[-1] if ending else top
    chosen = next((c for c in _distinct(ending) if column is not None and c.column <= column), last)
    if target is not None and chosen is target.parent:
        target.leading.append(comment)
    else:
        chosen.end.append(comment)


def _around(entry: Entry) -> Iterator[Collection]:
    """The collections that contain an entry, the innermost first."""
    collection: Collection | None = entry.parent
    while collection is not None:
        yield collection
        collection = collection.owner.parent if collection.owner is not None else None


def _distinct(collections: list[Collection]) -> list[Collection]:
    """Of neighbours that begin in one column the outermost: a list may stand in the column of its key."""
    outer = [*collections[1:], None]
    return [c for c, around in zip(collections, outer, strict=True) if around is None or around.column != c.column]

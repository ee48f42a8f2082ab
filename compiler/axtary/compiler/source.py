"""Bytes -> located tree: a strict subset of YAML, every scalar as text, every node with its place.

The tree is built from parser *events*, with caps before and during parsing: composing deeply nested text can crash
the process in the C stack. Anchors, aliases, tags, merge keys, duplicate keys, directives and a second document are
refused, so that the text means to every YAML reader what it means here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import yaml

from axtary.compiler.diagnostics import Diagnostic, Edit, Fix, Label, Severity, quoted
from axtary.compiler.edits import Lines, Mend
from axtary.compiler.ir import Span
from axtary.compiler.yamlfixes import LOADER, quoted_scalar, spaces_for_tabs
from axtary.compiler.yamlhints import explain

MAX_BYTES = 4 * 1024 * 1024
MAX_DEPTH = 32
MAX_NODES = 200_000

# C0 but tab and line ends, DEL, C1, bidirectional controls, line and paragraph separators, surrogates, non-characters.
# Bidirectional controls make text read otherwise than it is (CVE-2021-42574).
FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)


class Source:
    """A file's text with its line starts. `name` is what diagnostics and exports show."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self._lines = Lines(text)
        self._places: dict[int, list[int]] = {}

    def position(self, index: int) -> tuple[int, int]:
        """1-based line and column of a code point index."""
        return self._lines.position(index)

    def index(self, line: int, column: int) -> int:
        """The code point index of a 1-based line and column: undoes `position`."""
        return self._lines.index(line, column)

    def places(self, text: Text) -> list[int]:
        """The index of each character of a scalar's content; worked out once, for a condition has many parts."""
        if text.start not in self._places:
            self._places[text.start] = _alignment(text)
        return self._places[text.start]

    def span(self, start: int, end: int) -> Span:
        return Span(self.name, *self._lines.position(start), *self._lines.position(max(start, end)))


@dataclass(frozen=True, slots=True)
class Text:
    """A scalar: its content as text, however it was written."""

    value: str
    source: Source = field(repr=False, compare=False)
    start: int = 0
    end: int = 0
    style: str = ""
    flow: bool = field(default=False, repr=False, compare=False)  # inside `[…]` or `{…}`

    @property
    def span(self) -> Span:
        return self.source.span(self.start, self.end)

    def part(self, start: int, end: int) -> Span:
        """The span of content[start:end], at least one character wide."""
        begin = self._verbatim()
        if begin is not None:
            return self.source.span(begin + start, begin + max(end, start + 1))
        places = self.source.places(self)
        last = places[min(end, len(places)) - 1] + 1 if end > start and places else None
        first = places[start] if start < len(places) else (places[-1] + 1 if places else self.start)
        return self.source.span(first, max(first + 1, last or first + 1))

    def extent(self, start: int, end: int) -> tuple[int, int] | None:
        """Where content[start:end] stands in the source, first index and end; None if no part can be told."""
        begin = self._verbatim()
        if begin is not None:
            return begin + start, begin + end
        places = [*self.source.places(self), self.end - (self.style in ("'", '"'))]
        return places[start], places[end]

    def _verbatim(self) -> int | None:
        """Where the content stands in the source as it is, without escapes and folding; None if it does not."""
        quotes = self.style in ("'", '"')
        begin = self.start + quotes
        plain = self.end - begin - quotes == len(self.value) and self.source.text.startswith(self.value, begin)
        return begin if plain else None


@dataclass(frozen=True, slots=True)
class Sequence:
    items: tuple[Node, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Mapping:
    entries: tuple[tuple[Text, Node], ...]
    span: Span
    repeated: tuple[tuple[Text, Node], ...] = ()  # entries whose key stood already: errors, read by nobody

    def get(self, key: str) -> Node | None:
        return next((value for name, value in self.entries if name.value == key), None)


Node = Text | Sequence | Mapping


def _alignment(text: Text) -> list[int]:
    """The source index of each character of the content: undoes quoting, escapes and line folding."""
    raw, base = text.source.text, text.start
    at, stop = base, text.end
    if text.style in ('"', "'"):
        at += 1
        stop -= 1
    elif text.style in ("|", ">"):
        at = raw.find("\n", at) + 1
    places: list[int] = []
    for char in text.value:
        if char in " \n":
            while at < stop and raw[at] not in " \t\r\n" and not (text.style == '"' and raw[at] == "\\"):
                at += 1
        else:
            while at < stop and raw[at] in " \t\r\n" and raw[at] != char:
                at += 1
        places.append(min(at, stop))
        if text.style == '"' and at < stop and raw[at] == "\\":
            at += {"x": 4, "u": 6, "U": 10}.get(raw[at + 1 : at + 2], 2)
        elif text.style == "'" and char == "'":
            at += 2
        else:
            at += 1
    return places


class _Refused(Exception):
    """Stops the reading of one file; the diagnostic is already reported."""


def read(name: str, data: bytes, report: Callable[[Diagnostic], None]) -> tuple[Source, Node | None]:
    """Parse one file. Reports every finding; the node is None if the file has no usable tree."""
    source = Source(name, "")
    if len(data) > MAX_BYTES:
        report(
            _error(
                "AX0102",
                source.span(0, 0),
                f"the file has {len(data)} bytes, the limit is {MAX_BYTES}",
                _SPLIT,
            )
        )
        return source, None
    try:
        source = Source(name, data.decode("utf-8"))
    except UnicodeDecodeError as error:
        end = len(data[: error.start].decode("utf-8"))
        source = Source(name, data.decode("utf-8", "replace"))  # to show the line
        message = f"byte {error.start + 1} (0x{data[error.start]:02x}) is not UTF-8"
        report(_error("AX0101", source.span(end, end + 1), message, "save the file as UTF-8"))
        return source, None
    bad = list(islice(FORBIDDEN.finditer(source.text), 20))
    for match in bad:
        message = f"the character U+{ord(match[0]):04X} is not allowed in a policy"
        help_text = f'delete it, or write it as an escape in double quotes: "\\u{ord(match[0]):04X}"'
        mark = match[0] == "\ufeff" and match.start() == 0  # a byte order mark says nothing in UTF-8
        fix = Fix("delete the byte order mark", (Edit(source.span(0, 1), ""),)) if mark else None
        report(_error("AX0103", source.span(match.start(), match.end()), message, help_text, fix=fix))
    if bad:
        return source, None
    try:
        return source, _Builder(source, report).document()
    except _Refused:
        return source, None


_SPLIT = "split the policy over several files with `include: [files]`"


def _error(code: str, span: Span, message: str, help_text: str, *labels: Label, fix: Fix | None = None) -> Diagnostic:
    return Diagnostic(code, Severity.ERROR, message, span, help_text, labels, fix)


class _Builder:
    def __init__(self, source: Source, report: Callable[[Diagnostic], None]) -> None:
        self.source = source
        self.report = report
        self.nodes = 0
        self.flow = 0  # open `[` and `{`
        self.events: Iterator[Any] = yaml.parse(source.text, Loader=LOADER)

    def refuse(self, code: str, span: Span, message: str, help_text: str, mend: Mend | None = None) -> _Refused:
        """`mend`: of the whole text of the file."""
        fix = None
        if mend is not None:
            edits = (Edit(self.source.span(change.start, change.end), change.text) for change in mend.changes)
            fix = Fix(mend.title, tuple(edits))
        self.report(_error(code, span, message, help_text, fix=fix))
        return _Refused()

    def next(self) -> Any:
        try:
            return next(self.events)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            at = mark.index if mark is not None else 0
            if self.source.text[at - 1 : at] in ("*", "&"):  # libyaml points behind the sign
                at -= 1
            problem = error.problem or error.context or "not well-formed"
            text = self.source.text
            start, end, message, help_text = explain(text, at, problem)
            mend = spaces_for_tabs(text) if text[at : at + 1] == "\t" else quoted_scalar(text, at)
            raise self.refuse("AX0104", self.source.span(start, end), message, help_text, mend) from None
        except yaml.YAMLError as error:  # the reader's own errors carry no mark
            raise self.refuse("AX0104", self.source.span(0, 0), quoted(str(error)), "write plain YAML") from None

    def document(self) -> Node | None:
        tree: Node | None = None
        documents = 0
        event: Any
        while not isinstance(event := self.next(), yaml.StreamEndEvent):
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                at = _index(event.start_mark)
                if documents > 1:
                    span = self.source.span(at, at + 3)
                    raise self.refuse("AX0105", span, "a second document begins here", "keep one document per file")
                if event.version or event.tags:
                    raise self.refuse("AX0106", self.source.span(at, at + 1), "a YAML directive", "delete the line")
            elif isinstance(event, yaml.NodeEvent):
                tree = self.node(event, 1)
        if tree is None or (isinstance(tree, Text) and not tree.value and not tree.style):
            raise self.refuse("AX0105", self.source.span(0, 0), "the file has no document", "begin with `version: 1`")
        return tree

    def node(self, event: Any, depth: int) -> Node:
        start, end = _index(event.start_mark), _index(event.end_mark)
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise self.refuse("AX0102", self.source.span(start, end), f"more than {MAX_NODES} values", _SPLIT)
        self.plain(event, start, end)
        if isinstance(event, yaml.ScalarEvent):
            while end > start and event.style in ("|", ">", None) and self.source.text[end - 1] in " \t\r\n":
                end -= 1
            return Text(event.value, self.source, start, end, event.style or "", self.flow > 0)
        if depth > MAX_DEPTH:
            message = f"more than {MAX_DEPTH} nested lists and mappings"
            raise self.refuse("AX0102", self.source.span(start, start + 1), message, "a policy needs about six levels")
        self.flow += bool(event.flow_style)
        read = self.sequence if isinstance(event, yaml.SequenceStartEvent) else self.mapping
        found = read(start, depth)
        self.flow -= bool(event.flow_style)
        return found

    def plain(self, event: Any, start: int, end: int) -> None:
        """Refuse anchors, aliases and tags."""
        if not (isinstance(event, yaml.AliasEvent) or event.anchor or getattr(event, "tag", None)):
            return
        word = re.match(r"\S*", self.source.text[start:end] or self.source.text[start:])
        written = word[0] if word else ""
        at = self.source.span(start, start + max(len(written), 1))
        if isinstance(event, yaml.AliasEvent):
            help_text = f'to write a pattern that begins with `*`, put it in quotes: "{written}"'
            mend = quoted_scalar(self.source.text, start)
            raise self.refuse("AX0106", at, f"{quoted(written)} is a YAML alias", help_text, mend)
        if event.anchor:
            help_text = f'write the value out again, or put it in quotes: "{written}"'
            mend = quoted_scalar(self.source.text, start)
            raise self.refuse("AX0106", at, f"{quoted(written)} is a YAML anchor", help_text, mend)
        help_text = "delete the tag, or put the text in quotes; in a condition write `not` for `!`"
        mend = quoted_scalar(self.source.text, start)
        raise self.refuse("AX0106", at, f"{quoted(written)} is a YAML tag", help_text, mend)

    def sequence(self, start: int, depth: int) -> Sequence:
        items: list[Node] = []
        event: Any
        while not isinstance(event := self.next(), yaml.SequenceEndEvent):
            items.append(self.node(event, depth + 1))
        return Sequence(tuple(items), self.source.span(start, _index(event.end_mark)))

    def mapping(self, start: int, depth: int) -> Mapping:
        entries: list[tuple[Text, Node]] = []
        repeated: list[tuple[Text, Node]] = []
        first: dict[str, Span] = {}
        event: Any
        while not isinstance(event := self.next(), yaml.MappingEndEvent):
            key = self.node(event, depth + 1)
            if not isinstance(key, Text):
                help_text = "write a name before the colon; put text that begins with `{` or `[` in quotes"
                raise self.refuse("AX0106", key.span, "a key that is not text", help_text)
            value = self.node(self.next(), depth + 1)
            if key.value == "<<" and not key.style:
                raise self.refuse("AX0106", key.span, "`<<` is a YAML merge key", "write the keys out")
            if key.value in first:
                label = Label(first[key.value], "first written here")
                message = f"the key {quoted(key.value)} stands twice"
                help_text = "delete one of the two, or begin a new item of a list with `- `"
                self.report(_error("AX0107", key.span, message, help_text, label))
                repeated.append((key, value))
                continue
            first[key.value] = key.span
            entries.append((key, value))
        return Mapping(tuple(entries), self.source.span(start, _index(event.end_mark)), tuple(repeated))


def _index(mark: Any) -> int:
    return int(mark.index)

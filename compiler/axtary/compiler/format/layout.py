"""The canonical layout: a document with comments -> lines."""

from __future__ import annotations

import re

from axtary.compiler.approvers import KEYS as APPROVERS_KEYS
from axtary.compiler.approvers import PERSON_KEYS, SERVICE_KEYS
from axtary.compiler.declarations import TOOL_KEYS
from axtary.compiler.format import conditions
from axtary.compiler.format.document import Collection, Comment, Document, Entry
from axtary.compiler.format.scalars import block, inline
from axtary.compiler.notifying import KEYS as NOTIFY_KEYS
from axtary.compiler.questions.invariants import KEYS as INVARIANT_KEYS
from axtary.compiler.questions.invariants import NEVER as NEVER_KEYS
from axtary.compiler.rules import KEYS as RULE_KEYS
from axtary.compiler.settings import CHECKPOINT_KEYS, LEDGER_KEYS
from axtary.compiler.source import Text
from axtary.compiler.syntax import MAX_CONDITION

WIDTH = 120
_KEY = 1000  # characters: a longer key needs a `?` (YAML looks no more than 1024 ahead for the colon)

_TOP_KEYS = (
    *("version", "preset", "include", "groups", "tools", "policy", "policies"),
    *("invariants", "runtime", "ledger", "approvers"),
)
_HEAD = _TOP_KEYS[:3]
_ORDER = {"top": _TOP_KEYS, "tool": TOOL_KEYS, "rule": RULE_KEYS, "invariant": INVARIANT_KEYS, "never": NEVER_KEYS}
_ORDER |= {"roster": APPROVERS_KEYS, "person": PERSON_KEYS, "service": SERVICE_KEYS, "notify": NOTIFY_KEYS}
_ORDER |= {"ledger": LEDGER_KEYS, "checkpoint": CHECKPOINT_KEYS}

ANY_KEY = "*"  # a tool has no such name

# The places that have a layout of their own: (place, key) -> the place of the value. An item has no key.
_PLACES = {
    ("file", ""): "top",
    ("top", "version"): "number",
    ("top", "tools"): "tools",
    ("tools", ANY_KEY): "tool",
    ("tool", "complete"): "number",
    ("top", "policy"): "policy",
    ("top", "policies"): "rules",
    ("rules", ""): "rule",
    ("top", "invariants"): "invariants",
    ("invariants", ""): "invariant",
    ("invariant", "description"): "prose",
    ("invariant", "never"): "never",
    ("top", "approvers"): "roster",
    ("roster", ""): "person",
    ("roster", "people"): "people",
    ("people", ""): "person",
    ("roster", "service"): "service",
    ("roster", "notify"): "notify",
    ("notify", "payload"): "number",
    ("person", "may_approve_own"): "number",
    ("top", "ledger"): "ledger",
    ("ledger", "checkpoint"): "checkpoint",
    ("checkpoint", "records"): "number",
    ("never", "when"): "condition",
    ("never", "unapproved"): "number",
    ("rule", "description"): "prose",
    ("rule", "when"): "condition",
    ("rule", "obligations"): "obligations",
    ("obligations", "approvers"): "approvers",
    ("obligations", "budget"): "budget",
    ("approvers", "quorum"): "number",
    ("budget", "limit"): "number",
    ("budget", "cost"): "number",
    ("policy", "github"): "policy",
    ("policy", "pullRequests"): "policy",
    ("policy", "maxFilesChanged"): "number",
    ("policy", "requiresTests"): "number",
}


def layout(document: Document) -> str:
    """The text of the document, with one line end at its end."""
    root = document.root
    value = root.value
    if isinstance(value, Collection) and not (value.flow and _flat(value, "top", WIDTH)):
        lines = _file(root, value)
    else:
        above, own = _entry(root, 0, "file")
        lines = above + own
    return "\n".join(lines + _end(document.top, 0)) + "\n"


# --- the file ---


def _file(root: Entry, top: Collection) -> list[str]:
    _to_first_key(root, top.entries[0])
    header = _header(top.entries[0])
    above, own = _block(top, 0, "top")
    return [*header, *([""] if header else []), *above, *own]


def _to_first_key(root: Entry, first: Entry) -> None:
    """The comments of the document as a whole, which only one in brackets has, go to its first key."""
    found = [*root.leading, *map(Comment, root.trailing)]
    if found and not first.leading:
        first.blank = root.blank
    elif found:
        first.leading[0].blank = root.blank
    first.leading = found + first.leading


def _header(first: Entry) -> list[str]:
    """Takes the comment at the head of the file, down to an empty line: it stays there whatever key comes first."""
    blanks = [at for at, comment in enumerate(first.leading) if at and comment.blank]
    cut = len(first.leading) if first.blank else max(blanks, default=0)
    header, first.leading = first.leading[:cut], first.leading[cut:]
    return _comments(header, 0)


# --- blocks ---


def _block(collection: Collection, indent: int, place: str) -> tuple[list[str], list[str]]:
    """The comments above the first entry, and all other lines of a block collection."""
    entries = _ordered(collection, place)
    first, lines = _entry(entries[0], indent, place)
    height = len(lines)
    for entry in entries[1:]:
        above, own = _entry(entry, indent, place)
        if _is_apart(entry, place, max(height, len(above) + len(own))):
            lines.append("")
        lines += above
        lines += own
        height = len(own)
    return first, lines + _end(collection, indent)


def _ordered(collection: Collection, place: str) -> list[Entry]:
    """In the order of the language; keys that it does not know come last."""
    order = _ORDER.get(place)
    if order is None:
        return collection.entries
    ranks = {name: rank for rank, name in enumerate(order)}
    return sorted(collection.entries, key=lambda e: ranks.get(e.key.value if e.key else "", len(order)))


def _is_apart(entry: Entry, place: str, height: int) -> bool:
    """Does an empty line stand between an entry and the one before? `height`: the lines of the higher one."""
    if place == "top" and entry.key is not None:
        return height > 1 or entry.key.value not in _HEAD
    if place in ("rules", "invariants"):
        return height > 1 or entry.separated
    return place not in ("rule", "invariant", "never") and entry.separated


def _entry(entry: Entry, indent: int, place: str) -> tuple[list[str], list[str]]:
    """The comments above an entry, and its own lines."""
    pad = " " * indent
    above = _comments(entry.leading, indent) + ([""] if entry.leading and entry.blank else [])
    own, beside = _mark(entry, pad, place), entry.trailing
    inner = _inner(place, entry)
    first, lines = _value(entry.value, len(own[-1]) + 1, indent + 2, inner)
    if first is None:
        head, *rest = lines
    elif entry.key is None:  # what begins behind the dash has its comments above it
        above += [pad + text for text in beside] + [f"{pad}{line.lstrip(' ')}".rstrip() for line in first]
        head, rest, beside = lines[0].lstrip(" "), lines[1:], []
    else:
        head, rest = "", first + lines
    own[-1] = " ".join(filter(None, (own[-1], head)))
    own[0] += "".join(f"  {text}" for text in beside[-1:])
    return above + [pad + text for text in beside[:-1]], own + rest


def _inner(place: str, entry: Entry) -> str:
    """The place of the value of an entry."""
    key = entry.key.value if entry.key else ""
    return _PLACES.get((place, key)) or _PLACES.get((place, ANY_KEY), "")


def _value(value: Text | Collection, column: int, indent: int, place: str) -> tuple[list[str] | None, list[str]]:
    """The lines of a value, the first of which goes to `column`; of a block first the comments above it, else None."""
    if isinstance(value, Text):
        return None, _text(value, column, indent, place)
    if value.flow and (flat := _flat(value, place, WIDTH - column)):
        return None, [flat]
    return _block(value, indent, place)


def _mark(entry: Entry, pad: str, place: str) -> list[str]:
    """What stands before the value of an entry."""
    if entry.key is None:
        return [f"{pad}-" if place != "file" else ""]
    key = inline(entry.key.value)
    return [f"{pad}? {key}", f"{pad}:"] if len(key) > _KEY else [f"{pad}{key}:"]


# --- comments ---


def _comments(comments: list[Comment], indent: int) -> list[str]:
    """Comments above a node; an empty line between two of them is kept."""
    lines: list[str] = []
    for comment in comments:
        lines += [""] if lines and comment.blank else []
        lines.append(" " * indent + comment.text)
    return lines


def _end(collection: Collection, indent: int) -> list[str]:
    """The comments behind the last entry."""
    apart = bool(collection.end) and collection.end[0].blank
    return ([""] if apart else []) + _comments(collection.end, indent)


# --- values ---


def _flat(node: Text | Collection, place: str, width: int) -> str | None:
    """A value inside brackets, in at most `width` columns; None if it does not fit, or has a comment."""
    if isinstance(node, Text):
        return _flat_text(node, place) if node.value or node.style else None
    if node.end:
        return None
    parts: list[str] = []
    for entry in _ordered(node, place):
        key = entry.key.value if entry.key else ""
        value = _flat(entry.value, _inner(place, entry), width)
        if value is None or entry.leading or entry.trailing:
            return None
        parts.append(value if entry.key is None else f"{inline(key, flow=True)}: {value}")
        width -= len(parts[-1]) + 2
        if width < -2:
            return None
    opening, closing = "{}" if node.mapping else "[]"
    return f"{opening}{', '.join(parts)}{closing}" if width >= 0 or not parts else None


def _flat_text(text: Text, place: str) -> str:
    expression = conditions.read(text.value) if place == "condition" else None
    return inline(conditions.one_line(expression) if expression else text.value, place, flow=True)


def _text(text: Text, column: int, indent: int, place: str) -> list[str]:
    """A value that begins in `column`, with lines that follow it indented by `indent`; `""` for a value left out."""
    if not text.value and not text.style:
        return [""]
    if place == "condition":
        return _condition(text, column, indent)
    flat = inline(text.value, place)
    found = None
    if place == "prose" and ("\n" in text.value or column + len(flat) > WIDTH):
        found = block(text.value, WIDTH - indent)
    return _indented(found, indent) if found else [flat]


def _indented(block: list[str], indent: int) -> list[str]:
    """A block scalar: its header, and its lines in their place."""
    return [block[0], *(" " * indent + line if line else "" for line in block[1:])]


def _condition(text: Text, column: int, indent: int) -> list[str]:
    expression = conditions.read(text.value)
    if expression is None:
        return _as_written(text, column, indent)
    flat = conditions.one_line(expression)
    fits = column + len(flat) <= WIDTH
    if fits and inline(flat, "condition") == flat:
        return [flat]
    lines = [flat] if fits else conditions.lines(expression, WIDTH - indent)
    if sum(len(line) + 1 for line in lines) > MAX_CONDITION:
        return _as_written(text, column, indent)
    return _indented([">-", *lines], indent)


def _as_written(text: Text, column: int, indent: int) -> list[str]:
    """A condition that has no canonical form: its author is still at work on it."""
    found = _same_block(text) if text.style in ("|", ">") else None
    flat = inline(text.value, "condition")
    if found is None and column + len(flat) > WIDTH:
        found = block(text.value, WIDTH - indent)
    return _indented(found, indent) if found else [flat]


def _same_block(text: Text) -> list[str] | None:
    """The lines of a block scalar without their margin; None if another margin could change what they say."""
    written = text.source.text
    end = re.compile(r"[^\r\n]*").match(written, text.end)
    header, *lines = re.split(r"\r\n|\r|\n", written[text.start : end.end() if end else text.end])
    found = re.match(r"[|>]-?(?=\s|\Z)", header)
    filled = [line for line in lines if line.strip(" ")]
    if found is None or not filled or "\t" in filled[0]:
        return None
    margin = len(filled[0]) - len(filled[0].lstrip(" "))
    if any(not line.strip(" ") and len(line) > margin for line in lines):
        return None
    return [found[0], *(line[margin:] if line.strip(" ") else "" for line in lines)]

"""Fixes: what is to be changed in the content of a scalar, said in edits of the file.

The content may be quoted, escaped or folded over lines. Each edit is checked by reading the scalar again; where that
does not give the content that was wanted, there is no fix.
"""

from __future__ import annotations

import json
import re

import yaml

from axtary.compiler.diagnostics import Edit, Fix, quoted
from axtary.compiler.edits import LINE_END, Mend, replaced
from axtary.compiler.places import Place
from axtary.compiler.source import Sequence, Text
from axtary.compiler.yamlfixes import LOADER


def rewrite(text: Text, mend: Mend | None) -> Fix | None:
    """The fix that makes the changes in the content of `text`, or None if it cannot be done exactly."""
    if mend is None or text.start == text.end:
        return None
    edits = []
    for change in mend.changes:
        extent = text.extent(change.start, change.end)
        if extent is None:
            return None
        edits.append((*extent, _escaped(change.text, text.style)))
    raw, source = text.source.text[text.start : text.end], text.source
    for start, end, new in reversed(edits):
        raw = raw[: start - text.start] + new + raw[end - text.start :]
    if not _reads_as(text, raw, mend.made(text.value)):
        return None
    return Fix(mend.title, tuple(Edit(source.span(start, end), new) for start, end, new in edits))


def renamed(text: Text, name: str | None) -> Fix | None:
    """Writes `name` for the whole content; None for None."""
    return rewrite(text, replaced(text.value, name)) if name is not None else None


def beside(place: Place, new: str) -> Fix | None:
    """Adds a text to the list in which the text at `place` stands; a text alone becomes a list."""
    text = place.node
    if not isinstance(text, Text) or text.style in ("|", ">") or place.is_key:
        return None
    source, added = text.source, json.dumps(new, ensure_ascii=False)
    title = f"add {quoted(added)} beside it"
    if not isinstance(place.parent, Sequence):
        both = f"[{json.dumps(text.value, ensure_ascii=False)}, {added}]"
        return Fix(title, (Edit(text.span, both),))
    if text.flow:
        return Fix(title, (Edit(source.span(text.end, text.end), f", {added}"),))
    before = source.text[source.text.rfind("\n", 0, text.start) + 1 : text.start]
    line_end = LINE_END.search(source.text, text.end)
    if not re.fullmatch(r" *- +", before) or "\n" in source.text[text.start : text.end]:
        return None  # a list in a list
    at = line_end.start() if line_end else len(source.text)
    return Fix(title, (Edit(source.span(at, at), (line_end[0] if line_end else "\n") + before + added),))


def _escaped(new: str, style: str) -> str:
    if style == '"':
        return json.dumps(new, ensure_ascii=False)[1:-1]
    return new.replace("'", "''") if style == "'" else new


def _reads_as(text: Text, raw: str, wanted: str) -> bool:
    """Does `raw`, written where `text` stands, have this content?"""
    old = text.source.text[text.start : text.end]
    if text.flow:
        return _content(f"[{old}]") == text.value and _content(f"[{raw}]") == wanted
    for end in ("\n", ""):  # the last line of a file may have no end, which a block scalar shows
        if _content(f"k: {old}{end}") == text.value:
            return _content(f"k: {raw}{end}") == wanted
    return False


def _content(document: str) -> str | None:
    """The content of the last scalar of a document that has nothing but it and perhaps a key."""
    try:
        events = [event for event in yaml.parse(document, Loader=LOADER) if isinstance(event, yaml.NodeEvent)]
    except yaml.YAMLError:
        return None
    last = events[-1]
    if not isinstance(last, yaml.ScalarEvent) or last.anchor or last.tag or len(events) != 2 + (document[0] == "k"):
        return None
    return str(last.value)

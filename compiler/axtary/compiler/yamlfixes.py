"""Fixes of text that is no YAML yet, or YAML that policies do not use: found by reading the changed text again."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import yaml

from axtary.compiler.edits import LINE_END, Change, Mend

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAB_WIDTHS = (2, 4, 8)


def quoted_scalar(text: str, at: int) -> Mend | None:
    """Quotes round the plain text that begins at `text[at]` with a sign that YAML takes for something else.

    None where the text cannot be told from what stands around it, or where the sign may be meant: a tag, but in a
    condition; an anchor with a value or an alias.
    """
    line_end = LINE_END.search(text, at)
    rest = text[at : line_end.start() if line_end else len(text)]
    stop = re.search(r"\s#|:(?=\s|$)" + (r"|[,\[\]{}]" if _in_flow(text[:at]) else ""), rest)
    written = rest[: stop.start() if stop else len(rest)].rstrip()
    if (stop is not None and stop[0] in ("[", "{")) or not _may_be_text(text, at, written):
        return None
    quote = "'" if re.search(r'["\\]', written) else '"'
    new = quote + (written.replace("'", "''") if quote == "'" else written) + quote
    mend = Mend(f"write `{new}`", (Change(at, at + len(written), new),))
    return mend if _has_scalar(mend.made(text), at, written) else None


def _may_be_text(text: str, at: int, written: str) -> bool:
    sign, name = written[:1], re.match(r"[\w-]*", written[1:])
    if sign == "!":
        return re.search(r"\bwhen: *\Z", text[:at]) is not None
    if sign == "&":
        return name is not None and name[0] == written[1:] and f"*{name[0]}" not in text
    return sign in ("*", "@", "%", "`")


def _in_flow(before: str) -> bool:
    """Is a `[` or `{` open at the end of this text?"""
    depth = 0
    try:
        for token in yaml.scan(before, Loader=LOADER):
            depth += isinstance(token, yaml.FlowSequenceStartToken | yaml.FlowMappingStartToken)
            depth -= isinstance(token, yaml.FlowSequenceEndToken | yaml.FlowMappingEndToken)
    except yaml.YAMLError:
        pass  # what was read up to there counts
    return depth > 0


def _has_scalar(text: str, at: int, value: str) -> bool:
    """Is there a scalar of this content at the index? What comes behind it is not asked."""
    try:
        events: Any = yaml.parse(text, Loader=LOADER)
        for event in events:
            start = event.start_mark.index
            if start >= at and isinstance(event, yaml.NodeEvent):
                return isinstance(event, yaml.ScalarEvent) and (start, event.value) == (at, value)
    except yaml.YAMLError:
        pass
    return False


def spaces_for_tabs(text: str) -> Mend | None:
    """Spaces where tabs indent, if the text then means the same however wide a tab is."""
    mends = [_indented(text, width) for width in _TAB_WIDTHS]
    meanings = [_meaning(mend.made(text)) for mend in mends]
    return mends[0] if meanings[0] is not None and all(meaning == meanings[0] for meaning in meanings) else None


def _indented(text: str, width: int) -> Mend:
    found = re.finditer(r"^ *\t[ \t]*", text, re.MULTILINE)
    changes = (Change(m.start(), m.end(), m[0].expandtabs(width)) for m in found)
    return Mend("indent with spaces", tuple(changes))


def _meaning(text: str) -> bytes | None:
    """What tells two trees apart, in little space; None of a text that is no YAML."""
    found = hashlib.sha256()
    try:
        for event in yaml.parse(text, Loader=LOADER):
            found.update(repr((type(event).__name__, getattr(event, "value", ""))).encode())
    except yaml.YAMLError:
        return None
    return found.digest()

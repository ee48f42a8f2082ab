"""What authors write out of the habit of another language, written as this one has it.

Guesses on the text alone: whoever asks parses the result and drops it where that does not help.
"""

from __future__ import annotations

import re

from axtary.compiler.edits import Change

QUOTES = ("'", "“", "”", "‘", "’")
_KEYWORDS = frozenset(
    ("and", "or", "not", "in", "like", "matches", "contains", "has", "any", "all", "none", "count", "true", "false")
)
_PARTS = re.compile(
    r'"(?:[^"\\\n]|\\.)*"'  # a string as it should be
    r"|(?P<quoted>'[^'\"\\\n]*'|“[^“”\"\\\n]*”|‘[^‘’\"\\\n]*’)"
    r"|(?P<word>(?<!\.)\b[A-Za-z_][A-Za-z0-9_]*)"
)


def requoted(condition: str) -> list[Change]:
    """Double quotes round each string that has others, where the content then needs no escape."""
    found = []
    for match in _PARTS.finditer(condition):
        if match["quoted"]:
            found += [Change(match.start(), match.start() + 1, '"'), Change(match.end() - 1, match.end(), '"')]
    return found


def lowered(condition: str) -> list[Change]:
    """Keywords in lower case: no attribute begins with one in capitals."""
    return [
        Change(*match.span(), match["word"].lower())
        for match in _PARTS.finditer(condition)
        if match["word"] and match["word"].lower() in _KEYWORDS and not match["word"].islower()
    ]


_UNIT = re.compile(r"(?<=\d)\s*(second|sec|minute|min|hour|hr|day)s?\b", re.I)
_PER_UNIT = re.compile(r"\bper\s+(second|minute|hour|day)\b", re.I)
_DAY = re.compile(
    r"\b(?:(?:mon|fri|sun)(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:rs(?:day)?)?|sat(?:urday)?)\b", re.I
)


def short_units(text: str) -> str:
    """`5 minutes` -> `5m`, `per hour` -> `per 1h`."""
    text = _PER_UNIT.sub(lambda match: f"per 1{match[1][0].lower()}", text)
    return re.sub(r"(?<=\d)\s+(?=[smhd]\b)", "", _UNIT.sub(lambda match: match[1][0].lower(), text))


def plain_window(text: str) -> str:
    """`monday–friday 8:00 to 19:00 …` -> `Mon-Fri 08:00-19:00 …`."""
    first = re.search(r"\d", text)
    days, times = (text[: first.start()], text[first.start() :]) if first else (text, "")
    days = _DAY.sub(lambda match: match[0][:3].capitalize(), re.sub("[–—]", "-", days))
    times = re.sub(r"(?<=\d)\s*(?:[–—]|\bto\b)\s*(?=\d)", "-", times)
    return days + re.sub(r"(?<!\d)(?=\d:\d\d)", "0", times)

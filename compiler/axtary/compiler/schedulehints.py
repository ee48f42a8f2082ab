"""What an author meant who wrote a time, a duration, a rate or a time zone in another notation."""

from __future__ import annotations

import re
from collections.abc import Iterable

from axtary.compiler.diagnostics import did_you_mean, quoted

_DAYS = {
    name: day
    for day, names in {
        "Mon": "mo mon monday montag",
        "Tue": "tu tue tues tuesday di dienstag",
        "Wed": "we wed wednesday mi mittwoch",
        "Thu": "th thu thur thurs thursday do donnerstag",
        "Fri": "fr fri friday freitag",
        "Sat": "sa sat saturday samstag",
        "Sun": "su sun sunday so sonntag",
    }.items()
    for name in names.split()
}
_EVERY_DAY = ("daily", "everyday", "always", "all")
_SCOPES = ("actor", "tenant", "owner", "task", "tool", "resource")
_OTHER_SCOPES = {"user": "owner", "agent": "actor", "org": "tenant", "repo": "resource", "person": "owner"}
_UNITS = {"s": "s", "sec": "s", "second": "s", "m": "m", "min": "m", "minute": "m", "h": "h", "hr": "h", "hour": "h"}
_UNITS |= {"d": "d", "day": "d"}
_ZONES = {
    "CEST": "Europe/Berlin",
    "PST": "America/Los_Angeles",
    "PDT": "America/Los_Angeles",
    "EDT": "America/New_York",
    "CST": "America/Chicago",
    "CDT": "America/Chicago",
    "MDT": "America/Denver",
    "BST": "Europe/London",
    "JST": "Asia/Tokyo",
    "Z": "UTC",
}
_IANA = "write an IANA name such as `Europe/Berlin` or `UTC`"


def word_at(text: str, at: int) -> tuple[int, int]:
    """Start and end of the word around an index, as far as the spaces on both sides."""
    start = len(text[:at]) - len(re.split(r"\s", text[:at])[-1])
    return start, at + len(re.split(r"\s", text[at:])[0])


def zone_hint(written: str, names: Iterable[str]) -> str:
    """What to write for a zone that does not exist."""
    if written.upper() in _ZONES:
        return f"did you mean `{_ZONES[written.upper()]}`? {_IANA}"
    if re.search(r"\d", written):
        return "write the zone of a place, such as `Europe/Berlin`, or `UTC`: an offset does not know summer time"
    return did_you_mean(written, names) + _IANA


def window_problem(text: str, start: int, end: int) -> tuple[str, str]:
    """Message and help for the word of a window that cannot be read."""
    word, before = text[start:end], text[:start].split()
    example = "write for example `Mon-Fri 08:00-19:00 Europe/Berlin`"
    if not word:
        missing = ("the days are missing", "the times are missing", "the time zone is missing")[min(len(before), 2)]
        return missing, example
    if re.match(r"[+-]\d", word) and len(before) >= 2:
        return f"{quoted(word)} is not a time zone", zone_hint(word, ())
    if len(before) == 2 and (times := _times(" ".join([before[1], *text[start:].split()]))):
        return f"{quoted(word)} is not a part of a window", f"did you mean `{times}`?"
    if len(before) >= 3:
        joined = f"{before[-1]}_{word}"
        return f"{quoted(word)} does not belong here", f"did you mean `{joined}`? a zone has no spaces"
    if before and (times := _times(" ".join(text[start:].split()))):
        return (
            f"{quoted(word)} is not a range of times",
            f"did you mean `{times}`? write two digits, `:` and two digits",
        )
    if not before and re.match(r"\d", word):
        return "the days are missing", f"write for example `Mon-Sun {text}`"
    if not before and (days := _days(word)):
        return (
            f"{quoted(word)} is not a range of days",
            f"did you mean `{days}`? the days are Mon Tue Wed Thu Fri Sat Sun",
        )
    return f"{quoted(word)} does not belong here", example


def _days(word: str) -> str:
    if word.lower().strip(",") in _EVERY_DAY:
        return "Mon-Sun"
    parts = re.split(r"([-–,])", word)
    named = [part if part in "-–," else _DAYS.get(part.lower(), "") for part in parts if part]
    return "".join(named).replace("–", "-") if all(named) else ""


def _times(rest: str) -> str:
    """`08:00-19:00` for `8-19`, `9:00-17:00`, `9am-5pm`, `08:00 to 19:00`, `08:00–19:00`; "" for anything else."""
    clock = r"(\d{1,2})(?::(\d{2}))?\s?(am|pm)?"
    found = re.match(rf"{clock}\s?(?:-|–|to|until)\s?{clock}(?=\s|\Z)", rest, re.IGNORECASE)
    if not found:
        return ""
    first, last = (
        (int(h) % 12 + 12 * (half.lower() == "pm") if half else int(h), minute or "00")
        for h, minute, half in (found.groups()[:3], found.groups()[3:])
    )
    if max(first[0], last[0]) > 24:
        return ""
    return f"{first[0]:02}:{first[1]}-{last[0]:02}:{last[1]}"


def duration_hint(text: str) -> str:
    """`did you mean `5m`? ` for `5 min`, `5minutes`, `1hour`, `1w`; or nothing."""
    found = re.fullmatch(r"(\d{1,6})\s*([A-Za-z]+?)s?", text.strip())
    if found is None:
        return ""
    number, unit = int(found[1]), found[2].lower()
    if unit in ("w", "week", "wk"):
        return f"did you mean `{number * 7}d`? "
    return f"did you mean `{number}{_UNITS[unit]}`? " if unit in _UNITS else ""


def duration_problem(text: str) -> tuple[str, str]:
    """Message and help for a duration that cannot be read."""
    written = quoted(text.strip())
    if re.fullmatch(r"\s*\d+\s*", text):
        number = text.strip()
        if not int(number[:9]):
            return "the duration is zero", "write a duration from `1s` to `366d`"
        return (
            f"{written} has no unit",
            f"write `{number}s` for seconds, `{number}m` for minutes, `{number}h` for hours",
        )
    return f"{written} is not a duration", f"{duration_hint(text)}write for example `30s`, `5m`, `1h30m` or `7d`"


def rate_problem(text: str, start: int, end: int) -> tuple[str, str]:
    """Message and help for the word of a rate that cannot be read."""
    word, before = text[start:end], text[:start].split()
    example = "write for example `20 per 1h per actor`"
    if not word:
        return "the rate ends too early", f"{example}; the last word says for whom it counts"
    if before[-1:] == ["per"] and "per" in before[:-1]:
        near = _OTHER_SCOPES.get(word, "")
        hint = f"did you mean `{near}`? " if near else did_you_mean(word, _SCOPES)
        return f"{quoted(word)} is not a scope", f"{hint}write one of: {', '.join(_SCOPES)}"
    if before[-1:] == ["per"]:
        hint = duration_hint(word) or duration_hint(f"1{word}")
        return f"{quoted(word)} is not a duration", hint + example
    return f"{quoted(word)} does not belong here", example

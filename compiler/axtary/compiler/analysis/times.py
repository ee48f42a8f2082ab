"""Instants worth trying: edges of local time windows, and the days on which a zone's clock changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from axtary.compiler.ir import Hours, Instant, Window
from axtary.compiler.zones import zone

YEAR = 2026  # the year of all generated times: a fixed one, so that cases do not depend on the day of the run
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_YEARS = range(1678, 2262)  # that a timestamp may name
_FAR = timedelta(hours=23, minutes=59)
_MONDAY = datetime(YEAR, 1, 5)
_DAY = 24 * 60
_WEEK = 7


def timestamp_text(instant: Instant) -> str:
    """The timestamp, with as many fraction digits as it needs: in UTC, if the year that is written then may be."""
    seconds, ns = divmod(instant.ns, 10**9)
    moment = _EPOCH + timedelta(seconds=seconds)
    offset = "Z"
    if moment.year not in _YEARS:
        sign = "-" if moment.year > _YEARS[-1] else "+"
        moment -= _FAR if sign == "-" else -_FAR
        offset = f"{sign}23:59"
    fraction = f".{ns:09d}".rstrip("0") if ns else ""
    return f"{moment:%Y-%m-%dT%H:%M:%S}{fraction}{offset}"


def edges(hours: Hours) -> Iterator[tuple[str, str]]:
    """(note, timestamp): both sides of each edge, each weekday, and the days of a clock change."""
    for window in hours.windows:
        place = zone(window.zone)
        first = _MONDAY + timedelta(days=window.days[0])
        for minute in (window.start, window.end):
            for local, note in _around(first, minute):
                yield f"{note} of {window.zone} {clock_text(minute)}", _utc(local, place)
        for day in range(7):
            middle = _MONDAY + timedelta(days=day, minutes=_middle(window))
            yield f"weekday {day}", _utc(middle, place)
        for change in _changes(window.zone):
            for minutes in (-1, 0, 1):
                moment = change + timedelta(minutes=minutes)
                yield f"clock change of {window.zone}", f"{moment:%Y-%m-%dT%H:%M:%SZ}"
            midnight = datetime(change.year, change.month, change.day)
            for minute in (window.start, window.end):
                for local, note in _around(midnight, minute):
                    yield f"{note} of {clock_text(minute)} on a day of clock change", _utc(local, place)


def openings(hours: Hours, after: Instant) -> list[str]:
    """The next opening of each window on each of its days, behind an instant; the soonest first."""
    moment = _EPOCH + timedelta(seconds=after.ns // 10**9)
    found = set()
    for window in hours.windows:
        place = zone(window.zone)
        today = moment.astimezone(place).replace(hour=0, minute=0, second=0, tzinfo=None)
        for day in range(_WEEK + 1):
            local = today + timedelta(days=day, minutes=window.start)
            if local.weekday() in window.days and local.replace(tzinfo=place) > moment:
                found.add(_utc(local, place))
    return sorted(found)


def _around(day: datetime, minute: int) -> Iterator[tuple[datetime, str]]:
    yield day + timedelta(minutes=minute, seconds=-1), "just before the edge"
    yield day + timedelta(minutes=minute), "at the edge"
    yield day + timedelta(minutes=minute, seconds=59), "in the minute of the edge"


def _middle(window: Window) -> int:
    length = (window.end - window.start) % _DAY or _DAY
    return (window.start + length // 2) % _DAY


def clock_text(minute: int) -> str:
    """A minute of the day as a time of day; 1440 is `24:00`."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _utc(local: datetime, place: ZoneInfo) -> str:
    return f"{local.replace(tzinfo=place).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


@lru_cache(maxsize=1024)
def _changes(name: str) -> tuple[datetime, ...]:
    """The instants of the year at which the zone's offset changes, to the minute."""
    place = zone(name)
    found = []
    start = datetime(YEAR, 1, 1, tzinfo=UTC)
    for day in range(365):
        low, high = start + timedelta(days=day), start + timedelta(days=day + 1)
        if _offset(low, place) == _offset(high, place):
            continue
        while high - low > timedelta(minutes=1):
            middle = low + (high - low) // timedelta(minutes=2) * timedelta(minutes=1)
            low, high = (middle, high) if _offset(middle, place) == _offset(low, place) else (low, middle)
        found.append(high)
    return tuple(found)


def _offset(moment: datetime, place: ZoneInfo) -> timedelta | None:
    return moment.astimezone(place).utcoffset()

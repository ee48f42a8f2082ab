"""Local weekday and minute for the `hours` obligation, from the zone data of the `tzdata` package.

The machine's own zone data is never read: the same policy would decide otherwise on another machine.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from io import BytesIO
from zoneinfo import ZoneInfo

import tzdata

from axtary.backends.verdict import EngineError
from axtary.compiler.ir import Window

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@cache
def zone_info(name: str) -> ZoneInfo:
    """The zone as the `tzdata` package has it."""
    try:
        return ZoneInfo.from_file(BytesIO(zone_bytes(name)), key=name)
    except ValueError as error:
        raise EngineError(f"`{name}` is no time zone of the tzdata package") from error


def zone_bytes(name: str) -> bytes:
    """The TZif file of the zone, as the `tzdata` package has it."""
    segments = name.split("/")
    if any(segment in ("", ".", "..") for segment in segments):
        raise EngineError(f"`{name}` is no time zone")
    try:
        return files("tzdata").joinpath("zoneinfo", *segments).read_bytes()
    except (OSError, ValueError) as error:
        raise EngineError(f"`{name}` is no time zone of the tzdata package") from error


def is_inside(window: Window, ns: int) -> bool:
    """Whether the instant lies in the window, in the window's own zone."""
    # From UTC to local there is just one answer; the other way an hour can be missing or come twice.
    instant = _EPOCH + timedelta(seconds=ns // 10**9)
    local = instant.astimezone(zone_info(window.zone))
    day, minute = local.weekday(), local.hour * 60 + local.minute
    if window.start <= window.end:
        return day in window.days and window.start <= minute < window.end
    before_midnight = day in window.days and minute >= window.start
    after_midnight = (day - 1) % 7 in window.days and minute < window.end
    return before_midnight or after_midnight


def zone_data_version() -> str:
    """The version of the `tzdata` package, e.g. `2026.2`."""
    return str(tzdata.__version__)

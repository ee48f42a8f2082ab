"""Do the engines have the same clock? Each carries zone data of its own, and a zone's rules change.

A probe policy says with its verdict which weekday, hour and quarter of an hour it is in a zone; every engine is asked
around each change of the zone's offset. Different answers mean different zone data, which is an error of its own:
the remedy is an update, not a change of the policy.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from axtary.backends.verdict import Engine, Verdict
from axtary.compiler.ir import Effect, Field, Hours, Match, Pattern, Policy, Rule, Wildcard, Window
from axtary.compiler.zones import zone
from axtary.runtime.engines import NAMES, compile_engine

FIRST, LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2050, 1, 1, tzinfo=UTC)


class ZoneError(Exception):
    """Two engines have different zone data for a zone of the policy."""


def zones_of(policy: Policy) -> tuple[str, ...]:
    """The zones that the policy reads, sorted."""
    found = {w.zone for rule in policy.rules for ob in rule.obligations if isinstance(ob, Hours) for w in ob.windows}
    return tuple(sorted(found))


@cache
def check(name: str) -> str:
    """The fingerprint of a zone's clock from 2000 to 2049, the same in every engine. Raises ZoneError, EngineError."""
    engines = [compile_engine(engine, _probe(name)) for engine in NAMES]
    digest = hashlib.sha256()
    for moment in _moments(name):
        text = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
        answers = [_ask(engine, text) for engine in engines]
        for engine, answer in zip(engines, answers, strict=True):
            if answer != answers[0]:
                raise ZoneError(
                    f"the zone data for {name} differ between {engines[0].version} and {engine.version}: "
                    f"at {text} their clocks differ; update the older one"
                )
        digest.update(f"{text} {answers[0].reasons}\n".encode())
    return f"sha256:{digest.hexdigest()}"


def _ask(engine: Engine, text: str) -> Verdict:
    return engine.decide({"version": 1, "tool": "probe", "time": text}, {})


@cache
def _probe(name: str) -> Policy:
    """Rules that each hold at some weekday, hour or quarter of an hour; what does not hold is named as violated."""
    every_day = tuple(range(7))
    parts: dict[str, tuple[Window, ...]] = {f"day-{day}": (Window((day,), 0, 1440, name),) for day in every_day}
    parts |= {f"hour-{h:02d}": (Window(every_day, h * 60, h * 60 + 60, name),) for h in range(24)}
    for quarter in range(4):
        starts = [hour * 60 + quarter * 15 for hour in range(24)]
        parts[f"quarter-{quarter}"] = tuple(Window(every_day, start, start + 15, name) for start in starts)
    scope = (Match(Field.TOOL, (Pattern((Wildcard.ANY,)),)),)
    rules = [Rule(key, Effect.ALLOW, scope, obligations=(Hours(windows),)) for key, windows in sorted(parts.items())]
    return Policy(tuple(rules), "probe")


def _moments(name: str) -> Iterator[datetime]:
    """The minutes before, at and after each change of the offset, and the first of each year."""
    info = zone(name)
    step = timedelta(days=1)
    moment = FIRST
    while moment < LAST:
        if moment.astimezone(info).utcoffset() != (moment + step).astimezone(info).utcoffset():
            change = _change(info, moment, moment + step)
            yield from (change - timedelta(minutes=1), change, change + timedelta(hours=1))
        moment += step
    yield from (datetime(year, 1, 1, tzinfo=UTC) for year in range(FIRST.year, LAST.year))


def _change(info: ZoneInfo, low: datetime, high: datetime) -> datetime:
    """The first minute of the new offset, between two moments of different offsets."""
    before = low.astimezone(info).utcoffset()
    while high - low > timedelta(minutes=1):
        middle = low + timedelta(minutes=(high - low) // timedelta(minutes=2))
        if middle.astimezone(info).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high

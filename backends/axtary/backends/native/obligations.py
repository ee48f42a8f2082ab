"""Obligations and approvals: met, or not. What cannot be evaluated is not met."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, assert_never
from zoneinfo import ZoneInfo

from axtary.backends.native.patterns import any_of
from axtary.backends.native.values import Frame, Reads
from axtary.backends.verdict import EngineError
from axtary.compiler.ir import (
    Approvers,
    Attribute,
    BlockedPaths,
    Budget,
    Hours,
    Number,
    Obligation,
    Rate,
    Type,
    Window,
)
from axtary.compiler.zones import zone, zone_names

Met = Callable[[Frame], bool]

_PATHS = Attribute("paths", (), Type.PATHS)
_TIME = Attribute("time", (), Type.TIMESTAMP)


def obligation(ob: Obligation, rule: str, reads: Reads) -> Met:
    """Is the obligation of a rule met?"""
    match ob:
        case BlockedPaths():
            return _blocked_paths(ob, reads)
        case Hours():
            return _hours(ob, reads)
        case Rate():
            return _rate(ob, rule)
        case Budget():
            return _budget(ob, reads)
        case _:
            assert_never(ob)


def _blocked_paths(ob: BlockedPaths, reads: Reads) -> Met:
    read, blocked = reads.of(_PATHS), any_of(ob.patterns)

    def met(frame: Frame) -> bool:
        paths = read(frame)
        return paths is not None and not any(map(blocked, paths))

    return met


def _hours(ob: Hours, reads: Reads) -> Met:
    read = reads.of(_TIME)
    unknown = sorted({window.zone for window in ob.windows} - zone_names())
    if unknown:
        raise EngineError(f"no such time zone: `{unknown[0]}`")
    windows = tuple((window, zone(window.zone)) for window in ob.windows)

    def met(frame: Frame) -> bool:
        ns = read(frame)
        return ns is not None and any(_within(window, place, ns) for window, place in windows)

    return met


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = 24 * 60


def _within(window: Window, place: ZoneInfo, ns: int) -> bool:
    # From UTC to the zone there is one answer; the other way, an hour of each autumn has two.
    local = (_EPOCH + timedelta(seconds=ns // 10**9)).astimezone(place)
    day, minute = local.weekday(), local.hour * 60 + local.minute
    if window.start < window.end:
        return day in window.days and window.start <= minute < window.end
    evening = day in window.days and window.start <= minute < _DAY
    morning = (day - 1) % 7 in window.days and minute < window.end
    return evening or morning


def _rate(ob: Rate, rule: str) -> Met:
    limit = ob.limit

    def met(frame: Frame) -> bool:
        usage = _object(frame.facts.get("usage")).get(rule)
        if isinstance(usage, bool) or not isinstance(usage, int | float):
            return False
        return usage == usage // 1 and 0 <= usage < limit  # infinity and NaN differ from their own floor

    return met


def _budget(ob: Budget, reads: Reads) -> Met:
    limit = ob.limit.scaled
    if isinstance(ob.cost, Number):
        constant = 0 <= ob.cost.scaled <= limit
        return lambda frame: constant
    read = reads.of(ob.cost)

    def met(frame: Frame) -> bool:
        cost = read(frame)
        return cost is not None and 0 <= cost <= limit

    return met


def approved(required: Approvers) -> Met:
    """Do enough distinct approvers hold one of the roles?"""
    roles = frozenset(required.roles)

    def met(frame: Frame) -> bool:
        entries = frame.seen.get(_approvers)
        if entries is None:
            entries = frame.seen[_approvers] = _approvers(frame.facts)
        holders = {who for who, held in entries if not roles or not roles.isdisjoint(held)}
        return len(holders) >= required.quorum

    return met


def _approvers(facts: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    """The approvers by id; none at all if one of them is ill-typed."""
    listed = _object(facts.get("approval")).get("approvers")
    if not isinstance(listed, list):
        return []
    entries = [_approver(entry) for entry in listed]
    return [] if None in entries else [entry for entry in entries if entry is not None]


def _approver(entry: Any) -> tuple[str, list[str]] | None:
    who, roles = _object(entry).get("id"), _object(entry).get("roles")
    if not isinstance(who, str) or not isinstance(roles, list):
        return None
    return (who, roles) if all(isinstance(role, str) for role in roles) else None


def _object(value: Any) -> Mapping[str, Any]:
    return value if value.__class__ is dict or isinstance(value, Mapping) else {}

"""IR -> the text of the language: for comments in exports, for explanations and for reports."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import assert_never

from axtary.compiler.analysis.times import clock_text, timestamp_text
from axtary.compiler.ir import (
    WEEKDAYS,
    And,
    Approvers,
    BlockedPaths,
    Budget,
    Compare,
    CompareAttributes,
    Condition,
    Count,
    Has,
    Hours,
    Instant,
    Like,
    Match,
    Not,
    Number,
    Obligation,
    OneOf,
    Or,
    Pattern,
    Quantified,
    Rate,
    Type,
    Value,
    Wildcard,
    Window,
    path_text,
)
from axtary.compiler.patterns import Dialect, parse


def condition_text(node: Condition, *, exact: bool = False) -> str:
    """A condition much as its author wrote it: with `!=`, `none` and timestamps.

    With `exact` as the IR has it: `not`, and timestamps as nanoseconds, as the code of an export says it.
    """
    match node:
        case And(items):
            return " and ".join(_nested(item, exact) for item in items)
        case Or(items):
            return " or ".join(_nested(item, exact) for item in items)
        case Not(item):
            return (None if exact else _negated(item)) or f"not {_nested(item, exact)}"
        case OneOf(attribute, (value,)):
            return f"{path_text(attribute.path)} == {_value(value, exact)}"
        case OneOf(attribute, values):
            return f"{path_text(attribute.path)} in [{_listed(values, exact)}]"
        case Compare(attribute, op, value):
            return f"{path_text(attribute.path)} {op} {_value(value, exact)}"
        case CompareAttributes(left, op, right):
            return f"{path_text(left.path)} {op} {path_text(right.path)}"
        case Like(attribute, patterns):
            verb = "matches" if attribute.type is Type.PATH else "like"
            return f"{path_text(attribute.path)} {verb} {_patterns(patterns)}"
        case Quantified():
            return _quantified_text(node, node.quantifier, exact)
        case Count(attribute, op, n):
            return f"count({path_text(attribute.path)}) {op} {n}"
        case Has():
            return f"has {path_text(node.path)}"
        case _:
            assert_never(node)


def _negated(node: Condition) -> str | None:
    """`not` of a comparison that the language has an operator for; None if it has none."""
    match node:
        case OneOf(attribute, (value,)):
            return f"{path_text(attribute.path)} != {_value(value)}"
        case CompareAttributes(left, "==", right):
            return f"{path_text(left.path)} != {path_text(right.path)}"
        case Count(attribute, "==", n):
            return f"count({path_text(attribute.path)}) != {n}"
        case Quantified(_, "any"):
            return _quantified_text(node, "none")
        case _:
            return None


def _quantified_text(node: Quantified, quantifier: str, exact: bool = False) -> str:
    matches = node.attribute.type is Type.PATHS and (exact or not _are_names(node.patterns))
    verb = "matches" if matches else "like"
    test = f"in [{_listed(node.values)}]" if node.values else f"{verb} {_patterns(node.patterns)}"
    return f"{quantifier} {path_text(node.attribute.path)} {test}"


def _are_names(patterns: tuple[Pattern, ...]) -> bool:
    """Were these patterns on `paths` written with `like`? It shows where the two dialects differ."""
    return any(pattern.text and parse(pattern.text, Dialect.PATH) != (pattern,) for pattern in patterns)


def obligation_text(node: Obligation) -> str:
    """One obligation in a line, much as its author wrote it."""
    match node:
        case BlockedPaths(patterns):
            return f"blocked_paths: {_patterns(patterns)}"
        case Hours(windows):
            return f"hours: {' or '.join(window_text(window) for window in windows)}"
        case Rate():
            return f"rate: {node.limit} per {duration_text(node.seconds)} per {node.per}"
        case Budget(limit, unit, per, seconds, cost):
            what = str(cost) if isinstance(cost, Number) else path_text(cost.path)
            return f"budget: {what} of {limit} {unit} per {duration_text(seconds)} per {per}"
        case _:
            assert_never(node)


def approvers_text(approvers: Approvers) -> str:
    """The roles of a step_up rule, and the quorum if one approver is not enough: `approvers: lead, quorum 2`."""
    quorum = f", quorum {approvers.quorum}" if approvers.quorum > 1 else ""
    return f"approvers: {', '.join(approvers.roles) or 'any'}{quorum}"


def duration_text(seconds: int) -> str:
    """Seconds as a duration of the language: 5400 is `1h30m`."""
    parts = []
    for unit, length in (("d", 86400), ("h", 3600), ("m", 60), ("s", 1)):
        count, seconds = divmod(seconds, length)
        parts += [f"{count}{unit}"] if count else []
    return "".join(parts)


def window_text(window: Window) -> str:
    """A window of the language: `Mon-Fri 08:00-19:00 Europe/Berlin`."""
    return f"{_days(window.days)} {clock_text(window.start)}-{clock_text(window.end)} {window.zone}"


def _days(days: tuple[int, ...]) -> str:
    """Weekdays as ranges, the week being a circle: Friday to Monday is one range."""
    if len(days) == 7:
        return "Mon-Sun"
    runs = []
    for first in (day for day in days if (day - 1) % 7 not in days):
        length = next(step for step in range(1, 7) if (first + step) % 7 not in days)
        last = WEEKDAYS[(first + length - 1) % 7]
        runs.append(WEEKDAYS[first] if length == 1 else f"{WEEKDAYS[first]}-{last}")
    return ",".join(runs)


def _nested(node: Condition, exact: bool) -> str:
    text = condition_text(node, exact=exact)
    return f"({text})" if isinstance(node, And | Or) else text


def match_text(match: Match) -> str:
    """One field of `match` with its patterns, groups and braces expanded."""
    return f"{match.field}: {_patterns(match.patterns)}"


def pattern_text(pattern: Pattern) -> str:
    """A pattern as its author wrote it, groups and braces expanded."""
    return pattern.text or "".join(t.value if isinstance(t, Wildcard) else t for t in pattern.tokens)


def _patterns(patterns: Iterable[Pattern]) -> str:
    texts = [json.dumps(pattern_text(pattern), ensure_ascii=False) for pattern in patterns]
    return texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"


def _listed(values: Iterable[Value], exact: bool = False) -> str:
    return ", ".join(_value(value, exact) for value in values)


def _value(value: Value, exact: bool = False) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return json.dumps(value, ensure_ascii=False)
        case Instant() if not exact:
            return f'"{timestamp_text(value)}"'
        case Number() | Instant():
            return str(value)
        case _:
            assert_never(value)

"""IR -> the text of the language: for comments in exports, for explanations and for reports."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import assert_never

from axtary.compiler.ir import (
    And,
    Atom,
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


def condition_text(node: Condition) -> str:
    """A condition much as its author wrote it."""
    match node:
        case And(items):
            return " and ".join(_nested(item) for item in items)
        case Or(items):
            return " or ".join(_nested(item) for item in items)
        case Not(item):
            return f"not {_nested(item)}"
        case OneOf(attribute, (value,)):
            return f"{path_text(attribute.path)} == {_value(value)}"
        case OneOf(attribute, values):
            return f"{path_text(attribute.path)} in [{_listed(values)}]"
        case Compare(attribute, op, value):
            return f"{path_text(attribute.path)} {op} {_value(value)}"
        case CompareAttributes(left, op, right):
            return f"{path_text(left.path)} {op} {path_text(right.path)}"
        case Like(attribute, patterns):
            verb = "matches" if attribute.type is Type.PATH else "like"
            return f"{path_text(attribute.path)} {verb} {patterns_text(patterns)}"
        case Quantified(attribute, quantifier, values, patterns):
            verb = "matches" if attribute.type is Type.PATHS else "like"
            test = f"in [{_listed(values)}]" if values else f"{verb} {patterns_text(patterns)}"
            return f"{quantifier} {path_text(attribute.path)} {test}"
        case Count(attribute, op, n):
            return f"count({path_text(attribute.path)}) {op} {n}"
        case Has():
            return f"has {path_text(node.path)}"
        case _:
            assert_never(node)


_OPPOSITE = {"==": "!=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}


def negated_text(node: Atom) -> str:
    """What is true where a leaf is false: like the leaf, undefined where that is undefined."""
    match node:
        case OneOf(attribute, (value,)):
            return f"{path_text(attribute.path)} != {_value(value)}"
        case Compare(attribute, op, value):
            return f"{path_text(attribute.path)} {_OPPOSITE[op]} {_value(value)}"
        case CompareAttributes(left, op, right):
            return f"{path_text(left.path)} {_OPPOSITE[op]} {path_text(right.path)}"
        case Count(attribute, op, n):
            return f"count({path_text(attribute.path)}) {_OPPOSITE[op]} {n}"
        case Quantified(quantifier="any"):
            return f"none{condition_text(node).removeprefix('any')}"
        case _:
            return f"not {condition_text(node)}"


_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def window_text(window: Window) -> str:
    """`Mon-Fri 08:00-19:00 Europe/Berlin`."""
    runs: list[list[int]] = []
    for day in window.days:
        if runs and day == runs[-1][-1] + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    days = ",".join(_DAYS[run[0]] + (f"-{_DAYS[run[-1]]}" if len(run) > 1 else "") for run in runs)
    return f"{days} {_clock(window.start)}-{_clock(window.end)} {window.zone}"


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


_UNITS = {"d": 86400, "h": 3600, "m": 60, "s": 1}


def duration_text(seconds: int) -> str:
    """`1h30m`."""
    parts = []
    for unit, size in _UNITS.items():
        count, seconds = divmod(seconds, size)
        parts += [f"{count}{unit}"] if count else []
    return "".join(parts)


def obligation_text(node: Obligation) -> str:
    """One obligation in a line."""
    match node:
        case BlockedPaths(patterns):
            return f"blocked_paths: {patterns_text(patterns)}"
        case Hours(windows):
            return f"hours: {len(windows)} window" + ("s" if len(windows) > 1 else "")
        case Rate():
            return f"rate: {node.limit} per {node.seconds} s per {node.per}"
        case Budget(limit, unit, per, seconds, cost):
            what = str(cost) if isinstance(cost, Number) else path_text(cost.path)
            return f"budget: {what} of {limit} {unit} per {seconds} s per {per}"
        case _:
            assert_never(node)


def _nested(node: Condition) -> str:
    text = condition_text(node)
    return f"({text})" if isinstance(node, And | Or) else text


def patterns_text(patterns: Iterable[Pattern]) -> str:
    """Patterns as an author writes them: one, or a list."""
    texts = [json.dumps(pattern.text or _tokens_text(pattern), ensure_ascii=False) for pattern in patterns]
    return texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"


def match_text(match: Match) -> str:
    """One field of `match` with its patterns, groups and braces expanded."""
    return f"{match.field}: {patterns_text(match.patterns)}"


def _tokens_text(pattern: Pattern) -> str:
    return "".join(token.value if isinstance(token, Wildcard) else token for token in pattern.tokens)


def _listed(values: Iterable[Value]) -> str:
    return ", ".join(_value(value) for value in values)


def _value(value: Value) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return json.dumps(value, ensure_ascii=False)
        case Number() | Instant():
            return str(value)
        case _:
            assert_never(value)

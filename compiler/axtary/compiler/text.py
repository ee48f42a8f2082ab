"""IR -> the text of the language: for comments in exports, for explanations and for reports."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import assert_never

from axtary.compiler.ir import (
    And,
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
            return f"{path_text(attribute.path)} {verb} {_patterns(patterns)}"
        case Quantified(attribute, quantifier, values, patterns):
            verb = "matches" if attribute.type is Type.PATHS else "like"
            test = f"in [{_listed(values)}]" if values else f"{verb} {_patterns(patterns)}"
            return f"{quantifier} {path_text(attribute.path)} {test}"
        case Count(attribute, op, n):
            return f"count({path_text(attribute.path)}) {op} {n}"
        case Has():
            return f"has {path_text(node.path)}"
        case _:
            assert_never(node)


def obligation_text(node: Obligation) -> str:
    """One obligation in a line."""
    match node:
        case BlockedPaths(patterns):
            return f"blocked_paths: {_patterns(patterns)}"
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


def match_text(match: Match) -> str:
    """One field of `match` with its patterns, groups and braces expanded."""
    return f"{match.field}: {_patterns(match.patterns)}"


def _patterns(patterns: Iterable[Pattern]) -> str:
    texts = [json.dumps(pattern.text or _tokens_text(pattern), ensure_ascii=False) for pattern in patterns]
    return texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"


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

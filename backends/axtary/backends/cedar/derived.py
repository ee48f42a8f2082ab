"""Hoisted tests: what Cedar cannot say exactly is worked out here and handed over as a named boolean.

Written apart from every other engine, so that a mistake here shows as a disagreement.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, assert_never

from axtary.backends.cedar.local_time import is_inside
from axtary.backends.cedar.patterns import matches
from axtary.backends.cedar.values import Typed, read, text
from axtary.compiler.ir import (
    SCALE,
    Attribute,
    BlockedPaths,
    CompareAttributes,
    Count,
    Hours,
    Like,
    Match,
    Pattern,
    Quantified,
    Type,
)

PATHS = Attribute("paths", (), Type.PATHS)
TIME = Attribute("time", (), Type.TIMESTAMP)

Hoistable = Match | Like | Quantified | Count | CompareAttributes | BlockedPaths | Hours


@dataclass(frozen=True, slots=True)
class Hoisted:
    """A boolean in `context.derived`: `name` is the rule and the place in it."""

    name: str
    rule: str
    test: Hoistable


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def evaluate(test: Hoistable, action: Mapping[str, Any]) -> bool | None:
    """The test on the action; None if it is undefined. An obligation is "met": true or false."""
    match test:
        case Match():
            return _matches_any(test.patterns, text(action, test.field.path))
        case Like():
            value = read(test.attribute, action)
            return _matches_any(test.patterns, value) if isinstance(value, str) else None
        case Quantified():
            return _quantified(test, _strings(test.attribute, action))
        case Count():
            items = _strings(test.attribute, action)
            return None if items is None else _COMPARE[test.op](len(items), test.n)
        case CompareAttributes():
            left, right = _by_value(test.left, action), _by_value(test.right, action)
            return None if left is None or right is None else _COMPARE[test.op](left, right)
        case BlockedPaths():
            paths = _strings(PATHS, action)
            return paths is not None and not any(_matches_any(test.patterns, path) for path in paths)
        case Hours():
            ns = read(TIME, action)
            return isinstance(ns, int) and any(is_inside(window, ns) for window in test.windows)
        case _:
            assert_never(test)


def _strings(attribute: Attribute, action: Mapping[str, Any]) -> tuple[str, ...] | None:
    value = read(attribute, action)
    return value if isinstance(value, tuple) else None


def _matches_any(patterns: tuple[Pattern, ...], value: str) -> bool:
    return any(matches(pattern, value) for pattern in patterns)


def _quantified(test: Quantified, items: tuple[str, ...] | None) -> bool | None:
    if items is None:
        return None
    found = [item in test.values or _matches_any(test.patterns, item) for item in items]
    return any(found) if test.quantifier == "any" else bool(found) and all(found)


def _by_value(attribute: Attribute, action: Mapping[str, Any]) -> Typed | None:
    """Integers in ten-thousandths too, so that they compare with numbers and decimals."""
    value = read(attribute, action)
    return value * SCALE if attribute.type is Type.INTEGER and isinstance(value, int) else value

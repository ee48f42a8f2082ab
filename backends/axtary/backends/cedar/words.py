"""A hoisted test in the words of the policy language, for the export's report."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from axtary.backends.cedar.derived import Hoistable
from axtary.backends.cedar.text import quote
from axtary.compiler.ir import (
    BlockedPaths,
    CompareAttributes,
    Count,
    Hours,
    Like,
    Match,
    Pattern,
    Quantified,
    Type,
    Window,
    path_text,
)

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def words(test: Hoistable) -> str:
    """What the boolean says when it is true."""
    match test:
        case Match():
            return f"{test.field.value} matches any of {_patterns(test.patterns)}"
        case Like():
            verb = "matches" if test.attribute.type is Type.PATH else "like"
            return f"{path_text(test.attribute.path)} {verb} any of {_patterns(test.patterns)}"
        case Quantified():
            verb = "matches" if test.attribute.type is Type.PATHS else "like"
            return f"{test.quantifier} {path_text(test.attribute.path)} {verb} any of {_patterns(test.patterns)}"
        case Count():
            return f"count({path_text(test.attribute.path)}) {test.op} {test.n}"
        case CompareAttributes():
            return f"{path_text(test.left.path)} {test.op} {path_text(test.right.path)}"
        case BlockedPaths():
            return f"paths are canonical and none matches any of {_patterns(test.patterns)}"
        case Hours():
            return "time lies in any of " + ", ".join(map(_window, test.windows))
        case _:
            assert_never(test)


def _patterns(patterns: Iterable[Pattern]) -> str:
    return f"[{', '.join(quote(_pattern(pattern)) for pattern in patterns)}]"


def _pattern(pattern: Pattern) -> str:
    return pattern.text or "".join(t if isinstance(t, str) else t.value for t in pattern.tokens)


def _window(window: Window) -> str:
    days = ",".join(_DAYS[day] for day in window.days)
    return f"{days} {_clock(window.start)}-{_clock(window.end)} {window.zone}"


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"

"""`with` and `without`: one attribute of an action set or removed, in the located tree."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from axtary.compiler.diagnostics import Reporter, did_you_mean, quoted
from axtary.compiler.ir import Span, path_text
from axtary.compiler.source import Mapping, Node, Text
from axtary.compiler.syntax import Bare, Path, SyntaxProblem, parse_condition

Steps = tuple[str, ...]

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*\Z")
_KEYWORDS = {"true", "false"}
_PATH_HELP = 'write an attribute as conditions have it: `payload.base`, `payload["odd key"]`, `actor.roles`'


MAX_STEPS = 32  # of a path: a file nests no deeper


class Changes:
    """Makes changes to actions; `None` means that the problem is already reported. `spend` is told what each costs."""

    def __init__(self, report: Reporter, spend: Callable[[int, Span], None]) -> None:
        self._report = report
        self._spend = spend
        self._steps: dict[str, Steps] = {}  # a file says the same few attributes over and over

    def put(self, action: Mapping, path: Text, value: Node) -> Mapping | None:
        """The action with `value` at the path; objects on the way are made where there are none."""
        steps = self._parsed(path)
        return _put(action, path, steps, value) if steps and self._passes(action, path, steps) else None

    def remove(self, action: Mapping, path: Text) -> Mapping | None:
        """The action without what stands at the path. It is an error if nothing does: that is a slip of the pen."""
        steps = self._parsed(path)
        if not steps or not self._passes(action, path, steps):
            return None
        here: Node | None = action
        for depth, step in enumerate(steps):
            keys = [key.value for key, _ in here.entries] if isinstance(here, Mapping) else []
            here = here.get(step) if isinstance(here, Mapping) else None
            if here is None:
                known = [path_text((*steps[:depth], key)) for key in keys]
                self._refuse(path, f"the action has no {quoted(path.value)}", known, path_text(steps[: depth + 1]))
                return None
        return _removed(action, steps)

    def _refuse(self, path: Text, message: str, known: list[str], tried: str) -> None:
        help_text = f"{did_you_mean(tried, known)}delete it, or write an attribute that the action has"
        self._report.error("AX0903", path.span, message, help_text)

    def _passes(self, action: Mapping, path: Text, steps: Steps) -> bool:
        """Does the path go through objects only?"""
        here: Node | None = action
        self._spend(len(action.entries), path.span)
        for depth, step in enumerate(steps[:-1]):
            here = here.get(step) if isinstance(here, Mapping) else None
            self._spend(len(here.entries) if isinstance(here, Mapping) else 0, path.span)
            if here is not None and not isinstance(here, Mapping):
                through = path_text(steps[: depth + 1])
                message = f"{quoted(path.value)} goes through {quoted(through)}, which is no object"
                self._report.error("AX0903", path.span, message, f"set {quoted(through)} as a whole")
                return False
        return True

    def _parsed(self, path: Text) -> Steps:
        """The steps of an attribute path; empty if it is none."""
        found = self._steps.get(path.value)
        if found is None:
            found = self._steps[path.value] = parse_path(path.value)
        if not found:
            self._report.error("AX0903", path.span, f"{quoted(path.value)} is not an attribute", _PATH_HELP)
        if len(found) > MAX_STEPS:
            message = f"{quoted(path.value)} has more than {MAX_STEPS} steps"
            self._report.error("AX0903", path.span, message, "set an object further up as a whole")
            return ()
        return found


def parse_path(text: str) -> Steps:
    """`payload["odd key"].x` -> its steps; empty if the text is no attribute path."""
    if _PLAIN.match(text) and text not in _KEYWORDS:
        return tuple(text.split("."))  # the common case, too frequent for a parser
    try:
        expression = parse_condition(text)
    except SyntaxProblem:
        return ()
    is_path = isinstance(expression, Bare) and isinstance(expression.operand, Path)
    return expression.operand.steps if is_path else ()  # type: ignore[union-attr]


def _put(mapping: Mapping, path: Text, steps: Steps, value: Node) -> Mapping:
    first, *rest = steps
    inner = mapping.get(first)
    if rest:
        below = inner if isinstance(inner, Mapping) else Mapping((), path.span)
        value = _put(below, path, tuple(rest), value)
    kept = tuple((key, value if key.value == first else old) for key, old in mapping.entries)
    if inner is None:
        kept = (*kept, (replace(path, value=first), value))
    return replace(mapping, entries=kept)


def _removed(mapping: Mapping, steps: Steps) -> Mapping:
    first, *rest = steps
    if not rest:
        return replace(mapping, entries=tuple(entry for entry in mapping.entries if entry[0].value != first))
    inner = mapping.get(first)
    assert isinstance(inner, Mapping)  # noqa: S101 - `remove` has walked there
    below = _removed(inner, tuple(rest))
    return replace(mapping, entries=tuple((k, below if k.value == first else old) for k, old in mapping.entries))

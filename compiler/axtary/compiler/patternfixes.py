"""Fixes of path patterns, in `blocked_paths` and in conditions: from the place of a pattern to the text round it."""

from __future__ import annotations

import json
from collections.abc import Iterator

from axtary.compiler.diagnostics import Fix, quoted
from axtary.compiler.drafts import leaves
from axtary.compiler.edits import Change, Mend
from axtary.compiler.fixes import beside, rewrite
from axtary.compiler.ir import Span
from axtary.compiler.places import Place, Places
from axtary.compiler.source import Text
from axtary.compiler.syntax import Constant, ListTest, SyntaxProblem, parse_condition

MAX_FIXES = 200


class PatternFixes:
    """Finds the text of a pattern by its span, at most MAX_FIXES times: of warnings there may be any number."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._left = MAX_FIXES
        self._operands: dict[Span, dict[Span, tuple[ListTest, Constant]]] = {}

    def beside(self, span: Span, pattern: str) -> Fix | None:
        """Adds a pattern to the list in which the one at the span stands."""
        place = self._find(span)
        if place is None or not isinstance(place.node, Text):
            return None
        if place.node.span == span:
            return beside(place, pattern)
        test, operand = self._operand(place.node, span)
        if test is None or operand is None:
            return None
        added = json.dumps(pattern, ensure_ascii=False)
        changes = [Change(operand.end, operand.end, f", {added}" if test.is_list else f", {added}]")]
        changes[:0] = [] if test.is_list else [Change(operand.start, operand.start, "[")]
        return rewrite(place.node, Mend(f"add {quoted(added)} beside it", tuple(changes)))

    def replaced(self, span: Span, old: str, new: str) -> Fix | None:
        """Writes `new` for the pattern at the span of a condition, if that is `old` and no part of braces."""
        place = self._find(span)
        if place is None or not isinstance(place.node, Text):
            return None
        operand = self._operand(place.node, span)[1]
        if operand is None or operand.value != old:
            return None
        written = json.dumps(new, ensure_ascii=False)
        return rewrite(place.node, Mend(f"write `{written}`", (Change(operand.start, operand.end, written),)))

    def _find(self, span: Span) -> Place | None:
        self._left -= 1
        return self._places.find(span) if self._left >= 0 else None

    def _operand(self, condition: Text, span: Span) -> tuple[ListTest, Constant] | tuple[None, None]:
        """The pattern literal of a condition at a span, and the test in which it stands."""
        if condition.span not in self._operands:
            self._operands[condition.span] = dict(_operands(condition))
        return self._operands[condition.span].get(span, (None, None))


def _operands(condition: Text) -> Iterator[tuple[Span, tuple[ListTest, Constant]]]:
    try:
        expression = parse_condition(condition.value)
    except SyntaxProblem:  # no condition, but the key that one was made from
        return
    for leaf in leaves(expression):
        if isinstance(leaf, ListTest):
            for operand in leaf.operands:
                if isinstance(operand, Constant):
                    yield condition.part(operand.start, operand.end), (leaf, operand)

"""Changes of what a rule obliges to: an obligation dropped, or its limits moved by a step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import assert_never

from axtary.compiler.analysis.mutation.edits import Edit, replaced, without
from axtary.compiler.analysis.mutation.patterns import pattern_edits
from axtary.compiler.ir import Approvers, BlockedPaths, Budget, Hours, Number, Obligation, Per, Rate, Window
from axtary.compiler.patterns import Dialect
from axtary.compiler.text import approvers_text, obligation_text

_MINUTES = 24 * 60
_OTHER: dict[Per, Per] = {
    "actor": "tenant",
    "tenant": "actor",
    "owner": "actor",
    "task": "actor",
    "tool": "actor",
    "resource": "actor",
}


def obligation_edits(node: Obligation) -> Iterator[Edit[Obligation]]:
    """The obligation dropped, and each of its parts a little looser or tighter."""
    yield Edit("obligation", None, obligation_text(node), None, node.span)
    if isinstance(node, BlockedPaths):
        for each in pattern_edits(node.patterns, Dialect.PATH, lambda _: "", node.span):
            changed: Obligation = replace(node, patterns=each.node or ())
            span = each.span if each.span.line else node.span
            yield Edit(each.kind, changed, obligation_text(node), obligation_text(changed), span)
        return
    for other in _changed(node):
        yield Edit("obligation", other, obligation_text(node), obligation_text(other), node.span)


def _changed(node: Hours | Rate | Budget) -> Iterator[Obligation]:
    match node:
        case Hours(windows):
            yield from (replace(node, windows=rest) for _, rest in without(windows))
            for index, window in enumerate(windows):
                for moved in _windows(window):
                    yield replace(node, windows=replaced(windows, index, moved))
        case Rate(limit, seconds, per):
            yield from (replace(node, limit=each) for each in (limit - 1, limit + 1) if each > 0)
            yield replace(node, seconds=max(1, seconds // 2) if seconds > 1 else 2)
            yield replace(node, per=_OTHER[per])
        case Budget(limit, _, per, seconds, _):
            step = _step(limit)
            yield from (replace(node, limit=Number(each)) for each in (limit.scaled - step, limit.scaled + step))
            yield replace(node, seconds=max(1, seconds // 2) if seconds > 1 else 2)
            yield replace(node, per=_OTHER[per])
        case _:
            assert_never(node)


def _step(limit: Number) -> int:
    """1 of the last digit that is written."""
    return next(size for size in (10_000, 1_000, 100, 10, 1) if limit.scaled % size == 0)


def _windows(window: Window) -> Iterator[Window]:
    """A minute longer at each end, and a day longer."""
    if window.start > 0 and window.start - 1 != window.end:
        yield replace(window, start=window.start - 1)
    if window.end < _MINUTES and window.end + 1 != window.start:
        yield replace(window, end=window.end + 1)
    if len(window.days) < len(range(7)):
        next_day = next((day + 1) % 7 for day in window.days if (day + 1) % 7 not in window.days)
        yield replace(window, days=tuple(sorted((*window.days, next_day))))


def approver_edits(node: Approvers) -> Iterator[Edit[Approvers]]:
    """A role less, anyone at all, one approver less or more."""
    for changed in _approvers(node):
        yield Edit("approvers", changed, approvers_text(node), approvers_text(changed), node.span)


def _approvers(node: Approvers) -> Iterator[Approvers]:
    yield from (replace(node, roles=rest) for _, rest in without(node.roles))
    if node.roles:
        yield replace(node, roles=())
    if node.quorum > 1:
        yield replace(node, quorum=node.quorum - 1)
    yield replace(node, quorum=node.quorum + 1)

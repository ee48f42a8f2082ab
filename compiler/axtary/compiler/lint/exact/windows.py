"""Two rules that fire together and whose hours never open together: what both are about is always denied."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, product

from axtary.compiler.analysis.diff.rules import Parts
from axtary.compiler.analysis.diff.tools import ToolClass, apart, tool_classes
from axtary.compiler.analysis.space import Exhausted, Limits, Search, Space, Survey, realize
from axtary.compiler.analysis.space.nodes import FALSE
from axtary.compiler.clauses import Literal, Rail
from axtary.compiler.diagnostics import Label, Reporter, quoted
from axtary.compiler.ir import Hours, Rule

LIMITS = Limits(states=4_000, classes=800, clauses=40_000, conflicts=400)
_PAIRS = 200  # of rules that are looked at


def check(rules: Sequence[Parts], report: Reporter) -> list[str]:
    """Report them, on the later rule of each pair. Returns the rules that were not compared with all others."""
    timed: dict[Hours, list[Parts]] = {}
    for each in rules:
        for obligation in each.rule.obligations:
            if isinstance(obligation, Hours):
                timed.setdefault(obligation, []).append(each)
    looks = _PAIRS
    left: dict[str, None] = {}
    for one, other in _apart(list(timed)):
        for first, second in product(timed[one], timed[other]):
            looks -= 1
            if looks < 0:
                left |= dict.fromkeys((first.rule.id, second.rule.id))
            elif not apart(first, second) and _fire_together(first, second):
                earlier, later = sorted((first, second), key=lambda each: rules.index(each))
                _report(earlier.rule, later.rule, report)
    return list(left)


def _apart(hours: Sequence[Hours]) -> Iterator[tuple[Hours, Hours]]:
    """Pairs of which at no moment both are open."""
    if len(hours) < 2:
        return
    survey = Survey()
    for each in hours:
        survey.test(each, "")
    try:
        space = Space(survey, LIMITS)
    except Exhausted:
        return
    open_at = {each: space.formula(Literal(each, Rail.TRUE), "") for each in hours}
    for one, other in combinations(hours, 2):
        if space.graph.all_of([open_at[one], open_at[other]]) == FALSE:
            yield one, other


def _fire_together(one: Parts, other: Parts) -> bool:
    """Is there an action for which both fire? Only one that was made counts."""
    try:
        return any(len(tools.rules) == 2 and _is_shown(tools) for tools in tool_classes([one, other], [one], LIMITS))
    except Exhausted:
        return False


def _is_shown(tools: ToolClass) -> bool:
    survey = Survey(tools=tools.names)
    for each in tools.rules:
        survey.predicate(each.fires, each.rule.id)
    space = Space(survey, LIMITS)
    formulas = [space.formula(each.fires, each.rule.id) for each in tools.rules]
    choice = Search(space).find(formulas)
    return choice is not None and realize(space, choice, tools.name) is not None


def _report(earlier: Rule, later: Rule, report: Reporter) -> None:
    hours = next(each for each in later.obligations if isinstance(each, Hours))
    theirs = next(each for each in earlier.obligations if isinstance(each, Hours))
    message = f"where {quoted(earlier.id)} fires too, these hours are never open together with its own"
    help_text = "what both rules are about is always denied: let the hours overlap, or the rules not"
    report.warning("AX0724", hours.span, message, help_text, Label(theirs.span, f"the hours of {quoted(earlier.id)}"))

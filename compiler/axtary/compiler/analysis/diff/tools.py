"""Tools by which rules are about them: each class of tools is compared on its own.

What a condition asks of the tool's name is settled here too, so that inside a class the tool is a constant. Only where
the tool is compared with another attribute does it stay a variable.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from axtary.compiler.analysis.diff.rules import Parts, reads_tool
from axtary.compiler.analysis.space import Limits
from axtary.compiler.analysis.space.automaton import Group
from axtary.compiler.analysis.space.survey import TOOL, Tools, group_of
from axtary.compiler.analysis.space.texts import Asked, classes
from axtary.compiler.ir import CompareAttributes, Like, OneOf, Pattern


@dataclass(frozen=True)
class ToolClass:
    """Tools on which all rules, and all conditions on the tool's name, agree. rules: the matching ones of all given."""

    names: Tools
    rules: tuple[Parts, ...]

    @property
    def name(self) -> str:
        """A tool of the class."""
        return self.names.text.text


def tool_classes(rules: Sequence[Parts], changed: Iterable[Parts], limits: Limits) -> Iterator[ToolClass]:
    """The classes of tools that a changed rule is about, in a readable order. Raises Exhausted."""
    groups: dict[Group, int] = {}
    for each in rules:
        for group in (group_of(each.rule.match[0]), *_conditions(each)):
            groups.setdefault(group, len(groups))
    focus = 0
    for each in changed:
        focus |= 1 << groups[group_of(each.rule.match[0])]
    if not focus:
        return
    asked = Asked(tuple(groups), paths=any(_asks_path(each) for each in rules), empty=False, focus=focus)
    by_group: dict[int, list[Parts]] = {}
    for each in rules:
        by_group.setdefault(groups[group_of(each.rule.match[0])], []).append(each)
    order = {id(each): index for index, each in enumerate(rules)}
    for text in classes(asked, limits):
        matching = [each for group, some in by_group.items() if text.matches(group) for each in some]
        matching.sort(key=lambda each: order[id(each)])
        yield ToolClass(Tools(asked.groups, text), tuple(matching))


def essence(tools: ToolClass, near: Iterable[Parts]) -> object:
    """All that an answer about the tools can depend on: the rules, and what their conditions find in the name."""
    rules = list(near)
    asked = [test for each in rules for test in each.tests if reads_tool(test)]
    if any(isinstance(test, CompareAttributes) for test in asked):
        return tools.name
    return tuple(map(id, rules)), tuple(tools.names.answer(test) for test in asked)


def _conditions(each: Parts) -> Iterator[Group]:
    for test in each.tests:
        if isinstance(test, OneOf | Like) and test.attribute.path == TOOL:
            yield group_of(test)


def _asks_path(each: Parts) -> bool:
    return any(isinstance(test, Like) and test.attribute.path == TOOL for test in each.tests)


def apart(one: Parts, other: Parts) -> bool:
    """Are there surely no actions that both rules match? Looks at how their patterns begin; False says nothing."""
    theirs = {match.field: match.patterns for match in other.rule.match[1:]}
    return any(_disjoint(match.patterns, theirs.get(match.field, ())) for match in one.rule.match[1:])


def _disjoint(one: Sequence[Pattern], other: Sequence[Pattern]) -> bool:
    return bool(other) and all(_starts_differ(first, second) for first in one for second in other)


def _starts_differ(one: Pattern, other: Pattern) -> bool:
    first, second = (p.tokens[0] if p.tokens and isinstance(p.tokens[0], str) else "" for p in (one, other))
    if one.literal is not None and other.literal is not None:
        return one.literal != other.literal
    shared = min(len(first), len(second))
    return first[:shared] != second[:shared]

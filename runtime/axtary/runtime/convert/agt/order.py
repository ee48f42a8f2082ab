"""First match by priority, as rules of which a denial overrides.

A rule decides if it matches and no earlier one does. Where an earlier rule restricts as much or more, axtary's own
order (deny, step_up, allow) says that already. So a rule only has to step back before earlier ones that restrict less.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from axtary.runtime.convert.agt.conditions import Test
from axtary.runtime.convert.draft import Draft, Effect
from axtary.runtime.convert.errors import Place

_STRENGTH: dict[Effect, int] = {"allow": 0, "step_up": 1, "deny": 2}


@dataclass(frozen=True)
class Ordered:
    """A rule of a document."""

    name: str
    effect: Effect
    priority: int
    test: Test
    message: str
    place: Place


def write(rules: Sequence[Ordered], default: tuple[Effect, Place], draft: Draft) -> None:
    """Write rules, in the order in which they are tried, and the default."""
    for index, rule in enumerate(rules):
        before = _stepping_back(rule.effect, rule.test, rules[:index])
        tools, own = (rule.test.tools, ()) if rule.test.tools else (("*",), (rule.test.when,))
        when = " and ".join((*own, *before)) or None
        description = f"AGT: {rule.name}" + (f": {rule.message}" if rule.message else "")
        draft.add(rule.name, rule.effect, {"tool": tools}, when, description, rule.place)
        if rule.test.fails and rule.effect != "deny":
            _deny_errors(rule, rules[:index], draft)
    effect, place = default
    if effect != "deny":  # which is the default here
        before = _stepping_back(effect, None, rules)
        when = " and ".join(before) or None
        draft.add("default", effect, {"tool": ("*",)}, when, "AGT: the default where no rule matches", place)


def _deny_errors(rule: Ordered, earlier: Sequence[Ordered], draft: Draft) -> None:
    """A value of another type denies there. `c and not c` is never true, and undefined just for such a value."""
    when = " and ".join((rule.test.when, f"not {rule.test.when}", *_stepping_back("deny", None, earlier)))
    description = f"AGT: {rule.name}: a value of another type is an error, which denies"
    draft.add(f"{rule.name}-type", "deny", {"tool": ("*",)}, when, description, rule.place)


def _stepping_back(effect: Effect, test: Test | None, earlier: Sequence[Ordered]) -> tuple[str, ...]:
    """What must not hold: the earlier rules that restrict less and can match where this one does."""
    return tuple(
        f"not {rule.test.when}"
        for rule in earlier
        if _STRENGTH[rule.effect] < _STRENGTH[effect] and not _disjoint(test, rule.test)
    )


def _disjoint(one: Test | None, other: Test) -> bool:
    """Are both about tools by name, and none is named twice?"""
    return (
        one is not None
        and one.exact
        and other.exact
        and bool(one.tools and other.tools)
        and not (set(one.tools) & set(other.tools))
    )

"""The rules of two policies side by side: which are the same, and which only look different.

A rule is *common* if it decides alike on both sides, by its text or, for two rules of one id, by a small proof. Where
no other rule matches, the policies decide alike; so only the others, the *changed* ones, have to be looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from axtary.compiler.analysis.space import Exhausted, Limits, Search, Space, Survey
from axtary.compiler.analysis.space.merging import merged_items, subject, union
from axtary.compiler.analysis.space.nodes import FALSE
from axtary.compiler.analysis.space.survey import TOOL, group_of
from axtary.compiler.clauses import (
    AllOf,
    Grant,
    Hold,
    Literal,
    Predicate,
    Restriction,
    Test,
    clauses,
    obligation_entries,
)
from axtary.compiler.ir import NOWHERE, CompareAttributes, Effect, Field, Has, Like, Match, OneOf, Policy, Rule

_PAIR_LIMITS = Limits(states=2_000, classes=500, clauses=20_000, conflicts=200)


@dataclass(frozen=True)
class Parts:
    """One rule in the normal form, and what it obliges to beyond that. ids: the rules that it stands for, if merged."""

    rule: Rule
    grants: tuple[Grant, ...] = ()
    holds: tuple[Hold, ...] = ()
    restrictions: tuple[Restriction, ...] = ()
    ids: tuple[str, ...] = ()

    @property
    def fires(self) -> Predicate:
        """When the rule fires."""
        if self.rule.effect is Effect.DENY:
            return self.restrictions[0].fires
        return self.grants[0].definite if self.rule.effect is Effect.ALLOW else self.holds[0].possible

    @property
    def terms(self) -> tuple[Any, ...]:
        """The ttl and the entries that a fired rule adds to the merged obligations, approvers without its id."""
        entries = [(kind, entry) for kind, entry in obligation_entries(self.rule) if kind != "approvers"]
        return self.rule.ttl, [(kind, sorted(entry.items())) for kind, entry in entries]

    @cached_property
    def tests(self) -> tuple[Test, ...]:
        """Every test that the predicates make, once."""
        return tuple(dict.fromkeys(test for predicate in self.predicates for test in _tests(predicate)))

    @property
    def predicates(self) -> list[Predicate]:
        """Every predicate of the rule."""
        found: list[Predicate] = [grant.definite for grant in self.grants]
        found += [hold.possible for hold in self.holds]
        return found + [restriction.predicate for restriction in self.restrictions]


def _tests(what: Predicate) -> Iterator[Test]:
    if isinstance(what, Literal):
        yield what.test
    else:
        for item in what.items:
            yield from _tests(item)


@dataclass
class Rules:
    """Rule id -> parts on each side; `common` are the ids of old rules that a new rule equals, with that rule's id."""

    old: dict[str, Parts]
    new: dict[str, Parts]
    common: dict[str, str] = field(default_factory=dict)

    @property
    def changed_old(self) -> list[str]:
        return [each for each in self.old if each not in self.common]

    @property
    def changed_new(self) -> list[str]:
        same = set(self.common.values())
        return [each for each in self.new if each not in same]


def parts(policy: Policy) -> dict[str, Parts]:
    """The normal form, by rule."""
    normal = clauses(policy)
    found = {rule.id: Parts(rule) for rule in policy.rules}
    for grant in normal.grants:
        made = replace(grant, definite=merged_items(grant.definite))
        found[grant.rule.id] = replace(found[grant.rule.id], grants=(made,))
    for hold in normal.holds:
        held = replace(hold, possible=merged_items(hold.possible))
        found[hold.rule.id] = replace(found[hold.rule.id], holds=(held,))
    for each in normal.restrictions:
        known = found[each.rule.id]
        restriction = replace(each, fires=merged_items(each.fires))
        found[each.rule.id] = replace(known, restrictions=(*known.restrictions, restriction))
    return found


def side_by_side(old: Policy, new: Policy) -> Rules:
    """Find the common rules: by text, whatever their ids (unless the id counts), then by proof under one id."""
    found = Rules(parts(old), parts(new))
    by_text: dict[object, list[str]] = {}
    for rule_id, each in found.new.items():
        by_text.setdefault(_text_of(each.rule), []).append(rule_id)
    for rule_id, each in found.old.items():
        same = by_text.get(_text_of(each.rule), [])
        if same:
            same.sort(key=lambda other: other != rule_id)
            found.common[rule_id] = same.pop(0)
    taken = set(found.common.values())
    for rule_id, each in found.old.items():
        other = found.new.get(rule_id)
        if rule_id not in found.common and other is not None and rule_id not in taken and _same(each, other):
            found.common[rule_id] = rule_id
    return found


def fewer(rules: Mapping[str, Parts]) -> dict[str, Parts]:
    """The same policy with deny rules merged that differ in the patterns for one attribute only."""
    kept: dict[str, Parts] = {}
    groups: dict[object, list[tuple[str, Literal]]] = {}
    for rule_id, each in rules.items():
        split = _split(each)
        if split is None:
            kept[rule_id] = each
        else:
            groups.setdefault(split[:2], []).append((rule_id, split[2]))
    for some in groups.values():
        first = rules[some[0][0]]
        rest = tuple(item for item in first.restrictions[0].fires.items if item != some[0][1])
        fires = AllOf((*rest, union(literal for _, literal in some)))
        restriction = replace(first.restrictions[0], fires=fires)
        kept[some[0][0]] = replace(first, restrictions=(restriction,), ids=tuple(rule_id for rule_id, _ in some))
    return kept


def _split(each: Parts) -> tuple[object, object, Literal] | None:
    """(all but one of the conjuncts of a deny rule, what that one is about, that one); the tool is settled."""
    if each.rule.effect is not Effect.DENY:
        return None
    items = [item for item in each.restrictions[0].fires.items if not _is_match_of_tool(item)]
    for item in reversed(items):
        about = subject(item)
        if about is not None and isinstance(item, Literal) and not reads_tool(item.test):
            return frozenset(other for other in items if other is not item), about, item
    return None


def reads_tool(test: Test) -> bool:
    """Does a condition ask for the tool's name? A match does, but is no condition."""
    if isinstance(test, Has):
        return test.path == TOOL
    if isinstance(test, CompareAttributes):
        return TOOL in (test.left.path, test.right.path)
    return isinstance(test, OneOf | Like) and test.attribute.path == TOOL


def _is_match_of_tool(item: Predicate) -> bool:
    return isinstance(item, Literal) and isinstance(item.test, Match) and item.test.field is Field.TOOL


def counted(rule: Rule) -> bool:
    """Is something counted under the rule's id? Then the id is a part of what the rule says."""
    return bool(obligation_entries(replace(rule, approvers=None)))


def _text_of(rule: Rule) -> object:
    key = rule.id if counted(rule) else ""
    return replace(
        rule, id=key, span=NOWHERE, description="", obligations=tuple(sorted(rule.obligations, key=_kind_of))
    )


def _kind_of(node: object) -> str:
    return type(node).__name__


def _same(old: Parts, new: Parts) -> bool:
    """Do two rules say the same in every part? False also means: not worth the search."""
    if old.rule.effect is not new.rule.effect or old.terms != new.terms:
        return False
    if group_of(old.rule.match[0]) != group_of(new.rule.match[0]) or _approvers(old) != _approvers(new):
        return False
    survey = Survey()
    for each in (old, new):
        for predicate in each.predicates:
            survey.predicate(predicate, each.rule.id)
    try:
        space = Space(survey, _PAIR_LIMITS)
        return _proved(space, _formulas(space, old), _formulas(space, new))
    except Exhausted:
        return False


def _approvers(each: Parts) -> object:
    needed = each.rule.approvers
    return needed and (frozenset(needed.roles), needed.quorum)


def _formulas(space: Space, each: Parts) -> dict[str, int]:
    """Granting, holding, and denying for each cause."""
    rule_id = each.rule.id
    found: dict[str, int] = {}
    for grant in each.grants:
        found["grants"] = space.formula(grant.definite, rule_id)
    for hold in each.holds:
        found["holds"] = space.formula(hold.possible, rule_id)
    for restriction in each.restrictions:
        formula = space.formula(restriction.predicate, rule_id)
        found[restriction.reason] = space.graph.any_of([found.get(restriction.reason, FALSE), formula])
    return found


def _proved(space: Space, old: dict[str, int], new: dict[str, int]) -> bool:
    if old.keys() != new.keys():
        return False
    open_pairs = [(old[name], new[name]) for name in old if old[name] != new[name]]
    if not open_pairs:
        return True
    graph, search = space.graph, Search(space)
    for one, other in open_pairs:
        for first, second in ((one, other), (other, one)):
            if search.find([first, graph.opposite(second)], sure=False) is not None:
                return False
    return True


__all__ = ["Parts", "Rules", "fewer", "parts", "reads_tool", "side_by_side"]

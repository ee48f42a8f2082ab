"""The normal form of a policy as one Rego module.

Each rule of the policy becomes an element of `grants` (definite), `holds` (a step_up that fires) or `denies`, and each
obligation with a test an element of `restrictions`; the fixed rules of `prelude.rego` make the decision from these.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, assert_never

from axtary.backends.rego.atoms import Helpers, false_body, pattern_function, read, true_body
from axtary.backends.rego.comments import obligation_comment, rule_comment
from axtary.backends.rego.patterns import matches_all, pattern_tests
from axtary.backends.rego.tree import (
    Array,
    Assign,
    Body,
    Call,
    Default,
    Every,
    Holds,
    Infix,
    Input,
    Integer,
    Module,
    Name,
    Not,
    Object,
    Rule,
    Set,
    Term,
    Text,
)
from axtary.compiler import ir
from axtary.compiler.clauses import (
    AllOf,
    AnyOf,
    Clauses,
    Literal,
    Predicate,
    Rail,
    Reason,
    Restriction,
    clauses,
    merged_obligations,
)
from axtary.compiler.text import condition_text

PACKAGE = "axtary"
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SETS = ("grants", "holds", "denies")


def module(policy: ir.Policy) -> Module:
    """The part of the module that is this policy's own."""
    form = clauses(policy)
    taken: set[str] = set()
    own = {rule.id: _Lowering(rule, taken) for rule in policy.rules}
    for grant in form.grants:
        own[grant.rule.id].member("grants", grant.definite)
    for hold in form.holds:
        own[hold.rule.id].member("holds", hold.possible)
    for restriction in form.restrictions:
        own[restriction.rule.id].restriction(restriction)
    rules: list[Rule | Default] = [_default(policy), Rule("policy_version", value=Text(policy.policy_version))]
    rules += [Rule(name, value=Set(())) for name in _empty(form)]
    rules += [rule for lowering in own.values() for rule in lowering.rules]
    return Module(PACKAGE, _heading(policy), (*rules, _duties(policy)))


def _heading(policy: ir.Policy) -> tuple[str, ...]:
    return (
        f"Policy {policy.policy_version}, compiled by axtary. Do not edit: change the policy and compile it again.",
        'Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.',
    )


def _default(policy: ir.Policy) -> Default:
    reason = Object((("code", Text(Reason.DEFAULT_DENY)), ("rule", Text(""))))
    members: tuple[tuple[str, Term], ...] = (
        ("decision", Text("deny")),
        ("fired", Array(())),
        ("reasons", Array((reason,))),
        ("obligations", Object(())),
        ("policy_version", Text(policy.policy_version)),
    )
    return Default("decision", Object(members, wide=True), comment=("What cannot be evaluated is denied.",))


def _empty(form: Clauses) -> list[str]:
    """The sets that no clause adds to: Rego wants each to be there."""
    denies = [r for r in form.restrictions if r.reason is Reason.RULE_DENIES]
    return [name for name, found in zip(_SETS, (form.grants, form.holds, denies), strict=True) if not found]


# --- clauses ----------------------------------------------------------------------------------------------------------


class _Lowering:
    """Lowers the clauses of one rule of the policy; helper rules stand below the clause that needs them."""

    def __init__(self, rule: ir.Rule, taken: set[str]) -> None:
        self.rule = rule
        self.helpers = Helpers(_stem(rule.id), taken)

    @property
    def rules(self) -> list[Rule | Default]:
        return self.helpers.rules

    def member(self, name: str, predicate: AllOf) -> None:
        """`name contains <this rule> if predicate`."""
        comment = rule_comment(self.rule)
        if name == "holds":
            comment = (f"{self.rule.id} holds back what it may concern: its condition is not definitely false",)
        self._add(Rule(name, element=Text(self.rule.id), comment=comment), lambda: self.body(predicate))

    def restriction(self, restriction: Restriction) -> None:
        """A deny rule, or an obligation that is not met while its rule fires."""
        obligation = restriction.obligation
        if obligation is None:
            self.member("denies", restriction.fires)
        elif not _met_always(obligation):
            element = Array((Text(restriction.reason), Text(self.rule.id)))
            comment = (f"{self.rule.id}, {obligation_comment(obligation)}",)
            rule = Rule("restrictions", element=element, comment=comment)
            self._add(rule, lambda: (*self._fired(restriction.fires), *self._violated(obligation)))

    def _add(self, rule: Rule, body: Callable[[], Body]) -> None:
        """Add a rule in front of the helpers that its body asks for."""
        place = len(self.rules)
        self.rules.insert(place, replace(rule, body=body()))

    def _fired(self, fires: AllOf) -> Body:
        """This rule fires. The test of exact tools is said again: by it OPA's index leaves the clause out."""
        match fires.items[0]:
            case Literal(ir.Match() as tool):
                indexed = _exact(tool)
            case _:
                indexed = ()
        fired = Name("grants" if self.rule.effect is ir.Effect.ALLOW else "holds")
        return (*indexed, Holds(Infix(Text(self.rule.id), "in", fired)))

    # --- predicates ---

    def body(self, predicate: Predicate) -> Body:
        """Expressions that all hold exactly if the predicate is true."""
        match predicate:
            case AllOf(items):
                return tuple(part for item in items for part in self.body(item))
            case AnyOf():
                name, place = self.helpers.name("any"), len(self.rules)
                bodies = [self.body(item) for item in _alternatives(predicate)]
                self.rules[place:place] = [Rule(name, body) for body in bodies]
                return (Holds(Name(name)),)
            case Literal():
                return self._literal(predicate)
            case _:
                assert_never(predicate)

    def _literal(self, literal: Literal) -> Body:
        test, rail = literal.test, literal.rail
        if isinstance(test, ir.Match):
            return self._match(test)
        if isinstance(test, ir.BlockedPaths | ir.Hours | ir.Rate | ir.Budget):
            return self._violated(test)  # an obligation is only ever asked about as NOT_TRUE
        text = condition_text(test, exact=True)
        match rail:
            case Rail.TRUE:
                return true_body(test, self.helpers)
            case Rail.FALSE:
                return false_body(test, self.helpers)
            case Rail.NOT_TRUE:
                body = true_body(test, self.helpers)
                return (Not(self.helpers.total("confirmed", body, f"{text}: definitely true")),)
            case Rail.NOT_FALSE:
                body = false_body(test, self.helpers)
                return (Not(self.helpers.total("excluded", body, f"{text}: definitely false")),)
            case _:
                assert_never(rail)

    def _match(self, match: ir.Match) -> Body:
        """A field matches one of its patterns."""
        if any(matches_all(pattern) for pattern in match.patterns):
            return ()
        if exact := _exact(match):
            return exact
        field = Name(match.field.value)
        if len(match.patterns) == 1:
            return tuple(Holds(test) for test in pattern_tests(match.patterns[0], field))
        return (Holds(Call(pattern_function(match.patterns, self.helpers), (field,))),)

    # --- obligations ---

    def _violated(self, obligation: ir.Obligation) -> Body:
        """The obligation is not met, or cannot be evaluated."""
        match obligation:
            case ir.Rate(limit):
                return (Not(Call("rate_met", (Text(self.rule.id), Integer(limit)))),)
            case ir.Hours(windows):
                return (Not(Call("within_hours", (Array(tuple(_window(window) for window in windows)),))),)
            case ir.BlockedPaths(patterns):
                return (Not(self.helpers.total("paths_clear", self._paths_clear(patterns))),)
            case ir.Budget(limit, cost=ir.Attribute() as cost):
                return (Not(self.helpers.total("cost_within", _cost_within(cost, limit))),)
            case ir.Budget():
                return ()
            case _:
                assert_never(obligation)

    def _paths_clear(self, patterns: tuple[ir.Pattern, ...]) -> Body:
        blocked = Call(pattern_function(patterns, self.helpers), (Name("path"),))
        paths = read(ir.Attribute("paths", (), ir.Type.PATHS))
        return (Assign("paths", paths), Every("path", Name("paths"), (Not(blocked),)))


def _alternatives(predicate: AnyOf) -> Iterable[Predicate]:
    for item in predicate.items:
        if isinstance(item, AnyOf):
            yield from _alternatives(item)
        else:
            yield item


def _exact(match: ir.Match) -> Body:
    """The test of exact texts, on the input itself: that is what OPA can index. Nothing if a pattern is no such text.

    The empty text is not one: it also stands for an absent field.
    """
    texts = tuple(Text(pattern.literal) for pattern in match.patterns if pattern.literal)
    if len(texts) != len(match.patterns):
        return ()
    value = Input(("action", *match.field.path))
    return (Holds(Infix(value, "==", texts[0]) if len(texts) == 1 else Infix(value, "in", Set(texts))),)


def _met_always(obligation: ir.Obligation) -> bool:
    """A budget of constant cost is met, or not, whatever the action."""
    if not (isinstance(obligation, ir.Budget) and isinstance(obligation.cost, ir.Number)):
        return False
    return 0 <= obligation.cost.scaled <= obligation.limit.scaled


def _cost_within(cost: ir.Attribute, limit: ir.Number) -> Body:
    value = Name("cost")
    return (
        Assign(value.name, read(cost)),
        Holds(Infix(value, ">=", Integer(0))),
        Holds(Infix(value, "<=", Integer(limit.scaled))),
    )


def _window(window: ir.Window) -> Term:
    return Object(
        (
            ("days", Array(tuple(Text(_DAYS[day]) for day in window.days))),
            ("start", Integer(window.start)),
            ("end", Integer(window.end)),
            ("zone", Text(window.zone)),
        )
    )


# --- what the rules ask for -------------------------------------------------------------------------------------------


def _duties(policy: ir.Policy) -> Rule:
    """rule id -> what the rule asks for if it fires."""
    members = tuple((rule.id, _json(merged)) for rule in policy.rules if (merged := merged_obligations([rule])))
    comment = ("What each rule asks for if it fires.",)
    return Rule("duties", value=Object(members, wide=True), comment=comment)


def _json(value: Any) -> Term:
    """A JSON value of strings, integers, lists and objects as a term."""
    match value:
        case str():
            return Text(value)
        case int():
            return Integer(value)
        case list():
            return Array(tuple(_json(item) for item in value))
        case _:
            return Object(tuple((key, _json(item)) for key, item in value.items()))


def _stem(rule_id: str) -> str:
    """A rule id as the beginning of a name."""
    plain = re.sub(r"[^a-z0-9]", "_", rule_id)
    return plain if plain[0].isalpha() else f"rule_{plain}"

"""Normal form to Cedar policies, together with what they read from the context.

    grant of an allow rule     permit when definite
    grant of a step_up rule    permit when definite && approved
    hold                       forbid when possible && !approved
    restriction                forbid when fires [&& !met]

A witness is a permit that stands for "this rule fires" or "this rule is definite". Witnesses are evaluated beside the
policies and never exported: no determining policy names a rule that fired without deciding.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal as Choice
from typing import assert_never

from axtary.backends.cedar import atoms
from axtary.backends.cedar.atoms import Typed
from axtary.backends.cedar.derived import PATHS, Hoistable, Hoisted
from axtary.backends.cedar.patterns import exact_texts
from axtary.backends.cedar.patterns import lower as lower_patterns
from axtary.backends.cedar.tree import (
    MAX_DEPTH,
    TRUE,
    Call,
    Const,
    Decimal,
    Expr,
    Get,
    Relate,
    Statement,
    both,
    depth,
    either,
    negate,
)
from axtary.backends.verdict import EngineError
from axtary.compiler.clauses import AllOf, AnyOf, Clauses, Literal, Predicate, Rail, Reason, Test, clauses
from axtary.compiler.ir import (
    NOWHERE,
    And,
    Approvers,
    Attribute,
    BlockedPaths,
    Budget,
    CompareAttributes,
    Condition,
    Count,
    Effect,
    Field,
    Has,
    Hours,
    Like,
    Match,
    Not,
    Number,
    Or,
    Policy,
    Quantified,
    Rate,
    Rule,
    Type,
    attributes,
    path_text,
)
from axtary.compiler.ir import atoms as leaves

OTHER = "other tool"

MAX_NESTING = 20  # of and/or/not in a condition; the language allows fewer

Permission = Choice["permit", "forbid"]
Kind = Choice["grant", "hold", "restriction", "fires", "definite"]


@dataclass(frozen=True, slots=True)
class Reads:
    """What the policies read; nothing else is declared in the schema or put into the context."""

    attributes: dict[tuple[Type, str], Attribute] = field(default_factory=dict)
    present: dict[str, tuple[str, ...]] = field(default_factory=dict)
    usage: set[str] = field(default_factory=set)  # rules with a rate
    approvals: dict[str, Approvers] = field(default_factory=dict)
    derived: dict[str, Hoisted] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Clause:
    """A Cedar policy and what it stands for. A witness has no reason."""

    statement: Statement
    rule: str
    kind: Kind
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Lowering:
    """A policy in Cedar's terms."""

    clauses: tuple[Clause, ...]
    witnesses: tuple[Clause, ...]
    reads: Reads
    tools: frozenset[str]  # the tools that a policy's scope names; any other is sent as the action `other`
    other: str

    @property
    def reads_local_time(self) -> bool:
        """Whether zone data takes part in a decision."""
        return any(isinstance(hoisted.test, Hours) for hoisted in self.reads.derived.values())


def lower(policy: Policy) -> Lowering:
    """Lower a policy. Raises EngineError for what cannot be said."""
    for rule in policy.rules:
        _refuse_deep_nesting(rule)
    builder = _Builder()
    tools = frozenset(tool for rule in policy.rules for tool in scope(rule))
    other = OTHER
    while other in tools:  # a tool may be called so, and then the policy's own action must stay apart
        other = f"({other})"
    normal = clauses(policy)
    policies, witnesses = tuple(builder.policies(normal)), tuple(builder.witnesses(policy, normal))
    return Lowering(policies, witnesses, builder.reads, tools, other)


def _refuse_deep_nesting(rule: Rule) -> None:
    """Cedar's parser and evaluator recurse, and a stack that runs out ends the whole process."""
    level = [rule.when]
    for _ in range(MAX_NESTING + 1):
        level = [inner for condition in level for inner in _inner(condition)]
    if level:
        raise EngineError(f"the condition of the rule `{rule.id}` is nested deeper than {MAX_NESTING} levels")


def _inner(condition: Condition | None) -> tuple[Condition, ...]:
    if isinstance(condition, Not):
        return (condition.item,)
    return condition.items if isinstance(condition, And | Or) else ()


def scope(rule: Rule) -> tuple[str, ...]:
    """The tools that the rule names exactly, if it is about no other; else nothing."""
    first = rule.match[0] if rule.match else None
    if first is None or first.field is not Field.TOOL:
        return ()
    return exact_texts(first.patterns) or ()


class _Builder:
    """Collects what the expressions read while it builds them."""

    def __init__(self) -> None:
        self.reads = Reads()
        self._ids: Counter[str] = Counter()
        self._scopes: dict[str, tuple[str, ...]] = {}
        # The clauses of a rule share their predicates. Kept beside its result, a predicate keeps its identity.
        self._done: dict[tuple[str, int], tuple[Predicate, Expr]] = {}

    def policies(self, normal: Clauses) -> Iterator[Clause]:
        for grant in normal.grants:
            approved = (self._approved(grant.rule),) if grant.rule.effect is Effect.STEP_UP else ()
            when = both((self._when(grant.rule, "permit", grant.definite), *approved))
            yield self._clause(grant.rule, "grant", Reason.GRANTED, when)
        for hold in normal.holds:
            when = both((self._when(hold.rule, "forbid", hold.possible), negate(self._approved(hold.rule))))
            yield self._clause(hold.rule, "hold", Reason.APPROVAL_REQUIRED, when)
        for restriction in normal.restrictions:
            when = self._when(restriction.rule, "forbid", restriction.predicate)
            yield self._clause(restriction.rule, "restriction", restriction.reason, when)

    def witnesses(self, policy: Policy, normal: Clauses) -> Iterator[Clause]:
        for rule_id, fires in normal.fires.items():
            rule = policy.by_id[rule_id]
            effect: Permission = "permit" if rule.effect is Effect.ALLOW else "forbid"  # as its clauses have it
            yield self._clause(rule, "fires", None, self._when(rule, effect, fires))
        for grant in normal.grants:
            if grant.rule.effect is Effect.STEP_UP:  # an allow rule fires if it is definite
                yield self._clause(grant.rule, "definite", None, self._when(grant.rule, "permit", grant.definite))

    def _clause(self, rule: Rule, kind: Kind, reason: Reason | None, when: Expr) -> Clause:
        name = self._id(f"{rule.id}/{reason.value if reason else kind}")
        if depth(when) > MAX_DEPTH:
            raise EngineError(f"the conditions of the rule `{rule.id}` nest too deeply for cedar")
        notes = [("id", name), ("rule", rule.id)]
        notes += [("reason", reason.value)] if reason else []
        notes += [("source", f"{rule.span.file}:{rule.span.line}")] if rule.span != NOWHERE else []
        effect: Permission = "forbid" if kind in ("hold", "restriction") else "permit"
        return Clause(Statement(name, effect, self._scope(rule), when, tuple(notes)), rule.id, kind, reason)

    def _scope(self, rule: Rule) -> tuple[str, ...]:
        if rule.id not in self._scopes:
            self._scopes[rule.id] = scope(rule)
        return self._scopes[rule.id]

    def _id(self, name: str) -> str:
        self._ids[name] += 1
        return name if self._ids[name] == 1 else f"{name}/{self._ids[name]}"

    def _when(self, rule: Rule, effect: Permission, predicate: AllOf) -> Expr:
        items = predicate.items
        if self._scope(rule):  # the action in the policy's scope says what the first match says
            items = tuple(item for item in items if not (isinstance(item, Literal) and item.test is rule.match[0]))
        return both([self._predicate(rule, effect, item) for item in items])

    def _predicate(self, rule: Rule, effect: Permission, predicate: Predicate) -> Expr:
        key = (effect, id(predicate))
        if key not in self._done:
            self._done[key] = (predicate, self._expression(rule, effect, predicate))
        return self._done[key][1]

    def _expression(self, rule: Rule, effect: Permission, predicate: Predicate) -> Expr:
        match predicate:
            case AllOf(items=items):
                return both([self._predicate(rule, effect, item) for item in items])
            case AnyOf(items=items):
                return either([self._predicate(rule, effect, item) for item in items])
            case Literal(test=Match() as match, rail=Rail.TRUE):
                # Always defined; but should another's request lack a hoisted one, no forbid may lapse by that.
                rail = Rail.NOT_FALSE if effect == "forbid" else Rail.TRUE
                return atoms.on_rail(self._test(rule, match), rail)
            case Literal(test=test, rail=rail):
                return atoms.on_rail(self._test(rule, test), rail)
            case _:
                assert_never(predicate)

    def _test(self, rule: Rule, test: Test) -> atoms.Answer:
        match test:
            case Match():
                found = lower_patterns(test.patterns, Get(atoms.CONTEXT, test.field.value))
                return self._hoist(rule, test) if found is None else (TRUE, found)
            case Rate():
                self.reads.usage.add(rule.id)
                defined, used = atoms.optional("usage", rule.id)
                return defined, both((Relate("<=", Const(0), used), Relate("<", used, Const(test.limit))))
            case Budget():
                return self._budget(test)
            case BlockedPaths():
                return self._blocked_paths(rule, test)
            case Hours():
                return self._hoist(rule, test)
            case Has():
                return self._has(test)
            case _:
                return self._atom(rule, test)

    def _atom(self, rule: Rule, atom: Typed) -> atoms.Answer:
        native = atoms.native(atom)
        if native is None:
            return self._hoist(rule, _hoistable(atom))
        self._declare(*attributes(atom))
        return native

    def _has(self, test: Has) -> atoms.Answer:
        key = path_text(test.path)
        self.reads.present[key] = test.path
        return TRUE, Call(Get(atoms.CONTEXT, "present"), "contains", Const(key))

    def _declare(self, *read: Attribute) -> None:
        for attribute in read:
            self.reads.attributes[attribute.type, path_text(attribute.path)] = attribute

    def _budget(self, budget: Budget) -> atoms.Answer:
        zero = Number(0)
        if isinstance(budget.cost, Number):
            return TRUE, atoms.within(Decimal(budget.cost.scaled), Type.DECIMAL, zero, budget.limit)
        self._declare(budget.cost)
        defined, cost = atoms.read(budget.cost)
        return defined, atoms.within(cost, budget.cost.type, zero, budget.limit)

    def _blocked_paths(self, rule: Rule, blocked: BlockedPaths) -> atoms.Answer:
        texts = exact_texts(blocked.patterns)
        if texts is None:
            return self._hoist(rule, blocked)
        self._declare(PATHS)
        defined, paths = atoms.read(PATHS)
        return defined, negate(atoms.quantify(paths, "any", texts))

    def _approved(self, rule: Rule) -> Expr:
        self.reads.approvals[rule.id] = rule.approvers or Approvers()
        return Call(Get(atoms.CONTEXT, "approved"), "contains", Const(rule.id))

    def _hoist(self, rule: Rule, test: Hoistable) -> atoms.Answer:
        name = f"{rule.id}:{self._place(rule, test)}"
        self.reads.derived.setdefault(name, Hoisted(name, rule.id, test))
        return atoms.optional("derived", name)

    def _place(self, rule: Rule, test: Hoistable) -> str:
        if isinstance(test, Match):
            return _numbered(f"match.{test.field.value}", test, [m for m in rule.match if m.field is test.field])
        if isinstance(test, BlockedPaths | Hours):
            kind = "hours" if isinstance(test, Hours) else "blocked_paths"
            return _numbered(kind, test, [ob for ob in rule.obligations if isinstance(ob, type(test))])
        return f"when.{list(leaves(rule.when)).index(test) + 1}"


def _numbered(place: str, test: object, alike: Sequence[object]) -> str:
    """The place, with a number from the second of a kind on."""
    at = alike.index(test)
    return f"{place}.{at + 1}" if at else place


def _hoistable(atom: Typed) -> Hoistable:
    if isinstance(atom, Like | Quantified | Count | CompareAttributes):
        return atom
    raise EngineError(f"no Cedar form of {atom!r}")

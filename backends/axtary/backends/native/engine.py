"""The native engine: rules by tool, each compiled once to closures.

A decision costs one look-up for rules that name the tool, one match per distinct tool pattern (remembered for short
names), and the evaluation of the rules found. Everything is built by `compile` and never written to afterwards, but
for that bounded memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.metadata import version as distribution_version
from typing import Any

from axtary.backends.native.conditions import Check, Leaf, leaf, predicate, test
from axtary.backends.native.obligations import Met, approved, obligation
from axtary.backends.native.patterns import matcher
from axtary.backends.native.stops import Stop, stop
from axtary.backends.native.values import Frame, Reads, lookup
from axtary.backends.verdict import Because, EngineError, Verdict, settle
from axtary.compiler.clauses import AllOf, Clauses, Literal, Reason, clauses
from axtary.compiler.ir import Approvers, Atom, Field, Match, Obligation, Pattern, Policy, Rule, atoms

_SHORT = 256  # characters: longer tool names are matched anew each time, so that no caller can fill the memory
_REMEMBERED = 4096


@dataclass(frozen=True, slots=True)
class _Row:
    """One rule. `scope` is its match, the other checks are asked only where that holds."""

    rule: Rule
    scope: Check
    fires: Check
    definite: Check | None  # of what can grant
    obligations: tuple[tuple[Reason, Met], ...]
    approved: Met | None


class NativeEngine:
    """A policy as closures. Immutable, and safe to use from any thread."""

    name = "native"

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._reads = Reads()
        self._rows = _rows(clauses(policy), self._reads)
        find = _ToolIndex(policy.rules).find
        self._find = find
        self._remembered = lru_cache(maxsize=_REMEMBERED)(find)

    @cached_property
    def version(self) -> str:
        """`axtary <version>`."""
        return f"axtary {distribution_version('axtary')}"

    def decide(self, action: Mapping[str, Any], facts: Mapping[str, Any]) -> Verdict:
        """Decide one action."""
        try:
            return self._decide(Frame(action, facts))
        except Exception as error:  # `_own_errors`, without what a context manager costs
            raise EngineError(f"the native engine failed: {error!r}") from error

    def _decide(self, frame: Frame) -> Verdict:
        fired: list[str] = []
        definite: list[str] = []
        unmet: list[str] = []
        restrictions: set[Because] = set()
        for row in self._matching(frame):
            if not row.fires(frame):
                continue
            rule = row.rule
            fired.append(rule.id)
            if row.definite is None:
                restrictions.add((Reason.RULE_DENIES, rule.id))
            elif row.definite is row.fires or row.definite(frame):
                definite.append(rule.id)
            restrictions.update((reason, rule.id) for reason, met in row.obligations if not met(frame))
            if row.approved is not None and not row.approved(frame):
                unmet.append(rule.id)
        return settle(self._policy, fired, definite, restrictions, unmet)

    def _candidates(self, action: Mapping[str, Any]) -> Iterator[_Row]:
        """The rules whose tool matches, by id."""
        tool = lookup(action, Field.TOOL.path)
        text = tool if isinstance(tool, str) else ""
        found = self._remembered(text) if len(text) <= _SHORT else self._find(text)
        return (self._rows[rule_id] for rule_id in found)

    def _matching(self, frame: Frame) -> Iterator[_Row]:
        return (row for row in self._candidates(frame.action) if row.scope(frame))

    def explain(self, action: Mapping[str, Any], facts: Mapping[str, Any]) -> list[Stop]:
        """For each rule that matched by tool and resource but did not fire: the first condition that stopped it."""
        with _own_errors("failed"):
            frame = Frame(action, facts)
            rows = self._candidates(action)
            idle = [row.rule for row in rows if not (row.scope(frame) and row.fires(frame))]
            return [why for rule in idle if (why := stop(rule, frame, self._reads)) is not None]

    def conditions(self, action: Mapping[str, Any]) -> Iterator[tuple[str, int, bool | None]]:
        """(rule id, index in `ir.atoms(rule.when)`, answer) for each condition of the rules that match."""
        frame = Frame(action, {})
        with _own_errors("failed"):
            for row in self._matching(frame):
                answers = [answer(frame) for answer in self._leaves[row.rule.id]]
                yield from ((row.rule.id, index, answer) for index, answer in enumerate(answers))

    @cached_property
    def _leaves(self) -> dict[str, tuple[Leaf, ...]]:
        reads = self._reads
        return {rule.id: tuple(leaf(atom, reads) for atom in atoms(rule.when)) for rule in self._policy.rules}

    def obligations(self, action: Mapping[str, Any], facts: Mapping[str, Any]) -> Iterator[tuple[str, Reason, bool]]:
        """(rule id, reason code, met) for each obligation of the rules that fire; an approval is one too."""
        frame = Frame(action, facts)
        with _own_errors("failed"):
            for row in self._matching(frame):
                if not row.fires(frame):
                    continue
                yield from [(row.rule.id, reason, met(frame)) for reason, met in row.obligations]
                if row.approved is not None:
                    yield row.rule.id, Reason.APPROVAL_REQUIRED, row.approved(frame)


@contextmanager
def _own_errors(what: str) -> Iterator[None]:
    """No other exception leaves, so none can pass for an answer: who sees an EngineError denies."""
    try:
        yield
    except EngineError:
        raise
    except Exception as error:
        raise EngineError(f"the native engine {what}: {error!r}") from error


def compile(policy: Policy) -> NativeEngine:
    """Make a policy ready to decide. Raises EngineError for one that no front end writes."""
    with _own_errors("cannot compile this policy"):
        return NativeEngine(policy)


def evaluate(
    what: Match | Atom | Obligation | Approvers,
    action: Mapping[str, Any],
    facts: Mapping[str, Any],
    rule: str = "",
) -> bool | None:
    """What one match, condition or obligation answers; `rule` is the id under which a rate finds its usage."""
    try:
        return _compiled(what, rule)(Frame(action, facts))
    except EngineError:
        raise
    except Exception as error:
        raise EngineError(f"the native engine failed: {error!r}") from error


@lru_cache(maxsize=65_536)
def _compiled(what: Match | Atom | Obligation | Approvers, rule: str) -> Leaf:
    return approved(what) if isinstance(what, Approvers) else test(what, rule, Reads())


def _rows(normal: Clauses, reads: Reads) -> dict[str, _Row]:
    """The normal form, gathered by rule."""
    grants = {grant.rule.id: grant for grant in normal.grants}
    obligations: dict[str, list[tuple[Reason, Met]]] = {}
    for r in normal.restrictions:
        if r.obligation is not None:
            entry = (r.reason, obligation(r.obligation, r.rule.id, reads))
            obligations.setdefault(r.rule.id, []).append(entry)
    rules = {grant.rule.id: grant.rule for grant in normal.grants}
    rules |= {restriction.rule.id: restriction.rule for restriction in normal.restrictions}
    rows: dict[str, _Row] = {}
    for rule_id, fires in normal.fires.items():
        rule, grant = rules[rule_id], grants.get(rule_id)
        scope, when = _split(fires)
        check = predicate(when, rule_id, reads)
        definite: Check | None = None
        if grant is not None:
            sure = _split(grant.definite)[1]
            definite = check if sure == when else predicate(sure, rule_id, reads)
        rows[rule_id] = _Row(
            rule=rule,
            scope=predicate(scope, rule_id, reads),
            fires=check,
            definite=definite,
            obligations=tuple(obligations.get(rule_id, ())),
            approved=None if rule.approvers is None else approved(rule.approvers),
        )
    return rows


def _split(fires: AllOf) -> tuple[AllOf, AllOf]:
    """What is left of the match once the tool has matched, and the rest."""
    is_match = [isinstance(item, Literal) and isinstance(item.test, Match) for item in fires.items]
    cut = sum(is_match)
    return AllOf(fires.items[1:cut]), AllOf(fires.items[cut:])


class _ToolIndex:
    """Tool name -> ids of the rules whose tool matches, sorted."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        exact: dict[str, set[str]] = {}
        patterns: dict[Pattern, set[str]] = {}
        for rule in rules:
            for pattern in _tool(rule).patterns:
                if pattern.literal is None:
                    patterns.setdefault(pattern, set()).add(rule.id)
                else:
                    exact.setdefault(pattern.literal, set()).add(rule.id)
        self._exact = {text: frozenset(ids) for text, ids in exact.items()}
        self._patterns = tuple((matcher(pattern), frozenset(ids)) for pattern, ids in patterns.items())

    def find(self, tool: str) -> tuple[str, ...]:
        found = set(self._exact.get(tool, ()))
        for matches, ids in self._patterns:
            if matches(tool):
                found |= ids
        return tuple(sorted(found))


def _tool(rule: Rule) -> Match:
    first = rule.match[0]
    if first.field is not Field.TOOL:
        raise EngineError(f"rule `{rule.id}` does not begin with its tool")
    return first

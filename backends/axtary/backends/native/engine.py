"""The native engine: a decision table in pure Python.

`compile` makes everything that a decision reads; what is written later are caches under one budget. What only an
explanation needs is worked out when it is asked for.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property, lru_cache
from importlib.metadata import version as distribution_version
from typing import Any

from axtary.backends.native.budget import LIMIT, Budget
from axtary.backends.native.conditions import Check, Leaf, field_text, leaf, match, test
from axtary.backends.native.obligations import approved
from axtary.backends.native.rows import Lowered, lower
from axtary.backends.native.stops import Stop, stop
from axtary.backends.native.table import Table
from axtary.backends.native.values import Frame, Reads
from axtary.backends.verdict import EngineError, Verdict
from axtary.compiler.clauses import Reason
from axtary.compiler.ir import Approvers, Atom, Field, Match, Obligation, Policy, Rule, atoms

_EXPLAINED = 4096  # rules whose conditions are kept ready


class NativeEngine:
    """A policy as a decision table. Immutable, and safe to use from any thread."""

    name = "native"

    def __init__(self, policy: Policy, previous: NativeEngine | None = None, memory: int = LIMIT) -> None:
        self._policy = policy
        self._reads = Reads()
        self._budget: Budget = Budget(memory) if previous is None else previous._budget
        self._rules: dict[str, Lowered] = lower(policy, {} if previous is None else previous._rules)
        before: Table | None = None if previous is None else previous.table
        self.table: Table = Table(list(self._rules.values()), self._budget, before)
        self._leaves = lru_cache(_EXPLAINED)(self._make_leaves)

    @cached_property
    def version(self) -> str:
        """`axtary <version>`."""
        return f"axtary {distribution_version('axtary')}"

    def decide(self, action: Mapping[str, Any], facts: Mapping[str, Any]) -> Verdict:
        """Decide one action."""
        try:
            return self.table.outcome(action).verdict(action, facts)
        except Exception as error:  # `_own_errors`, without what a context manager costs
            raise EngineError(f"the native engine failed: {error!r}") from error

    def explain(self, action: Mapping[str, Any], facts: Mapping[str, Any]) -> list[Stop]:
        """For each rule that matched by tool and resource but did not fire: the first condition that stopped it."""
        with _own_errors("failed"):
            fired = set(self.table.outcome(action).fired)
            idle = [rule for rule in self._candidates(action) if rule.id not in fired]
            frame = Frame(action, facts)
            return [why for rule in idle if (why := stop(rule, frame, self._reads)) is not None]

    def conditions(self, action: Mapping[str, Any]) -> Iterator[tuple[str, int, bool | None]]:
        """(rule id, index in `ir.atoms(rule.when)`, answer) for each condition of the rules that match."""
        frame = Frame(action, {})
        with _own_errors("failed"):
            for rule in self._candidates(action):
                matches, leaves = self._leaves(rule.id)
                if all(check(frame) for check in matches):
                    answers = [answer(frame) for answer in leaves]
                    yield from ((rule.id, index, answer) for index, answer in enumerate(answers))

    def obligations(self, action: Mapping[str, Any], facts: Mapping[str, Any]) -> Iterator[tuple[str, Reason, bool]]:
        """(rule id, reason code, met) for each obligation of the rules that fire; an approval is one too."""
        frame = Frame(action, facts)
        with _own_errors("failed"):
            for rule_id in self.table.outcome(action).fired:
                head = self._rules[rule_id].head
                checks = head.checks if head.hold is None else (*head.checks, head.hold)
                yield from [(rule_id, reason, met(frame)) for (reason, _), met in checks]

    def _candidates(self, action: Mapping[str, Any]) -> Iterator[Rule]:
        """The rules whose tool matches, by id."""
        found = self.table.matching(field_text(action.get(Field.TOOL.value)))
        return (self._policy.by_id[lowered.rule.id] for lowered in found)

    def _make_leaves(self, rule_id: str) -> tuple[list[Check], list[Leaf]]:
        """What asks for the match of a rule, and for each of its conditions."""
        rule = self._policy.by_id[rule_id]
        return [match(test) for test in rule.match[1:]], [leaf(atom, self._reads) for atom in atoms(rule.when)]


@contextmanager
def _own_errors(what: str) -> Iterator[None]:
    """No other exception leaves, so none can pass for an answer: who sees an EngineError denies."""
    try:
        yield
    except EngineError:
        raise
    except Exception as error:
        raise EngineError(f"the native engine {what}: {error!r}") from error


@contextmanager
def _no_collection() -> Iterator[None]:
    """While objects are made that all stay: the collector would look through all of them again and again, which takes
    as long as making them."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def compile(policy: Policy, previous: NativeEngine | None = None) -> NativeEngine:
    """Make a policy ready to decide. Raises EngineError for one that no front end writes.

    What `previous` has ready for rules that are equal is taken over: after a change of one rule, only the parts of the
    table in which it stands are made anew.
    """
    with _own_errors("cannot compile this policy"), _no_collection():
        return NativeEngine(policy, previous)


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

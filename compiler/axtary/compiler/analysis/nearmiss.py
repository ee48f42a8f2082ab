"""Near misses: the least changes by which an action that is not allowed would be.

The search begins with the action as it is. The reasons of its decision are repaired, in every way there is; each set of
repairs is made real by an edited action, which is decided anew, and so on, the smallest sets first. What is reported is
shown by an edited action of which nothing can be taken back: with fewer of its edits the decision is worse. The wants
reported are those without which the rules would not decide so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from heapq import heappop, heappush
from itertools import combinations
from typing import Any, NamedTuple, Protocol

from axtary.compiler.analysis.actions import Action, Edit, Edits
from axtary.compiler.analysis.candidates import touched
from axtary.compiler.analysis.changes import Ask, Change, Changer, can_change
from axtary.compiler.analysis.grants import Facts
from axtary.compiler.analysis.needed import needed, tests
from axtary.compiler.analysis.solve import Answer
from axtary.compiler.analysis.tools import Tools
from axtary.compiler.analysis.wants import (
    LARGEST,
    RANK,
    Repairs,
    Want,
    Wanted,
    Wants,
    both,
    either,
    join,
    repairs,
    want,
)
from axtary.compiler.clauses import Clauses, Rail, Reason, ask, clauses
from axtary.compiler.ir import (
    Approvers,
    BlockedPaths,
    Budget,
    Effect,
    Hours,
    Obligation,
    Policy,
    Rate,
    Rule,
)

__all__ = ["Found", "NearMiss", "NearMisses", "Want"]

SHOWN = 5  # near misses of one action
_STEPS = 100  # edited actions that are decided on the way
_EDITS = 8  # of one edited action: so many can be left out in every combination
_LOOKS = 20_000  # and evaluations spent on them, about


class Decided(Protocol):
    """What an engine answers, as far as it is needed here."""

    @property
    def decision(self) -> str: ...

    @property
    def fired(self) -> Sequence[str]: ...

    @property
    def reasons(self) -> Sequence[tuple[Reason, str]]: ...


Decide = Callable[[Mapping[str, Any], Mapping[str, Any]], Decided]
Admit = Callable[[Action], bool]


class NearMiss(NamedTuple):
    """What would have to be otherwise, and the decision then; `action` and `facts` show it."""

    decision: str  # `allow` or `step_up`
    wants: Wants
    held: tuple[str, ...]  # step_up: the rules whose approval is then missing
    action: Action
    facts: Facts


class Found(NamedTuple):
    """The near misses of an action, smallest first; `complete` if no others would be shown after a longer search."""

    misses: tuple[NearMiss, ...]
    complete: bool
    granting: int  # how many allow and step_up rules match
    for_tool: int  # how many are about the tool, whether or not the rest of their match holds


class NearMisses:
    """Finds near misses under one policy.

    `ask(test, action, facts, rule)` answers a condition, a match, an obligation or an approval; `decide(action, facts)`
    gives the engine's verdict, and `admit(action)` says whether an edited action passes the door.
    """

    def __init__(self, policy: Policy, ask: Ask, decide: Decide, admit: Admit) -> None:
        self._ask = ask
        self.decide = decide
        self.admit = admit
        self._tools = Tools(policy, lambda test, action, facts: ask(test, action, facts, ""))
        self._normal: dict[str, Clauses] = {}

    def find(self, action: Action, facts: Facts) -> Found:
        """The near misses of an action; there are none if it is allowed."""
        of_tool = self._tools.rules(action["tool"])
        rules = [rule for rule in of_tool if all(self._ask(test, action, {}, "") for test in rule.match[1:])]
        inquiry = _Inquiry(self, _Meter(self._ask), rules, action, facts)
        misses, complete = inquiry.run()
        granting, for_tool = (sum(rule.effect is not Effect.DENY for rule in each) for each in (rules, of_tool))
        return Found(misses, complete, granting, for_tool)

    def normal(self, rule: Rule) -> Clauses:
        """The normal form of one rule."""
        if rule.id not in self._normal:
            self._normal[rule.id] = clauses(Policy((rule,)))
        return self._normal[rule.id]


class _Meter:
    """Counts what is asked."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self.spent = 0

    def __call__(self, test: Any, action: Mapping[str, Any], facts: Mapping[str, Any], rule: str) -> Answer:
        self.spent += 1
        return self._ask(test, action, facts, rule)


class _Answers:
    """What the tests of rules answer on one action, remembered."""

    def __init__(self, action: Action, facts: Facts, ask: Ask) -> None:
        self._action, self._facts, self._ask = action, facts, ask
        self._known: dict[tuple[int, str], Answer] = {}

    def __call__(self, rule: Rule, test: Wanted) -> Answer:
        key = id(test), rule.id  # a test is a part of its policy and lives as long; its hash would cost more than it
        if key not in self._known:
            self._known[key] = self._ask(test, self._action, self._facts, rule.id)
        return self._known[key]


class _Inquiry:
    """The search for one action."""

    def __init__(self, of: NearMisses, meter: _Meter, rules: Sequence[Rule], action: Action, facts: Facts) -> None:
        self._of, self._meter, self._rules = of, meter, rules
        self._by_id = {rule.id: rule for rule in rules}
        self._given = Change(action, facts)
        self._verdict = self._decide(self._given)
        self._answers = _Answers(action, facts, meter)
        self._changer = Changer(action, facts, meter)
        self._found: list[NearMiss] = []
        self._cut = False

    def run(self) -> tuple[tuple[NearMiss, ...], bool]:
        """The near misses, and whether nothing was left out."""
        queue: list[tuple[int, int, int, Wants]] = [(0, 0, 0, ())]
        seen, steps = {frozenset[Want]()}, 0
        while queue and not self._settled(queue[0][0]):
            *_, wants = heappop(queue)
            if steps == _STEPS or self._meter.spent > _LOOKS:
                self._cut = True
                break
            steps += 1
            for larger in self._step(wants):
                if frozenset(larger) not in seen:
                    seen.add(frozenset(larger))
                    heappush(queue, (self._cost(larger), len(larger), len(seen), larger))
        ordered = sorted(self._found, key=lambda miss: (len(miss.wants), -RANK[miss.decision]))
        return tuple(ordered[:SHOWN]), not self._cut or len(ordered) >= SHOWN

    def _settled(self, cost: int) -> bool:
        """Can what is still in the queue no longer be shown?"""
        return len(self._found) >= SHOWN and cost > sorted(len(miss.wants) for miss in self._found)[SHOWN - 1]

    def _cost(self, wants: Wants) -> int:
        """How many wants are not fulfilled yet."""
        return sum(self._answers(each.rule, each.test) is not each.answer for each in wants)

    def _step(self, wants: Wants) -> Iterator[Wants]:
        """Make the wants real, look what comes of it, and say what else could be wanted."""
        change = self._changer.fulfil(wants) if wants else self._given
        if change is None:
            return
        verdict = self._decide(change)
        if RANK[verdict.decision] > RANK[self._verdict.decision]:
            self._report(wants, change)
        if verdict.decision == "allow":
            return
        answers = _Answers(change.action, change.facts, self._meter) if wants else self._answers
        found = both(self._repairs(because, answers) for because in verdict.reasons)
        self._cut |= found.cut
        for more in found.sets:
            joint = join(wants, more)
            if joint is not None and joint != wants:
                yield joint

    def _decide(self, change: Change) -> Decided:
        self._meter.spent += len(self._rules)
        return self._of.decide(change.action, change.facts)

    # --- repairs ----------------------------------------------------------------------------------------------------

    def _repairs(self, because: tuple[Reason, str], answers: _Answers) -> Repairs:
        """What lifts one reason."""
        code, rule_id = because
        if code is Reason.DEFAULT_DENY:
            granting = (rule for rule in self._rules if rule.effect is not Effect.DENY)
            return either(self._condition(rule, Rail.TRUE, answers) for rule in granting)
        rule = self._by_id[rule_id]
        silent = self._condition(rule, Rail.NOT_TRUE if rule.effect is Effect.ALLOW else Rail.FALSE, answers)
        if code is Reason.RULE_DENIES:
            return silent
        if code is Reason.APPROVAL_REQUIRED:
            # Of an action that is denied, a step_up is all that is told: whom to ask then is told with it.
            asks = rule.approvers is not None and self._verdict.decision == "step_up"
            approved = Repairs([(want(rule, rule.approvers, True),)] if asks and rule.approvers else [])
            return either([approved, silent])
        kind = _KINDS[code]
        unmet = [ob for ob in rule.obligations if isinstance(ob, kind) and not answers(rule, ob)]
        met = both(Repairs([(want(rule, ob, True),)] if can_change(ob) else []) for ob in unmet)
        return either([met, silent])

    def _condition(self, rule: Rule, rail: Rail, answers: _Answers) -> Repairs:
        if rule.when is None:
            return Repairs([()] if rail is Rail.TRUE else [])
        return repairs(ask(rule.when, rail), rule, answers, can_change)

    # --- what is reported -------------------------------------------------------------------------------------------

    def _report(self, wants: Wants, change: Change) -> None:
        if len(change.units) > _EDITS:
            self._cut = True
            return
        change = self._fewest(change)
        verdict = self._decide(change)
        wanted = self._needed(wants, change, verdict)
        if 0 < len(wanted) <= LARGEST and self._of.admit(change.action):
            held = tuple(rule for code, rule in verdict.reasons if code is Reason.APPROVAL_REQUIRED)
            self._keep(NearMiss(verdict.decision, wanted, held, change.action, change.facts))

    def _keep(self, miss: NearMiss) -> None:
        if any(_is_worse(miss, other) for other in self._found):
            return
        self._found = [other for other in self._found if not _is_worse(other, miss)]
        self._found.append(miss)

    def _fewest(self, change: Change) -> Change:
        """With the fewest edits that have a decision as good."""
        rank = RANK[self._decide(change).decision]
        for size in range(len(change.units)):
            for units in combinations(change.units, size):
                fewer = change.only(self._given.action, self._given.facts, units)
                if RANK[self._decide(fewer).decision] >= rank:
                    return fewer
        return change

    def _needed(self, wants: Wants, change: Change, verdict: Decided) -> Wants:
        """The wants that bring the decision about; none of them can be left out, or follows from the others."""
        rules = self._concerned(change.units, {*self._verdict.fired, *verdict.fired})
        after = _Answers(change.action, change.facts, self._meter)
        normal = [self._of.normal(rule) for rule in rules]
        found = needed(rules, normal, self._answers, after, wants, verdict.decision)
        for each in reversed(found):
            rest = tuple(other for other in found if other != each)
            if rest and self._changer.implied(each, rest, change):
                found = rest
        return tuple(sorted(found, key=_place))

    def _concerned(self, units: Edits, fired: Set[str]) -> list[Rule]:
        """The rules that can have a part in the difference."""
        edits = tuple(Edit(path[1:], value) for path, value in units if path[0] == "action")
        return [rule for rule in self._rules if rule.id in fired or any(_is_touched(t, edits) for t in tests(rule))]


def _place(each: Want) -> tuple[str, int]:
    """Where it stands: by rule, and there in the order of the source."""
    return each.rule.id, next(index for index, test in enumerate(tests(each.rule)) if test == each.test)


def _is_touched(test: Wanted, edits: Edits) -> bool:
    return not isinstance(test, Approvers) and touched(test, edits)


def _is_worse(one: NearMiss, other: NearMiss) -> bool:
    """Does the other take no more for a decision as good?"""
    return RANK[one.decision] <= RANK[other.decision] and set(other.wants) <= set(one.wants)


_KINDS: dict[Reason, type[Obligation]] = {
    Reason.BLOCKED_PATHS: BlockedPaths,
    Reason.HOURS: Hours,
    Reason.RATE: Rate,
    Reason.BUDGET: Budget,
}

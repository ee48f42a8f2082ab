"""What a set of decisions has shown of a policy, and what it has not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from axtary.compiler.analysis.reach import unreachable
from axtary.compiler.analysis.solve import Answer, fires, kleene
from axtary.compiler.clauses import Reason, clauses
from axtary.compiler.ir import Atom, Budget, Has, Number, Policy, Rule, atoms

__all__ = ["Coverage", "Missing", "unreachable"]

_ANSWERS: dict[Answer, str] = {True: "true", False: "false", None: "undefined"}


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that no decision has shown; `why` says that none can, and why not."""

    rule: str
    what: str  # `true`, `false`, `undefined`, `decides` of a condition; `fires`, `alone`; `met`, `violated`
    condition: int | None = None  # index in `ir.atoms`
    obligation: Reason | None = None
    why: str | None = None


class Coverage:
    """Collects what decisions show.

    A condition *decides* in a decision if another answer of it alone would turn whether its rule fires. A rule stands
    *alone* if it is the only one that the reasons of a verdict name.
    """

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self.answers: dict[tuple[str, int], set[Answer]] = {}
        self.deciding: set[tuple[str, int]] = set()
        self.fired: set[str] = set()
        self.alone: set[str] = set()
        self.obligations: dict[tuple[str, Reason], set[bool]] = {}
        self._vectors: set[tuple[str, tuple[Answer, ...]]] = set()

    def add(
        self,
        conditions: Iterable[tuple[str, int, Answer]],
        fired: Iterable[str],
        reasons: Iterable[tuple[Reason, str]],
        obligations: Iterable[tuple[str, Reason, bool]] = (),
    ) -> None:
        """Take in one decision: the answers of all conditions of the rules that match, and what came of it."""
        vectors: dict[str, list[Answer]] = {}
        for rule, _, answer in conditions:
            vectors.setdefault(rule, []).append(answer)
        for rule, vector in vectors.items():
            self._vector(rule, tuple(vector))
        self.fired.update(fired)
        grounds = {rule for _, rule in reasons}
        if len(grounds) == 1:
            self.alone |= grounds - {""}
        for rule, reason, met in obligations:
            self.obligations.setdefault((rule, reason), set()).add(met)

    def _vector(self, rule_id: str, vector: tuple[Answer, ...]) -> None:
        if (rule_id, vector) in self._vectors:
            return
        self._vectors.add((rule_id, vector))
        rule = self._policy.by_id[rule_id]
        for index, answer in enumerate(vector):
            self.answers.setdefault((rule_id, index), set()).add(answer)
            if _decides(rule, vector, index):
                self.deciding.add((rule_id, index))

    # --- the result -------------------------------------------------------------------------------------------------

    @cached_property
    def _leaves(self) -> dict[str, tuple[Atom, ...]]:
        return {rule.id: tuple(atoms(rule.when)) for rule in self._policy.rules}

    def missing(self) -> Iterator[Missing]:
        """What has not been shown, rule by rule; what cannot be is marked with the reason."""
        duties = self._duties()
        for rule in self._policy.rules:
            shown = {"fires": self.fired, "alone": self.alone}
            yield from (Missing(rule.id, what) for what, rules in shown.items() if rule.id not in rules)
            for index, leaf in enumerate(self._leaves[rule.id]):
                yield from self._missing_answers(rule, index, leaf)
                if (rule.id, index) not in self.deciding:
                    yield Missing(rule.id, "decides", index)
            for reason in duties.get(rule.id, ()):
                seen = self.obligations.get((rule.id, reason), set())
                for met in (True, False):
                    if met not in seen:
                        why = _constant(rule, met) if reason is Reason.BUDGET else None
                        yield Missing(rule.id, _MET[met], obligation=reason, why=why)

    def _missing_answers(self, rule: Rule, index: int, leaf: Atom) -> Iterator[Missing]:
        seen = self.answers.get((rule.id, index), set())
        for answer, word in _ANSWERS.items():
            if answer not in seen and not _never_asked(leaf, answer):
                yield Missing(rule.id, word, index, why=unreachable(self._policy, rule, leaf, answer))

    def _duties(self) -> dict[str, list[Reason]]:
        found: dict[str, list[Reason]] = {}
        for restriction in clauses(self._policy).restrictions:
            if restriction.obligation is not None:
                found.setdefault(restriction.rule.id, []).append(restriction.reason)
        for rule in self._policy.rules:
            if rule.approvers is not None:
                found.setdefault(rule.id, []).append(Reason.APPROVAL_REQUIRED)
        return found

    def counts(self) -> dict[str, int]:
        """How much there is, how much of it was shown, and how much cannot be."""
        leaves = sum(map(len, self._leaves.values()))
        answers_in_all = sum(
            not _never_asked(leaf, answer) for found in self._leaves.values() for leaf in found for answer in _ANSWERS
        )
        missing = list(self.missing())
        answers = [entry for entry in missing if entry.what in _ANSWERS.values()]
        duties = sum(map(len, self._duties().values()))
        return {
            "rules": len(self._policy.rules),
            "rules_fired": len(self.fired),
            "rules_alone": len(self.alone),
            "conditions": leaves,
            "conditions_deciding": len(self.deciding),
            "answers": answers_in_all,
            "answers_seen": answers_in_all - len(answers),
            "answers_unreachable": sum(entry.why is not None for entry in answers),
            "obligations": 2 * duties,
            "obligations_seen": 2 * duties - sum(entry.obligation is not None for entry in missing),
        }


_MET = {True: "met", False: "violated"}


def _constant(rule: Rule, met: bool) -> str | None:
    """Why a budget is never (not) met, or None: its cost does not depend on the action."""
    budgets = [ob for ob in rule.obligations if isinstance(ob, Budget)]
    answers = {0 <= ob.cost.scaled <= ob.limit.scaled if isinstance(ob.cost, Number) else None for ob in budgets}
    return "the cost is a constant" if answers == {not met} else None


def _never_asked(leaf: Atom, answer: Answer) -> bool:
    """`has` has two answers by its meaning, so the third is no gap."""
    return answer is None and isinstance(leaf, Has)


def _decides(rule: Rule, vector: tuple[Answer, ...], index: int) -> bool:
    if rule.when is None:
        return False
    others = ((*vector[:index], answer, *vector[index + 1 :]) for answer in _ANSWERS)
    return len({fires(rule.effect, kleene(rule.when, each)) for each in others}) == 2

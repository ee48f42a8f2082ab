"""What is to be shown of a rule, and whether a set of cases shows it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from axtary.compiler.analysis.mcdc.seen import Seen, Vector, decides, swapped
from axtary.compiler.analysis.solve import Answer
from axtary.compiler.clauses import Duties, Reason
from axtary.compiler.ir import Field, Has, Rule, atoms

Kind = Literal["fires", "idle", "field", "answer", "decides", "duty"]
Token = tuple[object, ...]  # one thing that a case shows


@dataclass(frozen=True, slots=True)
class Goal:
    """One thing to be shown of a rule.

    fires, idle: it fires, and does not. field: it does not fire because of this field of its match alone. answer: the
    leaf has this answer while the rule matches. decides: two cases that differ, in this leaf alone, between true and
    false, and in whether the rule fires. duty: the rule fires, and the obligation is met, or is not.
    """

    rule: Rule
    kind: Kind
    leaf: int | None = None
    answer: Answer = None
    field: Field | None = None
    reason: Reason | None = None
    met: bool = True


def goals(rule: Rule, duties: Duties) -> Iterator[Goal]:
    """All goals of a rule, in the order in which they are looked for."""
    yield Goal(rule, "fires")
    leaves = tuple(atoms(rule.when))
    for index in range(len(leaves)):
        yield Goal(rule, "decides", index)
    for index, leaf in enumerate(leaves):
        answers: tuple[Answer, ...] = (True, False) if isinstance(leaf, Has) else (True, False, None)
        yield from (Goal(rule, "answer", index, answer) for answer in answers)
    yield from (Goal(rule, "field", field=test.field) for test in rule.match if test.field is not Field.TOOL)
    for reason, _ in duties.get(rule.id, ()):
        yield from (Goal(rule, "duty", reason=reason, met=met) for met in (True, False))
    yield Goal(rule, "idle")


class Shown:
    """What a set of cases shows that grows and shrinks."""

    def __init__(self, cases: Iterable[Seen] = ()) -> None:
        self.vectors: dict[str, dict[Vector, None]] = {}
        self._tokens: Counter[Token] = Counter()  # how many cases show each
        self._fired: Counter[str] = Counter()
        self._cases = 0
        for each in cases:
            self.add(each)

    def add(self, case: Seen) -> None:
        """One case more."""
        for rule, vector in case.vectors.items():
            self.vectors.setdefault(rule, {})[vector] = None
        self._tokens.update(tokens(case))
        self._fired.update(case.fired)
        self._cases += 1

    def remove(self, case: Seen) -> set[Token]:
        """One case less, of those that were added. Returns what no case shows any more."""
        gone = {token for token in tokens(case) if self._tokens[token] == 1}
        self._tokens.subtract(tokens(case))
        self._fired.subtract(case.fired)
        self._cases -= 1
        for rule, vector in case.vectors.items():
            if ("vector", rule, vector) in gone:
                del self.vectors[rule][vector]
        return gone | {("idle", rule) for rule, times in self._fired.items() if times == self._cases}

    def needs(self, goal: Goal) -> list[Token] | None:
        """What shows a goal, as tokens that all count; None if it is not shown."""
        token = _token(goal)
        if token is not None:
            return [token] if self._tokens[token] else None
        rule = goal.rule.id
        if goal.kind == "idle":
            return [("idle", rule)] if self._fired[rule] < self._cases else None
        known = self.vectors.get(rule, {})
        if goal.kind == "answer" and goal.leaf is not None:
            leaf = goal.leaf
            found = next((vector for vector in known if vector[leaf] is goal.answer), None)
            return [("vector", rule, found)] if found is not None else None
        pair = deciding_pair(goal.rule, known, goal.leaf or 0)
        return [("vector", rule, vector) for vector in pair] if pair is not None else None

    def deciding(self, goal: Goal) -> list[Token] | None:
        """For a leaf whose pair cannot be had: a case with each answer in which it decides, other answers differing."""
        known = self.vectors.get(goal.rule.id, {})
        leaf = goal.leaf or 0
        found = [
            next((vector for vector in known if vector[leaf] is answer and decides(goal.rule, vector, leaf)), None)
            for answer in (True, False)
        ]
        return [("vector", goal.rule.id, each) for each in found if each is not None] if None not in found else None


def deciding_pair(rule: Rule, known: Mapping[Vector, None], leaf: int) -> tuple[Vector, Vector] | None:
    """Two vectors that differ in this leaf alone, which decides."""
    for vector in known:
        other = swapped(vector, leaf, not vector[leaf])
        if vector[leaf] is not None and other in known and decides(rule, vector, leaf):
            return vector, other
    return None


def tokens(case: Seen) -> set[Token]:
    """All that a case shows but which rules are idle: that is what it does not show."""
    found: set[Token] = {("vector", rule, vector) for rule, vector in case.vectors.items()}
    found |= {("fires", rule) for rule in case.fired}
    found |= {("duty", *duty) for duty in case.duties}
    return found | {("field", rule, field) for rule, field in case.missed}


def _token(goal: Goal) -> Token | None:
    match goal.kind:
        case "fires":
            return "fires", goal.rule.id
        case "field":
            return "field", goal.rule.id, goal.field
        case "duty":
            return "duty", goal.rule.id, goal.reason, goal.met
        case _:
            return None

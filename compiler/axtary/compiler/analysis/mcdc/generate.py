"""From goals to cases: each goal that no case shows yet is looked for exactly, then what became superfluous goes.

First comes the space of all rules for a tool, in which other rules can be kept from firing; then that of the rule
alone, which settles whether there is an action at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, reduce
from itertools import islice
from operator import or_
from typing import Any

from axtary.compiler.analysis.diff.rules import parts
from axtary.compiler.analysis.diff.tools import ToolClass, apart, tool_classes
from axtary.compiler.analysis.languages import Undecided, Wanted, witness
from axtary.compiler.analysis.mcdc.cover import Tokens, cover
from axtary.compiler.analysis.mcdc.goals import Goal, Shown, Token, goals
from axtary.compiler.analysis.mcdc.readable import Pair, readable
from axtary.compiler.analysis.mcdc.scene import Scene
from axtary.compiler.analysis.mcdc.seen import Observer, Seen, Vector, decides, swapped
from axtary.compiler.analysis.reach import unreachable
from axtary.compiler.analysis.solve import Answer, Evaluate
from axtary.compiler.analysis.space import Exhausted, Limits
from axtary.compiler.clauses import Reason, duties_of
from axtary.compiler.ir import Budget, Number, Policy, Rule, atoms

Json = Any
Progress = Callable[[int, int], None]  # rules done, of how many

_LIMITS = Limits(states=10_000, classes=2_000, clauses=200_000, conflicts=5_000)
_TOGETHER = 12  # rules for one tool that are looked at together
_BASES = 6  # vectors of which the other half of a pair is looked for
_STEPS = 6_000_000  # of all searches, of making what is searched, and of looking at what was found
_TOO_MUCH = "the goals before it took all the steps that there are"
_PROVED = "no action and no facts do it: proved"
_NOT_SHOWN = "the action that was to show it does not: a bug, please report it"


@dataclass(frozen=True)
class Found:
    """A case, the goal that it was made for, and the answer that its leaf has in it."""

    action: dict[str, Json]
    facts: dict[str, Json]
    goal: Goal
    answer: Answer
    seen: Seen


@dataclass(frozen=True)
class Open:
    """A goal that no case shows, and why. proved: no case can."""

    goal: Goal
    why: str
    proved: bool


@dataclass
class Generated:
    """The cases that are missing, in the order of the rules, and what stays open."""

    cases: list[Found] = field(default_factory=list)
    open: list[Open] = field(default_factory=list)


def generate(
    policy: Policy,
    evaluate: Evaluate,
    known: Iterable[Pair] = (),
    progress: Progress = lambda _done, _all: None,
    steps: int = _STEPS,
) -> Generated:
    """Cases for all goals of the policy's own rules that the known ones do not show; none of them can be left out.

    After so many steps the goals that are left stay open.
    """
    maker = _Maker(policy, evaluate, known, steps)
    own = [rule for rule in policy.rules if not rule.span.file.startswith("preset:")]
    own.sort(key=lambda rule: (rule.span.file, rule.span.line, rule.span.column, rule.id))
    for done, rule in enumerate(own):
        progress(done, len(own))
        maker.rule(rule)
    return Generated(_needed(maker), maker.open)


class _Maker:
    def __init__(self, policy: Policy, evaluate: Evaluate, known: Iterable[Pair], steps: int) -> None:
        self.policy = policy
        self._observer = Observer(policy, evaluate)
        self.known = [self._observer.seen(action, facts) for action, facts in known]
        self.shown = Shown(self.known)
        self.found: list[Found] = []
        self.open: list[Open] = []
        self.masked: set[Goal] = set()  # leaves without such a pair, but with two cases in which they decide
        self.tried: list[Goal] = []
        self._duties = duties_of(policy)
        self._parts = parts(policy)
        self._scenes: dict[object, Scene] = {}
        self._firing: dict[str, dict[str, Json]] = {}
        self._near: dict[str, list[ToolClass]] = {}
        self._steps = steps + self._observer.work  # those that are left

    def rule(self, rule: Rule) -> None:
        """Look for everything that is to be shown of a rule."""
        for goal in goals(rule, self._duties):
            self.tried.append(goal)
            if self.shown.needs(goal) is None:
                self._look(goal)

    def needs(self, goal: Goal, shown: Shown) -> Sequence[Token]:
        """What shows a goal, of what some cases show; nothing if it is not shown."""
        return (shown.deciding(goal) if goal in self.masked else shown.needs(goal)) or ()

    # --- one goal ---------------------------------------------------------------------------------------------------

    def _look(self, goal: Goal) -> None:
        if goal.kind == "idle":
            self._look_idle(goal)
            return
        try:
            found = self._pair(goal) if goal.kind == "decides" else self._single(goal)
        except Exhausted as limit:
            self.open.append(Open(goal, str(limit), False))
            return
        if not found:
            self.open.append(Open(goal, self._why(goal) or _PROVED, True))
        elif self.shown.needs(goal) is None and goal not in self.masked:
            self.open.append(Open(goal, _NOT_SHOWN, False))

    def _single(self, goal: Goal) -> bool:
        if goal.kind == "answer":
            return self._answered(goal)
        return self._added(goal, goal.answer, lambda scene: self._formula(scene, goal))

    def _formula(self, scene: Scene, goal: Goal) -> int:
        rule = goal.rule
        if goal.kind == "field":
            return scene.all_of([scene.matches(rule, goal.field), scene.would_fire(rule)])
        if goal.kind == "duty" and goal.reason is not None:
            return scene.all_of([scene.fires(rule), scene.duty(rule, goal.reason, goal.met)])
        return scene.fires(rule)

    def _answered(self, goal: Goal) -> bool:
        """The answer: beside a case that differs in nothing else, else deciding, else at all."""
        rule, leaf = goal.rule, goal.leaf or 0
        for base in islice(self._bases(rule, leaf), _BASES):
            vector = swapped(base, leaf, goal.answer)
            if self._added(goal, goal.answer, lambda scene, vector=vector: self._vector(scene, rule, vector)):  # type: ignore[misc]
                return True

        def wanted(scene: Scene) -> int:
            return scene.all_of([scene.matches(rule), scene.answers(rule, leaf, goal.answer)])

        deciding = self._added(goal, goal.answer, lambda s: s.all_of([wanted(s), s.decides(rule, leaf)]))
        return deciding or self._added(goal, goal.answer, wanted)

    def _pair(self, goal: Goal) -> bool:
        """Two cases that differ in the leaf alone. Where none are found, two in which it decides."""
        rule, leaf = goal.rule, goal.leaf or 0
        tried: list[Vector] = []
        while len(tried) < _BASES:
            base = next((each for each in self._bases(rule, leaf) if not _is_among(each, tried, leaf)), None)
            if base is None:
                fresh = self._fresh(goal, tried)
                if fresh is None:
                    return self._deciding(goal)
                base = fresh
            tried.append(base)
            vectors = [swapped(base, leaf, answer) for answer in (True, False)]
            known = self.shown.vectors.get(rule.id, {})
            missing = [vector for vector in vectors if vector not in known]
            cases = [self._case(goal, v[leaf], lambda s, v=v: self._vector(s, rule, v)) for v in missing]  # type: ignore[misc]
            if all(case is not None for case in cases):
                for case in cases:
                    self._keep(case)
                return True
        return self._deciding(goal)

    def _bases(self, rule: Rule, leaf: int) -> Iterator[Vector]:
        """Vectors that are shown and in which the leaf decides."""
        return (vector for vector in list(self.shown.vectors.get(rule.id, {})) if decides(rule, vector, leaf))

    def _fresh(self, goal: Goal, tried: Sequence[Vector]) -> Vector | None:
        """Another vector in which the leaf decides."""
        rule, leaf = goal.rule, goal.leaf or 0

        def wanted(scene: Scene) -> int:
            others = [scene.no(self._others(scene, rule, vector, leaf)) for vector in tried]
            answer = scene.no(scene.answers(rule, leaf, None))
            return scene.all_of([scene.matches(rule), scene.decides(rule, leaf), answer, *others])

        case = self._case(goal, None, wanted)
        return case.seen.vectors.get(rule.id) if case is not None else None

    def _deciding(self, goal: Goal) -> bool:
        rule, leaf = goal.rule, goal.leaf or 0
        self.masked.add(goal)
        if self.shown.deciding(goal) is not None:
            return True
        known = list(self._bases(rule, leaf))
        cases = []
        for answer in (True, False):
            if not any(vector[leaf] is answer for vector in known):
                cases.append(self._case(goal, answer, lambda s, a=answer: self._decided(s, rule, leaf, a)))  # type: ignore[misc]
        if any(case is None for case in cases):
            self.masked.discard(goal)
            return False
        for case in cases:
            self._keep(case)
        return True

    def _decided(self, scene: Scene, rule: Rule, leaf: int, answer: Answer) -> int:
        return scene.all_of([scene.matches(rule), scene.decides(rule, leaf), scene.answers(rule, leaf, answer)])

    def _vector(self, scene: Scene, rule: Rule, vector: Vector) -> int:
        return scene.all_of([scene.matches(rule), scene.vector(rule, vector)])

    def _others(self, scene: Scene, rule: Rule, vector: Vector, leaf: int) -> int:
        return scene.all_of([scene.answers(rule, i, answer) for i, answer in enumerate(vector) if i != leaf])

    def _look_idle(self, goal: Goal) -> None:
        """Another tool: every case of another rule shows it, so it is missing only of a rule that always fires."""
        patterns = goal.rule.match[0].patterns
        try:
            tool = witness(Wanted(reject=patterns, empty=False))
        except Undecided:
            self.open.append(Open(goal, "no tool was found that the rule is not about", False))
            return
        if tool is None:
            self.open.append(Open(goal, "the rule fires on every action: proved", True))
            return
        action = {"version": 1, **self._firing.get(goal.rule.id, {}), "tool": tool}
        self._keep(Found(action, {}, goal, None, self._observer.seen(action, {})))

    def _why(self, goal: Goal) -> str | None:
        rule, leaves = goal.rule, tuple(atoms(goal.rule.when))
        if goal.kind == "answer":
            return unreachable(self.policy, rule, leaves[goal.leaf or 0], goal.answer)
        if goal.kind == "duty" and goal.reason is Reason.BUDGET:
            costs = [ob.cost for ob in rule.obligations if isinstance(ob, Budget)]
            return "the cost is a constant" if all(isinstance(cost, Number) for cost in costs) else None
        return None

    # --- actions ----------------------------------------------------------------------------------------------------

    def _added(self, goal: Goal, answer: Answer, wanted: Callable[[Scene], int]) -> bool:
        case = self._case(goal, answer, wanted)
        if case is not None:
            self._keep(case)
        return case is not None

    def _keep(self, case: Found | None) -> None:
        if case is not None:
            self.found.append(case)
            self.shown.add(case.seen)
            if case.goal.kind == "fires":
                self._firing[case.goal.rule.id] = case.action

    def _case(self, goal: Goal, answer: Answer, wanted: Callable[[Scene], int]) -> Found | None:
        """A case for a formula; None: proved that there is none. Raises Exhausted."""
        if self._steps < self._observer.work:
            raise Exhausted(_TOO_MUCH)
        limit: Exhausted | None = None
        for tools, is_proof in [*((each, False) for each in self._together(goal.rule)), *self._alone(goal.rule)]:
            try:
                pair = self._searched(tools, goal, wanted)
            except Exhausted as reached:
                limit = reached if is_proof else limit
                continue
            if pair is not None:
                seen = self._observer.seen(*pair)
                pair = readable(pair, goal, lambda each, seen=seen: self._observer.seen(*each) == seen)  # type: ignore[misc]
                return Found(*pair, goal, answer, seen)
        if limit is not None:
            raise limit
        return None

    def _searched(self, tools: ToolClass, goal: Goal, wanted: Callable[[Scene], int]) -> Pair | None:
        """An action and facts for a formula, with these rules; None: proved that there are none. Raises Exhausted."""
        key = (tools.name, tuple(part.rule.id for part in tools.rules))
        if key not in self._scenes:
            self._scenes[key] = Scene([part.rule for part in tools.rules], tools.names, self._duties, _LIMITS)
            self._steps -= self._scenes[key].work
        scene = self._scenes[key]
        before = scene.work
        try:
            others = [rule for rule in scene.rules if rule is not goal.rule]
            return scene.find(wanted(scene), self._wishes(scene, goal), others)
        finally:
            self._steps -= scene.work - before

    def _wishes(self, scene: Scene, goal: Goal) -> list[int]:
        """The rule's condition is true, if that may be; its own obligations are met, but for the one that is asked."""
        rule = goal.rule
        met = [
            scene.duty(rule, reason, True)
            for reason, _ in self._duties[rule.id]
            if reason is not Reason.APPROVAL_REQUIRED and reason is not goal.reason
        ]
        definite = [scene.definite(rule)] if goal.kind in ("fires", "duty", "field") else []
        return [*met, *definite]

    def _together(self, rule: Rule) -> list[ToolClass]:
        """The rules that can fire with this one on a tool, where they are fewest, if they are not too many."""
        if rule.id not in self._near:
            own = self._parts[rule.id]
            fewest = [self._fewest[rule.id]] if rule.id in self._fewest else []
            near = [
                replace(each, rules=tuple(p for p in each.rules if p is own or not apart(p, own))) for each in fewest
            ]
            self._near[rule.id] = [each for each in near if len(each.rules) <= _TOGETHER]
        return self._near[rule.id]

    @cached_property
    def _fewest(self) -> dict[str, ToolClass]:
        """For each rule the class of its tools about which the fewest rules are."""
        found: dict[str, ToolClass] = {}
        for each in sorted(self._classes, key=lambda each: len(each.rules)):
            for part in each.rules:
                found.setdefault(part.rule.id, each)
        return found

    @cached_property
    def _classes(self) -> list[ToolClass]:
        every = list(self._parts.values())
        try:
            return list(tool_classes(every, every, _LIMITS))
        except Exhausted:
            return []

    def _alone(self, rule: Rule) -> list[tuple[ToolClass, bool]]:
        """The rule alone, for each kind of tool that its conditions tell apart: what holds here, holds."""
        part = self._parts[rule.id]
        return [(each, True) for each in tool_classes([part], [part], _LIMITS)]


def _is_among(vector: Vector, tried: Iterable[Vector], leaf: int) -> bool:
    """Was this vector tried, whatever its leaf answers?"""
    return any(swapped(each, leaf, None) == swapped(vector, leaf, None) for each in tried)


# --- the smallest set -------------------------------------------------------------------------------------------------


def _needed(maker: _Maker) -> list[Found]:
    """Of what was found, a part that shows, beside the known cases, all that the rest shows, and no case too much."""
    wanted = Tokens(token for goal in maker.tried for token in maker.needs(goal, maker.shown))
    known = reduce(or_, map(wanted.shown, maker.known), 0)
    chosen = cover(wanted.all & ~known, [wanted.shown(case.seen) for case in maker.found])
    return _without_spare(maker, [maker.found[index] for index in chosen])


def _without_spare(maker: _Maker, cases: Sequence[Found]) -> list[Found]:
    """Without the cases whose goals the others show too, if by other answers than those that were counted on."""
    shown = Shown([*maker.known, *(case.seen for case in cases)])
    users: dict[Token, dict[Goal, None]] = {}
    for goal in maker.tried:
        for token in maker.needs(goal, shown):
            users.setdefault(token, {})[goal] = None
    kept = []
    for case in cases:
        gone = shown.remove(case.seen)
        open_goals = {goal for token in gone for goal in users.get(token, ())}
        needs = {goal: maker.needs(goal, shown) for goal in open_goals}
        if not all(needs.values()):
            shown.add(case.seen)
            kept.append(case)
            continue
        for goal, found in needs.items():
            for token in found:
                users.setdefault(token, {})[goal] = None
    return kept


__all__ = ["Found", "Generated", "Open", "generate"]

"""All rules about one class of tools in one space: what the policy loses if a rule is taken out.

Each rule has a switch. A question assumes all switches, so that it is about the policy without some rules; one search
serves them all, and what it finds for one rule often answers for others too.

A rule is *needed* if some action, with some facts, is decided in another way without it, or obliged to something else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from axtary.compiler.analysis.diff.rules import Parts
from axtary.compiler.analysis.diff.tools import ToolClass
from axtary.compiler.analysis.space import Limits, Search, Space, Survey
from axtary.compiler.ir import Approvers, Effect, Rule

_FEW, _SMALL = 3, 12  # of a proof with more than a few rules, but not many, each is tried without, to name fewer
_BLOCK = 32  # rules whose switches are assumed anew for each question; those of all others stay as they are
Question = list[int]  # literals that are to be true together; a claim is a list of questions that all have no answer


@dataclass(frozen=True)
class Voice:
    """What one rule does, as literals: `waits` where it holds and is not approved, `denies` also by its obligations."""

    rule: Rule
    switch: int
    fires: int
    grants: int
    waits: int
    denies: int
    counts: bool  # has a rate or a budget, which are obliged to under its own id


class Together:
    """The rules that match one class of tools. Raises Exhausted."""

    def __init__(self, tools: ToolClass, limits: Limits) -> None:
        survey = Survey(tools=tools.names)
        for each in tools.rules:
            for predicate in each.predicates:
                survey.predicate(predicate, each.rule.id)
            if each.rule.approvers is not None:
                survey.approvers[each.rule.approvers] = None
        self._space = Space(survey, limits)
        self._search = search = Search(self._space)
        self.voices = {each.rule.id: self._voice(each) for each in tools.rules}
        rules = list(self.voices)
        self._blocks = [rules[at : at + _BLOCK] for at in range(0, len(rules), _BLOCK)]
        self._block_of = {rule: number for number, block in enumerate(self._blocks) for rule in block}
        self._base: tuple[object, tuple[int, ...]] = (None, ())  # of the last question, and what it is made of
        self._rule_of = {voice.switch: rule for rule, voice in self.voices.items()}
        voices = list(self.voices.values())
        step_ups = [voice for voice in voices if voice.rule.effect is Effect.STEP_UP]
        denies = [voice for voice in voices if voice.rule.effect is Effect.DENY]
        self._restricted = search.any_of(self._on(voice, voice.denies) for voice in voices)
        self._granted = search.any_of(self._on(voice, voice.grants) for voice in voices)
        self._waiting = search.any_of(self._on(voice, voice.waits) for voice in step_ups)
        self._held = search.any_of(self._on(voice, voice.fires) for voice in step_ups)
        self._forbidden = search.any_of(self._on(voice, voice.fires) for voice in denies)

    def _voice(self, each: Parts) -> Voice:
        space, search, rule = self._space, self._search, each.rule
        graph = space.graph
        approved = space.approved(rule.approvers or Approvers()) if each.holds else 0
        waits = [graph.all_of([space.formula(hold.possible, rule.id), graph.opposite(approved)]) for hold in each.holds]
        grants = [space.formula(grant.definite, rule.id) for grant in each.grants]
        denies = [space.formula(restriction.predicate, rule.id) for restriction in each.restrictions]
        return Voice(
            rule,
            search.switch(),
            search.literal(space.formula(each.fires, rule.id)),
            search.literal(graph.any_of(grants)),
            search.literal(graph.any_of(waits)),
            search.literal(graph.any_of(denies)),
            counts=bool(each.terms[1]),
        )

    def _on(self, voice: Voice, literal: int) -> int:
        return self._search.all_of([voice.switch, literal])

    @property
    def work(self) -> int:
        """The steps that the questions took so far."""
        return self._search.work

    @property
    def size(self) -> int:
        """The number of clauses."""
        return self._search.size

    # --- claims -----------------------------------------------------------------------------------------------------

    def needed(self, rule: str) -> Iterator[tuple[bool, Question]]:
        """Is the rule needed? Questions, at least one of which then has an answer; and: is it on in it, or off?"""
        voice = self.voices[rule]
        free = -self._restricted
        if voice.rule.effect is Effect.DENY:
            yield False, [voice.fires, free, self._granted]
            return
        yield False, [voice.grants, -voice.denies, free, -self._granted]
        yield False, [voice.denies, free, self._granted]
        if voice.rule.effect is Effect.STEP_UP:
            yield False, [voice.waits, -voice.denies, free, self._granted, -self._waiting]
        if voice.counts:
            yield True, [voice.fires, free, self._granted]
        if voice.rule.ttl is not None:
            yield True, [voice.fires, free, self._granted, *(-literal for literal in self._shorter(voice))]

    def _shorter(self, voice: Voice) -> list[int]:
        """Where other rules ask for a ttl that is as short."""
        mine = voice.rule.ttl or 0
        others = (other for other in self.voices.values() if other is not voice and other.rule.ttl is not None)
        return [self._on(other, other.fires) for other in others if (other.rule.ttl or 0) <= mine]

    def overruled(self, rule: str) -> Question:
        """Has an answer unless stricter rules decide wherever this one fires; of a deny rule, unless other ones do."""
        voice = self.voices[rule]
        if voice.rule.effect is Effect.DENY:
            return [voice.fires, -self._forbidden]
        return [voice.fires, -self._restricted, *([-self._held] if voice.rule.effect is Effect.ALLOW else [])]

    def approvable(self, rule: str) -> Question:
        """Has an answer if an approval lets something pass for which this step_up rule fires."""
        return [self.voices[rule].fires, -self._restricted, self._granted]

    # --- answers ----------------------------------------------------------------------------------------------------

    def possible(self, rule: str, question: Question, off: Collection[str]) -> bool:
        """Has the question about the rule an answer, in the policy without the rules in `off`? Raises Exhausted."""
        near = self._blocks[self._block_of[rule]]
        key = near[0], frozenset(off).difference(near)
        if key != self._base[0]:
            others = (each for block in self._blocks if block is not near for each in block)
            self._base = key, tuple(self._switches(others, off))
        return self._search.possible([*question, *self._switches(near, off)], self._base[1])

    def _switches(self, rules: Iterable[str], off: Collection[str]) -> list[int]:
        switches = ((rule, self.voices[rule].switch) for rule in rules)
        return [-switch if rule in off else switch for rule, switch in switches]

    def seen_needed(self) -> list[str]:
        """The rules without which the action that was found last is decided otherwise, in the policy with all rules."""
        holds, voices = self._search.holds, self.voices.items()
        denies = {rule for rule, voice in voices if holds(voice.denies)}
        grants = {rule for rule, voice in voices if holds(voice.grants)}
        waits = {rule for rule, voice in voices if holds(voice.waits)}
        whole = _decision(denies, grants, waits)
        near = (each for each in (denies, grants, waits) if len(each) == 1)
        return [rule for (rule,) in near if _decision(denies - {rule}, grants - {rule}, waits - {rule}) != whole]

    def reasons(self, rule: str, question: Question, off: Collection[str]) -> set[str] | None:
        """Rules because of which the question about a rule has no answer; None if it has one. Raises Exhausted."""
        if self.possible(rule, question, off):
            return None
        kept = self._named(self._search.core)
        outside = [-self.voices[each].switch for each in sorted(off) if each in self.voices]
        for one in sorted(kept) if _FEW < len(kept) <= _SMALL else ():
            fewer = kept - {one}
            assumed = [*question, *outside, *(self.voices[each].switch for each in sorted(fewer))]
            if not self._search.possible(assumed):
                kept = fewer & self._named(self._search.core)
        return kept

    def _named(self, core: Iterable[int]) -> set[str]:
        return {self._rule_of[literal] for literal in core if literal in self._rule_of}


def _decision(denies: Collection[str], grants: Collection[str], waits: Collection[str]) -> str:
    if denies or not grants:
        return "deny"
    return "step_up" if waits else "allow"

"""The laws of the exact lints on one policy, and a run over many.

`python -m tests.lint.laws --worlds 20000 --seed 1` is that run. Every claim is tried on all actions that a small world
has, with the reference evaluator, and proved again by the semantic diff.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from tests import reference
from tests.diff.worlds import World, world

from axtary.backends.verdict import Verdict
from axtary.compiler import Diagnostic, compile_policy
from axtary.compiler.analysis.diff import Verdict as Difference
from axtary.compiler.analysis.diff import diff
from axtary.compiler.analysis.diff.rules import parts
from axtary.compiler.ir import And, Condition, Not, Or, Policy, Rule, Span
from axtary.compiler.lint import exact
from axtary.compiler.lint.exact.alone import Alone
from axtary.compiler.lint.exact.needed import Needed

Case = tuple[dict[str, Any], dict[str, Any]]
APPROVED = {"approval": {"approvers": [{"id": f"u{n}", "roles": ["r", "s", "t"]} for n in range(3)]}}


@dataclass
class Outcome:
    """What a run has seen, and a text for each broken law."""

    seen: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


@dataclass
class Tried:
    """A policy with the actions on which its claims are tried; `whole`: with all that can be told apart."""

    text: str
    cases: list[Case]
    whole: bool
    outcome: Outcome

    @cached_property
    def linted(self) -> exact.Linted:
        return exact.check(compile_policy("axtary.yml", self.text.encode()))

    @property
    def policy(self) -> Policy:
        return self.linted.compiled.policy

    @cached_property
    def verdicts(self) -> list[Verdict]:
        return [reference.decide(self.policy, *case) for case in self.cases]

    def check(self) -> None:
        """All laws."""
        self.outcome.seen["policies"] += 1
        self.outcome.seen["undecided"] += len(self.linted.undecided)
        for found in self.linted.compiled.warnings:
            self.outcome.seen[found.code] += 1
            if found.code >= "AX0720":
                self._claim(found)
        self._together({"AX0722", "AX0723"})
        self._needed()
        self._firing()

    def _wrong(self, what: str) -> None:
        self.outcome.wrong.append(f"{what}: {self.text}")

    # --- what is said is so -----------------------------------------------------------------------------------------

    def _claim(self, found: Diagnostic) -> None:
        """One finding by itself."""
        rule = self._rule(found.span)
        if found.code == "AX0720" and "without it" in found.message:  # else it is the compiler's, about a whole `and`
            self._same(replace_rule(self.policy, rule, dropped(rule, found.span)), found, fired=True)
        elif found.code in ("AX0722", "AX0723"):
            self._same(without(self.policy, [rule.id]), found)
        elif found.code == "AX0721" and any(rule.id in verdict.fired for verdict in self.verdicts):
            self._wrong(f"{rule.id} fires")
        elif found.code == "AX0728" and not all(rule.id in verdict.fired for verdict in self.verdicts):
            self._wrong(f"{rule.id} does not always fire")
        elif found.code in ("AX0724", "AX0725", "AX0727"):
            others = [self._rule(label.span).id for label in found.labels] if found.code == "AX0724" else []
            self._denies({rule.id, *others})

    def _denies(self, rules: set[str]) -> None:
        """Wherever these rules fire together the action is denied, whoever approves it."""
        for action, facts in self.cases:
            verdict = reference.decide(self.policy, action, facts | APPROVED)
            if rules <= set(verdict.fired) and verdict.decision != "deny":
                self._wrong(f"{sorted(rules)} do not deny {action}")

    def _rule(self, span: Span) -> Rule:
        place = (span.line, span.column)
        before = [rule for rule in self.policy.rules if (rule.span.line, rule.span.column) <= place]
        return max(before, key=lambda rule: (rule.span.line, rule.span.column))

    def _together(self, codes: Iterable[str]) -> None:
        """All rules that decide nothing can be taken out together."""
        out = [self._rule(each.span).id for each in self.linted.compiled.warnings if each.code in codes]
        if len(out) > 1:
            self._same(without(self.policy, out), "together")

    def _same(self, other: Policy, why: object, fired: bool = False) -> None:
        """Both policies decide and oblige alike on every case, and by proof."""
        for verdict, case in zip(self.verdicts, self.cases, strict=True):
            now = reference.decide(other, *case)
            if meaning(verdict) != meaning(now) or (fired and verdict.fired != now.fired):
                self._wrong(f"{why} makes a difference for {case}")
                return
        if diff(self.policy, other).verdict not in (Difference.EQUIVALENT, Difference.UNDECIDED):
            self._wrong(f"{why} makes a difference, says the diff")

    # --- what is so is found ----------------------------------------------------------------------------------------

    def _needed(self) -> None:
        """A rule is idle just if the policy without it is equivalent."""
        found = Needed(parts(self.policy), ()).run(lambda _done, _all: None)
        for rule in self.policy.rules:
            verdict = diff(self.policy, without(self.policy, [rule.id])).verdict
            if verdict is Difference.UNDECIDED or rule.id in found.undecided:
                continue
            self.outcome.seen["idle"] += rule.id in found.idle
            if (verdict is Difference.EQUIVALENT) != (rule.id in found.idle):
                self._wrong(f"{rule.id}: {verdict} without it, idle {rule.id in found.idle}")

    def _firing(self) -> None:
        """A rule by itself fires for some action just if it does so for one of all actions."""
        for rule in self.policy.rules if self.whole else ():
            fires = any(rule.id in verdict.fired for verdict in self.verdicts)
            self.outcome.seen["whole"] += 1
            if Alone.of(parts(self.policy)[rule.id]).fires() != fires:
                self._wrong(f"{rule.id} fires: {fires}")


def meaning(verdict: Verdict) -> tuple[str, Any]:
    """The decision, and what is obliged to if it is no deny. Approvers count by what they decide."""
    terms = {key: value for key, value in verdict.obligations.items() if key != "approvers"}
    return verdict.decision, terms if verdict.decision != "deny" else None


def without(policy: Policy, rules: Iterable[str]) -> Policy:
    """The policy without some rules."""
    return replace(policy, rules=tuple(rule for rule in policy.rules if rule.id not in set(rules)))


def replace_rule(policy: Policy, rule: Rule, other: Rule) -> Policy:
    """The policy with another rule in place of one."""
    return replace(policy, rules=tuple(other if each is rule else each for each in policy.rules))


def dropped(rule: Rule, span: Span) -> Rule:
    """The rule without the part of its condition that stands there."""
    return replace(rule, when=_without(rule.when, span))


def _without(part: Condition | None, span: Span) -> Condition | None:
    if part is None or (part.span == span):
        return None
    if isinstance(part, Not):
        inner = _without(part.item, span)
        return Not(inner) if inner is not None else None
    if isinstance(part, And | Or):
        kept = tuple(each for item in part.items if (each := _without(item, span)) is not None)
        return type(part)(kept) if len(kept) > 1 else kept[0] if kept else None
    return part


def check_world(seed: int, most: int, outcome: Outcome) -> None:
    """Both policies of a world."""
    this: World = world(seed)
    cases, whole = this.cases(most)
    for draft in (this.old, this.new):
        Tried(json.dumps(draft), cases, whole, outcome).check()


def run(seeds: Iterator[int] | range, most: int) -> Outcome:
    """The worlds of some seeds."""
    outcome = Outcome()
    for done, seed in enumerate(seeds, 1):
        check_world(seed, most, outcome)
        if done % 500 == 0:
            print(f"\r{done} worlds, {len(outcome.wrong)} wrong", end="", file=sys.stderr, flush=True)
    return outcome


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.lint.laws", description=__doc__)
    parser.add_argument("--worlds", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--actions", type=int, default=400, help="for each policy, at most")
    options = parser.parse_args()
    outcome = run(range(options.seed, options.seed + options.worlds), options.actions)
    print(
        f"\nseeds from {options.seed} on: "
        + ", ".join(f"{name} {number}" for name, number in sorted(outcome.seen.items()))
    )
    for complaint in outcome.wrong[:5]:
        print(complaint)
    return 1 if outcome.wrong else 0


if __name__ == "__main__":
    sys.exit(main())

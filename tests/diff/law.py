"""The laws of the semantic diff on one pair of policies, and a run over many.

`python -m tests.diff.law --pairs 100000 --seed 1` is that run. Pairs come from small worlds, where all actions can be
tried, or, with `--drafts`, from the generator of hostile policies, with random actions.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from random import Random
from typing import Any

from tests import generate
from tests.diff.edits import edited_draft
from tests.diff.worlds import world
from tests.generate import compile_draft, draft_policy, policy_text

from axtary.backends import native
from axtary.backends.native import NativeEngine
from axtary.backends.verdict import Verdict
from axtary.compiler import CompileError
from axtary.compiler.analysis.diff import Change, Difference, diff
from axtary.compiler.ir import Policy
from axtary.runtime.action import check_action
from axtary.runtime.facts import check_facts

CASES = 600
Seen = tuple[str, str]  # decisions before and after; or a decision, and `terms`


@dataclass
class Outcome:
    """What a run has seen. `wrong` holds a text for each broken law."""

    seen: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def add(self, other: Outcome) -> None:
        self.seen += other.seen
        self.wrong += other.wrong


def check_world(seed: int, most: int = CASES) -> Outcome:
    """The laws on the world of a seed; all its actions are tried, or `most` of them."""
    this = world(seed)
    cases, whole = this.cases(most)
    return check(*this.policies(), cases, whole, f"world {seed} {this.features}\n{json.dumps([this.old, this.new])}")


def check_draft(seed: int, most: int = CASES) -> Outcome:
    """The laws on two drafts of hostile policies, of which the second is the first one edited, or another."""
    rng = Random(f"drafts {seed}")
    old = draft_policy(rng)
    new = draft_policy(rng) if rng.random() < 0.3 else edited_draft(rng, old)
    try:
        policies = compile_draft(old), compile_draft(new)
    except CompileError:  # the edit may leave an attribute without a type
        return Outcome(Counter({"not compiled": 1}))
    cases = [case for policy in policies for case in generate.cases(rng, policy, most // 2)]
    return check(*policies, cases, False, f"draft {seed}\n{policy_text(old)}{policy_text(new)}")


def check(old: Policy, new: Policy, cases: list[tuple[Any, Any]], whole: bool, name: str) -> Outcome:
    """Both laws on two policies.

    1. What the diff shows is so: every witness passes the door and gives the decisions that are claimed.
    2. What is so, the diff says: the pairs of decisions that some action shows are those of the changes; where all
       actions were tried, just those.
    """
    found = diff(old, new)
    engines = native.compile(old), native.compile(new)
    outcome = Outcome(Counter({"pairs": 1, found.verdict.value: 1, "actions": len(cases), "exhaustive": int(whole)}))
    outcome.wrong += [f"{complaint}: {name}" for complaint in _false_witnesses(found, engines)]
    shown = {pair for action, facts in cases if (pair := _pair(engines, action, facts)) is not None}
    said = {(each.old, each.new if each.old != each.new else "terms") for each in found.changes}
    if found.undecided:
        outcome.wrong.append(f"undecided: {found.undecided} {name}")
    elif shown - said or (whole and said - shown):
        outcome.wrong.append(f"the diff says {sorted(said)}, actions show {sorted(shown)}: {name}")
    return outcome


def _false_witnesses(found: Difference, engines: tuple[NativeEngine, NativeEngine]) -> list[str]:
    return [why for change in found.changes if (why := _false(change, engines)) is not None]


def _false(change: Change, engines: tuple[NativeEngine, NativeEngine]) -> str | None:
    action, facts = check_action(change.action), check_facts(change.facts)
    before, after = (engine.decide(action, facts) for engine in engines)
    if (before.decision, after.decision) != (change.old, change.new):
        return f"{change} shows {before.decision} and {after.decision}"
    if change.old == change.new:
        return f"{change} shows no other terms" if _terms(before) == _terms(after) else None
    for verdict, rules in ((before, change.old_rules), (after, change.new_rules)):
        if rules != tuple(sorted({rule for _, rule in verdict.reasons if rule})):
            return f"{change} names {rules}, and the reasons are {verdict.reasons}"
    return None


def _pair(engines: tuple[NativeEngine, NativeEngine], action: Any, facts: Any) -> Seen | None:
    before, after = (engine.decide(action, facts) for engine in engines)
    if before.decision != after.decision:
        return before.decision, after.decision
    permitted = before.decision != "deny"
    return (before.decision, "terms") if permitted and _terms(before) != _terms(after) else None


def _terms(verdict: Verdict) -> dict[str, Any]:
    return {key: value for key, value in verdict.obligations.items() if key != "approvers"}


def run(pairs: int, seed: int, jobs: int, most: int = CASES, drafts: bool = False) -> Outcome:
    """The pairs from `seed` on."""
    total, start = Outcome(), time.monotonic()
    work = partial(check_draft if drafts else check_world, most=most)
    with get_context("spawn").Pool(jobs) as pool:
        for done, outcome in enumerate(pool.imap_unordered(work, range(seed, seed + pairs), chunksize=20), 1):
            total.add(outcome)
            if done % 1000 == 0:
                rate = done / (time.monotonic() - start)
                print(f"\r{done}/{pairs} {rate:.0f}/s, {len(total.wrong)} wrong", end="", file=sys.stderr, flush=True)
    return total


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.diff.law", description=__doc__)
    parser.add_argument("--pairs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--actions", type=int, default=CASES, help="for each pair, at most")
    parser.add_argument("--drafts", action="store_true", help="hostile policies instead of small worlds")
    options = parser.parse_args()
    total = run(options.pairs, options.seed, options.jobs, options.actions, options.drafts)
    print("\n" + ", ".join(f"{name} {number}" for name, number in sorted(total.seen.items())))
    for complaint in total.wrong[:5]:
        print(complaint)
    return 1 if total.wrong else 0


if __name__ == "__main__":
    sys.exit(main())

"""The laws of questions on one policy, and a run over many.

`python -m tests.asking.law --questions 20000 --seed 1` is that run. Policies and questions come from the small
worlds of the diff, where all actions can be tried; the reference evaluator decides them.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from random import Random
from typing import Any

from tests import generate, reference
from tests.diff import worlds
from tests.diff.worlds import PEOPLE, world
from tests.generate_policies import draft_policy, policy_text, written

from axtary.compiler import CompileError, compile_policy
from axtary.compiler.analysis.asking import Found, Inquiry
from axtary.compiler.analysis.diff import Undecided
from axtary.compiler.ir import Policy
from axtary.compiler.questions import Question, QuestionTexts, compile_question
from axtary.runtime.action import check_action
from axtary.runtime.facts import check_facts

CASES = 600
Json = Any
Seen = tuple[str, Any]  # a decision with its reasons

_PEOPLE = [[], *([each] for each in PEOPLE)]
_NEVER: list[dict[str, Json]] = [
    {},
    {},
    {"unapproved": "true"},
    {"unapproved_by": ["r"]},
    {"unapproved_by": ["s", "r"]},
]
_DECISIONS = ["allow", "deny", "step_up", ["allow", "step_up"], ["deny", "allow", "step_up"]]


@dataclass
class Outcome:
    """What a run has seen. `wrong` holds a text for each broken law."""

    seen: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def check_world(seed: int, most: int = CASES) -> Outcome:
    """Both laws on the world of a seed, with a question that is made from its attributes."""
    this, rng = world(seed), Random(f"question {seed}")
    never = worlds.question(rng, this.features) | rng.choice(_NEVER) | {"decision": rng.choice(_DECISIONS)}
    draft = this.old | {"invariants": [{"id": "question", "never": never}]}
    compiled = compile_policy("axtary.yml", json.dumps(draft).encode())
    asks = bool({"unapproved", "unapproved_by"} & never.keys())
    holds = asks or any(rule["effect"] == "step_up" for rule in this.old["policies"])
    cases, whole = this.cases(most, _PEOPLE if holds else [[]])
    return check(compiled.policy, compiled.invariants[0].question, cases, whole, f"world {seed}\n{json.dumps(draft)}")


def check_draft(seed: int, most: int = CASES) -> Outcome:
    """Both laws on a hostile policy, with a question that is made of one of its rules, or of another policy's.

    3. A question asked again with its own sentence is the same question.
    """
    rng = Random(f"draft question {seed}")
    draft = draft_policy(rng)
    rule = written(rng.choice((draft if rng.random() < 0.7 else draft_policy(rng))["policies"]))
    never = {key: value for key, value in rule["match"].items() if key in ("tool", "resource", "actor")}
    never |= {"when": rule["when"]} if "when" in rule and rng.random() < 0.8 else {}
    never |= rng.choice(_NEVER) | {"decision": rng.choice(_DECISIONS)}
    text = policy_text(draft | {"invariants": [{"id": "question", "never": never}]})
    try:
        compiled = compile_policy("axtary.yml", text.encode())
    except CompileError:  # the other policy reads an attribute in another way
        return Outcome(Counter({"not compiled": 1}))
    question = compiled.invariants[0].question
    both = Policy((*compiled.policy.rules, question.rule), compiled.policy.tzdata)
    cases = list(generate.cases(rng, both, most))
    outcome = check(compiled.policy, question, cases, False, f"draft {seed}\n{text}")
    try:
        again = compile_question(compiled.vocabulary, QuestionTexts(question.sentence))
        outcome.wrong += [f"another question is {question.sentence}: draft {seed}\n{text}"] if again != question else []
    except CompileError as error:
        outcome.wrong.append(f"{error}: {question.sentence!r}: draft {seed}\n{text}")
    return outcome


def check(policy: Policy, question: Question, cases: list[tuple[Json, Json]], whole: bool, name: str) -> Outcome:
    """Both laws on one question.

    1. What is answered is so: every action passes the door, fits, and is decided as is said.
    2. What is so, is answered: the outcomes of the actions that fit are those that are found; where all actions were
       tried, just those. So `no` is refuted by no action. That no action fits is said where none does.
    """
    inquiry = Inquiry(policy, question)
    found = list(inquiry.answers())
    outcome = Outcome()
    outcome.wrong += [f"undecided: {each.why} {name}" for each in found if isinstance(each, Undecided)]
    said: set[Seen] = set()
    for each in found:
        if isinstance(each, Found):
            outcome.wrong += [f"{complaint}: {name}" for complaint in _false(policy, question, each)]
            said.add(_decided(policy, each.outcome.action, each.outcome.facts))
    fitting = [case for case in cases if fits(question, *case)]
    if not outcome.wrong and (inquiry.fits < bool(fitting) or (whole and inquiry.fits > bool(fitting))):
        outcome.wrong.append(f"some action fits: {inquiry.fits}, {fitting[:1]}: {name}")
    shown = {_decided(policy, *case) for case in fitting}
    shown = {seen for seen in shown if seen[0] in question.decisions}
    if not outcome.wrong and (shown - said or (whole and said - shown)):
        outcome.wrong.append(f"found are {sorted(said)}, actions show {sorted(shown)}: {name}")
    answer = "yes" if said else "no"
    outcome.seen += Counter({"questions": 1, answer: 1, "exhaustive": int(whole), f"exhaustive {answer}": int(whole)})
    outcome.seen["outcomes"] += len(said)
    return outcome


def fits(question: Question, action: Json, facts: Json) -> bool:
    """Does the action, with its facts, fit the question, whatever is decided?"""
    if reference.decide(Policy((question.rule,)), action, facts).decision != "allow":
        return False
    if question.without is None:
        return True
    roles = set(question.without.roles)
    return not any(not roles or roles & set(held) for _, held in reference.approvers(facts))


def _false(policy: Policy, question: Question, found: Found) -> Iterator[str]:
    action, facts = check_action(found.outcome.action), check_facts(found.outcome.facts)
    if not fits(question, action, facts):
        yield f"{found} does not fit"
    decision, reasons = _decided(policy, action, facts)
    if decision != found.outcome.decision:
        yield f"{found} shows {decision}"
    if found.outcome.rules != tuple(sorted({rule for _, rule in reasons if rule})):
        yield f"{found} is decided by {reasons}"


def _decided(policy: Policy, action: Json, facts: Json) -> Seen:
    verdict = reference.decide(policy, action, facts)
    return verdict.decision, tuple(verdict.reasons)


def run(questions: int, seed: int, jobs: int, most: int = CASES, drafts: bool = False) -> Outcome:
    """The questions from `seed` on."""
    total = Outcome()
    with get_context("spawn").Pool(jobs) as pool:
        work = partial(check_draft if drafts else check_world, most=most)
        for outcome in pool.imap_unordered(work, range(seed, seed + questions), chunksize=20):
            total.seen += outcome.seen
            total.wrong += outcome.wrong
    return total


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.asking.law", description=__doc__)
    parser.add_argument("--questions", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--drafts", action="store_true", help="hostile policies instead of small worlds")
    options = parser.parse_args()
    total = run(options.questions, options.seed, options.jobs, drafts=options.drafts)
    print(
        f"seeds from {options.seed} on: " + ", ".join(f"{name} {number}" for name, number in sorted(total.seen.items()))
    )
    for complaint in total.wrong[:5]:
        print(complaint)
    return 1 if total.wrong else 0


if __name__ == "__main__":
    sys.exit(main())

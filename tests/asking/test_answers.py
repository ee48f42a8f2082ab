"""Answers as a product: what every engine confirms, what a limit leaves open, and what counts as a no."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from axtary.backends.native import NativeEngine
from axtary.backends.verdict import Verdict
from axtary.compiler import compile_policy
from axtary.compiler.analysis.asking import Found, Inquiry, region
from axtary.compiler.analysis.diff import Undecided
from axtary.compiler.analysis.space import Limits
from axtary.compiler.ir import Effect, Policy
from axtary.compiler.questions import QuestionTexts, compile_question
from axtary.runtime import engines, panel
from axtary.runtime.asking import Answer
from axtary.runtime.asking import ask as ask_policy

POLICY = """\
version: 1
policies:
  - {id: writes, effect: allow, match: {tool: "fs.*"}, when: payload.size < 5}
  - id: prod
    effect: step_up
    match: {tool: fs.write}
    when: any paths matches "infra/prod/"
    obligations: {approvers: [security, lead]}
  - {id: secrets, effect: deny, match: {tool: "fs.*"}, when: any paths matches ".env"}
"""
SMALL = ' when payload.size < 2 and all paths matches "infra/prod/**"'


def ask(sentence: str, text: str = POLICY, **options: Any) -> Answer:
    compiled = compile_policy("axtary.yml", text.encode())
    return ask_policy(compiled.policy, compile_question(compiled.vocabulary, QuestionTexts(sentence)), **options)


@pytest.mark.parametrize(
    ("sentence", "word"),
    [
        ("can anyone call fs.write" + SMALL, "yes"),
        ("can anyone call fs.write without approval" + SMALL, "no"),
        ("can anyone call fs.write without approval by security" + SMALL, "yes"),  # a lead is enough
        ("can anyone call fs.write without approval by security or lead" + SMALL, "no"),
        ("can anyone call fs.delete without approval" + SMALL, "yes"),
        ("can anyone call fs.write and be stepped up" + SMALL, "yes"),
        ("can anyone call fs.write and be denied" + SMALL, "yes"),  # infra/prod/.env
        ("can anyone call fs.write and be denied" + SMALL + ' and none paths matches ".env"', "no"),
        ('can anyone call fs.write and be denied when any paths matches ".env"', "yes"),
        ('can anyone call fs.write and be allowed or stepped up when any paths matches ".env"', "no"),
        ("can anyone call other", "no"),
        ("can anyone call other and be denied", "yes"),
        ("can anyone call fs.* when payload.size >= 5 and not has paths", "no"),
    ],
)
def test_the_answer(sentence: str, word: str) -> None:
    answer = ask(sentence)
    assert answer.word == word
    assert not answer.undecided and answer.fits


def test_a_witness_without_approval_has_none_in_its_facts() -> None:
    (witness,) = ask("can anyone call fs.* without approval").witnesses
    assert "approval" not in witness.facts
    (lead,) = ask("can anyone call fs.write without approval by security" + SMALL).witnesses
    assert [person["roles"] for person in lead.facts["approval"]["approvers"]] == [["lead"]]


def test_every_outcome_is_shown_once() -> None:
    answer = ask("can anyone call fs.* and be allowed or stepped up or denied", every=True)
    outcomes = [(each.verdict.decision, each.verdict.reasons) for each in answer.witnesses]
    assert len(outcomes) == len(set(outcomes))
    assert {(decision, tuple(rule for _, rule in reasons)) for decision, reasons in outcomes} == {
        ("allow", ("writes",)),
        ("allow", ("prod",)),
        ("allow", ("prod", "writes")),
        ("step_up", ("prod",)),
        ("deny", ("secrets",)),
        ("deny", ("",)),
    }


def test_a_question_that_nothing_fits_is_told() -> None:
    answer = ask("can anyone call fs.read when payload.size > 5 and payload.size < 5")
    assert (answer.word, answer.fits) == ("no", False)


# --- engines --------------------------------------------------------------------------------------------------------


class Denies(NativeEngine):
    """An engine that is wrong."""

    def decide(self, action: Mapping[str, Any], facts: Mapping[str, Any]) -> Verdict:
        return Verdict("deny", (), ())


@pytest.mark.parametrize("name", ["cedar", "rego"])
def test_engines_that_disagree_leave_the_question_open(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    real = engines.compile_engine

    def compile_engine(wanted: str, policy: Policy) -> Any:
        return Denies(policy) if wanted == name else real(wanted, policy)

    monkeypatch.setattr(panel, "compile_engine", compile_engine)
    answer = ask("can anyone call fs.read")
    assert (answer.word, answer.witnesses) == ("undecided", [])
    assert "the engines disagree" in answer.undecided[0].why


@pytest.mark.parametrize(
    ("wrong", "doubt"), [("outcome", "was to show step_up and shows allow"), ("fit", "shows deny")]
)
def test_an_action_that_shows_something_else_is_a_doubt(
    monkeypatch: pytest.MonkeyPatch, wrong: str, doubt: str
) -> None:
    def claims(outcome: Any) -> Found:
        size = 1 if wrong == "outcome" else 4
        decision = Effect.STEP_UP if wrong == "outcome" else outcome.decision
        action = {"version": 1, "tool": "fs.read", "paths": ["x"], "payload": {"size": size}}
        return Found(region.Outcome(decision, outcome.rules, action, {}), ("fs.read",))

    class Wrong(Inquiry):
        def answers(self, *args: Any) -> Any:
            yield from (claims(each.outcome) for each in super().answers(*args) if isinstance(each, Found))

    monkeypatch.setattr("axtary.runtime.asking.answer.Inquiry", Wrong)
    answer = ask("can anyone call fs.read when payload.size < 3")
    assert answer.word == "undecided"
    assert doubt in answer.undecided[0].why


# --- limits ---------------------------------------------------------------------------------------------------------


def found(sentence: str, limits: Limits, text: str = POLICY) -> list[Found | Undecided]:
    compiled = compile_policy("axtary.yml", text.encode())
    question = compile_question(compiled.vocabulary, QuestionTexts(sentence))
    return list(Inquiry(compiled.policy, question, limits).answers())


@pytest.mark.parametrize("limits", [Limits(states=1), Limits(classes=2), Limits(clauses=1)])
def test_what_exceeds_a_limit_is_never_a_no(limits: Limits) -> None:
    answers = found("can anyone call fs.write without approval" + SMALL, limits)
    assert answers and all(isinstance(each, Undecided) for each in answers)


def test_a_search_that_exceeds_its_limit_is_never_a_no() -> None:
    """No two booleans are such: to see it, one has to be tried."""
    both = " and ".join(f"(payload.a == {a} or payload.b == {b})" for a in ("true", "false") for b in ("true", "false"))
    text = f"version: 1\npolicies:\n  - {{id: it, effect: allow, match: {{tool: t}}, when: {both}}}\n"
    assert found("can anyone call t", Limits(), text) == []
    (answer,) = found("can anyone call t", Limits(conflicts=0), text)
    assert isinstance(answer, Undecided)


def test_more_outcomes_than_are_counted_are_open(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = "".join(
        f"  - {{id: r{n}, effect: allow, match: {{tool: t}}, when: payload.f{n} == true}}\n" for n in range(4)
    )
    text = f"version: 1\npolicies:\n{rules}"
    assert len(found("can anyone call t", Limits(), text)) == 15
    monkeypatch.setattr(region, "MOST", 15)
    assert len(found("can anyone call t", Limits(), text)) == 15
    monkeypatch.setattr(region, "MOST", 14)
    *shown, last = found("can anyone call t", Limits(), text)
    assert len(shown) == 14
    assert isinstance(last, Undecided) and "more than 14 outcomes" in last.why


def test_deny_rules_that_are_looked_at_together_leave_their_outcomes_open() -> None:
    """Patterns that float in one text are too many classes one by one, and few together."""
    rules = "".join(
        f'  - {{id: d{n}, effect: deny, match: {{tool: t}}, when: payload.s like "*{letter}{letter}*"}}\n'
        for n, letter in enumerate("abcdefg")
    )
    text = f"version: 1\npolicies:\n  - {{id: all, effect: allow, match: {{tool: t}}}}\n{rules}"
    limits = Limits(states=300)
    assert found('can anyone call t when payload.s like "*aa*"', limits, text) == []
    first, *_, last = found('can anyone call t and be denied when payload.s like "*aa*"', limits, text)
    assert isinstance(first, Found) and isinstance(last, Undecided)
    assert "deny rules were looked at together" in last.why
    assert not any(isinstance(each, Undecided) for each in found("can anyone call t and be denied", Limits(), text))

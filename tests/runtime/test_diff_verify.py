"""A witness that not every engine confirms is never shown as a change, and never lets a verdict pass."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from axtary.backends.native import NativeEngine
from axtary.backends.verdict import Verdict
from axtary.compiler import compile_text
from axtary.compiler.analysis.diff import Change, diff
from axtary.compiler.ir import Policy
from axtary.runtime import engines, panel
from axtary.runtime.diff import Side, compare, gate, verify

OLD = compile_text("version: 1\npolicies:\n  - {id: r, effect: allow, match: {tool: t}, when: payload.n <= 1}\n")
NEW = compile_text("version: 1\npolicies:\n  - {id: r, effect: allow, match: {tool: t}, when: payload.n <= 2}\n")


def test_a_change_that_all_engines_confirm_is_shown() -> None:
    report = compare(Side(OLD, "old"), Side(NEW, "new"))
    assert report.difference.verdict == "more permissive"
    assert not gate("no-new-access", report).passed
    assert gate("no-less-approval", report).passed


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
    report = compare(Side(OLD, "old"), Side(NEW, "new"))
    assert report.difference.verdict == "undecided"
    assert not report.difference.changes
    assert "the engines disagree" in report.difference.undecided[0].why
    assert not gate("no-less-approval", report).passed  # what is open does not pass


def test_a_claim_that_no_engine_confirms_is_a_doubt() -> None:
    (change,) = diff(OLD, NEW).changes
    wrong = Change(**{**{name: getattr(change, name) for name in change.__dataclass_fields__}, "old": "step_up"})
    answer = verify.Verifier(OLD, NEW, [wrong]).confirmed(wrong)
    assert isinstance(answer, str) and "was to show step_up and shows deny" in answer


def test_an_action_that_the_door_refuses_is_a_doubt() -> None:
    (change,) = diff(OLD, NEW).changes
    change.action["facts"] = {}
    answer = verify.Verifier(OLD, NEW, [change]).confirmed(change)
    assert isinstance(answer, str) and "would be refused" in answer

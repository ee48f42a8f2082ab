"""The laws of the exact lints, on small worlds with all of their actions and on hostile policies."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from tests.diff.worlds import world
from tests.generate import draft, policy_text
from tests.lint import laws

from axtary.compiler import compile_policy
from axtary.compiler.lint import exact
from axtary.compiler.lint.exact import alone, needed

WORLDS, HOSTILE = 80, 18
CODES = ("AX0720", "AX0721", "AX0722", "AX0723", "AX0724", "AX0727", "AX0728")


def test_what_is_claimed_is_so_and_what_is_so_is_claimed() -> None:
    outcome = laws.run(range(1, WORLDS + 1), 250)
    assert not outcome.wrong, outcome.wrong[0]
    assert not outcome.seen["undecided"]
    assert outcome.seen["whole"] > WORLDS
    assert {code: outcome.seen[code] for code in CODES if not outcome.seen[code]} == {}


def test_hostile_policies_get_no_wrong_claim() -> None:
    """Without the rules that are said to decide nothing the policy is equivalent, however odd it is."""
    outcome = laws.Outcome()
    for seed in range(HOSTILE):
        laws.Tried(policy_text(draft(seed)), [], False, outcome).check()
    assert not outcome.wrong, outcome.wrong[0]
    assert outcome.seen["policies"] == HOSTILE


def broken(monkeypatch: pytest.MonkeyPatch) -> bool:
    """Does some law fail on some world?"""
    outcome = laws.run(range(1, 20), 250)
    monkeypatch.undo()
    return bool(outcome.wrong)


def test_a_lint_that_claims_too_much_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alone.Alone, "is_same", lambda *_: True)
    assert broken(monkeypatch)
    monkeypatch.setattr(needed.Needed, "_ask", lambda *_: None)
    assert broken(monkeypatch)


def test_the_same_findings_in_any_order_of_the_rules() -> None:
    """What is claimed of one rule by itself does not depend on where it stands."""
    for seed in range(40):
        one = world(seed).old
        other = one | {"policies": one["policies"][::-1]}
        first, second = (_alone(tree) for tree in (one, other))
        assert first == second, one


def _alone(tree: Mapping[str, Any]) -> list[tuple[str, str]]:
    found = exact.check(compile_policy("axtary.yml", json.dumps(tree).encode())).compiled.warnings
    return sorted((w.code, w.message) for w in found if w.code in ("AX0720", "AX0721", "AX0725", "AX0726", "AX0727"))

"""The module alone, in any engine, with documents that no door has seen: odd ones are denied, none is an error."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from tests.backends.rego_engines import policy, rule
from tests.backends.rego_random import World

from axtary.backends import rego
from axtary.backends.rego.evaluators import EVALUATORS
from axtary.compiler.ir import Approvers, Effect, Field, Match, Pattern, Policy, Rule, Wildcard

ANY_TOOL = (Match(Field.TOOL, (Pattern((Wildcard.ANY,)),)),)
OPEN = Policy((Rule("open", Effect.ALLOW, ANY_TOOL),))
ODD: tuple[Any, ...] = (None, True, 0, "", "x", [], ["x"], {"x": 1}, [{}])
DENIED = {
    "decision": "deny",
    "fired": [],
    "reasons": [{"code": "default_deny", "rule": ""}],
    "obligations": {},
    "policy_version": OPEN.policy_version,
}
MALFORMED: tuple[Any, ...] = (
    *ODD,
    *({"action": odd} for odd in ODD if odd != {"x": 1}),
    {"facts": {}},
    {"action": {"tool": ""}},
    *({"action": {"tool": odd}} for odd in ODD if odd != "x"),
    *({"action": {"tool": "t", key: odd}} for key, odd in product(("resource",), ODD) if not isinstance(odd, str)),
    *(
        {"action": {"tool": "t", key: odd}}
        for key, odd in product(("actor", "intent", "payload", "context"), ODD)
        if not isinstance(odd, dict)
    ),
    *({"action": {"tool": "t", "actor": {"agent": odd}}} for odd in ODD if not isinstance(odd, str)),
    *({"action": {"tool": "t", "intent": {"task": odd}}} for odd in ODD if not isinstance(odd, str)),
)


@pytest.mark.parametrize("name", rego.available())
def test_a_malformed_document_is_denied(name: str) -> None:
    evaluator = EVALUATORS[name](rego.module_text(OPEN))
    for document in MALFORMED:
        assert evaluator.evaluate(document) == DENIED, document


@pytest.mark.parametrize("name", rego.available())
def test_facts_may_be_missing_or_odd(name: str) -> None:
    evaluator = EVALUATORS[name](rego.module_text(OPEN))
    asked = {"action": {"tool": "t"}}
    for document in [asked, *(asked | {"facts": odd} for odd in ODD)]:
        assert evaluator.evaluate(document)["decision"] == "allow", document


@pytest.mark.parametrize("name", rego.available())
def test_no_document_makes_a_module_fail(name: str) -> None:
    """Builtins that are strict about types and values are never reached with others."""
    for seed in range(20):
        world = World(1000 + seed)
        evaluator = EVALUATORS[name](rego.module_text(world.policy()))
        for _ in range(15):
            action = {key: world.json() for key in ("payload", "paths", "time", "resource", "actor", "intent")}
            facts = {"usage": world.json(), "approval": world.pick([world.json(), {"approvers": world.json()}])}
            answer = evaluator.evaluate({"action": {"tool": world.pick(["fs.read", 1])} | action, "facts": facts})
            assert answer.keys() == DENIED.keys()


@pytest.mark.parametrize("name", rego.available())
def test_an_empty_policy_denies(name: str) -> None:
    verdict = rego.compile(Policy(()), name).decide({"tool": "t"}, {})
    assert (verdict.decision, verdict.fired, verdict.reasons) == ("deny", (), (("default_deny", ""),))


@pytest.mark.parametrize("effect", list(Effect))
def test_a_policy_of_one_effect_loads(effect: Effect) -> None:
    approvers = Approvers() if effect is Effect.STEP_UP else None
    only = policy(rule("only", effect, approvers=approvers))
    for name in rego.available():
        assert rego.compile(only, name).decide({"tool": "t.do"}, {}).fired == ("only",)

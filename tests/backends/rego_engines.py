"""Ask every Rego engine that is installed, and let them agree with the reference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests import reference

from axtary.backends import rego
from axtary.backends.verdict import Verdict
from axtary.compiler.ir import Effect, Field, Match, Pattern, Policy, Rule

TOOL = "t.do"


def rule(rule_id: str = "r", effect: Effect = Effect.ALLOW, **parts: Any) -> Rule:
    """A rule for one tool."""
    scope = (Match(Field.TOOL, (Pattern((TOOL,)),)), *parts.pop("match", ()))
    return Rule(rule_id, effect, scope, **parts)


def policy(*rules: Rule) -> Policy:
    """The rules as a policy."""
    return Policy(tuple(sorted(rules, key=lambda rule: rule.id)))


def action(**parts: Any) -> dict[str, Any]:
    """An action of that tool."""
    return {"tool": TOOL} | parts


def agree(policy: Policy, documents: Sequence[tuple[dict[str, Any], dict[str, Any]]]) -> list[Verdict]:
    """Every engine gives the reference's verdict for each (action, facts); these verdicts."""
    wanted = [reference.decide(policy, *document) for document in documents]
    for name in rego.available():
        engine = rego.compile(policy, name)
        for document, verdict in zip(documents, wanted, strict=True):
            assert engine.decide(*document) == verdict, (engine.version, document)
    return wanted

"""What would the policy decide, and why: one action on one engine or on all, as a JSON-ready result.

Engines that do not agree, or that fail, are a deny whose reason says so: nobody acts on a decision that is in doubt.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from axtary.backends import native
from axtary.backends.verdict import Engine, EngineError, Verdict
from axtary.compiler.ir import Match, Policy, Span
from axtary.compiler.text import condition_text, match_text
from axtary.runtime.engines import compile_engine
from axtary.runtime.messages import message

DISAGREE = "engines_disagree"
FAILED = "engine_failed"


@dataclass(frozen=True)
class Simulation:
    """A policy on the engines that were asked for; explanations always come from the native one."""

    policy: Policy
    engines: tuple[Engine, ...]
    explainer: native.NativeEngine

    def run(self, action: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[str, Any]:
        """The result of one action, in the shape of `simulate --json`."""
        verdicts: dict[str, Verdict] = {}
        failures: dict[str, str] = {}
        for engine in self.engines:
            try:
                verdicts[engine.name] = engine.decide(action, facts)
            except EngineError as error:
                failures[engine.name] = str(error)
        verdict, doubts = _agreed(verdicts, failures)
        rules = self.policy.by_id
        return {
            "decision": verdict.decision,
            "policy_version": self.policy.policy_version,
            "fired": [{"rule": r, "effect": rules[r].effect.value} | _place(rules[r].span) for r in verdict.fired],
            "reasons": doubts
            or [
                {"code": code.value, "rule": rule, "message": message((code, rule), self.policy)}
                for code, rule in verdict.reasons
            ],
            "obligations": dict(verdict.obligations),
            "stopped": self._stopped(action, facts),
            "engines": {e.name: verdicts[e.name].decision if e.name in verdicts else "error" for e in self.engines},
            "engine_versions": {engine.name: engine.version for engine in self.engines},
        }

    def _stopped(self, action: Mapping[str, Any], facts: Mapping[str, Any]) -> list[dict[str, Any]]:
        found = []
        for stop in self.explainer.explain(action, facts):
            text = f"match.{match_text(stop.node)}" if isinstance(stop.node, Match) else condition_text(stop.node)
            seen = [
                {"attribute": s.path, "present": s.present} | ({"value": s.value} if s.present else {})
                for s in stop.seen
            ]
            rule = self.policy.by_id[stop.rule]
            place = _place(stop.node.span if stop.node.span.line else rule.span)
            found.append({"rule": stop.rule, "effect": rule.effect.value} | place | {"condition": text, "seen": seen})
        return found


def prepare(policy: Policy, names: Sequence[str]) -> Simulation:
    """Compile the policy for the engines named. Raises EngineError (EngineMissing says what to install)."""
    explainer = native.compile(policy)
    engines = tuple(explainer if name == "native" else compile_engine(name, policy) for name in names)
    return Simulation(policy, engines, explainer)


def _agreed(verdicts: dict[str, Verdict], failures: dict[str, str]) -> tuple[Verdict, list[dict[str, Any]]]:
    """The verdict that all gave; else a deny, with what is in doubt."""
    doubts = [{"code": FAILED, "rule": "", "message": f"{name}: {text}"} for name, text in failures.items()]
    first, *others = verdicts.values() or [Verdict("deny", (), ())]
    if any(verdict != first for verdict in others):
        said = ", ".join(f"{name} says {verdict.decision}" for name, verdict in verdicts.items())
        text = f"{said}: a bug in axtary, please report it with this action"
        doubts.append({"code": DISAGREE, "rule": "", "message": text})
    if doubts:
        return Verdict("deny", (), ()), doubts
    return first, []


def _place(span: Span) -> dict[str, Any]:
    return {"file": span.file, "line": span.line}

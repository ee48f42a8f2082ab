"""What would the policy decide, and why: one action on one engine or on all, as a JSON-ready result.

Engines that do not agree, or that fail, are a deny whose reason says so: nobody acts on a decision that is in doubt.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from axtary.backends import native
from axtary.backends.verdict import Engine, EngineError, Verdict
from axtary.compiler.ir import Match, Policy, Span
from axtary.compiler.text import condition_text, match_text
from axtary.runtime.engines import compile_engine
from axtary.runtime.messages import message

if TYPE_CHECKING:
    from axtary.runtime.nearmiss import Explainer

DISAGREE = "engines_disagree"
FAILED = "engine_failed"


@dataclass(frozen=True)
class Simulation:
    """A policy on the engines that were asked for; explanations always come from the native one."""

    policy: Policy
    engines: tuple[Engine, ...]
    explainer: native.NativeEngine
    file: Callable[[str], str] = str  # how files of the policy are named in results

    def run(self, action: Mapping[str, Any], facts: Mapping[str, Any], trace: bool = False) -> dict[str, Any]:
        """The result of one action, in the shape of `simulate --json`; `trace` adds the whole evaluation."""
        verdicts: dict[str, Verdict] = {}
        failures: dict[str, str] = {}
        for engine in self.engines:
            try:
                verdicts[engine.name] = engine.decide(action, facts)
            except EngineError as error:
                failures[engine.name] = str(error)
        verdict, doubts = _agreed(verdicts, failures)
        result = {
            "decision": verdict.decision,
            "policy_version": self.policy.policy_version,
            "fired": [self._rule(rule) for rule in verdict.fired],
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
        if verdict.decision == "allow" or doubts:
            result |= {"near_miss": [], "near_miss_note": ""}
        else:
            result |= self._near_misses.explain(action, facts)
        return result | (self._trace(action, facts) if trace else {})

    @cached_property
    def _near_misses(self) -> Explainer:
        from axtary.runtime.nearmiss import Explainer  # only what is not allowed needs the analyses

        return Explainer(self.policy, self.explainer, self._place)

    def _trace(self, action: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[str, Any]:
        from axtary.runtime.trace import trace

        return {"trace": trace(self.policy, action, facts, self._place)}

    def _rule(self, rule_id: str) -> dict[str, Any]:
        rule = self.policy.by_id[rule_id]
        return {"rule": rule_id, "effect": rule.effect.value} | self._place(rule.span)

    def _stopped(self, action: Mapping[str, Any], facts: Mapping[str, Any]) -> list[dict[str, Any]]:
        found = []
        for stop in self.explainer.explain(action, facts):
            text = f"match.{match_text(stop.node)}" if isinstance(stop.node, Match) else condition_text(stop.node)
            seen = [
                {"attribute": s.path, "present": s.present} | ({"value": s.value} if s.present else {})
                for s in stop.seen
            ]
            place = self._place(stop.node.span) if stop.node.span.line else {}
            found.append(self._rule(stop.rule) | place | {"condition": text, "seen": seen})
        return found

    def _place(self, span: Span) -> dict[str, Any]:
        return {"file": self.file(span.file), "line": span.line}


def prepare(policy: Policy, names: Sequence[str], file: Callable[[str], str] = str) -> Simulation:
    """Compile the policy for the engines named. Raises EngineError (EngineMissing says what to install)."""
    explainer = native.compile(policy)
    engines = tuple(explainer if name == "native" else compile_engine(name, policy) for name in names)
    return Simulation(policy, engines, explainer, file)


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

"""The engine: a module made ready in one of the Rego implementations that are installed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from axtary.backends.rego.evaluators import EVALUATORS, Evaluator
from axtary.backends.rego.text import module_text
from axtary.backends.verdict import EngineError, EngineMissing, Verdict
from axtary.compiler.clauses import Reason
from axtary.compiler.ir import Policy

_INSTALL = "no Rego engine is installed: `pip install 'axtary[rego]'`, or put the `opa` executable on PATH"
_MEMBERS = {"decision", "fired", "reasons", "obligations", "policy_version"}


class RegoEngine:
    """A policy as Rego text, and the implementation that evaluates it."""

    def __init__(self, policy: Policy, evaluator: type[Evaluator]) -> None:
        self._policy_version = policy.policy_version
        self._evaluator = evaluator(module_text(policy))

    @property
    def name(self) -> str:
        """`rego`."""
        return "rego"

    @property
    def version(self) -> str:
        """What answers, with its version: `opa 1.20.2 (opa-golib-python-bindings 0.4.4)`."""
        return self._evaluator.version

    def decide(self, action: Mapping[str, Any], facts: Mapping[str, Any]) -> Verdict:
        """Decide one action: exactly what the module answers. Raises EngineError."""
        return self._verdict(self._evaluator.evaluate({"action": action, "facts": facts}))

    def _verdict(self, answer: Any) -> Verdict:
        if not isinstance(answer, dict) or answer.keys() != _MEMBERS:
            raise EngineError(f"{self.version} gave no decision")
        if answer["policy_version"] != self._policy_version:
            raise EngineError(f"{self.version} decided by another policy: {answer['policy_version']}")
        if answer["decision"] not in ("allow", "deny", "step_up"):
            raise EngineError(f"{self.version} gave an unknown decision: {answer['decision']}")
        try:
            reasons = tuple((Reason(reason["code"]), reason["rule"]) for reason in answer["reasons"])
            return Verdict(answer["decision"], tuple(answer["fired"]), reasons, answer["obligations"])
        except (KeyError, TypeError, ValueError) as error:
            raise EngineError(f"{self.version} gave odd reasons: {error}") from error


def available() -> list[str]:
    """The names that `compile` takes as `engine` on this machine, the preferred one first."""
    return [name for name, evaluator in EVALUATORS.items() if evaluator.installed()]


def compile(policy: Policy, engine: str | None = None) -> RegoEngine:
    """Make a policy ready: in `engine`, or in the preferred one of those that are installed.

    Raises EngineMissing if there is none, EngineError if the engine refuses the module.
    """
    names = available()
    if engine is not None and engine not in EVALUATORS:
        raise EngineMissing(f"no Rego engine is called `{engine}`; there are {', '.join(EVALUATORS)}")
    if engine is not None and engine not in names:
        raise EngineMissing(f"the Rego engine `{engine}` is not installed; {EVALUATORS[engine].install}")
    if not names:
        raise EngineMissing(_INSTALL)
    return RegoEngine(policy, EVALUATORS[engine or names[0]])

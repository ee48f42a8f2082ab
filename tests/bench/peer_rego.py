"""The rules in Rego: by hand for Open Policy Agent and regorus, and as axtary exports them."""

from __future__ import annotations

import json
from typing import Any

from tests.bench.policies import policy
from tests.bench.workloads import Action, Spec, Test

from axtary.backends.rego.evaluators import OpaLibrary, Regorus
from axtary.backends.rego.text import module_text


def rego(specs: list[Spec]) -> str:
    """A module as one writes it by hand: equality first, so that OPA's rule index finds the few rules that matter."""
    rules = ["package axtary", "default decision := false", "decision if {\n\tgranted\n\tnot denied\n}"]
    for spec in specs:
        head = "denied" if spec.effect == "deny" else "granted"
        lines = [
            *_rego_text("input.tool", spec.tool),
            *_rego_text("input.resource", spec.resource),
            *_rego_text("input.actor.agent", spec.actor),
            *(_rego_test(test) for test in spec.tests),
        ]
        body = "\n\t".join(sorted(lines, key=lambda line: " == " not in line))
        rules.append(f"{head} if {{\n\t{body or 'true'}\n}}")
    return "\n\n".join(rules) + "\n"


def _rego_text(what: str, text: str) -> list[str]:
    if text == "*":
        return []
    if text.endswith("*"):
        return [f"startswith({what}, {json.dumps(text[:-1])})"]
    return [f"endswith({what}, {json.dumps(text[1:])})" if text[0] == "*" else f"{what} == {json.dumps(text)}"]


def _rego_test(test: Test) -> str:
    what, value = f"input.payload.{test.name}", json.dumps(test.value)
    return {
        "eq": f"{what} == {value}",
        "is": f"{what} == {value}",
        "in": f"{what} in {{{value[1:-1]}}}",
        "le": f"{what} <= {value}",
        "ge": f"{what} >= {value}",
        "has": f"{value} in {what}",
        "below": f"some path in input.paths\n\tstartswith(path, {json.dumps(f'{test.value}/')})",
    }[test.kind]


class Opa:
    def __init__(self, specs: list[Spec]) -> None:
        from opa_bindings import OpaEngine

        self._engine = OpaEngine()
        self._engine.add_policy("bench.rego", rego(specs))

    def prepare(self, action: Action) -> Any:
        return action

    def decide(self, prepared: Any) -> Any:
        return self._engine.eval_document("axtary.decision", prepared)

    def permits(self, answer: Any) -> bool:
        return bool(answer)


class OpaExport:
    def __init__(self, specs: list[Spec]) -> None:
        self._engine = OpaLibrary(module_text(policy(specs)))

    def prepare(self, action: Action) -> Any:
        return {"action": action, "facts": {}}

    def decide(self, prepared: Any) -> Any:
        return self._engine.evaluate(prepared)

    def permits(self, answer: Any) -> bool:
        return bool(answer["decision"] != "deny")


class RegorusEngine:
    def __init__(self, specs: list[Spec]) -> None:
        self._engine = Regorus(rego(specs))

    def prepare(self, action: Action) -> Any:
        return action

    def decide(self, prepared: Any) -> Any:
        return self._engine.evaluate(prepared)

    def permits(self, answer: Any) -> bool:
        return bool(answer)

"""The rules in Cedar, as one writes them by hand, in cedarpy."""

from __future__ import annotations

import json
from typing import Any

from tests.bench.workloads import Action, Spec, Test

HUNDREDTHS = 100  # Cedar has no fractions but `decimal`; whole hundredths are faster, and enough here


class Cedar:
    """One policy for each rule, in a set that is parsed once. Folders stand in the context, as Cedar has no loop."""

    def __init__(self, specs: list[Spec]) -> None:
        import cedarpy

        self._cedarpy = cedarpy
        self._policies = cedarpy.PolicySet.from_str("\n".join(map(_cedar, specs)))
        self._entities = cedarpy.Entities.from_json_str("[]")

    def prepare(self, action: Action) -> Any:
        payload = {
            name: round(value * HUNDREDTHS) if type(value) in (int, float) else value
            for name, value in action["payload"].items()
            if name != "body"
        }
        parts = [path.split("/") for path in action["paths"]]
        folders = sorted({"/".join(part[:depth]) for part in parts for depth in range(1, len(part))})
        agent = action["actor"]["agent"]
        return {
            "principal": {"type": "Agent", "id": agent},
            "action": {"type": "Action", "id": action["tool"]},
            "resource": {"type": "Resource", "id": action["resource"]},
            "context": payload
            | {"folders": folders, "tool": action["tool"], "resource": action["resource"], "agent": agent},
        }

    def decide(self, prepared: Any) -> Any:
        return self._cedarpy.is_authorized(prepared, self._policies, self._entities)

    def permits(self, answer: Any) -> bool:
        assert not answer.diagnostics.errors
        return bool(answer.decision is self._cedarpy.Decision.Allow)


def _cedar(spec: Spec) -> str:
    exact = "*" not in spec.tool
    scope = f"principal, action{f' == Action::{json.dumps(spec.tool)}' if exact else ''}, resource"
    tests = [] if exact else [_cedar_text("context.tool", spec.tool)]
    tests += [_cedar_text("context.resource", spec.resource)] if spec.resource != "*" else []
    tests += [_cedar_text("context.agent", spec.actor)] if spec.actor != "*" else []
    tests += map(_cedar_test, spec.tests)
    when = f" when {{ {' && '.join(tests)} }}" if tests else ""
    return f"@id({json.dumps(spec.id)}) {'forbid' if spec.effect == 'deny' else 'permit'} ({scope}){when};"


def _cedar_text(what: str, text: str) -> str:
    return f"{what} {'like' if '*' in text else '=='} {json.dumps(text)}"


def _cedar_test(test: Test) -> str:
    what = f"context.{test.name}"
    match test.kind:
        case "in":
            return f"[{json.dumps(test.value)[1:-1]}].contains({what})"
        case "le" | "ge":
            return f"{what} {'<=' if test.kind == 'le' else '>='} {round(test.value * HUNDREDTHS)}"
        case "has":
            return f"{what}.contains({json.dumps(test.value)})"
        case "below":
            return f"context.folders.contains({json.dumps(test.value)})"
    return f"{what} == {json.dumps(test.value)}"

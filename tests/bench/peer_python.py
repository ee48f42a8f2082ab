"""The rules in policy engines written in Python: vakt and pycasbin."""

from __future__ import annotations

import json
import logging
from typing import Any

from tests.bench.workloads import Action, Spec, Test


class Vakt:
    def __init__(self, specs: list[Spec]) -> None:
        import vakt

        logging.getLogger("vakt").setLevel(logging.CRITICAL)
        self._inquiry = vakt.Inquiry
        storage = vakt.MemoryStorage()
        for spec in specs:
            storage.add(_vakt(spec))
        self._guard = vakt.Guard(storage, vakt.RulesChecker())

    def prepare(self, action: Action) -> Any:
        context = action["payload"] | {"paths": action["paths"]}
        return self._inquiry(action["resource"], action["tool"], action["actor"]["agent"], context)

    def decide(self, prepared: Any) -> Any:
        return self._guard.is_allowed(prepared)

    def permits(self, answer: Any) -> bool:
        return bool(answer)


def _vakt(spec: Spec) -> Any:
    import vakt

    context: dict[str, Any] = {}
    for test in spec.tests:
        asked = _vakt_test(test)
        context[test.name] = vakt.rules.And(context[test.name], asked) if test.name in context else asked
    return vakt.Policy(
        spec.id,
        actions=[_vakt_text(spec.tool)],
        resources=[_vakt_text(spec.resource)],
        subjects=[_vakt_text(spec.actor)],
        effect=vakt.DENY_ACCESS if spec.effect == "deny" else vakt.ALLOW_ACCESS,
        context=context,
    )


def _vakt_text(text: str) -> Any:
    from vakt import rules

    if text == "*":
        return rules.Any()
    if text.endswith("*"):
        return rules.StartsWith(text[:-1])
    return rules.EndsWith(text[1:]) if text[0] == "*" else rules.Eq(text)


def _vakt_test(test: Test) -> Any:
    from vakt import rules

    match test.kind:
        case "eq" | "is":
            return rules.Eq(test.value)
        case "in":
            return rules.In(*test.value)
        case "has":
            return rules.AnyIn(test.value)
        case "below":
            return _below(f"{test.value}/")
    return rules.LessOrEqual(test.value) if test.kind == "le" else rules.GreaterOrEqual(test.value)


def _below(folder: str) -> Any:
    from vakt.rules.base import Rule

    class Below(Rule):  # type: ignore[misc]  # vakt has no types
        def satisfied(self, what: Any, inquiry: Any = None) -> bool:
            return any(path.startswith(folder) for path in what)

    return Below()


_MODEL = """
[request_definition]
r = tool, resource, agent, x
[policy_definition]
p = tool, resource, agent, test, eft
[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
[matchers]
m = text(r.tool, p.tool) && text(r.resource, p.resource) && text(r.agent, p.agent) && eval(p.test)
"""


class Casbin:
    """Attributes in a condition of each rule, which casbin evaluates as an expression."""

    def __init__(self, specs: list[Spec]) -> None:
        import casbin

        logging.getLogger("casbin").setLevel(logging.CRITICAL)
        model = casbin.Model()
        model.load_model_from_text(_MODEL)
        self._enforcer = casbin.Enforcer(model)
        self._enforcer.add_function("text", _matches)
        self._enforcer.add_function("below", _is_below)
        self._enforcer.add_policies([_casbin(spec) for spec in specs])

    def prepare(self, action: Action) -> Any:
        return action["tool"], action["resource"], action["actor"]["agent"], _Attributes(action)

    def decide(self, prepared: Any) -> Any:
        return self._enforcer.enforce(*prepared)

    def permits(self, answer: Any) -> bool:
        return bool(answer)


class _Attributes:
    def __init__(self, action: Action) -> None:
        self.__dict__.update(action["payload"], paths=action["paths"])


def _matches(text: str, pattern: str) -> bool:
    if pattern.endswith("*"):
        return text.startswith(pattern[:-1])
    return text.endswith(pattern[1:]) if pattern[:1] == "*" else text == pattern


def _is_below(paths: list[str], folder: str) -> bool:
    return any(path.startswith(folder) for path in paths)


def _casbin(spec: Spec) -> list[str]:
    test = " && ".join(map(_casbin_test, spec.tests)) or "True"
    return [spec.tool, spec.resource, spec.actor, test, "deny" if spec.effect == "deny" else "allow"]


def _casbin_test(test: Test) -> str:
    what, value = f"r.x.{test.name}", json.dumps(test.value)
    return {
        "eq": f"{what} == {value}",
        "is": f"{what} == {test.value}",
        "in": f"{what} in ({value[1:-1]})",
        "le": f"{what} <= {value}",
        "ge": f"{what} >= {value}",
        "has": f"{value} in {what}",
        "below": f'below({what}, "{test.value}/")',
    }[test.kind]

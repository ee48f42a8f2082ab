"""The rules of a workload as a policy of axtary (IR: reading the YAML of 100,000 rules is not the engine's work)."""

from __future__ import annotations

from functools import cache

from tests.bench.workloads import Spec, Test

from axtary.compiler.ir import (
    SCALE,
    And,
    Approvers,
    Atom,
    Attribute,
    Compare,
    Effect,
    Field,
    Match,
    Number,
    OneOf,
    Pattern,
    Policy,
    Quantified,
    Rule,
    Type,
    Wildcard,
)


def policy(specs: list[Spec]) -> Policy:
    """The policy, with step_up rules that any one approver may approve."""
    return Policy(tuple(_rule(spec) for spec in specs))


def _rule(spec: Spec) -> Rule:
    fields = {Field.TOOL: spec.tool, Field.RESOURCE: spec.resource, Field.ACTOR: spec.actor}
    match = [Match(field, (_pattern(text),)) for field, text in fields.items() if text != "*"]
    conditions = tuple(map(_condition, spec.tests))
    when = None if not conditions else conditions[0] if len(conditions) == 1 else And(conditions)
    effect = Effect(spec.effect)
    return Rule(spec.id, effect, tuple(match), when, approvers=Approvers() if effect is Effect.STEP_UP else None)


@cache
def _pattern(text: str) -> Pattern:
    if text.endswith("*"):
        return Pattern((text[:-1], Wildcard.ANY), text=text)
    return Pattern((Wildcard.ANY, text[1:]), text=text) if text.startswith("*") else Pattern((text,), text=text)


@cache
def _condition(test: Test) -> Atom:
    match test.kind:
        case "eq":
            return OneOf(_read(test.name, Type.STRING), (test.value,))
        case "in":
            return OneOf(_read(test.name, Type.STRING), test.value)
        case "is":
            return OneOf(_read(test.name, Type.BOOLEAN), (test.value,))
        case "has":
            return Quantified(_read(test.name, Type.STRINGS), "any", values=(test.value,))
        case "below":
            below = Pattern((f"{test.value}/", Wildcard.ANY), inside=True, text=f"{test.value}/**")
            return Quantified(Attribute("paths", (), Type.PATHS), "any", patterns=(below,))
    number = Number(round(test.value * SCALE))
    return Compare(_read(test.name, Type.NUMBER), "<=" if test.kind == "le" else ">=", number)


@cache
def _read(name: str, kind: Type) -> Attribute:
    return Attribute("payload", (name,), kind)

"""How each rule reaches each target: as it stands, with parts that a service has to work out, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from axtary.backends import cedar, rego
from axtary.backends.verdict import EngineError
from axtary.compiler.ir import Policy, Rule

Json = Any
TARGETS = ("native", "cedar", "rego")


@dataclass(frozen=True)
class Ported:
    """One rule on one target.

    how: `native` (the target itself says it), `hoisted` (some tests are named booleans that a service computes) or
    `refused`. hoisted: `{"name", "meaning", "source"}` of each such test. why: of a refusal.
    """

    rule: str
    target: str
    how: str
    hoisted: tuple[Mapping[str, str], ...] = ()
    why: str = ""

    def to_json(self) -> dict[str, Json]:
        """`hoisted` and `why` only where there are some."""
        found: dict[str, Json] = {"how": self.how}
        found |= {"hoisted": list(map(dict, self.hoisted))} if self.hoisted else {}
        return found | ({"why": self.why} if self.why else {})


def portability(policy: Policy) -> dict[str, dict[str, Ported]]:
    """Rule id -> target -> how it gets there, rules in their order."""
    parts = {"native": _parts(policy, _nothing), "cedar": _parts(policy, cedar.hoisted), "rego": _parts(policy, _said)}
    return {rule.id: {name: _ported(rule, name, parts[name][rule.id]) for name in TARGETS} for rule in policy.rules}


Part = Sequence[Mapping[str, str]] | str  # what is hoisted, or why the rule is refused
Lower = Callable[[Policy], list[dict[str, str]]]


def _nothing(_policy: Policy) -> list[dict[str, str]]:
    return []


def _said(policy: Policy) -> list[dict[str, str]]:
    rego.module_text(policy)
    return []


def _ported(rule: Rule, target: str, part: Part) -> Ported:
    if isinstance(part, str):
        return Ported(rule.id, target, "refused", why=part)
    return Ported(rule.id, target, "hoisted" if part else "native", tuple(part))


def _parts(policy: Policy, lower: Lower) -> dict[str, Part]:
    """By rule. The whole policy at once; only where that is refused rule by rule, to see which."""
    try:
        return _by_rule(policy, lower(policy))
    except EngineError:
        return {rule.id: _alone(policy, rule, lower) for rule in policy.rules}


def _alone(policy: Policy, rule: Rule, lower: Lower) -> Part:
    try:
        return lower(replace(policy, rules=(rule,)))
    except EngineError as error:
        return str(error)


def _by_rule(policy: Policy, items: list[dict[str, str]]) -> dict[str, Part]:
    found: dict[str, list[dict[str, str]]] = {rule.id: [] for rule in policy.rules}
    for item in items:
        found[item["rule"]].append({key: item[key] for key in ("name", "meaning", "source")})
    return {**found}

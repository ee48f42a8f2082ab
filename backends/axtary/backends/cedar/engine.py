"""The Cedar engine: policies and witnesses in cedarpy, and the verdict read from Cedar's own answers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib import metadata
from pathlib import PurePosixPath
from typing import Any

from axtary.backends.cedar import est
from axtary.backends.cedar.local_time import zone_data_version, zone_info
from axtary.backends.cedar.lower import Clause, Kind, Lowering, lower, scope
from axtary.backends.cedar.request import request
from axtary.backends.cedar.values import text
from axtary.backends.verdict import Because, EngineError, EngineMissing, Verdict
from axtary.compiler.clauses import Reason, merged_obligations
from axtary.compiler.ir import Effect, Field, Hours, Policy

_SLICES = 256  # kept at a time; a slice is made again when it is needed again


class CedarEngine:
    """A policy in Cedar. Immutable; safe to share between threads.

    Cedar tries every policy of a set on every request, so each tool that the policy names gets a set of its own:
    the rules that can match it. All other tools share one.
    """

    name = "cedar"

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._lowering = lower(policy)
        self._scopes = [(rule, frozenset(scope(rule))) for rule in policy.rules]
        self._slice = lru_cache(_SLICES)(self._make_slice)
        self._slice(None)
        _load_zones(self._lowering)

    @property
    def version(self) -> str:
        """Cedar's own version, as cedarpy's bill of materials states it, and cedarpy's."""
        return cedar_version()

    @property
    def tzdata(self) -> str:
        """The version of the zone data that takes part in decisions; "" if none does."""
        return zone_data_version() if self._lowering.reads_local_time else ""

    def decide(self, action: Mapping[str, Any], facts: Mapping[str, Any]) -> Verdict:
        """Decide one action. Raises EngineError if Cedar fails or its answers do not go together."""
        tool = text(action, Field.TOOL.path)
        part = self._slice(tool if tool in self._lowering.tools else None)
        asked = request(part.lowering, action, facts)
        allowed, determining = part.policies.ask(asked)
        _, witnesses = part.witnesses.ask(asked)
        fired = _rules(witnesses, "fires")
        grants = {rule_id for rule_id in fired if self._policy.by_id[rule_id].effect is Effect.ALLOW}
        return self._verdict(allowed, determining, fired, grants | _rules(witnesses, "definite"))

    def _make_slice(self, tool: str | None) -> _Slice:
        """The rules that can match the tool; None is any tool that no scope names."""
        rules = tuple(rule for rule, tools in self._scopes if not tools or tool in tools)
        return _Slice(lower(Policy(rules)))

    def _verdict(self, allowed: bool, determining: list[Clause], fired: set[str], definite: set[str]) -> Verdict:
        _check(self._policy, allowed, determining, fired, definite)
        ids = tuple(sorted(fired))
        obligations = merged_obligations(self._policy.by_id[rule_id] for rule_id in ids)
        if allowed:
            return Verdict("allow", ids, _reasons(determining, "grant"), obligations)
        restrictions, holds = _reasons(determining, "restriction"), _reasons(determining, "hold")
        if restrictions:
            return Verdict("deny", ids, restrictions, obligations)
        if not definite:
            return Verdict("deny", ids, ((Reason.DEFAULT_DENY, ""),), obligations)
        return Verdict("step_up", ids, holds, obligations)


class _Slice:
    """Some rules, ready for Cedar."""

    def __init__(self, lowering: Lowering) -> None:
        self.lowering = lowering
        self.policies = _CedarSet(lowering.clauses)
        self.witnesses = _CedarSet(lowering.witnesses)


def _rules(clauses: Iterable[Clause], kind: Kind) -> set[str]:
    return {clause.rule for clause in clauses if clause.kind == kind}


def _reasons(clauses: Iterable[Clause], kind: Kind) -> tuple[Because, ...]:
    found = {(clause.reason, clause.rule) for clause in clauses if clause.kind == kind and clause.reason}
    return tuple(sorted(found))


def _check(policy: Policy, allowed: bool, determining: list[Clause], fired: set[str], definite: set[str]) -> None:
    """What must hold between the policies' answer and the witnesses', whatever the action."""
    granted = _rules(determining, "grant")
    denying = {rule_id for rule_id in fired if policy.by_id[rule_id].effect is Effect.DENY}
    denied = {clause.rule for clause in determining if clause.reason is Reason.RULE_DENIES}
    consistent = (
        {clause.rule for clause in determining} | definite <= fired,
        denied == denying,
        granted == (definite if allowed else set()),
        # Allow has grants only, Deny never has one; no policy at all means that nothing is definite.
        all((clause.kind == "grant") == allowed for clause in determining),
        bool(determining) or not (allowed or definite),
    )
    if not all(consistent):
        raise EngineError(
            f"cedar contradicts itself: allowed={allowed}, determining="
            f"{sorted(clause.statement.id for clause in determining)}, fired={sorted(fired)}, "
            f"definite={sorted(definite)}"
        )


class _CedarSet:
    """A parsed policy set and what each of its policy ids stands for."""

    def __init__(self, clauses: tuple[Clause, ...]) -> None:
        self._cedarpy = _cedarpy()
        self._clauses = {clause.statement.id: clause for clause in clauses}
        source = est.program(clause.statement for clause in clauses)
        try:
            self._set = self._cedarpy.PolicySet.from_json_str(source)
            self._entities = self._cedarpy.Entities.from_json_str("[]")
        except ValueError as error:
            raise EngineError(f"cedar refuses the policies: {error}") from error

    def ask(self, asked: Mapping[str, Any]) -> tuple[bool, list[Clause]]:
        """Whether Cedar allows, and the policies that made it so."""
        try:
            answer = self._cedarpy.is_authorized(dict(asked), self._set, self._entities)
        except (TypeError, ValueError) as error:
            raise EngineError(f"cedar refuses the request: {error}") from error
        # A policy with an error is skipped, be it a forbid: such an answer is none.
        if answer.diagnostics.errors or answer.decision is self._cedarpy.Decision.NoDecision:
            raise EngineError(f"cedar could not decide: {'; '.join(answer.diagnostics.errors)}")
        clauses = [self._clauses.get(policy_id) for policy_id in answer.diagnostics.reasons]
        known = [clause for clause in clauses if clause is not None]
        if len(known) != len(clauses):
            raise EngineError("cedar names a policy that it was not given")
        return answer.decision is self._cedarpy.Decision.Allow, known


def _load_zones(lowering: Lowering) -> None:
    """Read the zone data now: a zone that is not there is an error of the policy, not of an action."""
    for hoisted in lowering.reads.derived.values():
        if isinstance(hoisted.test, Hours):
            for window in hoisted.test.windows:
                zone_info(window.zone)


def _cedarpy() -> Any:
    try:
        import cedarpy
    except ImportError as error:
        raise EngineMissing("the cedar engine needs the package `cedarpy`: pip install cedarpy") from error
    return cedarpy


def cedar_version() -> str:
    """E.g. `cedar 4.12.0 (cedarpy 4.12.2)`; without the bill of materials, cedarpy's version alone."""
    try:
        distribution = metadata.distribution("cedarpy")
    except metadata.PackageNotFoundError as error:
        raise EngineMissing("the cedar engine needs the package `cedarpy`: pip install cedarpy") from error
    binding = f"cedarpy {distribution.version}"
    for file in distribution.files or ():
        if PurePosixPath(file).name.endswith(".cyclonedx.json"):
            components = json.loads(file.read_text()).get("components", [])
            for component in components:
                if component.get("name") == "cedar-policy":
                    return f"cedar {component['version']} ({binding})"
    return binding

"""The decision at run time: the facts are read, the native engine decides, and what an allow costs is reserved.

    engine = Engine.open(Path("axtary.yml"))
    decision = engine.decide(action)
    if decision.decision == "allow":
        ...  # run exactly this action, then engine.commit(decision); engine.roll_back(decision) if it did not run

1. The action comes through the door; its time is set from the engine's clock.
2. The policy decides without usage: which rules fire does not depend on facts.
3. What the meters of these rules show is read, and the policy decides again.
4. Of an allow, all rates and budgets are claimed in one step. Whoever then finds less left than was read lost a race.

Whatever fails on the way is a deny that says so.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from axtary.backends import native
from axtary.backends.verdict import EngineError
from axtary.compiler.clauses import Reason
from axtary.compiler.ir import Number, Policy
from axtary.compiler.settings import Settings
from axtary.runtime.action import Action, check_action, parse_action, time_text
from axtary.runtime.claims import SECOND, amount, claims, rated, units
from axtary.runtime.decision import (
    BUDGET_EXHAUSTED,
    ENGINE_FAILED,
    LOST_RACE,
    STATE_UNAVAILABLE,
    Decision,
    Ground,
    denied,
    of_verdict,
)
from axtary.runtime.policyfile import load_policy
from axtary.runtime.state import About, Claim, Level, Overrun, Refused, StateError, Store, is_url, open_store

HOLD = 600  # seconds that a reservation lasts if the settings say nothing
OPENING = 5.0  # seconds to wait for another thread that opens the state
STATE = "AXTARY_STATE"  # in the environment: goes before `state` in the settings
DEFAULT_STATE = Path(".axtary") / "state.db"  # beside the policy


@dataclass(frozen=True)
class _Active:
    """The policy in force. Replaced as a whole: a decision takes it once and keeps it."""

    policy: Policy
    table: native.NativeEngine


class Engine:
    """Decides actions by a policy, and keeps account in a store. Safe to use from any thread."""

    def __init__(
        self,
        policy: Policy,
        store: Store | Callable[[], Store],
        hold: int = HOLD,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`store` may be a function that opens it: it is called until it succeeds, when a decision needs it."""
        self._active = _Active(policy, native.compile(policy))
        self._open: Callable[[], Store] = store if callable(store) else lambda: store
        self._store: Store | None = None
        self._opening = threading.Lock()
        self._hold = hold
        self._clock = clock

    @classmethod
    def open(cls, path: Path, environment: Mapping[str, str] = os.environ) -> Engine:
        """By a policy file, with the state that it or the environment names. Raises CompileError, UnreadableError."""
        compiled = load_policy(path)
        settings = compiled.settings
        where = state_of(path, settings, environment)
        return cls(compiled.policy, lambda: open_store(where, settings.durability), settings.reservation or HOLD)

    @property
    def policy_version(self) -> str:
        """Of the policy in force."""
        return self._active.policy.policy_version

    def units(self, fired: Iterable[str]) -> dict[str, str]:
        """The unit of the budget of each of these rules that has one."""
        return units(self._active.policy, fired)

    # --- decisions --------------------------------------------------------------------------------------------------

    def decide(self, action: bytes | Mapping[str, Any], approval: Mapping[str, Any] | None = None) -> Decision:
        """Decide, and reserve what an allow costs. Raises DoorError for what is no action.

        `approval` is `facts.approval`, from an artifact that was verified for exactly this action.
        """
        admitted = parse_action(action) if isinstance(action, bytes) else check_action(action)
        return self._decide({**admitted, "time": time_text(self._clock())}, approval, self._reserved)

    def preview(self, action: Mapping[str, Any], facts: Mapping[str, Any] | None = None) -> Decision:
        """What `decide` would say of a recorded action, at its own time, with what the meters show now.

        Nothing is reserved and nothing is counted. `facts` go before what the meters show.
        """
        given = dict(facts or {})
        return self._decide(action, given.get("approval"), lambda decision, _claimed: decision, given.get("usage"))

    def commit(self, decision: Decision | str, actual: Mapping[str, str] | None = None) -> tuple[Overrun, ...]:
        """The action ran: count what it cost, of each rule the `actual` decimal amount or else what was reserved.

        Takes a decision or the id of its reservation. Raises StateError; then it is not counted, and to be tried again.
        """
        found = decision if isinstance(decision, str) else decision.reservation
        spent = {rule: amount(text) for rule, text in (actual or {}).items()}
        return self.store().commit(found, spent) if found is not None else ()

    def roll_back(self, decision: Decision | str) -> None:
        """The action did not run: give back what was reserved. Rates stay counted. Raises StateError."""
        found = decision if isinstance(decision, str) else decision.reservation
        if found is not None:
            self.store().roll_back(found)

    def store(self) -> Store:
        """Raises StateError. One thread opens it; the others wait no longer than one that cannot be reached takes."""
        if self._store is not None:
            return self._store
        if not self._opening.acquire(timeout=OPENING):
            raise StateError("somebody else is opening it, and is not done yet")
        try:
            if self._store is None:
                self._store = self._open()
            return self._store
        finally:
            self._opening.release()

    # --- the policy in force ----------------------------------------------------------------------------------------

    def use(self, policy: Policy) -> None:
        """Put another policy in force. Decisions that are under way end under the one that they began with."""
        before = self._active
        self._active = _Active(policy, native.compile(policy, before.table))

    # --- steps ------------------------------------------------------------------------------------------------------

    def _decide(
        self,
        action: Action | Mapping[str, Any],
        approval: Mapping[str, Any] | None,
        grant: Callable[[Decision, Sequence[Claim]], Decision],
        usage: Mapping[str, Any] | None = None,
    ) -> Decision:
        active = self._active
        facts: dict[str, Any] = {} if approval is None else {"approval": approval}
        first = self._asked(active, action, facts if usage is None else facts | {"usage": usage})
        claimed = claims(active.policy, first.fired, action)
        if not claimed:
            return first
        try:
            levels = dict(zip(claimed, self.store().levels(claimed), strict=True))
            if usage is None and rated(active.policy, first.fired):
                facts["usage"] = {c.key.rule: level.committed for c, level in levels.items() if c.key.kind == "rate"}
                first = self._asked(active, action, facts)
            if first.decision == "allow" and (spent := _exhausted(levels)):
                first = denied(tuple(_exhaustion(claim, levels[claim]) for claim in spent), first)
            if first.decision == "allow":
                return grant(first, claimed)
            if grant == self._reserved:
                self._count_denied(first, claimed)
        except StateError as error:
            return denied((Ground(STATE_UNAVAILABLE, "", f"the state cannot be used: {error}"),), first)
        return first

    def _asked(self, active: _Active, action: Mapping[str, Any], facts: Mapping[str, Any]) -> Decision:
        try:
            return of_verdict(active.table.decide(action, facts), active.policy, action, facts)
        except EngineError as error:
            ground = Ground(ENGINE_FAILED, "", str(error))
            return Decision("deny", (ground,), (), {}, active.policy.policy_version, action, facts)

    def _reserved(self, decision: Decision, claimed: Sequence[Claim]) -> Decision:
        hold = max(self._hold, decision.obligations.get("ttl_seconds", 0))  # a pass must not outlive what it spends
        result = self.store().reserve(claimed, _about(decision), hold * SECOND)
        if isinstance(result, Refused):
            return denied(tuple(map(_race, result.claims)), decision)
        return replace(decision, reservation=result.id, expires=result.expires)

    def _count_denied(self, decision: Decision, claimed: Sequence[Claim]) -> None:
        codes = {(ground.code, ground.rule) for ground in decision.grounds}
        counted = {"rate": Reason.RATE.value, "budget": BUDGET_EXHAUSTED}
        if found := [claim for claim in claimed if (counted[claim.key.kind], claim.key.rule) in codes]:
            self.store().denied(found)


def state_of(path: Path, settings: Settings, environment: Mapping[str, str] = os.environ) -> str | Path:
    """Where the state of a policy is: the URL of a database, or a file."""
    where = environment.get(STATE) or settings.state
    if where is not None and is_url(where):
        return where
    return path.parent / (where or DEFAULT_STATE)


def _about(decision: Decision) -> About:
    action = decision.action
    actor, intent = action.get("actor") or {}, action.get("intent") or {}
    found = [actor.get("agent"), actor.get("owner"), intent.get("task"), action.get("tool")]
    agent, owner, task, tool = (text if isinstance(text, str) else "" for text in found)
    return About(agent, owner, task, tool, decision.action_hash, decision.policy_version)


def _exhausted(levels: Mapping[Claim, Level]) -> list[Claim]:
    return [
        claim
        for claim, level in levels.items()
        if claim.key.kind == "budget" and level.committed + level.reserved + claim.amount > claim.limit
    ]


def _exhaustion(claim: Claim, level: Level) -> Ground:
    left = Number(max(0, claim.limit - level.committed - level.reserved))
    text = f"the budget of {claim.key.rule} has {left} {claim.key.unit} left, and this costs {Number(claim.amount)}"
    return Ground(BUDGET_EXHAUSTED, claim.key.rule, text)


def _race(claim: Claim) -> Ground:
    text = f"another action took what was left of the {claim.key.kind} of {claim.key.rule}"
    return Ground(LOST_RACE, claim.key.rule, text)

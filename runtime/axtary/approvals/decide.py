"""A decision with approvals: verified before, used up when the answer is allow, and only then."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from axtary.approvals.verify import Approved, verify
from axtary.compiler.approvers import ApproverList
from axtary.passes.errors import Reason, RefusedError
from axtary.runtime.action import check_action, parse_action
from axtary.runtime.decision import STATE_UNAVAILABLE, Decision, Ground, denied
from axtary.runtime.engine import Engine
from axtary.runtime.state import Once, StateError

KIND = "approval"


def approve_and_decide(
    engine: Engine,
    action: bytes | Mapping[str, Any],
    artifacts: Sequence[str],
    approvers: ApproverList,
    once: Once,
    clock: Callable[[], float] = time.time,
) -> Decision:
    """Verify the artifacts, decide with the approval that they are, and use them up if the decision is allow.

    Artifacts that are refused are a deny with the code of their reason, whatever the policy says without them. If
    they cannot be used up, nothing stays reserved. Raises DoorError for what is no action.
    """
    admitted = parse_action(action) if isinstance(action, bytes) else check_action(action)
    version = engine.policy_version
    try:
        approved = verify(artifacts, admitted, approvers, version, clock())
    except RefusedError as error:
        return Decision("deny", (_ground(error),), (), {}, version, admitted)
    decision = engine.decide(admitted, approved.facts)
    if decision.decision != "allow" or not artifacts:
        return decision
    try:
        if decision.policy_version != version:  # another policy came into force in between
            raise RefusedError(Reason.APPROVAL_OTHER_POLICY)
        consume(approved, once)
    except RefusedError as error:
        return _taken_back(engine, decision, _ground(error))
    except StateError as error:
        ground = Ground(STATE_UNAVAILABLE, "", f"the approvals cannot be used up: {error}")
        return _taken_back(engine, decision, ground)
    return decision


def consume(approved: Approved, once: Once) -> None:
    """Use up all artifacts, or none: each is good for one decision, on all machines that share the store.

    Raises RefusedError APPROVAL_USED; StateError, and then they must not be relied on.
    """
    if not once.use_all(KIND, approved.uses):
        raise RefusedError(Reason.APPROVAL_USED)


def _ground(error: RefusedError) -> Ground:
    return Ground(error.reason.value, "", error.message)


def _taken_back(engine: Engine, decision: Decision, ground: Ground) -> Decision:
    with suppress(StateError):  # then what is reserved expires by itself
        engine.roll_back(decision)
    return denied((ground,), decision)

"""What tests of near misses share: the search as the runtime wires it, and the differences between two actions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from axtary.backends import native
from axtary.compiler.analysis.actions import ABSENT, Edit
from axtary.compiler.analysis.nearmiss import Found, NearMisses
from axtary.compiler.ir import Policy
from axtary.runtime.action import check_action
from axtary.runtime.errors import DoorError

RANK = {"deny": 0, "step_up": 1, "allow": 2}


def search(policy: Policy) -> NearMisses:
    """The search under a policy, on the native engine."""
    return NearMisses(policy, native.evaluate, native.compile(policy).decide, _passes)


def find(policy: Policy, action: dict[str, Any], facts: dict[str, Any]) -> Found:
    """The near misses of one action."""
    return search(policy).find(action, facts)


def _passes(action: dict[str, Any]) -> bool:
    try:
        return check_action(action) == action
    except DoorError:
        return False


def differences(one: dict[str, Any], other: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[Edit]:
    """The edits that make the other of the one, each as small as it can be."""
    for key in sorted({*one, *other}):
        was, now = one.get(key, ABSENT), other.get(key, ABSENT)
        if isinstance(was, dict) and isinstance(now, dict):
            yield from differences(was, now, (*path, key))
        elif repr(was) != repr(now):
            yield Edit((*path, key), now)

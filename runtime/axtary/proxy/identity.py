"""Whose action it is: that is for the caller's credentials to say, not for the body of a request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from axtary.proxy.callers import Caller
from axtary.proxy.wire import HttpError
from axtary.runtime.action import Action

_NAMES = ("agent", "owner", "tenant")


def stamped(action: Mapping[str, Any], caller: Caller) -> Action:
    """The action with its actor. Raises HttpError 403 if it names an actor that the caller may not speak for."""
    claimed = action.get("actor") or {}
    own = {name: text for name in _NAMES if (text := getattr(caller, name))}
    if caller.roles:
        own["roles"] = list(caller.roles)
    if not caller.gateway:
        _refuse_other(claimed, own)
        return {**action, "actor": own}
    if caller.tenant and claimed.get("tenant", caller.tenant) != caller.tenant:
        raise HttpError(403, "other_tenant", "this caller speaks for actors of its own tenant only")
    if not claimed:
        return {**action, "actor": own}
    defaults = {name: own[name] for name in ("agent", "tenant") if name in own}
    return {**action, "actor": defaults | claimed}


def is_own(action: Mapping[str, Any], caller: Caller) -> bool:
    """Is it an action that the caller could have asked for?"""
    actor = action.get("actor") or {}
    if caller.tenant and actor.get("tenant") != caller.tenant:
        return False
    if caller.gateway:
        return True
    return all((actor.get(name) or "") == getattr(caller, name) for name in _NAMES)


def may_see(action: Mapping[str, Any], caller: Caller) -> bool:
    """May the caller see the request for approval of this action, and answer it?"""
    actor = action.get("actor") or {}
    if caller.approvals and (not caller.tenant or actor.get("tenant") == caller.tenant):
        return True
    return is_own(action, caller)


def _refuse_other(claimed: Mapping[str, Any], own: Mapping[str, Any]) -> None:
    for name, value in claimed.items():
        if value != own.get(name):
            message = f"the body names another `actor.{name}` than that of the caller"
            raise HttpError(403, "other_actor", message, "leave `actor` out, or mark the caller as a gateway")

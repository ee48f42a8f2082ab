"""What came in, made exact: through the door, with the tool, resource, payload and paths that the provider names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from axtary.connectors.provider import Provider
from axtary.runtime.action import Action, check_action, parse_action

Given = bytes | Mapping[str, Any]


def normalised(given: Given, provider: Provider | None) -> Action:
    """The action to decide upon. Raises DoorError, ProviderError."""
    action = parse_action(given) if isinstance(given, bytes) else check_action(given)
    if provider is None:
        return action
    call = provider.normalise(action["tool"], action.get("payload") or {})
    exact = {**action, "tool": call.tool, "resource": call.resource, "payload": dict(call.payload)}
    exact.pop("paths", None)
    if call.paths is not None:
        exact["paths"] = list(call.paths)
    return check_action(exact)

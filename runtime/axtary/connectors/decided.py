"""The door of `execute`: an action whose payload is one that `normalise` could have given, or nothing is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from axtary.connectors import shapes
from axtary.connectors.provider import Call, ProviderError


def decided(action: Mapping[str, Any], form: Callable[[str, dict[str, Any]], Call]) -> dict[str, Any]:
    """A copy of the payload of an action. `form` gives the call that a payload stands for, asking nobody.

    The copy is made once, and everything that follows reads the copy. Raises ProviderError if the tool, the resource
    or the payload are not those of one call.
    """
    tool, payload = action.get("tool"), action.get("payload")
    if not isinstance(tool, str) or not isinstance(payload, Mapping):
        raise ProviderError("not_normalised", "the action has no tool or no payload", "normalise the call first")
    copy = shapes.plain(payload)
    call = form(tool, copy)
    paths = action.get("paths")
    same_paths = call.paths is None or (isinstance(paths, (list, tuple)) and tuple(paths) == call.paths)
    if call.payload != payload or call.resource != action.get("resource") or not same_paths:
        message = "the action is not in the form that was to be decided upon"
        raise ProviderError("not_normalised", message, "normalise the call, and decide on what that gives")
    return copy

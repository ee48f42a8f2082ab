"""The two hashes by which approvals, passes and the ledger name an action: SHA-256 over its RFC 8785 form.

Different content never shares a hash, even where every policy would decide alike: text is not normalized, null is not
absence, and an absent `payload` is not an empty one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import rfc8785

from axtary.runtime.errors import DoorError, Problem


def payload_hash(action: Mapping[str, Any]) -> str:
    """`sha256:` + hex over the payload. An absent payload is hashed as null, which no payload can be."""
    return _digest(action.get("payload"))


def action_hash(action: Mapping[str, Any]) -> str:
    """`sha256:` + hex over the action without `id`, `time` and `context.trace_id`: what differs between two calls
    that ask for the same thing. Nothing else is left out: a `context` that held only the trace id stays, as `{}`.
    """
    content = {name: value for name, value in action.items() if name not in ("id", "time")}
    context = content.get("context")
    if isinstance(context, Mapping):
        content["context"] = {name: value for name, value in context.items() if name != "trace_id"}
    return _digest(content)


def _digest(value: Any) -> str:
    try:
        canonical = rfc8785.dumps(value)
    except (ValueError, RecursionError) as error:  # the library's own errors, and what leaks through it
        help_text = "hash only an action that came through the door"
        raise DoorError(
            [Problem("AX0809", f"no canonical form: {type(error).__name__}", help_text)], "action"
        ) from error
    return "sha256:" + hashlib.sha256(canonical).hexdigest()

"""The two hashes by which approvals, passes and the ledger name an action: SHA-256 over its RFC 8785 form.

Different content never shares a hash, even where every policy would decide alike: text is not normalized, null is not
absence, and an absent `payload` is not an empty one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import rfc8785

from axtary.compiler.ir import INT_MAX
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


def canonical(value: Any) -> bytes:
    """The RFC 8785 form of a JSON value. Raises ValueError or RecursionError for what has none.

    The standard library writes most values in just that form, several times as fast: it escapes the same characters,
    sorts ASCII names alike, and prints the numbers that `_is_plain` lets through as ECMAScript does.
    """
    return _encode(value).encode() if _is_plain(value) else rfc8785.dumps(value)


_MOST = 100_000  # values; also what ends the walk of a value that contains itself
_encode = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, allow_nan=False, sort_keys=True, separators=(",", ":")
).encode


def _is_plain(value: Any) -> bool:
    left = [value]
    for each in left:  # grows while it is walked
        kind = type(each)
        if kind is dict:
            try:
                if not "".join(each).isascii():
                    return False
            except TypeError:  # a name that is no text
                return False
            left.extend(each.values())
        elif kind is list:
            left.extend(each)
        elif not _is_plain_scalar(each):
            return False
        if len(left) > _MOST:
            return False
    return True


def _is_plain_scalar(value: Any) -> bool:
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return True
    if kind is int:
        return bool(-INT_MAX <= value <= INT_MAX)
    # Beyond these, Python and ECMAScript choose an exponent at other places, and ECMAScript writes `1` for `1.0`.
    return kind is float and 1e-4 <= abs(value) < 1e16 and value % 1 != 0


def _digest(value: Any) -> str:
    try:
        text = canonical(value)
    except (ValueError, RecursionError) as error:  # the library's own errors, and what leaks through it
        help_text = "hash only an action that came through the door"
        raise DoorError(
            [Problem("AX0809", f"no canonical form: {type(error).__name__}", help_text)], "action"
        ) from error
    return "sha256:" + hashlib.sha256(text).hexdigest()

"""The members of payloads: what may stand there, and what is said about what may not."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from axtary.compiler.diagnostics import did_you_mean, quoted
from axtary.connectors.provider import ProviderError
from axtary.runtime import jsonvalue
from axtary.runtime.errors import DoorError

Kinds = Mapping[str, str]
"""Of each member what it takes: `text`, `boolean`, `integer`, `number`, `texts`, `object`, `objects`, `json`; several
with `|`, and `null`."""

SECRETS = frozenset(("token", "access_token", "authorization", "api_key", "apikey", "client_secret"))
"""Members that hold credentials of the caller: taken off before anything hashes or logs a payload."""

_CHECKS: Mapping[str, Callable[[Any], bool]] = {
    "text": lambda value: type(value) is str,
    "boolean": lambda value: type(value) is bool,
    "integer": lambda value: type(value) is int,
    "number": lambda value: type(value) in (int, float),
    "texts": lambda value: type(value) is list and all(type(item) is str for item in value),
    "object": lambda value: type(value) is dict,
    "objects": lambda value: type(value) is list and all(type(item) is dict for item in value),
    "json": lambda value: True,
    "null": lambda value: value is None,
}


def bad(message: str, help_text: str) -> ProviderError:
    """The error for a payload that means nothing."""
    return ProviderError("bad_payload", message, help_text)


def plain(payload: Mapping[str, Any]) -> dict[str, Any]:
    """A copy as strict JSON would have read it, without the caller's credentials. Raises ProviderError."""
    try:
        copy = jsonvalue.check(dict(payload), source="payload")
    except DoorError as error:
        raise bad(error.problems[0].message, error.problems[0].help) from None
    return {name: value for name, value in copy.items() if name.lower() not in SECRETS}


def check(payload: Mapping[str, Any], kinds: Kinds, required: tuple[str, ...], what: str = "the payload") -> None:
    """Refuse members that are not known, of the wrong kind, or missing. Raises ProviderError."""
    for name, value in payload.items():
        if name not in kinds:
            hint = did_you_mean(name[:100], kinds)
            raise bad(f"{quoted(name)} is no member of {what}", f"{hint}known are {', '.join(kinds)}")
        if not any(_CHECKS[kind](value) for kind in kinds[name].split("|")):
            raise bad(f"{quoted(name)} of {what} is not of the right kind", f"write {kinds[name].replace('|', ' or ')}")
    for name in required:
        if payload.get(name) in (None, ""):
            raise bad(f"{quoted(name)} is missing in {what}", f"add it: {kinds[name].split('|')[0]}")


def text(value: Any, *names: str) -> str:
    """A text deep in an answer; "" if it is not there."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""


def canonical_path(path: str) -> str:
    """The path of a file in a repository as actions have it. Raises ProviderError if it has no such form."""
    segments = path.split("/")
    if any(segment in ("", ".", "..") for segment in segments) or re.search(r"[\\\x00-\x1f\x7f]", path):
        raise bad(f"{quoted(path)} is no path of a file", "write it with `/`, from the root, without `.` and `..`")
    return action_path(path)


def action_path(path: str) -> str:
    """A path that a service gave. A first segment that begins with `@` gets one more: `@home/…` means another place."""
    return "@" + path if path.startswith("@") else path

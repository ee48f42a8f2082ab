"""What others said, made fit for a record: without secrets, as JSON that has a canonical form, and not too large.

Whatever a provider answers, the outcome must be recorded. So nothing is refused here: what has no place in JSON is
replaced by a word for it.
"""

from __future__ import annotations

import hashlib
import math
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

import rfc8785

from axtary.compiler.ir import INT_MAX

REMOVED = "[removed]"
MAX_VALUE = 16 * 1024  # bytes of the canonical form
MAX_TEXT = 1024  # characters
_DEEP = 16  # nested containers
_PARTS = 1000  # members and items

_SECRET_NAME = re.compile(
    r"token|passw|passphrase|passcode|pwd|secret|authori[sz]ation|apikey|accesskey|privatekey|signingkey|accountkey"
    r"|encryptionkey|credential|cookie|bearer|jwt|session|otp$|^pin$|^cvv|^cvc|connectionstring|webhookurl"
)
_SECRET_VALUE = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY"
    r"|\b(?:bearer|basic)\s+[A-Za-z0-9+/=._~-]{8,}"
    r"|\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]*"
    r"|\b(?:gh[pousr]_|github_pat_|glpat-|xox[abprs]-|sk-|sk_live_|rk_live_|AKIA|ASIA)[A-Za-z0-9_-]{12,}"
    r"|://[^\s/:@]*:[^\s/@]+@",
    re.IGNORECASE,
)


def sanitised(value: Any) -> Any:
    """A copy of `value` for a record. One that is too large is named by its size and SHA-256."""
    copy = _Copier().copy(value, 0)
    canonical = rfc8785.dumps(copy)
    if len(canonical) <= MAX_VALUE:
        return copy
    return {"omitted": {"bytes": len(canonical), "sha256": hashlib.sha256(canonical).hexdigest()}}


def is_secret(name: str) -> bool:
    """Does a member's name look like that of a secret? However it is spelled: `API-Key`, `apiKey`, `x_api_key`."""
    letters = "".join(c for c in unicodedata.normalize("NFKC", name).casefold() if c.isalnum())
    return _SECRET_NAME.search(letters) is not None


def text(value: str, limit: int = MAX_TEXT) -> str:
    """A text of at most `limit` characters and some: a longer one is cut, and named by the SHA-256 of all of it."""
    whole = value.encode("utf-8", "backslashreplace")  # half of a surrogate pair has no UTF-8
    if len(value) <= limit:
        return whole.decode()
    return f"{value[:limit].encode('utf-8', 'backslashreplace').decode()}… sha256:{hashlib.sha256(whole).hexdigest()}"


class _Copier:
    def __init__(self) -> None:
        self._room = _PARTS

    def copy(self, value: Any, depth: int) -> Any:
        if value is None or isinstance(value, bool):
            return None if value is None else bool(value)
        if isinstance(value, str):
            return REMOVED if _SECRET_VALUE.search(value) else text(value)
        if isinstance(value, (int, float)):
            return _number(value)
        if isinstance(value, (Mapping, list, tuple)):
            return self._container(value, depth + 1)
        return f"[{text(type(value).__name__, 60)}]"

    def _container(self, value: Mapping[Any, Any] | list[Any] | tuple[Any, ...], depth: int) -> Any:
        if depth > _DEEP:
            return "[nested too deep]"
        if isinstance(value, Mapping):
            return self._members(value, depth)
        items = []
        for item in value:
            if self._full():
                items.append(f"[of {len(value)}]")
                break
            items.append(self.copy(item, depth))
        return items

    def _members(self, value: Mapping[Any, Any], depth: int) -> dict[str, Any]:
        copy: dict[str, Any] = {}
        for name, item in value.items():
            if self._full():
                copy["…"] = f"[of {len(value)}]"
                break
            shown = text(name if isinstance(name, str) else f"[{type(name).__name__}]", 200)
            copy[shown] = REMOVED if isinstance(name, str) and is_secret(name) else self.copy(item, depth)
        return copy

    def _full(self) -> bool:
        self._room -= 1
        return self._room < 0


def _number(value: int | float) -> int | float | str:
    if isinstance(value, float) and not math.isfinite(value):
        return str(float(value))
    if abs(value) > INT_MAX:
        return f"[{'integer' if isinstance(value, int) else 'number'} beyond ±{INT_MAX}]"
    return int(value) if float(value).is_integer() else float(value)

"""Public keys from files: a JWK, or a JWK Set."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from axtary.passes.errors import RefusedError
from axtary.passes.keys import PublicKey, public_key
from axtary.runtime.policyfile import UnreadableError, read_bytes
from axtary.runtime.strictjson import loads

_MAX = 256 * 1024  # bytes
_HELP = 'give a JWK for ES256 or Ed25519, or a JWK Set: `{"keys": […]}`'


def public_keys(paths: Iterable[Path]) -> dict[str, PublicKey]:
    """The keys of files, by kid. Raises UnreadableError, DoorError."""
    found = {}
    for path in paths:
        value = _json(path)
        keys = value.get("keys") if isinstance(value, dict) and "keys" in value else [value]
        if not isinstance(keys, list) or not keys:
            raise UnreadableError(path, "no JWK Set", _HELP)
        for jwk in keys:
            try:
                key = public_key(jwk)
            except RefusedError as error:
                raise UnreadableError(path, error.message, _HELP) from None
            found[key.kid] = key
    return found


def _json(path: Path) -> Any:
    return loads(read_bytes(path, _MAX), source=str(path))

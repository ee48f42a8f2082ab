"""Private keys that commands take: a file with a private JWK, bare or under `jwk`, or a folder of `axtary keys`."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from axtary.passes.errors import RefusedError
from axtary.passes.keys import PrivateKey, private_key
from axtary.passes.keystore import KeyStore
from axtary.runtime.errors import DoorError
from axtary.runtime.policyfile import UnreadableError, read_bytes
from axtary.runtime.strictjson import loads

_MAX_BYTES = 64 * 1024
_HELP = "give a file with a private JWK for ES256 or Ed25519"


def read_private_key(path: Path, purpose: str) -> PrivateKey:
    """The key of a file that its owner alone may read, or the active key of a folder for a purpose.

    Raises UnreadableError, which never quotes what it read.
    """
    if path.is_dir():
        return KeyStore(path).signer(purpose)
    try:
        value = loads(read_bytes(path, _MAX_BYTES, _HELP), source=str(path))
        key = private_key(value["jwk"] if isinstance(value, dict) and "jwk" in value else value)
    except DoorError:
        raise UnreadableError(path, "is no JSON", _HELP) from None
    except RefusedError as error:
        raise UnreadableError(path, error.message, _HELP) from None
    if os.name == "posix" and _others_may_read(path):
        raise UnreadableError(path, "others than its owner may read the key", f"run `chmod 600 {path}`")
    return key


def _others_may_read(path: Path) -> bool:
    try:
        mode = path.stat().st_mode
    except OSError:  # it went away since it was read
        return True
    return stat.S_ISREG(mode) and bool(mode & 0o077)

"""Keys on disk: one file that only its owner can read, replaced as a whole. So there is no half of any change.

A key is active from when it is made until it is retired, and of each purpose one at most is active. When it is retired
its private part is gone; what it signed while it was active can still be verified.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from axtary.passes.errors import Reason, RefusedError
from axtary.passes.keys import PrivateKey, generate, private_key
from axtary.passes.keyset import PURPOSES, KeySet, TrustedKey, read_key
from axtary.passes.locks import locked
from axtary.passes.private import check_private
from axtary.runtime.errors import DoorError
from axtary.runtime.policyfile import TEMPORARY, UnreadableError, read_bytes, write_secret
from axtary.runtime.strictjson import MAX_BYTES, loads

DEFAULT = Path(".axtary") / "keys"  # beside the policy
FILE = "keys.json"


@dataclass(frozen=True)
class StoredKey:
    """A key, and while it is active the private part that signs."""

    trusted: TrustedKey
    private: PrivateKey | None

    @property
    def kid(self) -> str:
        """RFC 7638 thumbprint."""
        return self.trusted.key.kid

    @property
    def is_active(self) -> bool:
        """Does it still sign?"""
        return self.private is not None

    def to_json(self) -> dict[str, Any]:
        """With the private part: for the file only."""
        secret = {"d": self.private.secret()["d"]} if self.private is not None else {}
        return self.trusted.to_json() | secret


class KeyStore:
    """The keys in a folder. What it raises is UnreadableError and, for another algorithm, RefusedError WRONG_ALG."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        self._folder = folder
        self._path = folder / FILE
        self._clock = clock

    # --- reading ----------------------------------------------------------------------------------------------------

    def stored(self) -> tuple[StoredKey, ...]:
        """All keys in the order in which they were made."""
        if not self._path.exists():
            raise self._unreadable("there are no keys", "make one with `axtary keys init`")
        check_private(self._path, "rotate the keys")
        try:
            document = loads(read_bytes(self._path, MAX_BYTES), source=FILE)
            found = tuple(map(_read, document["keys"]))
            KeySet(key.trusted for key in found)
        except (DoorError, RefusedError, KeyError, TypeError) as error:
            why = error.message if isinstance(error, RefusedError) else "it was not written by axtary"
            raise self._unreadable(f"the keys cannot be read: {why}", "restore it from a copy") from None
        return found

    def trusted(self) -> KeySet:
        """The public parts, also of retired keys."""
        return KeySet(key.trusted for key in self.stored())

    def signer(self, purpose: str = "pass") -> PrivateKey:
        """The active key of a purpose."""
        for key in self.stored():
            if key.private is not None and key.trusted.purpose == purpose:
                return key.private
        raise self._unreadable(f"no active key for {_of(purpose)}", f"make one with `{_init(purpose)}`")

    # --- changing ---------------------------------------------------------------------------------------------------

    def init(self, purpose: str = "pass", algorithm: str = "ES256") -> StoredKey:
        """Make the first active key of a purpose."""
        with self._changing() as keys:
            if _active(keys, purpose) is not None:
                help_text = f"replace it with `axtary keys rotate --purpose {purpose}`"
                raise self._unreadable(f"an active key for {_of(purpose)} is there", help_text)
            made = self._made(purpose, algorithm)
            self._write([*keys, made])
        return made

    def rotate(self, purpose: str = "pass", algorithm: str | None = None) -> tuple[StoredKey, StoredKey]:
        """In one step: a new active key (of the same algorithm if none is given), and the old one retired."""
        with self._changing() as keys:
            old = _active(keys, purpose)
            if old is None:
                raise self._unreadable(f"no active key for {_of(purpose)}", f"make one with `{_init(purpose)}`")
            made, retired = self._made(purpose, algorithm or old.trusted.key.algorithm), self._retired(old)
            self._write([*(retired if key is old else key for key in keys), made])
        return made, retired

    def retire(self, kid: str) -> StoredKey:
        """Take a key out of use; its private part is deleted."""
        with self._changing() as keys:
            found = next((key for key in keys if key.kid == kid), None)
            if found is None or not found.is_active:
                why = "no active key has this kid" if found is None else "the key is retired already"
                raise self._unreadable(why, "list the keys with `axtary keys list`")
            retired = self._retired(found)
            self._write([retired if key is found else key for key in keys])
        return retired

    # --- steps ------------------------------------------------------------------------------------------------------

    def _made(self, purpose: str, algorithm: str) -> StoredKey:
        if purpose not in PURPOSES:
            raise self._unreadable("a key needs a purpose", f"write one of {', '.join(PURPOSES)}")
        private = generate(algorithm)
        return StoredKey(TrustedKey(private.public, purpose, int(self._clock())), private)

    def _retired(self, key: StoredKey) -> StoredKey:
        now = max(int(self._clock()), key.trusted.created)  # a clock that was set back makes no key unusable
        return StoredKey(replace(key.trusted, retired=now), None)

    @contextmanager
    def _changing(self) -> Iterator[tuple[StoredKey, ...]]:
        """The keys, which nobody else changes meanwhile."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with locked(self._folder):
                for left in self._folder.glob(TEMPORARY):  # what a killed process did not finish holds private keys
                    left.unlink()
                yield self.stored() if self._path.exists() else ()
        except OSError as error:
            raise self._unreadable((error.strerror or str(error)).lower(), "choose another folder") from None

    def _write(self, keys: Sequence[StoredKey]) -> None:
        document = {"version": 1, "keys": [key.to_json() for key in keys]}
        write_secret(self._path, (json.dumps(document, indent=2) + "\n").encode())

    def _unreadable(self, why: str, help_text: str) -> UnreadableError:
        return UnreadableError(self._path, why, help_text)


def _read(value: object) -> StoredKey:
    if type(value) is not dict:
        raise RefusedError(Reason.UNUSABLE_KEY)
    trusted = read_key({name: member for name, member in value.items() if name != "d"})
    if (trusted.retired is None) != ("d" in value):
        raise RefusedError(Reason.UNUSABLE_KEY, "an active key has a private part, and a retired one has none")
    if "d" not in value:
        return StoredKey(trusted, None)
    return StoredKey(trusted, private_key({**trusted.key.jwk, "d": value["d"]}))


def _active(keys: Sequence[StoredKey], purpose: str) -> StoredKey | None:
    return next((key for key in keys if key.is_active and key.trusted.purpose == purpose), None)


def _of(purpose: str) -> str:
    return {"pass": "passes", "approval": "approvals", "checkpoint": "checkpoints"}.get(purpose, purpose)


def _init(purpose: str) -> str:
    return "axtary keys init" + ("" if purpose == "pass" else f" --purpose {purpose}")

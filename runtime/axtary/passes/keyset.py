"""Which public keys are trusted, for what and since when; as a JWK Set (RFC 7517 section 5) for others.

A key has one purpose. Its dates stand in a member of its own, `axtary`, that other readers skip:

    {"kty": "EC", …, "kid": "…", "axtary": {"purpose": "pass", "created": 1790000000, "retired": null}}

Without that member it is a key for passes, in use at any time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from axtary.passes.errors import Reason, RefusedError
from axtary.passes.forms import MAX_TIME
from axtary.passes.keys import PublicKey, public_key
from axtary.runtime.errors import DoorError
from axtary.runtime.strictjson import loads

PURPOSES = ("pass", "approval", "checkpoint")
MAX_KEYS = 1024
_DATES = {"purpose", "created", "retired"}


@dataclass(frozen=True)
class TrustedKey:
    """A public key with its purpose, and when it was in use; times in seconds since 1970, both included."""

    key: PublicKey
    purpose: str = "pass"
    created: int = 0
    retired: int | None = None

    def was_in_use(self, moment: int) -> bool:
        """Could something with this key have been signed then?"""
        return self.created <= moment and (self.retired is None or moment <= self.retired)

    def to_json(self) -> dict[str, Any]:
        """The public JWK, with purpose and dates."""
        public = {**self.key.jwk, "kid": self.key.kid, "alg": self.key.algorithm, "use": "sig"}
        return public | {"axtary": {"purpose": self.purpose, "created": self.created, "retired": self.retired}}


class KeySet:
    """Trusted keys by `kid`, which is the RFC 7638 thumbprint."""

    def __init__(self, keys: Iterable[TrustedKey] = ()) -> None:
        """Raises RefusedError DUPLICATE_KEY."""
        self._keys: dict[str, TrustedKey] = {}
        for each in keys:
            if each.key.kid in self._keys:
                raise RefusedError(Reason.DUPLICATE_KEY)
            self._keys[each.key.kid] = each

    def __iter__(self) -> Iterator[TrustedKey]:
        return iter(self._keys.values())

    def find(self, kid: str, purpose: str) -> TrustedKey:
        """The key that a header names. Raises RefusedError UNKNOWN_KEY, WRONG_PURPOSE."""
        found = self._keys.get(kid)
        if found is None:
            raise RefusedError(Reason.UNKNOWN_KEY)
        if found.purpose != purpose:
            raise RefusedError(Reason.WRONG_PURPOSE)
        return found

    def to_json(self) -> dict[str, Any]:
        """The JWK Set: public members only."""
        return {"keys": [each.to_json() for each in self]}


def read_jwks(data: bytes) -> KeySet:
    """A JWK Set, whole or not at all: one key that cannot be used refuses it. Raises RefusedError."""
    try:
        value = loads(data, source="key set")
    except DoorError as error:
        raise RefusedError(Reason.NOT_A_KEY_SET, error.problems[0].message) from None
    if type(value) is not dict or value.keys() != {"keys"} or type(value["keys"]) is not list:
        raise RefusedError(Reason.NOT_A_KEY_SET, 'it must be `{"keys": […]}`')
    if len(value["keys"]) > MAX_KEYS:
        raise RefusedError(Reason.NOT_A_KEY_SET, f"it has more than {MAX_KEYS} keys")
    return KeySet(map(read_key, value["keys"]))


def read_key(value: object) -> TrustedKey:
    """One key of a JWK Set. Raises RefusedError."""
    if type(value) is not dict:
        raise RefusedError(Reason.UNUSABLE_KEY)
    dates = value.get("axtary", {})
    key = public_key({name: member for name, member in value.items() if name != "axtary"})
    if type(dates) is not dict or not dates.keys() <= _DATES:
        raise RefusedError(Reason.UNUSABLE_KEY, "`axtary` holds what is not known")
    purpose, created, retired = dates.get("purpose", "pass"), dates.get("created", 0), dates.get("retired")
    if purpose not in PURPOSES or not _is_time(created) or not (retired is None or _is_time(retired)):
        raise RefusedError(Reason.UNUSABLE_KEY, "`axtary` has not the form that it must have")
    return TrustedKey(key, purpose, created, retired)


def _is_time(value: object) -> bool:
    return type(value) is int and 0 <= value <= MAX_TIME

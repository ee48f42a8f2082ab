"""The signed list of passes that are not good any more, until they would have expired anyway.

A list is valid for a while and has a number that only grows: an old list that somebody shows in place of the newest is
refused by whoever has seen a newer one, and by everybody when it expires.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from axtary.passes import jose
from axtary.passes.claims import is_id
from axtary.passes.errors import Reason, RefusedError
from axtary.passes.forms import MAX_TIME
from axtary.passes.keys import PrivateKey
from axtary.passes.keyset import KeySet

TYP = "axtary-revocations+jwt"
MAX_LIST = 1024 * 1024  # characters: some 13,000 passes at a time
VALID = 24 * 3600  # seconds that a list is valid for
MARGIN = 60  # seconds that an id is kept for after its pass has expired: the clocks of verifiers differ
MAX_VALID = 31 * 24 * 3600  # a key that leaked after it was retired makes no list that lasts longer
KEEP = 30 * 24 * 3600  # seconds that an id stays revoked if nothing says when its pass expires
_CLAIMS = {"iss", "iat", "exp", "number", "revoked"}


@dataclass(frozen=True)
class Revocations:
    """Ids of passes, each with when it may be forgotten. Times in seconds since 1970, `exp` not included."""

    iss: str
    iat: int
    exp: int
    number: int
    revoked: Mapping[str, int]

    def to_json(self) -> dict[str, Any]:
        """The payload of the token."""
        return {"iss": self.iss, "iat": self.iat, "exp": self.exp, "number": self.number, "revoked": dict(self.revoked)}


def extend(
    before: Revocations | None, more: Mapping[str, int], issuer: str, now: float, valid: int = VALID, last: int = 0
) -> Revocations:
    """The next list: `more` (id -> when its pass expires) in it, and what has expired not any more.

    Its number comes after that of the list before, and after `last`, the highest that is known.
    """
    iat = int(now)
    kept = before.revoked if before is not None else {}
    added = {jti: min(exp + MARGIN, MAX_TIME) for jti, exp in more.items()}
    revoked = {jti: max(kept.get(jti, 0), added.get(jti, 0)) for jti in kept.keys() | added.keys()}
    # By time at the least: a list that was lost and is begun anew is no step back.
    number = max(before.number + 1 if before is not None else 0, last + 1, iat)
    live = {jti: until for jti, until in sorted(revoked.items()) if until > iat}
    return Revocations(issuer, iat, iat + valid, number, live)


def sign(revocations: Revocations, key: PrivateKey) -> str:
    """The list as a token, by a key for passes, if a verifier would take its form. Raises RefusedError."""
    _form(revocations.to_json())
    token = jose.sign(revocations.to_json(), TYP, key)
    if len(token) > MAX_LIST:
        raise RefusedError(
            Reason.TOO_LONG, "so many passes cannot be revoked at a time: retire the key that signed them"
        )
    return token


def read(token: str, keys: KeySet, issuer: str) -> Revocations:
    """A list that a trusted key signed, of whatever age. Raises RefusedError."""
    jws = jose.parse(token, TYP, limit=MAX_LIST)
    trusted = keys.find(jws.header["kid"], "pass")
    jose.check(jws, trusted.key)
    found = _form(jws.payload)
    if found.iss != issuer:
        raise RefusedError(Reason.WRONG_ISSUER)
    if not trusted.was_in_use(found.iat):
        raise RefusedError(Reason.KEY_NOT_VALID_THEN)
    return found


def check(found: Revocations, now: float, last: int = 0, leeway: int = 5) -> None:
    """The list is valid now, and no older than number `last`, the highest that was accepted. Raises RefusedError."""
    if found.number < last:
        raise RefusedError(Reason.REVOCATIONS_STEPPED_BACK, f"number {found.number} comes before {last}")
    if not found.iat - leeway <= now < found.exp + leeway:
        raise RefusedError(Reason.REVOCATIONS_EXPIRED)


def _form(payload: Mapping[str, Any]) -> Revocations:
    for name in sorted(_CLAIMS - payload.keys()):
        raise RefusedError(Reason.CLAIM_MISSING, name)
    if payload.keys() != _CLAIMS:
        raise RefusedError(Reason.CLAIM_UNKNOWN)
    for name in ("iat", "exp", "number"):
        if not _is_number(payload[name]):
            raise RefusedError(Reason.CLAIM_ILL_TYPED, name)
    revoked = payload["revoked"]
    if type(revoked) is not dict or not all(is_id(jti) and _is_number(until) for jti, until in revoked.items()):
        raise RefusedError(Reason.CLAIM_ILL_TYPED, "revoked")
    if not isinstance(payload["iss"], str):
        raise RefusedError(Reason.CLAIM_ILL_TYPED, "iss")
    if payload["exp"] - payload["iat"] > MAX_VALID:
        raise RefusedError(Reason.TTL_TOO_LONG, f"at most {MAX_VALID} seconds")
    if payload["number"] > payload["exp"]:  # it would shut out every list to come
        raise RefusedError(Reason.CLAIM_ILL_TYPED, "number")
    return Revocations(**payload)


def _is_number(value: object) -> bool:
    return type(value) is int and 0 <= value <= MAX_TIME

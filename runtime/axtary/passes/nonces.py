"""Nonces that a server hands out (RFC 9449 section 9): a proof with one was not made long before it is used.

A nonce is the time of its making and a MAC over it: nothing is stored. A stored nonce would cost a write for each
challenge, which anybody can ask for without a pass, and would be known to one machine only. That a nonce can be used
more than once costs nothing: each proof can be used once, nonce or not.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from axtary.passes.base64url import encoded
from axtary.passes.errors import Reason, RefusedError
from axtary.passes.jose import decoded

LIFETIME = 120  # seconds
SECRET = 32  # bytes of a secret, at least

_AHEAD = 5  # seconds that the clock of another machine with the same secret may be ahead
_TIME, _MAC = 8, 32  # bytes
_LABEL = b"axtary dpop nonce v1\0"


@dataclass(frozen=True)
class Nonces:
    """Nonces of one audience. The first of the `secrets` makes them, all are good: to rotate, put a new one first.

    `lifetime` is in seconds. Raises RefusedError UNUSABLE_KEY without a secret of 32 bytes.
    """

    audience: str
    secrets: Sequence[bytes] = field(repr=False)
    lifetime: int = LIFETIME

    def __post_init__(self) -> None:
        if not self.secrets or min(map(len, self.secrets)) < SECRET:
            raise RefusedError(Reason.UNUSABLE_KEY, f"a secret of nonces has {SECRET} bytes or more")

    def new(self, now: float) -> str:
        """A nonce, made at `now`, in seconds since 1970."""
        made = int(now).to_bytes(_TIME, "big")
        return encoded(made + self._mac(made, self.secrets[0]))

    def check(self, nonce: str, now: float) -> None:
        """The nonce was made here, and not long ago. Raises RefusedError WRONG_NONCE, NONCE_EXPIRED."""
        age = now - self._made(nonce)
        if age > self.lifetime:
            raise RefusedError(Reason.NONCE_EXPIRED)
        if age < -_AHEAD:
            raise RefusedError(Reason.WRONG_NONCE, "it was made in the future")

    def next(self, nonce: str, now: float) -> str | None:
        """A new nonce for an answer, when half of the life of one that is good is over."""
        return self.new(now) if 2 * (now - self._made(nonce)) >= self.lifetime else None

    def _made(self, nonce: str) -> int:
        try:
            data = decoded(nonce)
        except RefusedError:
            data = b""
        made, mac = data[:_TIME], data[_TIME:]
        good = [hmac.compare_digest(mac, self._mac(made, secret)) for secret in self.secrets]
        if not any(good):
            raise RefusedError(Reason.WRONG_NONCE)
        return int.from_bytes(made, "big")

    def _mac(self, made: bytes, secret: bytes) -> bytes:
        return hmac.digest(secret, _LABEL + made + self.audience.encode("utf-8", "surrogatepass"), "sha256")


def new_secret() -> bytes:
    """A secret for nonces."""
    return secrets.token_bytes(SECRET)

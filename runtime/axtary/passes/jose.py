"""Compact JWS (RFC 7515), strictly: one token, one spelling, one meaning.

`parse` believes nothing: it holds the token's length, its form, its spelling and its JSON to what `sign` writes. Only
`check` says who signed it, with a key that the caller has chosen by what it trusts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from axtary.passes import base64url
from axtary.passes.base64url import encoded
from axtary.passes.errors import Reason, RefusedError
from axtary.passes.keys import PrivateKey, PublicKey
from axtary.runtime.errors import DoorError
from axtary.runtime.strictjson import loads

MAX_TOKEN = 16 * 1024  # characters
_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\Z")


@dataclass(frozen=True)
class Jws:
    """A token that is well-formed. Nobody has checked yet who signed it."""

    token: str
    header: Mapping[str, Any]
    payload: Mapping[str, Any]
    signature: bytes

    @property
    def signed(self) -> bytes:
        """What the signature is over (RFC 7515 section 5.1)."""
        return self.token.rpartition(".")[0].encode("ascii")


def sign(payload: Mapping[str, Any], typ: str, key: PrivateKey, header: Mapping[str, Any] | None = None) -> str:
    """A token. Its header has `alg`, `typ`, and the members given, or `kid`. Raises RefusedError NOT_JSON."""
    members = {"alg": key.algorithm, "typ": typ, **({"kid": key.kid} if header is None else header)}
    try:
        texts = [json.dumps(part, separators=(",", ":"), allow_nan=False) for part in (members, payload)]
    except (TypeError, ValueError, RecursionError):
        raise RefusedError(Reason.NOT_JSON) from None
    signed = ".".join(encoded(text.encode("ascii")) for text in texts)
    return f"{signed}.{encoded(key.sign(signed.encode('ascii')))}"


def parse(token: str, typ: str, members: Collection[str] = ("kid",), limit: int = MAX_TOKEN) -> Jws:
    """Take a token apart. Its header must have `alg`, `typ` and exactly the `members`. Raises RefusedError."""
    head, body, signature = _parts(token, limit)
    header = _object(head)
    if header.get("typ") != typ:
        raise RefusedError(Reason.WRONG_TYP, f"it must be {typ}")
    if header.keys() != {"alg", "typ", *members}:
        raise RefusedError(Reason.WRONG_HEADER)
    if not all(isinstance(header.get(name, ""), str) for name in ("alg", "kid")):
        raise RefusedError(Reason.WRONG_HEADER)
    return Jws(token, header, _object(body), signature)


def peek(token: str, limit: int = MAX_TOKEN) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and payload of any token, to be looked at and not to be believed. Raises RefusedError."""
    head, body, _ = _parts(token, limit)
    return _object(head), _object(body)


def _parts(token: str, limit: int) -> tuple[bytes, bytes, bytes]:
    if len(token) > limit:
        raise RefusedError(Reason.TOO_LONG)
    if not token.isascii() or not _COMPACT.match(token):
        raise RefusedError(Reason.NOT_COMPACT)
    head, body, signature = map(decoded, token.split("."))
    return head, body, signature


def check(jws: Jws, key: PublicKey) -> None:
    """The key has signed the token. Raises RefusedError WRONG_ALG, BAD_SIGNATURE."""
    if jws.header["alg"] != key.algorithm:
        raise RefusedError(Reason.WRONG_ALG)
    if not key.verify(jws.signed, jws.signature):
        raise RefusedError(Reason.BAD_SIGNATURE)


def decoded(text: str) -> bytes:
    """The bytes of base64url that is the only spelling of them. Raises RefusedError NOT_BASE64URL."""
    try:
        return base64url.decoded(text)
    except ValueError:
        raise RefusedError(Reason.NOT_BASE64URL) from None


def _object(data: bytes) -> dict[str, Any]:
    try:
        value = loads(data, source="token")
    except DoorError as error:
        raise RefusedError(Reason.NOT_JSON, error.problems[0].message) from None
    if type(value) is not dict:
        raise RefusedError(Reason.NOT_JSON)
    return value

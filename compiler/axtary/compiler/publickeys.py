"""Public keys in a policy file: an RFC 7638 thumbprint, or the JWK that it is of.

Whether the point of a JWK is on its curve is not asked: a key that is none signs nothing.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re

from axtary.compiler.diagnostics import quoted
from axtary.compiler.reading import Reader
from axtary.compiler.source import Mapping, Node, Text

CODE = "AX0211"
JWK_KEYS = ("kty", "crv", "x", "y", "kid", "alg", "use")
KEY_HELP = "write the RFC 7638 thumbprint of the key, 43 characters of base64url, or its public JWK as `jwk`"

_EXAMPLE = "`{kty: EC, crv: P-256, x: …, y: …}`"
_BYTES = re.compile(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")  # 32 bytes have one spelling in base64url
_MEMBERS = {
    ("EC", "P-256"): ("ES256", ("crv", "kty", "x", "y")),
    ("OKP", "Ed25519"): ("Ed25519", ("crv", "kty", "x")),
}


def read_key(body: Mapping, reader: Reader) -> str | None:
    """The thumbprint that `key` or `jwk` of `body` gives."""
    node, jwk = body.get("key"), body.get("jwk")
    if node is not None and jwk is not None:
        reader.report.error(CODE, jwk.span, "`key` and `jwk` stand beside each other", "delete one of the two")
    if node is None:
        return _of_jwk(jwk, reader) if jwk is not None else None
    text = reader.text(node, "`key`", "the thumbprint of a key")
    if text is None or _BYTES.fullmatch(text.value):
        return text.value if text is not None else None
    reader.report.error(CODE, text.span, f"{quoted(text.value)} is no thumbprint of a key", KEY_HELP)
    return None


def _of_jwk(node: Node, reader: Reader) -> str | None:
    if isinstance(node, Mapping) and node.get("d") is not None:
        help_text = "make a new key, write its public part alone, and keep the private part where only its owner reads"
        reader.report.error(CODE, node.span, "a private key stands in the policy", help_text)
        return None
    body = reader.mapping(node, "`jwk`", JWK_KEYS, _EXAMPLE)
    if body is None:
        return None
    values = {key.value: value.value for key, value in body.entries if isinstance(value, Text)}
    algorithm, names = _MEMBERS.get((values.get("kty", ""), values.get("crv", "")), ("", ()))
    plain = {name: values.get(name, "") for name in names}
    whole = names and all(_BYTES.fullmatch(plain[name]) for name in names if name in ("x", "y"))
    if not whole or ("y" in values) != ("y" in names) or len(values) != len(body.entries):
        message = "this is no public key for ES256 or Ed25519"
        reader.report.error(CODE, node.span, message, f"write for example {_EXAMPLE}")
        return None
    thumbprint = _digest(plain)
    for name, value in (("kid", thumbprint), ("alg", algorithm), ("use", "sig")):
        if values.get(name, value) != value:
            message = f"the `{name}` of the key is not `{value}`"
            reader.report.error(CODE, node.span, message, "correct it, or leave it out")
    return thumbprint


def _digest(plain: dict[str, str]) -> str:
    """RFC 7638 section 3: the required members, sorted by name, without white space."""
    digest = hashlib.sha256(json.dumps(plain, separators=(",", ":"), sort_keys=True).encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")

"""Tokens that are no good passes for ACTION at NOW, by what is wrong with each, and why each is refused."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from axtary.passes import jose
from axtary.passes.base64url import encoded
from axtary.passes.claims import TYP
from axtary.passes.errors import Reason
from axtary.passes.issue import AUDIENCE
from tests.passes.making import (
    APPROVER,
    ED25519,
    KEY,
    NOW,
    OTHER,
    RETIRED,
    forged,
    good,
    headed,
    payload,
    raw,
    revocation_list,
)

HOLDER = OTHER.kid


def hs256() -> str:
    """The public key, which everybody has, as the secret of an HMAC."""
    signed = f"{encoded(json.dumps({'alg': 'HS256', 'typ': TYP, 'kid': KEY.kid}).encode())}.{body()}"
    secret = json.dumps(dict(KEY.public.jwk)).encode()
    return f"{signed}.{encoded(hmac.digest(secret, signed.encode(), hashlib.sha256))}"


def pem_hs256() -> str:
    signed = f"{encoded(json.dumps({'alg': 'HS256', 'typ': TYP, 'kid': KEY.kid}).encode())}.{body()}"
    point = [int.from_bytes(jose.decoded(KEY.public.jwk[name])) for name in ("x", "y")]
    public = ec.EllipticCurvePublicNumbers(point[0], point[1], ec.SECP256R1()).public_key()
    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return f"{signed}.{encoded(hmac.digest(pem, signed.encode(), hashlib.sha256))}"


def unsigned() -> str:
    return f"{encoded(json.dumps({'alg': 'none', 'typ': TYP, 'kid': KEY.kid}).encode())}.{body()}."


def body() -> str:
    return encoded(json.dumps(payload()).encode())


def der() -> str:
    """An ES256 signature as X.509 has it."""
    signed = good().rpartition(".")[0]
    private = ec.derive_private_key(int.from_bytes(jose.decoded(KEY.secret()["d"])), ec.SECP256R1())
    return f"{signed}.{encoded(private.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))}"


def part(token: str, number: int, change: Callable[[str], str]) -> str:
    parts = token.split(".")
    parts[number] = change(parts[number])
    return ".".join(parts)


def other_bits(text: str) -> str:
    """The same bytes in another spelling: of 86 characters for 64 bytes, the last four bits are of no byte."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return text[:-1] + letters[letters.index(text[-1]) ^ 1]


def twice(document: dict[str, Any], name: str) -> str:
    text = json.dumps(document)
    return f'{text[:-1]}, "{name}": {json.dumps(document[name])}}}'


HEADER = {"alg": "ES256", "typ": TYP, "kid": KEY.kid}
HEAD = json.dumps(HEADER)
BODY = json.dumps(payload())
BY_TOKEN: dict[str, tuple[Callable[[], str], Reason]] = {
    # --- the token
    "too long": (lambda: forged(constraints={"a": "x" * 16_000}), Reason.TOO_LONG),
    "empty": (lambda: "", Reason.NOT_COMPACT),
    "one part": (lambda: "abc", Reason.NOT_COMPACT),
    "two parts": (lambda: good().rpartition(".")[0], Reason.NOT_COMPACT),
    "four parts": (lambda: good() + ".AAAA", Reason.NOT_COMPACT),
    "five parts, as an encrypted token has": (lambda: good() + ".AAAA.AAAA", Reason.NOT_COMPACT),
    "no signature": (unsigned, Reason.NOT_COMPACT),
    "a line end behind it": (lambda: good() + "\n", Reason.NOT_COMPACT),
    "a blank before it": (lambda: " " + good(), Reason.NOT_COMPACT),
    "a blank within": (lambda: part(good(), 1, lambda text: text[:8] + " " + text[8:]), Reason.NOT_COMPACT),
    "padding": (lambda: part(good(), 2, lambda text: text + "=="), Reason.NOT_COMPACT),
    "letters beyond ASCII": (lambda: good() + "\u00e9", Reason.NOT_COMPACT),
    "full-width letters": (lambda: good().replace("e", "\uff45", 1), Reason.NOT_COMPACT),
    "plain base64": (lambda: part(good(), 2, lambda text: "+/" + text[2:]), Reason.NOT_COMPACT),
    "other unused bits in the signature": (lambda: part(good(), 2, other_bits), Reason.NOT_BASE64URL),
    "a length that no bytes have": (lambda: part(good(), 2, lambda text: text + "AAA"), Reason.NOT_BASE64URL),
    # --- its JSON
    "a header that is no JSON": (lambda: raw("{", BODY), Reason.NOT_JSON),
    "a header that is a list": (lambda: raw("[]", BODY), Reason.NOT_JSON),
    "a payload that is a text": (lambda: raw(HEAD, '"x"'), Reason.NOT_JSON),
    "alg twice": (lambda: raw(twice(HEADER, "alg"), BODY), Reason.NOT_JSON),
    "exp twice": (lambda: raw(HEAD, twice(payload(), "exp")), Reason.NOT_JSON),
    "a claim twice, once escaped": (lambda: raw(HEAD, BODY[:-1] + ', "\\u0065xp": 1}'), Reason.NOT_JSON),
    "NaN": (lambda: raw(HEAD, json.dumps(payload(exp=float("nan")))), Reason.NOT_JSON),
    "Infinity": (lambda: raw(HEAD, json.dumps(payload(exp=float("inf")))), Reason.NOT_JSON),
    "a number beyond all": (lambda: raw(HEAD, BODY.replace(f'"exp": {NOW + 300}', '"exp": 1e400')), Reason.NOT_JSON),
    "half of a surrogate pair": (lambda: forged(sub="\ud800"), Reason.NOT_JSON),
    "a byte order mark": (lambda: raw(HEAD, "\ufeff" + BODY), Reason.NOT_JSON),
    "deep nesting": (lambda: raw(HEAD, '{"constraints": ' + "[" * 100 + "]" * 100 + "}"), Reason.NOT_JSON),
    # --- its header
    "no typ": (lambda: headed(typ=None), Reason.WRONG_TYP),
    "typ JWT": (lambda: headed(typ="JWT"), Reason.WRONG_TYP),
    "typ in upper case": (lambda: headed(typ=TYP.upper()), Reason.WRONG_TYP),
    "typ with application/": (lambda: headed(typ=f"application/{TYP}"), Reason.WRONG_TYP),
    "typ of a list": (lambda: headed(typ=[TYP]), Reason.WRONG_TYP),
    "a proof": (lambda: headed(typ="dpop+jwt"), Reason.WRONG_TYP),
    "an approval": (lambda: headed(typ="axtary-approval+jwt"), Reason.WRONG_TYP),
    "a list of revocations": (lambda: revocation_list(), Reason.WRONG_TYP),
    "a key in the header": (lambda: headed(jwk=dict(OTHER.public.jwk)), Reason.WRONG_HEADER),
    "a key instead of a kid": (lambda: headed(kid=None, jwk=dict(KEY.public.jwk)), Reason.WRONG_HEADER),
    "an address of keys": (lambda: headed(jku="https://example.org/jwks"), Reason.WRONG_HEADER),
    "a certificate": (lambda: headed(x5c=["MII"]), Reason.WRONG_HEADER),
    "crit": (lambda: headed(crit=["exp"]), Reason.WRONG_HEADER),
    "b64 false": (lambda: headed(b64=False, crit=["b64"]), Reason.WRONG_HEADER),
    "cty": (lambda: headed(cty="JWT"), Reason.WRONG_HEADER),
    "no kid": (lambda: headed(kid=None), Reason.WRONG_HEADER),
    "no alg": (lambda: headed(alg=None), Reason.WRONG_HEADER),
    "kid of a list": (lambda: headed(kid=[KEY.kid]), Reason.WRONG_HEADER),
    "alg of a list": (lambda: headed(alg=["ES256"]), Reason.WRONG_HEADER),
    # --- its key and signature
    "an unknown key": (lambda: forged(OTHER), Reason.UNKNOWN_KEY),
    "kid of a path": (lambda: headed(kid="../../keys.json"), Reason.UNKNOWN_KEY),
    "a key for approvals": (lambda: forged(APPROVER), Reason.WRONG_PURPOSE),
    "alg none": (lambda: headed(alg="none"), Reason.WRONG_ALG),
    "alg HS256 with the JWK as its secret": (hs256, Reason.WRONG_ALG),
    "alg HS256 with the PEM as its secret": (pem_hs256, Reason.WRONG_ALG),
    "alg ES384": (lambda: headed(alg="ES384"), Reason.WRONG_ALG),
    "alg in lower case": (lambda: headed(alg="es256"), Reason.WRONG_ALG),
    "alg of another key": (lambda: headed(alg="Ed25519"), Reason.WRONG_ALG),
    "the old name of Ed25519": (lambda: headed(alg="EdDSA", kid=ED25519.kid), Reason.WRONG_ALG),
    "another key's signature": (lambda: raw(HEAD, BODY, OTHER), Reason.BAD_SIGNATURE),
    "another pass's signature": (lambda: part(good(), 2, lambda _: good().split(".")[2]), Reason.BAD_SIGNATURE),
    "another pass's claims": (
        lambda: part(good(), 1, lambda _: forged(sub="agent:b").split(".")[1]),
        Reason.BAD_SIGNATURE,
    ),
    "a signature of zeros": (lambda: part(good(), 2, lambda _: encoded(bytes(64))), Reason.BAD_SIGNATURE),
    "a short signature": (lambda: part(good(), 2, lambda _: encoded(bytes(63))), Reason.BAD_SIGNATURE),
    "a long signature": (
        lambda: part(good(), 2, lambda text: encoded(jose.decoded(text) + b"\0")),
        Reason.BAD_SIGNATURE,
    ),
    "a signature in DER": (der, Reason.BAD_SIGNATURE),
    # --- its claims
    "no jti": (lambda: forged(jti=None), Reason.CLAIM_MISSING),
    "no exp": (lambda: forged(exp=None), Reason.CLAIM_MISSING),
    "a payload hash without an action hash": (lambda: forged(action_hash=None), Reason.CLAIM_MISSING),
    "a claim of another": (lambda: forged(scope="all"), Reason.CLAIM_UNKNOWN),
    "exp as text": (lambda: forged(exp=str(NOW + 60)), Reason.CLAIM_ILL_TYPED),
    "exp with a fraction": (lambda: forged(exp=NOW + 60.5), Reason.CLAIM_ILL_TYPED),
    "iat true": (lambda: forged(iat=True), Reason.CLAIM_ILL_TYPED),
    "exp negative": (lambda: forged(exp=-1), Reason.CLAIM_ILL_TYPED),
    "exp beyond all calendars": (lambda: forged(exp=2**50), Reason.CLAIM_ILL_TYPED),
    "exp before nbf": (lambda: forged(exp=NOW - 1), Reason.CLAIM_ILL_TYPED),
    "aud of a list": (lambda: forged(aud=[AUDIENCE]), Reason.CLAIM_ILL_TYPED),
    "no agent": (lambda: forged(sub=""), Reason.CLAIM_ILL_TYPED),
    "a jti in upper case": (lambda: forged(jti="ap_" + "A" * 32), Reason.CLAIM_ILL_TYPED),
    "a jti with a line end": (lambda: forged(jti="ap_" + "a" * 32 + "\n"), Reason.CLAIM_ILL_TYPED),
    "a short jti": (lambda: forged(jti="ap_1"), Reason.CLAIM_ILL_TYPED),
    "a hash in upper case": (lambda: forged(action_hash="sha256:" + "A" * 64), Reason.CLAIM_ILL_TYPED),
    "a holder by key": (lambda: forged(cnf={"jwk": dict(KEY.public.jwk)}), Reason.CLAIM_ILL_TYPED),
    "a holder by thumbprint and key": (lambda: forged(cnf={"jkt": HOLDER, "kid": "x"}), Reason.CLAIM_ILL_TYPED),
    "a holder with a short thumbprint": (lambda: forged(cnf={"jkt": "x"}), Reason.CLAIM_ILL_TYPED),
    # --- by whom, for whom, when
    "another issuer": (lambda: forged(iss="axtary2"), Reason.WRONG_ISSUER),
    "another audience": (lambda: forged(aud="axtary-proxy-staging"), Reason.WRONG_AUDIENCE),
    "expired": (lambda: forged(iat=NOW - 300, nbf=NOW - 300, exp=NOW - 5), Reason.EXPIRED),
    "not yet valid": (lambda: forged(nbf=NOW + 6), Reason.NOT_YET_VALID),
    "issued in the future": (lambda: forged(iat=NOW + 6), Reason.ISSUED_IN_FUTURE),
    "valid for too long": (lambda: forged(exp=NOW + 301), Reason.TTL_TOO_LONG),
    "valid for too long, from before it was issued": (lambda: forged(nbf=NOW - 1), Reason.TTL_TOO_LONG),
    "by a key that was retired": (lambda: forged(RETIRED), Reason.KEY_NOT_VALID_THEN),
    # --- what for
    "a delegated pass alone": (lambda: forged(parent="sha256:" + "0" * 64), Reason.CHAIN_MISSING),
    "a grant": (
        lambda: forged(action_hash=None, payload_hash=None, tool=None, resource=None),
        Reason.GRANT_ONLY,
    ),
    "another payload hash": (lambda: forged(payload_hash="sha256:" + "0" * 64), Reason.PAYLOAD_MISMATCH),
    "another action hash": (lambda: forged(action_hash="sha256:" + "0" * 64), Reason.ACTION_MISMATCH),
    "another tool than its hash": (lambda: forged(tool="fs.write"), Reason.ACTION_MISMATCH),
    "another agent than its hash": (lambda: forged(sub="agent:root"), Reason.ACTION_MISMATCH),
    "another owner than its hash": (lambda: forged(owner="user:eve"), Reason.ACTION_MISMATCH),
    "another tenant than its hash": (lambda: forged(tenant="org:evil"), Reason.ACTION_MISMATCH),
    "another task than its hash": (lambda: forged(task="AXT-2"), Reason.ACTION_MISMATCH),
    "another resource than its hash": (lambda: forged(resource="repo:acme/db"), Reason.ACTION_MISMATCH),
    # --- the holder
    "bound, without a proof": (lambda: good(holder=HOLDER), Reason.PROOF_MISSING),
}

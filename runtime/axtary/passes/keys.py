"""Keys as JWK (RFC 7517): P-256 for ES256 (RFC 7518 section 3.4), Ed25519 (RFC 8037, named as RFC 9864 names it).

The algorithm belongs to the key; what a header says must be the same. `kid` is the RFC 7638 thumbprint, always.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey

from axtary.passes import base64url
from axtary.passes.errors import Reason, RefusedError

ALGORITHMS = ("ES256", "Ed25519")
_COORDINATES = {"EC": ("x", "y"), "OKP": ("x",)}
_CURVES = {("EC", "P-256"): "ES256", ("OKP", "Ed25519"): "Ed25519"}
_MEMBERS = {"kty", "crv", "x", "y", "kid", "alg", "use", "key_ops"}
_SIZE = 32  # bytes of a coordinate, of an Ed25519 key, and of each half of a signature

_ECDSA = ECDSA(SHA256())

# A coordinate beyond the field is another spelling of the same point, with another thumbprint. OpenSSL takes it.
_P256 = 2**256 - 2**224 + 2**192 + 2**96 - 1

# Points of small order on edwards25519, by y: of order 1, 2, 4 and 8. OpenSSL takes them as public keys.
_P = 2**255 - 19
_ORDER_8 = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
_SMALL_ORDER = {0, 1, _P - 1, _ORDER_8, _P - _ORDER_8}


@dataclass(frozen=True)
class PublicKey:
    """A key that signatures are checked with."""

    algorithm: str
    kid: str
    jwk: Mapping[str, str]  # the members of the thumbprint, nothing else
    _key: Any = field(repr=False, compare=False)

    def verify(self, data: bytes, signature: bytes) -> bool:
        """Is this the key's signature over `data`?"""
        if len(signature) != 2 * _SIZE:
            return False
        try:
            if self.algorithm == "ES256":
                halves = int.from_bytes(signature[:_SIZE]), int.from_bytes(signature[_SIZE:])
                self._key.verify(encode_dss_signature(*halves), data, _ECDSA)
            else:
                self._key.verify(signature, data)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class PrivateKey:
    """A key that signs. It never shows itself."""

    public: PublicKey
    _key: Any = field(repr=False, compare=False)

    @property
    def algorithm(self) -> str:
        """`ES256` or `Ed25519`."""
        return self.public.algorithm

    @property
    def kid(self) -> str:
        """RFC 7638 thumbprint."""
        return self.public.kid

    def sign(self, data: bytes) -> bytes:
        """A signature as JWS has it: 64 bytes."""
        if self.algorithm == "ES256":
            return b"".join(half.to_bytes(_SIZE) for half in decode_dss_signature(self._key.sign(data, _ECDSA)))
        return bytes(self._key.sign(data))

    def secret(self) -> dict[str, str]:
        """The private JWK, for the file that keeps it and for nothing else."""
        number = self._key.private_numbers().private_value if self.algorithm == "ES256" else None
        data = number.to_bytes(_SIZE) if number is not None else self._key.private_bytes_raw()
        return {**self.public.jwk, "d": base64url.encoded(data)}


def generate(algorithm: str = "ES256") -> PrivateKey:
    """A new key. Raises RefusedError WRONG_ALG."""
    if algorithm not in ALGORITHMS:
        raise RefusedError(Reason.WRONG_ALG, f"write one of {', '.join(ALGORITHMS)}")
    made: Any = ECKey.generate_key("P-256", private=True) if algorithm == "ES256" else OKPKey.generate_key("Ed25519")
    return private_key(made.as_dict(private=True))


def public_key(jwk: object) -> PublicKey:
    """A public key from its JWK. Raises RefusedError with the reason."""
    if isinstance(jwk, dict) and jwk.keys() & {"d", "k", "p", "q"}:
        raise RefusedError(Reason.PRIVATE_KEY)
    return _public(_checked(jwk, _MEMBERS))


def private_key(jwk: object) -> PrivateKey:
    """A private key from its JWK. Raises RefusedError UNUSABLE_KEY."""
    checked = _checked(jwk, _MEMBERS | {"d"})
    if "d" not in checked:
        raise RefusedError(Reason.UNUSABLE_KEY, "there is no private part")
    public = _public({name: value for name, value in checked.items() if name != "d"})
    key = _imported({**public.jwk, "d": _coordinate(checked, "d")})
    made = PrivateKey(public, _operational(key, "sign"))
    if not public.verify(b"axtary", made.sign(b"axtary")):
        raise RefusedError(Reason.UNUSABLE_KEY, "its private part is not that of its public part")
    return made


def _checked(jwk: object, members: set[str]) -> dict[str, Any]:
    if not isinstance(jwk, dict) or not jwk.keys() <= members:
        raise RefusedError(Reason.UNUSABLE_KEY)
    algorithm = _CURVES.get((str(jwk.get("kty")), str(jwk.get("crv"))))
    if algorithm is None or ("y" in jwk) != (jwk["kty"] == "EC"):
        raise RefusedError(Reason.UNUSABLE_KEY)
    if jwk.get("alg", algorithm) != algorithm or jwk.get("use", "sig") != "sig":
        raise RefusedError(Reason.UNUSABLE_KEY, "it is for another use")
    if not _is_for_signatures(jwk.get("key_ops", ["verify"])):
        raise RefusedError(Reason.UNUSABLE_KEY, "it is for another use")
    return jwk


def _is_for_signatures(operations: object) -> bool:
    """RFC 7517 section 4.3: a list with nothing twice in it, here of what signatures need."""
    return operations in (["sign"], ["verify"], ["sign", "verify"], ["verify", "sign"])


def _public(jwk: Mapping[str, Any]) -> PublicKey:
    algorithm = _CURVES[jwk["kty"], jwk["crv"]]
    plain = {"kty": str(jwk["kty"]), "crv": str(jwk["crv"])}
    plain |= {name: _coordinate(jwk, name) for name in _COORDINATES[plain["kty"]]}
    if algorithm == "ES256" and any(int.from_bytes(base64url.decoded(plain[name])) >= _P256 for name in ("x", "y")):
        raise RefusedError(Reason.UNUSABLE_KEY)
    if algorithm == "Ed25519":
        _refuse_small_order(base64url.decoded(plain["x"]))
    key = _imported(plain)
    kid = key.thumbprint()
    if jwk.get("kid", kid) != kid:
        raise RefusedError(Reason.UNUSABLE_KEY, "its kid is not its RFC 7638 thumbprint")
    return PublicKey(algorithm, kid, plain, _operational(key, "verify"))


def _imported(jwk: Mapping[str, str]) -> Any:
    try:
        return (ECKey if jwk["kty"] == "EC" else OKPKey).import_key(dict(jwk))
    except (JoseError, ValueError):
        raise RefusedError(Reason.UNUSABLE_KEY) from None


def _operational(key: Any, operation: str) -> Any:
    """What computes, of `cryptography`."""
    try:
        return key.get_op_key(operation)  # a point that is not on the curve is refused here
    except (JoseError, ValueError):
        raise RefusedError(Reason.UNUSABLE_KEY) from None


def _coordinate(jwk: Mapping[str, Any], name: str) -> str:
    """32 bytes in the only spelling that they have."""
    value = jwk.get(name)
    try:
        if isinstance(value, str) and len(base64url.decoded(value)) == _SIZE:
            return value
    except ValueError:
        pass
    raise RefusedError(Reason.UNUSABLE_KEY)


def _refuse_small_order(x: bytes) -> None:
    y = int.from_bytes(x, "little") % 2**255
    if y >= _P or y in _SMALL_ORDER:
        raise RefusedError(Reason.WEAK_KEY)

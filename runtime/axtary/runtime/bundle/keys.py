"""Keys from PEM files: P-256 for ES256 (RFC 7518 section 3.4) and RSA of 2048 bits or more for RS256 (section 3.3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from axtary.runtime.bundle.errors import BundleError

MAX_PEM = 64 * 1024
_MIN_RSA = 2048


@dataclass(frozen=True)
class Signer:
    """A private key, with the name by which receivers know it (`kid`)."""

    key_id: str
    algorithm: str  # ES256 or RS256
    _key: Any = field(repr=False)

    def sign(self, data: bytes) -> bytes:
        """The signature as JWS has it. The same for the same data (RFC 6979 for ES256), so that bundles compare."""
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        der = self._key.sign(data, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
        return b"".join(number.to_bytes(32, "big") for number in decode_dss_signature(der))


@dataclass(frozen=True)
class Trusted:
    """A public key as PEM, with its algorithm: never a header's. `key_id` None: any."""

    pem: bytes
    algorithm: str
    key_id: str | None = None


def load_signer(pem: bytes, key_id: str) -> Signer:
    """A private key without a password. Raises BundleError AX1109."""
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise _bad("this is no private key in PEM, without a password") from None
    return Signer(key_id, _algorithm(key.public_key()), key)


def load_trusted(pem: bytes, key_id: str | None = None) -> Trusted:
    """A public key. Raises BundleError AX1109."""
    try:
        key = serialization.load_pem_public_key(pem)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise _bad("this is no public key in PEM") from None
    return Trusted(pem, _algorithm(key), key_id)


def _algorithm(key: object) -> str:
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return "ES256"
    if isinstance(key, rsa.RSAPublicKey) and key.key_size >= _MIN_RSA:
        return "RS256"
    raise _bad("OPA and axtary take P-256 keys (ES256), and RSA keys of at least 2048 bits (RS256)")


def _bad(why: str) -> BundleError:
    help_text = (
        "`openssl ecparam -name prime256v1 -genkey -noout -out key.pem; openssl ec -in key.pem -pubout -out pub.pem`"
    )
    return BundleError("AX1109", why, f"make a pair of keys: {help_text}")

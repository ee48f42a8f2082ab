"""Proofs of possession (RFC 9449): whoever uses a pass shows, for this one request, that the pass's key is theirs.

`prove` makes a proof. `Verifier.verify` goes through the list of section 4.3, in an order in which nothing is believed
before it is checked, and last marks the proof as used. Each step has the number that it has there and in docs/dpop.md,
and says which attack it stops. A proof covers method, URI, pass and time. It covers no body: the pass does, with its
`payload_hash`.
"""

from __future__ import annotations

import hashlib
import hmac
import math
import re
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from axtary.passes import jose
from axtary.passes.base64url import encoded
from axtary.passes.claims import Claims
from axtary.passes.errors import Reason, RefusedError
from axtary.passes.forms import MAX_TIME
from axtary.passes.keys import ALGORITHMS, PrivateKey, PublicKey, public_key
from axtary.passes.nonces import Nonces
from axtary.passes.uris import MAX_URI, check_target, normalized
from axtary.runtime.state import Once, StateError

TYP = "dpop+jwt"
WINDOW = 60  # seconds that the time of a proof may be off, either way
MAX_PROOF = 4096  # characters

_SECOND = 1_000_000  # microseconds
_MARGIN = 5  # seconds that the clock of the state may be ahead of this one
_JTI = re.compile(r"[!-~]{16,256}\Z")  # 96 bits are 16 characters of base64url
_ATH = re.compile(r"[A-Za-z0-9_-]{43}\Z")
_NONCE = re.compile(r"[!#-\[\]-~]{1,256}\Z")  # NQCHAR of RFC 9449 section 8.1


def prove(
    key: PrivateKey, method: str, uri: str, token: str | None = None, nonce: str | None = None, now: float | None = None
) -> str:
    """A proof for one request with the pass `token`. `now`: in seconds since 1970, if not the system's.

    Raises RefusedError METHOD_ILL_FORMED, URI_ILL_FORMED, PROOF_CLAIM_ILL_TYPED.
    """
    method, uri = check_target(method, uri)
    made = int(time.time() if now is None else now)
    claims: dict[str, Any] = {"jti": secrets.token_urlsafe(16), "htm": method, "htu": uri, "iat": made}
    claims |= {"ath": token_hash(token)} if token is not None else {}
    claims |= {"nonce": nonce} if nonce is not None else {}
    _check_forms(claims)
    return jose.sign(claims, TYP, key, {"jwk": dict(key.public.jwk)})


def token_hash(token: str) -> str:
    """`ath`: base64url of the SHA-256 of a token (section 4.2)."""
    return encoded(hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest())


@dataclass(frozen=True)
class Request:
    """What came with a pass: the value of each DPoP header field, and method and URI as the server knows them.

    The server takes scheme and host from its own configuration, never from a header.
    """

    proofs: Sequence[str]
    method: str
    uri: str


@dataclass(frozen=True)
class Proof:
    """A proof that is good. `next_nonce` is for the DPoP-Nonce field of the answer."""

    jkt: str
    jti: str
    iat: float
    next_nonce: str | None = None


@dataclass(frozen=True)
class Examiner:
    """All steps but the last: to it the same proof is good again and again. For looking, never for acting.

    With `nonces`, a proof must have one of them. `window` is in seconds; `now` gives seconds since 1970.
    """

    nonces: Nonces | None = None
    window: int = WINDOW
    algorithms: Sequence[str] = ALGORITHMS
    now: Callable[[], float] = time.time

    def examine(self, request: Request, claims: Claims, token: str) -> Proof:
        """The holder of the pass has asked for just this, and not long ago. Raises RefusedError."""
        now = self.now()
        jws, key = self._opened(_one(request.proofs))
        proof = jws.payload
        _check_claims(proof)
        _check_target(proof, request)
        following = self._check_nonce(proof.get("nonce"), now)
        self._check_time(proof, now)
        _check_pass(proof, key, claims, token)
        return Proof(key.kid, proof["jti"], proof["iat"], following)

    def _opened(self, proof: str) -> tuple[jose.Jws, PublicKey]:
        """The proof, and the key that signed it."""
        with _of_the_proof():
            # 2. One well-formed token, in its only spelling, of bounded length: no two readings, no work for a flood.
            # 4. Its type: no other token that the key has signed is ever a proof (section 11.5).
            jws = jose.parse(proof, TYP, ("jwk",), MAX_PROOF)
            # 5. The algorithm is one that is taken: neither `none` nor a MAC, which everybody could make.
            if jws.header["alg"] not in self.algorithms:
                raise RefusedError(Reason.WRONG_ALG)
            # 7. The key is a public one, and one that can tell messages apart.
            key = _key(jws.header["jwk"])
            # 6. The signature fits the key, by the algorithm that is the key's: whoever sends this has the private key.
            jose.check(jws, key)
        return jws, key

    def _check_nonce(self, nonce: str | None, now: float) -> str | None:
        # 10. The nonce is one of ours, and young: a proof cannot be made in advance (section 11.2). Once nonces are
        # required, no proof goes without (section 11.3).
        if self.nonces is None:
            return None
        if nonce is None:
            raise RefusedError(Reason.NONCE_MISSING)
        self.nonces.check(nonce, now)
        return self.nonces.next(nonce, now)

    def _check_time(self, proof: Mapping[str, Any], now: float) -> None:
        # 11. It was made now, give or take the window: what is stolen later is stale, and the memory of ids is bounded.
        made = proof["iat"]
        if now > made + self.window or now >= proof.get("exp", math.inf):
            raise RefusedError(Reason.PROOF_TOO_OLD)
        if now < made - self.window or now < proof.get("nbf", 0):
            raise RefusedError(Reason.PROOF_FROM_THE_FUTURE)


@dataclass(frozen=True)
class Verifier:
    """Verifies proofs, each once among all that share `once`. Safe to use from any thread."""

    once: Once
    examiner: Examiner = field(default_factory=Examiner)

    def verify(self, request: Request, claims: Claims, token: str) -> Proof:
        """The holder of the pass asks for just this, now, and for the first time. Raises RefusedError."""
        proof = self.examiner.examine(request, claims, token)
        # 13. It was not used before (section 11.1): a proof that was seen on its way is worth nothing. Ids are kept for
        # each key, not for each URI. It comes last: a proof that is refused uses up nothing, and fills nothing.
        name = hashlib.sha256(f"{proof.jkt}.{proof.jti}".encode("ascii")).hexdigest()
        expires = int((proof.iat + self.examiner.window + _MARGIN) * _SECOND)
        try:
            fresh = self.once.use("proof", name, expires)
        except StateError as error:
            raise RefusedError(Reason.PROOF_NOT_RECORDED, str(error)) from None
        if not fresh:
            raise RefusedError(Reason.PROOF_REPLAYED)
        return proof


# --- steps ----------------------------------------------------------------------------------------------------------


def _one(proofs: Sequence[str]) -> str:
    # 1. Not more than one: two servers on the way must not look at two of them. Fields of one name may arrive joined.
    if not proofs:
        raise RefusedError(Reason.PROOF_MISSING)
    if len(proofs) > 1 or "," in proofs[0]:
        raise RefusedError(Reason.MORE_THAN_ONE_PROOF)
    return proofs[0]


def _key(jwk: object) -> PublicKey:
    """The key of a JWK. The same holders come again and again, so theirs are kept; a refusal is not."""
    if isinstance(jwk, dict) and all(isinstance(value, str) for value in jwk.values()):
        return _kept(tuple(jwk.items()))
    return public_key(jwk)


@lru_cache(1024)
def _kept(members: tuple[tuple[str, str], ...]) -> PublicKey:
    return public_key(dict(members))


def _check_claims(proof: Mapping[str, Any]) -> None:
    # 3. All claims that are required, each of its form: what is missing or of another type is not taken for something.
    for name in _REQUIRED:
        if name not in proof:
            raise RefusedError(Reason.PROOF_CLAIM_MISSING, name)
    _check_forms(proof)


def _check_forms(proof: Mapping[str, Any]) -> None:
    for name, fits in _FORMS.items():
        if name in proof and not fits(proof[name]):
            raise RefusedError(Reason.PROOF_CLAIM_ILL_TYPED, name)


def _check_target(proof: Mapping[str, Any], request: Request) -> None:
    method, uri = check_target(request.method, request.uri)
    # 8. The method: a proof for reading does not write.
    if proof["htm"] != method:
        raise RefusedError(Reason.WRONG_METHOD)
    # 9. The URI, in one spelling on both sides, without query and fragment: a proof for one server or place is not good
    # at another.
    if normalized(proof["htu"]) != uri:
        raise RefusedError(Reason.WRONG_URI)


def _check_pass(proof: Mapping[str, Any], key: PublicKey, claims: Claims, token: str) -> None:
    # 12. It is for this pass, and the pass is for this key: neither a stolen pass with a key of the thief's, nor the
    # holder's proof for another pass.
    if claims.cnf is None:
        raise RefusedError(Reason.NOT_BOUND)
    if not hmac.compare_digest(proof["ath"], token_hash(token)):
        raise RefusedError(Reason.WRONG_ATH)
    if not hmac.compare_digest(claims.cnf, key.kid):
        raise RefusedError(Reason.OTHER_HOLDER)


_NAMES = {
    Reason.TOO_LONG: Reason.PROOF_TOO_LONG,
    Reason.NOT_COMPACT: Reason.PROOF_MALFORMED,
    Reason.NOT_BASE64URL: Reason.PROOF_MALFORMED,
    Reason.NOT_JSON: Reason.PROOF_MALFORMED,
    Reason.WRONG_TYP: Reason.PROOF_WRONG_TYP,
    Reason.WRONG_HEADER: Reason.PROOF_WRONG_HEADER,
    Reason.WRONG_ALG: Reason.PROOF_WRONG_ALG,
    Reason.PRIVATE_KEY: Reason.KEY_IN_PROOF_IS_PRIVATE,
    Reason.UNUSABLE_KEY: Reason.KEY_IN_PROOF_IS_UNUSABLE,
    Reason.WEAK_KEY: Reason.KEY_IN_PROOF_IS_WEAK,
    Reason.BAD_SIGNATURE: Reason.PROOF_BAD_SIGNATURE,
}


@contextmanager
def _of_the_proof() -> Iterator[None]:
    """What any token is refused for, said of the proof: the pass beside it is a token as well."""
    try:
        yield
    except RefusedError as error:
        name = _NAMES[error.reason]
        raise RefusedError(name, error.message if name is Reason.PROOF_MALFORMED else "") from None


# --- forms ----------------------------------------------------------------------------------------------------------


def _like(pattern: re.Pattern[str]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and pattern.match(value) is not None


def _time(value: object) -> bool:
    return type(value) in (int, float) and 0 <= value <= MAX_TIME  # type: ignore[operator]


_FORMS: Mapping[str, Callable[[object], bool]] = {
    "jti": _like(_JTI),
    "htm": lambda value: isinstance(value, str),
    "htu": lambda value: isinstance(value, str) and len(value) <= 2 * MAX_URI,
    "iat": _time,
    "ath": _like(_ATH),
    "nonce": _like(_NONCE),
    "exp": _time,
    "nbf": _time,
}
_REQUIRED = ("jti", "htm", "htu", "iat", "ath")

"""Keys and signatures: the examples of the RFCs, other people's vectors, and keys that must not be trusted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from axtary.passes import jose
from axtary.passes.base64url import decoded, encoded
from axtary.passes.errors import Reason, RefusedError
from axtary.passes.keys import ALGORITHMS, generate, private_key, public_key
from axtary.passes.keyset import read_jwks
from tests.passes.making import ED25519, KEY

VECTORS = Path(__file__).parents[1] / "vectors" / "jose"

# RFC 7515 appendix A.3: the key, and the token over the claims of appendix A.1
RFC7515_KEY = {
    "kty": "EC",
    "crv": "P-256",
    "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    "d": "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI",
}
RFC7515_JWS = (
    "eyJhbGciOiJFUzI1NiJ9"
    ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
    ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
)
# RFC 8037 appendix A.1, A.3, A.4
RFC8037_KEY = {
    "kty": "OKP",
    "crv": "Ed25519",
    "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
    "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
}
RFC8037_JWS = (
    "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"
    ".hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
)


@pytest.mark.parametrize(
    ("jwk", "token"), [(RFC7515_KEY, RFC7515_JWS), (RFC8037_KEY, RFC8037_JWS)], ids=["ES256", "Ed25519"]
)
def test_signatures_of_the_rfcs(jwk: dict[str, str], token: str) -> None:
    public = public_key({name: value for name, value in jwk.items() if name != "d"})
    signed, _, signature = token.rpartition(".")
    assert public.verify(signed.encode(), decoded(signature))
    assert not public.verify(signed.encode() + b"x", decoded(signature))
    assert public.verify(b"any", private_key(jwk).sign(b"any"))


def test_ed25519_signs_as_the_rfc_does() -> None:
    signed, _, signature = RFC8037_JWS.rpartition(".")
    assert encoded(private_key(RFC8037_KEY).sign(signed.encode())) == signature


def test_thumbprints_of_the_rfcs() -> None:
    """RFC 8037 A.3 is computed by the product; the RSA key of RFC 7638 3.1, which it refuses, by the library in it."""
    from joserfc.jwk import RSAKey

    assert private_key(RFC8037_KEY).kid == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
    modulus = (
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3"
        "oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdA"
        "ZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-"
        "kEgU8awapJzKnqDKgw"
    )
    rsa = RSAKey.import_key({"kty": "RSA", "n": modulus, "e": "AQAB", "alg": "RS256", "kid": "2011-04-29"})
    assert rsa.thumbprint() == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_made_key_comes_back_from_its_jwk(algorithm: str) -> None:
    made = generate(algorithm)
    again = private_key(made.secret())
    assert again.kid == made.kid and again.public.jwk == made.public.jwk
    assert made.public.verify(b"x", again.sign(b"x"))
    assert "d" not in made.public.jwk and made.secret()["d"] not in repr(made) + repr(again)


def test_another_algorithm_is_not_made() -> None:
    with pytest.raises(RefusedError, match="wrong_alg"):
        generate("RS256")


# --- vectors of others ----------------------------------------------------------------------------------------------


def key_sets() -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    groups = json.loads((VECTORS / "json_web_key_test.json").read_bytes())["testGroups"]
    return [
        (group["comment"], group.get("public", group["private"]), test) for group in groups for test in group["tests"]
    ]


def test_key_sets_of_wycheproof() -> None:
    """All that must be refused are. Of the five that are valid none is for ES256: HMAC and RSA keys are refused."""
    found = key_sets()
    assert len(found) == 26
    reasons: dict[str, int] = {}
    for comment, keys, test in found:
        with pytest.raises(RefusedError) as refused:
            read_jwks(json.dumps(keys).encode())
            pytest.fail(f"{comment}: {test['comment']}")
        reasons[refused.value.reason] = reasons.get(refused.value.reason, 0) + 1
    assert sum(test["result"] == "valid" for *_, test in found) == 5
    assert reasons == {"private_key": 15, "unusable_key": 11}


def test_the_key_of_wycheproof_is_taken_when_nothing_is_wrong_with_it() -> None:
    """So it is the mistakes that are refused: algorithm, use, point, curve and type."""
    (keys,) = (keys for comment, keys, _ in key_sets() if comment == "invalid_use")
    token = next(test["jws"] for comment, _, test in key_sets() if comment == "invalid_use")
    jwk = {name: value for name, value in keys["keys"][0].items() if name not in ("use", "kid", "d")}
    signed, _, signature = token.rpartition(".")
    assert public_key(jwk).verify(signed.encode(), decoded(signature))


# --- keys that are not keys -----------------------------------------------------------------------------------------

P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P


def add(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
    """On edwards25519 (RFC 8032 section 5.1.4, affine)."""
    (x1, y1), (x2, y2) = a, b
    k = D * x1 * x2 * y1 * y2 % P
    return (x1 * y2 + x2 * y1) * pow(1 + k, -1, P) % P, (y1 * y2 + x1 * x2) * pow(1 - k, -1, P) % P


def root(square: int) -> int | None:
    found = pow(square, (P + 3) // 8, P)
    for candidate in (found, found * pow(2, (P - 1) // 4, P) % P):
        if candidate * candidate % P == square % P:
            return candidate
    return None


def point(y: int) -> tuple[int, int] | None:
    x = root((y * y - 1) * pow(D * y * y + 1, -1, P) % P)
    return (x, y) if x is not None else None


def small_order() -> set[int]:
    """The y of all points with 8 P = 0, found by what they are: multiples of any point by the large prime order."""
    order = 2**252 + 27742317777372353535851937790883648493
    found = set()
    for y in range(2, 40):
        if (start := point(y)) is None:
            continue
        at, power, left = (0, 1), start, order
        while left:
            at, power, left = (add(at, power) if left & 1 else at), add(power, power), left >> 1
        eighth = at
        for _ in range(3):
            eighth = add(eighth, eighth)
        assert eighth == (0, 1)
        found.add(at[1])
    return found


def test_keys_of_small_order_are_refused() -> None:
    ys = small_order()
    assert len(ys) == 5, "orders 1, 2, 4 and twice 8"
    for y in ys | {y + P for y in ys if y + P < 2**255}:  # the latter: other spellings of the same points
        for sign in (0, 2**255):
            jwk = {"kty": "OKP", "crv": "Ed25519", "x": encoded((y | sign).to_bytes(32, "little"))}
            with pytest.raises(RefusedError) as refused:
                public_key(jwk)
            assert refused.value.reason is Reason.WEAK_KEY, y


def test_a_point_has_one_spelling() -> None:
    """A coordinate beyond the field is the same point for OpenSSL, with another thumbprint."""
    field = 2**256 - 2**224 + 2**192 + 2**96 - 1
    b = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
    y = pow(b, (field + 1) // 4, field)  # of x = 0
    assert public_key(ec(0, y)).kid == "WaPyETsIBZXtuRNV76wHYLJD974GvYX8HEvPt5iWfsw"
    with pytest.raises(RefusedError) as refused:
        public_key(ec(field, y))
    assert refused.value.reason is Reason.UNUSABLE_KEY


def ec(x: int, y: int) -> dict[str, Any]:
    return {"kty": "EC", "crv": "P-256", "x": encoded(x.to_bytes(32)), "y": encoded(y.to_bytes(32))}


PUBLIC = dict(KEY.public.jwk)
BAD_KEYS: dict[str, tuple[Any, Reason]] = {
    "no object": ([], Reason.UNUSABLE_KEY),
    "nothing in it": ({}, Reason.UNUSABLE_KEY),
    "a secret": ({"kty": "oct", "k": "AAAA"}, Reason.PRIVATE_KEY),
    "a private key": (KEY.secret(), Reason.PRIVATE_KEY),
    "a private key of Ed25519": (ED25519.secret(), Reason.PRIVATE_KEY),
    "P-384": (PUBLIC | {"crv": "P-384"}, Reason.UNUSABLE_KEY),
    "a curve for agreement": ({"kty": "OKP", "crv": "X25519", "x": ED25519.public.jwk["x"]}, Reason.UNUSABLE_KEY),
    "a curve of another type": (PUBLIC | {"kty": "OKP"}, Reason.UNUSABLE_KEY),
    "RSA": ({"kty": "RSA", "n": "AQAB", "e": "AQAB"}, Reason.UNUSABLE_KEY),
    "no y": ({name: value for name, value in PUBLIC.items() if name != "y"}, Reason.UNUSABLE_KEY),
    "a y where there is none": ({**ED25519.public.jwk, "y": PUBLIC["y"]}, Reason.UNUSABLE_KEY),
    "not on the curve": (PUBLIC | {"y": encoded(bytes(31) + b"\x01")}, Reason.UNUSABLE_KEY),
    "the point zero": (ec(0, 0), Reason.UNUSABLE_KEY),
    "a long coordinate": (PUBLIC | {"x": encoded(b"\0" + decoded(PUBLIC["x"]))}, Reason.UNUSABLE_KEY),
    "a short coordinate": (PUBLIC | {"x": encoded(decoded(PUBLIC["x"])[1:])}, Reason.UNUSABLE_KEY),
    "a padded coordinate": (PUBLIC | {"x": PUBLIC["x"] + "="}, Reason.UNUSABLE_KEY),
    "a number for a coordinate": (PUBLIC | {"x": 5}, Reason.UNUSABLE_KEY),
    "for encryption": (PUBLIC | {"use": "enc"}, Reason.UNUSABLE_KEY),
    "for agreement": (PUBLIC | {"key_ops": ["deriveKey"]}, Reason.UNUSABLE_KEY),
    "for more than signatures": (PUBLIC | {"key_ops": ["verify", "encrypt"]}, Reason.UNUSABLE_KEY),
    "for another algorithm": (PUBLIC | {"alg": "ES384"}, Reason.UNUSABLE_KEY),
    "with the old name": ({**ED25519.public.jwk, "alg": "EdDSA"}, Reason.UNUSABLE_KEY),
    "another kid": (PUBLIC | {"kid": ED25519.kid}, Reason.UNUSABLE_KEY),
    "a certificate": (PUBLIC | {"x5c": ["MII"]}, Reason.UNUSABLE_KEY),
    "an address": (PUBLIC | {"jku": "https://example.org"}, Reason.UNUSABLE_KEY),
}


@pytest.mark.parametrize("name", BAD_KEYS)
def test_a_key_that_cannot_be_trusted_is_refused(name: str) -> None:
    jwk, reason = BAD_KEYS[name]
    with pytest.raises(RefusedError) as refused:
        public_key(jwk)
    assert refused.value.reason is reason


def test_what_a_public_key_may_say() -> None:
    said = {"kid": KEY.kid, "alg": "ES256", "use": "sig", "key_ops": ["verify"]}
    assert public_key(PUBLIC | said) == KEY.public


@pytest.mark.parametrize(
    "d", [ED25519.secret()["d"], encoded(bytes(32)), "x", None], ids=["other", "zero", "short", "none"]
)
def test_a_private_part_must_be_that_of_the_public_part(d: str | None) -> None:
    with pytest.raises(RefusedError) as refused:
        private_key({**PUBLIC, "d": d} if d is not None else PUBLIC)
    assert refused.value.reason is Reason.UNUSABLE_KEY


# --- tokens of any kind ---------------------------------------------------------------------------------------------


def test_a_token_may_have_other_members_in_its_header() -> None:
    """As proofs have, which carry their key."""
    token = jose.sign({"a": 1}, "x+jwt", KEY, {"jwk": PUBLIC})
    assert jose.parse(token, "x+jwt", ("jwk",)).payload == {"a": 1}
    with pytest.raises(RefusedError, match="wrong_header"):
        jose.parse(token, "x+jwt")


@pytest.mark.parametrize("value", [float("nan"), {1, 2}, b"x"])
def test_what_is_no_json_is_not_signed(value: object) -> None:
    with pytest.raises(RefusedError) as refused:
        jose.sign({"a": value}, "x+jwt", KEY)
    assert refused.value.reason is Reason.NOT_JSON


def test_peek_believes_nothing_and_reads_any_type() -> None:
    token = jose.sign({"a": 1}, "x+jwt", KEY)
    assert jose.peek(token) == ({"alg": "ES256", "typ": "x+jwt", "kid": KEY.kid}, {"a": 1})
    with pytest.raises(RefusedError, match="not_compact"):
        jose.peek("a.b")

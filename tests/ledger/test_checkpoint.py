"""Checkpoints: both forms say what they were signed for, and nothing else passes."""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest

from axtary.ledger import Checkpoint, LedgerError
from axtary.ledger.checkpoint import (
    TYP,
    checked_origin,
    read_checkpoint,
    read_note,
    sign_jws,
    sign_note,
    unchecked_jws,
    verifier_key,
)
from axtary.passes import jose
from axtary.passes.base64url import encoded
from axtary.passes.keys import PrivateKey, public_key
from tests.ledger.entries import KEY, KEYS, ORIGIN, OTHER

WHAT = Checkpoint(ORIGIN, 17, bytes(range(32)), bytes(range(1, 33)), 1_700_000_000)
CLAIMS = {"version": 1, "origin": ORIGIN, "size": 17, "root": "ab" * 32, "head": "cd" * 32, "iat": 5}


def note_of(what: Checkpoint, key: PrivateKey = KEY) -> str:
    found = sign_note(what, key)
    assert found is not None
    return found


@pytest.mark.parametrize("key", [KEY, OTHER], ids=["Ed25519", "ES256"])
def test_a_jws_says_what_was_signed(key: PrivateKey) -> None:
    token = sign_jws(WHAT, key)
    assert read_checkpoint(token + "\n", {key.kid: key.public}) == unchecked_jws(token) == WHAT
    assert jose.parse(token, TYP).header == {"alg": key.algorithm, "typ": TYP, "kid": key.kid}


def test_a_note_has_the_lines_of_the_specification() -> None:
    note = note_of(WHAT)
    body, signature = note.split("\n\n")
    assert body == f"{ORIGIN}\n17\n{base64.b64encode(WHAT.root).decode()}"
    assert signature.startswith(f"— {ORIGIN} ") and signature.endswith("\n")
    assert read_checkpoint(note, KEYS) == Checkpoint(ORIGIN, 17, WHAT.root)
    assert sign_note(WHAT, OTHER) is None


def test_the_published_example_of_a_signed_note() -> None:
    """From the specification c2sp.org/signed-note, and the Go package that it comes from."""
    name, vkey = "PeterNeumann", "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    text = b"If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
    signature = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
    x = encoded(base64.b64decode(vkey.rpartition("+")[2])[1:])
    key = public_key({"kty": "OKP", "crv": "Ed25519", "x": x})
    assert verifier_key(name, key) == vkey
    decoded = base64.b64decode(signature)
    assert decoded[:4].hex() == "c74f20a3"
    assert key.verify(text, decoded[4:])


def test_signatures_of_others_are_passed_over() -> None:
    note = note_of(WHAT)
    witness = f"— witness.example {base64.b64encode(bytes(76)).decode()}\n"
    assert read_note(note + witness, KEYS).size == 17
    with pytest.raises(LedgerError, match="no key that is trusted"):
        read_note(note.rpartition("— ")[0] + witness, KEYS)


NOTES: dict[str, Callable[[str], str]] = {
    "another size": lambda note: note.replace("\n17\n", "\n18\n"),
    "another origin": lambda note: note.replace(ORIGIN, "example.com/other"),
    "a leading zero": lambda note: note.replace("\n17\n", "\n017\n"),
    "a sign": lambda note: note.replace("\n17\n", "\n+17\n"),
    "no base64": lambda note: note.replace("\n17\nA", "\n17\n*"),
    "no line end": lambda note: note[:-1],
    "a control character": lambda note: note.replace("\n17\n", "\n17\r\n"),
    "an empty line": lambda note: "\n" + note,
    "no dash": lambda note: note.replace("— ", "- "),
    "a further line": lambda note: note.replace("\n\n", "\nmore\n\n"),
    "a flipped signature": lambda note: note[:-10] + ("B" if note[-10] == "A" else "A") + note[-9:],
    "too long": lambda note: note + f"— x {base64.b64encode(bytes(9)).decode()}\n" * 2000,
    "nothing": lambda note: "\n\n",
}


@pytest.mark.parametrize("change", NOTES.values(), ids=NOTES)
def test_a_note_that_was_changed_is_refused(change: Callable[[str], str]) -> None:
    note = note_of(WHAT)
    assert change(note) != note
    with pytest.raises(LedgerError, match="checkpoint"):
        read_note(change(note), KEYS)


@pytest.mark.parametrize(
    "claims",
    [
        CLAIMS | {"extra": 1},
        {name: value for name, value in CLAIMS.items() if name != "head"},
        CLAIMS | {"version": 2},
        CLAIMS | {"size": -1},
        CLAIMS | {"size": "17"},
        CLAIMS | {"size": True},
        CLAIMS | {"root": "AB" * 32},
        CLAIMS | {"head": "ab" * 31},
        CLAIMS | {"origin": "two words"},
        CLAIMS | {"origin": 3},
    ],
)
def test_claims_of_another_form_are_refused_though_signed(claims: dict[str, object]) -> None:
    with pytest.raises(LedgerError, match="this is no checkpoint"):
        read_checkpoint(jose.sign(claims, TYP, KEY), KEYS)


def test_who_signed_it_counts() -> None:
    token = sign_jws(WHAT, OTHER)
    with pytest.raises(LedgerError, match="no key that is trusted"):
        read_checkpoint(token, KEYS)
    forged = jose.sign(CLAIMS, TYP, OTHER, {"kid": KEY.kid})
    with pytest.raises(LedgerError, match="not genuine"):
        read_checkpoint(forged, KEYS)
    with pytest.raises(LedgerError, match="this is no checkpoint"):
        read_checkpoint(jose.sign(CLAIMS, "actionpass+jwt", KEY), KEYS)
    signed = sign_jws(WHAT, KEY)
    with pytest.raises(LedgerError, match="not genuine"):
        read_checkpoint(".".join([*signed.split(".")[:2], encoded(bytes(64))]), KEYS)


@pytest.mark.parametrize("origin", ["", "two words", "a+b", "ü", "a\nb", "x" * 256])
def test_an_origin_can_stand_in_a_note(origin: str) -> None:
    assert checked_origin(ORIGIN) == ORIGIN
    with pytest.raises(LedgerError, match="an origin is"):
        checked_origin(origin)


def test_what_is_not_known_is_not_signed() -> None:
    with pytest.raises(LedgerError, match="without the hash"):
        sign_jws(Checkpoint(ORIGIN, 1, bytes(32)), KEY)
    with pytest.raises(LedgerError, match="only an Ed25519 key"):
        verifier_key(ORIGIN, OTHER.public)

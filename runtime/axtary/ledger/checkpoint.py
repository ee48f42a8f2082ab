"""Checkpoints: who keeps one outside sees later that the ledger was cut, rewritten or forked.

Two forms say the same about a size. The JWS (`axtary-checkpoint+jwt`) is signed with any key, and has the hash of the
last record and the time too. The note is C2SP tlog-checkpoint, for witnesses and monitors of transparency logs; there
is one only of an Ed25519 key.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from axtary.compiler.settings import ORIGIN
from axtary.ledger.errors import LedgerError
from axtary.passes import jose
from axtary.passes.errors import RefusedError
from axtary.passes.keys import PrivateKey, PublicKey

TYP = "axtary-checkpoint+jwt"
MAX_NOTE = 16 * 1024  # characters
_ED25519 = b"\x01"  # the signature type of C2SP signed-note
_SIZE = re.compile(r"(0|[1-9][0-9]{0,15})\Z")
_HEX = re.compile(r"[0-9a-f]{64}\Z")
_CLAIMS = {"version", "origin", "size", "root", "head", "iat"}
_DASH = "— "


@dataclass(frozen=True)
class Checkpoint:
    """A ledger at some time. `head` (the hash of the last record) and `at` (seconds since 1970) are not in notes."""

    origin: str
    size: int
    root: bytes
    head: bytes | None = None
    at: int | None = None


def checked_origin(origin: str) -> str:
    """A name that a ledger may have. Raises LedgerError."""
    if not ORIGIN.match(origin):
        raise LedgerError("an origin is 1 to 255 printable ASCII characters without spaces and plus signs")
    return origin


# --- JWS ------------------------------------------------------------------------------------------------------------


def sign_jws(what: Checkpoint, key: PrivateKey) -> str:
    """The checkpoint as a compact JWS. Its `head` and `at` must be known."""
    if what.head is None or what.at is None:
        raise LedgerError("a checkpoint without the hash of its last record")
    claims = {"version": 1, "origin": what.origin, "size": what.size, "root": what.root.hex()}
    return jose.sign({**claims, "head": what.head.hex(), "iat": what.at}, TYP, key)


def read_jws(token: str, keys: Mapping[str, PublicKey]) -> Checkpoint:
    """The checkpoint of a JWS that one of the keys (by kid) has signed. Raises LedgerError."""
    jws = _parsed(token)
    key = keys.get(str(jws.header["kid"]))
    if key is None:
        raise LedgerError("no key that is trusted has signed the checkpoint")
    try:
        jose.check(jws, key)
    except RefusedError as error:
        raise LedgerError(f"the checkpoint is not genuine: {error.message}") from None
    return _of_claims(jws)


def unchecked_jws(token: str) -> Checkpoint:
    """What a JWS says, whoever signed it. Raises LedgerError."""
    return _of_claims(_parsed(token))


def kid_of(token: str) -> str:
    """The key that a JWS says it is signed with. Raises LedgerError."""
    return str(_parsed(token).header["kid"])


def _parsed(token: str) -> jose.Jws:
    try:
        return jose.parse(token, TYP)
    except RefusedError as error:
        raise LedgerError(f"this is no checkpoint: {error.message}") from None


def _of_claims(jws: jose.Jws) -> Checkpoint:
    claims = jws.payload
    if claims.keys() != _CLAIMS or claims["version"] != 1:
        raise LedgerError("this is no checkpoint: it has other claims")
    origin, root, head = claims["origin"], claims["root"], claims["head"]
    hashes = all(type(each) is str and _HEX.match(each) for each in (root, head))
    counts = all(type(claims[name]) is int and claims[name] >= 0 for name in ("size", "iat"))
    if not hashes or not counts or type(origin) is not str or not ORIGIN.match(origin):
        raise LedgerError("this is no checkpoint: a claim has another form")
    return Checkpoint(origin, claims["size"], bytes.fromhex(root), bytes.fromhex(head), claims["iat"])


# --- note -----------------------------------------------------------------------------------------------------------


def sign_note(what: Checkpoint, key: PrivateKey) -> str | None:
    """The checkpoint as a signed note, whose key is named as its origin is; None for a key that signs none."""
    if key.algorithm != "Ed25519":
        return None
    body = f"{what.origin}\n{what.size}\n{base64.b64encode(what.root).decode()}\n"
    signature = _key_id(what.origin, key.public) + key.sign(body.encode())
    return f"{body}\n{_DASH}{what.origin} {base64.b64encode(signature).decode()}\n"


def read_note(note: str, keys: Mapping[str, PublicKey]) -> Checkpoint:
    """The checkpoint of a note that one of the keys has signed. Raises LedgerError.

    Signatures by other names and keys are passed over, as C2SP says; a bad one by a key that is known refuses the note.
    """
    body, found = _of_note(note)
    signers = {_key_id(found.origin, key): key for key in keys.values() if key.algorithm == "Ed25519"}
    good = False
    for line in note[len(body) + 1 : -1].split("\n"):
        name, signature = _signature(line)
        key = signers.get(signature[:4]) if name == found.origin else None
        if key is None:
            continue
        if not key.verify(body.encode(), signature[4:]):
            raise LedgerError("the checkpoint is not genuine: the signature does not fit")
        good = True
    if not good:
        raise LedgerError("no key that is trusted has signed the checkpoint")
    return found


def _of_note(note: str) -> tuple[str, Checkpoint]:
    if len(note) > MAX_NOTE or any(ord(c) < 32 and c != "\n" for c in note):
        raise LedgerError("this is no checkpoint: too long, or with control characters")
    text, blank, signatures = note.rpartition("\n\n")
    lines = text.split("\n")
    if not blank or not signatures.endswith("\n") or len(lines) < 3 or "" in lines:
        raise LedgerError("this is no checkpoint: it is no signed note")
    origin, size, root = lines[:3]
    decoded = _base64(root)
    if not ORIGIN.match(origin) or not _SIZE.match(size) or len(decoded) != 32:
        raise LedgerError("this is no checkpoint: its origin, size or root has another form")
    return text + "\n", Checkpoint(origin, int(size), decoded)


def _signature(line: str) -> tuple[str, bytes]:
    name, space, signature = line.removeprefix(_DASH).partition(" ")
    decoded = _base64(signature)
    if not line.startswith(_DASH) or not name or not space or len(decoded) < 5:
        raise LedgerError("this is no checkpoint: a line of its signatures has another form")
    return name, decoded


def _base64(text: str) -> bytes:
    try:
        decoded = base64.b64decode(text, validate=True)
    except ValueError:
        return b""
    return decoded if base64.b64encode(decoded).decode() == text else b""


def _key_id(name: str, key: PublicKey) -> bytes:
    public = jose.decoded(key.jwk["x"])
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:4]


def verifier_key(origin: str, key: PublicKey) -> str:
    """What tools for signed notes are given to check with: `name+hash+key`. Raises LedgerError for other keys."""
    if key.algorithm != "Ed25519":
        raise LedgerError("only an Ed25519 key signs notes")
    public = base64.b64encode(_ED25519 + jose.decoded(key.jwk["x"])).decode()
    return f"{origin}+{_key_id(origin, key).hex()}+{public}"


# --- either ---------------------------------------------------------------------------------------------------------


def read_checkpoint(text: str, keys: Mapping[str, PublicKey]) -> Checkpoint:
    """A checkpoint in either form. Raises LedgerError."""
    if "\n\n" in text:
        return read_note(text, keys)
    return read_jws(text.strip(), keys)

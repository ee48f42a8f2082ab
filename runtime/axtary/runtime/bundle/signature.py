"""`.signatures.json`, as OPA makes and checks it: a JWS (RFC 7515) over the names and hashes of all other files."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from typing import Any

from axtary.runtime.bundle.archive import MAX_UNPACKED
from axtary.runtime.bundle.errors import BundleError
from axtary.runtime.bundle.keys import Signer, Trusted
from axtary.runtime.errors import DoorError
from axtary.runtime.strictjson import loads

Json = Any
NAME = ".signatures.json"
_TOKEN = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\Z")
_MAX_TOKEN = 64 * 1024
_MEMBERS = {"files", "scope"}


def is_document(name: str) -> bool:
    """Is a file hashed by its meaning? OPA does so with JSON."""
    return name.endswith(".json") or name == ".manifest"


def parsed(name: str, data: bytes) -> Json:
    """A document of a bundle, whose size the archive has limited. Raises DoorError."""
    return loads(data, source=name, limit=MAX_UNPACKED)


def document(value: Json) -> bytes:
    """JSON as OPA hashes it. All our documents are ASCII with integers, where OPA's form and this one are the same."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode("ascii")


def sign(files: Mapping[str, bytes], signer: Signer, scope: str) -> bytes:
    """The content of `.signatures.json`. `files` holds documents as `document` writes them."""
    listed = [
        {"name": name, "hash": hashlib.sha256(files[name]).hexdigest(), "algorithm": "SHA-256"}
        for name in sorted(files)
    ]
    payload = {"files": listed} | ({"scope": scope} if scope else {})
    header = {"alg": signer.algorithm, "kid": signer.key_id, "typ": "JWT"}
    signed = b".".join(_encoded(document(part)) for part in (header, payload))
    token = signed + b"." + _encoded(signer.sign(signed))
    return document({"signatures": [token.decode("ascii")]})


def check(files: Mapping[str, bytes], trusted: Trusted, scope: str) -> None:
    """Every file is as it was signed, and no other file is there. Raises BundleError AX1102 to AX1105."""
    if NAME not in files:
        raise BundleError("AX1102", "the bundle has no signature", "export it with `--sign-key`, or trust no bundle")
    payload = _payload(_token(files[NAME]), trusted)
    if payload.get("scope", "") != scope:
        found = payload.get("scope", "")
        message = f"the bundle is for the scope `{found}`, not for `{scope}`"
        raise BundleError("AX1105", message, "give the scope that it was signed for, or another bundle")
    _same_files(files, payload["files"])


def _same_files(files: Mapping[str, bytes], listed: list[Json]) -> None:
    signed = {entry["name"]: entry["hash"] for entry in listed}
    there = {name: data for name, data in files.items() if name != NAME}
    for name in sorted(signed.keys() ^ there.keys()):
        what = "was added" if name in there else "is missing"
        raise _altered(f"`{name}` {what}")
    for name, data in sorted(there.items()):
        content = document(parsed(name, data)) if is_document(name) else data
        if not hmac.compare_digest(hashlib.sha256(content).hexdigest(), signed[name]):
            raise _altered(f"`{name}` is not what was signed")


def _token(data: bytes) -> str:
    try:
        tokens = loads(data, source=NAME)["signatures"]
        (token,) = tokens
        if isinstance(token, str) and len(token) <= _MAX_TOKEN and _TOKEN.match(token):
            return token
    except (DoorError, TypeError, KeyError, ValueError):
        pass
    raise _unsigned()


def _payload(token: str, trusted: Trusted) -> dict[str, Json]:
    """What the token says, if the trusted key signed it. The algorithm is the key's; the header's must be the same."""
    from joserfc.errors import JoseError
    from joserfc.jwk import import_key
    from joserfc.jws import JWSRegistry, deserialize_compact

    parts = [_decoded(part) for part in token.split(".")]
    header = _object(parts[0])
    if trusted.key_id is not None and header.get("kid") != trusted.key_id:
        raise BundleError("AX1103", f"the bundle was signed by the key `{header.get('kid')}`", _OTHER_KEY)
    if header.keys() != {"alg", "kid", "typ"} or header["alg"] != trusted.algorithm:
        raise BundleError("AX1103", f"the bundle is not signed with {trusted.algorithm}", _OTHER_KEY)
    try:
        key = import_key(trusted.pem, "EC" if trusted.algorithm == "ES256" else "RSA")
        registry = JWSRegistry(algorithms=[trusted.algorithm])
        registry.max_payload_length = _MAX_TOKEN
        deserialize_compact(token, key, algorithms=[trusted.algorithm], registry=registry)
    except (JoseError, ValueError):
        raise BundleError("AX1103", "the bundle was not signed by the key that is trusted", _OTHER_KEY) from None
    return _claims(_object(parts[1]))


def _claims(payload: dict[str, Json]) -> dict[str, Json]:
    files = payload.get("files")
    well_formed = isinstance(files, list) and all(
        isinstance(entry, dict) and entry.keys() == {"name", "hash", "algorithm"} and entry["algorithm"] == "SHA-256"
        for entry in files
    )
    if not well_formed or not payload.keys() <= _MEMBERS or not isinstance(payload.get("scope", ""), str):
        raise _unsigned()
    return payload


_OTHER_KEY = "give the public key of who exported it, or refuse the bundle"


def _unsigned() -> BundleError:
    return BundleError("AX1102", f"`{NAME}` holds no signature that axtary makes", "export the bundle again")


def _altered(what: str) -> BundleError:
    return BundleError("AX1104", f"the bundle was altered: {what}", "fetch it again from who exported it")


def _object(data: bytes) -> dict[str, Json]:
    try:
        value = loads(data, source=NAME)
    except DoorError:
        raise _unsigned() from None
    if not isinstance(value, dict):
        raise _unsigned()
    return value


def _encoded(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def _decoded(part: str) -> bytes:
    """Base64url that is the only spelling of its bytes."""
    try:
        data = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except ValueError:  # a length that no bytes have
        raise _unsigned() from None
    if _encoded(data) != part.encode("ascii"):
        raise _unsigned()
    return data
